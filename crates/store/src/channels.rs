//! Channels with their settings, the doors to the own chat, and provider-approved templates.

use db::Row;
use domain::channel::{ChannelKind, ChannelState, MediaKind};
use domain::content::{Template, TemplateButtonSpec, TemplateCategory, TemplateHeader};
use domain::{ChannelId, EntryId, Timestamp};
use ports::Settings;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::Store;
use crate::error::{Guard, StoreError};
use crate::rows::{at, blob, id16};
use crate::sealing::{open_json, seal_json};
use crate::unit::Unit;

#[derive(Clone)]
pub struct Channel {
    pub id: ChannelId,
    pub kind: ChannelKind,
    pub state: ChannelState,
    pub name: String,
    pub settings: Settings,
    /// Why it is broken: the code of what the provider said.
    pub trouble: Option<String>,
    pub created_at: Timestamp,
    pub version: i64,
}

#[derive(Serialize, Deserialize)]
struct ChannelRow {
    name: String,
    settings: BTreeMap<String, Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trouble: Option<String>,
}

#[derive(Clone)]
pub struct Entry {
    pub id: EntryId,
    pub channel: ChannelId,
    pub slug: String,
    pub locale: String,
    pub title: String,
    pub allowed_origins: Vec<String>,
}

pub type NewEntry = Entry;

#[derive(Serialize, Deserialize)]
struct EntryRow {
    title: String,
    #[serde(default)]
    allowed_origins: Vec<String>,
}

const CHANNEL: &str = "SELECT id, kind, state, sealed, created_at, version FROM channel";
const ENTRY: &str = "SELECT id, channel_id, slug, locale, sealed FROM entry";

impl Store {
    async fn channel_of(&self, row: &Row) -> Result<Channel, StoreError> {
        let id = id16(row, 0)?;
        let key = self.ring.house_key().await?;
        let open: ChannelRow = open_json(&key, "channel.sealed", &id, row.blob(3)?)?;
        let mut settings = Settings::default();
        for (name, values) in open.settings {
            settings.set(name, values);
        }
        Ok(Channel {
            id: ChannelId::from_bytes(id),
            kind: ChannelKind::parse(row.text(1)?).ok_or(StoreError::Corrupt("channel.kind"))?,
            state: ChannelState::parse(row.text(2)?).ok_or(StoreError::Corrupt("channel.state"))?,
            name: open.name,
            settings,
            trouble: open.trouble,
            created_at: at(row, 4)?,
            version: row.int(5)?,
        })
    }

    async fn seal_channel(&self, channel: &Channel) -> Result<db::Value, StoreError> {
        let key = self.ring.house_key().await?;
        let row = ChannelRow {
            name: channel.name.clone(),
            trouble: channel.trouble.clone(),
            settings: channel
                .settings
                .iter()
                .map(|(name, values)| {
                    (
                        name.to_owned(),
                        values.into_iter().map(str::to_owned).collect(),
                    )
                })
                .collect(),
        };
        seal_json(&key, "channel.sealed", &channel.id.bytes(), &row)
    }

    /// # Errors
    /// What the engine says.
    pub async fn channels(&self) -> Result<Vec<Channel>, StoreError> {
        let rows = self
            .db
            .query(
                format!("{CHANNEL} ORDER BY created_at, id LIMIT 1000"),
                vec![],
            )
            .await?;
        let mut channels = Vec::with_capacity(rows.len());
        for row in &rows {
            channels.push(self.channel_of(row).await?);
        }
        Ok(channels)
    }

    /// # Errors
    /// What the engine says.
    pub async fn lookup_channel(&self, id: ChannelId) -> Result<Option<Channel>, StoreError> {
        match self
            .db
            .query_opt(format!("{CHANNEL} WHERE id = $1"), vec![blob(id.bytes())])
            .await?
        {
            None => Ok(None),
            Some(row) => self.channel_of(&row).await.map(Some),
        }
    }

    /// # Errors
    /// What the vault says.
    pub async fn add_channel(&self, unit: &mut Unit, channel: &Channel) -> Result<(), StoreError> {
        unit.run(
            "INSERT INTO channel (id, kind, state, sealed, created_at, version) \
             VALUES ($1, $2, $3, $4, $5, 1)",
            vec![
                blob(channel.id.bytes()),
                channel.kind.as_str().into(),
                channel.state.as_str().into(),
                self.seal_channel(channel).await?,
                channel.created_at.0.into(),
            ],
        );
        Ok(())
    }

    /// Replaces name, state and settings if nobody else did since `channel` was read.
    ///
    /// # Errors
    /// What the vault says.
    pub async fn update_channel(
        &self,
        unit: &mut Unit,
        channel: &Channel,
    ) -> Result<(), StoreError> {
        unit.one(
            Guard::Plain,
            "UPDATE channel SET state = $2, sealed = $3, version = version + 1 \
             WHERE id = $1 AND version = $4",
            vec![
                blob(channel.id.bytes()),
                channel.state.as_str().into(),
                self.seal_channel(channel).await?,
                channel.version.into(),
            ],
        );
        Ok(())
    }

    async fn entry_of(&self, row: &Row) -> Result<Entry, StoreError> {
        let id = id16(row, 0)?;
        let key = self.ring.house_key().await?;
        let open: EntryRow = open_json(&key, "entry.sealed", &id, row.blob(4)?)?;
        Ok(Entry {
            id: EntryId::from_bytes(id),
            channel: ChannelId::from_bytes(id16(row, 1)?),
            slug: row.text(2)?.to_owned(),
            locale: row.text(3)?.to_owned(),
            title: open.title,
            allowed_origins: open.allowed_origins,
        })
    }

    /// # Errors
    /// What the engine says.
    pub async fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        let rows = self
            .db
            .query(
                format!("{ENTRY} ORDER BY created_at, id LIMIT 1000"),
                vec![],
            )
            .await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in &rows {
            entries.push(self.entry_of(row).await?);
        }
        Ok(entries)
    }

    /// # Errors
    /// What the engine says.
    pub async fn lookup_entry(&self, slug: &str) -> Result<Option<Entry>, StoreError> {
        match self
            .db
            .query_opt(format!("{ENTRY} WHERE slug = $1"), vec![slug.into()])
            .await?
        {
            None => Ok(None),
            Some(row) => self.entry_of(&row).await.map(Some),
        }
    }

    /// # Errors
    /// What the engine says.
    pub async fn lookup_entry_by_id(&self, id: EntryId) -> Result<Option<Entry>, StoreError> {
        match self
            .db
            .query_opt(format!("{ENTRY} WHERE id = $1"), vec![blob(id.bytes())])
            .await?
        {
            None => Ok(None),
            Some(row) => self.entry_of(&row).await.map(Some),
        }
    }

    /// # Errors
    /// What the vault says; at commit [`Guard::SlugFree`].
    pub async fn add_entry(
        &self,
        unit: &mut Unit,
        entry: &NewEntry,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        unit.one(
            Guard::SlugFree,
            "INSERT INTO entry (id, channel_id, slug, locale, sealed, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            vec![
                blob(entry.id.bytes()),
                blob(entry.channel.bytes()),
                entry.slug.as_str().into(),
                entry.locale.as_str().into(),
                self.seal_entry(entry).await?,
                now.0.into(),
            ],
        );
        Ok(())
    }

    async fn seal_entry(&self, entry: &Entry) -> Result<db::Value, StoreError> {
        let key = self.ring.house_key().await?;
        let row = EntryRow {
            title: entry.title.clone(),
            allowed_origins: entry.allowed_origins.clone(),
        };
        seal_json(&key, "entry.sealed", &entry.id.bytes(), &row)
    }

    /// Replaces title, language and sites of an entry; its name in the address stays.
    ///
    /// # Errors
    /// What the vault says.
    pub async fn update_entry(&self, unit: &mut Unit, entry: &Entry) -> Result<(), StoreError> {
        unit.one(
            Guard::Plain,
            "UPDATE entry SET locale = $2, sealed = $3 WHERE id = $1",
            vec![
                blob(entry.id.bytes()),
                entry.locale.as_str().into(),
                self.seal_entry(entry).await?,
            ],
        );
        Ok(())
    }

    /// Replaces the channel's templates by what the provider lists now.
    ///
    /// # Errors
    /// Never for well-formed templates.
    pub fn replace_templates(
        &self,
        unit: &mut Unit,
        channel: ChannelId,
        templates: &[Template],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        unit.run(
            "DELETE FROM template WHERE channel_id = $1",
            vec![blob(channel.bytes())],
        );
        for template in templates {
            let body = serde_json::to_string(&TemplateRow::of(template))
                .map_err(|_| StoreError::Corrupt("template.body"))?;
            unit.run(
                "INSERT INTO template (channel_id, name, language, body, fetched_at) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT (channel_id, name, language) DO NOTHING",
                vec![
                    blob(channel.bytes()),
                    template.name.as_str().into(),
                    template.language.as_str().into(),
                    body.into(),
                    now.0.into(),
                ],
            );
        }
        Ok(())
    }

    /// # Errors
    /// What the engine says.
    pub async fn templates(&self, channel: ChannelId) -> Result<Vec<Template>, StoreError> {
        let sql =
            "SELECT body FROM template WHERE channel_id = $1 ORDER BY name, language LIMIT 1000";
        let rows = self.db.query(sql, vec![blob(channel.bytes())]).await?;
        rows.iter().map(|row| template_of(row.text(0)?)).collect()
    }

    /// # Errors
    /// What the engine says.
    pub async fn lookup_template(
        &self,
        channel: ChannelId,
        name: &str,
        language: &str,
    ) -> Result<Option<Template>, StoreError> {
        let sql = "SELECT body FROM template WHERE channel_id = $1 AND name = $2 AND language = $3";
        let params = vec![blob(channel.bytes()), name.into(), language.into()];
        let row = self.db.query_opt(sql, params).await?;
        row.map(|row| template_of(row.text(0)?)).transpose()
    }
}

#[derive(Serialize, Deserialize)]
struct TemplateRow {
    name: String,
    language: String,
    category: String,
    status: String,
    header: Option<HeaderRow>,
    body: String,
    footer: Option<String>,
    buttons: Vec<(String, String, bool)>,
    parameters: Vec<String>,
    named: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum HeaderRow {
    Text {
        text: String,
        parameters: Vec<String>,
    },
    Media(String),
    Location,
}

impl TemplateRow {
    fn of(template: &Template) -> Self {
        Self {
            name: template.name.clone(),
            language: template.language.clone(),
            category: template.category.as_str().to_owned(),
            status: template.status.clone(),
            header: template.header.as_ref().map(|header| match header {
                TemplateHeader::Text { text, parameters } => HeaderRow::Text {
                    text: text.clone(),
                    parameters: parameters.clone(),
                },
                TemplateHeader::Media(kind) => HeaderRow::Media(kind.as_str().to_owned()),
                TemplateHeader::Location => HeaderRow::Location,
            }),
            body: template.body.clone(),
            footer: template.footer.clone(),
            buttons: template
                .buttons
                .iter()
                .map(|button| {
                    (
                        button.kind.clone(),
                        button.text.clone(),
                        button.takes_parameter,
                    )
                })
                .collect(),
            parameters: template.body_parameters.clone(),
            named: template.named,
        }
    }
}

fn template_of(body: &str) -> Result<Template, StoreError> {
    let row: TemplateRow =
        serde_json::from_str(body).map_err(|_| StoreError::Corrupt("template.body"))?;
    Ok(Template {
        name: row.name,
        language: row.language,
        category: TemplateCategory::parse(&row.category),
        status: row.status,
        header: row.header.map(|header| match header {
            HeaderRow::Text { text, parameters } => TemplateHeader::Text { text, parameters },
            HeaderRow::Media(kind) => {
                TemplateHeader::Media(MediaKind::parse(&kind).unwrap_or(MediaKind::File))
            }
            HeaderRow::Location => TemplateHeader::Location,
        }),
        body: row.body,
        footer: row.footer,
        buttons: row
            .buttons
            .into_iter()
            .map(|(kind, text, takes_parameter)| TemplateButtonSpec {
                kind,
                text,
                takes_parameter,
            })
            .collect(),
        body_parameters: row.parameters,
        named: row.named,
    })
}
