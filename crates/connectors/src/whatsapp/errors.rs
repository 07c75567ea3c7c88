//! The platform's error codes and what each means for the next step. The code decides, never the
//! HTTP status or the title: both vary for the same code.

use domain::delivery::{DeliveryError, FailureClass};
use domain::time::{HOUR_MS, MINUTE_MS, SECOND_MS};
use serde_json::Value;

use FailureClass::{Account, OptedOut, Pace, Recipient, Request, Template, Transient, Window};

/// A code with a class and, where waiting helps, the least time to wait. Each has an explanation
/// `whatsapp-<code>` in the catalogues.
const KNOWN: &[(i64, FailureClass, Option<i64>)] = &[
    // Too fast. The platform says so per app, per account, per number and per pair.
    (4, Pace, Some(MINUTE_MS)),
    (613, Pace, Some(MINUTE_MS)),
    (80_007, Pace, Some(MINUTE_MS)),
    (130_429, Pace, Some(5 * SECOND_MS)),
    (131_048, Pace, Some(HOUR_MS)),
    (131_056, Pace, Some(6 * SECOND_MS)),
    (131_064, Pace, Some(MINUTE_MS)),
    (133_016, Pace, Some(HOUR_MS)),
    // A bad moment on their side.
    (1, Transient, None),
    (2, Transient, None),
    (131_000, Transient, None),
    (131_016, Transient, None),
    (131_052, Transient, None),
    (131_053, Transient, None),
    (131_057, Transient, Some(5 * MINUTE_MS)),
    (133_004, Transient, None),
    // Only a template may be sent.
    (131_047, Window, None),
    // Not this content to this contact, not now.
    (130_472, Recipient, None),
    (130_497, Recipient, None),
    (131_021, Recipient, None),
    (131_026, Recipient, None),
    (131_030, Recipient, None),
    (131_049, Recipient, None),
    (131_050, OptedOut, None),
    // The template.
    (132_000, Template, None),
    (132_001, Template, None),
    (132_005, Template, None),
    (132_007, Template, None),
    (132_008, Template, None),
    (132_012, Template, None),
    (132_015, Template, None),
    (132_016, Template, None),
    (132_018, Template, None),
    (132_068, Template, None),
    (132_069, Template, None),
    // The request.
    (33, Request, None),
    (100, Request, None),
    (131_005, Account, None),
    (131_008, Request, None),
    (131_009, Request, None),
    (131_020, Request, None),
    (131_051, Request, None),
    (131_062, Request, None),
    (131_063, Request, None),
    (135_000, Request, None),
    (137_000, Recipient, None),
    // The account: a person must act.
    (0, Account, None),
    (3, Account, None),
    (10, Account, None),
    (190, Account, None),
    (200, Account, None),
    (368, Account, None),
    (131_031, Account, None),
    (131_037, Account, None),
    (131_042, Account, None),
    (131_044, Account, None),
    (131_045, Account, None),
    (133_005, Account, None),
    (133_006, Account, None),
    (133_010, Account, None),
];

/// Codes of our own, for what happens on this side of the wire or without a code of theirs.
pub(super) mod own {
    pub(in super::super) const AUTHENTICATION_NEEDS_PHONE: &str =
        "whatsapp_authentication_needs_phone";
    pub(in super::super) const CAPTION_TOO_LONG: &str = "whatsapp_caption_too_long";
    pub(in super::super) const CHOICES_UNFIT: &str = "whatsapp_choices_unfit";
    pub(in super::super) const FILE_MISSING: &str = "whatsapp_file_missing";
    pub(in super::super) const FILE_TOO_LARGE: &str = "whatsapp_file_too_large";
    pub(in super::super) const NO_ANSWER: &str = "whatsapp_no_answer";
    pub(in super::super) const NOT_CONNECTED: &str = "whatsapp_not_connected";
    pub(in super::super) const OTHER: &str = "whatsapp_other";
    pub(in super::super) const RECIPIENT_UNFIT: &str = "whatsapp_recipient_unfit";
    pub(in super::super) const REFUSED_ACCESS: &str = "whatsapp_refused_access";
    pub(in super::super) const SETTINGS: &str = "whatsapp_settings";
    pub(in super::super) const TARGET_MISSING: &str = "whatsapp_target_missing";
    pub(in super::super) const TEMPLATE_UNFIT: &str = "whatsapp_template_unfit";
    pub(in super::super) const TEXT_LENGTH: &str = "whatsapp_text_length";
    pub(in super::super) const TOO_FAST: &str = "whatsapp_too_fast";
    pub(in super::super) const UNEXPLAINED: &str = "whatsapp_unexplained";

    pub(super) const ALL: [&str; 16] = [
        AUTHENTICATION_NEEDS_PHONE,
        CAPTION_TOO_LONG,
        CHOICES_UNFIT,
        FILE_MISSING,
        FILE_TOO_LARGE,
        NO_ANSWER,
        NOT_CONNECTED,
        OTHER,
        RECIPIENT_UNFIT,
        REFUSED_ACCESS,
        SETTINGS,
        TARGET_MISSING,
        TEMPLATE_UNFIT,
        TEXT_LENGTH,
        TOO_FAST,
        UNEXPLAINED,
    ];
}

/// Every code that has an explanation of its own. The catalogue key is the code with `-` for
/// `_`; any other `whatsapp_…` code is explained by `whatsapp-other`.
#[must_use]
pub fn explained_codes() -> Vec<String> {
    KNOWN
        .iter()
        .map(|(code, _, _)| format!("whatsapp_{code}"))
        .chain(own::ALL.into_iter().map(str::to_owned))
        .collect()
}

pub(super) fn own_error(code: &'static str, class: FailureClass) -> DeliveryError {
    DeliveryError {
        code: code.to_owned(),
        class,
    }
}

/// What a code of the platform means. `status` helps only where the code is not known.
pub(super) fn of_code(code: i64, status: Option<u16>) -> DeliveryError {
    DeliveryError {
        code: format!("whatsapp_{code}"),
        class: class(code, status),
    }
}

/// The least time to wait before the same request makes sense again.
pub(super) fn wait_ms(code: i64) -> Option<i64> {
    KNOWN
        .iter()
        .find(|(known, _, _)| *known == code)
        .and_then(|(_, _, wait)| *wait)
}

fn class(code: i64, status: Option<u16>) -> FailureClass {
    if let Some((_, class, _)) = KNOWN.iter().find(|(known, _, _)| *known == code) {
        return *class;
    }
    match code {
        // Permissions; migration and sign-up.
        200..=299 | 2_494_100..=2_494_199 => Account,
        // The contact is blocked, or was asked to be.
        139_100..=139_103 => Recipient,
        // Template and flow definitions.
        132_000..=132_999 | 139_000..=139_004 | 2_388_000..=2_388_999 => Template,
        // Groups, calls, user names: nothing this connector sends on purpose.
        131_201..=131_215 | 138_000..=138_018 | 147_001..=147_005 => Request,
        _ => match status {
            Some(500..) => Transient,
            Some(429) => Pace,
            Some(401 | 403) => Account,
            _ => Request,
        },
    }
}

/// The first error of a list such as a failed status carries.
pub(super) fn of_list(errors: &[Value]) -> Option<DeliveryError> {
    let code = errors
        .iter()
        .find_map(|error| error.get("code").and_then(Value::as_i64))?;
    Some(of_code(code, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_is_listed_twice() {
        let mut codes: Vec<i64> = KNOWN.iter().map(|(code, _, _)| *code).collect();
        codes.sort_unstable();
        let count = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), count);
    }

    #[test]
    fn families_and_statuses_give_unknown_codes_a_class() {
        assert_eq!(of_code(294, None).class, Account);
        assert_eq!(of_code(132_099, None).class, Template);
        assert_eq!(of_code(999_999, Some(503)).class, Transient);
        assert_eq!(of_code(999_999, Some(429)).class, Pace);
        assert_eq!(of_code(999_999, Some(400)).class, Request);
        assert_eq!(of_code(999_999, None).code, "whatsapp_999999");
    }

    #[test]
    fn only_codes_that_pass_name_a_wait() {
        for (code, class, wait) in KNOWN {
            if wait.is_some() {
                assert!(matches!(class, Pace | Transient), "{code}");
            }
            if *class == Pace {
                assert!(wait.is_some(), "{code}");
            }
        }
    }
}
