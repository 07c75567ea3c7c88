//! The first start: a company, an owner, the own chat, the notice.

use domain::access::Access;
use domain::channel::{ChannelKind, ChannelState};
use domain::teammate::Role;
use domain::{ChannelId, EntryId, Pii, limits};
use i18n::Language;
use store::{Channel, Company, Entry, Guard, Privacy, Unit};
use url::Url;
use vault::{Token, constant_time_equal, digest};

use crate::channels::check_slug;
use crate::identity::{check_email, check_name};
use crate::{App, AppError, FieldProblem, IssuedSession, NewTeammateInput};

/// Ten years.
const RETENTION_DAYS_MAX: i64 = 3_650;
/// Of a web address that customers follow.
const ADDRESS_CHARS_MAX: usize = 500;

pub struct SetupInput {
    pub token: Pii<String>,
    pub company: String,
    pub country: Option<String>,
    pub imprint_url: Option<String>,
    pub language: Language,
    pub owner: NewTeammateInput,
    pub slug: String,
    pub title: String,
    pub controller: String,
    pub contact_email: Pii<String>,
    pub retention_days: i64,
}

pub struct SetupOutcome {
    pub session: IssuedSession,
    pub entry: Entry,
}

impl App {
    /// A fresh set-up token while no owner exists; the one before stops working.
    ///
    /// # Errors
    /// What the store says.
    pub async fn open_setup(&self) -> Result<Option<Token>, AppError> {
        if self.store.has_owner().await? {
            return Ok(None);
        }
        let token = Token::from_secret("setup", self.store.ids().secret());
        let mut unit = Unit::new();
        self.store
            .set_setup_digest(&mut unit, digest(token.expose().as_bytes()));
        self.store.commit(unit).await?;
        Ok(Some(token))
    }

    /// # Errors
    /// What the store says.
    pub async fn setup_needed(&self) -> Result<bool, AppError> {
        Ok(!self.store.has_owner().await?)
    }

    /// Does the whole set-up in one unit.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when it was done before, [`AppError::Unauthorized`] for a wrong
    /// token, [`AppError::Invalid`] with every field that needs another value.
    pub async fn set_up(&self, input: SetupInput) -> Result<SetupOutcome, AppError> {
        if !self.setup_needed().await? {
            return Err(AppError::Conflict("setup_done"));
        }
        let stored = self
            .store
            .setup_digest()
            .await?
            .ok_or(AppError::Conflict("setup_done"))?;
        if !constant_time_equal(&digest(input.token.expose().as_bytes()), &stored) {
            return Err(AppError::Unauthorized("setup_token_wrong"));
        }
        check(&input)?;

        let (now, mut unit) = (self.now(), Unit::new());
        let company = company_of(&input);
        let privacy = Privacy {
            controller: input.controller.trim().to_owned(),
            contact_email: input.contact_email.expose().trim().to_owned(),
            retention_days: input.retention_days,
        };
        let channel = Channel {
            id: ChannelId::from_bytes(self.fresh()),
            kind: ChannelKind::Webchat,
            state: ChannelState::Active,
            name: input.title.trim().to_owned(),
            settings: ports::Settings::default(),
            trouble: None,
            created_at: now,
            version: 1,
        };
        let entry = Entry {
            id: EntryId::from_bytes(self.fresh()),
            channel: channel.id,
            slug: input.slug.clone(),
            locale: input.language.as_str().to_owned(),
            title: input.title.trim().to_owned(),
            allowed_origins: Vec::new(),
        };
        self.store.close_setup(&mut unit, &stored);
        self.store.set_company(&mut unit, &company).await?;
        self.store.set_privacy(&mut unit, &privacy).await?;
        self.publish_notice(&mut unit, &company, &privacy).await?;
        self.store.add_channel(&mut unit, &channel).await?;
        self.store.add_entry(&mut unit, &entry, now).await?;
        let owner = self
            .stage_teammate(&mut unit, input.owner, "owner.")
            .await?;
        self.store
            .commit(unit)
            .await
            .map_err(|error| match AppError::from(error) {
                error if error.is_guard(Guard::SetupOpen) => AppError::Conflict("setup_done"),
                error if error.is_guard(Guard::SlugFree) => AppError::Conflict("slug_taken"),
                error if error.is_guard(Guard::EmailFree) => AppError::Conflict("email_taken"),
                error => error,
            })?;
        let teammate = self
            .store
            .lookup_teammate(owner)
            .await?
            .ok_or(AppError::NotFound)?;
        Ok(SetupOutcome {
            session: self.issue_session(teammate).await?,
            entry,
        })
    }

    /// Company and privacy facts for installations that are set up by command line or demo.
    ///
    /// # Errors
    /// What the store says.
    pub async fn describe_company(
        &self,
        company: &Company,
        privacy: &Privacy,
    ) -> Result<(), AppError> {
        let mut unit = Unit::new();
        self.store.set_company(&mut unit, company).await?;
        self.store.set_privacy(&mut unit, privacy).await?;
        self.publish_notice(&mut unit, company, privacy).await?;
        Ok(self.store.commit(unit).await?)
    }
}

/// What may change later; only what is named does.
#[derive(Default)]
pub struct CompanyChange {
    pub name: Option<String>,
    pub country: Option<String>,
    /// Empty takes it away.
    pub imprint_url: Option<String>,
    pub controller: Option<String>,
    pub contact_email: Option<Pii<String>>,
    pub retention_days: Option<i64>,
}

impl App {
    /// Company and notice facts as they are.
    ///
    /// # Errors
    /// [`AppError::NotFound`] before the set-up.
    pub async fn company(&self) -> Result<(Company, Privacy), AppError> {
        let company = self.store.company().await?.ok_or(AppError::NotFound)?;
        let privacy = self.store.privacy().await?.ok_or(AppError::NotFound)?;
        Ok((company, privacy))
    }

    /// Changes them; what customers read becomes a new version of the notice.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with every field that needs another value.
    pub async fn change_company(
        &self,
        _access: &Access,
        change: &CompanyChange,
    ) -> Result<(Company, Privacy), AppError> {
        let (company_before, privacy_before) = self.company().await?;
        let (mut company, mut privacy) = (company_before.clone(), privacy_before.clone());
        let set = |to: &mut String, new: Option<&str>| {
            if let Some(new) = new {
                new.trim().clone_into(to);
            }
        };
        set(&mut company.name, change.name.as_deref());
        if let Some(country) = &change.country {
            company.country = Some(country.trim().to_owned()).filter(|c| !c.is_empty());
        }
        if let Some(address) = &change.imprint_url {
            company.imprint_url = address_of(Some(address));
        }
        set(&mut privacy.controller, change.controller.as_deref());
        let email = change.contact_email.as_ref();
        set(
            &mut privacy.contact_email,
            email.map(|e| e.expose().as_str()),
        );
        privacy.retention_days = change.retention_days.unwrap_or(privacy.retention_days);
        let problems: Vec<FieldProblem> = [
            check_name("name", &Pii::from(company.name.as_str())),
            check_country("country", company.country.as_deref()),
            check_address("imprint_url", company.imprint_url.as_deref()),
            check_name(
                "privacy.controller",
                &Pii::from(privacy.controller.as_str()),
            ),
            check_email(
                "privacy.contact_email",
                &Pii::from(privacy.contact_email.as_str()),
            ),
            check_retention("privacy.retention_days", privacy.retention_days),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !problems.is_empty() {
            return Err(AppError::Invalid(problems));
        }
        let told_before = Company {
            imprint_url: company.imprint_url.clone(),
            ..company_before.clone()
        };
        if company != told_before || privacy != privacy_before {
            self.describe_company(&company, &privacy).await?;
        } else if company != company_before {
            // The imprint stands beside the notice and is no part of it.
            let mut unit = Unit::new();
            self.store.set_company(&mut unit, &company).await?;
            self.store.commit(unit).await?;
        }
        Ok((company, privacy))
    }
}

fn company_of(input: &SetupInput) -> Company {
    Company {
        name: input.company.trim().to_owned(),
        country: input.country.clone(),
        locale: input.language.as_str().to_owned(),
        imprint_url: address_of(input.imprint_url.as_deref()),
    }
}

/// What was typed, or nothing.
fn address_of(typed: Option<&str>) -> Option<String> {
    typed
        .map(str::trim)
        .filter(|address| !address.is_empty())
        .map(str::to_owned)
}

/// Customers follow it: an address on the web, of a host, without anybody's password in it.
fn check_address(field: &str, address: Option<&str>) -> Option<FieldProblem> {
    let address = address?;
    if address.chars().count() > ADDRESS_CHARS_MAX {
        return Some(FieldProblem::new(field, "field-too-long").with("max", ADDRESS_CHARS_MAX));
    }
    let fits = Url::parse(address).is_ok_and(|url| {
        matches!(url.scheme(), "https" | "http")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
    });
    (!fits).then(|| FieldProblem::new(field, "field-web-address"))
}

fn check_country(field: &str, country: Option<&str>) -> Option<FieldProblem> {
    country
        .is_some_and(|c| c.chars().count() > limits::NAME_CHARS_MAX)
        .then(|| FieldProblem::new(field, "field-too-long").with("max", limits::NAME_CHARS_MAX))
}

fn check_retention(field: &str, days: i64) -> Option<FieldProblem> {
    (!(1..=RETENTION_DAYS_MAX).contains(&days)).then(|| {
        FieldProblem::new(field, "field-range")
            .with("min", 1)
            .with("max", RETENTION_DAYS_MAX)
    })
}

fn check(input: &SetupInput) -> Result<(), AppError> {
    let plain = |text: &str| Pii::from(text);
    let problems: Vec<FieldProblem> = [
        check_name("company.name", &plain(&input.company)),
        check_name("chat.title", &plain(&input.title)),
        check_slug("chat.slug", &input.slug),
        check_name("privacy.controller", &plain(&input.controller)),
        check_email("privacy.contact_email", &input.contact_email),
        check_name("owner.name", &input.owner.name),
        check_email("owner.email", &input.owner.email),
        crate::identity::check_password("owner.password", &input.owner.password),
        check_retention("privacy.retention_days", input.retention_days),
        (input.owner.role != Role::Owner)
            .then(|| FieldProblem::new("owner.role", "field-choice").with("choices", "owner")),
        check_country("company.country", input.country.as_deref()),
        check_address(
            "company.imprint_url",
            address_of(input.imprint_url.as_deref()).as_deref(),
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(AppError::Invalid(problems))
    }
}
