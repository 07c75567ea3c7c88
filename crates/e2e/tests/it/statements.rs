//! Every statement that the stories run is taken by both engines, answers the same columns on
//! both, and finds its rows without walking a large table.
//!
//! The plans lie in `plans.txt`; after a change of statements or indexes
//! `TRESEN_SNAPSHOT=write cargo test -p e2e` adds what is new, to be read in the review.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::pin::Pin;

use db::{Config, Database, Engine as Kind, Sql, Value};
use testkit::{Engine, postgres};

/// Tables that grow with every conversation.
const LARGE: [&str; 17] = [
    "message",
    "conversation",
    "feed",
    "job",
    "contact",
    "address",
    "dedup",
    "callback",
    "attachment",
    "note",
    "activity",
    "attempt",
    "client_write",
    "consent",
    "consent_event",
    "challenge",
    "gate_decision",
];

/// Walks along an index that stop at their LIMIT, by the beginnings of their statements.
const ENDS_EARLY: [&str; 5] = [
    "DELETE FROM callback WHERE id IN (SELECT id FROM (SELECT id, received_at, state FROM callback ORDER BY id LIMIT $2)",
    "DELETE FROM feed WHERE seq IN (SELECT seq FROM (SELECT seq, at FROM feed ORDER BY seq LIMIT $2)",
    "SELECT at FROM feed ORDER BY seq DESC LIMIT 1",
    "SELECT seq FROM feed ORDER BY seq LIMIT 1",
    "SELECT tx, seq FROM feed ORDER BY seq DESC LIMIT 1",
];

/// Statements of the store that no story of this file's tour runs.
const NOT_ON_THE_TOUR: [&str; 11] = [
    // Passkeys need an authenticator; the browser tests have one.
    "INSERT INTO passkey (id, teammate_id, credential, sealed, created_at) VALUES ($1, $2, $3, $4, $5)",
    "SELECT id, teammate_id, credential, sealed, created_at FROM passkey WHERE credential = $1",
    "SELECT id, teammate_id, credential, sealed, created_at FROM passkey WHERE teammate_id = $1 ORDER BY created_at LIMIT 100",
    "UPDATE passkey SET sealed = $2 WHERE id = $1",
    "DELETE FROM passkey WHERE id = $1",
    // Asked once, when the real program starts.
    "SELECT generation FROM data_key LIMIT 1",
    "SELECT generation, wrapped FROM key_generation ORDER BY generation",
    // Of erasures, which have a story of their own.
    "SELECT name FROM installation WHERE name = 'fingerprint'",
    // The policy of the pages is no story of the tour.
    "UPDATE entry SET locale = $2, sealed = $3 WHERE id = $1",
    // For the doctor and the figures of the real program.
    "SELECT COUNT(*) AS total FROM job WHERE state = $1",
    // The database is there all along, and no job is left by it.
    "UPDATE job SET lease_until = 0 WHERE id = $1 AND state = 'ready'",
];

/// Those that other stories run, on both engines; only their beginnings stand here.
const ON_OTHER_TOURS: [&str; 44] = [
    // Asked once, when the real program starts.
    "UPDATE key_generation SET wrapped = $2 WHERE generation = $1",
    // Of erasures, which have a story of their own.
    "INSERT INTO tombstone (digest, at) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING",
    "SELECT digest, at FROM tombstone WHERE digest > $1 ORDER BY digest LIMIT $2",
    "UPDATE data_key SET generation = $2, wrapped = $3 WHERE subject = $1 AND generation < $2",
    "UPDATE key_generation SET generation = generation WHERE generation < $1",
    "DELETE FROM key_generation WHERE generation < $1",
    // Asked when the real program starts, after a copy from before an erasure came back.
    "SELECT id FROM contact WHERE id > $1 ORDER BY id LIMIT $2",
    "INSERT INTO installation (name, value) VALUES ('tombstones', $1)",
    "DELETE FROM erasure WHERE id = $1 AND step = $2",
    // Nobody on the tour was reached by a provider and erased.
    "DELETE FROM callback WHERE id = $1",
    // Of backups, which the stories of the real program take and bring back.
    "SELECT id, sealed FROM contact WHERE id > $1 ORDER BY id LIMIT $2",
    "SELECT id, size FROM attachment WHERE state = 'stored' AND id > $1 ORDER BY id LIMIT $2",
    "UPDATE attachment SET state = 'gone' WHERE id = $1",
    "SELECT COUNT(*) AS count FROM message WHERE direction = 1 AND state = 0",
    "UPDATE sqlite_sequence SET seq = seq + $1 WHERE name = 'feed'",
    "SELECT setval(pg_get_serial_sequence('feed', 'seq')",
    "INSERT INTO feed (at, kind, conversation_id, item_seq, ref_id) SELECT CAST($1 AS BIGINT)",
    "DELETE FROM job WHERE kind IN ('deliver', 'react')",
    "UPDATE message SET state = 1, version = version + 1 WHERE direction = 1 AND state = 0",
    "SELECT subject, generation, wrapped FROM data_key WHERE subject > $1",
    "INSERT INTO data_key (subject, generation, wrapped) VALUES ($1, $2, $3)",
    // Of erasures and holds, whose stories run beside the tour.
    "DELETE FROM contact_words WHERE rowid = $1 AND FALSE",
    "DELETE FROM job WHERE lane IN (SELECT id FROM conversation WHERE contact_id = $1)",
    "DELETE FROM words WHERE rowid = $1 AND FALSE",
    "INSERT INTO contact_words(contact_words, rank) VALUES('merge', $1)",
    "INSERT INTO erasure (id, contact_id, digest, step, asked_by, asked_at, conversations,",
    "INSERT INTO hold (id, contact_id, sealed, review_at, asked_by, asked_at) VALUES ($1,",
    "INSERT INTO words(words, rank) VALUES('merge', $1)",
    "SELECT (SELECT COUNT(*) FROM conversation WHERE contact_id = $1) AS conversations,",
    "SELECT COUNT(*) AS count FROM contact_words",
    "SELECT COUNT(*) AS count FROM contact_words_data",
    "SELECT COUNT(*) AS count FROM words",
    "SELECT COUNT(*) AS count FROM words_data",
    "SELECT channel_id FROM address WHERE contact_id = $1",
    "SELECT id FROM attachment WHERE message_id IN (SELECT id FROM message WHERE attachments",
    "SELECT id FROM attachment WHERE uploader = $1 AND message_id IS NULL LIMIT $2",
    "SELECT id FROM contact WHERE id = $1",
    "SELECT id, channel_id, state FROM callback WHERE id > $1 ORDER BY id LIMIT $2",
    "SELECT id, contact_id, digest, step, asked_by, asked_at, finished_at, conversations,",
    "SELECT id, contact_id, sealed, review_at, asked_by, asked_at, agreed_by, ended_at FROM",
    "UPDATE erasure SET step = $3 WHERE id = $1 AND step = $2",
    "UPDATE erasure SET step = 'done', contact_id = NULL, certificate = $2, finished_at = $3",
    "UPDATE hold SET agreed_by = $2, agreed_at = $3 WHERE id = $1 AND agreed_by IS NULL AND",
    "UPDATE hold SET ended_by = $2, ended_at = $3 WHERE id = $1 AND ended_at IS NULL",
];
/// Figures walk their table, a few times a minute.
const FIGURES: [&str; 1] = ["SELECT COUNT(*) AS total FROM job"];

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it")
        .join(name)
}

async fn empty_database(
    kind: Kind,
    directory: &Path,
    keys: bool,
) -> (Database, Option<postgres::TestDatabase>) {
    let (config, held) = match kind {
        Kind::Sqlite => (Config::sqlite(directory.join(format!("{keys}.db"))), None),
        Kind::Postgres => {
            let held = tokio::task::spawn_blocking(postgres::database)
                .await
                .expect("a database");
            (Config::postgres(held.url.clone()), Some(held))
        }
    };
    let database = Database::open(config).await.expect("it opens");
    if keys {
        let files = vault::GenerationFiles::in_directory(directory);
        store::KeyTable::open(database.clone(), files, 0)
            .await
            .expect("it migrates");
    } else {
        database
            .migrate(&store::MIGRATIONS, 0)
            .await
            .expect("it migrates");
    }
    (database, held)
}

fn of_the_key_store(sql: &Sql) -> bool {
    let text = sql.text(Kind::Sqlite);
    ["data_key", "key_generation", "tombstone ", "key_store_fact"]
        .iter()
        .any(|table| text.contains(table))
}

/// The highest placeholder.
fn parameters(text: &str) -> usize {
    let numbers = text.split('$').skip(1).filter_map(|rest| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    });
    numbers.max().unwrap_or(0)
}

/// As one line.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn tour() {
    let on = Engine::Sqlite;
    // Each in a box: side by side on one stack they would not fit.
    let stories: Vec<Pin<Box<dyn Future<Output = ()>>>> = vec![
        Box::pin(crate::chat::a_customer_writes(on)),
        Box::pin(crate::chat::files_of_customers(on)),
        Box::pin(crate::chat::paging_ticks_and_typing(on)),
        Box::pin(crate::desk::lists_filters_and_pages(on)),
        Box::pin(crate::edge::typing_is_told_to_whom_it_concerns(on)),
        Box::pin(crate::desk::what_the_notice_promises(on)),
        Box::pin(crate::inbound::changes_overtake_their_messages(on)),
        Box::pin(crate::inbound::what_came_first_stands_first(on)),
        Box::pin(crate::live::what_is_heard_equals_what_is_fetched(on)),
        Box::pin(crate::outbound::trouble_passes_or_is_told(on)),
        Box::pin(crate::desk::a_conversation_is_worked_on(on)),
        Box::pin(crate::desk::notes_are_never_seen_outside(on)),
        Box::pin(crate::inbound::every_kind_of_message(on)),
        Box::pin(crate::inbound::files_that_do_not_come(on)),
        Box::pin(crate::inbound::people_change_their_addresses(on)),
        Box::pin(crate::live::coming_back_with_a_cursor(on)),
        Box::pin(crate::outbound::a_lost_answer_is_never_sent_twice(on)),
        Box::pin(crate::outbound::a_receipt_waits_for_its_message(on)),
        Box::pin(crate::outbound::a_failure_belongs_to_its_attempt(on)),
        Box::pin(crate::outbound::the_window_and_templates(on)),
        Box::pin(crate::outbound::our_access_is_revoked(on)),
        Box::pin(crate::repeats::a_repeated_write_into_what_is_gone_makes_nothing(on)),
        Box::pin(crate::session::setting_up_by_link(on)),
        Box::pin(crate::session::signing_in_and_out(on)),
        Box::pin(crate::rights::rights_are_taken_back_at_once(on)),
        Box::pin(crate::rights::a_person_looks_after_its_sign_in(on)),
        Box::pin(crate::consent::a_code_opts_in_and_a_word_opts_out(on)),
        Box::pin(crate::consent::what_is_withdrawn_before_dispatch_never_leaves(on)),
        Box::pin(crate::consent::buttons_ask_and_only_the_person_answers(on)),
        Box::pin(crate::consent::two_taps_in_the_own_chat(on)),
        Box::pin(crate::consent::a_proof_stands_in_a_tree_of_many(on)),
        Box::pin(crate::objection::co_12_what_may_be_an_objection_is_cleared_up_at_the_desk(on)),
        Box::pin(crate::erasure::an_erased_contact_is_found_nowhere(on)),
        Box::pin(crate::erasure::what_must_be_kept_is_not_erased(on)),
        Box::pin(crate::copies::ds_04_a_copy_holds_everything_of_one_and_nothing_of_another(on)),
        Box::pin(
            crate::restriction::ds_09_nobody_reads_finds_or_answers_whose_data_is_only_kept(on),
        ),
        Box::pin(crate::search::what_was_said_is_found(on)),
        Box::pin(crate::search::what_is_gone_is_not_found(on)),
    ];
    futures_util::future::join_all(stories).await;
}

// Case: IN01
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_engines_take_every_statement_and_none_walks_a_large_table() {
    tour().await;
    let mut seen = db::statements_seen();
    seen.retain(|sql| !sql.text(Kind::Sqlite).starts_with(crate::dump::LOOKING));
    check_coverage(&seen);
    seen.extend(NOT_ON_THE_TOUR.map(Sql::from));
    assert!(seen.len() > 100, "{}", seen.len());
    let directory = tempfile::tempdir().expect("a directory");
    let mut plans = BTreeMap::new();
    for keys in [false, true] {
        let (sqlite, _) = empty_database(Kind::Sqlite, directory.path(), keys).await;
        let (postgres, _held) = empty_database(Kind::Postgres, directory.path(), keys).await;
        for sql in seen.iter().filter(|sql| of_the_key_store(sql) == keys) {
            let here = sqlite.prepare_check(sql).await;
            let there = postgres.prepare_check(sql).await;
            let (here, there) = match (here, there) {
                (Ok(here), Ok(there)) => (here, there),
                (here, there) => panic!("{sql:?}\n{here:?}\n{there:?}"),
            };
            assert_eq!(here.columns, there.columns, "{sql:?}");
            let text = sql.text(Kind::Sqlite);
            let nothing = vec![Value::Null; parameters(text)];
            let plan = sqlite.explain(sql, nothing).await.expect("a plan");
            plans.insert(folded(text), plan);
        }
    }
    let walks: Vec<String> = plans
        .iter()
        .flat_map(|(text, plan)| plan.iter().map(move |step| (text, step)))
        .filter(|(_, step)| is_walk(step))
        .filter(|(text, _)| {
            !ENDS_EARLY
                .iter()
                .chain(&FIGURES)
                .any(|known| text.starts_with(known))
        })
        .map(|(text, step)| format!("{step}: {text}"))
        .collect();
    assert!(walks.is_empty(), "{walks:#?}");
    check_snapshot(&plans);
}

/// A step that reads a large table from end to end: without an index, or all of an index.
fn is_walk(step: &str) -> bool {
    let Some(rest) = step.trim().strip_prefix("SCAN ") else {
        return false;
    };
    let table = rest.split_whitespace().next().unwrap_or("");
    LARGE.contains(&table)
}

fn check_snapshot(plans: &BTreeMap<String, Vec<String>>) {
    let path = here("plans.txt");
    let kept = std::fs::read_to_string(&path).expect("plans.txt");
    let mut kept: BTreeMap<String, Vec<String>> = kept
        .split("\n\n")
        .filter(|part| !part.trim().is_empty())
        .map(|part| {
            let mut lines = part.trim_matches('\n').lines().map(str::to_owned);
            (lines.next().expect("a statement"), lines.collect())
        })
        .collect();
    if std::env::var_os("TRESEN_SNAPSHOT").is_some_and(|how| how == "write") {
        kept.extend(plans.clone());
        let text: String = kept
            .iter()
            .map(|(sql, plan)| format!("{sql}\n{}\n\n", plan.join("\n")))
            .collect();
        std::fs::write(&path, text).expect("plans.txt is written");
        return;
    }
    for (sql, plan) in plans {
        assert_eq!(kept.get(sql), Some(plan), "{sql}");
    }
}

/// What stands in the store's sources was run, or is named above.
fn check_coverage(seen: &[Sql]) {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/src");
    let texts: Vec<String> = seen
        .iter()
        .flat_map(|sql| {
            [
                folded(sql.text(Kind::Sqlite)),
                folded(sql.text(Kind::Postgres)),
            ]
        })
        .collect();
    let mut missing = BTreeSet::new();
    for entry in std::fs::read_dir(sources).expect("sources") {
        let path = entry.expect("a file").path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let source = std::fs::read_to_string(path).expect("text");
        let source = folded(&source.replace("\\\n", " "));
        for part in source.split('"').skip(1) {
            let begins = ["SELECT ", "INSERT ", "UPDATE ", "DELETE "];
            if !begins.iter().any(|word| part.starts_with(word)) || part.len() < 20 {
                continue;
            }
            // Up to where something is put in.
            let fixed = part.split('{').next().unwrap_or(part).trim();
            if fixed.len() >= 12 && !texts.iter().any(|text| text.contains(fixed)) {
                missing.insert(fixed.to_owned());
            }
        }
    }
    let named: BTreeSet<String> = NOT_ON_THE_TOUR
        .iter()
        .chain(&ON_OTHER_TOURS)
        .map(|text| (*text).to_owned())
        .collect();
    let unnamed: Vec<&String> = missing
        .iter()
        .filter(|text| !named.iter().any(|name| text.starts_with(name.as_str())))
        .collect();
    assert!(unnamed.is_empty(), "{unnamed:#?}");
}
