//! The evidence sheet: the same words after every later edit, the same file as in the package, and
//! quick however much happened. What stands in the files is read by foreign programs (`judges/papers.py`).

use std::path::PathBuf;

use proof::package::unpack;
use serde_json::{Value, json};
use testkit::{Engine, on_both_engines};

use crate::consent::{NEWS, Scene, asked, judged, notice, taps, text};

on_both_engines! {
    a_sheet_says_what_was_shown,
    co_04_a_sheet_of_much_use_stays_small,
}

async fn sheet(scene: &Scene, query: &str) -> Vec<u8> {
    let path = format!("/contacts/{}/consents/sheet{query}", scene.contact);
    let answer = scene.world.owner.get(&path).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let bytes = answer.bytes.to_vec();
    assert!(bytes.starts_with(b"%PDF-1.7") && bytes.trim_ascii_end().ends_with(b"%%EOF"));
    bytes
}

fn name_of(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    }
}

/// Keeps a sheet for the judge, with the lines that must stand on it.
fn keep(name: &str, bytes: &[u8], lines: &[&str]) {
    let Some(folder) = std::env::var_os("TRESEN_PAPERS").map(PathBuf::from) else {
        return;
    };
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(format!("{name}.pdf")), bytes).expect("written");
    std::fs::write(folder.join(format!("{name}.txt")), lines.join("\n")).expect("written");
}

async fn anna_agrees_by_button(scene: &Scene) {
    let path = format!("/contacts/{}/consents", scene.contact);
    let question = json!({ "purpose": NEWS, "channel_id": scene.channel });
    scene.world.owner.post(&path, question).await.expect(202);
    scene.world.settle().await;
    let [yes, _] = asked(&scene.world).await;
    taps(
        &scene.world,
        testkit::Simulator::ANNA,
        &yes,
        "Ja, bestätigen",
    )
    .await;
    assert_eq!(scene.state().await, "granted");
}

fn reworded(change: impl Fn(&mut Value)) -> Value {
    let mut changed = notice("Brot und Kuchen");
    change(&mut changed);
    changed
}

// Check: CO-03
pub(crate) async fn a_sheet_says_what_was_shown(engine: Engine) {
    let scene = Scene::set(engine).await;
    let path = format!("/contacts/{}/consents/sheet", scene.contact);
    scene.world.owner.get(&path).await.expect(404);
    anna_agrees_by_button(&scene).await;
    scene.advertise().await.expect(201);
    scene.world.settle().await;

    let german = sheet(&scene, "?language=de").await;
    let english = sheet(&scene, "?language=en").await;
    assert_ne!(german, english);
    let own = scene.consents().await[0].clone();
    let address = text(&own["address_id"]);
    let alone = sheet(
        &scene,
        &format!("?purpose={NEWS}&address_id={address}&language=de"),
    )
    .await;
    assert_eq!(alone, german, "it is the only consent");
    // Other words for the same promise: this moment's sheet is the same to the last byte.
    let other_words = reworded(|notice| notice["texts"][0]["text"] = json!("Andere Worte."));
    scene
        .world
        .owner
        .post("/notices", other_words)
        .await
        .expect(201);
    assert_eq!(sheet(&scene, "?language=de").await, german);
    // The package holds it, in both languages, and verifies with it.
    let package = scene.package().await;
    let verdict = judged(&scene.world, &package).await;
    assert!(verdict.holds(), "{verdict}");
    let entries = unpack(&package).expect("a package");
    let packed = |language: &str| {
        let end = format!(".{language}.pdf");
        let mut found = entries.iter().filter(|entry| entry.path.ends_with(&end));
        let only = found.next().expect("a sheet");
        assert!(found.next().is_none() && only.path.starts_with("sheets/"));
        only.bytes.to_vec()
    };
    assert_eq!(
        (packed("de"), packed("en")),
        (german.clone(), english.clone())
    );
    let digest = text(&own["notice"]["id"]).replace("sha256:", "");
    keep(
        &format!("sheet-{}-de", name_of(engine)),
        &german,
        &[
            "Nachweis einer Einwilligung",
            "Ja, ich möchte Neues vom Laden Beispiel (Brot und Kuchen) erhalten.",
            "Mit dem Wort STOPP, jederzeit.",
            "Bei „Ja, bestätigen“ gilt Ihre Einwilligung ab sofort",
            "Genutzt: eine Nachricht gesendet",
            "„Ja, bestätigen“",
            &digest,
        ],
    );
    keep(
        &format!("sheet-{}-en", name_of(engine)),
        &english,
        &[
            "Evidence of a consent",
            "Ja, ich möchte Neues vom Laden Beispiel (Brot und Kuchen) erhalten.",
            "Used: a message was sent",
            &digest,
        ],
    );
    // Another promise makes it outdated: the sheet says so, and still shows what was agreed to.
    let promise = notice("Brot, Kuchen und Kaffee");
    scene
        .world
        .owner
        .post("/notices", promise)
        .await
        .expect(201);
    let outdated = sheet(&scene, "?language=de").await;
    assert_ne!(outdated, german);
    keep(
        &format!("sheet-{}-outdated", name_of(engine)),
        &outdated,
        &[
            "überholt",
            "Neues vom Laden Beispiel (Brot und Kuchen) erhalten.",
        ],
    );
    for (query, status) in [
        ("?language=fr", 422),
        ("?address_id=adr_nichts", 422),
        ("?purpose=gibt.es.nicht", 404),
    ] {
        let answer = scene.world.owner.get(&format!("{path}{query}")).await;
        assert_eq!(answer.status, status, "{query}");
    }
}

pub(crate) async fn co_04_a_sheet_of_much_use_stays_small(engine: Engine) {
    let scene = Scene::set(engine).await;
    scene.anna_agrees().await;
    let few = sheet(&scene, "?language=de").await.len();
    // She says no in her own words and agrees again, many times over.
    for _ in 0..12 {
        scene.anna_says("STOPP 🙏").await;
        scene.anna_agrees().await;
    }
    assert!(scene.kinds().await.len() > 30);
    let many = sheet(&scene, "?language=de").await;
    assert!(many.len() < few + 60_000, "{few} became {}", many.len());
    keep(
        &format!("sheet-{}-many", name_of(engine)),
        &many,
        &["Widerrufen", "STOPP [U+1F64F]"],
    );
}
