//! The built-in world: one app, one account, one number, four users and a set of templates.
//! Numbers are from the German ranges reserved for fiction.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::world::{App, Phone, Template, TemplateStatus, Token, User, Waba, World};

pub const APP_ID: &str = "910000000000001";
pub const APP_SECRET: &str = "sim-app-secret";
pub const WABA_ID: &str = "920000000000001";
pub const PHONE_ID: &str = "930000000000001";
pub const PHONE_NUMBER: &str = "493023125001";
pub const ACCESS_TOKEN: &str = "sim-access-token";
pub const VERIFY_TOKEN: &str = "sim-verify-token";

/// The world a simulator starts with when it is given no other.
pub fn built_in() -> World {
    let mut world = World::default();
    world.apps.insert(
        APP_ID.into(),
        App {
            id: APP_ID.into(),
            secret: APP_SECRET.into(),
            webhook: None,
        },
    );
    add_account(&mut world, APP_ID, WABA_ID, "Haus Beispiel");
    world.phones.insert(
        PHONE_ID.into(),
        phone(PHONE_ID, WABA_ID, PHONE_NUMBER, "Haus Beispiel"),
    );
    world.tokens.insert(
        ACCESS_TOKEN.into(),
        Token {
            waba_ids: BTreeSet::from([WABA_ID.to_owned()]),
            revoked: false,
        },
    );
    for user in users() {
        world.users.insert(user.key.clone(), user);
    }
    world
}

/// Adds an account with its own copy of the example templates.
pub fn add_account(world: &mut World, app_id: &str, waba_id: &str, name: &str) {
    world.wabas.insert(
        waba_id.into(),
        Waba {
            id: waba_id.into(),
            app_id: app_id.into(),
            name: name.into(),
            subscribed: true,
            webhook: None,
        },
    );
    for mut template in templates() {
        template.id = world.new_graph_id();
        template.waba_id = waba_id.into();
        world.templates.insert(template.id.clone(), template);
    }
}

/// A registered number with nothing set yet.
pub fn phone(id: &str, waba_id: &str, number: &str, verified_name: &str) -> Phone {
    Phone {
        id: id.into(),
        waba_id: waba_id.into(),
        number: number.into(),
        verified_name: verified_name.into(),
        registered: true,
        pin: None,
        data_localization_region: None,
        username: None,
        webhook: None,
        profile: BTreeMap::new(),
        settings: BTreeMap::new(),
        automation: BTreeMap::new(),
        commerce: BTreeMap::new(),
        public_key: None,
        qr_codes: BTreeMap::new(),
        blocked: BTreeSet::new(),
    }
}

/// A reachable user with a visible number and nothing special.
pub fn user(key: &str, phone: Option<&str>, user_id: &str, name: &str) -> User {
    User {
        key: key.into(),
        phone: phone.map(Into::into),
        wa_id: None,
        user_id: user_id.into(),
        parent_user_id: None,
        username: None,
        name: name.into(),
        phone_visible: phone.is_some(),
        reachable: true,
        read_receipts: true,
        identity_hash: None,
        marketing_stopped: BTreeSet::new(),
        marketing_capped: false,
    }
}

fn users() -> Vec<User> {
    let anna = user(
        "usr_anna",
        Some("4917139200001"),
        "DE.13491208655300001",
        "Anna Beispiel",
    );
    let mut bela = user("usr_bela", None, "DE.13491208655300002", "Bela Muster");
    bela.username = Some("bela.m".into());
    let mut clara = user(
        "usr_clara",
        Some("4917139200003"),
        "DE.13491208655300003",
        "Clara Probe",
    );
    clara.username = Some("clara_p".into());
    clara.phone_visible = false;
    let mut nora = user(
        "usr_nora",
        Some("4917139200004"),
        "DE.13491208655300004",
        "Nora Stumm",
    );
    nora.reachable = false;
    vec![anna, bela, clara, nora]
}

fn template(name: &str, language: &str, category: &str, components: Value) -> Template {
    Template {
        id: String::new(),
        waba_id: String::new(),
        name: name.into(),
        language: language.into(),
        category: category.into(),
        status: TemplateStatus::Approved,
        parameter_format: "POSITIONAL".into(),
        components: match components {
            Value::Array(components) => components,
            other => vec![other],
        },
        rejected_reason: None,
        ttl_seconds: None,
    }
}

fn templates() -> Vec<Template> {
    let mut all = service_templates();
    all.extend(marketing_templates());
    all
}

fn service_templates() -> Vec<Template> {
    vec![
        template(
            "hello_world",
            "en_US",
            "UTILITY",
            json!([{"type": "BODY", "text": "Welcome. This message confirms that sending works."}]),
        ),
        template(
            "terminerinnerung",
            "de",
            "UTILITY",
            json!([
                {"type": "BODY", "text": "Guten Tag {{1}}, wir erwarten Sie am {{2}} bei uns.",
                 "example": {"body_text": [["Frau Beispiel", "Dienstag um 10:00 Uhr"]]}},
                {"type": "FOOTER", "text": "Haus Beispiel"},
                {"type": "BUTTONS", "buttons": [
                    {"type": "QUICK_REPLY", "text": "Passt"},
                    {"type": "QUICK_REPLY", "text": "Verschieben"}]}
            ]),
        ),
        template(
            "terminerinnerung",
            "en",
            "UTILITY",
            json!([
                {"type": "BODY", "text": "Hello {{1}}, we look forward to seeing you on {{2}} here.",
                 "example": {"body_text": [["Ms Example", "Tuesday at 10 am"]]}},
                {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Fine"}]}
            ]),
        ),
        shipment_news(),
        template(
            "rechnung",
            "de",
            "UTILITY",
            json!([
                {"type": "HEADER", "format": "DOCUMENT", "example": {"header_handle": ["4::sim"]}},
                {"type": "BODY", "text": "Anbei Ihre Rechnung {{1}} als Dokument.",
                 "example": {"body_text": [["R-2026-17"]]}},
                {"type": "BUTTONS", "buttons": [
                    {"type": "PHONE_NUMBER", "text": "Anrufen", "phone_number": "+493023125001"}]}
            ]),
        ),
        template(
            "anmeldecode",
            "de",
            "AUTHENTICATION",
            json!([
                {"type": "BODY", "text": "{{1}} ist dein Code.", "add_security_recommendation": true,
                 "example": {"body_text": [["123456"]]}},
                {"type": "FOOTER", "text": "Gilt 10 Minuten.", "code_expiration_minutes": 10},
                {"type": "BUTTONS", "buttons": [
                    {"type": "URL", "text": "Code kopieren",
                     "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}",
                     "example": ["https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp123456"]}]}
            ]),
        ),
    ]
}

/// The one template with named variables, and one of each place a variable can stand.
fn shipment_news() -> Template {
    let mut shipped = template(
        "versand_status",
        "de",
        "UTILITY",
        json!([
            {"type": "HEADER", "format": "TEXT", "text": "Neues von {{laden}}",
             "example": {"header_text_named_params": [{"param_name": "laden", "example": "Haus Beispiel"}]}},
            {"type": "BODY", "text": "Ihre Bestellung {{nummer}} ist unterwegs und kommt am {{tag}} an.",
             "example": {"body_text_named_params": [
                {"param_name": "nummer", "example": "4711"}, {"param_name": "tag", "example": "Dienstag"}]}},
            {"type": "BUTTONS", "buttons": [
                {"type": "URL", "text": "Verfolgen", "url": "https://shop.example/paket/{{1}}",
                 "example": ["https://shop.example/paket/4711"]}]}
        ]),
    );
    shipped.parameter_format = "NAMED".into();
    shipped
}

fn marketing_templates() -> Vec<Template> {
    let mut paused = template(
        "herbstaktion",
        "de",
        "MARKETING",
        json!([{"type": "BODY", "text": "Der Herbst ist da: 10 Prozent auf alle Tees bis Sonntag."}]),
    );
    paused.status = TemplateStatus::Paused;
    let mut rejected = template(
        "gewinnspiel",
        "de",
        "MARKETING",
        json!([{"type": "BODY", "text": "Sie haben gewonnen! Antworten Sie mit Ihrer Bankverbindung."}]),
    );
    rejected.status = TemplateStatus::Rejected;
    rejected.rejected_reason = Some("SCAM".into());
    vec![
        template(
            "angebot_der_woche",
            "de",
            "MARKETING",
            json!([
                {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::sim"]}},
                {"type": "BODY", "text": "Hallo {{1}}, diese Woche im Angebot: frischer Tee.",
                 "example": {"body_text": [["Anna"]]}},
                {"type": "FOOTER", "text": "Abmelden jederzeit unten"},
                {"type": "BUTTONS", "buttons": [
                    {"type": "URL", "text": "Zum Laden", "url": "https://shop.example/woche"},
                    {"type": "QUICK_REPLY", "text": "Keine Angebote mehr"}]}
            ]),
        ),
        template(
            "spring_voucher",
            "en",
            "MARKETING",
            json!([
                {"type": "BODY", "text": "Hi {{1}}, here is a voucher for your next order with us.",
                 "example": {"body_text": [["Ann"]]}},
                {"type": "BUTTONS", "buttons": [
                    {"type": "COPY_CODE", "text": "Copy offer code", "example": "TEA25"}]}
            ]),
        ),
        paused,
        rejected,
    ]
}
