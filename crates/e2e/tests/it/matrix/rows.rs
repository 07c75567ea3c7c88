//! What each operation asks of whoever calls it. An operation without a row fails the matrix.

use domain::teammate::Right;
use serde_json::{Value, json};
use testkit::{SLUG, setup_body};

use super::cast::Stage;

/// Whom an operation is for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum For {
    /// Everybody, also who says nothing about itself.
    All,
    /// Teammates and their programs, with all of these rights.
    Team(&'static [Right]),
    /// A teammate in front of a browser, and no program.
    Person,
    /// A customer in its own chat.
    Customer,
}

/// One operation: its answer where everything is as it should be.
pub(super) struct Row {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) whom: For,
    pub(super) ok: u16,
}

const fn row(method: &'static str, path: &'static str, whom: For, ok: u16) -> Row {
    Row {
        method,
        path,
        whom,
        ok,
    }
}

const READ: For = For::Team(&[Right::ReadConversations]);
const WRITE: For = For::Team(&[Right::WriteMessages]);
/// What shows the contact's own words or facts after it was written.
const BOTH: For = For::Team(&[Right::WriteMessages, Right::ReadConversations]);
const CHANNELS: For = For::Team(&[Right::ReadChannels]);
const MANAGE: For = For::Team(&[Right::ManageChannels]);
const PEOPLE: For = For::Team(&[Right::ReadTeammates]);
const MANAGE_PEOPLE: For = For::Team(&[Right::ManageTeammates]);
const ERASE: For = For::Team(&[Right::Erase]);
const REQUESTS: For = For::Team(&[Right::AnswerRequests]);
const TEAM: For = For::Team(&[]);
const PROOF: For = For::Team(&[Right::ReadConsents]);
const PURPOSES: For = For::Team(&[Right::ManagePurposes]);

pub(super) const ROWS: [Row; 109] = [
    row("POST", "/api/v1/attachments", WRITE, 201),
    row("GET", "/api/v1/attachments/{id}/content", READ, 200),
    row("GET", "/api/v1/channels", CHANNELS, 200),
    row("POST", "/api/v1/channels", MANAGE, 201),
    row("PATCH", "/api/v1/channels/{id}", MANAGE, 200),
    row("GET", "/api/v1/company", CHANNELS, 200),
    row("PATCH", "/api/v1/company", MANAGE, 200),
    row("GET", "/api/v1/consents/key", PROOF, 200),
    // There is no such purpose.
    row("POST", "/api/v1/consents/invitations", WRITE, 422),
    row("GET", "/api/v1/contacts/{id}/consents", PROOF, 200),
    row("POST", "/api/v1/contacts/{id}/consents", WRITE, 422),
    // Nobody agreed to anything, so there is nothing to prove.
    row("GET", "/api/v1/contacts/{id}/consents/package", PROOF, 404),
    row("GET", "/api/v1/contacts/{id}/consents/sheet", PROOF, 404),
    row(
        "POST",
        "/api/v1/contacts/{id}/consents/withdraw",
        WRITE,
        200,
    ),
    row("GET", "/api/v1/notices", CHANNELS, 200),
    row("POST", "/api/v1/notices", PURPOSES, 422),
    row("GET", "/api/v1/objections", PROOF, 200),
    // Nobody objected, so there is nothing to clear up.
    row("POST", "/api/v1/contacts/{id}/objections", WRITE, 409),
    row("GET", "/api/v1/purposes", CHANNELS, 200),
    row("POST", "/api/v1/purposes", PURPOSES, 201),
    row("GET", "/chat/v1/consents", For::Customer, 200),
    // A secret of nobody's.
    row("POST", "/chat/v1/consents/confirm", For::Customer, 404),
    row("POST", "/chat/v1/consents/request", For::Customer, 422),
    row("POST", "/chat/v1/consents/serve", For::Customer, 422),
    row("POST", "/chat/v1/consents/withdraw", For::Customer, 422),
    row("GET", "/api/v1/contacts", READ, 200),
    row("GET", "/api/v1/contacts/{id}", READ, 200),
    row("PATCH", "/api/v1/contacts/{id}", BOTH, 200),
    row("GET", "/api/v1/conversations", READ, 200),
    row("GET", "/api/v1/conversations/counts", READ, 200),
    row("GET", "/api/v1/conversations/{id}", READ, 200),
    row("PATCH", "/api/v1/conversations/{id}", BOTH, 200),
    row("GET", "/api/v1/conversations/{id}/composer", BOTH, 200),
    row("POST", "/api/v1/conversations/{id}/messages", WRITE, 201),
    row("POST", "/api/v1/conversations/{id}/notes", WRITE, 201),
    row("POST", "/api/v1/conversations/{id}/read", WRITE, 204),
    row("GET", "/api/v1/conversations/{id}/timeline", READ, 200),
    row("GET", "/api/v1/contacts/{id}/erasure", ERASE, 200),
    row("GET", "/api/v1/contacts/{id}/restrictions", REQUESTS, 200),
    row("POST", "/api/v1/contacts/{id}/exports", REQUESTS, 201),
    row("GET", "/api/v1/exports", REQUESTS, 200),
    row("GET", "/api/v1/exports/{id}", REQUESTS, 200),
    row("GET", "/api/v1/exports/{id}/content", REQUESTS, 200),
    // Without a reason, and where nothing is restricted.
    row("POST", "/api/v1/contacts/{id}/restrictions", REQUESTS, 422),
    row(
        "POST",
        "/api/v1/contacts/{id}/restrictions/lift",
        REQUESTS,
        409,
    ),
    row("GET", "/api/v1/erasures", ERASE, 200),
    // Without the word that confirms it.
    row("POST", "/api/v1/erasures", ERASE, 422),
    row("GET", "/api/v1/erasures/{id}", ERASE, 200),
    row("GET", "/api/v1/holds", ERASE, 200),
    row("POST", "/api/v1/holds", ERASE, 201),
    row("DELETE", "/api/v1/holds/{id}", ERASE, 204),
    row("POST", "/api/v1/holds/{id}/agree", ERASE, 200),
    row("GET", "/api/v1/tombstones", ERASE, 200),
    row(
        "POST",
        "/api/v1/conversations/{id}/my-data-link",
        WRITE,
        202,
    ),
    row("POST", "/me/v1/session", For::Customer, 201),
    row("GET", "/me/v1/data", For::Customer, 200),
    row("PATCH", "/me/v1/data", For::Customer, 204),
    row("POST", "/me/v1/consents/withdraw", For::Customer, 422),
    // Without a reason, and where nothing is restricted.
    row("POST", "/me/v1/restriction", For::Customer, 422),
    row("DELETE", "/me/v1/restriction", For::Customer, 409),
    // No code was sent yet.
    row("POST", "/me/v1/code/confirm", For::Customer, 409),
    row("POST", "/me/v1/code", For::Customer, 202),
    // Without a code.
    row("POST", "/me/v1/erasure", For::Customer, 403),
    row("DELETE", "/me/v1/erasure", For::Customer, 204),
    row("POST", "/me/v1/exports", For::Customer, 403),
    row("GET", "/me/v1/exports/{id}", For::Customer, 200),
    row("GET", "/me/v1/exports/{id}/content", For::Customer, 200),
    row("DELETE", "/me/v1/session", For::Customer, 204),
    row("GET", "/api/v1/entries", CHANNELS, 200),
    row("POST", "/api/v1/entries", MANAGE, 201),
    row("PATCH", "/api/v1/entries/{id}", MANAGE, 200),
    row("GET", "/api/v1/entries/{id}/qr.svg", CHANNELS, 200),
    row("PUT", "/api/v1/messages/{id}/reaction", BOTH, 200),
    // Nothing failed, so there is nothing to send again.
    row("POST", "/api/v1/messages/{id}/retry", WRITE, 409),
    // Nobody is found: whoever is, is named to who answers requests.
    row("POST", "/api/v1/people", REQUESTS, 200),
    row("GET", "/api/v1/passkeys", For::Person, 200),
    // A host of digits cannot have passkeys.
    row("POST", "/api/v1/passkeys/finish", For::Person, 409),
    row("POST", "/api/v1/passkeys/start", For::Person, 409),
    row("DELETE", "/api/v1/passkeys/{id}", For::Person, 204),
    row("GET", "/api/v1/session", TEAM, 200),
    row("POST", "/api/v1/session", For::All, 401),
    row("DELETE", "/api/v1/session", TEAM, 204),
    // The password is wrong.
    row("POST", "/api/v1/session/confirm", For::Person, 422),
    row("DELETE", "/api/v1/session/others", For::Person, 204),
    row("POST", "/api/v1/session/passkey/finish", For::All, 409),
    row("POST", "/api/v1/session/passkey/start", For::All, 409),
    row("PUT", "/api/v1/session/password", For::Person, 422),
    row("GET", "/api/v1/setup", For::All, 200),
    row("POST", "/api/v1/setup", For::All, 409),
    row("GET", "/api/v1/teammates", PEOPLE, 200),
    row("PATCH", "/api/v1/teammates/{id}", MANAGE_PEOPLE, 200),
    row("GET", "/api/v1/tokens", For::Person, 200),
    row("DELETE", "/api/v1/tokens/{id}", For::Person, 204),
    // Without a verify token and without a signature.
    row("GET", "/callbacks/{channel_id}", For::All, 403),
    row("POST", "/callbacks/{channel_id}", For::All, 401),
    row("POST", "/chat/v1/attachments", For::Customer, 201),
    row(
        "GET",
        "/chat/v1/attachments/{id}/content",
        For::Customer,
        200,
    ),
    row("GET", "/chat/v1/entries/{slug}", For::All, 200),
    row("POST", "/chat/v1/messages", For::Customer, 201),
    row("GET", "/chat/v1/notices/{version}", For::All, 200),
    row("POST", "/chat/v1/read", For::Customer, 204),
    row("GET", "/chat/v1/session", For::Customer, 200),
    row("DELETE", "/chat/v1/session", For::Customer, 204),
    row("POST", "/chat/v1/sessions", For::All, 201),
    row("GET", "/chat/v1/timeline", For::Customer, 200),
    row("GET", "/healthz", For::All, 200),
    row("GET", "/metrics", For::All, 200),
    row("GET", "/readyz", For::All, 200),
    // Live sockets are not part of the document; what they answer is.
    row("GET", "/api/v1/openapi.json", For::All, 200),
];

/// Kinds of objects that a path can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Channel,
    Callbacks,
    Contact,
    Conversation,
    Entry,
    Erasure,
    Export,
    Hold,
    Message,
    Notice,
    Passkey,
    Slug,
    Teammate,
    Token,
}

impl Row {
    /// Answered by something every time, whoever asks.
    pub(super) fn reads(&self) -> bool {
        self.method == "GET"
    }

    pub(super) fn kind(&self) -> Option<Kind> {
        let known = [
            ("/attachments/{", Kind::File),
            ("/channels/{", Kind::Channel),
            ("/callbacks/{", Kind::Callbacks),
            ("/contacts/{", Kind::Contact),
            ("/conversations/{", Kind::Conversation),
            ("/entries/{id}", Kind::Entry),
            ("/entries/{slug}", Kind::Slug),
            ("/erasures/{", Kind::Erasure),
            ("/exports/{", Kind::Export),
            ("/holds/{", Kind::Hold),
            ("/messages/{", Kind::Message),
            ("/notices/{", Kind::Notice),
            ("/passkeys/{", Kind::Passkey),
            ("/teammates/{", Kind::Teammate),
            ("/tokens/{", Kind::Token),
        ];
        let found = known.iter().find(|(part, _)| self.path.contains(part));
        assert_eq!(found.is_some(), self.path.contains('{'), "{}", self.path);
        found.map(|(_, kind)| *kind)
    }

    /// The path with this object in it.
    pub(super) fn path_of(&self, object: Option<&str>) -> String {
        let Some((before, rest)) = self.path.split_once('{') else {
            return self.path.to_owned();
        };
        let after = rest.split_once('}').expect("the end of its name").1;
        format!("{before}{}{after}", object.expect("an object"))
    }

    /// A body that is taken, with its type; different every time where it has to be.
    pub(super) fn body(&self, stage: &Stage) -> Option<(&'static str, Vec<u8>)> {
        let once = stage.number();
        let end = self
            .path
            .rsplit_once("/v1")
            .map_or(self.path, |(_, end)| end);
        let value: Value = match (self.method, end) {
            ("GET" | "DELETE", _) => return None,
            (
                _,
                "/passkeys/start"
                | "/session/passkey/start"
                | "/messages/{id}/retry"
                | "/holds/{id}/agree"
                | "/contacts/{id}/exports"
                | "/exports"
                | "/conversations/{id}/my-data-link"
                | "/code"
                | "/erasure",
            ) => {
                return None;
            }
            (_, "/attachments") => return Some(("text/plain", b"Inhalt".to_vec())),
            (_, "/callbacks/{channel_id}") => json!({ "entry": [] }),
            (_, "/channels") => json!({ "kind": "webchat", "name": "Noch einer", "settings": {} }),
            (_, "/channels/{id}") => json!({ "name": "Umbenannt" }),
            (_, "/company") => json!({ "name": format!("Laden {once}") }),
            (_, "/consents/invitations") => {
                json!({ "purpose": "gibt.es.nicht", "channel_id": stage.webchat, "place": "form" })
            }
            (_, "/contacts/{id}/consents") => {
                json!({ "purpose": "gibt.es.nicht", "channel_id": stage.webchat })
            }
            (_, "/contacts/{id}/consents/withdraw") => {
                json!({ "channel_id": stage.webchat, "words": "am Telefon" })
            }
            (_, "/contacts/{id}/objections") => json!({
                "channel_id": stage.webchat, "decision": "lift", "words": "nachgefragt",
            }),
            (_, "/consents/confirm") => json!({ "token": "tcq_nichts", "agrees": true }),
            (_, "/consents/request") => json!({ "purpose": "gibt.es.nicht", "notice": "sha256:0" }),
            (_, "/consents/withdraw") if self.path.starts_with("/me") => {
                json!({ "purpose": "gibt.es.nicht", "channel_id": stage.webchat })
            }
            (_, "/consents/serve" | "/consents/withdraw") => json!({ "purpose": "gibt.es.nicht" }),
            (_, "/notices") => json!({
                "purpose": "gibt.es.nicht", "channels": ["webchat"], "product_scope": "Brot",
                "texts": [{ "locale": "de", "text": "Ja", "withdrawal": "STOPP" }],
            }),
            (_, "/people") => json!({ "question": "+49 30 23125 999" }),
            (_, "/purposes") => {
                json!({ "code": format!("zweck.{once}"), "class": "marketing", "name": "Neues" })
            }
            (_, "/session") if self.path.starts_with("/me") => json!({}),
            (_, "/data") => json!({ "locale": "de" }),
            (_, "/code/confirm") => json!({ "code": "000000" }),
            (_, "/restriction") => json!({ "reason": "" }),
            (_, "/contacts/{id}/restrictions") => json!({ "reason": "" }),
            (_, "/contacts/{id}/restrictions/lift") => json!({ "reason": "Geklärt" }),
            (_, "/contacts/{id}") => json!({ "name": "Kanarienfrau" }),
            (_, "/conversations/{id}") => json!({ "tags": [format!("m{once}")] }),
            (_, "/conversations/{id}/messages") => json!({ "text": "Gern" }),
            (_, "/conversations/{id}/notes") => json!({ "text": "Notiz" }),
            (_, "/conversations/{id}/read" | "/read") => json!({ "seq": 1 }),
            (_, "/entries") => {
                json!({ "channel_id": stage.webchat, "slug": format!("tuer-{once}"), "title": "Tür" })
            }
            (_, "/entries/{id}") => json!({ "allowed_origins": ["https://www.laden.example"] }),
            (_, "/erasures") => json!({ "contact_id": stage.contact, "confirm": "ja" }),
            (_, "/holds") => json!({
                "contact_id": stage.contact,
                "matter": "3 O 17/26",
                "reason": "Klage",
                "review_at": "2027-06-30T00:00:00Z",
            }),
            (_, "/messages/{id}/reaction") => json!({ "emoji": "👍" }),
            (_, "/messages") => json!({ "client_id": format!("m-{once}"), "text": "Hallo" }),
            (_, "/passkeys/finish" | "/session/passkey/finish") => {
                json!({ "challenge_id": "pkq_x", "credential": {} })
            }
            (_, "/session") => {
                json!({ "email": format!("niemand{once}@laden.example"), "password": "falsch" })
            }
            (_, "/session/confirm") => json!({ "password": "falsch" }),
            (_, "/session/password") => {
                json!({ "password": "falsch", "new_password": "Ein neues Kennwort 1" })
            }
            (_, "/sessions") => json!({ "entry": SLUG }),
            (_, "/setup") => setup_body("setup_falsch"),
            (_, "/teammates/{id}") => json!({ "role": "teammate" }),
            (method, _) => panic!("no body for {method} {}", self.path),
        };
        Some(("application/json", value.to_string().into_bytes()))
    }
}
