//! "My data": the way in, what is seen there, what can be done, and who does not get in.

use domain::teammate::Role;
use domain::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use serde_json::{Value, json};
use testkit::{Answer, Customer, Engine, World, on_both_engines};

use crate::consent::{NEWS, monday};

on_both_engines! {
    a_person_sees_who_read_and_gets_a_copy,
    a_link_opens_once_for_one_browser,
    what_a_restart_forgets_opens_nothing,
    ds_06_a_code_stands_before_a_copy_and_an_erasure,
    a_person_corrects_and_restricts,
    one_tap_ends_a_consent,
    whoever_asks_to_be_erased_has_a_day_to_think,
}

/// A browser in front of "My data".
struct Mine<'a> {
    world: &'a World,
    cookie: String,
}

impl<'a> Mine<'a> {
    async fn open(
        world: &'a World,
        headers: &[(&str, String)],
        body: Value,
    ) -> Result<Self, Answer> {
        let body = Some(("application/json", body.to_string().into_bytes()));
        let answer = world.ask("POST", "/me/v1/session", headers, body).await;
        if answer.status != 201 {
            return Err(answer);
        }
        let cookie = answer.header("set-cookie").expect("a cookie");
        for part in ["HttpOnly", "SameSite=Strict", "Path=/me", "Max-Age=1800"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let cookie = cookie.split(';').next().expect("a pair").to_owned();
        Ok(Self { world, cookie })
    }

    async fn from_chat(world: &'a World, customer: &Customer) -> Self {
        let secret = customer.cookie.as_deref().expect("a session");
        let chat = [("cookie", format!("tresen_chat={secret}"))];
        match Self::open(world, &chat, json!({})).await {
            Ok(mine) => mine,
            Err(answer) => panic!("{}", answer.text()),
        }
    }

    async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let headers = [("cookie", self.cookie.clone())];
        let body = body.map(|body| ("application/json", body.to_string().into_bytes()));
        let path = format!("/me/v1{path}");
        self.world.ask(method, &path, &headers, body).await
    }

    async fn data(&self) -> Value {
        self.call("GET", "/data", None).await.expect(200)
    }

    async fn prove(&self, code: &str) -> Answer {
        let typed = json!({ "code": code });
        self.call("POST", "/code/confirm", Some(typed)).await
    }
}

/// The six digits in what was said last.
fn code_in(text: &str) -> String {
    let digits: Vec<&str> = text
        .split(|sign: char| !sign.is_ascii_digit())
        .filter(|part| part.len() == 6)
        .collect();
    assert_eq!(digits.len(), 1, "{text}");
    digits[0].to_owned()
}

async fn last_words(customer: &Customer) -> String {
    let said = customer.timeline().await;
    said.last().expect("a message")["text"]
        .as_str()
        .expect("words")
        .to_owned()
}

async fn proven(mine: &Mine<'_>, customer: &Customer) {
    mine.call("POST", "/code", None).await.expect(202);
    let code = code_in(&last_words(customer).await);
    mine.prove(&code).await.expect(200);
}

/// The secret of the newest link that reached Anna's telephone.
async fn link_to_anna(world: &World) -> String {
    world.settle().await;
    let sent = world.sim.accepted().await;
    let text = sent.last().expect("a message").to_string();
    let from = text.find("tml_").expect("a link");
    let secret: String = text[from..]
        .chars()
        .take_while(|sign| sign.is_ascii_alphanumeric() || "_-".contains(*sign))
        .collect();
    assert!(text.contains(&format!("/me#{secret}")), "{text}");
    secret
}

// Check: IN-07, IN-08, IN-09
pub(crate) async fn a_person_sees_who_read_and_gets_a_copy(engine: Engine) {
    let world = World::start(engine).await;
    let customer = world.visitor().await;
    customer.write("a", "Kanarienwort").await.expect(201);
    let other = world.visitor().await;
    other.write("b", "Spatzenwort").await.expect(201);
    let mine = Mine::from_chat(&world, &customer).await;
    assert_eq!(
        mine.data().await["readings"],
        json!([]),
        "nobody has read yet"
    );
    let lead = world.teammate(Role::Lead, "Leopoldine").await;
    let list = lead.conversations("").await;
    let id = list
        .iter()
        .find(|one| one["last_message"]["text"] == "Kanarienwort");
    let id = id.expect("its conversation")["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    // One reads as a program, one as a person.
    lead.timeline(&id).await;
    world.owner.timeline(&id).await;
    let data = mine.data().await;
    let readings = data["readings"].as_array().expect("a list");
    let whats: Vec<&Value> = readings.iter().map(|one| &one["what"]).collect();
    assert!(whats.contains(&&json!("timeline")), "{whats:?}");
    let by: Vec<&str> = readings
        .iter()
        .map(|one| one["by"].as_str().expect("somebody"))
        .collect();
    for desk in ["Kundenservice ", "Programm "] {
        assert!(by.iter().any(|by| by.starts_with(desk)), "{by:?}");
    }
    for words in ["Leopoldine", "Spatz"] {
        assert!(!data.to_string().contains(words), "{words}: {data}");
    }
    assert_eq!(data["channels"][0]["recipients"], json!([]));
    assert_eq!(data["counts"]["messages"], 1);

    proven(&mine, &customer).await;
    let export = mine.call("POST", "/exports", None).await.expect(201);
    let path = format!("/exports/{}", export["id"].as_str().expect("an id"));
    let copy = mine.call("GET", &format!("{path}/content"), None).await;
    assert_eq!(copy.status, 200);
    let files = crate::copies::unpacked(&copy.bytes);
    let all: Vec<u8> = files.values().flatten().copied().collect();
    let holds = |words: &str| {
        all.windows(words.len())
            .any(|part| part == words.as_bytes())
    };
    assert!(holds("Kanarienwort") && !holds("Spatz") && !holds("Leopoldine"));
    assert_eq!(
        mine.call("GET", &path, None).await.expect(200)["state"],
        "done"
    );
    // Another person's ticket is nobody's.
    let strange = Mine::from_chat(&world, &other).await;
    strange.call("GET", &path, None).await.expect(404);
    strange
        .call("GET", &format!("{path}/content"), None)
        .await
        .expect(404);
    // The page for who has no scripts.
    let secret = customer.cookie.as_deref().expect("a session");
    let chat = [("cookie", format!("tresen_chat={secret}"))];
    let plain = world.ask("GET", "/me/plain", &chat, None).await;
    assert_eq!(plain.status, 200);
    assert!(plain.text().contains("Kundenservice"), "{}", plain.text());
    assert!(!plain.text().contains("<script"));
    let stranger = world.ask("GET", "/me/plain", &[], None).await;
    assert_eq!(stranger.status, 401);
    assert!(stranger.text().contains("<h1>"), "a page, for a person");
    assert!(!stranger.text().contains("Kundenservice"));
    // It ends when it is left, and by itself.
    mine.call("DELETE", "/session", None).await.expect(204);
    assert_eq!(
        mine.call("GET", "/data", None).await.problem(401),
        "my_session_over"
    );
    world.advance_ms(30 * MINUTE_MS).await;
    assert_eq!(
        strange.call("GET", "/data", None).await.problem(401),
        "my_session_over"
    );
}

pub(crate) async fn a_link_opens_once_for_one_browser(engine: Engine) {
    let world = World::start(engine).await;
    world.connect_whatsapp().await;
    world.sim.anna_says("Was wissen Sie über mich?").await;
    world.settle().await;
    let id = world.only_conversation().await;
    let path = format!("/conversations/{id}/my-data-link");
    let dpo = world.teammate(Role::Dpo, "Dora").await;
    dpo.post(&path, json!({})).await.expect(403);
    world.owner.post(&path, json!({})).await.expect(202);
    let secret = link_to_anna(&world).await;
    // Nobody of the team reads it, and nothing that is kept holds it.
    let timeline = Value::from(world.owner.timeline(&id).await).to_string();
    assert!(
        timeline.contains("/me#••••••") && !timeline.contains(&secret),
        "{timeline}"
    );
    let row = world.owner.conversation(&id).await;
    assert!(!row.to_string().contains(&secret));
    assert_eq!(row["status"], "open", "it is still the team's turn");
    // Whoever only looks at the link opens nothing, and guessing finds nothing.
    let looked = world.ask("GET", "/me", &[], None).await;
    assert!(looked.header("set-cookie").is_none());
    let guessed = Mine::open(&world, &[], json!({ "token": "tml_geraten" })).await;
    assert_eq!(
        guessed.err().expect("refused").problem(401),
        "my_link_unknown"
    );
    let foreign = [("origin", "https://evil.example".to_owned())];
    let foreign = Mine::open(&world, &foreign, json!({ "token": secret })).await;
    assert_eq!(foreign.err().expect("refused").problem(403), "csrf");

    let mine = Mine::open(&world, &[], json!({ "token": secret })).await;
    let mine = mine.expect("it opens");
    let data = mine.data().await;
    let way = &data["channels"][0];
    assert_eq!(way["recipients"].as_array().expect("a list").len(), 2);
    assert!(
        way["address"]
            .as_str()
            .is_some_and(|shown| shown.contains("••••")),
        "{way}"
    );
    // In another browser it is a used link.
    let again = Mine::open(&world, &[], json!({ "token": secret })).await;
    assert_eq!(again.err().expect("refused").problem(401), "my_link_used");
    // A page elsewhere can do nothing with this browser's cookie.
    let headers = [
        ("cookie", mine.cookie.clone()),
        ("origin", "https://evil.example".to_owned()),
    ];
    let csrf = world.ask("POST", "/me/v1/code", &headers, None).await;
    assert_eq!(csrf.problem(403), "csrf");
    // Nor is it worth anything in the chat or at the desk, and theirs nothing here.
    let value = mine.cookie.split_once('=').expect("a pair").1.to_owned();
    for (name, path) in [
        ("tresen_chat", "/chat/v1/timeline"),
        ("tresen_session", "/api/v1/session"),
    ] {
        let headers = [("cookie", format!("{name}={value}"))];
        assert_eq!(world.ask("GET", path, &headers, None).await.status, 401);
    }
    // The code goes to the telephone.
    mine.call("POST", "/code", None).await.expect(202);
    world.settle().await;
    let sent =
        world.sim.accepted().await.last().expect("a message")["body"]["text"]["body"].clone();
    let code = code_in(sent.as_str().expect("words"));
    let timeline = Value::from(world.owner.timeline(&id).await).to_string();
    assert!(!timeline.contains(&code), "{timeline}");
    mine.prove(&code).await.expect(200);
    mine.call("POST", "/exports", None).await.expect(201);
    // One that nobody opened is over after a quarter of an hour.
    world.owner.post(&path, json!({})).await.expect(202);
    let late = link_to_anna(&world).await;
    world.advance_ms(15 * MINUTE_MS).await;
    let late = Mine::open(&world, &[], json!({ "token": late })).await;
    assert_eq!(late.err().expect("refused").problem(401), "my_link_over");
    // Where the channel lets nothing out any more, writing there opens the way again.
    let desk = world.token(World::owner_credentials().0, &[], None).await;
    world.advance_ms(23 * HOUR_MS + 35 * MINUTE_MS).await;
    desk.post(&path, json!({})).await.expect(202);
    let secret = link_to_anna(&world).await;
    let mine = Mine::open(&world, &[], json!({ "token": secret })).await;
    let mine = mine.expect("it opens");
    world.advance_ms(15 * MINUTE_MS).await;
    let closed = mine.call("POST", "/code", None).await;
    assert_eq!(closed.problem(409), "my_code_nowhere");
    let closed = desk.post(&path, json!({})).await;
    assert_eq!(closed.problem(409), "send_refused");
}

// Check: DS-06
pub(crate) async fn ds_06_a_code_stands_before_a_copy_and_an_erasure(engine: Engine) {
    let world = World::start(engine).await;
    let customer = world.visitor().await;
    customer.write("a", "Guten Tag").await.expect(201);
    let mine = Mine::from_chat(&world, &customer).await;
    for path in ["/exports", "/erasure"] {
        let refused = mine.call("POST", path, None).await;
        assert_eq!(refused.problem(403), "code_needed");
    }
    assert_eq!(mine.prove("123456").await.problem(409), "my_code_over");
    mine.call("POST", "/code", None).await.expect(202);
    let code = code_in(&last_words(&customer).await);
    // Another look of the same person has its own code.
    let other = Mine::from_chat(&world, &customer).await;
    assert_eq!(other.prove(&code).await.problem(409), "my_code_over");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        assert_eq!(mine.prove(wrong).await.problem(422), "invalid");
    }
    assert_eq!(
        mine.prove(&code).await.problem(409),
        "my_code_over",
        "it was guessed at"
    );
    // The next one is right, and open for a while only.
    proven(&mine, &customer).await;
    mine.call("POST", "/exports", None).await.expect(201);
    world.advance_ms(10 * MINUTE_MS).await;
    assert_eq!(
        mine.call("POST", "/exports", None).await.problem(403),
        "code_needed"
    );
    // A code is over after ten minutes as well, also for the eyes it was for.
    mine.call("POST", "/code", None).await.expect(202);
    let code = code_in(&last_words(&customer).await);
    world.advance_ms(10 * MINUTE_MS).await;
    assert_eq!(mine.prove(&code).await.problem(409), "my_code_over");
    assert!(last_words(&customer).await.contains("••••••"));
    // Nobody is flooded.
    let fresh = Mine::from_chat(&world, &customer).await;
    for _ in 0..2 {
        fresh.call("POST", "/code", None).await.expect(202);
    }
    assert_eq!(fresh.call("POST", "/code", None).await.status, 429);
}

pub(crate) async fn a_person_corrects_and_restricts(engine: Engine) {
    let world = World::start(engine).await;
    let customer = world.visitor().await;
    customer.write("a", "Guten Tag").await.expect(201);
    let id = world.only_conversation().await;
    let mine = Mine::from_chat(&world, &customer).await;
    let called = json!({ "name": "  Erika Musterfrau ", "locale": "en" });
    mine.call("PATCH", "/data", Some(called)).await.expect(204);
    let data = mine.data().await;
    assert_eq!(data["name"], "Erika Musterfrau");
    assert_eq!(data["locale"], "en");
    assert_eq!(
        world.owner.conversation(&id).await["contact"]["name"],
        "Erika Musterfrau"
    );
    let odd = json!({ "name": "x".repeat(400) });
    mine.call("PATCH", "/data", Some(odd)).await.expect(422);
    let odd = json!({ "locale": "xx" });
    mine.call("PATCH", "/data", Some(odd)).await.expect(422);

    let reason = json!({ "reason": "Etwas stimmt nicht." });
    mine.call("POST", "/restriction", Some(reason))
        .await
        .expect(204);
    let data = mine.data().await;
    assert_eq!(data["restrictions"][0]["by_me"], true);
    assert_eq!(data["conversations"][0]["erased_at"], Value::Null);
    let closed = format!("/conversations/{id}/timeline");
    assert_eq!(world.owner.get(&closed).await.problem(403), "restricted");
    // What is the person's right goes on: a link and the code reach it all the same.
    let link = format!("/conversations/{id}/my-data-link");
    world.owner.post(&link, json!({})).await.expect(202);
    proven(&mine, &customer).await;
    mine.call("POST", "/exports", None).await.expect(201);
    assert_eq!(
        mine.call("POST", "/erasure", None).await.problem(409),
        "restricted_first"
    );
    mine.call("DELETE", "/restriction", None).await.expect(204);
    world.owner.get(&closed).await.expect(200);
    let path = format!(
        "/contacts/{}/restrictions",
        data["contact_id"].as_str().expect("an id")
    );
    let all = world.owner.get(&path).await.expect(200);
    assert_eq!(all["items"][0]["lifted_by"], Value::Null, "{all}");
    // What the company restricted it lifts itself.
    let reason = json!({ "reason": "Prüfung" });
    world.owner.post(&path, reason).await.expect(201);
    let refused = mine.call("DELETE", "/restriction", None).await;
    assert_eq!(refused.problem(409), "restricted_by_company");
}

pub(crate) async fn whoever_asks_to_be_erased_has_a_day_to_think(engine: Engine) {
    let world = World::start(engine).await;
    // A session at the desk does not last so long.
    let desk = world.token(World::owner_credentials().0, &[], None).await;
    let customer = world.visitor().await;
    customer.write("a", "Guten Tag").await.expect(201);
    let id = world.only_conversation().await;
    let mine = Mine::from_chat(&world, &customer).await;
    proven(&mine, &customer).await;
    mine.call("POST", "/erasure", None).await.expect(202);
    assert_ne!(mine.data().await["erasure_begins_at"], Value::Null);
    world.settle().await;
    desk.conversation(&id).await;
    mine.call("DELETE", "/erasure", None).await.expect(204);
    assert_eq!(mine.data().await["erasure_begins_at"], Value::Null);
    world.advance_ms(DAY_MS).await;
    world.settle().await;
    desk.conversation(&id).await;

    let mine = Mine::from_chat(&world, &customer).await;
    proven(&mine, &customer).await;
    mine.call("POST", "/erasure", None).await.expect(202);
    let all = desk.get("/erasures").await.expect(200);
    assert_eq!(
        all["items"][0]["asked_by"],
        Value::Null,
        "nobody of the team"
    );
    world.advance_ms(DAY_MS - HOUR_MS).await;
    world.settle().await;
    desk.conversation(&id).await;
    world.advance_ms(HOUR_MS).await;
    world.settle().await;
    desk.get(&format!("/conversations/{id}")).await.expect(404);
    let all = desk.get("/erasures").await.expect(200);
    assert_eq!(all["items"][0]["step"], "done");
    assert_eq!(all["items"][0]["contact_id"], Value::Null);
    assert_eq!(mine.call("GET", "/data", None).await.status, 401);
}

pub(crate) async fn one_tap_ends_a_consent(engine: Engine) {
    let world = monday(engine).await;
    let customer = world.visitor().await;
    customer.write("a", "Guten Tag").await.expect(201);
    let id = world.only_conversation().await;
    let german = [("accept-language", "de")];
    let purpose = json!({ "purpose": NEWS });
    let shown = customer.call_with("POST", "/consents/serve", Some(&purpose), &german);
    let notice = shown.await.expect(200)["id"].clone();
    let wanted = json!({ "purpose": NEWS, "notice": notice });
    let question = customer.post("/consents/request", wanted).await.expect(201);
    let yes = json!({ "token": question["token"], "agrees": true });
    customer.post("/consents/confirm", yes).await.expect(200);
    let offer = json!({ "purpose": NEWS, "text": "Neu: Kuchen am Samstag" });
    world.owner.send(&id, offer.clone()).await.expect(201);

    let mine = Mine::from_chat(&world, &customer).await;
    let consent = mine.data().await["consents"][0].clone();
    assert_eq!(consent["state"], "granted");
    let shown = consent["notice"]["text"].as_str().expect("as it was shown");
    assert!(shown.contains("Neues vom Laden Beispiel"), "{shown}");
    // Another person's tap ends nothing of hers.
    let tap = json!({ "purpose": NEWS, "channel_id": consent["channel_id"] });
    let other = Mine::from_chat(&world, &world.visitor().await).await;
    other
        .call("POST", "/consents/withdraw", Some(tap.clone()))
        .await
        .expect(204);
    assert_eq!(mine.data().await["consents"][0]["state"], "granted");
    // Twice is as good as once.
    for _ in 0..2 {
        mine.call("POST", "/consents/withdraw", Some(tap.clone()))
            .await
            .expect(204);
        assert_eq!(mine.data().await["consents"][0]["state"], "withdrawn");
    }
    let refused = world.owner.send(&id, offer).await;
    assert_eq!(refused.problem(409), "send_refused");
    let told = world.owner.timeline(&id).await;
    let withdrawn = told
        .iter()
        .filter(|item| item["kind"] == "consent_withdrawn");
    assert_eq!(withdrawn.count(), 1);
}

pub(crate) async fn what_a_restart_forgets_opens_nothing(engine: Engine) {
    let mut world = World::start(engine).await;
    world.connect_whatsapp().await;
    world.sim.anna_says("Was wissen Sie über mich?").await;
    world.settle().await;
    let id = world.only_conversation().await;
    let path = format!("/conversations/{id}/my-data-link");
    world.owner.post(&path, json!({})).await.expect(202);
    let before = world.sim.accepted().await.len();
    world.restart().await;
    world.settle().await;
    assert_eq!(
        world.sim.accepted().await.len(),
        before,
        "it would open nothing"
    );
    let told = world.owner.timeline(&id).await;
    let message = told.last().expect("the message");
    assert_eq!(message["delivery"]["state"], "failed");
    assert_eq!(message["delivery"]["error"]["code"], "secret_over");
    let why = message["delivery"]["error"]["explanation"].as_str();
    assert!(why.is_some_and(|why| why.contains("abgelaufen")), "{why:?}");
    // The next one opens.
    world.owner.post(&path, json!({})).await.expect(202);
    let secret = link_to_anna(&world).await;
    let mine = Mine::open(&world, &[], json!({ "token": secret })).await;
    mine.expect("it opens").data().await;
}
