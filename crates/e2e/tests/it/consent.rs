//! Consent from its first tap to its proof: agreed to by the person itself, used, withdrawn in
//! free words, and shown to a stranger who has nothing but a file and a key.

use std::collections::BTreeSet;

use domain::time::{DAY_MS, HOUR_MS};
use proof::VerifierKey;
use proof::package::{Trust, Verdict, verify};
use serde_json::{Value, json};
use testkit::{Customer, Engine, Simulator, World, on_both_engines};

use crate::whatsapp::messages;

on_both_engines! {
    a_code_opts_in_and_a_word_opts_out,
    what_is_withdrawn_before_dispatch_never_leaves,
    buttons_ask_and_only_the_person_answers,
    late_foreign_and_repeated_codes_grant_nothing,
    time_and_new_promises_end_a_consent,
    two_taps_in_the_own_chat,
    a_proof_stands_in_a_tree_of_many,
}

pub(crate) const NEWS: &str = "marketing.news";
/// From the start of every story to Monday, 10 o'clock in Berlin.
const TO_MONDAY_MS: i64 = 124_400_000;

/// A house on a Monday morning with a purpose, a notice and an advertisement that Meta approved.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) channel: String,
    pub(crate) conversation: String,
    pub(crate) contact: String,
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

pub(crate) fn notice(scope: &str) -> Value {
    json!({
        "purpose": NEWS, "channels": ["whatsapp", "webchat"], "product_scope": scope,
        "recipients": [
            { "id": "meta-cloud-api", "name": "Meta Platforms Ireland" },
            { "id": "whatsapp-ireland", "name": "WhatsApp Ireland" },
        ],
        "transfers": [{ "id": "US", "name": "dpf" }],
        "personal_data": ["pd:TelephoneNumber"],
        "texts": [
            { "locale": "de", "text": format!("Ja, ich möchte Neues vom Laden Beispiel ({scope}) erhalten."),
              "withdrawal": "Mit dem Wort STOPP, jederzeit." },
            { "locale": "en", "text": format!("Yes, I would like to hear from Laden Beispiel ({scope})."),
              "withdrawal": "With the word STOP, at any time." },
        ],
    })
}

pub(crate) async fn monday(engine: Engine) -> World {
    let mut world = World::start(engine).await;
    let (email, _) = World::owner_credentials();
    world.owner = world.token(email, &[], None).await;
    world.advance_ms(TO_MONDAY_MS).await;
    let purpose = json!({ "code": NEWS, "class": "marketing", "name": "Neues aus dem Laden" });
    world.owner.post("/purposes", purpose).await.expect(201);
    world
        .owner
        .post("/notices", notice("Brot und Kuchen"))
        .await
        .expect(201);
    world
}

impl Scene {
    pub(crate) async fn set(engine: Engine) -> Self {
        let world = monday(engine).await;
        let channel = text(&world.connect_whatsapp().await["id"]);
        let approved = json!({ "status": "APPROVED" });
        world.sim.control("/templates/herbstaktion", approved).await;
        world.settle().await;
        world.sim.anna_says("Hallo").await;
        world.settle().await;
        let conversation = world.only_conversation().await;
        let shown = world
            .owner
            .get(&format!("/conversations/{conversation}"))
            .await;
        let contact = text(&shown.expect(200)["contact"]["id"]);
        Self {
            world,
            channel,
            conversation,
            contact,
        }
    }

    /// A code as a form gets it.
    async fn code(&self) -> String {
        let wanted = json!({
            "purpose": NEWS, "channel_id": self.channel, "locale": "de", "place": "form:laden",
        });
        let made = self
            .world
            .owner
            .post("/consents/invitations", wanted)
            .await
            .expect(201);
        assert!(text(&made["notice"]["text"]).starts_with("Ja, ich möchte"));
        text(&made["words"])
    }

    pub(crate) async fn anna_says(&self, words: &str) {
        self.world.advance_ms(1_000).await;
        self.world.sim.anna_says(words).await;
        self.world.settle().await;
    }

    pub(crate) async fn anna_agrees(&self) {
        let code = self.code().await;
        self.anna_says(&code).await;
        assert_eq!(self.state().await, "granted");
    }

    pub(crate) async fn consents(&self) -> Vec<Value> {
        consents(&self.world, &self.contact).await
    }

    pub(crate) async fn state(&self) -> String {
        let consents = self.consents().await;
        consents
            .first()
            .map_or_else(|| "none".to_owned(), |one| text(&one["state"]))
    }

    pub(crate) async fn kinds(&self) -> Vec<String> {
        let consents = self.consents().await;
        let events = consents[0]["events"].as_array().expect("events");
        events.iter().map(|event| text(&event["kind"])).collect()
    }

    pub(crate) async fn advertise(&self) -> testkit::Answer {
        let body = json!({
            "purpose": NEWS,
            "template": { "name": "herbstaktion", "language": "de", "parameters": {} },
        });
        self.world.owner.send(&self.conversation, body).await
    }

    pub(crate) async fn reasons(&self) -> Vec<String> {
        let problem = self.advertise().await.expect(409);
        assert_eq!(problem["code"], "send_refused");
        let reasons = problem["reasons"].as_array().expect("reasons");
        for reason in reasons {
            let words = reason["explanation"].as_str().expect("words");
            assert!(words.len() > 20, "{reason}");
        }
        reasons.iter().map(|reason| text(&reason["code"])).collect()
    }

    /// Advertisements that the simulated provider was handed.
    async fn advertised(&self) -> usize {
        let accepted = self.world.sim.accepted().await;
        let templates = accepted
            .iter()
            .filter(|call| call["body"]["template"].is_object());
        templates.count()
    }

    /// Sentences that say that a withdrawal was taken in.
    pub(crate) async fn withdrawals_confirmed(&self) -> Vec<String> {
        let accepted = self.world.sim.accepted().await;
        let texts = accepted
            .iter()
            .filter_map(|call| call["body"]["text"]["body"].as_str());
        let confirm = |text: &&str| text.starts_with("Ihr Widerruf ist angekommen");
        texts.filter(confirm).map(str::to_owned).collect()
    }

    pub(crate) async fn package(&self) -> Vec<u8> {
        package(&self.world, &self.contact).await
    }
}

async fn consents(world: &World, contact: &str) -> Vec<Value> {
    let list = world
        .owner
        .get(&format!("/contacts/{contact}/consents"))
        .await;
    list.expect(200)["items"].as_array().expect("items").clone()
}

async fn package(world: &World, contact: &str) -> Vec<u8> {
    let path = format!("/contacts/{contact}/consents/package");
    let answer = world.owner.get(&path).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.bytes.to_vec()
}

/// As somebody outside judges it, who was given the key on another way.
pub(crate) async fn judged(world: &World, package: &[u8]) -> Verdict {
    let key = world.owner.get("/consents/key").await.expect(200);
    let key: VerifierKey = text(&key["key"]).parse().expect("a key");
    let trust = Trust {
        key: Some(key),
        heads: Vec::new(),
    };
    verify(package, &trust)
}

// Check: CO-02
// Check: CO-03
// Check: CO-08
// Check: CO-09
// Check: CO-10
// Check: CO-14
// Check: CO-23
// Check: AU-05
pub(crate) async fn a_code_opts_in_and_a_word_opts_out(engine: Engine) {
    let scene = Scene::set(engine).await;
    assert_eq!(scene.reasons().await, ["consent_missing"]);
    let code = scene.code().await;
    assert!(
        scene.world.sim.accepted().await.is_empty(),
        "nothing is sent before the person wrote"
    );
    scene.anna_says(&code).await;
    assert_eq!(scene.state().await, "granted");
    assert_eq!(scene.kinds().await, ["requested", "confirmed"]);
    let told = scene
        .world
        .owner
        .get(&format!("/contacts/{}", scene.contact))
        .await
        .expect(200);
    let listed = told["consents"].as_array().expect("consents");
    assert!(
        listed
            .iter()
            .any(|one| one["purpose"] == NEWS && one["state"] == "granted")
    );
    scene.advertise().await.expect(201);
    scene.world.settle().await;
    assert_eq!(scene.advertised().await, 1);
    assert_eq!(scene.kinds().await, ["requested", "confirmed", "used"]);
    // The text as it was shown is in the proof, also after it was changed.
    scene
        .world
        .owner
        .post("/notices", notice("Brot, Kuchen und Kaffee"))
        .await
        .expect(201);
    let proof = scene.package().await;
    let verdict = judged(&scene.world, &proof).await;
    assert!(verdict.holds(), "{verdict}");
    let record = &verdict.summary.as_ref().expect("a summary").records[0];
    assert_eq!((record.events, record.purpose.as_str()), (3, NEWS));
    let holds = |part: &str| {
        proof
            .windows(part.len())
            .any(|bytes| bytes == part.as_bytes())
    };
    assert!(holds("Neues vom Laden Beispiel (Brot und Kuchen)"));
    assert!(!holds("Kaffee"));
    let mut changed = proof.clone();
    let place = changed.len() / 2;
    changed[place] ^= 1;
    assert!(!judged(&scene.world, &changed).await.holds());

    // A wish in a sentence lets advertising rest, and a plain word ends it.
    scene
        .world
        .owner
        .post("/notices", notice("Brot und Kuchen"))
        .await
        .expect(201);
    scene
        .anna_says("Bitte schicken Sie mir keine Werbung mehr, danke")
        .await;
    assert!(
        scene
            .reasons()
            .await
            .contains(&"marketing_paused".to_owned())
    );
    scene.anna_says("STOPP!").await;
    assert_eq!(scene.state().await, "withdrawn");
    let told = scene.withdrawals_confirmed().await;
    assert_eq!(told.len(), 1);
    assert!(domain::gate::lint::is_neutral(&told[0]), "{}", told[0]);
    scene.anna_says("Stop").await;
    assert_eq!(scene.withdrawals_confirmed().await.len(), 1, "said once");
    let reasons = scene.reasons().await;
    for code in ["objected", "consent_withdrawn"] {
        assert!(reasons.contains(&code.to_owned()), "{reasons:?}");
    }
    scene.world.settle().await;
    assert_eq!(
        scene.advertised().await,
        1,
        "the provider never saw another one"
    );
    let events = scene.consents().await[0]["events"].clone();
    let last = events
        .as_array()
        .expect("events")
        .last()
        .expect("an event")
        .clone();
    assert_eq!(
        (&last["kind"], &last["words"]),
        (&json!("withdrawn"), &json!("STOPP!"))
    );
    // Answers go on, and only the person itself begins again.
    scene
        .world
        .owner
        .say(&scene.conversation, "Gern geschehen")
        .await;
    scene.anna_agrees().await;
    let too_fast = json!({ "http_429": 1, "on": "messages" });
    scene.world.sim.control("/faults", too_fast).await;
    scene.advertise().await.expect(201);
    for _ in 0..3 {
        scene.world.settle().await;
        scene.world.advance_ms(60_000).await;
    }
    assert_eq!(scene.advertised().await, 2);
    let uses = scene
        .kinds()
        .await
        .iter()
        .filter(|kind| *kind == "used")
        .count();
    assert_eq!(uses, 2, "a second try is no second use");
    // The switch at the provider withdraws, and switching back grants nothing.
    let wish = format!("/users/{}/marketing", Simulator::ANNA);
    for value in ["stop", "resume"] {
        scene.world.advance_ms(1_000).await;
        scene
            .world
            .sim
            .control(&wish, json!({ "value": value }))
            .await;
        scene.world.settle().await;
        assert_eq!(scene.state().await, "withdrawn", "{value}");
    }
    let verdict = judged(&scene.world, &scene.package().await).await;
    assert!(verdict.holds(), "{verdict}");
    // A teammate can write a withdrawal down, and nothing else.
    scene.anna_agrees().await;
    let path = format!("/contacts/{}/consents/withdraw", scene.contact);
    let said = json!({ "channel_id": scene.channel, "words": "am Telefon" });
    assert_eq!(
        scene.world.owner.post(&path, said).await.expect(200)["ended"],
        1
    );
    assert_eq!(scene.state().await, "withdrawn");
}

// Check: CO-11
// Check: CO-12
// Check: SG-10
pub(crate) async fn what_is_withdrawn_before_dispatch_never_leaves(engine: Engine) {
    let scene = Scene::set(engine).await;
    scene.anna_agrees().await;
    let asked = scene.advertise().await.expect(201);
    // It waits; meanwhile Anna says no, and her word is taken in before the job runs.
    scene.world.advance_ms(1_000).await;
    scene.world.sim.anna_says("stop").await;
    scene.world.sim.flush().await;
    assert_eq!(scene.state().await, "withdrawn");
    scene.world.settle().await;
    assert_eq!(scene.advertised().await, 0);
    let all = messages(&scene.world.owner, &scene.conversation).await;
    let message = all
        .iter()
        .find(|message| message["id"] == asked["id"])
        .expect("the message");
    assert_eq!(message["delivery"]["state"], "failed");
    let code = text(&message["delivery"]["error"]["code"]);
    assert!(code.starts_with("gate_"), "{code}");
    let id = text(&asked["id"]).parse().expect("an id");
    let decisions = scene
        .world
        .app()
        .store()
        .decisions(id)
        .await
        .expect("decisions");
    assert_eq!(decisions.len(), 2);
    assert!(decisions[0].reasons.is_empty() && !decisions[0].consent_events.is_empty());
    assert!(
        decisions[1]
            .reasons
            .contains(&"consent_withdrawn".to_owned()),
        "{decisions:?}"
    );
    assert!(
        decisions
            .iter()
            .all(|one| one.rule_version == domain::gate::RULE_VERSION)
    );
    // The same with a pause that nobody decides about: after three days it is final.
    scene.anna_agrees().await;
    scene.advertise().await.expect(201);
    scene.world.advance_ms(1_000).await;
    scene
        .world
        .sim
        .anna_says("Ich möchte bitte keinen Newsletter mehr von Ihnen")
        .await;
    scene.world.sim.flush().await;
    scene.world.settle().await;
    assert_eq!(scene.advertised().await, 0);
    assert_eq!(scene.state().await, "granted", "it rests, and is not over");
    scene.world.advance_ms(73 * HOUR_MS).await;
    scene.world.settle().await;
    assert_eq!(scene.state().await, "withdrawn");
    assert_eq!(scene.kinds().await.last().expect("an event"), "objected");
}

/// The message of ours that asked last, and the ids of its two buttons.
pub(crate) async fn asked(world: &World) -> [String; 2] {
    let accepted = world.sim.accepted().await;
    let body = &accepted.last().expect("a message")["body"]["interactive"];
    let buttons = body["action"]["buttons"].as_array().expect("buttons");
    assert!(
        text(&body["body"]["text"]).starts_with("Ja, ich möchte Neues vom Laden"),
        "{body}"
    );
    [0, 1].map(|place| text(&buttons[place]["reply"]["id"]))
}

pub(crate) async fn taps(world: &World, from: &str, id: &str, title: &str) {
    world.advance_ms(1_000).await;
    let reply = json!({ "type": "button_reply", "button_reply": { "id": id, "title": title } });
    let message = json!({ "from": from, "type": "interactive", "interactive": reply });
    world.sim.inbound(message).await;
    world.settle().await;
}

// Check: AU-06
// Check: CO-08
// Check: CO-21
// Check: CO-24
pub(crate) async fn buttons_ask_and_only_the_person_answers(engine: Engine) {
    let scene = Scene::set(engine).await;
    let path = format!("/contacts/{}/consents", scene.contact);
    let question = json!({ "purpose": NEWS, "channel_id": scene.channel });
    let ask = async || scene.world.owner.post(&path, question.clone()).await;
    ask().await.expect(202);
    scene.world.settle().await;
    assert_eq!(scene.state().await, "pending");
    assert_eq!(scene.reasons().await, ["consent_pending"]);
    let [yes, no] = asked(&scene.world).await;
    // Somebody else's tap is nobody's answer.
    taps(&scene.world, Simulator::BELA_ID, &yes, "Ja, bestätigen").await;
    assert_eq!(scene.state().await, "pending");
    taps(&scene.world, Simulator::ANNA, &yes, "Ja, bestätigen").await;
    assert_eq!(scene.state().await, "granted");
    assert_eq!(
        scene.kinds().await,
        ["requested", "challenge_issued", "confirmed"]
    );
    taps(&scene.world, Simulator::ANNA, &yes, "Ja, bestätigen").await;
    assert_eq!(scene.kinds().await.len(), 3, "a second tap changes nothing");
    assert_eq!(ask().await.problem(409), "consent_not_possible");
    let verdict = judged(&scene.world, &scene.package().await).await;
    assert!(verdict.holds(), "{verdict}");
    // The no of the same question still counts, and afterwards nobody asks again.
    taps(&scene.world, Simulator::ANNA, &no, "Nein").await;
    assert_eq!(scene.state().await, "withdrawn");
    assert_eq!(ask().await.problem(409), "consent_no_outbound_question");

    // What nobody answers lapses in a day and is gone a week later, but for its commitments.
    let bela = json!({ "from": Simulator::BELA_ID, "text": "Guten Tag" });
    scene.world.sim.inbound(bela).await;
    scene.world.settle().await;
    let all = scene.world.owner.conversations("").await;
    let other = all
        .iter()
        .find(|one| one["id"] != scene.conversation.as_str());
    let bela = text(&other.expect("Bela's conversation")["contact"]["id"]);
    let path = format!("/contacts/{bela}/consents");
    scene
        .world
        .owner
        .post(&path, question.clone())
        .await
        .expect(202);
    scene.world.settle().await;
    scene.world.advance_ms(25 * HOUR_MS).await;
    scene.world.settle().await;
    assert_eq!(consents(&scene.world, &bela).await[0]["state"], "lapsed");
    assert_eq!(
        scene.world.owner.post(&path, question).await.problem(409),
        "consent_conversation_needed"
    );
    scene.world.advance_ms(8 * DAY_MS).await;
    scene.world.settle().await;
    assert!(consents(&scene.world, &bela).await.is_empty());
    let package = scene
        .world
        .owner
        .get(&format!("/contacts/{bela}/consents/package"))
        .await;
    assert_eq!(package.status, 404);
    let verdict = judged(&scene.world, &scene.package().await).await;
    assert!(verdict.holds(), "{verdict}");
}

// Check: CO-05
pub(crate) async fn late_foreign_and_repeated_codes_grant_nothing(engine: Engine) {
    let scene = Scene::set(engine).await;
    let code = scene.code().await;
    scene.world.advance_ms(25 * HOUR_MS).await;
    scene.anna_says(&code).await;
    assert!(scene.consents().await.is_empty(), "too late");
    scene.anna_says("START AAAA-AAAA").await;
    assert!(scene.consents().await.is_empty(), "a code that nobody gave");
    let code = scene.code().await;
    scene.anna_says(&code).await;
    scene.anna_says(&code.to_lowercase()).await;
    assert_eq!(scene.kinds().await, ["requested", "confirmed"]);
    let from_another = json!({ "from": Simulator::BELA_ID, "text": code });
    scene.world.sim.inbound(from_another).await;
    scene.world.settle().await;
    let all = scene.world.owner.conversations("").await;
    for one in all
        .iter()
        .filter(|one| one["id"] != scene.conversation.as_str())
    {
        let contact = text(&one["contact"]["id"]);
        assert!(
            consents(&scene.world, &contact).await.is_empty(),
            "it was used before"
        );
    }
    // And nobody can be asked for something that no notice speaks of.
    let wanted = json!({ "purpose": "nichts", "channel_id": scene.channel, "place": "form" });
    let refused = scene
        .world
        .owner
        .post("/consents/invitations", wanted)
        .await;
    assert_eq!(refused.problem(422), "invalid");
}

// Check: CO-17
// Check: CO-19
// Check: CO-20
pub(crate) async fn time_and_new_promises_end_a_consent(engine: Engine) {
    let scene = Scene::set(engine).await;
    let kept = json!({ "privacy": { "retention_days": 3650 } });
    scene.world.owner.patch("/company", kept).await.expect(200);
    scene.anna_agrees().await;
    // A better word is no other promise; another scope is.
    scene
        .world
        .owner
        .post("/notices", notice("Brot und Kuchen"))
        .await
        .expect(201);
    assert_eq!(scene.state().await, "granted");
    scene
        .world
        .owner
        .post("/notices", notice("Reisen"))
        .await
        .expect(201);
    assert_eq!(scene.state().await, "outdated");
    assert_eq!(scene.reasons().await, ["consent_outdated"]);
    // She agrees to the new one, and never hears of it: after a year it is over.
    scene.anna_agrees().await;
    assert_eq!(scene.kinds().await, ["requested", "confirmed", "renewed"]);
    scene.world.advance_ms(367 * DAY_MS).await;
    assert_eq!(scene.reasons().await, ["consent_expired"]);
    scene.world.settle().await;
    assert_eq!(scene.state().await, "expired");
    // Another account at the same number is somebody else until it says otherwise.
    scene.anna_agrees().await;
    let change = format!("/users/{}/change", Simulator::ANNA);
    scene
        .world
        .sim
        .control(&change, json!({ "phone": "4917139200077" }))
        .await;
    scene.world.settle().await;
    assert_eq!(scene.state().await, "unverified");
    let reasons = scene.reasons().await;
    assert!(
        reasons.contains(&"address_unverified".to_owned()),
        "{reasons:?}"
    );
    assert_eq!(scene.advertised().await, 0);
    let verdict = judged(&scene.world, &scene.package().await).await;
    assert!(verdict.holds(), "{verdict}");
}

async fn chat_state(customer: &Customer) -> String {
    let told = customer.get("/consents").await.expect(200);
    text(&told["items"][0]["state"])
}

// Check: CO-07
// Check: CO-13
// Check: IN-05
pub(crate) async fn two_taps_in_the_own_chat(engine: Engine) {
    let world = monday(engine).await;
    let customer = world.visitor().await;
    customer.write("k-1", "Guten Tag").await.expect(201);
    let conversation = world.only_conversation().await;
    let offer = json!({ "purpose": NEWS, "text": "Neu: Kuchen am Samstag" });
    let refused = world
        .owner
        .send(&conversation, offer.clone())
        .await
        .expect(409);
    assert_eq!(refused["reasons"][0]["code"], "consent_missing");
    assert_eq!(chat_state(&customer).await, "none");
    // Who has not seen the notice agrees to nothing.
    let notices = world.owner.get("/notices").await.expect(200);
    let german = notices["items"]
        .as_array()
        .expect("items")
        .iter()
        .find(|one| one["locale"] == "de");
    let id = text(&german.expect("a notice")["id"]);
    let wanted = json!({ "purpose": NEWS, "notice": id });
    let unseen = customer.post("/consents/request", wanted.clone()).await;
    assert_eq!(unseen.problem(409), "consent_notice_not_shown");
    let german = [("accept-language", "de")];
    let purpose = json!({ "purpose": NEWS });
    let shown = customer
        .call_with("POST", "/consents/serve", Some(&purpose), &german)
        .await
        .expect(200);
    assert_eq!(text(&shown["id"]), id);
    let other = json!({ "purpose": NEWS, "notice": format!("sha256:{}", "0".repeat(64)) });
    let other = customer.post("/consents/request", other).await;
    assert_eq!(other.problem(409), "consent_outdated_notice");
    let question = customer
        .post("/consents/request", wanted.clone())
        .await
        .expect(201);
    assert!(text(&question["text"]).contains("Neues aus dem Laden"));
    assert_eq!(chat_state(&customer).await, "pending");
    // Another browser cannot confirm for this one, and one answer is enough.
    let yes = json!({ "token": question["token"], "agrees": true });
    let stranger = world.visitor().await;
    assert_eq!(
        stranger.post("/consents/confirm", yes.clone()).await.status,
        404
    );
    assert_eq!(
        customer
            .post("/consents/confirm", yes.clone())
            .await
            .expect(200)["state"],
        "granted"
    );
    let again = customer.post("/consents/confirm", yes).await;
    assert_eq!(again.problem(409), "consent_question_over");
    world
        .owner
        .send(&conversation, offer.clone())
        .await
        .expect(201);
    world.settle().await;
    let read = customer.timeline().await;
    assert!(
        read.iter()
            .any(|item| item["text"] == "Neu: Kuchen am Samstag")
    );
    let told = world.owner.timeline(&conversation).await;
    assert!(told.iter().any(|item| item["kind"] == "consent_given"));
    let shown = world
        .owner
        .get(&format!("/conversations/{conversation}"))
        .await
        .expect(200);
    let contact = text(&shown["contact"]["id"]);
    let verdict = judged(&world, &package(&world, &contact).await).await;
    assert!(verdict.holds(), "{verdict}");
    let id = contact.parse().expect("an id");
    let served = world
        .app()
        .store()
        .consent_notices_served(id)
        .await
        .expect("rows");
    assert_eq!(served.len(), 1);
    // One tap ends it.
    let answer = customer
        .post("/consents/withdraw", json!({ "purpose": NEWS }))
        .await;
    assert_eq!(answer.status, 204);
    assert_eq!(chat_state(&customer).await, "withdrawn");
    let refused = world.owner.send(&conversation, offer).await.expect(409);
    assert_eq!(refused["reasons"][0]["code"], "consent_withdrawn");
    // A no to the second tap is a no.
    let question = customer.post("/consents/request", wanted).await.expect(201);
    let no = json!({ "token": question["token"], "agrees": false });
    assert_eq!(
        customer.post("/consents/confirm", no).await.expect(200)["state"],
        "refused"
    );
}

// Check: AU-02
// Check: CO-01
pub(crate) async fn a_proof_stands_in_a_tree_of_many(engine: Engine) {
    const PEOPLE: usize = 140;
    let scene = Scene::set(engine).await;
    scene.anna_agrees().await;
    let early = scene.package().await;
    let mut said = Vec::new();
    for number in 0..PEOPLE {
        let code = scene.code().await;
        said.push(json!({ "from": format!("49171392{:05}", 10_000 + number), "text": code }));
    }
    scene
        .world
        .sim
        .control("/inbound", json!({ "messages": said }))
        .await;
    scene.world.settle().await;
    let contacts = scene.world.owner.pages("/contacts", "").await;
    assert_eq!(contacts.len(), PEOPLE + 1);
    let mut leaves = BTreeSet::new();
    for contact in contacts.iter().step_by(20).chain(contacts.iter().last()) {
        let package = package(&scene.world, &text(&contact["id"])).await;
        let verdict = judged(&scene.world, &package).await;
        assert!(verdict.holds(), "{verdict}");
        leaves.insert(package);
    }
    assert!(leaves.len() > 5);
    // The package from before the tree grew is still believed, and she can get a new one.
    assert!(judged(&scene.world, &early).await.holds());
    let verdict = judged(&scene.world, &scene.package().await).await;
    assert!(verdict.holds(), "{verdict}");
}
