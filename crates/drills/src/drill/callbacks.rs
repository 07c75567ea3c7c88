//! Callbacks as no specification promises them: repeated a hundred times, in disorder, weeks
//! late, torn, and a thousand messages in one.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::{BOTH, Drill, Held, SQLITE};
use crate::dice::Dice;
use crate::digest::{sha256, signature};
use crate::error::{Result, While};
use crate::found::Found;
use crate::graph::{self, APP_SECRET, Text};
use crate::ledger::{Entry, Intent, Kind, Outcome};
use crate::moment;
use crate::plan::Plan;
use crate::promise::Promise;
use crate::round::{Round, Setup};

const DAY_S: u64 = 86_400;
/// Customers of the drill itself, behind those of the load.
const FIRST: u32 = 500;
const BATCH: u32 = 1_000;
const AT_ONCE: usize = 10;

pub static DRILL: Drill = Drill {
    name: "callbacks",
    about: "callbacks repeated 2 and 100 times, in disorder, 8 and 20 days late, torn, and 1,000 \
            messages in one",
    promises: &[Promise::P2, Promise::P3, Promise::P9, Promise::P10],
    engines: BOTH,
    short_on: SQLITE,
    hold: |plan: &Plan| -> Held<'_> { Box::pin(hold(plan)) },
};

async fn hold(plan: &Plan) -> Result<Found> {
    let mut round = Round::begin(plan, "callbacks", Setup::default()).await?;
    // Receipts come twice as well, in any order.
    round.provider.receipts(2, true);
    let mut teller = Teller {
        next: 0,
        dice: plan.dice("callbacks"),
    };
    for _ in 0..plan.times(1, 20) {
        teller.repeated(&mut round).await?;
        teller.in_disorder(&mut round).await?;
        teller.late(&mut round).await?;
        teller.torn(&mut round).await?;
        teller.a_thousand(&mut round).await?;
    }
    round.finish().await
}

struct Teller {
    next: u32,
    dice: Dice,
}

impl Teller {
    /// Something a customer says whom nobody has heard before.
    fn text(&mut self, days_ago: u64) -> Text {
        let customer = FIRST + self.next;
        self.text_of(customer, days_ago)
    }

    fn text_of(&mut self, customer: u32, days_ago: u64) -> Text {
        self.next += 1;
        let op = format!("{}-own{}", graph::customer_name(customer), self.next);
        Text {
            customer,
            id: format!("wamid.own.{}.{op}", self.dice.roll()),
            at_s: moment::unix_s() - days_ago * DAY_S,
            text: format!("{op} das war so gesagt"),
        }
    }

    /// The same bytes twice, and a hundred times, many at once.
    async fn repeated(&mut self, round: &mut Round<'_>) -> Result<()> {
        for times in [2, 2, 2, 2, 100] {
            let texts = [self.text(0)];
            let body = graph::messages(&texts);
            intend(round, &texts, 1);
            for _ in 0..times / AT_ONCE.min(times) {
                let at_once = (0..AT_ONCE.min(times)).map(|_| until_taken(round, &body));
                for taken in join_all(at_once).await {
                    taken?;
                }
            }
            round.found.faults += times as u64 - 1;
            close(round, &texts);
        }
        Ok(())
    }

    /// Thirty messages of one customer, told in any order.
    async fn in_disorder(&mut self, round: &mut Round<'_>) -> Result<()> {
        let customer = FIRST + self.next;
        let mut texts: Vec<Text> = (0..30).map(|_| self.text_of(customer, 0)).collect();
        self.dice.shuffle(&mut texts);
        for texts in texts.chunks(1) {
            intend(round, texts, 1);
            until_taken(round, &graph::messages(texts)).await?;
            close(round, texts);
        }
        round.found.faults += 30;
        Ok(())
    }

    /// What is told days late is still known when it is told again, also after the house has
    /// tidied up, which it does whenever it starts.
    async fn late(&mut self, round: &mut Round<'_>) -> Result<()> {
        let texts = [self.text(8), self.text(20), self.text(60)];
        for texts in texts.chunks(1) {
            intend(round, texts, 1);
            until_taken(round, &graph::messages(texts)).await?;
            close(round, texts);
        }
        round.kill().await?;
        round.start().await?;
        // Tidying up begins with the start and is done before anything else is due.
        round.until_acked(30).await?;
        moment::pause(500).await;
        for text in texts.chunks(1) {
            until_taken(round, &graph::messages(text)).await?;
        }
        round.found.faults += 3;
        Ok(())
    }

    /// Half a callback is no callback, whoever signed which half.
    async fn torn(&mut self, round: &mut Round<'_>) -> Result<()> {
        for _ in 0..10 {
            let texts = [self.text(0)];
            let body = graph::messages(&texts);
            let cut = 1 + usize::try_from(self.dice.below(body.len() as u64 - 1)).unwrap_or(0);
            let path = round.place.people.callback_path();
            intend(round, &texts, 1);
            let half = &body[..cut];
            let told = round.client.callback(&path, APP_SECRET, half).await;
            round.found.must(
                told.status() == Some(400),
                format!("half a callback, signed, was answered {:?}", told.status()),
            );
            let told = round.client.callback(&path, "another secret", &body).await;
            round.found.must(
                told.status() == Some(401),
                format!(
                    "a callback of somebody else was answered {:?}",
                    told.status()
                ),
            );
            break_off(round, &path, &body, cut).await?;
            round.found.faults += 3;
            until_taken(round, &body).await?;
            close(round, &texts);
        }
        Ok(())
    }

    /// One callback with a thousand messages of fifty customers.
    async fn a_thousand(&mut self, round: &mut Round<'_>) -> Result<()> {
        let first = FIRST + self.next;
        let texts: Vec<Text> = (0..BATCH)
            .map(|number| self.text_of(first + number % 50, 0))
            .collect();
        intend(round, &texts, 1);
        until_taken(round, &graph::messages(&texts)).await?;
        close(round, &texts);
        round.found.faults += 1;
        Ok(())
    }
}

fn op_of(text: &Text) -> String {
    text.text.split(' ').next().unwrap_or("").to_owned()
}

fn intend(round: &mut Round<'_>, texts: &[Text], attempt: u32) {
    let entries = texts.iter().map(|text| {
        Entry::Intent(Intent {
            op: op_of(text),
            kind: Kind::Callback,
            place: graph::customer_name(text.customer),
            // Order is that of arrival, and these arrive in any order.
            author: op_of(text),
            author_seq: 1,
            sha256: sha256(&text.text),
            at_us: moment::unix_us(),
            attempt,
        })
    });
    round.own.extend(entries);
}

fn close(round: &mut Round<'_>, texts: &[Text]) {
    let entries = texts.iter().map(|text| Entry::Outcome {
        op: op_of(text),
        at_us: moment::unix_us(),
        outcome: Outcome::Ack {
            seq: None,
            id: None,
        },
    });
    round.own.extend(entries);
}

/// Sends until it is answered 200, as the platform does.
async fn until_taken(round: &Round<'_>, body: &[u8]) -> Result<()> {
    let path = round.place.people.callback_path();
    for _ in 0..500 {
        let told = round.client.callback(&path, APP_SECRET, body).await;
        if told.status() == Some(200) {
            return Ok(());
        }
        moment::pause(20).await;
    }
    Err(crate::error::failed(
        "telling the house",
        "it never says 200",
    ))
}

/// Sends the head and some of the body, and hangs up.
async fn break_off(round: &Round<'_>, path: &str, body: &[u8], cut: usize) -> Result<()> {
    let doing = "breaking off a callback";
    let address = round.launch.reach.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.doing(doing)?;
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         x-hub-signature-256: {}\r\ncontent-length: {}\r\n\r\n",
        signature(APP_SECRET, body),
        body.len()
    );
    stream.write_all(head.as_bytes()).await.doing(doing)?;
    stream.write_all(&body[..cut]).await.doing(doing)?;
    tokio::time::timeout(Duration::from_secs(1), stream.shutdown())
        .await
        .map_err(|_| crate::error::failed(doing, "it does not close"))?
        .doing(doing)
}
