mod matrix;
mod model;
mod rules;

use super::*;
use crate::channel::{MediaRule, WEBCHAT};
use crate::consent::{
    Actor, AddressFacts, AddressState, Age, Answer, AskedBy, Circumstances, Consent, Event,
    NoticeId, NoticeMark, NoticeTerms, Pressed, Purpose, PurposeClass, Request, Subject, Way, What,
};
use crate::content::{TemplateCategory, TemplateHeader};
use crate::ids::{AddressId, ContactId};
use crate::time::HOUR_MS;
use jiff::tz::{TimeZone, offset};
use proptest::prelude::*;

const WINDOWED: Capabilities = Capabilities {
    medium: Medium::TemplatedChat,
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
        person: Person::default(),
    }
}

/// Monday, 2026-11-30, 12:00 in Berlin.
const NOON: Timestamp = Timestamp(1_796_036_400_000);

fn berlin() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
}

fn clock() -> Option<Clock> {
    let holidays = ["2026-12-25", "2026-12-26"].map(|day| day.parse().unwrap());
    Some(Clock {
        zone: berlin(),
        holidays: holidays.into(),
    })
}

/// A consent with everything it is read against.
#[derive(Debug, Clone)]
struct Paper {
    consent: Consent,
    purpose: Purpose,
    notice: NoticeTerms,
    address: AddressFacts,
}

impl Paper {
    /// Nothing was agreed to yet.
    fn blank(class: PurposeClass, medium: Medium) -> Self {
        let purpose = Purpose::new("marketing.newsletter", class);
        let address = AddressFacts {
            id: AddressId::from_bytes([3; 16]),
            channel: ChannelId::from_bytes([1; 16]),
            medium,
            state: AddressState::Active,
        };
        Self {
            consent: Consent::none(Subject {
                contact: ContactId::from_bytes([4; 16]),
                purpose: purpose.code.clone(),
                channel: address.channel,
                address: address.id,
            }),
            notice: NoticeTerms {
                mark: NoticeMark {
                    id: NoticeId([1; 32]),
                    material: 1,
                },
                advertiser: "Muster GmbH".into(),
                product_scope: "Pizza".into(),
                recipients: ["Muster GmbH".to_owned()].into(),
                purposes: [purpose.code.clone()].into(),
                media: Medium::ALL.into(),
            },
            purpose,
            address,
        }
    }

    /// Agreed to by the usual way of the medium.
    fn granted(class: PurposeClass, medium: Medium, at: Timestamp) -> Self {
        let mut paper = Self::blank(class, medium);
        let answer = Answer {
            channel: paper.address.channel,
            address: paper.address.id,
            token_valid: true,
            pressed: Pressed::Button,
        };
        paper.must(
            at,
            What::Requested(Request {
                notice_served: true,
                preticked: false,
                explicit: false,
                asked_by: AskedBy::Person,
            }),
        );
        match Way::usual(medium) {
            Way::WritesFirst => paper.must(at, What::WroteCode(answer)),
            way => {
                paper.must(at, What::ChallengeIssued { way, neutral: true });
                paper.must(at, What::Confirmed(answer));
            }
        }
        paper
    }

    fn must(&mut self, now: Timestamp, what: What) {
        let number = u8::try_from(self.consent.rests_on.len()).unwrap();
        let event = Event {
            id: ConsentEventId::from_bytes([number; 16]),
            by: Actor::Person,
            what,
        };
        let world = Circumstances {
            now,
            purpose: &self.purpose,
            notice: &self.notice,
            address: self.address,
            age: Age::Unknown,
            suppressed: false,
            challenges_today: 0,
            text_codes: false,
        };
        self.consent = self.consent.after(&event, &world).expect("taken");
    }

    fn agreed(&self) -> Option<Agreed<'_>> {
        Some(Agreed {
            consent: &self.consent,
            purpose: &self.purpose,
            notice: &self.notice,
            contact: self.consent.subject.contact,
            address: self.address,
        })
    }

    fn intent(&self, class: MessageClass) -> Intent {
        Intent {
            purpose: Some(self.purpose.code.clone()),
            opt_out: true,
            ..Intent::of(class)
        }
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
        intent: Intent::default(),
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
    let paper = Paper::granted(PurposeClass::Marketing, Medium::TemplatedChat, Timestamp(0));
    let request = SendRequest {
        intent: paper.intent(MessageClass::Marketing),
        ..request
    };
    let agreed = Standing {
        person: Person {
            agreed: paper.agreed(),
            clock: Some(Clock {
                // Thursday, 1970-01-01, noon.
                zone: TimeZone::fixed(offset(12)),
                holidays: [].into(),
            }),
            ..Person::default()
        },
        ..plain
    };
    assert!(decide(&request, &agreed).is_ok());
    let stopped = Standing {
        marketing_stopped: true,
        ..agreed
    };
    assert_eq!(codes(decide(&request, &stopped)), ["marketing_stopped"]);
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
