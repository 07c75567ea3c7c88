//! The feed loses nothing: readers stop at what is certainly behind every writer.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use domain::Timestamp;
use ports::{Clock, FixedClock, Ids, RandomIds};
use store::{Cursor, KeyRing, KeyTable, Store};
use testkit::postgres;
use tokio_postgres::NoTls;

async fn open(database: db::Config, directory: &std::path::Path) -> Store {
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::at(Timestamp(1_795_300_000_000)));
    let ids: Arc<dyn Ids> = Arc::new(RandomIds::default());
    let master = vault::MasterKey::create(&directory.join("master.key"), ids.secret());
    let keys = db::Config::sqlite(directory.join("keys.db"));
    let keys = db::Database::open(keys).await.expect("keys");
    let keys = KeyTable::open(keys, vault::GenerationFiles::in_directory(directory), 0)
        .await
        .expect("keys");
    let ring = KeyRing::open(master.expect("a key"), Arc::new(keys), Arc::clone(&ids)).await;
    let database = db::Database::open(database).await.expect("a database");
    let store = Store::open(database, ring.expect("keys"), clock, ids).await;
    store.expect("the store opens")
}

/// Writers of their own connections, each transaction with a pause of its own before its end:
/// numbers are given in another order than commits happen. Every fifth transaction is rolled
/// back. Answers the numbers that were committed.
async fn write(url: String, writer: u64) -> Vec<i64> {
    let (mut client, connection) = tokio_postgres::connect(&url, NoTls)
        .await
        .expect("connected");
    let connection = tokio::spawn(connection);
    let mut committed = Vec::new();
    for round in 0..40_u64 {
        let transaction = client.transaction().await.expect("begun");
        let mut numbers = Vec::new();
        for part in 0..=(round % 3) {
            let row = transaction
                .query_one(
                    "INSERT INTO feed (at, kind) VALUES ($1, 'channel.updated') RETURNING seq",
                    &[&i64::try_from(writer * 1_000 + round).expect("small")],
                )
                .await
                .expect("written");
            numbers.push(row.get::<_, i64>(0));
            let pause = (writer * 7 + round * 13 + part * 5) % 23;
            let pause = format!("SELECT pg_sleep(0.001 * {pause})");
            transaction.batch_execute(&pause).await.expect("paused");
        }
        if round % 5 == 4 {
            transaction.rollback().await.expect("rolled back");
        } else {
            transaction.commit().await.expect("committed");
            committed.extend(numbers);
        }
    }
    drop(client);
    connection.abort();
    committed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_reader_ever_skips_an_event() {
    let held = tokio::task::spawn_blocking(postgres::database)
        .await
        .expect("a database");
    let directory = tempfile::tempdir().expect("a directory");
    let store = open(db::Config::postgres(held.url.clone()), directory.path()).await;
    let writers: Vec<_> = (0..12)
        .map(|n| tokio::spawn(write(held.url.clone(), n)))
        .collect();
    let (done, is_done) = tokio::sync::watch::channel(false);
    let readers: Vec<_> = [1, 7, 200]
        .map(|limit| {
            let (store, is_done) = (store.clone(), is_done.clone());
            tokio::spawn(async move {
                let mut seen = Vec::new();
                let mut cursor = Cursor::START;
                loop {
                    // Asked before the reading, so that the last reading is behind every commit.
                    let last = *is_done.borrow();
                    let events = store.feed_after(cursor, limit).await.expect("events");
                    let Some(newest) = events.last() else {
                        if last {
                            return seen;
                        }
                        tokio::task::yield_now().await;
                        continue;
                    };
                    cursor = newest.cursor;
                    seen.extend(events.iter().map(store::FeedEvent::seq));
                }
            })
        })
        .into_iter()
        .collect();
    let mut committed = BTreeSet::new();
    for writer in writers {
        committed.extend(writer.await.expect("it wrote"));
    }
    done.send_replace(true);
    let gaps = committed
        .iter()
        .zip(committed.iter().skip(1))
        .filter(|(a, b)| **b > **a + 1)
        .count();
    assert!(gaps > 0, "the numbers of what was rolled back are missing");
    for reader in readers {
        let seen = tokio::time::timeout(Duration::from_secs(30), reader).await;
        let seen = seen.expect("it ends").expect("it read");
        let order: BTreeSet<i64> = seen.iter().copied().collect();
        assert_eq!(order.len(), seen.len(), "nothing twice");
        assert_eq!(order, committed, "nothing missing");
        assert!(
            !seen.is_sorted(),
            "numbers were not given in the order of commits"
        );
    }
}
