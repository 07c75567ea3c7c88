//! What ends a consent, and what it leaves.

use super::*;

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
