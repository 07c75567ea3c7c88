//! Purposes and notices as the company publishes them. What was published never changes: another
//! word is another version, with a digest of its own.

use std::collections::BTreeSet;

use domain::access::Access;
use domain::channel::ChannelKind;
use domain::consent::{
    Expiry, NoticeId, NoticeMark, Purpose, PurposeClass, UNUSED_MONTHS_MAX, dpv,
};
use domain::limits;
use i18n::Language;
use proof::{Controller, Notice, Recipient, Transfer, Version, Withdrawal};
use store::{Company, ConsentNotice, Guard, Privacy, StoredPurpose, Unit};

use super::Shown;
use crate::identity::check_signs;
use crate::{App, AppError, FieldProblem};

const CODE_CHARS_MAX: usize = 64;
/// With buttons a message holds about a thousand characters, and the question needs some of them.
const TEXT_CHARS_MAX: usize = 700;
/// Years for which a proof is kept, as the notice promises it.
const PROOF_KEPT: &str = "P5Y";

pub struct PurposeInput {
    /// Stable: `marketing.news`.
    pub code: String,
    pub class: PurposeClass,
    /// As people read it.
    pub name: String,
    /// After so many months without use it ends; `None`: the rule of its class.
    pub unused_months: Option<u8>,
}

/// Somebody who receives data, or a country it goes to: a short name and the words for it.
#[derive(Clone)]
pub struct Party {
    pub id: String,
    pub name: String,
}

pub struct NoticeText {
    pub language: Language,
    pub text: String,
    /// How to withdraw.
    pub withdrawal: String,
}

pub struct NoticeInput {
    pub purpose: String,
    pub channels: Vec<ChannelKind>,
    /// Whose advertising; absent: the company's.
    pub advertiser: Option<String>,
    pub product_scope: String,
    /// Everybody who receives data for it.
    pub recipients: Vec<Party>,
    /// Countries outside, each with the ground on which data goes there.
    pub transfers: Vec<Party>,
    pub personal_data: Vec<String>,
    pub texts: Vec<NoticeText>,
}

/// One published notice, opened.
pub struct PublishedNotice {
    pub stored: ConsentNotice,
    pub document: Notice,
}

impl App {
    /// # Errors
    /// What the store says.
    pub async fn purposes(&self, _access: &Access) -> Result<Vec<StoredPurpose>, AppError> {
        Ok(self.store.purposes().await?)
    }

    /// # Errors
    /// [`AppError::Invalid`]; [`AppError::Conflict`] when the code is taken.
    pub async fn add_purpose(
        &self,
        _access: &Access,
        input: &PurposeInput,
    ) -> Result<StoredPurpose, AppError> {
        let problems: Vec<FieldProblem> = [
            check_code(&input.code),
            check_words("name", &input.name, limits::NAME_CHARS_MAX),
            check_months(input.unused_months),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !problems.is_empty() {
            return Err(AppError::Invalid(problems));
        }
        let mut purpose = Purpose::new(input.code.clone(), input.class);
        if let (Some(months), Expiry::Unused { .. }) = (input.unused_months, purpose.expiry) {
            purpose.expiry = Expiry::Unused { months };
        }
        let new = StoredPurpose {
            purpose,
            name: input.name.trim().to_owned(),
            created_at: self.now(),
        };
        let mut unit = Unit::new();
        self.store.add_purpose(&mut unit, &new);
        match self.store.commit(unit).await.map_err(AppError::from) {
            Err(error) if error.is_guard(Guard::Notice) => Err(AppError::Conflict("purpose_taken")),
            Err(error) => Err(error),
            Ok(()) => Ok(new),
        }
    }

    /// Every notice that was ever published, the oldest first.
    ///
    /// # Errors
    /// What the store says.
    pub async fn consent_notices(
        &self,
        _access: &Access,
    ) -> Result<Vec<PublishedNotice>, AppError> {
        let notices = self.store.consent_notices().await?;
        notices
            .into_iter()
            .map(|stored| {
                let Shown {
                    stored, document, ..
                } = Shown::of(stored)?;
                Ok(PublishedNotice { stored, document })
            })
            .collect()
    }

    /// Publishes the next version, in every language at once.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with every field that needs another value.
    pub async fn publish_consent_notice(
        &self,
        _access: &Access,
        input: &NoticeInput,
    ) -> Result<Vec<PublishedNotice>, AppError> {
        check_notice(input)?;
        let purpose = self.wanted_purpose(&input.purpose).await?;
        self.retry(|| async {
            let company = self.store.company().await?.ok_or(AppError::NotFound)?;
            let privacy = self.store.privacy().await?.ok_or(AppError::NotFound)?;
            let before = self.store.notices_in_force(&input.purpose).await?;
            let before = before.into_iter().next().map(Shown::of).transpose()?;
            let version = before.as_ref().map_or(1, |shown| shown.stored.version + 1);
            let mut unit = Unit::new();
            let mut published = Vec::new();
            for text in &input.texts {
                let about = (&company, &privacy, &purpose.purpose);
                let document = self.document(input, text, about, version);
                let stored = self.notice_of(&document, before.as_ref(), version)?;
                self.store.add_consent_notice(&mut unit, &stored).await?;
                published.push(PublishedNotice { stored, document });
            }
            self.store.commit(unit).await?;
            Ok(published)
        })
        .await
    }

    fn notice_of(
        &self,
        document: &Notice,
        before: Option<&Shown>,
        version: i64,
    ) -> Result<ConsentNotice, AppError> {
        let empty = |_| AppError::invalid("texts", "field-required");
        let bytes = document.bytes().map_err(empty)?;
        let id = NoticeId(document.hash().map_err(empty)?.0);
        let stored = ConsentNotice {
            mark: NoticeMark { id, material: 1 },
            purpose: document.code.clone(),
            version,
            locale: document.locale.clone(),
            document: bytes,
            created_at: self.now(),
        };
        let Some(before) = before else {
            return Ok(stored);
        };
        let mut shown = Shown::of(stored)?;
        let highest = before.terms.mark.material;
        shown.stored.mark.material = shown.terms.material_after(&before.terms, highest);
        Ok(shown.stored)
    }

    /// The document of one language: what the company says, and what is true of this house.
    fn document(
        &self,
        input: &NoticeInput,
        text: &NoticeText,
        (company, privacy, purpose): (&Company, &Privacy, &Purpose),
        version: i64,
    ) -> Notice {
        let own = || Recipient {
            id: "company".to_owned(),
            name: company.name.clone(),
        };
        let recipients: Vec<Recipient> = input
            .recipients
            .iter()
            .map(|party| Recipient {
                id: party.id.trim().to_owned(),
                name: party.name.trim().to_owned(),
            })
            .collect();
        let transfers = input.transfers.iter().map(|party| Transfer {
            basis: party.name.trim().to_owned(),
            country: party.id.trim().to_owned(),
        });
        let jurisdiction = jurisdiction(company);
        let personal_data = match input.personal_data.as_slice() {
            [] => vec!["pd:CommunicationsMetadata".to_owned()],
            given => given.to_vec(),
        };
        Notice {
            advertiser: input
                .advertiser
                .as_ref()
                .unwrap_or(&company.name)
                .trim()
                .to_owned(),
            channels: input
                .channels
                .iter()
                .map(|kind| kind.as_str().to_owned())
                .collect(),
            code: input.purpose.clone(),
            controller: Controller {
                address: privacy.contact_email.clone(),
                id: "company".to_owned(),
                name: privacy.controller.clone(),
            },
            storage: jurisdiction.clone(),
            jurisdiction,
            legal_basis: "eu-gdpr:A6-1-a".to_owned(),
            locale: text.language.as_str().to_owned(),
            min_age: None,
            product_scope: input.product_scope.trim().to_owned(),
            purposes: vec![proof::Purpose {
                code: input.purpose.clone(),
                dpv: dpv::of_purpose(purpose.class).to_owned(),
                personal_data,
            }],
            recipients: if recipients.is_empty() {
                vec![own()]
            } else {
                recipients
            },
            retention: PROOF_KEPT.to_owned(),
            screens: Vec::new(),
            text: text.text.trim().to_owned(),
            transfers: transfers.collect(),
            v: Version,
            validity: validity(purpose),
            version: u32::try_from(version).unwrap_or(u32::MAX),
            withdrawal: Withdrawal {
                text: text.withdrawal.trim().to_owned(),
                url: self.settings.public_url.clone(),
            },
        }
    }
}

fn jurisdiction(company: &Company) -> String {
    let country = company.country.as_deref().unwrap_or("DE");
    let is_code = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
    format!("loc:{}", if is_code { country } else { "DE" })
}

fn validity(purpose: &Purpose) -> String {
    let months = match purpose.expiry {
        Expiry::Unused { months } => months,
        Expiry::Once | Expiry::AfterCase { .. } => UNUSED_MONTHS_MAX,
    };
    format!("P{months}M")
}

/// What no purpose can be called is not looked for.
pub(super) fn may_be_code(code: &str) -> bool {
    check_code(code).is_none()
}

fn check_code(code: &str) -> Option<FieldProblem> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let fits = (1..=CODE_CHARS_MAX).contains(&code.len())
        && code
            .bytes()
            .all(|byte| plain(byte) || b"._-".contains(&byte))
        && code.bytes().next().is_some_and(plain);
    (!fits).then(|| FieldProblem::new("code", "field-slug").with("max", CODE_CHARS_MAX))
}

fn check_months(months: Option<u8>) -> Option<FieldProblem> {
    let fits = months.is_none_or(|months| (1..=UNUSED_MONTHS_MAX).contains(&months));
    (!fits).then(|| {
        FieldProblem::new("unused_months", "field-range")
            .with("min", 1)
            .with("max", UNUSED_MONTHS_MAX)
    })
}

fn check_words(field: impl Into<String>, text: &str, max: usize) -> Option<FieldProblem> {
    let field = field.into();
    if text.trim().is_empty() {
        return Some(FieldProblem::new(field, "field-required"));
    }
    if text.chars().count() > max {
        return Some(FieldProblem::new(field, "field-too-long").with("max", max));
    }
    check_signs(&field, text)
}

fn check_notice(input: &NoticeInput) -> Result<(), AppError> {
    const PARTIES_MAX: usize = 50;
    let name = limits::NAME_CHARS_MAX;
    let mut problems: Vec<FieldProblem> = Vec::new();
    problems.extend(check_words("product_scope", &input.product_scope, name));
    if let Some(advertiser) = &input.advertiser {
        problems.extend(check_words("advertiser", advertiser, name));
    }
    if input.channels.is_empty() {
        problems.push(FieldProblem::new("channels", "field-required"));
    }
    let parties = [
        ("recipients", &input.recipients),
        ("transfers", &input.transfers),
    ];
    for (field, list) in parties {
        if list.len() > PARTIES_MAX {
            problems.push(FieldProblem::new(field, "field-count").with("max", PARTIES_MAX));
        }
        for (place, party) in list.iter().take(PARTIES_MAX).enumerate() {
            problems.extend(check_words(format!("{field}.{place}.id"), &party.id, name));
            problems.extend(check_words(
                format!("{field}.{place}.name"),
                &party.name,
                name,
            ));
        }
    }
    for (place, term) in input.personal_data.iter().take(PARTIES_MAX).enumerate() {
        problems.extend(check_words(format!("personal_data.{place}"), term, name));
    }
    if input.personal_data.len() > PARTIES_MAX {
        problems.push(FieldProblem::new("personal_data", "field-count").with("max", PARTIES_MAX));
    }
    for (place, text) in input.texts.iter().take(Language::ALL.len()).enumerate() {
        let field = |name: &str| format!("texts.{place}.{name}");
        problems.extend(check_words(field("text"), &text.text, TEXT_CHARS_MAX));
        problems.extend(check_words(
            field("withdrawal"),
            &text.withdrawal,
            TEXT_CHARS_MAX,
        ));
    }
    let languages: BTreeSet<&str> = input
        .texts
        .iter()
        .map(|text| text.language.as_str())
        .collect();
    if input.texts.is_empty() || languages.len() != input.texts.len() {
        problems.push(FieldProblem::new("texts", "field-required"));
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(AppError::Invalid(problems))
    }
}
