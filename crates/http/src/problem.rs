//! One envelope for everything that goes wrong (RFC 9457), in the reader's language.

use app::{AppError, FieldProblem};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::gate::Reason;
use i18n::Language;
use serde::Serialize;
use std::collections::BTreeMap;
use store::StoreError;
use utoipa::ToSchema;

use crate::dto::ReasonDto;

/// A problem as it is sent: `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    /// Stable.
    pub code: String,
    /// What happened, what it means, what can be done.
    pub detail: String,
    /// Why the send gate refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<ReasonDto>,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

/// A problem on its way out.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    body: Box<ProblemBody>,
    retry_after: Option<u32>,
}

/// Seconds after which a full or slow house is worth another try.
const RETRY_SOON: u32 = 2;
/// Somebody has to make room first.
const RETRY_WHEN_FULL: u32 = 30;
const RETRY_AFTER_FAILURES: u32 = 900;

impl Problem {
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    #[must_use]
    pub fn new(status: StatusCode, code: &str, language: Language) -> Self {
        Self::with(status, code, language, &[])
    }

    #[must_use]
    pub fn with(
        status: StatusCode,
        code: &str,
        language: Language,
        arguments: &[(&str, String)],
    ) -> Self {
        let key = format!("problem-{}", code.replace('_', "-"));
        let text = |key: &str| i18n::text_with(language, key, arguments);
        Self {
            status,
            body: Box::new(ProblemBody {
                kind: "about:blank".to_owned(),
                title: text(&key),
                status: status.as_u16(),
                code: code.to_owned(),
                detail: text(&format!("{key}-detail")),
                reasons: Vec::new(),
                fields: BTreeMap::new(),
            }),
            retry_after: None,
        }
    }

    #[must_use]
    pub fn not_found(language: Language) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", language)
    }

    #[must_use]
    pub fn malformed(language: Language) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", language)
    }

    /// One field that cannot be used.
    #[must_use]
    pub fn field(field: &str, key: &'static str, language: Language) -> Self {
        Self::invalid(&[FieldProblem::new(field, key)], language)
    }

    #[must_use]
    pub fn invalid(problems: &[FieldProblem], language: Language) -> Self {
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", language);
        for found in problems {
            let mut arguments = found.arguments.clone();
            if let Some(name) = found.field.strip_prefix("settings.") {
                arguments.push(("name", name.to_owned()));
            }
            let text = i18n::text_with(language, found.key, &arguments);
            problem.body.fields.insert(found.field.clone(), text);
        }
        problem
    }

    #[must_use]
    pub fn of(error: AppError, language: Language) -> Self {
        match error {
            AppError::NotFound => Self::not_found(language),
            AppError::Unauthorized(code) => Self::unauthorized(code, language),
            AppError::CodeNeeded => Self::new(StatusCode::FORBIDDEN, "code_needed", language),
            AppError::Restricted => Self::new(StatusCode::FORBIDDEN, "restricted", language),
            AppError::Denied(_) => Self::new(StatusCode::FORBIDDEN, "forbidden", language),
            AppError::Invalid(problems) => Self::invalid(&problems, language),
            AppError::Refused(reasons) => Self::refused(&reasons, language),
            AppError::Conflict("changed_meanwhile") => {
                Self::new(StatusCode::CONFLICT, "conflict", language)
            }
            AppError::Conflict(code) => Self::new(StatusCode::CONFLICT, code, language),
            AppError::TooLarge { max_bytes } => Self::too_large(max_bytes, language),
            AppError::RateLimited => Self::rate_limited(RETRY_AFTER_FAILURES, language),
            AppError::Crowded => Self::crowded(language),
            AppError::StorageFull => {
                Self::new(StatusCode::INSUFFICIENT_STORAGE, "storage_full", language)
            }
            AppError::Store(error) => Self::of_store(&error, language),
            AppError::Files(reason) | AppError::Internal(reason) => {
                Self::internal(&reason, language)
            }
        }
    }

    /// The house has all hands full; it is worth another try soon.
    #[must_use]
    pub fn busy(language: Language) -> Self {
        let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", language);
        problem.retry_after = Some(RETRY_SOON);
        problem
    }

    fn of_store(error: &StoreError, language: Language) -> Self {
        match error {
            StoreError::Busy
            | StoreError::Unavailable
            | StoreError::Unknown
            | StoreError::Stale(_) => {
                tracing::warn!(error = %error, "a request waits for the database");
                Self::busy(language)
            }
            StoreError::Full => {
                tracing::error!(error = %error, "a request was refused");
                let status = StatusCode::INSUFFICIENT_STORAGE;
                let mut problem = Self::new(status, "disk_full", language);
                problem.retry_after = Some(RETRY_WHEN_FULL);
                problem
            }
            other => Self::internal(&other.to_string(), language),
        }
    }

    fn internal(reason: &str, language: Language) -> Self {
        tracing::error!(error = reason, "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", language)
    }

    #[must_use]
    pub fn too_large(max_bytes: usize, language: Language) -> Self {
        let max = [("max_bytes", max_bytes.to_string())];
        Self::with(StatusCode::PAYLOAD_TOO_LARGE, "too_large", language, &max)
    }

    #[must_use]
    pub fn rate_limited(seconds: u32, language: Language) -> Self {
        let arguments = [("seconds", seconds.to_string())];
        let mut problem = Self::with(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limited",
            language,
            &arguments,
        );
        problem.retry_after = Some(seconds);
        problem
    }

    /// Others are in front of the asker, who did nothing wrong.
    fn crowded(language: Language) -> Self {
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "crowded", language);
        problem.retry_after = Some(RETRY_SOON);
        problem
    }

    #[must_use]
    pub fn unauthorized(code: &str, language: Language) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, language)
    }

    fn refused(reasons: &[Reason], language: Language) -> Self {
        let mut problem = Self::new(StatusCode::CONFLICT, "send_refused", language);
        problem.body.reasons = reasons
            .iter()
            .map(|reason| explain(reason, language))
            .collect();
        problem
    }
}

/// A reason of the gate in words.
#[must_use]
pub fn explain(reason: &Reason, language: Language) -> ReasonDto {
    let key = format!("gate-{}", reason.code.replace('_', "-"));
    ReasonDto {
        code: reason.code.to_owned(),
        explanation: i18n::text_with(language, &key, &reason.arguments),
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.body).unwrap_or_else(|_| b"{}".to_vec());
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_asks_to_come_back() {
        for error in [
            StoreError::Busy,
            StoreError::Unavailable,
            StoreError::Unknown,
        ] {
            let answer = Problem::of(error.into(), Language::En).into_response();
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert!(answer.headers().contains_key(header::RETRY_AFTER));
        }
    }

    #[test]
    fn a_full_disk_is_told_as_such() {
        let answer = Problem::of(StoreError::Full.into(), Language::En).into_response();
        assert_eq!(answer.status(), StatusCode::INSUFFICIENT_STORAGE);
        assert!(answer.headers().contains_key(header::RETRY_AFTER));
    }
}
