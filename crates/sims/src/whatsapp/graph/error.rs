//! Graph errors: the envelope, and the codes a WhatsApp integration meets.

use http::StatusCode;
use serde_json::{Value, json};

/// A refusal as the Graph API words it. Callers are told to branch on `code` and `details`.
#[derive(Debug, Clone)]
pub struct GraphError {
    pub status: StatusCode,
    pub code: i64,
    pub details: String,
    subcode: Option<i64>,
    title: &'static str,
}

/// `(code, HTTP status, title)`. Statuses are what the platform was seen to use; they vary there.
const CATALOGUE: &[(i64, u16, &str)] = &[
    (0, 401, "AuthException"),
    (1, 500, "API Unknown"),
    (2, 503, "API Service"),
    (3, 403, "API Method"),
    (4, 429, "API Too Many Calls"),
    (10, 403, "Permission Denied"),
    (33, 400, "Parameter value is not valid"),
    (100, 400, "Invalid parameter"),
    (190, 401, "Access token has expired"),
    (200, 403, "API Permission"),
    (368, 403, "Temporarily blocked for policies violations"),
    (613, 429, "Calls to this api have exceeded the rate limit"),
    (2200, 400, "Callback verification failed"),
    (2500, 400, "OAuthException"),
    (80007, 429, "Rate limit issues"),
    (130429, 429, "Rate limit hit"),
    (130472, 400, "User's number is part of an experiment"),
    (
        130497,
        403,
        "Business account is restricted from messaging users in this country.",
    ),
    (131000, 500, "Something went wrong"),
    (131005, 403, "Access denied"),
    (131008, 400, "Required parameter is missing"),
    (131009, 400, "Parameter value is not valid"),
    (131016, 503, "Service unavailable"),
    (131020, 400, "Parameter value is not valid"),
    (131021, 400, "Recipient cannot be sender"),
    (131026, 400, "Message undeliverable"),
    (131030, 400, "Recipient phone number not in allowed list"),
    (131031, 403, "Account has been locked"),
    (131037, 400, "Display name approval needed"),
    (131042, 400, "Business eligibility payment issue"),
    (131044, 400, "Business eligibility payment issue"),
    (131045, 400, "Incorrect certificate"),
    (131047, 400, "Re-engagement message"),
    (131048, 400, "Spam rate limit hit"),
    (
        131049,
        400,
        "This message was not delivered to maintain healthy ecosystem engagement.",
    ),
    (
        131050,
        400,
        "Recipient has chosen to stop receiving marketing messages",
    ),
    (131051, 400, "Unsupported message type"),
    (131052, 400, "Media download error"),
    (131053, 400, "Media upload error"),
    (
        131056,
        400,
        "(Business Account, Consumer Account) pair rate limit hit",
    ),
    (131057, 500, "Account in maintenance mode"),
    (
        131062,
        400,
        "Business-scoped user id is not supported for this message",
    ),
    (
        131063,
        400,
        "Marketing messages are disabled on Cloud API for this account",
    ),
    (131064, 429, "Too many requests for this recipient"),
    (
        132000,
        400,
        "Number of parameters does not match the expected number of params",
    ),
    (
        132001,
        404,
        "Template name does not exist in the translation",
    ),
    (132005, 400, "Translated text too long"),
    (132007, 400, "Character policy violated"),
    (132008, 400, "Parameter format does not match"),
    (
        132012,
        400,
        "Parameter format does not match format in the created template",
    ),
    (132015, 400, "Template is paused"),
    (132016, 400, "Template is disabled"),
    (132018, 400, "Invalid template parameters"),
    (132068, 400, "Flow is blocked"),
    (132069, 400, "Flow is throttled"),
    (133004, 503, "Server temporarily unavailable"),
    (133005, 400, "Two step verification PIN mismatch"),
    (133006, 400, "Phone number re-verification needed"),
    (133010, 400, "Phone number not registered"),
    (
        133016,
        429,
        "Account register / deregister rate limit exceeded",
    ),
    (135000, 400, "Generic user error"),
    (137000, 400, "Identity key hash mismatch"),
    (139100, 400, "Failed to block or unblock some users"),
    (139101, 400, "Blocklist limit reached"),
    (139102, 400, "Blocklist concurrent update"),
    (139103, 400, "User cannot be blocked"),
];

impl GraphError {
    /// An error by code. Unknown codes are answered with 400 and a generic title, so that a test
    /// may ask for any.
    pub fn new(code: i64, details: impl Into<String>) -> Self {
        let (status, title) = CATALOGUE
            .iter()
            .find(|(known, ..)| *known == code)
            .map_or((400, "Unknown error"), |(_, status, title)| {
                (*status, *title)
            });
        let status = StatusCode::from_u16(status).expect("the catalogue holds valid statuses");
        Self {
            status,
            code,
            details: details.into(),
            subcode: None,
            title,
        }
    }

    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// A parameter that must be there is not.
    pub fn missing(path: &str) -> Self {
        Self::new(131_008, format!("Parameter '{path}' is required"))
    }

    /// A parameter has the wrong type or an impossible shape.
    pub fn shape(path: &str, expected: &str) -> Self {
        Self::new(100, format!("Param {path} must be {expected}"))
    }

    /// A parameter has the right type and a value that is not allowed.
    pub fn value(path: &str, why: &str) -> Self {
        Self::new(131_009, format!("{path}: {why}"))
    }

    /// No object with this id is visible to the token.
    pub fn unknown_object(id: &str, method: &str) -> Self {
        let mut error = Self::new(
            100,
            format!(
                "Unsupported {} request. Object with ID '{id}' does not exist, cannot be loaded \
                 due to missing permissions, or does not support this operation.",
                method.to_lowercase()
            ),
        );
        error.subcode = Some(33);
        error
    }

    pub fn unknown_path(path: &str) -> Self {
        Self::new(2500, format!("Unknown path components: /{path}"))
    }

    pub fn envelope(&self, trace: &str) -> Value {
        let kind = match (self.code, self.subcode) {
            (100, Some(33)) => "GraphMethodException",
            _ => "OAuthException",
        };
        let message = match self.code {
            2500 => self.details.clone(),
            100 if self.subcode == Some(33) => self.details.clone(),
            code => format!("(#{code}) {}", self.title),
        };
        let mut error = json!({
            "message": message,
            "type": kind,
            "code": self.code,
            "error_data": {"messaging_product": "whatsapp", "details": self.details},
            "fbtrace_id": trace,
        });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = json!(subcode);
        }
        json!({ "error": error })
    }

    /// The same refusal as an item of `errors[]` in a callback.
    pub fn callback_item(&self) -> Value {
        json!({
            "code": self.code,
            "title": self.title,
            "message": self.title,
            "error_data": {"details": self.details},
            "href": "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes/",
        })
    }
}
