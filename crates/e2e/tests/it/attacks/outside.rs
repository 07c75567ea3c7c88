//! What the house is made to call, and what is left of somebody who was erased.

use std::str::FromStr as _;

use domain::time::DAY_MS;
use domain::{AttachmentId, ContactId, ConversationId, MessageId};
use serde_json::json;
use testkit::{Engine, World, on_both_engines, plain_png};
use tokio::net::{TcpListener, TcpStream};

use super::text;
use crate::dump::Looker;

on_both_engines! {
    nothing_is_left_of_whoever_is_erased,
}

// Case: SS01, SS06
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_leads_nowhere_inside() {
    let world = World::start(Engine::Sqlite).await;
    let sink = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = sink.local_addr().expect("it is bound");
    let port = address.port();
    let hosts = [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::]",
        "localhost",
        "LOCALHOST.",
        "169.254.169.254",
        "10.0.0.1",
        "www.example.com@127.0.0.1",
        "127.0.0.1:1@127.0.0.1",
    ];
    for (number, host) in hosts.into_iter().enumerate() {
        for base in [
            format!("https://{host}:{port}"),
            format!("http://{host}:{port}"),
            format!("https://{host}:{port}/v1#"),
            format!("https:\\\\{host}:{port}"),
        ] {
            let mut body = testkit::whatsapp(&base);
            body["settings"]["phone_number_id"] = json!(format!("1{number:014}"));
            let answer = world.owner.post("/channels", body).await;
            assert_eq!(answer.status, 422, "{base}: {}", answer.text());
            assert!(answer.text().contains("settings.api_base"), "{base}");
            assert!(!answer.text().contains(testkit::Simulator::ACCESS_TOKEN));
            // The channel that is there is not moved either.
            let channels = world.owner.pages("/channels", "").await;
            let whatsapp = channels
                .iter()
                .find(|channel| channel["kind"] == "whatsapp");
            if let Some(channel) = whatsapp {
                let path = format!("/channels/{}", text(&channel["id"]));
                let change = json!({ "settings": { "api_base": base,
                    "access_token": testkit::Simulator::ACCESS_TOKEN } });
                let answer = world.owner.patch(&path, change).await;
                assert_eq!(answer.status, 422, "{base}: {}", answer.text());
            }
            world.run_jobs().await;
        }
    }
    // Nobody knocked: the next one to connect is the first.
    let knock = TcpStream::connect(address).await.expect("a connection");
    let (_, peer) = sink.accept().await.expect("a connection");
    assert_eq!(peer, knock.local_addr().expect("an address"));
}

/// As a dump shows these bytes.
fn in_a_dump(bytes: [u8; 16]) -> String {
    format!("{bytes:02x?}").trim_matches(['[', ']']).to_owned()
}

// Case: PL02, FI05
pub(crate) async fn nothing_is_left_of_whoever_is_erased(engine: Engine) {
    let world = World::start(engine).await;
    let customer = world.visitor().await;
    let photo = customer.upload("a.png", "image/png", plain_png(9)).await;
    let photo = text(&photo.expect(201)["id"]);
    let body = json!({ "client_id": "a", "text": "Bald vergessen", "attachments": [photo] });
    let message = text(&customer.post("/messages", body).await.expect(201)["id"]);
    let conversation = world.only_conversation().await;
    world.owner.note(&conversation, "Auch das").await;
    world.owner.say(&conversation, "Gern").await;
    let shown = world.owner.conversation(&conversation).await;
    let contact = text(&shown["contact"]["id"]);
    world.run_jobs().await;
    let looker = Looker::at(&world).await;
    let keys = Looker::at_the_keys(&world).await;
    let ids = [
        in_a_dump(ContactId::from_str(&contact).expect("an id").bytes()),
        in_a_dump(
            ConversationId::from_str(&conversation)
                .expect("an id")
                .bytes(),
        ),
        in_a_dump(MessageId::from_str(&message).expect("an id").bytes()),
        in_a_dump(AttachmentId::from_str(&photo).expect("an id").bytes()),
    ];
    let before = looker.dump().await;
    for id in &ids {
        assert!(
            !before.tables_with(id).is_empty(),
            "the search finds what is there"
        );
    }
    assert!(keys.dump().await.tables_with(&ids[0]).contains(&"data_key"));

    world.advance_ms(91 * DAY_MS).await;
    world.settle().await;
    let after = looker.dump().await;
    for id in &ids {
        let mut left = after.tables_with(id);
        // Who watches is told that the conversation is gone; the line follows after its time.
        left.retain(|table| *table != "feed");
        assert_eq!(left, Vec::<&str>::new());
    }
    assert!(
        !keys.dump().await.tables_with(&ids[0]).contains(&"data_key"),
        "its key is destroyed"
    );
    let folders = std::fs::read_dir(world.blobs()).expect("a folder");
    let files = folders
        .flat_map(|folder| std::fs::read_dir(folder.expect("a folder").path()).expect("a folder"));
    assert_eq!(files.count(), 0, "its files are gone");
}
