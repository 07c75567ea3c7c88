//! Strings planted through every entrance are found nowhere at rest, in no log and in no figure:
//! not as they are, and not in any usual encoding.

#![expect(
    clippy::too_many_lines,
    reason = "every entrance is planted in one place"
)]

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use testkit::{Customer, Desk, Process, SLUG, Simulator, photo_with_place, signature, until};

use crate::process::{program, set_up};

/// Planted words. They are all of one unlikely beginning, so that a part of one is found, too.
const MARK: &str = "Kanarie7";

fn canary(name: &str) -> String {
    format!("{MARK}{name}")
}

/// The mark as it would look in some other clothes.
fn clothes() -> Vec<(&'static str, Vec<u8>)> {
    let bytes = MARK.as_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut all = vec![
        ("plain", bytes.to_vec()),
        ("lower case", MARK.to_lowercase().into_bytes()),
        ("hexadecimal", hex.clone().into_bytes()),
        ("hexadecimal, large", hex.to_uppercase().into_bytes()),
        (
            "UTF-16",
            MARK.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ),
        (
            "UTF-16, big end first",
            MARK.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        ),
        ("backwards", bytes.iter().rev().copied().collect()),
    ];
    for offset in 0..3 {
        // Only what does not depend on the neighbours.
        let text = STANDARD.encode([&b"xxx"[..offset], bytes].concat());
        let from = [0, 2, 3][offset];
        let certain = (offset + bytes.len()) / 3 * 4;
        all.push(("base64", text.as_bytes()[from..certain].to_vec()));
    }
    all
}

fn find(bytes: &[u8]) -> Option<&'static str> {
    let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    clothes()
        .into_iter()
        .find(|(_, part)| holds(part))
        .map(|(name, _)| name)
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all
}

#[test]
fn the_search_finds_what_it_looks_for() {
    let text = format!("vorher {} nachher", canary("Probe"));
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut samples = vec![
        text.clone().into_bytes(),
        hex.into_bytes(),
        text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
    ];
    samples.extend((0..3).map(|n| STANDARD.encode(&text.as_bytes()[n..]).into_bytes()));
    for sample in samples {
        assert!(
            find(&sample).is_some(),
            "{}",
            String::from_utf8_lossy(&sample)
        );
    }
    assert_eq!(find(b"nothing of that kind"), None);
}

/// A conversation of the own chat, with everything that can be put into it.
async fn plant_in_the_chat(process: &Process, desk: &Desk) {
    let mut customer = Customer::new(&process.base);
    customer.start(SLUG).await;
    let photo = photo_with_place(&canary("Kamera"));
    let photo = customer
        .upload(&canary("Foto.jpg"), "image/jpeg", photo)
        .await
        .expect(201);
    let text = canary("Dateiinhalt ").repeat(50).into_bytes();
    let file = customer
        .upload(&canary("Datei.txt"), "text/plain", text)
        .await
        .expect(201);
    let body = json!({ "client_id": canary("Kennung"), "text": canary("Nachricht"), "attachments": [photo["id"], file["id"]] });
    customer.post("/messages", body).await.expect(201);
    customer
        .write("lang", &canary("Wort ").repeat(400))
        .await
        .expect(201);
    let list = desk.conversations("").await;
    let id = list[0]["id"].as_str().expect("an id");
    desk.say(id, &canary("Antwort")).await;
    desk.note(id, &canary("Notiz")).await;
    desk.change(id, json!({ "tags": [canary("Marke")] }))
        .await
        .expect(200);
    let contact = list[0]["contact"]["id"].as_str().expect("an id");
    desk.patch(
        &format!("/contacts/{contact}"),
        json!({ "name": canary("Name") }),
    )
    .await
    .expect(200);
    // What is refused is not told to the log either.
    let wrong = json!({ "client_id": canary("Falsch ä"), "text": canary("Abgewiesen") });
    let answer = customer.post("/messages", wrong).await;
    assert_eq!((answer.status, find(&answer.bytes)), (422, None));
    for path in ["/conversations/", "/contacts/", "/attachments/"] {
        let answer = desk.get(&format!("{path}{}", canary("Pfad"))).await;
        assert_eq!((answer.status, find(&answer.bytes)), (404, None));
    }
    let sign_in = json!({ "email": format!("{}@example.com", canary("Fremd")), "password": canary("Kennwort") });
    let answer = desk
        .as_somebody(testkit::Auth::Nobody)
        .post("/session", sign_in)
        .await;
    assert_eq!((answer.status, find(&answer.bytes)), (401, None));
    for body in [&b"{ \"text\": \"Kanarie7Kaputt"[..], b"Kanarie7"] {
        let url = format!("{}/api/v1/conversations/{id}/notes", process.base);
        desk.try_post_raw(&url, body.to_vec(), &[])
            .await
            .expect("an answer");
    }
    let live = desk.watch(None).await;
    live.ready().await;
    live.say(json!({ "type": canary("Zeichen"), "text": canary("Zeichen") }))
        .await;
}

/// A WhatsApp channel with secrets of its own, and what comes and goes through it.
async fn plant_in_whatsapp(process: &Process, desk: &Desk, sim: &Simulator) {
    let secret = canary("Geheimnis");
    let mut settings = testkit::whatsapp(&sim.url);
    settings["name"] = json!(canary("Kanal"));
    settings["settings"]["app_secret"] = json!(secret);
    settings["settings"]["access_token"] = json!(canary("Zugang"));
    settings["settings"]["verify_token"] = json!(canary("Pruefwort"));
    // The provider knows the token before we use it.
    sim.control("/numbers", json!({ "access_token": canary("Zugang") }))
        .await;
    let channel = desk.post("/channels", settings).await.expect(201);
    let url = format!(
        "{}{}",
        process.base,
        channel["callback_path"].as_str().expect("a path")
    );
    sim.control(
        "/numbers",
        json!({ "webhook_url": url, "app_secret": secret,
        "access_token": canary("Zugang"), "verify_token": canary("Pruefwort") }),
    )
    .await;
    let name = canary("Anna");
    // An id of letters and digits, as the platform makes them.
    let user = format!("DE.{}", canary("Id"));
    sim.inbound(json!({ "from": user, "name": name, "text": canary("Text"), "id": format!("wamid.{}", canary("Wamid")) })).await;
    for (kind, given) in [
        (
            "location",
            json!({ "latitude": 51.3, "longitude": 12.3, "name": canary("Ort"), "address": canary("Adresse") }),
        ),
        (
            "document",
            json!({ "filename": canary("Beleg.pdf"), "caption": canary("Unterschrift") }),
        ),
        (
            "reaction",
            json!({ "message_id": format!("wamid.{}", canary("Wamid")), "emoji": canary("E") }),
        ),
        (
            "edit",
            json!({ "original_message_id": format!("wamid.{}", canary("Wamid")),
            "message": { "type": "text", "text": { "body": canary("Geaendert") } } }),
        ),
    ] {
        sim.inbound(json!({ "from": user, "type": kind, kind: given }))
            .await;
    }
    sim.inbound(json!({ "from": user, "type": "contacts", "contacts": [{ "name": { "formatted_name": canary("Kontakt") },
        "phones": [{ "phone": canary("Telefon") }] }] })).await;
    sim.inbound(
        json!({ "from": user, "type": canary("Art"), "raw": { canary("Feld"): canary("Wert") } }),
    )
    .await;
    sim.control(
        "/events",
        json!({ "field": "ganz_neu", "value": { "metadata": true, "inhalt": canary("Roh") } }),
    )
    .await;
    sim.control("/events", json!({ "field": "account_alerts", "value": { "alert_info": { "alert_description": canary("Meldung") } } })).await;
    let broken = format!("{{\"x\": \"{}\"", canary("Bruch"));
    let header = signature(&secret, broken.as_bytes());
    desk.try_post_raw(
        &url,
        broken.into_bytes(),
        &[("x-hub-signature-256", &header)],
    )
    .await
    .expect("an answer");
    let unsigned = json!({ "entry": canary("Unsigniert") }).to_string();
    assert_eq!(
        desk.try_post_raw(&url, unsigned.into_bytes(), &[]).await,
        Some(401)
    );
    let id = until("the WhatsApp conversation", async || {
        let list = desk.conversations("").await;
        let ours = list
            .iter()
            .find(|c| c["channel_kind"] == "whatsapp" && c["last_seq"].as_i64() >= Some(6));
        ours.map(|c| c["id"].as_str().expect("an id").to_owned())
    })
    .await;
    answer_on_whatsapp(desk, &id).await;
}

async fn answer_on_whatsapp(desk: &Desk, id: &str) {
    desk.say(id, &canary("Rueckmeldung")).await;
    let file = desk
        .upload(
            &canary("Angebot.txt"),
            "text/plain",
            canary("Angebot").into_bytes(),
        )
        .await
        .expect(201);
    desk.send(
        id,
        json!({ "text": canary("Anbei"), "attachments": [file["id"]] }),
    )
    .await
    .expect(201);
    desk.send(id, json!({ "text": canary("Frage"), "choices": { "kind": "buttons", "items": [{ "id": canary("Ja"), "title": "Ja" }] } })).await.expect(201);
    until("the templates", async || {
        let composer = desk
            .get(&format!("/conversations/{id}/composer"))
            .await
            .expect(200);
        let templates = composer["templates"].as_array().expect("templates").clone();
        templates
            .iter()
            .any(|t| t["name"] == "terminerinnerung")
            .then_some(())
    })
    .await;
    let template = json!({ "template": { "name": "terminerinnerung", "language": "de",
        "parameters": { "body": [canary("Frau"), canary("Termin")] } } });
    desk.send(id, template).await.expect(201);
    until("everything sent", async || {
        let items = desk.timeline(id).await;
        let sent = items.iter().filter(|i| i["direction"] == "outbound");
        let states: Vec<&Value> = sent.map(|i| &i["delivery"]["state"]).collect();
        (states.len() == 4 && states.iter().all(|state| *state != "queued")).then_some(())
    })
    .await;
}

async fn nothing_is_found(arguments: &[&str], dump: impl AsyncFn() -> Option<Vec<u8>>) {
    let held = tempfile::tempdir().expect("a directory");
    let data = held.path().join("data");
    let sim = Simulator::running().await;
    let place = sim.url.trim_start_matches("http://").to_owned();
    let mut all = vec![
        "--log-format",
        "json",
        "--log-level",
        "debug",
        "--allow-private-net",
        &place,
    ];
    all.extend(arguments);
    let process = Process::serve(program(), &data, &all).await;
    let desk = set_up(&process, &data, arguments).await;
    let directory = data.to_str().expect("a path");
    let (email, name) = (
        format!("{}@example.com", canary("Kollege")),
        canary("Kollegin"),
    );
    let mut command = vec![
        "user",
        "add",
        "--email",
        &email,
        "--name",
        &name,
        "--role",
        "teammate",
        "--password-stdin",
        "--data",
        directory,
    ];
    command.extend(arguments);
    let added = Process::run(program(), &command, &canary("Kennwort")).await;
    assert_eq!(
        (added.code, find(added.stdout.as_bytes())),
        (Some(0), None),
        "{}",
        added.stderr
    );
    plant_in_the_chat(&process, &desk).await;
    plant_in_whatsapp(&process, &desk, &sim).await;

    let metrics = desk.outside("/metrics").await;
    assert!(metrics.text().contains("tresen_"), "figures are there");
    assert_eq!(find(&metrics.bytes), None, "{}", metrics.text());
    // While it runs: the write-ahead log is not folded in yet.
    let look = |when: &str| {
        let found = files(&data);
        assert!(found.len() > 5, "{found:?}");
        for path in found {
            let bytes = std::fs::read(&path).expect("a file");
            assert_eq!(find(&bytes), None, "{when}: {}", path.display());
        }
    };
    look("running");
    let dumped = dump().await;
    process.ask_to_end().await;
    let log = process.logged();
    assert_eq!(process.ended().await, Some(0));
    look("ended");
    assert!(log.contains("not understood"), "it logs: {log}");
    for line in log.lines() {
        assert_eq!(find(line.as_bytes()), None, "{line}");
        serde_json::from_str::<Value>(line).expect("one JSON object a line");
    }
    // The search would have found what lies open: the door's name, a template's.
    let open = match dumped {
        Some(dump) => {
            assert_eq!(find(&dump), None, "the dump");
            dump
        }
        None => std::fs::read(data.join("tresen.db")).expect("the database"),
    };
    for plain in [SLUG, "terminerinnerung"] {
        assert!(
            open.windows(plain.len())
                .any(|part| part == plain.as_bytes()),
            "{plain}"
        );
    }
}

// Case: PL01, PL03, OP05, OP10, SS06
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_planted_is_found_on_sqlite() {
    nothing_is_found(&[], async || None).await;
}

// Case: PL01, PL03
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_planted_is_found_on_postgres() {
    let held = tokio::task::spawn_blocking(testkit::postgres::database)
        .await
        .expect("a database");
    let url = held.url.clone();
    nothing_is_found(&["--database", &held.url], async || {
        let url = url.clone();
        let dump = tokio::task::spawn_blocking(move || testkit::postgres::dump(&url)).await;
        Some(dump.expect("a dump"))
    })
    .await;
}
