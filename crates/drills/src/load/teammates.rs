//! Teammates: they answer in the own chat and through the provider, and write notes.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::Street;
use super::acting::{Act, Ended, words};
use crate::client::Who;
use crate::error::Result;
use crate::ledger::Kind;
use crate::moment;

const NOTE_PERCENT: u64 = 20;
const REPEATED_PERCENT: u64 = 10;
const LEARN_EVERY_MS: u64 = 150;
/// The provider takes five messages to one customer in thirty seconds; the house waits for that,
/// and a drill would wait with it.
const TO_ONE_CUSTOMER: usize = 4;
const WITHIN_US: u64 = 31_000_000;

pub(super) async fn live(street: Arc<Street>, number: u32) -> Result<()> {
    let author = format!("t{number}");
    let tokens = &street.order.tokens;
    let Some(token) = tokens.get(number as usize % tokens.len().max(1)) else {
        return Ok(());
    };
    let who = Who::Token(token.clone());
    let mut dice = street.dice(&author);
    let mut sent: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let mut seq = 0;
    while !street.is_finishing() {
        let known: Vec<(String, String)> = street
            .conversations()
            .iter()
            .map(|(place, id)| (place.clone(), id.clone()))
            .collect();
        let Some((place, conversation)) = dice.pick(&known).cloned() else {
            moment::pause(10).await;
            continue;
        };
        let through_provider = place.starts_with('w');
        let note = dice.percent(NOTE_PERCENT);
        // Each customer of the provider is answered by one teammate alone, who keeps the pace.
        let mine = mine(&place, number, street.order.shape.desks);
        if through_provider
            && !note
            && !(mine && keeps_pace(sent.entry(place.clone()).or_default()))
        {
            moment::pause(street.order.shape.pause_ms.max(1)).await;
            continue;
        }
        seq += 1;
        let op = format!("{author}-{seq}");
        let text = words(&op, &mut dice);
        let (kind, noun) = match (note, through_provider) {
            (true, _) => (Kind::Note, "notes"),
            (false, true) => (Kind::Send, "messages"),
            (false, false) => (Kind::Answer, "messages"),
        };
        let act = Act {
            kind,
            place,
            author: author.clone(),
            author_seq: seq,
            path: format!("/api/v1/conversations/{conversation}/{noun}"),
            body: json!({ "client_id": op, "text": text }),
            op,
            text,
        };
        let ended = street.act(&act, &who).await?;
        if dice.percent(REPEATED_PERCENT) && matches!(ended, Ended::Acked(_)) {
            street.repeat(&act, &who).await?;
        }
        moment::pause(dice.between(1, 2 * street.order.shape.pause_ms)).await;
    }
    Ok(())
}

fn mine(place: &str, number: u32, desks: u32) -> bool {
    let customer: u32 = place.trim_start_matches('w').parse().unwrap_or(0);
    customer % desks.max(1) == number
}

fn keeps_pace(sent: &mut Vec<u64>) -> bool {
    let now = moment::unix_us();
    sent.retain(|at| at + WITHIN_US > now);
    if sent.len() >= TO_ONE_CUSTOMER {
        return false;
    }
    sent.push(now);
    true
}

/// Looks which customers of the provider have written, as a desk does.
pub(super) async fn learn_conversations(street: Arc<Street>) -> Result<()> {
    let Some(token) = street.order.tokens.first().cloned() else {
        return Ok(());
    };
    let who = Who::Token(token);
    let query = format!("limit=200&channel_id={}", street.order.whatsapp_channel);
    while !street.is_finishing() {
        let told = street
            .client
            .pages("/api/v1/conversations", &query, &who)
            .await;
        for conversation in told.into_iter().flatten() {
            let name = conversation["contact"]["name"].as_str().unwrap_or("");
            street.know(name, conversation["id"].as_str().unwrap_or(""));
        }
        moment::pause(LEARN_EVERY_MS).await;
    }
    Ok(())
}
