//! A business phone number: its facts, profile, settings, registration, block list, short links.

use serde_json::{Map, Value, json};

use super::Answer;
use super::call::Call;
use super::check::{Check, Node, within};
use super::error::GraphError;
use super::{calls, media, page, send};
use crate::whatsapp::sim::State;
use crate::whatsapp::world::{Phone, digits_of, is_business_scoped};

/// Regions that take data at rest (local storage).
const REGIONS: &[&str] = &[
    "AE", "AU", "BH", "BR", "CA", "CH", "DE", "GB", "ID", "IN", "JP", "KR", "SG", "ZA",
];

/// Every call under `/{phone_id}` except those that set a callback address.
pub fn handle(state: &mut State, call: &Call, base_url: &str, now_ms: i64) -> Check<Answer> {
    let id = call.segment(0).to_owned();
    let unknown = || GraphError::unknown_object(&id, call.method.as_str());
    let phone = state.world.phones.get(&id).cloned().ok_or_else(unknown)?;
    match (call.method.as_str(), call.segment(1)) {
        ("POST", "messages") => send::send(state, &phone, call, false, now_ms),
        ("POST", "marketing_messages") => send::send(state, &phone, call, true, now_ms),
        ("POST", "media") => media::upload(state, &phone, call, now_ms),
        ("GET", "") => {
            let fields = call.query.get("fields").map(String::as_str);
            let shown = show(&phone);
            Ok(Answer::json(match fields {
                Some(_) => page::select(shown, fields),
                None => page::select(shown, Some(DEFAULT_FIELDS)),
            }))
        }
        ("POST", "") => update(state, &id, call),
        (_, "whatsapp_business_profile") => profile(state, &id, call),
        (_, "settings") => settings(state, &id, call),
        ("GET" | "POST", "whatsapp_commerce_settings") => commerce(state, &id, call),
        ("POST", "conversational_automation") => automation(state, &id, call),
        ("POST", "register") => register(state, &id, call),
        ("POST", "deregister") => {
            stored(state, &id)?.registered = false;
            Ok(success())
        }
        ("POST", "request_code") => {
            if !["SMS", "VOICE"].contains(&call.param("code_method").unwrap_or_default().as_str()) {
                return Err(GraphError::shape("code_method", "one of {SMS, VOICE}"));
            }
            call.param("language")
                .ok_or_else(|| GraphError::missing("language"))?;
            Ok(success())
        }
        ("POST", "verify_code") => {
            let code = call
                .param("code")
                .ok_or_else(|| GraphError::missing("code"))?;
            within("code", &digits_of(&code), 6, 6)?;
            Ok(success())
        }
        (_, "block_users") => block_users(state, &phone, call, base_url),
        (_, "message_qrdls") => short_links(state, &id, call, base_url),
        (_, "username") => username(state, &id, call),
        ("GET", "username_suggestions") => {
            let base = digits_of(&phone.number);
            Ok(Answer::json(
                json!({"data": [{"username_suggestions": [format!("shop.{base}")]}]}),
            ))
        }
        ("GET" | "POST", "whatsapp_business_encryption") => encryption(state, &id, call),
        ("POST", "calls") => calls::handle(state, &phone, call, now_ms),
        ("GET", "call_permissions") => calls::permissions(call),
        _ => Err(unknown()),
    }
}

const DEFAULT_FIELDS: &str = "verified_name,code_verification_status,display_phone_number,quality_rating,platform_type,throughput";

fn success() -> Answer {
    Answer::json(json!({"success": true}))
}

fn stored<'s>(state: &'s mut State, id: &str) -> Check<&'s mut Phone> {
    state
        .world
        .phones
        .get_mut(id)
        .ok_or_else(|| GraphError::unknown_object(id, "POST"))
}

/// Everything Graph would say about a number; callers select fields.
pub fn show(phone: &Phone) -> Value {
    let mut shown = json!({
        "id": phone.id,
        "verified_name": phone.verified_name,
        "display_phone_number": format!("+{}", phone.number),
        "code_verification_status": "VERIFIED",
        "quality_rating": "GREEN",
        "quality_score": {"score": "GREEN"},
        "platform_type": "CLOUD_API",
        "throughput": {"level": "STANDARD"},
        "status": if phone.registered { "CONNECTED" } else { "DISCONNECTED" },
        "name_status": "APPROVED",
        "account_mode": "LIVE",
        "is_official_business_account": false,
        "is_pin_enabled": phone.pin.is_some(),
        "whatsapp_business_manager_messaging_limit": "TIER_2K",
        "country_code": "DE",
        "country_dial_code": "49",
        "health_status": {"can_send_message": "AVAILABLE", "entities": [
            {"entity_type": "PHONE_NUMBER", "id": phone.id, "can_send_message": "AVAILABLE"}]},
    });
    if !phone.automation.is_empty() {
        let mut automation = json!(phone.automation);
        automation["id"] = json!(phone.id);
        shown["conversational_automation"] = automation;
    }
    if let Some(webhook) = &phone.webhook {
        shown["webhook_configuration"] = json!({"phone_number": webhook.url});
    }
    if let Some(username) = &phone.username {
        shown["username"] = json!(username);
    }
    shown
}

/// `POST /{phone}`: two-step PIN or display name. Callback overrides are handled before.
fn update(state: &mut State, id: &str, call: &Call) -> Check<Answer> {
    let phone = stored(state, id)?;
    if let Some(pin) = call.param("pin") {
        check_pin(&pin)?;
        phone.pin = Some(pin);
    } else if let Some(name) = call.param("new_display_name") {
        within("new_display_name", &name, 3, 512)?;
        phone.verified_name = name;
    } else {
        return Err(GraphError::new(100, "Nothing to change was given"));
    }
    Ok(success())
}

fn check_pin(pin: &str) -> Check<()> {
    if pin.len() == 6 && pin.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(());
    }
    Err(GraphError::shape("pin", "6 digits"))
}

fn register(state: &mut State, id: &str, call: &Call) -> Check<Answer> {
    if call.param("messaging_product").as_deref() != Some("whatsapp") {
        return Err(GraphError::new(
            100,
            "The parameter messaging_product is required.",
        ));
    }
    let pin = call
        .param("pin")
        .ok_or_else(|| GraphError::missing("pin"))?;
    check_pin(&pin)?;
    let region = call.param("data_localization_region");
    if region
        .as_ref()
        .is_some_and(|region| !REGIONS.contains(&region.as_str()))
    {
        return Err(GraphError::shape(
            "data_localization_region",
            &format!("one of {REGIONS:?}"),
        ));
    }
    let phone = stored(state, id)?;
    if phone.pin.as_ref().is_some_and(|own| *own != pin) {
        return Err(GraphError::new(
            133_005,
            "Two-step verification PIN mismatch",
        ));
    }
    phone.registered = true;
    phone.pin = Some(pin);
    phone.data_localization_region = region;
    Ok(success())
}

/// `(field, longest)` of the business profile.
const PROFILE_FIELDS: &[(&str, usize)] = &[
    ("about", 139),
    ("address", 256),
    ("description", 512),
    ("email", 128),
    ("vertical", 40),
    ("profile_picture_handle", 1024),
];

fn profile(state: &mut State, id: &str, call: &Call) -> Check<Answer> {
    let phone = stored(state, id)?;
    if call.method == http::Method::GET {
        let mut shown = json!(phone.profile);
        shown["messaging_product"] = json!("whatsapp");
        let fields = call
            .query
            .get("fields")
            .map(|fields| format!("messaging_product,{fields}"));
        return Ok(Answer::json(
            json!({"data": [page::select(shown, fields.as_deref())]}),
        ));
    }
    let body = Node::root(&call.body);
    if body.opt_text("messaging_product")? != Some("whatsapp") {
        return Err(GraphError::new(
            100,
            "The parameter messaging_product is required.",
        ));
    }
    for (key, max) in PROFILE_FIELDS {
        if let Some(text) = body.opt_text_within(key, *max)? {
            let (key, text) = match *key {
                "profile_picture_handle" => {
                    ("profile_picture_url", "https://pps.example/picture.jpg")
                }
                key => (key, text),
            };
            phone.profile.insert(key.into(), json!(text));
        }
    }
    let websites = body.opt_list("websites")?;
    if websites.len() > 2 {
        return Err(GraphError::value("websites", "at most 2"));
    }
    if body.has("websites") {
        phone.profile.insert("websites".into(), json!(websites));
    }
    Ok(success())
}

fn settings(state: &mut State, id: &str, call: &Call) -> Check<Answer> {
    let phone = stored(state, id)?;
    if call.method == http::Method::GET {
        return Ok(Answer::json(json!(phone.settings)));
    }
    phone.settings.extend(call.body.clone());
    Ok(success())
}

fn commerce(state: &mut State, id: &str, call: &Call) -> Check<Answer> {
    let phone = stored(state, id)?;
    let keys = ["is_cart_enabled", "is_catalog_visible"];
    if call.method == http::Method::POST {
        for key in keys {
            if let Some(value) = call.param(key) {
                phone.commerce.insert(key.into(), json!(value == "true"));
            }
        }
        return Ok(success());
    }
    let mut shown = Map::new();
    shown.insert("id".into(), json!(id));
    for key in keys {
        shown.insert(
            key.into(),
            phone.commerce.get(key).cloned().unwrap_or(json!(false)),
        );
    }
    Ok(Answer::json(json!({"data": [shown]})))
}

fn automation(state: &mut State, id: &str, call: &Call) -> Check<Answer> {
    let fields = call.decoded_body(&["prompts", "commands"]);
    let body = Node::root(&fields);
    let prompts = body.opt_list("prompts")?;
    if prompts.len() > 4 {
        return Err(GraphError::value("prompts", "at most 4"));
    }
    for prompt in prompts {
        within("prompts", prompt.as_str().unwrap_or(""), 1, 80)?;
    }
    if body.has("commands") {
        for command in body.objects("commands", 0, 30)? {
            command.text_within("command_name", 32)?;
            command.text_within("command_description", 256)?;
        }
    }
    let phone = stored(state, id)?;
    for key in ["prompts", "commands", "enable_welcome_message"] {
        if let Some(value) = body.get(key) {
            phone.automation.insert(key.into(), value.clone());
        }
    }
    Ok(success())
}

fn block_users(state: &mut State, phone: &Phone, call: &Call, base_url: &str) -> Check<Answer> {
    if call.method == http::Method::GET {
        let items = phone
            .blocked
            .iter()
            .filter_map(|key| state.world.users.get(key))
            .map(|user| {
                let input = user.any_wa_id().unwrap_or(&user.user_id);
                let mut shown = json!({
                "messaging_product": "whatsapp", "input": input, "user_id": user.user_id});
                if let Some(wa_id) = user.any_wa_id() {
                    shown["wa_id"] = json!(wa_id);
                }
                shown
            });
        return page::page(items.collect(), call, base_url).map(Answer::json);
    }
    let body = Node::root(&call.body);
    let removing = call.method == http::Method::DELETE;
    let mut done = Vec::new();
    let mut failed = Vec::new();
    for item in body.objects("block_users", 1, 1_000)? {
        let input = item.opt_text("user")?.or(item.opt_text("user_id")?);
        let input = input.ok_or_else(|| GraphError::missing(&item.at("user")))?;
        let Some(user) = state.world.find_user(input).cloned() else {
            failed.push(json!({"input": input, "errors": [{
                "message": "User is not on WhatsApp", "code": 139_103,
                "error_data": {"details": "The number is not a WhatsApp user"}}]}));
            continue;
        };
        let own = stored(state, &phone.id)?;
        if removing {
            own.blocked.remove(&user.key)
        } else {
            own.blocked.insert(user.key.clone())
        };
        let mut shown = json!({"input": input});
        match user.any_wa_id().filter(|_| !is_business_scoped(input)) {
            Some(wa_id) => shown["wa_id"] = json!(wa_id),
            None => shown["user_id"] = json!(user.user_id),
        }
        done.push(shown);
    }
    let mut lists = json!({});
    lists[if removing {
        "removed_users"
    } else {
        "added_users"
    }] = json!(done);
    if !failed.is_empty() {
        lists["failed_users"] = json!(failed);
    }
    Ok(Answer::json(
        json!({"messaging_product": "whatsapp", "block_users": lists}),
    ))
}

fn short_links(state: &mut State, id: &str, call: &Call, base_url: &str) -> Check<Answer> {
    let fresh = format!("{:014X}", state.world.next_number * 7919 + 1);
    state.world.next_number += 1;
    let phone = stored(state, id)?;
    let show = |code: &str, text: &str, image: bool| {
        let mut link = json!({
            "code": code,
            "prefilled_message": text,
            "deep_link_url": format!("https://wa.me/message/{code}"),
        });
        if image {
            link["qr_image_url"] = json!(format!("https://qr.example/{code}.svg"));
        }
        link
    };
    let wanted = Some(call.segment(2)).filter(|code| !code.is_empty());
    match (call.method.as_str(), wanted) {
        ("GET", Some(code)) => {
            let text = phone
                .qr_codes
                .get(code)
                .ok_or_else(|| GraphError::value("code", "unknown"))?;
            Ok(Answer::json(json!({"data": [show(code, text, false)]})))
        }
        ("GET", None) => {
            let items = phone
                .qr_codes
                .iter()
                .map(|(code, text)| show(code, text, false))
                .collect();
            page::page(items, call, base_url).map(Answer::json)
        }
        ("DELETE", Some(code)) => {
            phone
                .qr_codes
                .remove(code)
                .ok_or_else(|| GraphError::value("code", "unknown"))?;
            Ok(success())
        }
        ("POST", in_path) => {
            let text = call
                .param("prefilled_message")
                .ok_or_else(|| GraphError::missing("prefilled_message"))?;
            within("prefilled_message", &text, 1, 140)?;
            let known = in_path.map(str::to_owned).or_else(|| call.param("code"));
            if known
                .as_ref()
                .is_some_and(|code| !phone.qr_codes.contains_key(code))
            {
                return Err(GraphError::value("code", "unknown"));
            }
            let code = known.unwrap_or(fresh);
            phone.qr_codes.insert(code.clone(), text.clone());
            let image = call.param("generate_qr_image").is_some();
            Ok(Answer::json(show(&code, &text, image)))
        }
        (method, _) => Err(GraphError::unknown_object(id, method)),
    }
}

fn username(state: &mut State, id: &str, call: &Call) -> Check<Answer> {
    let phone = stored(state, id)?;
    match call.method.as_str() {
        "GET" => Ok(Answer::json(match &phone.username {
            Some(name) => json!({"username": name, "status": "approved"}),
            None => json!({}),
        })),
        "DELETE" => {
            phone.username = None;
            Ok(success())
        }
        _ => {
            let name = call
                .param("username")
                .ok_or_else(|| GraphError::missing("username"))?;
            within("username", &name, 3, 35)?;
            phone.username = Some(name);
            Ok(Answer::json(json!({"status": "approved"})))
        }
    }
}

fn encryption(state: &mut State, id: &str, call: &Call) -> Check<Answer> {
    let phone = stored(state, id)?;
    if call.method == http::Method::POST {
        let key = call.param("business_public_key");
        phone.public_key = Some(key.ok_or_else(|| GraphError::missing("business_public_key"))?);
        return Ok(success());
    }
    Ok(Answer::json(json!({"data": [{
        "business_public_key": phone.public_key,
        "business_public_key_signature_status": "VALID"}]})))
}
