//! The rules that the table does not show: consents in every state, § 7(3) UWG, the window to the
//! second, hours and frequency, what goes with a message, and words that advertise.

use super::matrix::Situation;
use super::*;
use crate::consent::{Grant, State};
use crate::time::DAY_MS;

fn denied(verdict: &Verdict) -> Vec<&'static str> {
    match verdict {
        Verdict::Permit(_) => Vec::new(),
        Verdict::Defer { reasons, .. } | Verdict::Deny(reasons) => {
            reasons.iter().map(|reason| reason.code).collect()
        }
    }
}

fn advertises(medium: Medium) -> Situation {
    Situation::new(MessageClass::Marketing, medium, 'h')
}

// Check: SG-02
#[test]
fn sg_02_only_a_granted_consent_carries_advertising() {
    let granted = Paper::granted(PurposeClass::Marketing, Medium::Mail, NOON);
    let State::Granted(grant) = granted.consent.state else {
        panic!("granted")
    };
    let (at, notice, explicit) = (NOON, grant.notice, false);
    let until = NOON.plus_ms(HOUR_MS);
    let way = Way::MailLink;
    let states = [
        (State::None, "consent_missing"),
        (
            State::Requested {
                at,
                notice,
                explicit,
            },
            "consent_pending",
        ),
        (
            State::Pending {
                until,
                notice,
                explicit,
                way,
            },
            "consent_pending",
        ),
        (State::Refused { at }, "consent_missing"),
        (State::Lapsed { at }, "consent_missing"),
        (State::Outdated, "consent_outdated"),
        (State::Expired, "consent_expired"),
        (State::Unverified, "address_unverified"),
        (State::Withdrawn { at }, "consent_withdrawn"),
        (State::Invalidated, "consent_invalidated"),
        (State::Asserted, "consent_unproven"),
        (
            State::Granted(Grant {
                expires_at: Some(NOON),
                ..grant
            }),
            "consent_expired",
        ),
    ];
    for (state, code) in states {
        let mut situation = advertises(Medium::Mail);
        situation.paper.consent.state = state;
        let verdict = situation.judge(|_, _| {});
        assert_eq!(denied(&verdict), [code], "{state:?}");
    }
}

// Check: CO-01, CO-05
#[test]
fn co_05_a_consent_for_somewhere_else_or_something_else_carries_nothing() {
    let with = |change: &dyn Fn(&mut Paper)| {
        let mut situation = advertises(Medium::Mail);
        change(&mut situation.paper);
        denied(&situation.judge(|_, _| {}))
    };
    assert!(with(&|_| {}).is_empty());
    let elsewhere = ChannelId::from_bytes([8; 16]);
    let other = AddressId::from_bytes([8; 16]);
    assert_eq!(
        with(&|p| p.consent.subject.channel = elsewhere),
        ["channel_mismatch"]
    );
    assert_eq!(
        with(&|p| p.address.channel = elsewhere),
        ["channel_mismatch"]
    );
    assert_eq!(
        with(&|p| p.consent.subject.address = other),
        ["channel_mismatch"]
    );
    assert_eq!(
        with(&|p| p.purpose.class = PurposeClass::Survey),
        ["consent_scope"]
    );
    assert_eq!(
        with(&|p| p.purpose.needs_explicit = true),
        ["consent_scope"]
    );
    assert_eq!(with(&|p| p.notice.media.clear()), ["consent_scope"]);
    assert_eq!(with(&|p| p.notice.product_scope.clear()), ["consent_scope"]);
    assert_eq!(
        with(&|p| p.consent.subject.purpose = "marketing.cars".into()),
        ["consent_scope"]
    );
    let unnamed = advertises(Medium::Mail).judge(|request, _| request.intent.purpose = None);
    assert_eq!(denied(&unnamed), ["consent_scope"]);
    let somebody = advertises(Medium::Mail).judge(|_, standing| {
        if let Some(agreed) = &mut standing.person.agreed {
            agreed.contact = ContactId::from_bytes([8; 16]);
        }
    });
    assert_eq!(denied(&somebody), ["channel_mismatch"]);
}

// Check: SG-10
#[test]
fn sg_10_a_permit_says_what_it_rests_on() {
    let Verdict::Permit(permit) = advertises(Medium::Mail).judge(|_, _| {}) else {
        panic!("permitted")
    };
    assert_eq!(permit.class(), MessageClass::Marketing);
    assert_eq!(permit.rule_version(), RULE_VERSION);
    assert_eq!(
        permit.consent_events().len(),
        3,
        "request, question, answer"
    );
    let reply = Situation::new(MessageClass::Reply, Medium::Mail, 'g').judge(|_, _| {});
    let Verdict::Permit(permit) = reply else {
        panic!("permitted")
    };
    assert!(permit.consent_events().is_empty(), "it needs none");
}

// Check: SG-05
#[test]
fn sg_05_the_exception_for_customers_needs_all_four_conditions_and_a_way_out() {
    let mail = || Situation::new(MessageClass::Marketing, Medium::Mail, 'e');
    assert!(denied(&mail().judge(|_, _| {})).is_empty());
    let drops: [fn(&mut ExistingCustomer); 4] = [
        |customer| customer.address_from_sale = false,
        |customer| customer.own_similar_goods = false,
        |customer| customer.never_objected = false,
        |customer| customer.told_when_collected = false,
    ];
    for drop in drops {
        let verdict = mail().judge(|_, s| s.person.customer.iter_mut().for_each(drop));
        assert_eq!(denied(&verdict), ["consent_missing", "existing_customer"]);
    }
    let no_way_out = mail().judge(|request, _| request.intent.opt_out = false);
    assert_eq!(
        denied(&no_way_out),
        ["consent_missing", "existing_customer", "opt_out_missing"]
    );
    // Who withdrew a consent is no customer in that sense either.
    let mut former = mail();
    former.paper.must(NOON, What::Withdrawn);
    former.shown = true;
    let withdrawn = former.judge(|_, _| {});
    assert_eq!(
        denied(&withdrawn),
        ["consent_withdrawn", "existing_customer"]
    );
}

// Check: SG-06
#[test]
fn sg_06_the_exception_for_customers_is_for_mail_only() {
    for medium in Medium::ALL {
        for class in [MessageClass::Marketing, MessageClass::Survey] {
            let verdict = Situation::new(class, medium, 'e').judge(|_, _| {});
            let permitted = matches!(verdict, Verdict::Permit(_));
            assert_eq!(permitted, medium == Medium::Mail, "{class:?} {medium:?}");
        }
    }
}

// Check: SG-07
#[test]
fn sg_07_a_second_before_the_window_closes_free_text_passes_and_a_second_after_a_template() {
    let last = NOON.plus_ms(-24 * HOUR_MS);
    let at = |ms: i64, name: char| {
        let now = NOON.plus_ms(ms);
        let verdict = Situation::new(MessageClass::Reply, Medium::TemplatedChat, name).judge(
            |_, standing| {
                standing.now = now;
                standing.window = ReplyWindow::at(now, Some(24), Some(last));
            },
        );
        denied(&verdict)
    };
    assert!(at(-1_000, 'p').is_empty());
    assert_eq!(at(1_000, 'p'), ["window_closed"]);
    assert!(at(1_000, 'u').is_empty());
}

#[test]
fn advertising_travels_as_a_template_for_advertising_and_nothing_else_does() {
    let free = Situation::new(MessageClass::Marketing, Medium::TemplatedChat, 'g').judge(
        |request, standing| {
            request.template = None;
            standing.template = None;
        },
    );
    assert_eq!(denied(&free), ["marketing_template_needed"]);
    let utility = super::template(TemplateCategory::Utility, "APPROVED");
    let wrong = Template {
        header: None,
        body_parameters: vec![],
        ..utility
    };
    let verdict = {
        let situation = advertises(Medium::TemplatedChat);
        let mut found = None;
        situation.judge(|request, standing| {
            let standing = Standing {
                template: Some(&wrong),
                ..standing.clone()
            };
            found = Some(judge(request, &standing));
        });
        found.unwrap()
    };
    assert_eq!(denied(&verdict), ["marketing_template_needed"]);
    // An order's news in a template for advertising is advertising.
    let disguised = advertises(Medium::TemplatedChat).judge(|request, _| {
        request.intent.class = MessageClass::Transactional;
    });
    assert_eq!(denied(&disguised), ["class_mixed"]);
    // Mail and text messages show a way out in each message; lists are asked where there are any.
    for medium in [Medium::Mail, Medium::TextMessage] {
        let verdict = advertises(medium).judge(|request, _| request.intent.opt_out = false);
        assert_eq!(denied(&verdict), ["opt_out_missing"]);
    }
    for (list, code) in [
        (ListCheck::Listed, "list_entry"),
        (ListCheck::Unasked, "list_unasked"),
    ] {
        let verdict = advertises(Medium::Mail).judge(|_, s| s.person.list = list);
        assert_eq!(denied(&verdict), [code]);
    }
}

// Check: IN-02
#[test]
fn in_02_the_first_information_and_the_word_of_a_program_go_with_the_message() {
    let reply = || Situation::new(MessageClass::Reply, Medium::TemplatedChat, 'p');
    let enclosures = |verdict: Verdict| match verdict {
        Verdict::Permit(permit) => permit.enclosures().to_vec(),
        other => panic!("{other:?}"),
    };
    assert!(enclosures(reply().judge(|_, _| {})).is_empty());
    let first = reply().judge(|request, standing| {
        standing.person.notice = NoticeServed::Attachable;
        request.intent.by_bot = true;
    });
    assert_eq!(
        enclosures(first),
        [Enclosure::FirstNotice, Enclosure::BotDisclosure]
    );
    let known = reply().judge(|request, standing| {
        request.intent.by_bot = true;
        standing.person.bot_disclosed = true;
    });
    assert!(enclosures(known).is_empty());
}

/// Asks for advertising by mail at this instant, on a ground that does not age.
fn at(now: Timestamp, zone: &TimeZone) -> Verdict {
    Situation::new(MessageClass::Marketing, Medium::Mail, 'e').judge(|_, standing| {
        standing.now = now;
        let zone = zone.clone();
        standing.person.clock = clock().map(|clock| Clock { zone, ..clock });
    })
}

fn instant(text: &str) -> Timestamp {
    let instant: jiff::Timestamp = text.parse().unwrap();
    Timestamp(instant.as_millisecond())
}

// Check: SG-08
#[test]
fn sg_08_quiet_hours_follow_the_contacts_clock_through_its_changes() {
    for (now, until) in [
        // Saturday evening waits for Monday.
        ("2026-12-05T19:00:00Z", Some("2026-12-07T08:00:00Z")),
        ("2026-12-05T18:59:59Z", None),
        // Christmas falls on Friday and Saturday.
        ("2026-12-24T20:00:00Z", Some("2026-12-28T08:00:00Z")),
        // Summer begins on Sunday, 28 March 2027: Monday's nine o'clock is seven in Greenwich.
        ("2027-03-27T19:00:00Z", Some("2027-03-29T07:00:00Z")),
        ("2027-03-29T06:59:59Z", Some("2027-03-29T07:00:00Z")),
        ("2027-03-29T07:00:00Z", None),
        // And ends on Sunday, 31 October 2027.
        ("2027-10-30T18:00:00Z", Some("2027-11-01T08:00:00Z")),
        ("2027-11-01T07:59:59Z", Some("2027-11-01T08:00:00Z")),
        ("2027-11-01T08:00:00Z", None),
    ] {
        let verdict = at(instant(now), &berlin());
        match until {
            None => assert!(matches!(verdict, Verdict::Permit(_)), "{now} {verdict:?}"),
            Some(until) => {
                let Verdict::Defer { until: found, .. } = verdict else {
                    panic!("{now} {verdict:?}")
                };
                assert_eq!(found, instant(until), "{now}");
            }
        }
    }
    let unknown = advertises(Medium::Mail).judge(|_, s| s.person.clock = None);
    assert_eq!(denied(&unknown), ["quiet_hours_unknown"]);
    // What concerns an order may come from seven to ten, also on Sundays, and at any hour when
    // it cannot wait.
    let order = |now: &str, urgent: bool| {
        let situation = Situation::new(MessageClass::Transactional, Medium::Mail, 'p');
        denied(&situation.judge(|request, standing| {
            standing.now = instant(now);
            request.intent.urgent = urgent;
        }))
    };
    assert_eq!(order("2026-12-06T05:59:00Z", false), ["quiet_hours"]);
    assert!(order("2026-12-06T06:00:00Z", false).is_empty());
    assert_eq!(order("2026-12-06T21:00:00Z", false), ["quiet_hours"]);
    assert!(order("2026-12-06T21:00:00Z", true).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    // Check: SG-08
    #[test]
    fn sg_08_a_deferred_message_goes_at_the_first_instant_it_may(
        minutes in 0i64..3 * 365 * 24 * 60,
        zone in prop::sample::select(vec![
            "CET-1CEST,M3.5.0,M10.5.0/3",
            "EST5EDT,M3.2.0,M11.1.0",
            "AEST-10AEDT,M10.1.0,M4.1.0/3",
            "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
            "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
            "NPT-5:45",
            "UTC0",
        ]),
    ) {
        let zone = TimeZone::posix(zone).unwrap();
        let now = NOON.plus_ms(minutes * 60_000);
        let hours = ADVERTISING_HOURS;
        let clock = Clock { zone: zone.clone(), ..clock().unwrap() };
        // Read off the wall, without the code that searches.
        let wall = |at: Timestamp| {
            let seconds = at.0 / 1_000;
            let instant = jiff::Timestamp::from_second(seconds).unwrap();
            let local = seconds + i64::from(zone.to_offset(instant).seconds());
            let day = local.div_euclid(86_400);
            // 1970-01-01 was a Thursday.
            let sunday = (day + 4).rem_euclid(7) == 0;
            let christmas = day == 20_812 || day == 20_813;
            !sunday && !christmas && (9..20).contains(&local.rem_euclid(86_400).div_euclid(3_600))
        };
        match clock.opening(hours, now) {
            Opening::Open => prop_assert!(wall(now)),
            Opening::Later(until) => {
                prop_assert!(!wall(now) && until > now && wall(until));
                let mut before = now;
                while before < until {
                    prop_assert!(!wall(before));
                    before = before.plus_ms(15 * 60_000);
                }
                prop_assert!(!wall(until.plus_ms(-1_000)));
            }
            Opening::Unknown => prop_assert!(false, "there is always a next hour"),
        }
    }
}

#[test]
fn four_advertisements_a_month_are_enough() {
    let sent = |sent: u32, free_at: Option<Timestamp>| {
        advertises(Medium::Mail).judge(|_, standing| {
            standing.person.marketing = Frequency {
                sent,
                free_at,
                ..Frequency::default()
            };
        })
    };
    assert!(denied(&sent(3, None)).is_empty());
    assert_eq!(denied(&sent(4, None)), ["frequency_cap"]);
    assert!(matches!(sent(4, None), Verdict::Deny(_)));
    let later = NOON.plus_ms(5 * DAY_MS);
    let Verdict::Defer { until, .. } = sent(4, Some(later)) else {
        panic!("deferred")
    };
    assert_eq!(until, later);
    // Where more than time stands against it, nothing waits.
    let both = advertises(Medium::Mail).judge(|_, standing| {
        standing.person.marketing = Frequency {
            sent: 4,
            free_at: Some(later),
            max: 4,
        };
        standing.person.paused = true;
    });
    assert!(matches!(both, Verdict::Deny(_)));
    assert_eq!(denied(&both), ["marketing_paused", "frequency_cap"]);
}

// Check: SG-11
#[test]
fn sg_11_at_the_ends_of_time_nothing_is_sent_and_nothing_breaks() {
    for now in [i64::MIN, i64::MAX, 0] {
        let now = Timestamp(now);
        for class in [MessageClass::Marketing, MessageClass::Transactional] {
            let verdict = Situation::new(class, Medium::Mail, 'g').judge(|_, standing| {
                standing.now = now;
            });
            assert!(!matches!(verdict, Verdict::Permit(_)), "{now:?} {class:?}");
        }
    }
}

// Check: SG-03
#[test]
fn sg_03_words_that_advertise_are_found_in_what_must_not() {
    for text in [
        "Ihre Bestellung ist unterwegs. Mit dem Code HERBST erhalten Sie 10 % Rabatt!",
        "Ihr Termin ist morgen um 9. Übrigens: 20% günstiger auf alles!",
        "Paket zugestellt. Jetzt bestellen und sparen.",
        "Danke für Ihren Einkauf! Hier Ihr Gutschein für das nächste Mal.",
        "Ihr Flug ist pünktlich. Nur heute: Upgrade.",
        "Das könnte Sie auch interessieren: unsere Herbstkollektion",
        "Bewerten Sie uns bei der Suchmaschine Ihres Vertrauens",
        "Black Friday: jetzt zugreifen",
        "Your parcel was delivered. Save up to 30% off next time",
        "Order confirmed. Special offer inside!",
        "Appointment moved. Follow us for more",
        "SALE",
        "Abonnieren Sie unseren Newsletter",
        "-15 % bis Sonntag",
    ] {
        assert!(lint::advertises(text), "{text}");
    }
    for text in [
        "Ihre Bestellung 4711 ist unterwegs und kommt morgen zwischen 9 und 12 Uhr.",
        "Ihr Termin am Montag um 9 Uhr ist bestätigt.",
        "Ihr Flug hat das Gate gewechselt: B 22 statt A 11.",
        "Die Rechnung enthält 19 % Mehrwertsteuer.",
        "Das Angebot Nr. 12 vom Montag liegt bei, wie besprochen.",
        "Der Akku ist zu 80 % geladen.",
        "Your parcel arrives tomorrow between 9 and 12.",
        "Our sales team will call you back at ten.",
        "Bitte bringen Sie Ihre Versichertenkarte mit.",
        "",
    ] {
        assert!(!lint::advertises(text), "{text}");
    }
}

// Check: CO-08
#[test]
fn co_08_a_confirmation_is_free_of_advertising_prices_and_further_links() {
    let plain = "Muster GmbH: Möchten Sie unseren Pizza-Brief? Bestätigen: https://muster.example/b \
        Impressum: https://muster.example/i Datenschutz: https://muster.example/d";
    assert!(lint::is_neutral(plain));
    for more in [
        " https://muster.example/shop",
        " Heute 5 € sparen",
        " Mit Gutschein",
        " 10 % Nachlass",
    ] {
        assert!(!lint::is_neutral(&format!("{plain}{more}")), "{more}");
    }
}
