//! Brings a backup to life beside everything, on a free port and without running one job, compares
//! it with what was taken, and removes it again.

use std::path::Path;

use db::Database;
use http_edge::Http;
use http_edge::edge::{EdgeLimits, serve};
use ports::{Ids, RandomIds, SystemClock};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::listing::hex;
use super::restore::{Restored, restore};
use super::{BackupError, TakeRequest, master_file};
use crate::config::{self, Blobs, Config, Keys};
use crate::house::{self, Claim};

pub async fn run(config: &Config, request: &TakeRequest) -> Result<(), BackupError> {
    let beside = request
        .from
        .parent()
        .filter(|path| !path.as_os_str().is_empty());
    let folder = request.scratch.as_deref().or(beside);
    let folder = folder.unwrap_or(Path::new("."));
    let room = tempfile::Builder::new()
        .prefix(".verify-")
        .tempdir_in(folder);
    let room = room.map_err(|source| BackupError::Write {
        path: folder.to_owned(),
        source,
    })?;
    let request = TakeRequest {
        master_key: Some(master_file(config, request)),
        ..request.clone()
    };
    let mut copy = Config {
        data: room.path().join("data"),
        keys: Keys::DataDirectory,
        blobs: Blobs::DataDirectory,
        ..config.clone()
    };
    let restored = match &config.database {
        config::Database::Sqlite => look(&copy, &request).await,
        config::Database::Postgres(url) => {
            // In a schema of its own, which goes again: no second database is needed.
            let schema = format!(
                "tresen_verify_{}",
                &hex(&RandomIds::default().secret())[..16]
            );
            let database = Database::open(db::Config::postgres(url.expose())).await?;
            database.make_schema(&schema).await?;
            copy.database = config::Database::Postgres(url.in_schema(&schema));
            let looked = look(&copy, &request).await;
            let dropped = database.drop_schema(&schema).await;
            database.close().await;
            dropped?;
            looked
        }
    }?;
    tell(&restored);
    Ok(())
}

async fn look(copy: &Config, request: &TakeRequest) -> Result<Restored, BackupError> {
    // Beside: on PostgreSQL the claim of the one server is the whole database's.
    let restored = restore(copy, request, Claim::Beside).await?;
    boot(copy).await?;
    Ok(restored)
}

/// The copy as a server, asked once whether it is ready. Jobs are not run: they would send.
async fn boot(copy: &Config) -> Result<(), BackupError> {
    let failed = |error: std::io::Error| BackupError::Boot(error.to_string());
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let public = format!("http://{address}");
    let clock = std::sync::Arc::new(SystemClock);
    let app = house::open_app_by(copy, Claim::Beside, public, clock).await?;
    let (stop, stopping) = watch::channel(false);
    let router = Http::new(app.clone(), None, stopping.clone()).router();
    let mut ending = stopping;
    let served = tokio::spawn(serve(listener, router, EdgeLimits::default(), async move {
        // The sender outlives the question.
        _ = ending.wait_for(|stop| *stop).await;
    }));
    let answer = ask(address).await;
    stop.send_replace(true);
    let ended = served.await;
    app.store().clone().close().await;
    ended.map_err(|_| BackupError::Task)?;
    let answer = answer.map_err(failed)?;
    let status = answer.lines().next().unwrap_or("no answer");
    if status.split(' ').nth(1) == Some("200") {
        Ok(())
    } else {
        Err(BackupError::Boot(format!(
            "asked whether it is ready, it answers {status}"
        )))
    }
}

async fn ask(address: std::net::SocketAddr) -> std::io::Result<String> {
    let mut line = TcpStream::connect(address).await?;
    let question = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    line.write_all(question.as_bytes()).await?;
    let mut answer = Vec::new();
    line.take(64 << 10).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn tell(restored: &Restored) {
    let listing = &restored.listing;
    let rows: u64 = listing.tables.iter().map(|table| table.rows).sum();
    println!("ok   whole, and opened by this master key");
    println!(
        "ok   {} tables with {rows} rows are as they were taken",
        listing.tables.len()
    );
    println!(
        "ok   {} files in their full length",
        listing.files - restored.without_file
    );
    println!(
        "ok   {} contacts open with their keys",
        restored.readable.contacts - restored.readable.erased
    );
    println!("ok   the copy starts and is ready");
    if restored.without_file > 0 {
        println!(
            "note {} files were removed while the backup was taken",
            restored.without_file
        );
    }
}
