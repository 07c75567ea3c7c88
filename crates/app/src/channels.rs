//! Channels and the doors to the own chat.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use domain::access::Access;
use domain::channel::{ChannelKind, ChannelState};
use domain::{ChannelId, EntryId, JobId, Pii, Timestamp};
use ports::Settings;
use store::{Channel, Entry, FeedKind, Guard, JobKind, NewJob, Unit};

use crate::identity::check_name;
use crate::{App, AppError, FieldProblem, Once};

pub struct NewChannelInput {
    pub kind: ChannelKind,
    pub name: String,
    pub settings: Settings,
}

#[derive(Default)]
pub struct ChannelChange {
    pub name: Option<String>,
    pub state: Option<ChannelState>,
    /// Only the named settings change.
    pub settings: Settings,
}

pub struct EntryInput {
    pub channel: ChannelId,
    pub slug: String,
    pub title: String,
    pub locale: String,
    pub allowed_origins: Vec<String>,
}

/// Only what is named changes; the name in the address never does, it is printed on posters.
#[derive(Default)]
pub struct EntryChange {
    pub title: Option<String>,
    pub locale: Option<String>,
    pub allowed_origins: Option<Vec<String>>,
}

/// Callbacks ask for their channel thousands of times a second, and it changes a few times a
/// year; this process is the only writer.
#[derive(Default)]
pub(crate) struct ChannelCache(Mutex<HashMap<ChannelId, Arc<Channel>>>);

impl ChannelCache {
    fn get(&self, id: ChannelId) -> Option<Arc<Channel>> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .get(&id)
            .cloned()
    }

    fn put(&self, channel: Arc<Channel>) {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(channel.id, channel);
    }

    fn forget(&self, id: ChannelId) {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .remove(&id);
    }
}

/// A delivery that waits for longer is told on the channel's card.
const STUCK_AFTER_MS: i64 = domain::time::MINUTE_MS;

/// Characters of an entry's name in the address.
const SLUG_MAX: usize = 40;

pub(crate) fn check_slug(field: &str, slug: &str) -> Option<FieldProblem> {
    let fits = (1..=SLUG_MAX).contains(&slug.len())
        && slug
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !slug.starts_with('-')
        && !slug.ends_with('-');
    (!fits).then(|| FieldProblem::new(field, "field-slug").with("max", SLUG_MAX))
}

/// An origin as a browser writes it: scheme, host, optional port, nothing else.
fn check_origin(origin: &str) -> Option<FieldProblem> {
    let rest = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"));
    let fits = rest.is_some_and(|host| {
        !host.is_empty()
            && host.len() <= 253
            && host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-.:[]".contains(&b))
    });
    (!fits).then(|| FieldProblem::new("allowed_origins", "field-origin"))
}

/// Sites one entry may name.
const ORIGINS_MAX: usize = 50;

/// At most one problem: a page shows it beside the one field.
fn check_origins(origins: &[String]) -> Option<FieldProblem> {
    if origins.len() > ORIGINS_MAX {
        return Some(FieldProblem::new("allowed_origins", "field-count").with("max", ORIGINS_MAX));
    }
    origins.iter().find_map(|origin| check_origin(origin))
}

impl App {
    /// # Errors
    /// What the store says.
    pub async fn channels(&self, _access: &Access) -> Result<Vec<Channel>, AppError> {
        Ok(self.store.channels().await?)
    }

    /// The channels on which the oldest delivery waits longer than it should, and since when.
    ///
    /// # Errors
    /// What the store says.
    pub async fn stuck_channels(
        &self,
        _access: &Access,
    ) -> Result<HashMap<ChannelId, Timestamp>, AppError> {
        let late = self.now().plus_ms(-STUCK_AFTER_MS);
        let waiting = self.store.waiting_deliveries().await?;
        Ok(waiting.into_iter().filter(|(_, at)| *at < late).collect())
    }

    /// # Errors
    /// What the store says.
    pub async fn channel(&self, id: ChannelId) -> Result<Option<Arc<Channel>>, AppError> {
        if let Some(channel) = self.channel_cache.get(id) {
            return Ok(Some(channel));
        }
        let channel = self.store.lookup_channel(id).await?.map(Arc::new);
        if let Some(channel) = &channel {
            self.channel_cache.put(Arc::clone(channel));
        }
        Ok(channel)
    }

    /// # Errors
    /// [`AppError::Invalid`] with every setting that needs another value.
    pub async fn add_channel(
        &self,
        _access: &Access,
        input: NewChannelInput,
        once: Option<&Once>,
    ) -> Result<Channel, AppError> {
        if let Some(made) = self.made_before(once, "channel").await? {
            let id = ChannelId::from_bytes(made);
            return self
                .store
                .lookup_channel(id)
                .await?
                .ok_or(AppError::NotFound);
        }
        let mut problems: Vec<FieldProblem> = check_name("name", &Pii::from(input.name.as_str()))
            .into_iter()
            .collect();
        let connector = self
            .registry
            .get(input.kind)
            .ok_or_else(|| AppError::Internal("a kind without its connector".into()))?;
        problems.extend(setting_problems(connector.check_settings(&input.settings)));
        problems.extend(
            self.destination_problem(connector.destination(&input.settings), &input.settings),
        );
        if !problems.is_empty() {
            return Err(AppError::Invalid(problems));
        }
        let now = self.now();
        let channel = Channel {
            id: ChannelId::from_bytes(self.fresh()),
            kind: input.kind,
            state: ChannelState::Active,
            name: input.name.trim().to_owned(),
            settings: input.settings,
            trouble: None,
            created_at: now,
            version: 1,
        };
        let mut unit = Unit::new();
        self.claim(&mut unit, once, "channel", channel.id.bytes());
        self.store.add_channel(&mut unit, &channel).await?;
        self.store
            .feed_subject(&mut unit, FeedKind::ChannelUpdated, channel.id.bytes(), now);
        if connector.capabilities().templates {
            self.store
                .add_job(&mut unit, &self.template_job(channel.id));
        }
        self.store.commit(unit).await?;
        Ok(channel)
    }

    /// A destination that was named just now and is never called. The guard looks again at every
    /// call: what a name stands for changes.
    fn destination_problem(
        &self,
        destination: Option<(String, &str)>,
        named: &Settings,
    ) -> Option<FieldProblem> {
        let (url, _) = destination?;
        let (name, _) = named
            .iter()
            .find(|(_, values)| values.contains(&url.as_str()))?;
        self.net.check(&url).err()?;
        Some(FieldProblem::new(
            format!("settings.{name}"),
            "setting-never-called",
        ))
    }

    pub(crate) fn template_job(&self, channel: ChannelId) -> NewJob {
        let now = self.now();
        NewJob {
            id: JobId::from_bytes(self.fresh()),
            kind: JobKind::SyncTemplates,
            lane: channel.bytes(),
            subject: channel.bytes(),
            now,
        }
    }

    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Invalid`].
    pub async fn change_channel(
        &self,
        _access: &Access,
        id: ChannelId,
        change: &ChannelChange,
    ) -> Result<Channel, AppError> {
        self.retry(|| async {
            let mut channel = self
                .store
                .lookup_channel(id)
                .await?
                .ok_or(AppError::NotFound)?;
            let connector = self
                .registry
                .get(channel.kind)
                .ok_or_else(|| AppError::Internal("connector".into()))?;
            if let Some(name) = &change.name {
                if let Some(problem) = check_name("name", &Pii::from(name.as_str())) {
                    return Err(AppError::Invalid(vec![problem]));
                }
                name.trim().clone_into(&mut channel.name);
            }
            let before = connector.destination(&channel.settings);
            for (name, values) in change.settings.iter() {
                channel
                    .settings
                    .set(name, values.into_iter().map(str::to_owned).collect());
            }
            let mut problems = setting_problems(connector.check_settings(&channel.settings));
            problems.extend(
                self.destination_problem(
                    connector.destination(&channel.settings),
                    &change.settings,
                ),
            );
            // Secrets are never shown, so who sends one somewhere else must know it.
            if let Some((after, proof)) = connector.destination(&channel.settings)
                && before.is_some_and(|(before, _)| before != after)
                && change.settings.first(proof).is_none()
            {
                let field = format!("settings.{proof}");
                problems.push(FieldProblem::new(field, "setting-again"));
            }
            if !problems.is_empty() {
                return Err(AppError::Invalid(problems));
            }
            channel.state = change.state.unwrap_or(channel.state);
            if channel.state != ChannelState::Broken {
                channel.trouble = None;
            }
            let mut unit = Unit::new();
            self.store.update_channel(&mut unit, &channel).await?;
            self.store
                .feed_subject(&mut unit, FeedKind::ChannelUpdated, id.bytes(), self.now());
            if connector.capabilities().templates {
                self.store.add_job(&mut unit, &self.template_job(id));
            }
            self.store.commit(unit).await?;
            self.channel_cache.forget(id);
            channel.version += 1;
            Ok(channel)
        })
        .await
    }

    /// The provider refused our access or our account: nothing more is tried until a person
    /// acts.
    pub(crate) async fn break_channel(&self, id: ChannelId, reason: &str) -> Result<(), AppError> {
        tracing::warn!(channel_id = %id, reason, "a channel stopped: the provider refused our access");
        self.retry(|| async {
            let Some(mut channel) = self.store.lookup_channel(id).await? else {
                return Ok(());
            };
            if channel.state != ChannelState::Active {
                return Ok(());
            }
            channel.state = ChannelState::Broken;
            channel.trouble = Some(reason.to_owned());
            let mut unit = Unit::new();
            self.store.update_channel(&mut unit, &channel).await?;
            self.store
                .feed_subject(&mut unit, FeedKind::ChannelUpdated, id.bytes(), self.now());
            self.store.commit(unit).await?;
            self.channel_cache.forget(id);
            Ok(())
        })
        .await
    }

    /// How a channel's settings may be shown.
    #[must_use]
    pub fn shown_settings(&self, channel: &Channel) -> Vec<(String, ports::Presented)> {
        self.registry
            .get(channel.kind)
            .map(|connector| connector.present_settings(&channel.settings))
            .unwrap_or_default()
    }

    /// Who learns what on this kind of channel, as a catalogue key.
    #[must_use]
    pub fn privacy_label(&self, kind: ChannelKind) -> Option<&'static str> {
        self.registry
            .get(kind)
            .map(|connector| connector.capabilities().privacy_label)
    }

    /// Whether a provider calls us back on this kind of channel.
    #[must_use]
    pub fn takes_callbacks(&self, kind: ChannelKind) -> bool {
        self.registry
            .get(kind)
            .is_some_and(|connector| connector.takes_callbacks())
    }

    /// # Errors
    /// What the store says.
    pub async fn entries(&self, _access: &Access) -> Result<Vec<Entry>, AppError> {
        Ok(self.store.entries().await?)
    }

    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn entry(&self, _access: &Access, id: EntryId) -> Result<Entry, AppError> {
        self.store
            .lookup_entry_by_id(id)
            .await?
            .ok_or(AppError::NotFound)
    }

    /// The door a customer stands at.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn entry_by_slug(&self, slug: &str) -> Result<Entry, AppError> {
        // What no entry can be called is not worth a question, and some of it no database takes.
        if check_slug("slug", slug).is_some() {
            return Err(AppError::NotFound);
        }
        self.store
            .lookup_entry(slug)
            .await?
            .ok_or(AppError::NotFound)
    }

    /// # Errors
    /// [`AppError::Invalid`], [`AppError::Conflict`] for a taken slug.
    pub async fn add_entry(
        &self,
        _access: &Access,
        input: EntryInput,
        once: Option<&Once>,
    ) -> Result<Entry, AppError> {
        if let Some(made) = self.made_before(once, "entry").await? {
            let id = EntryId::from_bytes(made);
            return self
                .store
                .lookup_entry_by_id(id)
                .await?
                .ok_or(AppError::NotFound);
        }
        let mut problems: Vec<FieldProblem> = [
            check_slug("slug", &input.slug),
            check_name("title", &Pii::from(input.title.as_str())),
        ]
        .into_iter()
        .flatten()
        .collect();
        problems.extend(check_origins(&input.allowed_origins));
        match self.channel(input.channel).await? {
            Some(channel) if channel.kind == ChannelKind::Webchat => {}
            _ => problems.push(FieldProblem::new(
                "channel_id",
                "problem-channel-unknown-detail",
            )),
        }
        if !problems.is_empty() {
            return Err(AppError::Invalid(problems));
        }
        let entry = Entry {
            id: EntryId::from_bytes(self.fresh()),
            channel: input.channel,
            slug: input.slug,
            locale: input.locale,
            title: input.title.trim().to_owned(),
            allowed_origins: input.allowed_origins,
        };
        let mut unit = Unit::new();
        self.claim(&mut unit, once, "entry", entry.id.bytes());
        self.store.add_entry(&mut unit, &entry, self.now()).await?;
        match self.store.commit(unit).await.map_err(AppError::from) {
            Err(error) if error.is_guard(Guard::SlugFree) => Err(AppError::Conflict("slug_taken")),
            Err(error) => Err(error),
            Ok(()) => Ok(entry),
        }
    }

    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Invalid`].
    pub async fn change_entry(
        &self,
        _access: &Access,
        id: EntryId,
        change: &EntryChange,
    ) -> Result<Entry, AppError> {
        let problems: Vec<FieldProblem> = [
            change
                .title
                .as_deref()
                .and_then(|title| check_name("title", &Pii::from(title))),
            change.allowed_origins.as_deref().and_then(check_origins),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !problems.is_empty() {
            return Err(AppError::Invalid(problems));
        }
        let mut entry = self
            .store
            .lookup_entry_by_id(id)
            .await?
            .ok_or(AppError::NotFound)?;
        if let Some(title) = &change.title {
            title.trim().clone_into(&mut entry.title);
        }
        if let Some(locale) = &change.locale {
            entry.locale.clone_from(locale);
        }
        if let Some(origins) = &change.allowed_origins {
            entry.allowed_origins.clone_from(origins);
        }
        let mut unit = Unit::new();
        self.store.update_entry(&mut unit, &entry).await?;
        self.store.feed_subject(
            &mut unit,
            FeedKind::ChannelUpdated,
            entry.channel.bytes(),
            self.now(),
        );
        self.store.commit(unit).await?;
        Ok(entry)
    }
}

fn setting_problems(checked: Result<(), Vec<ports::SettingError>>) -> Vec<FieldProblem> {
    checked
        .err()
        .unwrap_or_default()
        .into_iter()
        .map(|error| FieldProblem::new(format!("settings.{}", error.name), error.key))
        .collect()
}
