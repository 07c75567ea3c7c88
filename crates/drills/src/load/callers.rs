//! Customers of the provider: each of their messages is told by a callback, which the provider
//! sends again until it is answered 200, and some it sends twice.

use std::sync::Arc;

use super::acting::words;
use super::{Street, pause_before_retry};
use crate::digest::sha256;
use crate::error::Result;
use crate::graph::{self, APP_SECRET, Text};
use crate::ledger::{Intent, Kind, Outcome};
use crate::moment;

const BATCH: u64 = 3;

pub(super) async fn live(street: Arc<Street>, number: u32) -> Result<()> {
    let place = graph::customer_name(number);
    let mut dice = street.dice(&place);
    let shape = street.order.shape;
    let mut seq = 0;
    while !street.is_finishing() {
        let count = if dice.percent(shape.batched_percent) {
            BATCH
        } else {
            1
        };
        let texts: Vec<Text> = (0..count)
            .map(|_| {
                seq += 1;
                let op = format!("{place}-{seq}");
                Text {
                    customer: number,
                    id: format!("wamid.in.{}.{op}", street.order.seed),
                    at_s: moment::unix_s(),
                    text: words(&op, &mut dice),
                }
            })
            .collect();
        let twice = dice.percent(shape.doubled_percent);
        tell(&street, &place, &texts, seq + 1 - count, twice).await?;
        moment::pause(dice.between(1, 4 * shape.pause_ms)).await;
    }
    Ok(())
}

/// Sends a callback until it is answered 200.
async fn tell(
    street: &Street,
    place: &str,
    texts: &[Text],
    first_seq: u64,
    twice: bool,
) -> Result<()> {
    let body = graph::messages(texts);
    let mut tries = 0;
    loop {
        tries += 1;
        for (number, text) in (first_seq..).zip(texts) {
            street.ledger.intend(Intent {
                op: op_of(&text.text).to_owned(),
                kind: Kind::Callback,
                place: place.to_owned(),
                author: place.to_owned(),
                author_seq: number,
                sha256: sha256(&text.text),
                at_us: moment::unix_us(),
                attempt: tries,
            })?;
        }
        let path = &street.order.callback_path;
        let told = street.client.callback(path, APP_SECRET, &body).await;
        let outcome = match told.outcome() {
            Outcome::Ack { .. } if told.status() == Some(200) => Outcome::Ack {
                seq: None,
                id: None,
            },
            // A provider knows one good answer; everything else it sends again.
            Outcome::Ack { .. } | Outcome::Refused { .. } => Outcome::Unknown {
                why: "not 200".to_owned(),
            },
            unknown @ Outcome::Unknown { .. } => unknown,
        };
        for text in texts {
            street.ledger.close(op_of(&text.text), outcome.clone())?;
        }
        match outcome {
            Outcome::Ack { .. } => break,
            _ if street.gives_up() => return Ok(()),
            _ => tokio::time::sleep(pause_before_retry(tries)).await,
        }
    }
    if twice {
        // The very same bytes once more; what is answered changes nothing for anybody.
        _ = street
            .client
            .callback(&street.order.callback_path, APP_SECRET, &body)
            .await;
    }
    Ok(())
}

fn op_of(text: &str) -> &str {
    text.split(' ').next().unwrap_or("")
}
