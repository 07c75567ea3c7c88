//! Customers of the own chat: each writes one message after the other, repeats some as a client
//! does that did not hear the answer, and now and then uses an id for something else.

use std::sync::{Arc, PoisonError};

use serde_json::json;

use super::acting::{Act, Ended, words};
use super::{CustomerSeen, Street, pause_before_retry};
use crate::client::{Told, Who};
use crate::error::Result;
use crate::ledger::Kind;
use crate::moment;

const REPEATED_PERCENT: u64 = 10;
const REUSED_PERCENT: u64 = 4;
/// When the house says "too much", this long.
const CALM_DOWN_MS: u64 = 400;

pub(super) async fn live(street: Arc<Street>, number: u32) -> Result<()> {
    let place = format!("c{number}");
    // Each sits at an address of its own, as customers do.
    let address = format!("198.51.100.{}", 1 + number % 250);
    let Some(who) = enter(&street, &place, &address).await else {
        return Ok(());
    };
    let mut dice = street.dice(&place);
    let (mut seq, mut known) = (0, false);
    while !street.is_finishing() {
        seq += 1;
        let op = format!("{place}-{seq}");
        let act = writing(&op, &op, &place, seq, words(&op, &mut dice));
        match street.act(&act, &who).await? {
            Ended::Acked(_) if !known => known = introduce(&street, &place, &who).await,
            Ended::Acked(_) => {}
            Ended::Refused(429) => moment::pause(CALM_DOWN_MS).await,
            Ended::Refused(_) | Ended::Unknown => {}
        }
        if dice.percent(REPEATED_PERCENT) {
            street.repeat(&act, &who).await?;
        }
        if dice.percent(REUSED_PERCENT) {
            // The same id for other words: must be refused, and must not be kept.
            let wrong = format!("{place}-{seq}x");
            let act = writing(&wrong, &op, &place, seq, words(&wrong, &mut dice));
            street.act(&act, &who).await?;
        }
        moment::pause(dice.between(1, 2 * street.order.shape.pause_ms)).await;
    }
    Ok(())
}

/// Teammates learn which conversation this is, once there is one.
async fn introduce(street: &Street, place: &str, who: &Who) -> bool {
    let body = json!({ "entry": street.order.slug, "locale": "de" });
    let told = street.client.post("/chat/v1/sessions", who, &body).await;
    let Told::Answer { body, .. } = told else {
        return false;
    };
    let conversation = body["conversation_id"].as_str();
    if let Some(conversation) = conversation {
        street.know(place, conversation);
    }
    conversation.is_some()
}

fn writing(op: &str, client_id: &str, place: &str, seq: u64, text: String) -> Act {
    Act {
        op: op.to_owned(),
        kind: Kind::Chat,
        place: place.to_owned(),
        author: place.to_owned(),
        author_seq: seq,
        path: "/chat/v1/messages".to_owned(),
        body: json!({ "client_id": client_id, "text": text }),
        text,
    }
}

/// The first tap.
async fn enter(street: &Street, place: &str, address: &str) -> Option<Who> {
    let stranger = Who::Stranger {
        address: address.to_owned(),
    };
    let body = json!({ "entry": street.order.slug, "locale": "de" });
    let mut tries = 0;
    while !street.is_finishing() {
        let asked =
            street
                .client
                .call_for_cookie("POST", "/chat/v1/sessions", &stranger, Some(&body));
        let (told, cookie) = asked.await;
        if let (Some(201), Some(cookie)) = (told.status(), cookie) {
            street
                .customers
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(CustomerSeen {
                    place: place.to_owned(),
                    cookie: cookie.clone(),
                    address: address.to_owned(),
                });
            return Some(Who::Visitor {
                cookie,
                address: address.to_owned(),
            });
        }
        tries += 1;
        tokio::time::sleep(pause_before_retry(tries)).await;
    }
    None
}
