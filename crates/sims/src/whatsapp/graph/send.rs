//! `POST /{phone}/messages` and `/{phone}/marketing_messages`: validation, policy, acceptance.

use serde_json::{Map, Value, json};

use super::check::{Check, Node};
use super::content::{self, Content};
use super::error::GraphError;
use super::template_send;
use super::{Answer, call::Call};
use crate::whatsapp::callbacks::outbox::Task;
use crate::whatsapp::faults::StatusPolicy;
use crate::whatsapp::policy;
use crate::whatsapp::sim::State;
use crate::whatsapp::world::{
    Direction, Message, Phone, Stage, Template, User, digits_of, is_business_scoped,
};

/// Where a message goes, as the sender wrote it and as it was understood.
struct Recipient {
    input: String,
    user: Option<User>,
    /// A business-scoped id in `to`: taken with an id and silently dropped.
    misplaced: bool,
    by_user_id: bool,
}

/// Handles both send endpoints; `marketing` is the marketing one.
pub fn send(
    state: &mut State,
    phone: &Phone,
    call: &Call,
    marketing: bool,
    now_ms: i64,
) -> Check<Answer> {
    let fields = call.decoded_body(content::TYPES);
    let body = Node::root(&fields);
    product(&body)?;
    if body.has("status") {
        return read_mark(state, phone, &body, now_ms);
    }
    let kind = body.opt_text("type")?.unwrap_or("text");
    envelope(&body, kind, marketing)?;
    let recipient = recipient(state, phone, &body)?;
    let context = content::context(&body)?;
    let opaque = content::opaque(&body)?;
    if !phone.registered {
        return Err(GraphError::new(133_010, "Account not registered"));
    }
    let mut found = Content::default();
    let template = if kind == "template" {
        Some(stored_template(
            state, phone, &body, &recipient, marketing, &mut found,
        )?)
    } else {
        found = content::check(&body, kind)?;
        None
    };
    let media_error = content::check_media(&state.world, &phone.id, &found, now_ms)?;
    quoted_must_exist(state, phone, context.as_deref())?;
    let user_key = recipient.user.as_ref().map(|user| user.key.clone());
    policy::take_rate(&mut state.world, &phone.id, user_key.as_deref(), now_ms)?;
    if !state.outbox.has_room() {
        return Err(GraphError::new(131_016, "The simulator's queue is full"));
    }
    let failure = if recipient.misplaced {
        None
    } else {
        failure(
            state,
            phone,
            &body,
            &recipient,
            template.as_ref(),
            kind,
            now_ms,
        )
        .or(media_error)
    };
    if let Some(error) = &failure
        && state.policy.answer_codes.contains(&error.code)
    {
        return Err(error.clone());
    }
    let draft = Draft {
        kind,
        opaque,
        template: template.as_ref(),
        lite: marketing,
        body: &fields,
    };
    Ok(accept(state, phone, recipient, draft, failure, now_ms))
}

fn product(body: &Node) -> Check<()> {
    match body.opt_text("messaging_product")? {
        Some("whatsapp") => Ok(()),
        Some(_) => Err(GraphError::shape("messaging_product", "one of {WHATSAPP}")),
        None => Err(GraphError::new(
            100,
            "The parameter messaging_product is required.",
        )),
    }
}

fn envelope(body: &Node, kind: &str, marketing: bool) -> Check<()> {
    let mut allowed = vec![
        "messaging_product",
        "recipient_type",
        "to",
        "recipient",
        "type",
        "context",
        "biz_opaque_callback_data",
        "recipient_identity_key_hash",
    ];
    if content::TYPES.contains(&kind) {
        allowed.push(kind);
    }
    if marketing {
        allowed.extend(["product_policy", "message_activity_sharing"]);
        if kind != "template" {
            return Err(GraphError::value(
                "type",
                "only templates go over marketing_messages",
            ));
        }
        if body.has("product_policy") {
            body.one_of("product_policy", &["CLOUD_API_FALLBACK", "STRICT"])?;
        }
        body.opt_bool("message_activity_sharing")?;
    }
    body.only(&allowed)?;
    match body.opt_text("recipient_type")? {
        None | Some("individual") => Ok(()),
        Some("group") => Err(GraphError::value(
            "recipient_type",
            "this number has no groups",
        )),
        Some(_) => Err(GraphError::shape(
            "recipient_type",
            "one of {individual, group}",
        )),
    }
}

fn recipient(state: &State, phone: &Phone, body: &Node) -> Check<Recipient> {
    let to = body.opt_text("to")?.filter(|text| !text.is_empty());
    let by_id = body.opt_text("recipient")?.filter(|text| !text.is_empty());
    let find = |address: &str| state.world.find_user(address).cloned();
    match (to, by_id) {
        (Some(to), _) if is_business_scoped(to) => Ok(Recipient {
            input: to.into(),
            user: None,
            misplaced: true,
            by_user_id: true,
        }),
        (Some(to), _) => {
            let digits = digits_of(to);
            let odd = to
                .chars()
                .any(|c| !c.is_ascii_digit() && !"+-() ".contains(c));
            if odd || !(5..=20).contains(&digits.len()) {
                return Err(GraphError::value("to", "is not a valid phone number"));
            }
            if policy::is_own_number(&phone.number, to) {
                return Err(GraphError::new(
                    131_021,
                    "Sender and recipient are the same number",
                ));
            }
            Ok(Recipient {
                input: to.into(),
                user: find(to),
                misplaced: false,
                by_user_id: false,
            })
        }
        (None, Some(id)) if is_business_scoped(id) => Ok(Recipient {
            input: id.into(),
            user: find(id),
            misplaced: false,
            by_user_id: true,
        }),
        (None, Some(_)) => Err(GraphError::value(
            "recipient",
            "is not a business-scoped user id",
        )),
        (None, None) => Err(GraphError::new(100, "The parameter to is required.")),
    }
}

fn stored_template(
    state: &State,
    phone: &Phone,
    body: &Node,
    recipient: &Recipient,
    marketing: bool,
    found: &mut Content,
) -> Check<Template> {
    let node = body.object("template")?;
    let (name, language) = template_send::address(&node)?;
    let stored = state.world.find_template(&phone.waba_id, name, language);
    template_send::check(stored, &node, found)?;
    let stored = stored
        .cloned()
        .ok_or_else(|| GraphError::new(132_001, name))?;
    if stored.category == "AUTHENTICATION" && recipient.by_user_id {
        return Err(GraphError::new(
            131_062,
            "Authentication templates need a phone number",
        ));
    }
    if marketing && stored.category != "MARKETING" {
        return Err(GraphError::value(
            "template",
            "marketing_messages takes marketing templates only",
        ));
    }
    Ok(stored)
}

fn quoted_must_exist(state: &State, phone: &Phone, quoted: Option<&str>) -> Check<()> {
    let Some(quoted) = quoted else { return Ok(()) };
    match state.world.messages.get(quoted) {
        Some(message) if message.phone_id == phone.id => Ok(()),
        _ => Err(GraphError::value(
            "context.message_id",
            "the message does not exist",
        )),
    }
}

/// Why the message will not arrive: a rule of the test, an opt-out, a closed window.
fn failure(
    state: &mut State,
    phone: &Phone,
    body: &Node,
    recipient: &Recipient,
    template: Option<&Template>,
    kind: &str,
    now_ms: i64,
) -> Option<GraphError> {
    let user = recipient.user.as_ref();
    if let Some(error) = forced_failure(&mut state.policy, recipient) {
        return Some(error);
    }
    if let Some(error) = identity_mismatch(body, user) {
        return Some(error);
    }
    // A reaction needs the window as well, a permission request for calls does not.
    let free_of_window = kind == "interactive"
        && body.object.get("interactive").and_then(|i| i.get("type"))
            == Some(&json!("call_permission_request"));
    policy::undeliverable(
        &state.world,
        &phone.id,
        user,
        template,
        free_of_window,
        now_ms,
    )
}

fn forced_failure(policy: &mut StatusPolicy, recipient: &Recipient) -> Option<GraphError> {
    let meets = |to: &str| {
        to.is_empty()
            || to == recipient.input
            || recipient.user.as_ref().is_some_and(|user| {
                user.key == to
                    || user.user_id == to
                    || (user.any_wa_id().is_some() && user.any_wa_id() == Some(&digits_of(to)))
            })
    };
    let at = policy
        .fail
        .iter()
        .position(|rule| meets(&rule.to) && rule.next != Some(0))?;
    let rule = &mut policy.fail[at];
    if let Some(next) = rule.next.as_mut() {
        *next -= 1;
    }
    let code = rule.code;
    policy.fail.retain(|rule| rule.next != Some(0));
    Some(GraphError::new(code, "Failed because a test asked for it"))
}

fn identity_mismatch(body: &Node, user: Option<&User>) -> Option<GraphError> {
    let wanted = body.get("recipient_identity_key_hash")?.as_str()?;
    let actual = user?.identity_hash.as_deref();
    (actual != Some(wanted)).then(|| {
        GraphError::new(
            137_000,
            "The identity key hash does not match the current one of the user",
        )
    })
}

/// What is about to become a message.
struct Draft<'a> {
    kind: &'a str,
    opaque: Option<String>,
    template: Option<&'a Template>,
    lite: bool,
    body: &'a Map<String, Value>,
}

fn accept(
    state: &mut State,
    phone: &Phone,
    recipient: Recipient,
    draft: Draft,
    failure: Option<GraphError>,
    now_ms: i64,
) -> Answer {
    let user_key = recipient.user.as_ref().map(|user| user.key.clone());
    let pricing = policy::price(
        &mut state.world,
        &phone.id,
        user_key.as_deref(),
        draft.template,
        draft.lite,
        now_ms,
    );
    let id = state.world.new_wamid();
    let message = Message {
        id: id.clone(),
        phone_id: phone.id.clone(),
        user_key,
        input: recipient.input.clone(),
        direction: Direction::FromBusiness,
        kind: draft.kind.to_owned(),
        content: Value::Object(draft.body.clone()),
        at_ms: now_ms,
        stage: if recipient.misplaced {
            Stage::Dropped
        } else {
            Stage::Accepted
        },
        opaque: draft.opaque,
        pricing: Some(pricing),
        error_code: None,
    };
    if !recipient.misplaced {
        schedule_statuses(state, &message, recipient.user.as_ref(), failure, now_ms);
    }
    state.world.messages.insert(id.clone(), message);
    let contact = if recipient.by_user_id {
        json!({"input": recipient.input, "user_id": recipient.input})
    } else {
        let wa_id = recipient
            .user
            .as_ref()
            .and_then(|u| u.any_wa_id().map(str::to_owned));
        let wa_id = wa_id.unwrap_or_else(|| digits_of(&recipient.input));
        json!({"input": recipient.input, "wa_id": wa_id})
    };
    let mut answer = json!({"id": id});
    if draft.template.is_some() {
        answer["message_status"] = json!("accepted");
    }
    let body = json!({
        "messaging_product": "whatsapp",
        "contacts": [contact],
        "messages": [answer],
    });
    Answer::accepted(body, id)
}

fn schedule_statuses(
    state: &mut State,
    message: &Message,
    user: Option<&User>,
    failure: Option<GraphError>,
    now_ms: i64,
) {
    let policy = state.policy.clone();
    let mut at_ms = now_ms + policy.sent_ms;
    let mut schedule = |at_ms: i64, stage: Stage, error: Option<GraphError>| {
        state.outbox.schedule(
            at_ms,
            Task::Status {
                wamid: message.id.clone(),
                stage,
                error,
            },
        );
    };
    if let Some(error) = failure {
        schedule(at_ms, Stage::Failed, Some(error));
        return;
    }
    if !policy.auto {
        return;
    }
    schedule(at_ms, Stage::Sent, None);
    let Some(delivered_ms) = policy.delivered_ms else {
        return;
    };
    at_ms += delivered_ms;
    schedule(at_ms, Stage::Delivered, None);
    let Some(read_ms) = policy
        .read_ms
        .filter(|_| user.is_some_and(|u| u.read_receipts))
    else {
        return;
    };
    at_ms += read_ms;
    schedule(at_ms, Stage::Read, None);
    let voice = message.content.pointer("/audio/voice") == Some(&Value::Bool(true));
    if let Some(played_ms) = policy.played_ms.filter(|_| voice) {
        schedule(at_ms + played_ms, Stage::Played, None);
    }
}

/// `{status: "read", message_id, typing_indicator?}`.
fn read_mark(state: &mut State, phone: &Phone, body: &Node, now_ms: i64) -> Check<Answer> {
    body.only(&[
        "messaging_product",
        "status",
        "message_id",
        "typing_indicator",
    ])?;
    body.one_of("status", &["read"])?;
    let id = body.text("message_id")?;
    if let Some(typing) = body.opt_object("typing_indicator")? {
        typing.only(&["type"])?;
        typing.one_of("type", &["text"])?;
    }
    let message = state
        .world
        .messages
        .get(id)
        .filter(|m| m.phone_id == phone.id && m.direction == Direction::FromUser);
    let Some(user_key) = message.map(|m| m.user_key.clone()) else {
        return Err(GraphError::value(
            "message_id",
            "no received message has this id",
        ));
    };
    // A read mark covers everything this user wrote before.
    for message in state.world.messages.values_mut() {
        if message.phone_id == phone.id
            && message.direction == Direction::FromUser
            && message.user_key == user_key
            && message.at_ms <= now_ms
        {
            message.stage = Stage::Read;
        }
    }
    Ok(Answer::json(json!({"success": true})))
}
