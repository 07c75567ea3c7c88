use super::*;
use crate::channel::Medium;
use crate::ids::{AddressId, ChannelId, ConsentEventId, ContactId, TeammateId};
use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};

/// 2026-11-30T09:00:00Z
const NOW: Timestamp = Timestamp(1_796_029_200_000);
/// 2027-11-30T09:00:00Z
const YEAR_LATER: Timestamp = Timestamp(1_827_565_200_000);
const NEWS: &str = "marketing.newsletter";

fn address(number: u8, medium: Medium) -> AddressFacts {
    AddressFacts {
        id: AddressId::from_bytes([number; 16]),
        channel: ChannelId::from_bytes([number; 16]),
        medium,
        state: AddressState::Active,
    }
}

fn terms(purpose: &str) -> NoticeTerms {
    NoticeTerms {
        mark: NoticeMark {
            id: NoticeId([1; 32]),
            material: 1,
        },
        advertiser: "Muster GmbH".into(),
        product_scope: "Pizza".into(),
        recipients: ["Muster GmbH".to_owned()].into(),
        purposes: [purpose.to_owned()].into(),
        media: Medium::ALL.into(),
    }
}

/// A purpose, its notice, an address, and the consent between them.
struct Scene {
    purpose: Purpose,
    notice: NoticeTerms,
    address: AddressFacts,
    age: Age,
    now: Timestamp,
    challenges_today: u32,
    consent: Consent,
}

impl Scene {
    fn new(class: PurposeClass, medium: Medium) -> Self {
        let purpose = Purpose::new(NEWS, class);
        let address = address(1, medium);
        let consent = Consent::none(Subject {
            contact: ContactId::from_bytes([9; 16]),
            purpose: purpose.code.clone(),
            channel: address.channel,
            address: address.id,
        });
        Self {
            notice: terms(NEWS),
            purpose,
            address,
            age: Age::Unknown,
            now: NOW,
            challenges_today: 0,
            consent,
        }
    }

    fn granted(medium: Medium) -> Self {
        let mut scene = Self::new(PurposeClass::Marketing, medium);
        scene.must(request());
        if Way::usual(medium) == Way::WritesFirst {
            scene.must(What::WroteCode(scene.answer()));
        } else {
            scene.must(challenge(Way::usual(medium)));
            scene.must(What::Confirmed(scene.answer()));
        }
        scene
    }

    fn answer(&self) -> Answer {
        Answer {
            channel: self.address.channel,
            address: self.address.id,
            token_valid: true,
            pressed: Pressed::Button,
        }
    }

    fn tries(&self, by: Actor, what: What) -> Result<Consent, Refusal> {
        let world = Circumstances {
            now: self.now,
            purpose: &self.purpose,
            notice: &self.notice,
            address: self.address,
            age: self.age,
            suppressed: false,
            challenges_today: self.challenges_today,
            text_codes: false,
        };
        let id = ConsentEventId::from_bytes([7; 16]);
        self.consent.after(&Event { id, by, what }, &world)
    }

    fn refuses(&self, by: Actor, what: What) -> Refusal {
        self.tries(by, what).expect_err("refused")
    }

    fn must(&mut self, what: What) {
        self.consent = self.tries(Actor::Person, what).expect("taken");
    }

    fn status(&self) -> Status {
        self.consent.status(self.now, &self.notice, &self.address)
    }

    fn later(&mut self, ms: i64) {
        self.now = self.now.plus_ms(ms);
    }
}

fn asked(asked_by: AskedBy) -> What {
    What::Requested(Request {
        notice_served: true,
        preticked: false,
        explicit: false,
        asked_by,
    })
}

fn request() -> What {
    asked(AskedBy::Person)
}

fn challenge(way: Way) -> What {
    What::ChallengeIssued { way, neutral: true }
}

fn house() -> What {
    asked(AskedBy::House {
        in_conversation: true,
    })
}

// Check: CO-01
#[test]
fn co_01_a_consent_is_for_one_purpose_one_channel_and_one_address() {
    let scene = Scene::granted(Medium::TemplatedChat);
    assert_eq!(scene.status(), Status::Granted);
    let text_message = Consent::none(Subject {
        channel: ChannelId::from_bytes([2; 16]),
        address: AddressId::from_bytes([2; 16]),
        ..scene.consent.subject.clone()
    });
    let there = address(2, Medium::TextMessage);
    assert_eq!(
        text_message.status(NOW, &scene.notice, &there),
        Status::None
    );
    // What is true of one address changes nothing about a consent for another.
    let elsewhere = Scene {
        address: there,
        ..Scene::new(PurposeClass::Marketing, Medium::TemplatedChat)
    };
    assert_eq!(
        elsewhere.refuses(Actor::Person, request()),
        Refusal::ChannelMismatch
    );
}

// Check: CO-05
#[test]
fn co_05_a_confirmation_from_elsewhere_grants_nothing() {
    let mut scene = Scene::new(PurposeClass::Marketing, Medium::TextMessage);
    scene.must(request());
    let mail = Answer {
        channel: ChannelId::from_bytes([3; 16]),
        address: AddressId::from_bytes([3; 16]),
        ..scene.answer()
    };
    let refusal = scene.refuses(Actor::Person, What::WroteCode(mail));
    assert_eq!(refusal.as_str(), "channel_mismatch");
    // And a way of mail cannot be taken to a telephone number.
    assert_eq!(
        scene.refuses(Actor::House, challenge(Way::MailLink)),
        Refusal::WayNotPossible
    );
}

// Check: CO-06
#[test]
fn co_06_fetching_the_link_confirms_nothing() {
    let mut scene = Scene::new(PurposeClass::Marketing, Medium::Mail);
    scene.must(request());
    scene.must(challenge(Way::MailLink));
    let fetched = Answer {
        pressed: Pressed::LinkOnly,
        ..scene.answer()
    };
    for _ in 0..10 {
        let refusal = scene.refuses(Actor::Person, What::Confirmed(fetched));
        assert_eq!(refusal, Refusal::NeedsButton);
    }
    assert_eq!(scene.status(), Status::Pending);
    scene.must(What::Confirmed(scene.answer()));
    assert_eq!(scene.status(), Status::Granted);
}

// Check: CO-07
#[test]
fn co_07_a_ticked_box_or_an_unseen_notice_is_no_request() {
    let scene = Scene::new(PurposeClass::Marketing, Medium::OwnChat);
    let with = |notice_served, preticked| {
        What::Requested(Request {
            notice_served,
            preticked,
            explicit: false,
            asked_by: AskedBy::Person,
        })
    };
    assert_eq!(
        scene.refuses(Actor::Person, with(true, true)),
        Refusal::Preticked
    );
    assert_eq!(
        scene.refuses(Actor::Person, with(false, false)),
        Refusal::NoticeNotServed
    );
    assert!(scene.tries(Actor::Person, with(true, false)).is_ok());
}

// Check: CO-08
#[test]
fn co_08_a_question_is_neutral_and_asked_once_and_not_four_times_a_day() {
    let mut scene = Scene::new(PurposeClass::Marketing, Medium::Mail);
    scene.must(request());
    let loud = What::ChallengeIssued {
        way: Way::MailLink,
        neutral: false,
    };
    assert_eq!(scene.refuses(Actor::House, loud), Refusal::NotNeutral);
    scene.challenges_today = 3;
    assert_eq!(
        scene.refuses(Actor::House, challenge(Way::MailLink)),
        Refusal::TooManyChallenges
    );
    scene.challenges_today = 2;
    scene.must(challenge(Way::MailLink));
    // No reminder.
    assert_eq!(
        scene.refuses(Actor::House, challenge(Way::MailLink)),
        Refusal::NotPossibleNow
    );
}

// Check: CO-09
#[test]
fn co_09_where_the_person_can_write_first_nothing_is_sent_before() {
    for medium in Medium::ALL {
        let way = Way::usual(medium);
        assert!(way.is_possible(medium), "{medium:?}");
        assert_eq!(way.sends_first(), medium == Medium::Mail, "{medium:?}");
        if way == Way::WritesFirst {
            let mut scene = Scene::new(PurposeClass::Marketing, medium);
            scene.must(request());
            let asks = scene.refuses(Actor::House, challenge(Way::WritesFirst));
            assert_eq!(asks, Refusal::WayNotPossible);
            assert_eq!(scene.status(), Status::Requested);
            let wrong = Answer {
                token_valid: false,
                ..scene.answer()
            };
            let refusal = scene.refuses(Actor::Person, What::WroteCode(wrong));
            assert_eq!(refusal, Refusal::TokenInvalid);
            scene.later(DAY_MS - 1);
            scene.must(What::WroteCode(scene.answer()));
            assert_eq!(scene.status(), Status::Granted);
        }
    }
    // A code by text message is unasked for, so the company has to switch it on.
    let mut scene = Scene::new(PurposeClass::Marketing, Medium::TextMessage);
    scene.must(request());
    assert_eq!(
        scene.refuses(Actor::House, challenge(Way::TextCode)),
        Refusal::WayNotPossible
    );
}

#[test]
fn what_a_confirmation_proves_is_the_address_it_came_from() {
    assert_eq!(Proves::on(Medium::Mail), Proves::Mailbox);
    assert_eq!(Proves::on(Medium::TextMessage), Proves::Number);
    assert_eq!(Proves::on(Medium::TemplatedChat), Proves::PlatformAccount);
    assert_eq!(Proves::on(Medium::OwnChat), Proves::Session);
}

#[test]
fn questions_stand_for_a_while_and_are_removed_a_week_later() {
    for (medium, way, ms) in [
        (Medium::Mail, Way::MailLink, 7 * DAY_MS),
        (Medium::TemplatedChat, Way::ChatButtons, DAY_MS),
        (Medium::OwnChat, Way::SecondTap, DAY_MS),
    ] {
        let mut scene = Scene::new(PurposeClass::Marketing, medium);
        scene.must(request());
        scene.must(challenge(way));
        scene.later(ms - 1);
        assert_eq!(scene.status(), Status::Pending);
        assert_eq!(
            scene.refuses(Actor::House, What::TimedOut),
            Refusal::TooEarly
        );
        scene.later(1);
        assert_eq!(scene.status(), Status::Lapsed);
        let late = What::Confirmed(scene.answer());
        assert_eq!(
            scene.refuses(Actor::Person, late),
            Refusal::ChallengeExpired
        );
        scene.must(What::TimedOut);
        let due = scene.consent.removal_due();
        assert_eq!(due, Some(scene.now.plus_ms(7 * DAY_MS)));
        assert_eq!(Scene::granted(medium).consent.removal_due(), None);
    }
    assert_eq!(Way::TextCode.lasts_ms(), 15 * MINUTE_MS);
}

// Check: CO-15
#[test]
fn co_15_special_categories_need_an_explicit_act() {
    let mut scene = Scene::new(PurposeClass::Special, Medium::OwnChat);
    assert_eq!(
        scene.refuses(Actor::Person, request()),
        Refusal::ExplicitNeeded
    );
    scene.must(What::Requested(Request {
        notice_served: true,
        preticked: false,
        explicit: true,
        asked_by: AskedBy::Person,
    }));
    scene.must(What::Confirmed(scene.answer()));
    assert_eq!(scene.status(), Status::Granted);
    let vague = What::Renewed {
        explicit: false,
        in_conversation: true,
    };
    assert_eq!(scene.refuses(Actor::Person, vague), Refusal::ExplicitNeeded);
}

// Check: CO-16
#[test]
fn co_16_a_minor_agrees_to_nothing_without_a_parent() {
    let mut scene = Scene::new(PurposeClass::Marketing, Medium::OwnChat);
    scene.age = Age::Minor;
    assert_eq!(scene.refuses(Actor::Person, request()), Refusal::Minor);
    scene.age = Age::Unknown;
    scene.must(request());
    scene.must(challenge(Way::SecondTap));
    scene.age = Age::Minor;
    let yes = What::Confirmed(scene.answer());
    assert_eq!(scene.refuses(Actor::Person, yes), Refusal::Minor);
    scene.age = Age::MinorWithParent;
    scene.must(What::Confirmed(scene.answer()));
    assert_eq!(scene.status(), Status::Granted);
}

// Check: CO-17
#[test]
fn co_17_what_is_not_used_expires_and_nobody_is_asked_again() {
    let mut scene = Scene::granted(Medium::Mail);
    scene.now = YEAR_LATER.plus_ms(-1);
    assert_eq!(scene.status(), Status::Granted);
    scene.now = YEAR_LATER;
    assert_eq!(scene.status(), Status::Expired, "though nobody recorded it");
    assert_eq!(
        scene.refuses(Actor::House, What::Used),
        Refusal::NotPossibleNow
    );
    let renewal = What::Renewed {
        explicit: false,
        in_conversation: true,
    };
    assert_eq!(
        scene.refuses(Actor::Person, renewal),
        Refusal::NotPossibleNow
    );
    assert_eq!(
        scene.refuses(Actor::House, house()),
        Refusal::NoOutboundQuestion
    );
    for late in [What::NoticeChanged, What::AddressChanged, What::TimedOut] {
        let after = scene.tries(Actor::House, late).unwrap();
        assert_eq!(after.state, State::Expired, "and stays so");
    }
    scene.must(What::TimedOut);
    assert_eq!(
        scene.refuses(Actor::House, house()),
        Refusal::NoOutboundQuestion
    );
    // The person may come back by itself.
    scene.must(request());

    // Twenty-four months are the longest, whatever somebody configures.
    let expiry = Expiry::Unused { months: 200 };
    let long = Purpose {
        expiry,
        ..Purpose::new(NEWS, PurposeClass::Marketing)
    };
    let two_years = Expiry::Unused { months: 24 };
    let most = Purpose {
        expiry: two_years,
        ..long.clone()
    };
    assert_eq!(long.ends_unused(NOW), most.ends_unused(NOW));
    assert!(most.ends_unused(NOW) > Some(YEAR_LATER));
    // At the end of the calendar nothing lasts longer than now.
    assert_eq!(
        most.ends_unused(Timestamp(i64::MAX)),
        Some(Timestamp(i64::MAX))
    );
}

#[test]
fn a_survey_is_used_once_and_assistance_ends_with_its_case() {
    let mut survey = Scene::new(PurposeClass::Survey, Medium::TemplatedChat);
    survey.must(request());
    survey.must(What::WroteCode(survey.answer()));
    survey.must(What::Used);
    assert_eq!(survey.status(), Status::Expired);

    let mut case = Scene::new(PurposeClass::Assistance, Medium::OwnChat);
    case.must(request());
    case.must(What::Confirmed(case.answer()));
    case.must(What::Used);
    case.must(What::CaseEnded);
    case.later(30 * DAY_MS - 1);
    case.must(What::CaseEnded);
    assert_eq!(case.status(), Status::Granted);
    case.later(1);
    assert_eq!(case.status(), Status::Expired, "the first end counts");
}

// Check: CO-18
#[test]
fn co_18_a_list_proves_nothing() {
    let mut scene = Scene::new(PurposeClass::Marketing, Medium::Mail);
    scene.must(What::Imported);
    assert_eq!(scene.status(), Status::Asserted);
    let teammate = Actor::Teammate(TeammateId::from_bytes([1; 16]));
    let whole = Proof {
        text: true,
        act: true,
        source: true,
        given_at: Some(NOW.plus_ms(-DAY_MS)),
        confirmation: true,
        explicit: false,
    };
    for part in [
        Proof {
            text: false,
            ..whole
        },
        Proof {
            act: false,
            ..whole
        },
        Proof {
            source: false,
            ..whole
        },
        Proof {
            given_at: None,
            ..whole
        },
        Proof {
            given_at: Some(NOW.plus_ms(1)),
            ..whole
        },
        Proof {
            confirmation: false,
            ..whole
        },
    ] {
        let refusal = scene.refuses(teammate, What::ProofAdded(part));
        assert_eq!(refusal, Refusal::ProofIncomplete, "{part:?}");
    }
    let alone = scene.refuses(Actor::House, What::ProofAdded(whole));
    assert_eq!(alone, Refusal::ProofIncomplete);
    scene.consent = scene.tries(teammate, What::ProofAdded(whole)).unwrap();
    assert_eq!(scene.status(), Status::Granted);
    // It is as old as what it proves.
    scene.now = YEAR_LATER.plus_ms(-DAY_MS);
    assert_eq!(scene.status(), Status::Expired);
    // Nothing that happened here is overwritten by a list.
    let refusal = Scene::granted(Medium::Mail).refuses(Actor::House, What::Imported);
    assert_eq!(refusal, Refusal::NotPossibleNow);
}

// Check: CO-19
#[test]
fn co_19_another_promise_makes_a_consent_outdated() {
    let old = terms(NEWS);
    let change = |change: &dyn Fn(&mut NoticeTerms)| {
        let mut next = old.clone();
        next.mark.id = NoticeId([2; 32]);
        change(&mut next);
        next.mark.material = next.material_after(&old, 1);
        next
    };
    let reworded = change(&|_| {});
    assert_eq!(reworded.mark.material, 1);
    let fewer = change(&|notice| notice.recipients.clear());
    assert_eq!(fewer.mark.material, 1);
    for next in [
        change(&|notice| notice.advertiser = "Andere GmbH".into()),
        change(&|notice| notice.product_scope = "Pizza, Autos".into()),
        change(&|notice| _ = notice.recipients.insert("Adresshandel".into())),
    ] {
        let mut scene = Scene::granted(Medium::OwnChat);
        scene.notice = reworded.clone();
        assert_eq!(scene.status(), Status::Granted);
        let same = scene.refuses(Actor::House, What::NoticeChanged);
        assert_eq!(same, Refusal::NotPossibleNow);
        scene.notice = next;
        assert_eq!(
            scene.status(),
            Status::Outdated,
            "though nobody recorded it"
        );
        assert!(scene.tries(Actor::House, What::Used).is_err());
        scene.must(What::NoticeChanged);
        let renewal = |in_conversation| What::Renewed {
            explicit: false,
            in_conversation,
        };
        assert_eq!(
            scene.refuses(Actor::Person, renewal(false)),
            Refusal::ConversationNeeded
        );
        scene.must(renewal(true));
        assert_eq!(scene.status(), Status::Granted);
    }
    // Who was asked under the old promise has not agreed to the new one.
    let mut asked = Scene::new(PurposeClass::Marketing, Medium::Mail);
    asked.must(request());
    asked.must(challenge(Way::MailLink));
    asked.notice = change(&|notice| notice.advertiser = "Andere GmbH".into());
    let yes = What::Confirmed(asked.answer());
    assert_eq!(asked.refuses(Actor::Person, yes), Refusal::OutdatedNotice);
    // A notice that names nobody or nothing covers nothing.
    let nobody = change(&|notice| notice.advertiser.clear());
    assert!(!nobody.covers(NEWS, Medium::Mail));
    assert!(!old.covers("marketing.cars", Medium::Mail));
}

// Check: CO-20
#[test]
fn co_20_another_identity_has_agreed_to_nothing() {
    let mut scene = Scene::granted(Medium::TemplatedChat);
    scene.address.state = AddressState::Changed;
    assert_eq!(
        scene.status(),
        Status::Unverified,
        "though nobody recorded it"
    );
    scene.must(What::AddressChanged);
    assert_eq!(scene.status(), Status::Unverified);
    scene.must(request());
    let yes = What::WroteCode(scene.answer());
    let refusal = scene.refuses(Actor::Person, yes.clone());
    assert_eq!(refusal, Refusal::AddressUnverified);
    scene.address.state = AddressState::Active;
    scene.must(yes);
    assert_eq!(scene.status(), Status::Granted);
    // A question to the old identity is answered by nobody else.
    let mut pending = Scene::new(PurposeClass::Marketing, Medium::Mail);
    pending.must(request());
    pending.must(challenge(Way::MailLink));
    pending.must(What::AddressChanged);
    let yes = What::Confirmed(pending.answer());
    assert_eq!(pending.refuses(Actor::Person, yes), Refusal::NotPossibleNow);
}

// Check: CO-23
#[test]
fn co_23_every_use_keeps_the_proof_longer_and_a_withdrawal_does_not_drop_it() {
    let mut scene = Scene::granted(Medium::Mail);
    let first = scene.consent.proof_until;
    assert!(first > Some(YEAR_LATER));
    scene.later(100 * DAY_MS);
    scene.must(What::Used);
    let second = scene.consent.proof_until;
    assert!(second > first);
    assert_eq!(scene.consent.rests_on.len(), 3, "a use is no ground");
    scene.now = YEAR_LATER;
    assert_eq!(scene.status(), Status::Granted, "it was used since");
    scene.must(What::Withdrawn);
    assert_eq!(scene.consent.proof_until, second);
}

// Check: CO-24
#[test]
fn co_24_who_said_no_is_not_asked_for_six_months() {
    let mut scene = Scene::new(PurposeClass::Marketing, Medium::OwnChat);
    scene.must(house());
    scene.must(What::Refused);
    scene.later(182 * DAY_MS);
    assert_eq!(scene.refuses(Actor::House, house()), Refusal::ReaskTooEarly);
    assert!(scene.tries(Actor::Person, request()).is_ok());
    scene.later(DAY_MS);
    assert!(scene.tries(Actor::House, house()).is_ok());
    let unbidden = asked(AskedBy::House {
        in_conversation: false,
    });
    assert_eq!(
        scene.refuses(Actor::House, unbidden),
        Refusal::ConversationNeeded
    );
}

#[test]
fn only_the_person_agrees_and_only_two_people_invalidate() {
    let first = TeammateId::from_bytes([1; 16]);
    let second = TeammateId::from_bytes([2; 16]);
    let mut scene = Scene::new(PurposeClass::Marketing, Medium::Mail);
    scene.must(request());
    scene.must(challenge(Way::MailLink));
    for by in [Actor::Teammate(first), Actor::House] {
        let yes = What::Confirmed(scene.answer());
        assert_eq!(scene.refuses(by, yes), Refusal::OnlyThePerson);
    }
    scene.must(What::Confirmed(scene.answer()));
    let invalid = |second, reason_given| What::Invalidated {
        second,
        reason_given,
    };
    let alone = scene.refuses(Actor::Teammate(first), invalid(first, true));
    assert_eq!(alone, Refusal::TwoPersonsNeeded);
    let nobody = scene.refuses(Actor::House, invalid(second, true));
    assert_eq!(nobody, Refusal::TwoPersonsNeeded);
    let why = scene.refuses(Actor::Teammate(first), invalid(second, false));
    assert_eq!(why, Refusal::ReasonNeeded);
    scene.consent = scene
        .tries(Actor::Teammate(first), invalid(second, true))
        .unwrap();
    assert_eq!(scene.status(), Status::Invalidated);
}

/// Every state, once.
fn every_state() -> Vec<Consent> {
    let grant = match Scene::granted(Medium::Mail).consent.state {
        State::Granted(grant) => grant,
        other => panic!("{other:?}"),
    };
    let notice = grant.notice;
    let (at, explicit) = (NOW, false);
    let states = [
        State::None,
        State::Requested {
            at,
            notice,
            explicit,
        },
        State::Pending {
            until: NOW.plus_ms(HOUR_MS),
            notice,
            explicit,
            way: Way::MailLink,
        },
        State::Granted(grant),
        State::Refused { at },
        State::Lapsed { at },
        State::Outdated,
        State::Expired,
        State::Unverified,
        State::Withdrawn { at },
        State::Invalidated,
        State::Asserted,
    ];
    let subject = Scene::new(PurposeClass::Marketing, Medium::Mail)
        .consent
        .subject;
    let of = |state| Consent {
        state,
        ..Consent::none(subject.clone())
    };
    states.into_iter().map(of).collect()
}

/// What becomes of every state with every event that nothing speaks against; what is missing here
/// is refused.
const TABLE: [(&str, &str); 12] = [
    (
        "requested",
        "none>requested requested>requested pending>requested refused>requested \
         lapsed>requested outdated>requested expired>requested unverified>requested \
         withdrawn>requested invalidated>requested asserted>requested",
    ),
    ("challenge_issued", "requested>pending"),
    ("confirmed", "pending>granted"),
    ("wrote_code", ""),
    (
        "refused",
        "none>refused requested>refused pending>refused granted>withdrawn refused>refused \
         lapsed>refused outdated>withdrawn expired>withdrawn unverified>withdrawn \
         withdrawn>withdrawn invalidated>withdrawn asserted>refused",
    ),
    ("timed_out", ""),
    ("used", "granted>granted"),
    ("renewed", "granted>granted outdated>granted"),
    ("notice_changed", ""),
    (
        "address_changed",
        "requested>lapsed pending>lapsed granted>unverified outdated>unverified",
    ),
    ("case_ended", ""),
    ("imported", "none>asserted"),
];

fn event(name: &str, answer: Answer) -> What {
    match name {
        "requested" => request(),
        "challenge_issued" => challenge(Way::MailLink),
        "confirmed" => What::Confirmed(answer),
        "wrote_code" => What::WroteCode(answer),
        "refused" => What::Refused,
        "timed_out" => What::TimedOut,
        "used" => What::Used,
        "renewed" => What::Renewed {
            explicit: false,
            in_conversation: true,
        },
        "notice_changed" => What::NoticeChanged,
        "address_changed" => What::AddressChanged,
        "case_ended" => What::CaseEnded,
        "imported" => What::Imported,
        other => panic!("{other}"),
    }
}

#[test]
fn every_state_answers_every_event() {
    let mut scene = Scene::new(PurposeClass::Marketing, Medium::Mail);
    let mut cells = 0;
    for consent in every_state() {
        scene.consent = consent;
        let before = scene.status();
        for (name, row) in TABLE {
            let wanted = row
                .split_whitespace()
                .filter_map(|cell| cell.split_once('>'))
                .find(|(from, _)| *from == before.as_str())
                .map(|(_, to)| to);
            let after = scene
                .tries(Actor::Person, event(name, scene.answer()))
                .map(|next| next.status(NOW, &scene.notice, &scene.address).as_str());
            assert_eq!(after.ok(), wanted, "{before:?} {name}");
            cells += 1;
        }
        for what in [What::Withdrawn, What::Objected] {
            let by_anybody = scene.tries(Actor::House, what).unwrap();
            assert_eq!(by_anybody.state, State::Withdrawn { at: NOW });
        }
        let what = What::Invalidated {
            second: TeammateId::from_bytes([2; 16]),
            reason_given: true,
        };
        let first = Actor::Teammate(TeammateId::from_bytes([1; 16]));
        assert_eq!(scene.tries(first, what).unwrap().state, State::Invalidated);
        cells += 3;
    }
    assert_eq!(cells, 12 * 15);
}

#[test]
fn states_have_names_here_and_in_the_vocabulary() {
    for status in Status::ALL {
        assert_eq!(Status::parse(status.as_str()), Some(status));
        assert!(dpv::of_status(status).starts_with("dpv:Consent"));
    }
    for class in PurposeClass::ALL {
        assert_eq!(PurposeClass::parse(class.as_str()), Some(class));
        assert!(dpv::of_purpose(class).starts_with("dpv:"));
    }
    let given = |status| dpv::of_status(status) == "dpv:ConsentGiven";
    let sendable: Vec<Status> = Status::ALL.into_iter().filter(|s| given(*s)).collect();
    assert_eq!(sendable, [Status::Granted]);
    let renewed = What::Renewed {
        explicit: false,
        in_conversation: false,
    };
    assert_eq!(dpv::of_event(&renewed), Some("dpv:RenewedConsentGiven"));
    assert_eq!(dpv::of_event(&What::Used), Option::None);
    assert_eq!(dpv::of_form(true), "dpv:ExplicitlyExpressedConsent");
    let id = NoticeId([0xab; 32]).to_string();
    assert!(id.starts_with("sha256:abab") && id.len() == 71);
    assert_eq!(
        Refusal::Scope.to_string(),
        "the consent does not change: scope"
    );
}
