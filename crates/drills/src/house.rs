//! A house that was set up: an owner, two teammates with tokens, the own chat, a channel of the
//! provider. Set up once and copied for each drill.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::client::{Client, Who};
use crate::error::{Result, While, failed};
use crate::graph::{ACCESS_TOKEN, APP_SECRET, BUSINESS_ACCOUNT_ID, PHONE_NUMBER_ID, VERIFY_TOKEN};
use crate::server::Launch;

const OWNER: &str = "ida@laden.example";
const TEAMMATE: &str = "toni@laden.example";
const PASSWORD: &str = "ein langes Kennwort nur zum Ueben";
const SLUG: &str = "laden";

/// Who and what is in the house.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// Tokens of two teammates.
    pub tokens: Vec<String>,
    /// The door of the own chat.
    pub slug: String,
    /// The provider's channel.
    pub channel: String,
}

impl People {
    /// The two teammates.
    #[must_use]
    pub fn teammate(&self, number: usize) -> Who {
        let token = self.tokens.get(number % self.tokens.len().max(1));
        token.map_or(Who::Nobody, |token| Who::Token(token.clone()))
    }

    /// Where the provider calls back.
    #[must_use]
    pub fn callback_path(&self) -> String {
        format!("/callbacks/{}", self.channel)
    }
}

/// Sets up an empty installation and ends the server again.
///
/// # Errors
/// When the house does not let it.
pub async fn set_up(launch: &Launch) -> Result<People> {
    let server = launch.start().await?;
    let token = server
        .setup_token
        .clone()
        .ok_or_else(|| failed("setting up", "there is no link"))?;
    let client = Client::new(&launch.reach)?;
    let body = json!({
        "token": token,
        "company": { "name": "Laden Beispiel", "country": "DE" },
        "locale": "de",
        "owner": { "name": "Ida Inhaberin", "email": OWNER, "password": PASSWORD },
        "chat": { "slug": SLUG, "title": "Der Laden" },
        "privacy": {
            "controller": "Laden Beispiel",
            "contact_email": "datenschutz@laden.example",
            "retention_days": 90,
        },
    });
    let asked = client.call_for_cookie("POST", "/api/v1/setup", &Who::Nobody, Some(&body));
    let (told, cookie) = asked.await;
    let done = told.good("setting up")?;
    let owner = Who::Session {
        cookie: cookie.ok_or_else(|| failed("setting up", "no session"))?,
        csrf: text(&done["session"]["csrf_token"])?,
    };
    let channel = json!({ "kind": "whatsapp", "name": "WhatsApp", "settings": {
        "phone_number_id": PHONE_NUMBER_ID,
        "business_account_id": BUSINESS_ACCOUNT_ID,
        "access_token": ACCESS_TOKEN,
        "app_secret": APP_SECRET,
        "verify_token": VERIFY_TOKEN,
        "api_base": "https://graph.example",
    }});
    let made = client.post("/api/v1/channels", &owner, &channel).await;
    let channel = text(&made.good("adding a channel")?["id"])?;
    let add = [
        "user",
        "add",
        "--email",
        TEAMMATE,
        "--name",
        "Toni",
        "--role",
        "teammate",
        "--password-stdin",
    ];
    launch.tell(&add, PASSWORD).await?;
    let mut tokens = Vec::new();
    for email in [OWNER, TEAMMATE] {
        tokens.push(
            launch
                .tell(&["token", "issue", "--email", email], "")
                .await?,
        );
    }
    server.end().await?;
    Ok(People {
        tokens,
        slug: SLUG.to_owned(),
        channel,
    })
}

fn text(value: &Value) -> Result<String> {
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| failed("setting up", "an answer lacks something"))
}

/// Tells the house where its provider is.
///
/// # Errors
/// When the house does not take it.
pub async fn point_to(launch: &Launch, people: &People, provider: &str) -> Result<()> {
    let client = Client::new(&launch.reach)?;
    let path = format!("/api/v1/channels/{}", people.channel);
    // Its secret goes to another address, and so it must be said again.
    let change = json!({ "settings": { "api_base": provider, "access_token": ACCESS_TOKEN } });
    let told = client
        .call("PATCH", &path, &people.teammate(0), Some(&change))
        .await;
    told.good("naming the provider").map(|_| ())
}

/// Copies a data directory whose server has ended.
///
/// # Errors
/// When it cannot be copied.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    let doing = "copying a data directory";
    std::fs::create_dir_all(to).doing(doing)?;
    let rights = std::fs::metadata(from).doing(doing)?.permissions();
    std::fs::set_permissions(to, rights).doing(doing)?;
    for entry in std::fs::read_dir(from).doing(doing)? {
        let entry = entry.doing(doing)?;
        let target = to.join(entry.file_name());
        if entry.file_type().doing(doing)?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target).doing(doing)?;
        }
    }
    Ok(())
}
