use std::os::unix::fs::PermissionsExt as _;

use adapters::DirectoryBlobs;
use bytes::Bytes;
use ports::{BlobError, BlobName, Blobs};

fn name(last: u8) -> BlobName {
    let mut bytes = [0xab; 16];
    bytes[15] = last;
    BlobName::of_bytes(bytes)
}

async fn get(blobs: &DirectoryBlobs, name: &BlobName) -> Result<Bytes, BlobError> {
    let length = blobs.size(name).await?;
    blobs.read(name, 0, length.try_into().unwrap()).await
}

#[tokio::test]
async fn parts_are_one_blob_and_stretches_of_it_are_read() {
    let directory = tempfile::tempdir().unwrap();
    let blobs = DirectoryBlobs::open(directory.path()).unwrap();
    let parts = ["eins ", "zwei ", "drei"].map(|part| Ok(Bytes::from_static(part.as_bytes())));
    blobs
        .put_parts(&name(4), Box::new(parts.into_iter()))
        .await
        .unwrap();
    assert_eq!(get(&blobs, &name(4)).await.unwrap(), "eins zwei drei");
    assert_eq!(blobs.read(&name(4), 5, 4).await.unwrap(), "zwei");
    assert!(blobs.read(&name(4), 10, 5).await.is_err(), "it ends before");
    // A part that fails leaves what was there.
    let broken = [Ok(Bytes::from_static(b"neu")), Err(BlobError::Full)];
    let failed = blobs
        .put_parts(&name(4), Box::new(broken.into_iter()))
        .await;
    assert!(matches!(failed, Err(BlobError::Full)));
    assert_eq!(get(&blobs, &name(4)).await.unwrap(), "eins zwei drei");
    assert_eq!(blobs.remove_leftovers().unwrap(), 0);
    let space = blobs.space().await.unwrap();
    assert!(space.free <= space.total && space.total > 0, "{space:?}");
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
    assert_eq!(get(&again, &name(1)).await.unwrap(), "new");
    assert_eq!(get(&again, &name(2)).await.unwrap(), "two");
    again.remove(&name(1)).await.unwrap();
    again.remove(&name(1)).await.unwrap();
    assert!(
        matches!(get(&blobs, &name(1)).await, Err(BlobError::Missing(missing)) if missing == name(1))
    );
    assert_eq!(get(&blobs, &name(2)).await.unwrap(), "two");
    assert_eq!(blobs.remove_leftovers().unwrap(), 0);
}

// Case: OP11
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
    assert_eq!(get(&blobs, &name(7)).await.unwrap(), "old");
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
    assert_eq!(get(&blobs, &name(3)).await.unwrap(), "three");
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
    assert!(versions.contains(&get(&blobs, &name(9)).await.unwrap()));
    assert_eq!(blobs.remove_leftovers().unwrap(), 0);
}
