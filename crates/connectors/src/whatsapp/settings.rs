//! The settings of a WhatsApp channel: which there are, how they must look, how they are shown.

use ports::{Presented, SettingError, Settings};

pub(super) const API_BASE_DEFAULT: &str = "https://graph.facebook.com";
pub(super) const GRAPH_VERSION_DEFAULT: &str = "v26.0";

/// More secrets than this are no rotation but a mistake, and each costs a computation a callback.
const SECRETS_MAX: usize = 4;

struct Rule {
    name: &'static str,
    required: bool,
    secret: bool,
    values_max: usize,
    default: Option<&'static str>,
    fits: fn(&str) -> bool,
}

const RULES: [Rule; 7] = [
    Rule {
        name: "phone_number_id",
        required: true,
        secret: false,
        values_max: 1,
        default: None,
        fits: is_number,
    },
    Rule {
        name: "business_account_id",
        required: true,
        secret: false,
        values_max: 1,
        default: None,
        fits: is_number,
    },
    Rule {
        name: "access_token",
        required: true,
        secret: true,
        values_max: 1,
        default: None,
        fits: is_token,
    },
    Rule {
        name: "app_secret",
        required: true,
        secret: true,
        values_max: SECRETS_MAX,
        default: None,
        fits: is_token,
    },
    Rule {
        name: "verify_token",
        required: true,
        secret: true,
        values_max: SECRETS_MAX,
        default: None,
        fits: is_token,
    },
    Rule {
        name: "api_base",
        required: false,
        secret: false,
        values_max: 1,
        default: Some(API_BASE_DEFAULT),
        fits: is_base,
    },
    Rule {
        name: "graph_version",
        required: false,
        secret: false,
        values_max: 1,
        default: Some(GRAPH_VERSION_DEFAULT),
        fits: is_version,
    },
];

/// All complaints at once, in the order of the settings.
pub(super) fn check(settings: &Settings) -> Result<(), Vec<SettingError>> {
    let mut errors = Vec::new();
    for rule in &RULES {
        let values: Vec<&str> = settings.all(rule.name).collect();
        let key = match values.as_slice() {
            [] if rule.required => "setting-missing",
            [] => continue,
            [""] if rule.required => "setting-missing",
            given if given.len() > rule.values_max => "setting-malformed",
            given if given.iter().all(|value| (rule.fits)(value)) => continue,
            _ => "setting-malformed",
        };
        errors.push(SettingError {
            name: rule.name.to_owned(),
            key,
        });
    }
    let unknown = settings
        .iter()
        .filter(|(name, _)| RULES.iter().all(|rule| rule.name != *name))
        .map(|(name, _)| SettingError {
            name: name.to_owned(),
            key: "setting-unknown",
        });
    errors.extend(unknown);
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

/// Every setting in its order: plain ones with their value or default, secrets only as set.
pub(super) fn present(settings: &Settings) -> Vec<(String, Presented)> {
    RULES
        .iter()
        .filter_map(|rule| {
            let value = settings.first(rule.name).or(rule.default)?;
            let shown = if rule.secret {
                Presented::Secret
            } else {
                Presented::Plain(value.to_owned())
            };
            Some((rule.name.to_owned(), shown))
        })
        .collect()
}

/// What calls need, read once. Only values that fit are handed out, so that no setting can bend
/// a URL or a header.
pub(super) struct Account<'a> {
    pub(super) phone_number_id: &'a str,
    pub(super) business_account_id: &'a str,
    access_token: &'a str,
    base: &'a str,
    version: &'a str,
}

impl<'a> Account<'a> {
    /// `None` when the settings would not pass [`check`].
    pub(super) fn of(settings: &'a Settings) -> Option<Self> {
        check(settings).ok()?;
        Some(Self {
            phone_number_id: settings.first("phone_number_id")?,
            business_account_id: settings.first("business_account_id")?,
            access_token: settings.first("access_token")?,
            base: settings.first("api_base").unwrap_or(API_BASE_DEFAULT),
            version: settings
                .first("graph_version")
                .unwrap_or(GRAPH_VERSION_DEFAULT),
        })
    }

    pub(super) fn url(&self, path: &str) -> String {
        let base = self.base.trim_end_matches('/');
        format!("{base}/{}/{path}", self.version)
    }

    pub(super) fn bearer(&self) -> (String, String) {
        (
            "authorization".to_owned(),
            format!("Bearer {}", self.access_token),
        )
    }

    /// Whether this channel itself speaks plain HTTP (a simulator), so that files may as well.
    pub(super) fn is_plain(&self) -> bool {
        self.base.starts_with("http://")
    }
}

fn is_number(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_token(text: &str) -> bool {
    (1..=1_024).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A scheme, a host, perhaps a port and a path; no user, query or fragment.
fn is_base(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let Some(rest) = rest else {
        return false;
    };
    let host = rest.split('/').next().unwrap_or("");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:/[]~".contains(&byte);
    text.len() <= 256 && !host.is_empty() && !host.starts_with(':') && rest.bytes().all(plain)
}

fn is_version(text: &str) -> bool {
    let number = |part: &str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    text.strip_prefix('v')
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(major, minor)| number(major) && number(minor))
}
