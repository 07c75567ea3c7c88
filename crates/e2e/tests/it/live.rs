//! Live sockets: what is built from them is what one would fetch.

use domain::teammate::Role;
use serde_json::{Value, json};
use testkit::{Customer, Desk, Engine, World, on_both_engines, plain_png, until};

on_both_engines! {
    every_tick_is_told,
    what_is_heard_equals_what_is_fetched,
    coming_back_with_a_cursor,
    a_slow_reader_is_closed_and_comes_back,
}

/// Repeatable chance.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

struct Stage {
    world: World,
    customers: Vec<Customer>,
    team: Vec<Desk>,
    step: u64,
}

impl Stage {
    async fn some_conversation(&self, chance: &mut Chance) -> Option<String> {
        let all = self
            .world
            .owner
            .conversations("status=open,waiting,snoozed,done")
            .await;
        if all.is_empty() {
            return None;
        }
        let place = chance.below(all.len() as u64) as usize;
        Some(all[place]["id"].as_str().expect("an id").to_owned())
    }

    /// One random thing that somebody does.
    async fn act(&mut self, chance: &mut Chance) {
        self.step += 1;
        let step = self.step;
        let customer = self.customers[chance.below(3) as usize].clone();
        let desk = self.team[chance.below(2) as usize].clone();
        let what = chance.below(14);
        match what {
            0..=2 => drop(
                customer
                    .write(&format!("s{step}"), &format!("Schritt {step}"))
                    .await
                    .expect(201),
            ),
            3 => {
                let file = customer
                    .upload("b.png", "image/png", plain_png(8))
                    .await
                    .expect(201);
                let body = json!({ "client_id": format!("f{step}"), "attachments": [file["id"]] });
                customer.post("/messages", body).await.expect(201);
            }
            4 => drop(self.world.sim.anna_says(&format!("WhatsApp {step}")).await),
            5 => {
                let seq = customer
                    .timeline()
                    .await
                    .last()
                    .map(|item| item["seq"].clone());
                if let Some(seq) = seq {
                    customer
                        .post("/read", json!({ "seq": seq }))
                        .await
                        .expect(204);
                }
            }
            _ => self.act_at_the_desk(chance, &desk, what).await,
        }
        if chance.below(3) == 0 {
            self.world.advance_ms(1_000).await;
            self.world.settle().await;
        }
    }

    async fn act_at_the_desk(&self, chance: &mut Chance, desk: &Desk, what: u64) {
        let Some(id) = self.some_conversation(chance).await else {
            return;
        };
        let step = self.step;
        match what {
            6 | 7 => drop(desk.say(&id, &format!("Antwort {step}")).await),
            8 => drop(desk.note(&id, &format!("Notiz {step}")).await),
            9 => {
                let statuses = ["open", "waiting", "done"];
                let status = statuses[chance.below(3) as usize];
                desk.change(&id, json!({ "status": status }))
                    .await
                    .expect(200);
            }
            10 => {
                let me = desk.get("/session").await.expect(200)["teammate"]["id"].clone();
                let whom = if chance.below(2) == 0 {
                    me
                } else {
                    Value::Null
                };
                desk.change(&id, json!({ "assignee_id": whom }))
                    .await
                    .expect(200);
            }
            11 => drop(
                desk.change(&id, json!({ "tags": [format!("t{step}")] }))
                    .await
                    .expect(200),
            ),
            12 => {
                let last = desk.conversation(&id).await["last_seq"].clone();
                desk.post(&format!("/conversations/{id}/read"), json!({ "seq": last }))
                    .await
                    .expect(204);
            }
            _ => {
                let contact = desk.conversation(&id).await["contact"]["id"].clone();
                let path = format!("/contacts/{}", contact.as_str().expect("an id"));
                desk.patch(&path, json!({ "name": format!("Name {step}") }))
                    .await
                    .expect(200);
            }
        }
    }
}

pub(crate) async fn what_is_heard_equals_what_is_fetched(engine: Engine) {
    let world = World::start(engine).await;
    world.connect_whatsapp().await;
    let customers = vec![
        world.visitor().await,
        world.visitor().await,
        world.visitor().await,
    ];
    let team = vec![
        world.teammate(Role::Teammate, "Erika").await,
        world.teammate(Role::Lead, "Lea").await,
    ];
    let heard = world.owner.watch(None).await;
    heard.ready().await;
    let own = customers[0].watch(None).await;
    own.ready().await;
    let mut stage = Stage {
        world,
        customers,
        team,
        step: 0,
    };
    let mut chance = Chance(0x5eed_0007);
    for _ in 0..150 {
        stage.act(&mut chance).await;
    }
    let Stage {
        world, customers, ..
    } = stage;
    world.settle().await;
    let list = world
        .owner
        .conversations("status=open,waiting,snoozed,done&limit=200")
        .await;
    assert!(list.len() >= 3, "{}", list.len());
    let same = async || {
        let seen = heard.seen();
        let fetched = world
            .owner
            .conversations("status=open,waiting,snoozed,done&limit=200")
            .await;
        (seen.list() == fetched).then_some(())
    };
    until_or_show(&heard, &world, same).await;
    for conversation in &list {
        let id = conversation["id"].as_str().expect("an id");
        let fetched = world.owner.timeline(id).await;
        let seen = heard.seen().timeline(id);
        assert_eq!(seen.len(), fetched.len(), "{id}");
        for (seen, fetched) in seen.iter().zip(&fetched) {
            assert_eq!(seen, fetched);
        }
    }
    // The customer's own side agrees with what it fetches, too.
    let fetched = customers[0].timeline().await;
    own.until("the own timeline", |s| {
        s.items.values().cloned().collect::<Vec<_>>() == fetched
    })
    .await;
}

async fn until_or_show(
    heard: &testkit::Live,
    world: &World,
    mut same: impl AsyncFnMut() -> Option<()>,
) {
    let waited = tokio::time::timeout(
        std::time::Duration::from_secs(10),
        until("the lists agree", &mut same),
    )
    .await;
    if waited.is_err() {
        let fetched = world
            .owner
            .conversations("status=open,waiting,snoozed,done&limit=200")
            .await;
        assert_eq!(heard.seen().list(), fetched);
    }
}

pub(crate) async fn coming_back_with_a_cursor(engine: Engine) {
    let mut world = World::start(engine).await;
    let customer = world.visitor().await;
    customer.write("a", "Eins").await.expect(201);
    let id = world.only_conversation().await;
    let first = world.owner.watch(Some("0.0")).await;
    let seen = first
        .until("the beginning", |s| {
            !s.of_kind("message.created").is_empty()
        })
        .await;
    let cursor = seen.cursor.expect("a cursor");
    let last = seen.events.last().expect("an event")["seq"]
        .as_i64()
        .expect("a number");
    drop(first);
    world.owner.say(&id, "Zwei").await;
    world.owner.note(&id, "Drei").await;
    world.run_jobs().await;
    customer.write("b", "Vier").await.expect(201);
    // Also over a restart of the house.
    world.restart().await;
    let again = world.owner.watch(Some(&cursor)).await;
    let heard = again
        .until("what was missed", |s| {
            s.items.values().any(|i| i["text"] == "Vier")
        })
        .await;
    let seqs: Vec<i64> = heard
        .events
        .iter()
        .map(|e| e["seq"].as_i64().expect("a number"))
        .collect();
    assert!(
        seqs.iter().all(|seq| *seq > last),
        "nothing twice: {last} {seqs:?}"
    );
    assert!(seqs.is_sorted_by(|a, b| a < b), "{seqs:?}");
    let texts: Vec<&Value> = heard.items.values().map(|i| &i["text"]).collect();
    assert_eq!(texts, ["Zwei", "Drei", "Vier"]);
    assert!(!heard.reset);
    // Two sockets from one cursor hear the same; one that stayed goes on without a gap.
    customer.write("c", "Fünf").await.expect(201);
    let third = world.owner.watch(Some(&cursor)).await;
    let third = third
        .until("everything", |s| {
            s.items.values().any(|i| i["text"] == "Fünf")
        })
        .await;
    let stayed = again
        .until("the news", |s| {
            s.items.values().any(|i| i["text"] == "Fünf")
        })
        .await;
    assert_eq!(third.timeline(&id), stayed.timeline(&id));
    // The customer's cursor works alike, and tells nothing about others.
    let stranger = world.visitor().await;
    stranger.write("x", "Fremd").await.expect(201);
    let theirs = customer.watch(Some("0.0")).await;
    let theirs = theirs
        .until("its own messages", |s| s.items.len() >= 4)
        .await;
    let texts: Vec<&Value> = theirs.items.values().map(|i| &i["text"]).collect();
    assert_eq!(texts, ["Eins", "Zwei", "Vier", "Fünf"]);
    assert_eq!(customer.get("/live?cursor=x").await.status, 400);
    // Who has no session hears nothing, and a foreign page opens no socket.
    assert_eq!(
        world
            .desk(testkit::Auth::Nobody)
            .try_watch(None)
            .await
            .err(),
        Some(401)
    );
    let foreign = [
        ("origin", "https://evil.example"),
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA=="),
    ];
    assert_eq!(
        world
            .owner
            .call_with("GET", "/live", None, &foreign)
            .await
            .problem(403),
        "csrf"
    );
    // The house goes away in good order.
    let open = world.owner.watch(None).await;
    open.ready().await;
    world.end().await;
    let closed = open.until("the end", |s| s.closed.is_some()).await;
    assert_eq!(closed.closed, Some(1001));
}

async fn a_slow_reader_is_closed_and_comes_back(engine: Engine) {
    let mut world = World::start(engine).await;
    world.run_jobs_always();
    let customer = world.visitor().await;
    customer.write("a", "Hallo").await.expect(201);
    let id = world.only_conversation().await;
    let slow = customer.watch_slowly().await;
    // Letters of four bytes: what the kernel keeps for a slow peer fills up soon.
    let count = 160;
    let text = "𝄞".repeat(7_990);
    for number in 0..count {
        world.owner.say(&id, &format!("{number} {text}")).await;
    }
    let live = slow.read();
    let first = live.until("its end", |s| s.closed.is_some()).await;
    assert_eq!(first.closed, Some(4000), "come back with your cursor");
    let (mut cursor, mut items) = (first.cursor, first.items);
    type Items = std::collections::BTreeMap<(String, i64), Value>;
    let answers = |items: &Items| {
        let answers = items
            .iter()
            .filter(|(_, item)| item["direction"] == "outbound");
        answers
            .map(|(key, _)| key.clone())
            .collect::<std::collections::BTreeSet<_>>()
    };
    assert!(answers(&items).len() < count, "it had been slow");
    // It comes back as often as it must, and has everything in the end.
    while answers(&items).len() < count {
        let again = customer.watch(cursor.as_deref()).await;
        let seen = again
            .until("the rest, or its end", |s| {
                let all = answers(&items).union(&answers(&s.items)).count();
                s.closed.is_some() || all == count
            })
            .await;
        assert!(!seen.reset);
        assert!(seen.cursor != cursor, "it comes forward");
        items.extend(seen.items);
        cursor = seen.cursor;
    }
}

pub(crate) async fn every_tick_is_told(engine: Engine) {
    let world = World::start(engine).await;
    let customer = world.visitor().await;
    customer
        .write("a", "Bitte alles schicken")
        .await
        .expect(201);
    let id = world.only_conversation().await;
    let watching = world.owner.watch(None).await;
    watching.ready().await;
    for number in 0..60 {
        world.owner.say(&id, &format!("Teil {number}")).await;
    }
    world.settle().await;
    let last = world.owner.conversation(&id).await["last_seq"].clone();
    customer.post("/read", json!({ "seq": last })).await;
    let read = |items: &[Value]| {
        let states = items.iter().map(|item| &item["delivery"]["state"]);
        states.filter(|state| *state == "read").count()
    };
    let heard = watching
        .until("sixty messages that were read", |s| {
            read(&s.timeline(&id)) == 60
        })
        .await;
    let fetched = world.owner.timeline(&id).await;
    assert_eq!(read(&fetched), 60);
    let of = |items: &[Value]| -> Vec<Value> {
        items
            .iter()
            .filter(|i| i["direction"] == "outbound")
            .cloned()
            .collect()
    };
    assert_eq!(of(&heard.timeline(&id)), of(&fetched));
}
