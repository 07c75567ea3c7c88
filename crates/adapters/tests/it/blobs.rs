use std::os::unix::fs::PermissionsExt as _;

use adapters::DirectoryBlobs;
use bytes::Bytes;
use ports::{BlobError, BlobName, Blobs};

fn name(last: u8) -> BlobName {
    let mut bytes = [0xab; 16];
    bytes[15] = last;
    BlobName::of_bytes(bytes)
}

#[tokio::test]
async fn what_was_put_is_there_until_it_is_removed() {
    let directory = tempfile::tempdir().unwrap();
    let blobs = DirectoryBlobs::open(directory.path().join("blobs")).unwrap();
    blobs
        .put(&name(1), Bytes::from_static(b"one"))
        .await
        .unwrap();
    blobs
        .put(&name(2), Bytes::from_static(b"two"))
        .await
        .unwrap();
    blobs
        .put(&name(1), Bytes::from_static(b"new"))
        .await
        .unwrap();
    // Another process, or this one after a restart.
    let again = DirectoryBlobs::open(directory.path().join("blobs")).unwrap();
    assert_eq!(again.get(&name(1)).await.unwrap(), "new");
    assert_eq!(again.get(&name(2)).await.unwrap(), "two");
    again.remove(&name(1)).await.unwrap();
    again.remove(&name(1)).await.unwrap();
    assert!(
        matches!(blobs.get(&name(1)).await, Err(BlobError::Missing(missing)) if missing == name(1))
    );
    assert_eq!(blobs.get(&name(2)).await.unwrap(), "two");
    assert_eq!(blobs.remove_leftovers().unwrap(), 0);
}

#[tokio::test]
async fn nobody_else_on_the_machine_can_read_them() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("blobs");
    let blobs = DirectoryBlobs::open(&root).unwrap();
    blobs
        .put(&name(0x0f), Bytes::from_static(b"x"))
        .await
        .unwrap();
    let file = root.join("0f").join(name(0x0f).as_str());
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&file) & 0o777, 0o600);
    assert_eq!(mode(&root) & 0o077, 0);
    assert_eq!(mode(&root.join("0f")) & 0o077, 0);
}

#[tokio::test]
async fn a_failure_is_told_and_leaves_the_old_bytes() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("blobs");
    let blobs = DirectoryBlobs::open(&root).unwrap();
    blobs
        .put(&name(7), Bytes::from_static(b"old"))
        .await
        .unwrap();
    // A directory stands where the drafts are written.
    std::fs::remove_dir(root.join("incoming")).unwrap();
    std::fs::write(root.join("incoming"), b"").unwrap();
    let failed = blobs.put(&name(7), Bytes::from_static(b"new")).await;
    assert!(matches!(failed, Err(BlobError::Failed(_))));
    assert_eq!(blobs.get(&name(7)).await.unwrap(), "old");
}

#[tokio::test]
async fn what_a_crash_left_behind_is_swept_up() {
    let directory = tempfile::tempdir().unwrap();
    let blobs = DirectoryBlobs::open(directory.path()).unwrap();
    std::fs::write(directory.path().join("incoming").join("half.1.0"), b"ha").unwrap();
    blobs
        .put(&name(3), Bytes::from_static(b"three"))
        .await
        .unwrap();
    assert_eq!(blobs.remove_leftovers().unwrap(), 1);
    assert_eq!(blobs.remove_leftovers().unwrap(), 0);
    assert_eq!(blobs.get(&name(3)).await.unwrap(), "three");
}

#[tokio::test]
async fn many_writers_of_one_blob_end_with_one_whole_version() {
    let directory = tempfile::tempdir().unwrap();
    let blobs = DirectoryBlobs::open(directory.path()).unwrap();
    let versions: Vec<Bytes> = (0..16_u8).map(|fill| vec![fill; 100_000].into()).collect();
    let puts = versions.iter().map(|version| {
        let (blobs, version) = (blobs.clone(), version.clone());
        tokio::spawn(async move { blobs.put(&name(9), version).await })
    });
    for put in puts.collect::<Vec<_>>() {
        put.await.unwrap().unwrap();
    }
    assert!(versions.contains(&blobs.get(&name(9)).await.unwrap()));
    assert_eq!(blobs.remove_leftovers().unwrap(), 0);
}
