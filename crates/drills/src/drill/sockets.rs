//! Live sockets in number and in bad manners: some never read, a thousand come back at once.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

use super::{BOTH, Drill, Held, SQLITE};
use crate::client::{Client, Who};
use crate::dice::Dice;
use crate::error::{Result, While, failed};
use crate::found::Found;
use crate::ledger::{Entry, Kind, acknowledged};
use crate::load::Shape;
use crate::moment;
use crate::plan::Plan;
use crate::promise::Promise;
use crate::record::{Item, Reader, Watch};
use crate::round::{Round, Setup};
use crate::watch::{Model, open};

pub static NEVER_READ: Drill = Drill {
    name: "deaf-sockets",
    about: "live sockets that never read: they are dropped, memory stays, everybody else goes on",
    promises: &[Promise::P7, Promise::P12],
    engines: BOTH,
    short_on: SQLITE,
    hold: |plan: &Plan| -> Held<'_> { Box::pin(never_read(plan)) },
};

pub static STORM: Drill = Drill {
    name: "storm",
    about: "1,000 customers lose their sockets in a kill and come back with their cursors",
    promises: &[Promise::P1, Promise::P7, Promise::P12],
    engines: BOTH,
    short_on: SQLITE,
    hold: |plan: &Plan| -> Held<'_> { Box::pin(storm(plan)) },
};

/// A socket that says nothing for so long has said what there was. A thousand of them share a busy
/// machine with compilers, so this is no measure of speed.
const QUIET: Duration = Duration::from_secs(5);
/// As many as the house lets one teammate have, less the one that listens.
const DEAF: usize = 19;
/// What deaf sockets may cost all together, in kilobytes.
const DEAF_KB_MAX: i64 = 48 * 1024;

async fn never_read(plan: &Plan) -> Result<Found> {
    let shape = Shape {
        pause_ms: 4,
        ..Shape::default()
    };
    let setup = Setup::default().with_shape(shape);
    let mut round = Round::begin(plan, "deaf-sockets", setup).await?;
    round.until_acked(50).await?;
    let before = resident_kb(&round)?;
    let mut deaf = Vec::new();
    for number in 0..2 {
        let Who::Token(token) = round.teammate(number) else {
            return Err(failed("opening deaf sockets", "nobody has a token"));
        };
        for _ in 0..DEAF - usize::from(number == 0) {
            deaf.push(deaf_socket(&round.launch.reach, &token).await?);
        }
    }
    round.found.faults += deaf.len() as u64;
    round.until_acked(plan.times(500, 20_000)).await?;
    let grown = resident_kb(&round)? - before;
    round.found.figure("deaf sockets", deaf.len() as f64);
    round.found.figure("grown by KB", grown as f64);
    round.found.must(
        grown < DEAF_KB_MAX,
        format!("{} deaf sockets cost {grown} KB", deaf.len()),
    );
    let found = round.finish().await?;
    drop(deaf);
    Ok(found)
}

/// What the server's process holds in memory.
fn resident_kb(round: &Round<'_>) -> Result<i64> {
    let doing = "reading the server's memory";
    let process = round.server.as_ref().map_or(0, |server| server.process());
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).doing(doing)?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|line| line.split_whitespace().next()?.parse().ok())
        .ok_or_else(|| failed(doing, "it is not told"))
}

fn address_of(base: &str) -> Result<SocketAddr> {
    let address = base.trim_start_matches("http://").parse();
    address.map_err(|error| failed("understanding an address", error))
}

/// A socket that is open and hears nothing, with little room in the kernel.
async fn deaf_socket(base: &str, token: &str) -> Result<TcpStream> {
    let doing = "opening a deaf socket";
    let socket = TcpSocket::new_v4().doing(doing)?;
    socket.set_recv_buffer_size(4_096).doing(doing)?;
    let mut stream = socket.connect(address_of(base)?).await.doing(doing)?;
    let head = format!(
        "GET /api/v1/live HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
         upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.doing(doing)?;
    let mut first = [0_u8; 12];
    stream.read_exact(&mut first).await.doing(doing)?;
    if first.ends_with(b"101") {
        Ok(stream)
    } else {
        Err(failed(doing, String::from_utf8_lossy(&first)))
    }
}

/// A customer who watches.
struct Customer {
    who: Who,
    conversation: String,
    model: Model,
    /// Open until the kill.
    socket: Option<Socket>,
    /// What it said, for the ledger.
    said: [Entry; 2],
}

async fn storm(plan: &Plan) -> Result<Found> {
    let shape = Shape {
        customers: 2,
        contacts: 2,
        desks: 1,
        pause_ms: 40,
        ..Shape::default()
    };
    let setup = Setup::default().with_shape(shape);
    let mut round = Round::begin(plan, "storm", setup).await?;
    let count = plan.times(1_000, 5_000);
    let customers = arrive(&round, count).await?;
    let doing = "coming back";
    let cursors = customers.len();
    for customer in &customers {
        let place = customer.conversation.clone();
        round.own_places.insert(place.clone(), place);
        round.own.extend(customer.said.clone());
    }
    round.kill().await?;
    // While nobody listens, nobody can answer; everybody tries again and again.
    let base = round.launch.reach.clone();
    let begun = moment::now();
    let (done, answered) = watch::channel(false);
    let mut coming = JoinSet::new();
    for (number, customer) in customers.into_iter().enumerate() {
        let dice = plan.dice("storm").of(&number.to_string());
        coming.spawn(come_back(base.clone(), customer, dice, answered.clone()));
    }
    round.start().await?;
    let answers = answer_some(&mut round, plan.times(100, 1_000)).await?;
    done.send_replace(true);
    let mut customers = Vec::new();
    while let Some(come) = coming.join_next().await {
        customers.push(come.map_err(|error| failed(doing, error))??);
    }
    round.found.figure("sockets", cursors as f64);
    round
        .found
        .figure("all back after seconds", begun.elapsed().as_secs_f64());
    judge(&mut round, customers, &answers).await?;
    round.finish().await
}

/// Each begins a conversation and watches it until the first frame.
async fn arrive(round: &Round<'_>, count: u64) -> Result<Vec<Customer>> {
    let doing = "arriving";
    let mut arriving = JoinSet::new();
    let mut customers = Vec::new();
    for number in 0..count {
        let (client, slug) = (round.client.clone(), round.place.people.slug.clone());
        arriving.spawn(arrive_one(client, slug, number));
        if arriving.len() >= 32 {
            let arrived = arriving.join_next().await;
            let arrived = arrived.ok_or_else(|| failed(doing, "nobody did"))?;
            customers.push(arrived.map_err(|error| failed(doing, error))??);
        }
    }
    while let Some(arrived) = arriving.join_next().await {
        customers.push(arrived.map_err(|error| failed(doing, error))??);
    }
    Ok(customers)
}

async fn arrive_one(client: Client, slug: String, number: u64) -> Result<Customer> {
    let address = format!("203.0.{}.{}", 113 + number / 2_500, 1 + number / 10 % 250);
    let stranger = Who::Stranger {
        address: address.clone(),
    };
    let entry = json!({ "entry": slug, "locale": "de" });
    let asked = client.call_for_cookie("POST", "/chat/v1/sessions", &stranger, Some(&entry));
    let (told, cookie) = asked.await;
    told.good("arriving")?;
    let cookie = cookie.ok_or_else(|| failed("arriving", "there is no cookie"))?;
    let who = Who::Visitor { cookie, address };
    let text = format!("s{number}-1 Guten Tag");
    let body = json!({ "client_id": format!("s{number}"), "text": text });
    let told = client.post("/chat/v1/messages", &who, &body).await;
    let written = told.good("writing")?;
    let told = client.post("/chat/v1/sessions", &who, &entry).await;
    let conversation = told.good("arriving")?["conversation_id"]
        .as_str()
        .unwrap_or("")
        .to_owned();
    let mut model = Model::new("customer", Reader::Customer);
    let mut socket = open(&client.base, &who, None).await?;
    while model.cursor.is_none() {
        hear(&mut socket, &mut model).await?;
    }
    Ok(Customer {
        who,
        said: acknowledged(Kind::Chat, &conversation, &text, &written),
        conversation,
        model,
        socket: Some(socket),
    })
}

type Socket =
    tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn hear(socket: &mut Socket, model: &mut Model) -> Result<()> {
    match socket.next().await {
        Some(Ok(Message::Text(text))) => {
            let frame: Value =
                serde_json::from_str(&text).map_err(|error| failed("hearing a frame", error))?;
            model.hear(&frame);
            Ok(())
        }
        Some(Ok(_)) => Ok(()),
        Some(Err(error)) => Err(failed("hearing a frame", error)),
        None => Err(failed("hearing a frame", "the socket ended")),
    }
}

/// Comes back as a page does: at once with some jitter, and then a little later each time.
async fn come_back(
    base: String,
    mut customer: Customer,
    mut dice: Dice,
    answered: watch::Receiver<bool>,
) -> Result<Customer> {
    drop(customer.socket.take());
    moment::pause(dice.below(500)).await;
    for tries in 1..200 {
        let cursor = customer.model.cursor.clone();
        if let Ok(mut socket) = open(&base, &customer.who, cursor.as_deref()).await {
            // What was missed, and what comes until everybody was answered.
            loop {
                match tokio::time::timeout(QUIET, hear(&mut socket, &mut customer.model)).await {
                    Ok(Ok(())) => {}
                    // The house may drop it and it comes back, as a page would.
                    Ok(Err(_)) => break,
                    Err(_) if *answered.borrow() => return Ok(customer),
                    Err(_) => {}
                }
            }
        }
        moment::pause(dice.between(20, 60 * tries.min(10))).await;
    }
    Err(failed("coming back", "the house never let it in"))
}

/// Teammates answer some of them while they come back; answers the conversations.
async fn answer_some(round: &mut Round<'_>, count: u64) -> Result<Vec<String>> {
    let who = round.teammate(0);
    let list = round
        .client
        .pages("/api/v1/conversations", "limit=200&status=open", &who)
        .await?;
    let mut answered = Vec::new();
    let storm = list
        .iter()
        .filter_map(|conversation| conversation["id"].as_str());
    let storm: Vec<String> = storm
        .filter(|id| round.own_places.contains_key(*id))
        .take(usize::try_from(count).unwrap_or(0))
        .map(str::to_owned)
        .collect();
    for (number, id) in storm.into_iter().enumerate() {
        let path = format!("/api/v1/conversations/{id}/messages");
        let text = format!("a{number}-1 Gern, einen Augenblick");
        let told = round
            .client
            .post(&path, &who, &json!({ "text": text }))
            .await;
        let written = told.good("answering")?;
        let entries = acknowledged(Kind::Answer, &id, &text, &written);
        round.own.extend(entries);
        answered.push(id);
    }
    Ok(answered)
}

/// What each made of its events is what there is.
async fn judge(round: &mut Round<'_>, customers: Vec<Customer>, answers: &[String]) -> Result<()> {
    let mut wrong = 0_u64;
    let mut resets = 0;
    for customer in &customers {
        // Whoever was answered after it had listened for a moment fetches the rest by itself.
        let watch: Watch = customer.model.account();
        resets += watch.resets;
        if !answers.contains(&customer.conversation) {
            continue;
        }
        let page = round
            .client
            .pages("/chat/v1/timeline", "limit=200", &customer.who)
            .await?;
        let there: BTreeMap<i64, String> = page
            .iter()
            .filter_map(Item::of)
            .map(|item| (item.seq, item.sha256))
            .collect();
        let heard: Vec<&Item> = watch.threads.values().flat_map(|t| &t.items).collect();
        let known = |seq: i64, sha: &String| {
            heard
                .iter()
                .any(|item| item.seq == seq && item.sha256 == *sha)
        };
        // The first message was there before the socket was.
        let missed = there.iter().skip(1).filter(|(seq, sha)| !known(**seq, sha));
        wrong += u64::from(missed.count() > 0);
    }
    round.found.lost += wrong;
    round.found.must(
        wrong == 0,
        format!("{wrong} of {} who came back missed an event", answers.len()),
    );
    round.found.figure("resets", resets as f64);
    Ok(())
}
