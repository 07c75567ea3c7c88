//! Words that were said are found again, and nothing else is.

use std::collections::{BTreeMap, BTreeSet};

use domain::time::{DAY_MS, HOUR_MS};
use serde_json::{Value, json};
use testkit::{Engine, World, on_both_engines};

on_both_engines! {
    what_was_said_is_found,
    what_is_gone_is_not_found,
    a_search_finds_what_plain_text_would,
    a_query_language_is_only_words,
}

const EVERY_STATUS: &str = "status=open,waiting,snoozed,done";

async fn found(world: &World, question: &str) -> Vec<Value> {
    let question = question.replace(' ', "+").replace('&', "%26");
    world
        .owner
        .pages("/conversations", &format!("q={question}"))
        .await
}

fn hits(found: &[Value]) -> Vec<&str> {
    found
        .iter()
        .map(|one| one["hit"]["text"].as_str().unwrap_or("the person"))
        .collect()
}

pub(crate) async fn what_was_said_is_found(engine: Engine) {
    let world = World::start(engine).await;
    world.connect_whatsapp().await;
    world
        .sim
        .anna_says("Meine Größe ist 42, Bestellung A-4711")
        .await;
    world.settle().await;
    let anna = world.only_conversation().await;
    world.owner.say(&anna, "Wir tauschen die Schuhe um").await;
    world.owner.note(&anna, "Kulanz wegen Lieferverzug").await;
    let customer = world.visitor().await;
    customer.write("c-1", "Schuhe zu klein").await.expect(201);

    for question in ["groesse", "GRÖSSE 42", "4711", "a-4711", "bestellung meine"] {
        let found = found(&world, question).await;
        assert_eq!(
            hits(&found),
            ["Meine Größe ist 42, Bestellung A-4711"],
            "{question}"
        );
        assert_eq!(found[0]["id"], anna.as_str());
        assert_eq!(found[0]["hit"]["kind"], "message");
        assert!(
            found[0]["hit"]["id"]
                .as_str()
                .is_some_and(|id| id.starts_with("msg_"))
        );
    }
    let notes = found(&world, "kulanz").await;
    assert_eq!(hits(&notes), ["Kulanz wegen Lieferverzug"]);
    assert_eq!(notes[0]["hit"]["kind"], "note");
    // The newest first; each conversation once; all words in one message.
    assert_eq!(
        hits(&found(&world, "schuhe").await),
        ["Schuhe zu klein", "Wir tauschen die Schuhe um"]
    );
    assert!(found(&world, "schuhe kulanz").await.is_empty());
    assert!(found(&world, "schuh").await.is_empty(), "whole words");
    for question in ["", "…!", "nirgends"] {
        assert!(found(&world, question).await.is_empty(), "{question}");
    }
    let only = world
        .owner
        .pages("/conversations", "q=schuhe&status=waiting")
        .await;
    assert_eq!(
        hits(&only),
        ["Wir tauschen die Schuhe um"],
        "the filter holds"
    );
    let paged = world
        .owner
        .pages("/conversations", "q=schuhe&limit=1")
        .await;
    assert_eq!(
        hits(&paged),
        ["Schuhe zu klein", "Wir tauschen die Schuhe um"]
    );
    for question in ["a b c d e f g h i j k", &"ab ".repeat(70)] {
        let question = question.replace(' ', "+");
        let answer = world
            .owner
            .get(&format!("/conversations?q={question}"))
            .await;
        assert_eq!(answer.problem(422), "invalid");
    }
    people_are_found(&world, &anna).await;
}

/// Every sign as its number, so that nothing of it is read by anybody on the way.
fn encoded(question: &str) -> String {
    question
        .bytes()
        .map(|byte| format!("%{byte:02x}"))
        .collect()
}

// Case: AZ05, IN02
pub(crate) async fn a_query_language_is_only_words(engine: Engine) {
    let world = World::start(engine).await;
    let customer = world.visitor().await;
    for (id, said) in [
        ("a", "Schuhe zu klein"),
        ("b", "Kulanz oder Umtausch"),
        ("c", "text not near and or"),
    ] {
        customer.write(id, said).await.expect(201);
    }
    let (email, _) = World::owner_credentials();
    let program = world.token(email, &["channels:read"], None).await;
    let looker = crate::dump::Looker::at(&world).await;
    let before = looker.dump().await;
    let ask = async |desk: &testkit::Desk, question: &str| {
        let path = format!("/conversations?q={}", encoded(question));
        desk.get(&path).await
    };
    // Signs of a query language are no words, and its words are words like others.
    let plain = ask(&world.owner, "schuhe").await.expect(200);
    assert_eq!(
        hits(plain["items"].as_array().expect("items")),
        ["Schuhe zu klein"]
    );
    for signs in [
        "\"schuhe\"",
        "schuhe*",
        "^schuhe",
        "+schuhe",
        "-schuhe",
        "(schuhe)",
        "{schuhe}",
        "schuhe:",
        "'schuhe'",
        "schuhe'; --",
        "schuhe\\",
        "!schuhe",
        "schuhe & !",
        "<->schuhe",
        "schuhe:*",
        "((((schuhe",
        "\"schuhe",
        "schuhe |",
        "schuhe%",
        "_schuhe_",
    ] {
        let found = ask(&world.owner, signs).await.expect(200);
        assert_eq!(found["items"], plain["items"], "{signs}");
    }
    for none in [
        "schuhe OR kulanz",
        "schuhe AND NOT kulanz",
        "NEAR(schuhe kulanz, 9)",
        "text:schuhe",
        "schuhe | kulanz",
        "schuhe & kulanz",
        "schuhe <-> kulanz",
        "* *",
        "\"\"",
        "()",
        "sch*",
        "sch:*",
        "schuhe' OR '1'='1",
        "\u{202e}",
        "\u{ffff}",
        "%",
        "_",
    ] {
        let found = ask(&world.owner, none).await.expect(200);
        assert_eq!(found["items"], json!([]), "{none}");
    }
    let both = ask(&world.owner, "NOT near OR text AND").await.expect(200);
    assert_eq!(
        hits(both["items"].as_array().expect("items")),
        ["text not near and or"]
    );
    let endless = ask(&world.owner, &"x ".repeat(5_000)).await;
    assert!(
        matches!(endless.status, 400 | 414 | 422 | 431),
        "{}",
        endless.status
    );
    for signs in ["a\0b", "a\nb", "a\u{1b}[2J"] {
        let found = ask(&world.owner, signs).await.expect(200);
        assert_eq!(found["items"], json!([]), "{signs:?}");
    }
    // Not UTF-8, and twice.
    for odd in ["q=%ff%fe", "q=%c3%28", "q=a&q=b", "q[]=a", "q"] {
        let answer = world.owner.get(&format!("/conversations?{odd}")).await;
        assert!(answer.status < 500, "{odd}: {}", answer.text());
    }
    // Who may not read conversations does not search them.
    assert_eq!(ask(&program, "schuhe").await.status, 403);
    // What was shown is written down, and that is all.
    assert_eq!(before.changed(&looker.dump().await), ["read_log"]);
}

async fn people_are_found(world: &World, anna: &str) {
    let one = world.owner.conversation(anna).await;
    let contact = format!(
        "/contacts/{}",
        one["contact"]["id"].as_str().expect("an id")
    );
    let name = json!({ "name": "Änne Weiß-Groß" });
    world.owner.patch(&contact, name).await.expect(200);
    for question in ["aenne", "weiss änne", "Groß"] {
        let found = found(world, question).await;
        assert_eq!(found.len(), 1, "{question}");
        assert_eq!(found[0]["id"], anna);
        assert!(found[0]["hit"].is_null());
    }
    let name = json!({ "name": "Berta" });
    world.owner.patch(&contact, name).await.expect(200);
    assert!(
        found(world, "aenne").await.is_empty(),
        "an earlier name is none"
    );
    let addresses = world.owner.get(&contact).await.expect(200)["addresses"].clone();
    let number = addresses.as_array().and_then(|all| {
        let phone = all.iter().find(|one| one["kind"] == "phone")?;
        phone["display"]
            .as_str()
            .map(|text| text.replace(['+', '\u{a0}'], ""))
    });
    let number = number.expect("Anna has a number");
    let found = found(world, &format!("%2B{number}")).await;
    assert_eq!(found.len(), 1, "{number}");
}

pub(crate) async fn what_is_gone_is_not_found(engine: Engine) {
    let mut world = World::start(engine).await;
    world.connect_whatsapp().await;
    let (email, _) = World::owner_credentials();
    world.owner = world.token(email, &[], None).await;
    let from = testkit::Simulator::ANNA;
    let first = "wamid.FIRST";
    let text = json!({ "from": from, "id": first, "text": "Erst Apfelbaum" });
    world.sim.inbound(text).await;
    world.settle().await;
    assert_eq!(found(&world, "apfelbaum").await.len(), 1);
    world.clock.advance_ms(1_000);
    let edit = json!({ "from": from, "type": "edit", "edit": { "original_message_id": first,
        "message": { "type": "text", "text": { "body": "Jetzt Birnbaum" } } } });
    world.sim.inbound(edit).await;
    world.settle().await;
    assert!(found(&world, "apfelbaum").await.is_empty());
    assert_eq!(hits(&found(&world, "birnbaum").await), ["Jetzt Birnbaum"]);
    let revoke =
        json!({ "from": from, "type": "revoke", "revoke": { "original_message_id": first } });
    world.sim.inbound(revoke).await;
    world.settle().await;
    assert!(found(&world, "birnbaum").await.is_empty(), "taken back");

    let customer = world.visitor().await;
    customer.write("c-1", "Bald vergessen").await.expect(201);
    assert_eq!(found(&world, "vergessen").await.len(), 1);
    world.advance_ms(400 * DAY_MS).await;
    world.run_jobs().await;
    assert!(world.owner.conversations(EVERY_STATUS).await.is_empty());
    assert!(
        found(&world, "vergessen").await.is_empty(),
        "kept no longer"
    );
    assert!(found(&world, "anna").await.is_empty(), "nor is a name");
}

/// What a reader of the plain text would answer: for each conversation its newest item that says
/// all words, the newest first.
#[derive(Default)]
struct Oracle {
    /// Conversation and words, in the order in which they were said.
    said: Vec<(String, BTreeSet<String>, String)>,
}

impl Oracle {
    fn say(&mut self, conversation: &str, text: &str) {
        let words = text.split(' ').map(str::to_owned).collect();
        self.said
            .push((conversation.to_owned(), words, text.to_owned()));
    }

    fn answers(&self, wanted: &BTreeSet<String>) -> Vec<(String, String)> {
        let mut told = BTreeSet::new();
        let newest_first = self.said.iter().rev();
        newest_first
            .filter(|(_, words, _)| wanted.is_subset(words))
            .filter(|(conversation, _, _)| told.insert(conversation.clone()))
            .map(|(conversation, _, text)| (conversation.clone(), text.clone()))
            .collect()
    }
}

/// The same numbers every time, as long as the world takes them.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound
    }
}

const WORDS: [&str; 8] = [
    "rot", "blau", "gelb", "schuh", "hemd", "hose", "teuer", "neu",
];

fn some_words(dice: &mut Dice) -> String {
    let count = 1 + dice.below(4);
    let words: Vec<&str> = (0..count).map(|_| WORDS[dice.below(WORDS.len())]).collect();
    words.join(" ")
}

// Check: ER-19
pub(crate) async fn a_search_finds_what_plain_text_would(engine: Engine) {
    let world = World::start(engine).await;
    let mut dice = Dice(4_711);
    let mut oracle = Oracle::default();
    let mut customers = Vec::new();
    for number in 0..12 {
        let customer = world.visitor().await;
        let text = some_words(&mut dice);
        customer.write("c-0", &text).await.expect(201);
        let newest = world.owner.conversations("limit=1").await;
        let id = newest[0]["id"].as_str().expect("an id").to_owned();
        oracle.say(&id, &text);
        customers.push((customer, id, number));
        world.clock.advance_ms(1_000);
    }
    for round in 1..60 {
        let (customer, id, _) = &customers[dice.below(12)];
        let text = some_words(&mut dice);
        match dice.below(3) {
            0 => _ = world.owner.note(id, &text).await,
            1 => _ = world.owner.say(id, &text).await,
            _ => {
                _ = customer
                    .write(&format!("c-{round}"), &text)
                    .await
                    .expect(201)
            }
        }
        oracle.say(id, &text);
        world.clock.advance_ms(HOUR_MS / 60);
    }
    let mut sizes = BTreeMap::<usize, usize>::new();
    for one in WORDS {
        for other in WORDS {
            let wanted = BTreeSet::from([one.to_owned(), other.to_owned()]);
            let expected = oracle.answers(&wanted);
            for limit in [3, 200] {
                let question = format!("q={one}+{other}&limit={limit}");
                let found = world.owner.pages("/conversations", &question).await;
                let found: Vec<(String, String)> = found
                    .iter()
                    .map(|one| {
                        let text = |value: &Value| value.as_str().expect("text").to_owned();
                        (text(&one["id"]), text(&one["hit"]["text"]))
                    })
                    .collect();
                assert_eq!(found, expected, "{question}");
            }
            *sizes.entry(expected.len()).or_default() += 1;
        }
    }
    assert!(sizes.len() > 4, "questions of every size: {sizes:?}");
}
