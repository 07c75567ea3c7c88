//! `tresen verify`: the real program judges a package, with nothing else around it.

use std::path::{Path, PathBuf};

use testkit::Process;

use crate::process::program;

const KEY: &str = "chat.muster.example+455db28b+ARl/ayPhbIUyxqvIOPrNXqeJvgx2spIDNAOb+os9No1h";

fn good() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/package/small")
}

/// Exit code, what was printed, and what was complained about.
async fn verify(arguments: &[&str]) -> (Option<i32>, String, String) {
    let all: Vec<&str> = ["verify"]
        .into_iter()
        .chain(arguments.iter().copied())
        .collect();
    let ended = Process::run(program(), &all, "").await;
    (ended.code, ended.stdout, ended.stderr)
}

#[tokio::test]
async fn au_05_a_package_is_judged_by_the_program_alone() {
    let room = tempfile::tempdir().expect("a directory");
    let path = |name: &str| room.path().join(name).to_str().expect("a path").to_owned();
    let package = good().to_str().expect("a path").to_owned();

    let (code, said, _) = verify(&[&package, "--key", KEY]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("from   chat.muster.example"), "{said}");
    assert!(
        said.contains("email: granted since 2026-04-01T10:02:00Z, 2 events"),
        "{said}"
    );
    assert!(said.ends_with("The package holds: every check was made with the key you gave.\n"));

    // The key from a file, and a text that needs no key to agree with itself.
    std::fs::write(path("key.txt"), format!("{KEY}\n")).expect("written");
    let (code, _, _) = verify(&[&package, "--key", &path("key.txt")]).await;
    assert_eq!(code, Some(0));
    let (code, said, _) = verify(&[&package]).await;
    assert_eq!(code, Some(0));
    assert!(said.contains("agrees with itself"), "{said}");

    // Another byte in it, another company's key.
    let mut bytes = std::fs::read(&package).expect("a package");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path("changed.zip"), &bytes).expect("written");
    let (code, said, _) = verify(&[&path("changed.zip"), "--key", KEY]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("WRONG  archive: "), "{said}");
    assert!(said.ends_with("The package does not hold.\n"), "{said}");
    let other = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let (code, said, _) = verify(&[&package, "--key", other]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("WRONG  key: not signed by PeterNeumann"),
        "{said}"
    );

    // A head that was kept and is none of this package's.
    std::fs::write(path("head.note"), "anything").expect("written");
    let (code, said, _) = verify(&[&package, "--head", &path("head.note")]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("WRONG  anchors: "), "{said}");

    // What cannot be judged at all.
    for wrong in [
        vec![&path("missing.zip")[..]],
        vec![&package, "--key", "not a key"],
        vec![],
    ] {
        let (code, said, complaint) = verify(&wrong).await;
        assert_eq!(code, Some(2), "{said}{complaint}");
        assert!(!complaint.is_empty() && said.is_empty());
    }
    // Nothing was left behind beside the files of this test.
    let mut left: Vec<_> = std::fs::read_dir(room.path())
        .expect("a directory")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("a name")
        })
        .collect();
    left.sort();
    assert_eq!(left, ["changed.zip", "head.note", "key.txt"]);
}
