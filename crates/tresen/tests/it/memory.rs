//! What the process holds in memory while pictures are brought to it that want more than there is.

use domain::limits;
use futures_util::future::join_all;
use image::{ImageFormat, Rgb, RgbImage};
use testkit::{Auth, Customer, Desk, Process, SLUG, png_that_claims};

use crate::process::{program, set_up, temporary};

const MIB: u64 = 1 << 20;
/// Room for everything that is no picture: connections, the files themselves, the allocator.
const ROOM: u64 = 96 * MIB;

/// One that unpacks to 37 MB, and is cleaned as every picture is.
fn large() -> Vec<u8> {
    let picture = RgbImage::from_pixel(3_600, 3_600, Rgb([90, 120, 150]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    let written = picture.write_to(&mut bytes, ImageFormat::Png);
    written.expect("a picture can be written into memory");
    bytes.into_inner()
}

// Case: FI02
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bombs_leave_the_process_as_small_as_its_budget() {
    let (_held, data) = temporary();
    let arguments = ["--trusted-proxies", "127.0.0.1"];
    let process = Process::serve(program(), &data, &arguments).await;
    let desk = set_up(&process, &data, &[]).await;
    let desk = &desk;
    let (plain, large) = (testkit::plain_png(40), large());
    desk.upload("klein.png", "image/png", plain)
        .await
        .expect(201);
    let before = process.peak_memory();

    // Together they claim many gigabytes: some are refused by their head, the largest that are
    // allowed wait for each other.
    let heads = [
        (60_000, 60_000),
        (50_000_000, 1),
        (1, 50_000_000),
        (7_071, 7_071),
        (6_400, 6_400),
        (5_000, 5_000),
    ];
    let mut claimed = 0;
    let mut bombs = Vec::new();
    for (number, (width, height)) in heads.iter().cycle().take(36).enumerate() {
        claimed += u64::from(*width) * u64::from(*height) * 3;
        let mut customer = Customer::new(&process.base);
        customer.header = Some(("x-forwarded-for", format!("2001:db8:{number:x}::1")));
        customer.start(SLUG).await;
        bombs.push((customer, png_that_claims(*width, *height)));
    }
    assert!(claimed > 50 << 30, "{claimed}");
    let thrown = bombs.into_iter().map(|(customer, bytes)| async move {
        let answer = customer.upload("a.png", "image/png", bytes).await;
        assert!(
            matches!(answer.status, 422 | 429 | 503),
            "{}",
            answer.text()
        );
    });
    let brought = (0..6).map(|_| async {
        let answer = desk.upload("gross.png", "image/png", large.clone()).await;
        assert!(matches!(answer.status, 201 | 429), "{}", answer.text());
        answer.status == 201
    });
    let (_, taken) = futures_util::future::join(join_all(thrown), join_all(brought)).await;
    assert!(taken.contains(&true), "honest pictures are taken all along");
    let grown = process.peak_memory() - before;
    assert!(
        grown <= limits::IMAGE_MEMORY_MAX + ROOM,
        "it grew by {} MiB",
        grown / MIB
    );
    // And it serves as before.
    desk.get("/conversations").await.expect(200);
    let nobody = Desk::new(&process.base, Auth::Nobody);
    assert_eq!(nobody.outside("/readyz").await.status, 200);
    process.ask_to_end().await;
    assert_eq!(process.ended().await, Some(0));
}
