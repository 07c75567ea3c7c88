//! Channels and the doors to the own chat.

use std::collections::BTreeMap;

use app::App;
use domain::Timestamp;
use domain::channel::ChannelState;
use i18n::Language;
use ports::{Presented, Settings};
use serde::{Deserialize, Serialize};
use store::{Channel, Entry};
use utoipa::ToSchema;

use super::{ReasonDto, explain_trouble, rfc3339, words};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Channel)]
pub struct ChannelDto {
    pub id: String,
    #[schema(value_type = words::ChannelKindWord)]
    pub kind: String,
    pub name: String,
    #[schema(value_type = words::ChannelStateWord)]
    pub state: String,
    /// Where the provider sends its callbacks; absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback_path: Option<String>,
    /// Without secrets: a secret that is set is shown as `true`.
    #[schema(value_type = Object)]
    pub settings: serde_json::Value,
    /// Who learns what on this channel.
    pub privacy_label: String,
    /// Why it is broken, and what to do.
    #[schema(required = true)]
    pub trouble: Option<ReasonDto>,
    /// Since when the oldest delivery waits that should have left; told by the list.
    #[schema(required = true)]
    pub stuck_since: Option<String>,
}

impl ChannelDto {
    #[must_use]
    pub fn of(app: &App, channel: &Channel, language: Language) -> Self {
        let settings = app
            .shown_settings(channel)
            .into_iter()
            .map(|(name, value)| match value {
                Presented::Plain(text) => (name, serde_json::Value::String(text)),
                Presented::Secret => (name, serde_json::Value::Bool(true)),
            })
            .collect();
        let has_callbacks = app.takes_callbacks(channel.kind);
        Self {
            id: channel.id.to_string(),
            kind: channel.kind.as_str().to_owned(),
            name: channel.name.clone(),
            state: channel.state.as_str().to_owned(),
            callback_path: has_callbacks.then(|| format!("/callbacks/{}", channel.id)),
            settings: serde_json::Value::Object(settings),
            privacy_label: app
                .privacy_label(channel.kind)
                .map(|key| i18n::text(language, key, &[]))
                .unwrap_or_default(),
            trouble: channel
                .trouble
                .as_ref()
                .filter(|_| channel.state == ChannelState::Broken)
                .map(|code| ReasonDto {
                    code: code.clone(),
                    explanation: explain_trouble(language, code),
                }),
            stuck_since: None,
        }
    }
}

impl ChannelDto {
    /// Only a channel that should send is told to be stuck.
    #[must_use]
    pub fn stuck(mut self, since: Option<Timestamp>) -> Self {
        self.stuck_since = since.filter(|_| self.state == "active").map(rfc3339);
        self
    }
}

/// A setting: one text, or several where a secret is being changed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum SettingValue {
    One(String),
    Several(Vec<String>),
}

#[must_use]
pub fn settings_of(values: BTreeMap<String, SettingValue>) -> Settings {
    let mut settings = Settings::default();
    for (name, value) in values {
        let values = match value {
            SettingValue::One(text) => vec![text],
            SettingValue::Several(texts) => texts,
        };
        settings.set(name, values);
    }
    settings
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewChannel)]
pub struct NewChannel {
    #[schema(value_type = words::ChannelKindWord)]
    pub kind: String,
    pub name: String,
    /// The kind's settings; for WhatsApp `phone_number_id`, `business_account_id`,
    /// `access_token`, `app_secret`, `verify_token`, and optionally `api_base`, `graph_version`.
    #[serde(default)]
    pub settings: BTreeMap<String, SettingValue>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ChangeChannel)]
pub struct ChangeChannel {
    pub name: Option<String>,
    /// active, paused
    pub state: Option<String>,
    /// Only the named settings change.
    #[serde(default)]
    pub settings: BTreeMap<String, SettingValue>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Entry)]
pub struct EntryDto {
    pub id: String,
    pub channel_id: String,
    pub slug: String,
    pub title: String,
    #[schema(value_type = words::LocaleWord)]
    pub locale: String,
    /// Where customers open the chat.
    pub url: String,
    /// The line that puts the launcher on a site.
    pub snippet: String,
    /// Sites that may show the chat in a frame.
    pub allowed_origins: Vec<String>,
}

impl EntryDto {
    #[must_use]
    pub fn of(public_url: &str, entry: &Entry) -> Self {
        Self {
            id: entry.id.to_string(),
            channel_id: entry.channel.to_string(),
            slug: entry.slug.clone(),
            title: entry.title.clone(),
            locale: entry.locale.clone(),
            url: format!("{public_url}/c/{}", entry.slug),
            snippet: format!(
                "<script src=\"{public_url}/chat.js\" data-entry=\"{}\" async></script>",
                entry.slug
            ),
            allowed_origins: entry.allowed_origins.clone(),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewEntry)]
pub struct NewEntryDto {
    pub channel_id: String,
    /// Small letters, digits and hyphens.
    pub slug: String,
    pub title: String,
    pub locale: Option<String>,
    #[serde(default)]
    pub allowed_origins: Vec<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ChangeEntry)]
pub struct ChangeEntryDto {
    pub title: Option<String>,
    pub locale: Option<String>,
    /// Sites that may show the chat in a frame; the whole list, as a browser writes an origin.
    pub allowed_origins: Option<Vec<String>>,
}
