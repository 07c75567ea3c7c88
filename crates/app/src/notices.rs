//! The information notice: who reads, what for, how long. Its text is kept for ever by version.

use i18n::Language;
use store::{Company, Notice, Privacy, Unit};

use crate::{App, AppError};

pub(crate) const LANGUAGES: [Language; 2] = [Language::De, Language::En];

fn arguments(company: &Company, privacy: &Privacy) -> Vec<(&'static str, String)> {
    vec![
        ("company", company.name.clone()),
        ("controller", privacy.controller.clone()),
        ("contact_email", privacy.contact_email.clone()),
        ("retention_days", privacy.retention_days.to_string()),
    ]
}

impl App {
    /// Writes the next version of the notice in every language.
    pub(crate) async fn publish_notice(
        &self,
        unit: &mut Unit,
        company: &Company,
        privacy: &Privacy,
    ) -> Result<i64, AppError> {
        let version = self.store.latest_notice_version().await? + 1;
        // From now on something may have to be proved, and a proof names who gives it.
        self.ledger_name().await?;
        let arguments = arguments(company, privacy);
        for language in LANGUAGES {
            let notice = Notice {
                version,
                locale: language.as_str().to_owned(),
                text: i18n::text(language, "notice-text", &borrowed(&arguments)),
            };
            self.store.add_notice(unit, &notice, self.now()).await?;
        }
        Ok(version)
    }

    /// The notice that is shown now, and its summary in one sentence.
    ///
    /// # Errors
    /// [`AppError::NotFound`] before the set-up is done.
    pub async fn current_notice(&self, language: Language) -> Result<(Notice, String), AppError> {
        let version = self.store.latest_notice_version().await?;
        let notice = self
            .store
            .lookup_notice(version, language.as_str())
            .await?
            .ok_or(AppError::NotFound)?;
        let company = self.store.company().await?.ok_or(AppError::NotFound)?;
        let privacy = self.store.privacy().await?.ok_or(AppError::NotFound)?;
        let arguments = arguments(&company, &privacy);
        let summary = i18n::text(language, "notice-summary", &borrowed(&arguments));
        Ok((notice, summary))
    }

    /// # Errors
    /// [`AppError::NotFound`] for a version that never was.
    pub async fn notice(&self, version: i64, language: Language) -> Result<Notice, AppError> {
        self.store
            .lookup_notice(version, language.as_str())
            .await?
            .ok_or(AppError::NotFound)
    }
}

fn borrowed<'a>(arguments: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    arguments
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}
