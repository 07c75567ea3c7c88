//! The table of classes, media and situations, every cell of it.

use super::*;

/// Situations: `p` open conversation; `c` closed, free text; `u` closed, with a template where
/// the medium has them; `g` consent, open; `h` consent, closed; `a` answers the contact; `k`
/// contract and chosen channel; `e` existing customer, closed; `t` sent twice already; `n` not
/// begun by the contact.
const SITUATIONS: &str = "pcughaketn";

/// By class: in which situations something may be sent on the own chat, mail, a templated chat,
/// by text message, on an open chat, on a windowed one.
const TABLE: [(MessageClass, [&str; 6]); 9] = [
    (
        MessageClass::Reply,
        [
            "pcghaket", "pcghaket", "pughaket", "pcghaket", "pcghaket", "pgakt",
        ],
    ),
    (
        MessageClass::FollowUp,
        [
            "pcghaket", "pcghaket", "pughake", "pcghake", "pcghaket", "pgakt",
        ],
    ),
    (
        MessageClass::Transactional,
        ["pcghaketn", "pcghaketn", "k", "k", "k", "pgaktn"],
    ),
    (
        MessageClass::Security,
        [
            "pcghaketn",
            "pcghaketn",
            "pughaketn",
            "pcghaketn",
            "pcghaketn",
            "pgaktn",
        ],
    ),
    (
        MessageClass::Survey,
        ["pghak", "ghe", "pghak", "gh", "pghak", "pgak"],
    ),
    (MessageClass::Marketing, ["gh", "ghe", "gh", "gh", "gh", ""]),
    (
        MessageClass::Confirmation,
        ["", "pcghaken", "a", "a", "a", "a"],
    ),
    (
        MessageClass::WithdrawalConfirmation,
        [
            "pcghaken", "pcghaken", "pgakn", "pcghaken", "pcghaken", "pgakn",
        ],
    ),
    (
        MessageClass::Doorbell,
        [
            "",
            "pcghaketn",
            "pughaketn",
            "pcghaketn",
            "pcghaketn",
            "pgaktn",
        ],
    ),
];

/// A medium as a channel has it.
pub(super) fn able(medium: Medium) -> Capabilities {
    let windowed = matches!(medium, Medium::TemplatedChat | Medium::WindowedChat);
    Capabilities {
        medium,
        window_hours: windowed.then_some(24),
        templates: medium == Medium::TemplatedChat,
        ..WEBCHAT
    }
}

pub(super) struct Situation {
    able: Capabilities,
    pub(super) paper: Paper,
    /// The gate reads the paper whatever the situation is.
    pub(super) shown: bool,
    class: MessageClass,
    name: char,
    template: Template,
    wanted: TemplateUseFact,
}

impl Situation {
    pub(super) fn new(class: MessageClass, medium: Medium, name: char) -> Self {
        let purpose = match class {
            MessageClass::Survey => PurposeClass::Survey,
            _ => PurposeClass::Marketing,
        };
        let category = match class {
            MessageClass::Marketing => TemplateCategory::Marketing,
            _ => TemplateCategory::Utility,
        };
        Self {
            able: able(medium),
            paper: Paper::granted(purpose, medium, NOON),
            shown: "gh".contains(name),
            class,
            name,
            template: Template {
                header: None,
                body_parameters: vec![],
                ..template(category, "APPROVED")
            },
            wanted: TemplateUseFact {
                name: "versand".into(),
                language: "de".into(),
                header_parameters: 0,
                body_parameters: vec![],
                button_parameters: 0,
            },
        }
    }

    fn is_open(&self) -> bool {
        !"cuhe".contains(self.name)
    }

    fn agreed(&self) -> bool {
        "gh".contains(self.name)
    }

    /// Advertising is always a template where there are templates, everything else when the
    /// window is closed.
    fn templated(&self) -> bool {
        self.name == 'u'
            || (self.able.templates
                && ("he".contains(self.name)
                    || (self.class == MessageClass::Marketing && self.agreed())))
    }

    pub(super) fn judge(
        &self,
        change: impl FnOnce(&mut SendRequest<'_>, &mut Standing<'_>),
    ) -> Verdict {
        let last = if self.is_open() { NOON } else { Timestamp(0) };
        let mut request = SendRequest {
            template: self.templated().then_some(&self.wanted),
            intent: Intent {
                opt_out: self.agreed() || self.name == 'e',
                ..self.paper.intent(self.class)
            },
            ..text(1)
        };
        let mut standing = Standing {
            now: NOON,
            capabilities: &self.able,
            window: ReplyWindow::at(NOON, self.able.window_hours, Some(last)),
            template: self.templated().then_some(&self.template),
            person: Person {
                agreed: if self.shown {
                    self.paper.agreed()
                } else {
                    None
                },
                customer: (self.name == 'e').then_some(ExistingCustomer {
                    address_from_sale: true,
                    own_similar_goods: true,
                    never_objected: true,
                    told_when_collected: true,
                }),
                case: Case {
                    begun_by_contact: self.name != 'n',
                    open: self.is_open(),
                    answers: self.name == 'a',
                    sent_of_class: if self.name == 't' { 2 } else { 0 },
                    chosen_for_contract: self.name == 'k',
                    text_codes: false,
                },
                clock: clock(),
                ..Person::default()
            },
            ..super::standing(0, None, None)
        };
        change(&mut request, &mut standing);
        judge(&request, &standing)
    }
}

// Check: SG-02
#[test]
fn sg_02_every_cell_of_the_table() {
    let mut cells = 0;
    let mut wrong = Vec::new();
    for (class, row) in TABLE {
        for (medium, allowed) in Medium::ALL.into_iter().zip(row) {
            for name in SITUATIONS.chars() {
                let verdict = Situation::new(class, medium, name).judge(|_, _| {});
                let permitted = matches!(verdict, Verdict::Permit(_));
                if permitted != allowed.contains(name) {
                    wrong.push((class, medium, name, verdict));
                }
                cells += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(cells, 9 * 6 * 10);
}

type Change = fn(&mut SendRequest<'_>, &mut Standing<'_>);
/// What goes wrong, its code, and the classes that it does not stop.
type Blow = (&'static str, Change, &'static [MessageClass]);

use MessageClass::{
    Confirmation, Doorbell, FollowUp, Marketing, Reply, Security, Survey, Transactional,
    WithdrawalConfirmation,
};

/// What neither advertises nor asks for anything.
const NO_ADVERTISING: [MessageClass; 6] = [
    Reply,
    FollowUp,
    Transactional,
    Security,
    WithdrawalConfirmation,
    Doorbell,
];

const BLOWS: [Blow; 15] = [
    ("erased", |_, s| s.person.erased = true, &[]),
    ("restricted", |_, s| s.person.restricted = true, &[Security]),
    (
        "channel_policy",
        |_, s| s.person.channel_refused = true,
        &[],
    ),
    ("transfer_basis", |_, s| s.person.transfer_held = true, &[]),
    (
        "channel_paused",
        |_, s| s.channel_state = ChannelState::Paused,
        &[],
    ),
    (
        "channel_broken",
        |_, s| s.channel_state = ChannelState::Broken,
        &[],
    ),
    (
        "sector_policy",
        |_, s| s.person.sector = Sector::DoorbellOnly,
        &[Doorbell],
    ),
    ("minor", |_, s| s.person.age = Age::Minor, &NO_ADVERTISING),
    (
        "class_mixed",
        |r, _| r.intent.advertises = true,
        &[Reply, Marketing],
    ),
    (
        "fixed_text_only",
        |r, _| r.intent.fixed_text = false,
        &[Reply, FollowUp, Transactional, Security, Survey, Marketing],
    ),
    ("objected", |_, s| s.person.objected = true, &NO_ADVERTISING),
    (
        "marketing_paused",
        |_, s| s.person.paused = true,
        &NO_ADVERTISING,
    ),
    (
        "no_notice",
        |_, s| s.person.notice = NoticeServed::Missing,
        &[Security, Confirmation, WithdrawalConfirmation, Doorbell],
    ),
    ("sensitive_hold", |r, _| r.intent.sensitive = true, &[]),
    ("duplicate", |r, _| r.intent.duplicate = true, &[]),
];

// Check: SG-02, SG-09
#[test]
fn sg_02_what_stops_a_message_stops_it_in_every_cell_that_was_open() {
    let mut cells = 0;
    for (class, row) in TABLE {
        for (medium, allowed) in Medium::ALL.into_iter().zip(row) {
            for name in allowed.chars() {
                let situation = Situation::new(class, medium, name);
                for (code, change, spared) in BLOWS {
                    let ours = medium == Medium::OwnChat
                        && matches!(code, "sector_policy" | "sensitive_hold");
                    // Who writes to us about it is answered.
                    let answered = class == Confirmation
                        && name == 'a'
                        && matches!(code, "objected" | "marketing_paused");
                    let passes = ours || answered || spared.contains(&class);
                    let verdict = situation.judge(change);
                    let wanted = if passes { Vec::new() } else { vec![code] };
                    let found = match &verdict {
                        Verdict::Permit(_) => Vec::new(),
                        Verdict::Deny(reasons) => reasons.iter().map(|r| r.code).collect(),
                        Verdict::Defer { .. } => panic!("{verdict:?}"),
                    };
                    assert_eq!(found, wanted, "{class:?} {medium:?} {name} {code}");
                    cells += 1;
                }
            }
        }
    }
    assert!(cells > 4_000, "{cells}");
}
