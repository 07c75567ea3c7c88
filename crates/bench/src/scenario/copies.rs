//! What somebody waits for who asks for a copy of everything: pages, JSON and signatures of a
//! conversation of ten thousand messages, made while they are sent.

use serde::Serialize;
use serde_json::Value;

use super::Settings;
use crate::error::{Result, failed};
use crate::history::{self, Plan};
use crate::house::{Contents, Server};
use crate::moment;
use crate::report::{Goal, Report};
use crate::wire::{Connection, get, post};

const NAME: &str = "copies";

#[derive(Debug, Serialize)]
struct Copied {
    messages: u64,
    seconds: f64,
    first_byte_s: f64,
    bytes: usize,
}

pub async fn run(settings: &Settings, report: &mut Report) -> Result<()> {
    let plan = Plan {
        long: settings.size(10_000, 200),
        ..Plan::of(5)
    };
    let data = history::directory(&settings.directory("history-copies"), &plan).await?;
    let server = Server::start(&settings.program, &data).await?;
    let (mut found, mut again) = (Vec::new(), Vec::new());
    for number in 0..settings.rounds {
        for (side, found) in [("first", &mut found), ("again", &mut again)] {
            let work = copy(&server, &data.contents, plan.long);
            found.push(settings.round(report, (NAME, side, number), work).await?);
        }
    }
    server.end().await?;
    let of = |figure: fn(&Copied) -> f64| found.iter().map(figure).collect::<Vec<f64>>();
    let messages = plan.long;
    report.row(
        NAME,
        &format!("a copy of {messages} messages, to its last byte"),
        "s",
        Some(Goal::AtMost(10.0)),
        &of(|one| one.seconds),
    );
    let seconds: Vec<f64> = again.iter().map(|one| one.seconds).collect();
    report.row(NAME, "the same once more", "s", None, &seconds);
    report.row(
        NAME,
        "its first byte",
        "s",
        None,
        &of(|one| one.first_byte_s),
    );
    report.row(
        NAME,
        "its size",
        "MB",
        None,
        &of(|one| one.bytes as f64 / 1e6),
    );
    Ok(())
}

async fn ask(server: &Server, request: &[u8], wanted: u16) -> Result<Value> {
    let mut connection = Connection::open(server.address).await?;
    let (status, body) = connection.call(request).await?;
    if status != wanted {
        return Err(failed("asking for a copy", status));
    }
    serde_json::from_slice(&body).map_err(|error| failed("asking for a copy", error))
}

fn id_in(value: &Value) -> Result<&str> {
    value
        .as_str()
        .ok_or_else(|| failed("asking for a copy", "there is no id"))
}

async fn copy(server: &Server, contents: &Contents, messages: u64) -> Result<Copied> {
    let token = Some(contents.token.as_str());
    let long = contents.long_conversation.as_deref().unwrap_or("");
    let path = format!("/api/v1/conversations/{long}");
    let shown = ask(server, &get(&path, token), 200).await?;
    let contact = id_in(&shown["contact"]["id"])?;
    let path = format!("/api/v1/contacts/{contact}/exports");
    let asked = ask(server, &post(&path, &contents.token), 201).await?;
    let path = format!("/api/v1/exports/{}", id_in(&asked["id"])?);
    let mut connection = Connection::open(server.address).await?;
    let begun = moment::now();
    let request = get(&format!("{path}/content"), token);
    let streamed = connection.stream(&request).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let told = ask(server, &get(&path, token), 200).await?;
    let is_whole = told["state"] == "done" && told["messages_done"] == messages;
    if streamed.status != 200 || !is_whole {
        return Err(failed("making a copy", told));
    }
    Ok(Copied {
        messages,
        seconds,
        first_byte_s: streamed.first.duration_since(begun).as_secs_f64(),
        bytes: streamed.bytes,
    })
}
