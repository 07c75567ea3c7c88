//! Files with names and contents that want more.

use serde_json::json;
use testkit::{Engine, World, plain_png};

use super::text;

fn stored(world: &World) -> Vec<std::path::PathBuf> {
    let folders = std::fs::read_dir(world.blobs()).expect("a folder");
    let folders = folders.map(|folder| folder.expect("a folder").path());
    let files = folders.flat_map(|folder| std::fs::read_dir(folder).expect("a folder"));
    files.map(|file| file.expect("a file").path()).collect()
}

// Case: FI01, IN05
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_are_only_names() {
    let world = World::start(Engine::Sqlite).await;
    for (number, name) in [
        "../../../etc/passwd",
        "..\\..\\windows\\win.ini",
        "/etc/passwd",
        "C:\\boot.ini",
        "a\0b.png",
        ".htaccess",
        "\u{200b}.htaccess",
        "foo\u{2024}\u{2024}/bar",
        "datei.",
        "CON",
        "rechnung\u{202e}fdp.exe",
        "\u{202e}gpj.exe",
        "a\r\nSet-Cookie: x=1\r\n\r\n<script>",
        "\";filename*=UTF-8''evil.html;x=\"",
        "<img src=x onerror=alert(1)>.txt",
        "%2e%2e%2f%00",
        &"n".repeat(4_096),
        "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}.txt",
    ]
    .into_iter()
    .enumerate()
    {
        let bytes = format!("Inhalt {number}").into_bytes();
        let file = world
            .owner
            .upload(name, "text/plain", bytes.clone())
            .await
            .expect(201);
        let shown = file["name"].as_str().unwrap_or("");
        let odd = |c: char| c.is_control() || "/\\\u{202e}\u{200b}".contains(c);
        assert!(!shown.contains(odd), "{name:?} became {shown:?}");
        assert!(
            !shown.starts_with('.') && shown.chars().count() <= 255,
            "{shown:?}"
        );
        let path = format!("/attachments/{}/content", text(&file["id"]));
        let served = world.owner.get(&path).await;
        assert_eq!((served.status, &served.bytes[..]), (200, &bytes[..]));
        let line = served.header("content-disposition").expect("a disposition");
        assert!(line.starts_with("attachment; filename=\""), "{line}");
        assert_eq!(line.matches('"').count(), 2, "{line}");
        assert_eq!(line.split(';').count(), 3, "{line}");
        let (_, coded) = line
            .rsplit_once("; filename*=UTF-8''")
            .expect("a coded name");
        assert!(!coded.contains(['"', '=', '\'', '<']), "{line}");
        assert_eq!(served.header("set-cookie"), None);
    }
    // On the disk nothing is called what somebody wanted.
    let inside = stored(&world);
    assert_eq!(inside.len(), 18);
    for path in inside {
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        assert!(plain && path.starts_with(world.blobs()), "{name}");
    }
}

// Case: XS05
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_inside_decides() {
    let world = World::start(Engine::Sqlite).await;
    let page = b"<!doctype html><script>alert(1)</script>".to_vec();
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>"#.to_vec();
    let xml = br#"<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><a/>"#.to_vec();
    let gif = [&b"GIF89a/*"[..], b"*/=1;alert(1)//"].concat();
    let pdf = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(alert(1))>>>>".to_vec();
    let mht = b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<script>".to_vec();
    let behind = [plain_png(9), page.clone()].concat();
    for (name, mime, bytes) in [
        ("bild.jpg", "image/jpeg", page.clone()),
        ("bild.svg", "image/svg+xml", svg.clone()),
        ("bild.png", "image/png", svg),
        ("seite.html", "text/html; charset=utf-7", page),
        ("blatt.xml", "text/xml", xml.clone()),
        ("blatt.xhtml", "application/xhtml+xml", xml),
        ("beides.gif", "image/gif", gif),
        ("plan.pdf", "application/pdf", pdf),
        ("alles.mht", "multipart/related", mht),
        ("bild.png", "image/png", behind),
    ] {
        let answer = world.owner.upload(name, mime, bytes.clone()).await;
        if answer.status == 422 {
            // A picture that is none, or damaged.
            continue;
        }
        let file = answer.expect(201);
        let path = format!("/attachments/{}/content", text(&file["id"]));
        let served = world.owner.get(&path).await;
        let kind = served.header("content-type").expect("a type").to_owned();
        let line = served.header("content-disposition").expect("a disposition");
        if kind == "image/png" {
            let script = b"<script>";
            let there = served
                .bytes
                .windows(script.len())
                .any(|part| part == script);
            assert!(
                !there,
                "{name}: a cleaned picture holds nothing but its picture"
            );
        } else {
            assert_eq!(kind, "application/octet-stream", "{name}");
            assert!(line.starts_with("attachment;"), "{name}: {line}");
        }
        assert_eq!(served.header("x-content-type-options"), Some("nosniff"));
        let policy = served.header("content-security-policy");
        assert_eq!(policy, Some("sandbox; default-src 'none'"), "{name}");
    }
}

// Case: FI09
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_file_is_nobodys_news() {
    let world = World::start(Engine::Sqlite).await;
    let (one, two) = (world.visitor().await, world.visitor().await);
    let bytes = b"ein Vertrag, den nur eine hat".repeat(400);
    let mut shown = Vec::new();
    for customer in [&one, &two, &two] {
        let before = stored(&world).len();
        let file = customer
            .upload("v.txt", "text/plain", bytes.clone())
            .await
            .expect(201);
        assert_eq!(stored(&world).len(), before + 1, "each is kept for itself");
        let mut file = file;
        for own in ["id", "url"] {
            file[own] = json!(null);
        }
        shown.push(file);
    }
    assert!(shown.iter().all(|file| file == &shown[0]), "{shown:?}");
    // Sealed under different keys: the files do not even look alike.
    let mut contents: Vec<Vec<u8>> = stored(&world)
        .iter()
        .map(|path| std::fs::read(path).expect("a file"))
        .collect();
    contents.sort();
    contents.dedup();
    assert_eq!(contents.len(), 3);
}
