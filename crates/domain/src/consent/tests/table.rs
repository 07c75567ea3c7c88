//! Every state answers every event.

use super::*;

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
