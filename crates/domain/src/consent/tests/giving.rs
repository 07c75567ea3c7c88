//! What it takes to agree.

use super::*;

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
