//! Business accounts, apps and callback subscriptions.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::call::Call;
use super::check::Check;
use super::error::GraphError;
use super::{Answer, page, phone, templates};
use crate::whatsapp::handshake;
use crate::whatsapp::sim::{Sim, State};
use crate::whatsapp::world::{Token, Webhook, digits_of};

/// Every call under `/{waba_id}` except those that set a callback address.
pub fn handle(state: &mut State, call: &Call, base_url: &str, now_ms: i64) -> Check<Answer> {
    let id = call.segment(0).to_owned();
    let unknown = || GraphError::unknown_object(&id, call.method.as_str());
    match (call.method.as_str(), call.segment(1), call.segment(2)) {
        (_, "message_templates", "") => templates::collection(state, &id, call, base_url, now_ms),
        ("GET", "message_templates", template_id) => {
            // Some clients look a template up below its account.
            let mut direct = call.clone();
            direct.segments = vec![template_id.to_owned()];
            templates::by_id(state, &direct, now_ms)
        }
        ("GET", "phone_numbers", "") => {
            let fields = call.query.get("fields").map(String::as_str);
            let own = state
                .world
                .phones
                .values()
                .filter(|phone| phone.waba_id == id);
            let items = own.map(|p| page::select(phone::show(p), fields)).collect();
            page::page(items, call, base_url).map(Answer::json)
        }
        ("GET", "subscribed_apps", "") => Ok(Answer::json(json!({"data": subscribed(state, &id)}))),
        ("DELETE", "subscribed_apps", "") => {
            state
                .world
                .wabas
                .get_mut(&id)
                .ok_or_else(unknown)?
                .subscribed = false;
            Ok(Answer::json(json!({"success": true})))
        }
        ("GET", "", "") => {
            let waba = state.world.wabas.get(&id).ok_or_else(unknown)?;
            let shown = json!({
                "id": waba.id,
                "name": waba.name,
                "timezone_id": "44",
                "message_template_namespace": "sim_namespace",
                "account_review_status": "APPROVED",
                "business_verification_status": "verified",
                "country": "DE",
                "ownership_type": "SELF",
                "currency": "EUR",
            });
            let fields = call.query.get("fields").map(String::as_str);
            Ok(Answer::json(page::select(shown, fields)))
        }
        _ => Err(unknown()),
    }
}

fn subscribed(state: &State, waba_id: &str) -> Vec<Value> {
    let Some(waba) = state
        .world
        .wabas
        .get(waba_id)
        .filter(|waba| waba.subscribed)
    else {
        return Vec::new();
    };
    let mut app = json!({"whatsapp_business_api_data": {
        "id": waba.app_id, "name": "Sim App", "link": "https://www.facebook.com/games/?app_id=1"}});
    if let Some(webhook) = &waba.webhook {
        app["override_callback_uri"] = json!(webhook.url);
    }
    vec![app]
}

/// Which object a callback address belongs to.
enum Owner {
    App,
    Waba,
    Phone,
}

/// Calls that set or remove a callback address. They need a handshake with the receiver, so they
/// cannot run under the lock. `None` when the call is of another kind.
pub async fn subscribe(sim: &Arc<Sim>, call: &Call) -> Option<Check<Answer>> {
    if call.method != http::Method::POST {
        return None;
    }
    let id = call.segment(0).to_owned();
    let (owner, url, token) = {
        let state = sim.state();
        match call.segment(1) {
            "subscriptions" if state.world.apps.contains_key(&id) => (
                Owner::App,
                call.param("callback_url"),
                call.param("verify_token"),
            ),
            "subscribed_apps" if state.world.wabas.contains_key(&id) => (
                Owner::Waba,
                call.param("override_callback_uri"),
                call.param("verify_token"),
            ),
            "" if state.world.phones.contains_key(&id) => {
                let configuration = call.body.get("webhook_configuration")?;
                let text = |key: &str| {
                    configuration
                        .get(key)
                        .and_then(Value::as_str)
                        .map(str::to_owned)
                };
                (
                    Owner::Phone,
                    text("override_callback_uri"),
                    text("verify_token"),
                )
            }
            _ => return None,
        }
    };
    Some(set_webhook(sim, &id, owner, url.filter(|url| !url.is_empty()), token).await)
}

async fn set_webhook(
    sim: &Arc<Sim>,
    id: &str,
    owner: Owner,
    url: Option<String>,
    token: Option<String>,
) -> Check<Answer> {
    let webhook = match url {
        None => None,
        Some(url) => {
            let verify_token = token.ok_or_else(|| GraphError::missing("verify_token"))?;
            handshake::verify(sim, &url, &verify_token)
                .await
                .map_err(|why| GraphError::new(2200, why))?;
            Some(Webhook { url, verify_token })
        }
    };
    let mut state = sim.state();
    let unknown = || GraphError::unknown_object(id, "POST");
    match owner {
        Owner::App => state.world.apps.get_mut(id).ok_or_else(unknown)?.webhook = webhook,
        Owner::Waba => {
            let waba = state.world.wabas.get_mut(id).ok_or_else(unknown)?;
            waba.subscribed = true;
            waba.webhook = webhook;
        }
        Owner::Phone => state.world.phones.get_mut(id).ok_or_else(unknown)?.webhook = webhook,
    }
    Ok(Answer::json(json!({"success": true})))
}

/// `GET /oauth/access_token`: an app token, which may set the app's callback address.
pub fn app_token(state: &State, call: &Call) -> Check<Answer> {
    let (id, secret) = (call.param("client_id"), call.param("client_secret"));
    let app = id
        .and_then(|id| state.world.apps.get(&digits_of(&id)))
        .filter(|app| Some(&app.secret) == secret.as_ref())
        .ok_or_else(|| GraphError::new(1, "Error validating client secret."))?;
    let token = format!("{}|{}", app.id, app.secret);
    Ok(Answer::json(
        json!({"access_token": token, "token_type": "bearer"}),
    ))
}

/// The token made from an app's id and secret opens all accounts of the app.
pub fn app_token_rights(state: &crate::whatsapp::world::World, token: &str) -> Option<Token> {
    let (id, secret) = token.split_once('|')?;
    let app = state.apps.get(id).filter(|app| app.secret == secret)?;
    let waba_ids: BTreeSet<String> = state
        .wabas
        .values()
        .filter(|waba| waba.app_id == app.id)
        .map(|w| w.id.clone())
        .collect();
    Some(Token {
        waba_ids,
        revoked: false,
    })
}
