use super::*;
use crate::channel::{MediaRule, WEBCHAT};
use crate::content::{TemplateCategory, TemplateHeader};
use crate::time::HOUR_MS;
use proptest::prelude::*;

const WINDOWED: Capabilities = Capabilities {
    window_hours: Some(24),
    templates: true,
    text_chars_max: 100,
    ..WEBCHAT
};

fn template(category: TemplateCategory, status: &str) -> Template {
    Template {
        name: "versand".into(),
        language: "de".into(),
        category,
        status: status.into(),
        header: Some(TemplateHeader::Text {
            text: "{{1}}".into(),
            parameters: vec!["1".into()],
        }),
        body: "{{1}}".into(),
        footer: None,
        buttons: vec![],
        body_parameters: vec!["1".into()],
        named: false,
    }
}

fn standing<'a>(
    now: i64,
    last_inbound: Option<i64>,
    template: Option<&'a Template>,
) -> Standing<'a> {
    Standing {
        now: Timestamp(now),
        channel: ChannelId::from_bytes([1; 16]),
        channel_state: ChannelState::Active,
        conversation: ConversationId::from_bytes([2; 16]),
        capabilities: &WINDOWED,
        window: ReplyWindow::at(Timestamp(now), Some(24), last_inbound.map(Timestamp)),
        template,
        marketing_stopped: false,
        marketing_consent: false,
    }
}

fn text(chars: usize) -> SendRequest<'static> {
    SendRequest {
        text_chars: chars,
        files: vec![],
        buttons: vec![],
        list_rows: vec![],
        template: None,
        reaction: false,
    }
}

fn codes(result: Result<SendPermit, Vec<Reason>>) -> Vec<&'static str> {
    result
        .err()
        .unwrap_or_default()
        .iter()
        .map(|reason| reason.code)
        .collect()
}

#[test]
fn every_reason_is_named_at_once() {
    let closed = Standing {
        channel_state: ChannelState::Paused,
        ..standing(0, None, None)
    };
    assert_eq!(
        codes(decide(&text(101), &closed)),
        ["channel_paused", "window_closed", "text_too_long"]
    );
}

#[test]
fn a_template_passes_a_closed_window_only_when_it_is_approved_and_complete() {
    let wanted = TemplateUseFact {
        name: "versand".into(),
        language: "de".into(),
        header_parameters: 1,
        body_parameters: vec![None],
        button_parameters: 0,
    };
    let request = SendRequest {
        template: Some(&wanted),
        ..text(0)
    };
    let utility = template(TemplateCategory::Utility, "APPROVED");
    assert!(decide(&request, &standing(0, None, Some(&utility))).is_ok());

    let paused = template(TemplateCategory::Utility, "PAUSED");
    assert_eq!(
        codes(decide(&request, &standing(0, None, Some(&paused)))),
        ["template_not_approved"]
    );
    assert_eq!(
        codes(decide(&request, &standing(0, None, None))),
        ["template_unknown"]
    );

    let short = TemplateUseFact {
        body_parameters: vec![],
        ..wanted.clone()
    };
    let request = SendRequest {
        template: Some(&short),
        ..text(0)
    };
    assert_eq!(
        codes(decide(&request, &standing(0, None, Some(&utility)))),
        ["template_parameters"]
    );
}

// Case: BL02
#[test]
fn marketing_never_leaves_without_consent_or_against_a_stop() {
    let wanted = TemplateUseFact {
        name: "versand".into(),
        language: "de".into(),
        header_parameters: 1,
        body_parameters: vec![None],
        button_parameters: 0,
    };
    let request = SendRequest {
        template: Some(&wanted),
        ..text(0)
    };
    let marketing = template(TemplateCategory::Marketing, "APPROVED");
    let plain = standing(0, Some(0), Some(&marketing));
    assert_eq!(codes(decide(&request, &plain)), ["consent_missing"]);
    let stopped = Standing {
        marketing_stopped: true,
        marketing_consent: true,
        ..plain.clone()
    };
    assert_eq!(codes(decide(&request, &stopped)), ["marketing_stopped"]);
    let agreed = Standing {
        marketing_consent: true,
        ..plain
    };
    assert!(decide(&request, &agreed).is_ok());
}

#[test]
fn a_file_too_large_for_its_kind_may_still_travel_as_a_plain_file() {
    const SMALL_PICTURES: Capabilities = Capabilities {
        media: &[
            MediaRule {
                kind: MediaKind::Image,
                mimes: &["image/jpeg"],
                max_bytes: 5,
                caption: true,
            },
            MediaRule {
                kind: MediaKind::File,
                mimes: &["*/*"],
                max_bytes: 100,
                caption: true,
            },
        ],
        ..WEBCHAT
    };
    let picture = |bytes| SendRequest {
        files: vec![FileFact {
            kind: MediaKind::Image,
            mime: "image/jpeg".into(),
            bytes,
        }],
        ..text(0)
    };
    let standing = Standing {
        capabilities: &SMALL_PICTURES,
        ..standing(0, Some(0), None)
    };
    assert!(decide(&picture(5), &standing).is_ok());
    assert!(decide(&picture(100), &standing).is_ok());
    assert_eq!(codes(decide(&picture(101), &standing)), ["file_too_large"]);
}

#[test]
fn a_permit_for_a_template_names_its_category() {
    let wanted = TemplateUseFact {
        name: "versand".into(),
        language: "de".into(),
        header_parameters: 1,
        body_parameters: vec![None],
        button_parameters: 0,
    };
    let request = SendRequest {
        template: Some(&wanted),
        ..text(0)
    };
    let login = template(TemplateCategory::Authentication, "APPROVED");
    let standing = standing(0, Some(0), Some(&login));
    let category = |request| {
        decide(request, &standing)
            .ok()
            .and_then(|permit| permit.template_category())
    };
    assert_eq!(category(&request), Some(TemplateCategory::Authentication));
    assert!(decide(&text(1), &standing).is_ok());
    assert_eq!(category(&text(1)), None);
}

proptest! {
    /// Free text leaves exactly while the window is open, the channel runs and the text fits.
    #[test]
    fn free_text_follows_the_window(
        elapsed in -HOUR_MS..50 * HOUR_MS,
        wrote in any::<bool>(),
        chars in 0usize..300,
        state in prop::sample::select(vec![ChannelState::Active, ChannelState::Paused, ChannelState::Broken]),
    ) {
        let start = 1_795_300_000_000;
        let standing = Standing {
            channel_state: state,
            ..standing(start + elapsed, wrote.then_some(start), None)
        };
        let allowed = state == ChannelState::Active
            && wrote
            && elapsed < 24 * HOUR_MS
            && (1..=100).contains(&chars);
        prop_assert_eq!(decide(&text(chars), &standing).is_ok(), allowed);
    }
}
