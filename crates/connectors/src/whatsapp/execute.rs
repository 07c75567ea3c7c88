//! One attempt to send. The send call has no idempotency key, so every answer is sorted by one
//! question: is it certain that nothing was accepted? If not, the outcome is unknown.

use domain::Pii;
use domain::delivery::{DeliveryError, FailureClass};
use domain::outbound::{Outbound, Outcome, Signal};
use ports::{Net, Refusal, Settings, Uploads};
use serde_json::{Value, json};

use super::errors::{self, own, own_error};
use super::graph::{self, Failure};
use super::settings::Account;
use super::{media, plan};

pub(super) async fn execute(
    net: &dyn Net,
    settings: &Settings,
    uploads: &dyn Uploads,
    outbound: &Outbound,
) -> Result<Outcome, Refusal> {
    let account = Account::of(settings).ok_or_else(settings_refusal)?;
    let plan = plan::plan(outbound)?;
    let uploaded = match plan.file() {
        None => None,
        Some(wanted) => {
            let file = uploads
                .load(wanted.attachment)
                .await
                .ok_or_else(|| Refusal(own_error(own::FILE_MISSING, FailureClass::Request)))?;
            let form = plan::file_form(wanted, &file)?;
            match media::upload(net, &account, &file).await {
                Ok(media_id) => Some(plan::Uploaded {
                    form,
                    media_id,
                    name: file.name,
                }),
                Err(failure) => return Ok(upload_outcome(&failure)),
            }
        }
    };
    let body = plan.finish(uploaded)?;
    let path = format!("{}/messages", account.phone_number_id);
    let answer = graph::call(net, graph::post(&account, &path, &body)).await;
    Ok(send_outcome(answer))
}

fn settings_refusal() -> Refusal {
    Refusal(own_error(own::SETTINGS, FailureClass::Account))
}

fn send_outcome(answer: Result<Value, Failure>) -> Outcome {
    match answer {
        Ok(body) => {
            let provider_id = body
                .pointer("/messages/0/id")
                .and_then(Value::as_str)
                .filter(|id| !id.is_empty());
            // Taken without an id: it may be on its way, and only a receipt can tell.
            provider_id.map_or(Outcome::Unknown, |id| Outcome::Accepted {
                provider_id: Pii::new(id.to_owned()),
            })
        }
        // A gateway may lose the answer of a server that has already accepted.
        Err(Failure::NoAnswer | Failure::Nonsense | Failure::Status { status: 500.., .. }) => {
            Outcome::Unknown
        }
        Err(failure) => certain_outcome(&failure),
    }
}

/// An upload that is repeated leaves an unused file behind that expires; nobody sees it.
fn upload_outcome(failure: &Failure) -> Outcome {
    match failure {
        Failure::NoAnswer | Failure::Nonsense | Failure::Status { status: 500.., .. } => {
            Outcome::Retry {
                after_ms: None,
                error: own_error(own::NO_ANSWER, FailureClass::Transient),
            }
        }
        failure => certain_outcome(failure),
    }
}

/// The outcome of a failure after which certainly nothing was accepted.
fn certain_outcome(failure: &Failure) -> Outcome {
    match failure {
        Failure::Graph {
            code,
            status,
            retry_after_ms,
            ..
        } => by_class(
            errors::of_code(*code, Some(*status)),
            retry_after_ms.or_else(|| errors::wait_ms(*code)),
        ),
        Failure::Status {
            status,
            retry_after_ms,
        } => by_class(of_status(*status), *retry_after_ms),
        Failure::NotSent | Failure::NoAnswer | Failure::Nonsense => Outcome::Retry {
            after_ms: None,
            error: own_error(own::NOT_CONNECTED, FailureClass::Transient),
        },
    }
}

fn of_status(status: u16) -> DeliveryError {
    match status {
        429 => own_error(own::TOO_FAST, FailureClass::Pace),
        // The server gave up waiting for our request and read none of it.
        408 => own_error(own::NOT_CONNECTED, FailureClass::Transient),
        401 | 403 => own_error(own::REFUSED_ACCESS, FailureClass::Account),
        _ => own_error(own::OTHER, FailureClass::Request),
    }
}

fn by_class(error: DeliveryError, after_ms: Option<i64>) -> Outcome {
    match error.class {
        FailureClass::Pace | FailureClass::Transient => Outcome::Retry { after_ms, error },
        _ => Outcome::Refused(error),
    }
}

/// Read mark or typing. The platform ties them together: typing also marks as read.
pub(super) async fn signal(net: &dyn Net, settings: &Settings, signal: &Signal) {
    let Some(account) = Account::of(settings) else {
        return;
    };
    let body = match signal {
        Signal::Read { provider_id } => json!({
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": provider_id.expose(),
        }),
        Signal::Typing { provider_id } => json!({
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": provider_id.expose(),
            "typing_indicator": {"type": "text"},
        }),
    };
    let path = format!("{}/messages", account.phone_number_id);
    if let Err(failure) = graph::call(net, graph::post(&account, &path, &body)).await {
        tracing::debug!(
            channel_kind = "whatsapp",
            code = failure.code(),
            "a read mark or typing sign did not get through"
        );
    }
}
