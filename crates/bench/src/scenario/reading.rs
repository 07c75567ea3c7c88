//! What a teammate waits for: the list with filters, and a conversation of ten thousand messages,
//! both with everything opened, among a million conversations.

use serde::Serialize;

use super::Settings;
use crate::error::{Result, failed};
use crate::figures::Times;
use crate::house::Server;
use crate::moment;
use crate::report::{Goal, Report};
use crate::wire::{Connection, get};

const NAME: &str = "reading";

#[derive(Debug, Clone, Serialize)]
struct Read {
    times: Times,
    bytes: usize,
}

async fn read(server: &Server, token: &str, path: &str, times: u64) -> Result<Read> {
    let request = get(path, Some(token));
    let mut connection = Connection::open(server.address).await?;
    let mut micros = Vec::new();
    let mut bytes = 0;
    for _ in 0..times {
        let asked = moment::now();
        let (status, body) = connection.call(&request).await?;
        micros.push(moment::micros(asked.elapsed()));
        if status != 200 {
            return Err(failed(format!("reading {path}"), status));
        }
        bytes = body.len();
    }
    Ok(Read {
        times: Times::of(micros),
        bytes,
    })
}

pub async fn run(settings: &Settings, report: &mut Report) -> Result<()> {
    let data = super::largest(settings).await?;
    let contents = &data.contents;
    let long = contents.long_conversation.as_deref().unwrap_or("");
    let channel = &contents.channel;
    let paths = [
        ("list, all but done", "/conversations?limit=50".to_owned()),
        (
            "list, open",
            "/conversations?limit=50&status=open".to_owned(),
        ),
        (
            "list, open, nobody's, one channel",
            format!("/conversations?limit=50&status=open&assignee=none&channel_id={channel}"),
        ),
        (
            "list, waiting longest first",
            "/conversations?limit=50&status=open&order=oldest".to_owned(),
        ),
        ("counts of all views", "/conversations/counts".to_owned()),
        (
            "a conversation of 10 k messages: its head",
            format!("/conversations/{long}"),
        ),
        (
            "a conversation of 10 k messages: the last 50",
            format!("/conversations/{long}/timeline?from=end&limit=50"),
        ),
    ];
    let server = Server::start(&settings.program, &data).await?;
    let mut found: Vec<Vec<f64>> = vec![Vec::new(); paths.len()];
    for number in 0..settings.rounds {
        for (at, (name, path)) in paths.iter().enumerate() {
            let path = format!("/api/v1{path}");
            let work = read(&server, &contents.token, &path, settings.size(300, 20));
            let read = settings.round(report, (NAME, name, number), work).await?;
            found[at].push(f64::from(read.times.p95) / 1e3);
        }
    }
    server.end().await?;
    let most = settings.largest_in_words();
    for ((name, _), found) in paths.iter().zip(&found) {
        report.row(
            NAME,
            &format!("{name}: 95th percentile, {most}"),
            "ms",
            Some(Goal::AtMost(20.0)),
            found,
        );
    }
    Ok(())
}
