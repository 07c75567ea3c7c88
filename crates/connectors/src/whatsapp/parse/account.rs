//! What the platform tells us about the account, the number and the templates. Summaries carry
//! the platform's own words and numbers only; they are shown to admins as they are.

use super::json::Value;
use domain::Timestamp;
use domain::delivery::FailureClass;
use domain::inbound::{AccountSeverity, InboundEvent};

use super::Found;
use super::wire::{items, text, time, word};
use crate::whatsapp::errors;

use AccountSeverity::{Blocking, Info, Warning};

/// Whether a field of this name is read here.
pub(super) fn knows(field: &str) -> bool {
    matches!(
        field,
        "account_alerts"
            | "account_review_update"
            | "account_update"
            | "business_capability_update"
            | "message_template_components_update"
            | "message_template_quality_update"
            | "message_template_status_update"
            | "phone_number_name_update"
            | "phone_number_quality_update"
            | "security"
            | "template_category_update"
    )
}

pub(super) fn event(field: &str, entry: &Value<'_>, value: &Value<'_>) -> Found {
    match field {
        "message_template_status_update"
        | "message_template_components_update"
        | "template_category_update" => template_changed(value),
        _ => {
            let (severity, words) = match field {
                "account_update" => account(value),
                "account_alerts" => alert(value),
                "account_review_update" => decision(value, Blocking),
                "phone_number_name_update" => decision(value, Warning),
                "message_template_quality_update" => template_quality(value),
                "phone_number_quality_update" => number_quality(value),
                "security" => (Warning, words(value, &["event"])),
                _ => (
                    Info,
                    words(
                        value,
                        &[
                            "max_daily_conversations_per_business",
                            "max_daily_conversation_per_phone",
                            "max_phone_numbers_per_business",
                            "max_phone_numbers_per_waba",
                        ],
                    ),
                ),
            };
            Ok(InboundEvent::Account {
                topic: field.to_owned(),
                summary: words.join(" "),
                severity,
                at: time(entry, "time"),
            })
        }
    }
}

/// Words of these members, in this order, with the member's name where a number needs one.
fn words(value: &Value<'_>, names: &[&str]) -> Vec<String> {
    names
        .iter()
        .filter_map(|name| {
            let member = value.get(name)?;
            let shown = text(value, name)?;
            Some(if member.is_number() {
                format!("{name}={shown}")
            } else {
                word(&shown).to_owned()
            })
        })
        .collect()
}

fn template_changed(value: &Value<'_>) -> Found {
    let name = text(value, "message_template_name").ok_or("template_without_name")?;
    Ok(InboundEvent::TemplateChanged {
        name,
        language: text(value, "message_template_language"),
        status: text(value, "event"),
    })
}

fn template_quality(value: &Value<'_>) -> (AccountSeverity, Vec<String>) {
    let now = text(value, "new_quality_score");
    let severity = match now.as_deref() {
        Some("RED" | "YELLOW") => Warning,
        _ => Info,
    };
    let names = [
        "message_template_name",
        "message_template_language",
        "previous_quality_score",
        "new_quality_score",
    ];
    (severity, words(value, &names))
}

fn number_quality(value: &Value<'_>) -> (AccountSeverity, Vec<String>) {
    let event = text(value, "event");
    let severity = match event.as_deref() {
        Some("FLAGGED" | "DOWNGRADE") => Warning,
        _ => Info,
    };
    let names = [
        "event",
        "old_limit",
        "current_limit",
        "max_daily_conversations_per_business",
    ];
    (severity, words(value, &names))
}

fn decision(value: &Value<'_>, when_rejected: AccountSeverity) -> (AccountSeverity, Vec<String>) {
    let rejected = text(value, "decision").is_some_and(|decision| decision == "REJECTED");
    let severity = if rejected { when_rejected } else { Info };
    (severity, words(value, &["decision", "rejection_reason"]))
}

fn alert(value: &Value<'_>) -> (AccountSeverity, Vec<String>) {
    let alert = value.get("alert_info").unwrap_or(value);
    let mut said = words(alert, &["alert_severity", "alert_status", "alert_type"]);
    said.extend(words(value, &["entity_type"]));
    let severity = match text(alert, "alert_severity").as_deref() {
        Some("CRITICAL" | "WARNING") => Warning,
        _ => Info,
    };
    (severity, said)
}

fn account(value: &Value<'_>) -> (AccountSeverity, Vec<String>) {
    let event = text(value, "event").unwrap_or_default();
    let mut said = words(value, &["event"]);
    let mut severity = match event.as_str() {
        "ACCOUNT_DELETED"
        | "ACCOUNT_OFFBOARDED"
        | "PARTNER_REMOVED"
        | "PARTNER_APP_UNINSTALLED" => Blocking,
        "ACCOUNT_RESTRICTION" | "ACCOUNT_VIOLATION" => Warning,
        _ => Info,
    };
    if let Some(ban) = value.get("ban_info") {
        said.extend(words(ban, &["waba_ban_state"]));
        severity = match text(ban, "waba_ban_state").as_deref() {
            Some("REINSTATE") => Info,
            Some("SCHEDULE_FOR_DISABLE") => Warning,
            _ => Blocking,
        };
    }
    for restriction in items(value, "restriction_info") {
        let named = words(restriction, &["restriction_type"]);
        // Answers to customers are what the house lives on; other restrictions hit less.
        if named
            .iter()
            .any(|word| word == "RESTRICTED_CUSTOMER_INITIATED_MESSAGING")
        {
            severity = Blocking;
        }
        said.extend(named);
    }
    for (member, names) in [
        ("violation_info", &["violation_type"][..]),
        ("disconnection_info", &["reason"]),
    ] {
        if let Some(inner) = value.get(member) {
            said.extend(words(inner, names));
        }
    }
    (severity, said)
}

/// An error that belongs to no message.
pub(super) fn out_of_band(error: &Value<'_>) -> Found {
    let code = error
        .get("code")
        .and_then(Value::as_i64)
        .ok_or("error_without_code")?;
    let known = errors::of_code(code, None);
    let severity = if known.class == FailureClass::Account {
        Blocking
    } else {
        Warning
    };
    Ok(InboundEvent::Account {
        topic: "errors".to_owned(),
        summary: known.code,
        severity,
        at: None::<Timestamp>,
    })
}
