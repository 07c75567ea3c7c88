//! The own chat, from the first tap on.

use serde_json::{Value, json};
use testkit::{Engine, SLUG, World, bomb_png, on_both_engines, photo_with_place, plain_png, until};

on_both_engines! {
    a_customer_writes,
    files_of_customers,
    paging_ticks_and_typing,
}

fn texts(items: &[Value]) -> Vec<&str> {
    items
        .iter()
        .filter_map(|item| item["text"].as_str())
        .collect()
}

// Case: AU15
pub(crate) async fn a_customer_writes(engine: Engine) {
    let world = World::start(engine).await;
    let mut customer = world.customer();
    // Before the first tap: the notice is there, nothing is stored and nothing is set.
    let entry = customer.get(&format!("/entries/{SLUG}?locale=de")).await;
    let body = entry.expect(200);
    assert_eq!(entry.header("set-cookie"), None);
    assert_eq!(body["notice"]["version"], 1);
    assert!(
        body["notice"]["text"]
            .as_str()
            .expect("a text")
            .contains("Laden Beispiel")
    );
    assert_eq!(body["session"], Value::Null);
    assert_eq!(customer.get("/timeline").await.status, 401);
    assert_eq!(
        customer.get("/session").await.problem(401),
        "chat_session_over"
    );
    assert_eq!(
        customer.get("/entries/nirgends").await.problem(404),
        "not_found"
    );
    assert_eq!(world.owner.pages("/contacts", "").await.len(), 0);

    let started = customer.start(SLUG).await;
    assert_eq!(started["conversation_id"], Value::Null);
    let line = customer.set_cookie.clone().expect("a cookie");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(line.contains(attribute), "{line}");
    }
    let cookie = customer.cookie.clone();
    assert_eq!(
        customer.start(SLUG).await["contact_id"],
        started["contact_id"]
    );
    assert_eq!(customer.cookie, cookie, "a known visitor keeps its own");
    assert_eq!(
        world.owner.conversations("").await.len(),
        0,
        "no message, no conversation"
    );

    let first = customer
        .write("c-1", "Haben Sie heute offen?")
        .await
        .expect(201);
    assert_eq!(first["direction"], "inbound");
    assert_eq!(first["client_id"], "c-1");
    let again = customer
        .write("c-1", "Haben Sie heute offen?")
        .await
        .expect(200);
    assert_eq!(again, first, "the same id is the same message");
    let other = customer.write("c-1", "Etwas anderes").await;
    assert_eq!(other.problem(409), "client_id_reused");
    for (client_id, text) in [("", "x"), ("a b", "x"), ("c-2", " \n ")] {
        assert_eq!(
            customer.write(client_id, text).await.problem(422),
            "invalid"
        );
    }
    let cross = [("sec-fetch-site", "cross-site")];
    let write = json!({ "client_id": "c-3", "text": "von fremder Seite" });
    let foreign = customer
        .call_with("POST", "/messages", Some(&write), &cross)
        .await;
    assert_eq!(foreign.problem(403), "csrf");

    let id = world.only_conversation().await;
    let timeline = world.owner.timeline(&id).await;
    let kinds: Vec<&str> = timeline
        .iter()
        .map(|item| {
            item["kind"]
                .as_str()
                .or(item["type"].as_str())
                .expect("a kind")
        })
        .collect();
    assert_eq!(kinds, ["conversation_opened", "notice_shown", "message"]);
    assert_eq!(timeline[1]["data"]["version"], "1");
    let seqs: Vec<i64> = timeline
        .iter()
        .map(|i| i["seq"].as_i64().expect("a number"))
        .collect();
    assert_eq!(seqs, [1, 2, 3]);
    assert_eq!(
        texts(&customer.timeline().await),
        ["Haben Sie heute offen?"]
    );
    let contact = world.owner.conversation(&id).await["contact"]["id"].clone();
    let contact = format!("/contacts/{}", contact.as_str().expect("an id"));
    let contact = world.owner.get(&contact).await.expect(200);
    assert_eq!(contact["notices"][0]["version"], 1);
    assert_eq!(contact["notices"][0]["locale"], "de");

    // Thirty-two windows of one customer send the same message at once: it is there once.
    let writes = (0..32).map(|_| customer.write("c-4", "Einmal nur"));
    let answers = futures_util::future::join_all(writes).await;
    let created = answers.iter().filter(|a| a.status == 201).count();
    let repeated = answers.iter().filter(|a| a.status == 200).count();
    assert_eq!(
        (created, repeated),
        (1, 31),
        "{:?}",
        answers.iter().map(|a| a.status).collect::<Vec<_>>()
    );
    let said = customer.timeline().await;
    assert_eq!(texts(&said), ["Haben Sie heute offen?", "Einmal nur"]);
}

// Case: AZ03, FI05, FI11, XS05
pub(crate) async fn files_of_customers(engine: Engine) {
    let world = World::start(engine).await;
    let customer = world.visitor().await;
    let photo = photo_with_place("Kamera Geheim 3000");
    let photo = customer
        .upload("IMG 1.jpg", "image/jpeg", photo)
        .await
        .expect(201);
    assert_eq!(
        (&photo["kind"], &photo["mime"]),
        (&json!("image"), &json!("image/jpeg"))
    );
    assert_eq!(
        (&photo["width"], &photo["height"]),
        (&json!(64), &json!(48))
    );
    let page = b"<script>alert(1)</script>".to_vec();
    let html = customer
        .upload("seite.html", "text/html", page.clone())
        .await
        .expect(201);
    let drawing = br#"<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>"#.to_vec();
    let svg = customer
        .upload("bild.svg", "image/svg+xml", drawing)
        .await
        .expect(201);
    let bomb = customer.upload("bombe.png", "image/png", bomb_png()).await;
    assert_eq!(
        bomb.expect(422)["fields"]
            .as_object()
            .expect("fields")
            .len(),
        1
    );
    assert_eq!(
        customer
            .upload("leer.txt", "text/plain", Vec::new())
            .await
            .status,
        422
    );
    let many: Vec<Value> = [&photo, &html, &svg]
        .map(|file| file["id"].clone())
        .to_vec();
    let body = json!({ "client_id": "f-1", "text": "Hier", "attachments": many });
    let sent = customer.post("/messages", body.clone()).await.expect(201);
    assert_eq!(sent["attachments"].as_array().expect("files").len(), 3);
    let repeated = customer.post("/messages", body).await.expect(200);
    assert_eq!(repeated, sent);
    let twice = json!({ "client_id": "f-2", "text": "Noch einmal", "attachments": many });
    assert_eq!(
        customer.post("/messages", twice).await.problem(422),
        "invalid"
    );

    let id = world.only_conversation().await;
    let timeline = world.owner.timeline(&id).await;
    let files = timeline.last().expect("a message")["attachments"].clone();
    let served = world
        .owner
        .outside(files[0]["url"].as_str().expect("a path"))
        .await;
    assert_eq!(served.status, 200);
    assert_eq!(served.header("content-type"), Some("image/jpeg"));
    assert_eq!(served.header("x-content-type-options"), Some("nosniff"));
    for trace in [&b"Kamera Geheim"[..], b"Exif", b"GPS"] {
        let found = served.bytes.windows(trace.len()).any(|part| part == trace);
        assert!(!found, "{}", String::from_utf8_lossy(trace));
    }
    for (place, name) in [(1, "seite.html"), (2, "bild.svg")] {
        let served = world
            .owner
            .outside(files[place]["url"].as_str().expect("a path"))
            .await;
        let disposition = served.header("content-disposition").expect("a disposition");
        assert!(
            disposition.starts_with("attachment;") && disposition.contains(name),
            "{disposition}"
        );
        assert_eq!(
            served.header("content-type"),
            Some("application/octet-stream")
        );
        let policy = served.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("sandbox"), "{policy}");
    }
    let html_path = files[1]["url"]
        .as_str()
        .expect("a path")
        .replace("/api/v1", "/chat/v1");
    assert_eq!(customer.load(&html_path).await.bytes.to_vec(), page);
    // Somebody else's file does not exist.
    let stranger = world.visitor().await;
    assert_eq!(stranger.load(&html_path).await.problem(404), "not_found");
    let theft = json!({ "client_id": "s-1", "attachments": [many[0]] });
    assert_eq!(
        stranger.post("/messages", theft).await.problem(422),
        "invalid"
    );
    let loose = stranger
        .upload("a.png", "image/png", plain_png(9))
        .await
        .expect(201);
    let loose = loose["url"].as_str().expect("a path").to_owned();
    assert_eq!(stranger.load(&loose).await.status, 200);
    assert_eq!(customer.load(&loose).await.status, 404);
    let at_the_desk = loose.replace("/chat/v1", "/api/v1");
    assert_eq!(world.owner.outside(&at_the_desk).await.status, 404);
}

// Case: AZ07
pub(crate) async fn paging_ticks_and_typing(engine: Engine) {
    let mut world = World::start(engine).await;
    world.run_jobs_always();
    let customer = world.visitor().await;
    for number in 1..=12 {
        customer
            .write(&format!("n-{number}"), &format!("Nachricht {number}"))
            .await
            .expect(201);
    }
    let id = world.only_conversation().await;
    // Both ways, in pages of five; activities are not the customer's.
    for (from, next) in [("start", "next_cursor"), ("end", "previous_cursor")] {
        let mut seen: Vec<i64> = Vec::new();
        let mut query = format!("/timeline?limit=5&from={from}");
        loop {
            let page = customer.get(&query).await.expect(200);
            let items = page["items"].as_array().expect("items");
            assert!(items.len() <= 5);
            let seqs = items
                .iter()
                .map(|item| item["seq"].as_i64().expect("a number"));
            let seqs: Vec<i64> = seqs.collect();
            assert!(seqs.is_sorted());
            seen.extend(seqs);
            match page[next].as_str() {
                Some(cursor) => query = format!("/timeline?limit=5&cursor={cursor}"),
                None => break,
            }
        }
        seen.sort_unstable();
        assert_eq!(seen, (3..=14).collect::<Vec<_>>(), "{from}");
    }
    assert_eq!(
        customer.get("/timeline?cursor=x").await.problem(400),
        "cursor_invalid"
    );
    assert_eq!(
        customer.get("/timeline?limit=0").await.problem(422),
        "invalid"
    );

    // Ticks: sent while nobody looks, delivered on an open socket, read when it is said.
    let desk = world.owner.watch(None).await;
    desk.ready().await;
    let sent = world.owner.say(&id, "Bis 18 Uhr.").await;
    let seq = sent["seq"].as_i64().expect("a number");
    let place = (id.clone(), seq);
    desk.until("the first tick", |s| {
        s.items
            .get(&place)
            .is_some_and(|i| i["delivery"]["state"] == "sent")
    })
    .await;
    let live = customer.watch(None).await;
    live.ready().await;
    let second = world.owner.say(&id, "Morgen auch.").await;
    let second = (id.clone(), second["seq"].as_i64().expect("a number"));
    desk.until("both ticks", |s| {
        let state = |key| s.items.get(key).map(|i| i["delivery"]["state"].clone());
        state(&place) == Some(json!("delivered")) && state(&second) == Some(json!("delivered"))
    })
    .await;
    customer
        .post("/read", json!({ "seq": second.1 }))
        .await
        .expect(204);
    desk.until("the blue ticks", |s| {
        let read = |key| {
            s.items
                .get(key)
                .is_some_and(|i: &Value| i["delivery"]["state"] == "read")
        };
        read(&place) && read(&second) && s.conversations[&id]["contact_read_seq"] == second.1
    })
    .await;
    // An older word changes nothing.
    customer
        .post("/read", json!({ "seq": place.1 }))
        .await
        .expect(204);
    assert_eq!(
        world.owner.conversation(&id).await["contact_read_seq"],
        second.1
    );
    let theirs = live
        .until("the read mark on the own side", |s| {
            s.items
                .values()
                .any(|i| i["seq"] == second.1 && i["delivery"]["state"] == "read")
        })
        .await;
    assert!(theirs.items.values().all(|item| item["type"] == "message"));

    // Typing, both ways.
    live.say(json!({ "type": "typing", "on": true })).await;
    desk.until("the customer typing", |s| {
        s.signals.iter().any(|t| {
            t["type"] == "typing" && t["by"]["kind"] == "contact" && t["conversation_id"] == id
        })
    })
    .await;
    desk.say(json!({ "type": "typing", "conversation_id": id, "on": true }))
        .await;
    let typing = live
        .until("the teammate typing", |s| {
            s.signals.iter().any(|t| t["type"] == "typing")
        })
        .await;
    assert_eq!(typing.signals[0]["by"], json!({ "name": "Ida Inhaberin" }));
    // Somebody else's socket hears none of it.
    let stranger = world.visitor().await;
    stranger.write("s-1", "Hallo").await.expect(201);
    let other = stranger.watch(None).await;
    other.ready().await;
    world.owner.say(&id, "Nur für eine").await;
    desk.say(json!({ "type": "typing", "conversation_id": id, "on": false }))
        .await;
    live.until("the end of typing", |s| {
        s.signals.iter().any(|t| t["on"] == false)
    })
    .await;
    let own = until("the stranger's conversation", async || {
        let all = world.owner.conversations("").await;
        all.iter()
            .find(|c| c["id"] != id.as_str())
            .map(|c| c["id"].as_str().expect("an id").to_owned())
    })
    .await;
    world.owner.say(&own, "Nur für die andere").await;
    let heard = other
        .until("its own answer", |s| {
            s.items.values().any(|item| item["direction"] == "outbound")
        })
        .await;
    assert_eq!(heard.signals, Vec::<Value>::new());
    let texts: Vec<&Value> = heard
        .events
        .iter()
        .map(|e| &e["item"]["text"])
        .filter(|t| t.is_string())
        .collect();
    assert!(
        texts
            .iter()
            .all(|text| *text == "Nur für die andere" || *text == "Hallo"),
        "{texts:?}"
    );
}
