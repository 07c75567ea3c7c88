//! People and tokens from the command line, beside a running server.

use std::path::Path;
use std::process::Command;

use serde_json::json;
use testkit::{Auth, Desk, Process};

use crate::process::{program, set_up};

/// Runs a command on this data directory; answers what it printed.
async fn run(data: &Path, words: &[&str], input: &str) -> String {
    let directory = data.to_str().expect("a path");
    let all: Vec<&str> = words.iter().copied().chain(["--data", directory]).collect();
    let ended = Process::run(program(), &all, input).await;
    assert_eq!(ended.code, Some(0), "{words:?}: {}", ended.stderr);
    ended.stdout
}

// Case: AZ11
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_command_line_takes_back_is_gone_at_once() {
    let room = tempfile::tempdir().expect("a directory");
    let data = room.path().join("data");
    let process = Process::serve(program(), &data, &[]).await;
    let owner = set_up(&process, &data, &[]).await;
    let erika = "erika@laden.example";
    let add = [
        "user",
        "add",
        "--email",
        erika,
        "--name",
        "Erika",
        "--role",
        "teammate",
        "--password-stdin",
    ];
    run(&data, &add, "Ein gutes Kennwort 1\n").await;
    let token = run(&data, &["token", "issue", "--email", erika], "").await;
    let program_of = |token: &str| Desk::new(&process.base, Auth::Bearer(token.trim().to_owned()));
    let hers = program_of(&token);
    let watching = hers.watch(None).await;
    watching.ready().await;

    let tokens = run(&data, &["token", "list"], "").await;
    assert!(!tokens.contains(token.trim()), "never a secret");
    let line = tokens
        .lines()
        .find(|line| line.contains(erika))
        .expect("hers");
    let id = line.split('\t').next().expect("an id").to_owned();
    run(&data, &["token", "revoke", "--id", &id], "").await;
    watching.until("its end", |s| s.closed == Some(4401)).await;
    assert_eq!(hers.get("/conversations").await.problem(401), "token_wrong");

    let again = program_of(&run(&data, &["token", "issue", "--email", erika], "").await);
    run(
        &data,
        &["user", "role", "--email", erika, "--role", "dpo"],
        "",
    )
    .await;
    assert_eq!(again.get("/conversations").await.problem(403), "forbidden");
    run(&data, &["user", "disable", "--email", erika], "").await;
    assert_eq!(again.get("/teammates").await.problem(401), "token_wrong");
    let listed = run(&data, &["user", "list"], "").await;
    assert!(
        listed
            .lines()
            .any(|l| l.contains(erika) && l.contains("\tdisabled\t")),
        "{listed}"
    );
    run(&data, &["user", "enable", "--email", erika], "").await;
    let set = ["user", "password", "--email", erika, "--password-stdin"];
    run(&data, &set, "Ein neues Kennwort 2\n").await;
    let nobody = Desk::new(&process.base, Auth::Nobody);
    let signed = |password: &str| json!({ "email": erika, "password": password });
    let old = nobody
        .post("/session", signed("Ein gutes Kennwort 1"))
        .await;
    assert_eq!(old.problem(401), "wrong_credentials");
    nobody
        .post("/session", signed("Ein neues Kennwort 2"))
        .await
        .expect(200);

    // The last owner stays, and says so with what to do.
    let (email, _) = testkit::World::owner_credentials();
    let directory = data.to_str().expect("a path");
    let last = ["user", "disable", "--email", email, "--data", directory];
    let ended = Process::run(program(), &last, "").await;
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    assert!(ended.stderr.contains("owner"), "{}", ended.stderr);
    owner.get("/session").await.expect(200);
    process.kill().await;
}

#[test]
fn in_the_wrong_directory_nothing_is_made() {
    let room = tempfile::tempdir().expect("a directory");
    let commands: [&[&str]; 5] = [
        &["doctor"],
        &["migrate"],
        &["user", "list"],
        &["token", "list"],
        &["token", "issue", "--email", "a@laden.example"],
    ];
    for words in commands {
        let ended = Command::new(program())
            .args(words)
            .env_clear()
            .current_dir(room.path())
            .output()
            .expect("it runs");
        assert!(!ended.status.success(), "{words:?}");
        let told = [ended.stdout, ended.stderr].concat();
        let told = String::from_utf8_lossy(&told);
        assert!(
            told.contains("no installation in ./data"),
            "{words:?}: {told}"
        );
    }
    assert_eq!(
        std::fs::read_dir(room.path()).expect("a directory").count(),
        0
    );
}
