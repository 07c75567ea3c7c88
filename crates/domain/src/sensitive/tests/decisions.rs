//! Every cell of the table of what follows from a finding, and the modes of the sectors.

use super::super::{
    Author, Choice, Denial, Doorbell, Finding, HINT_INTERVAL_MS, Handling, Incoming, Kind,
    Outgoing, Reply, Settings, Verdict, inbound, outbound,
};
use super::{Confidence, Rule, SectorMode};
use crate::channel::ChannelKind;
use crate::time::{MINUTE_MS, Timestamp};
use Confidence::{High, Low, Medium};

const NOW: Timestamp = Timestamp(1_795_300_000_000);

fn of(rule: Rule, confidence: Confidence) -> Vec<Finding> {
    vec![Finding {
        rule,
        confidence,
        span: 0..3,
    }]
}

fn mode(mode: SectorMode) -> Settings {
    Settings {
        mode,
        ..Settings::default()
    }
}

fn out(findings: &[Finding], author: Author) -> Outgoing<'_> {
    Outgoing {
        findings,
        author,
        has_picture: false,
        is_doorbell: false,
        purpose_permits: true,
        explicit_consent: false,
    }
}

fn third(outgoing: &Outgoing<'_>, sector: SectorMode) -> Verdict {
    outbound(outgoing, ChannelKind::Whatsapp, &mode(sector))
}

fn own(outgoing: &Outgoing<'_>, sector: SectorMode) -> Verdict {
    outbound(outgoing, ChannelKind::Webchat, &mode(sector))
}

const HELD: [Choice; 2] = [Choice::OwnChannel, Choice::RemovePart];
const HELD_OR_ANYWAY: [Choice; 3] = [Choice::OwnChannel, Choice::RemovePart, Choice::SendAnyway];

fn hold(choices: &[Choice]) -> Verdict {
    Verdict::Hold(choices.to_vec())
}

/// The modes in which something besides the doorbell leaves at all.
fn open_modes() -> impl Iterator<Item = SectorMode> {
    SectorMode::ALL
        .into_iter()
        .filter(|mode| !mode.rules().doorbell_only)
}

// Check: GU-04
#[test]
fn gu_04_what_a_teammate_sends_through_a_third_party_is_held() {
    let sure = of(Rule::Iban, High);
    for sector in open_modes() {
        let may_override = sector == SectorMode::Standard;
        let expected = if may_override {
            hold(&HELD_OR_ANYWAY)
        } else {
            hold(&HELD)
        };
        assert_eq!(
            third(&out(&sure, Author::Teammate), sector),
            expected,
            "{sector:?}"
        );
        assert_eq!(own(&out(&sure, Author::Teammate), sector), Verdict::Allow);
    }
}

// Check: GU-04
#[test]
fn gu_04_programs_and_templates_are_refused_at_a_third_party() {
    let sure = of(Rule::HealthWord, High);
    for sector in open_modes() {
        for author in [Author::Bot, Author::Api, Author::Template] {
            let refused = third(&out(&sure, author), sector);
            assert_eq!(
                refused,
                Verdict::Deny(Denial::NoPerson),
                "{author:?} {sector:?}"
            );
            assert_eq!(own(&out(&sure, author), sector), Verdict::Allow);
            let without_purpose = Outgoing {
                purpose_permits: false,
                ..out(&sure, author)
            };
            assert_eq!(
                own(&without_purpose, sector),
                Verdict::Deny(Denial::Purpose)
            );
        }
    }
}

// Check: GU-04
#[test]
fn gu_04_a_broadcast_never_holds_it_on_any_channel() {
    let sure = of(Rule::Card, High);
    for sector in open_modes() {
        let denied = Verdict::Deny(Denial::Broadcast);
        assert_eq!(third(&out(&sure, Author::Broadcast), sector), denied);
        assert_eq!(own(&out(&sure, Author::Broadcast), sector), denied);
    }
}

#[test]
fn what_is_clean_leaves_and_what_is_only_probable_is_held_by_sectors() {
    for author in Author::ALL {
        for sector in open_modes() {
            assert_eq!(third(&out(&[], author), sector), Verdict::Allow);
            let hardly = of(Rule::VatId, Low);
            assert_eq!(third(&out(&hardly, author), sector), Verdict::Allow);
            let probable = of(Rule::HealthWord, Medium);
            let leaves = third(&out(&probable, author), sector) == Verdict::Allow;
            assert_eq!(
                leaves,
                sector == SectorMode::Standard,
                "{author:?} {sector:?}"
            );
        }
    }
    let stricter = Settings {
        stricter: true,
        ..Settings::default()
    };
    let probable = of(Rule::TaxId, Medium);
    let held = outbound(
        &out(&probable, Author::Teammate),
        ChannelKind::Whatsapp,
        &stricter,
    );
    assert_eq!(held, hold(&HELD_OR_ANYWAY));
}

#[test]
fn pictures_are_held_where_they_may_show_papers() {
    for sector in open_modes() {
        let picture = Outgoing {
            has_picture: true,
            ..out(&[], Author::Teammate)
        };
        let held = third(&picture, sector) != Verdict::Allow;
        assert_eq!(held, sector == SectorMode::Health, "{sector:?}");
        assert_eq!(own(&picture, sector), Verdict::Allow);
    }
}

// Check: GU-10
#[test]
fn gu_10_a_hold_is_overridden_in_no_sector_but_with_explicit_consent_to_health_content() {
    let health = of(Rule::HealthWord, High);
    let account = of(Rule::Iban, High);
    for sector in open_modes() {
        let can = |findings: &[Finding], explicit_consent: bool| {
            let outgoing = Outgoing {
                explicit_consent,
                ..out(findings, Author::Teammate)
            };
            match third(&outgoing, sector) {
                Verdict::Hold(choices) => choices.contains(&Choice::SendAnyway),
                other => panic!("{other:?}"),
            }
        };
        let standard = sector == SectorMode::Standard;
        assert_eq!(can(&health, false), standard);
        assert_eq!(can(&health, true), standard || sector == SectorMode::Health);
        assert_eq!(can(&account, true), standard);
    }
    let forbidden = Settings {
        overrides_forbidden: true,
        ..Settings::default()
    };
    let held = outbound(
        &out(&account, Author::Teammate),
        ChannelKind::Whatsapp,
        &forbidden,
    );
    assert_eq!(held, hold(&HELD));
}

// Check: CH-06
#[test]
fn ch_06_with_social_data_only_the_doorbell_leaves_through_a_third_party() {
    let sector = SectorMode::SocialData;
    for author in Author::ALL {
        for findings in [vec![], of(Rule::Iban, High), of(Rule::VatId, Low)] {
            for flags in 0..8_u8 {
                let outgoing = Outgoing {
                    has_picture: flags & 1 != 0,
                    purpose_permits: flags & 2 != 0,
                    explicit_consent: flags & 4 != 0,
                    ..out(&findings, author)
                };
                assert_eq!(
                    third(&outgoing, sector),
                    Verdict::Deny(Denial::DoorbellOnly)
                );
                let doorbell = Outgoing {
                    is_doorbell: true,
                    ..outgoing
                };
                assert_eq!(third(&doorbell, sector), Verdict::Allow);
            }
        }
    }
    let sure = of(Rule::Iban, High);
    assert_eq!(own(&out(&sure, Author::Teammate), sector), Verdict::Allow);
}

// Check: CH-06
#[test]
fn ch_06_a_doorbell_is_told_from_everything_that_is_not_its_very_words() {
    let link = "https://chat.example.com/w/";
    let sentence = format!("Sie haben eine neue Nachricht: {link}. Im Notfall: 112.");
    let doorbell = Doorbell::new(&sentence, link).expect("the link is in it");
    let rung = doorbell.text("7Q2Kabcd_-9");
    assert!(doorbell.is(&rung));
    for other in [
        sentence.clone(),
        format!("{rung} Ihr Befund ist da."),
        rung.replace("neue", "Neue"),
        rung.replace("7Q2K", "Ihr Befund"),
        doorbell.text("short"),
        doorbell.text(&"x".repeat(65)),
        doorbell.text("12345678/../evil"),
        doorbell.text("12345678. Und dann noch das. https://chat.example.com/w/12345678"),
        String::new(),
    ] {
        assert!(!doorbell.is(&other), "{other}");
    }
    assert_eq!(Doorbell::new("Ohne Verweis", link), None);
    assert_eq!(Doorbell::new(&format!("{link} {link}"), link), None);
    assert_eq!(Doorbell::new("Ohne Verweis", ""), None);
}

fn arrived(findings: &[Finding]) -> Incoming<'_> {
    Incoming {
        findings,
        now: NOW,
        last_hint: None,
        last_doorbell: None,
    }
}

fn arrives(findings: &[Finding], channel: ChannelKind, sector: SectorMode) -> Handling {
    inbound(&arrived(findings), channel, &mode(sector))
}

const CALM: Handling = Handling {
    flagged: false,
    masked: false,
    indexed: true,
    automated: true,
    language_model: true,
    banner: false,
    person_at_once: false,
    reply: None,
};

// Check: GU-05, GU-07
#[test]
fn gu_07_what_is_sure_is_flagged_masked_and_not_indexed_on_every_channel() {
    let sure = of(Rule::Iban, High);
    let at_third = Handling {
        flagged: true,
        masked: true,
        indexed: false,
        automated: false,
        language_model: false,
        banner: true,
        person_at_once: false,
        reply: Some(Reply::Hint),
    };
    let at_home = Handling {
        flagged: true,
        masked: true,
        indexed: false,
        ..CALM
    };
    for sector in [
        SectorMode::Standard,
        SectorMode::Health,
        SectorMode::Finance,
    ] {
        assert_eq!(arrives(&sure, ChannelKind::Whatsapp, sector), at_third);
        assert_eq!(arrives(&sure, ChannelKind::Webchat, sector), at_home);
    }
}

#[test]
fn what_is_probable_is_told_to_the_teammate_and_nothing_else_follows() {
    let probable = of(Rule::HealthPair, Medium);
    let told = Handling {
        banner: true,
        ..CALM
    };
    let sector = SectorMode::Standard;
    assert_eq!(arrives(&probable, ChannelKind::Whatsapp, sector), told);
    assert_eq!(arrives(&probable, ChannelKind::Webchat, sector), CALM);
    for findings in [vec![], of(Rule::VatId, Low)] {
        assert_eq!(arrives(&findings, ChannelKind::Whatsapp, sector), CALM);
        assert_eq!(arrives(&findings, ChannelKind::Webchat, sector), CALM);
    }
}

// Check: GU-06
#[test]
fn gu_06_a_conversation_hears_one_hint_in_24_hours() {
    let sure = of(Rule::Card, High);
    let reply = |ago: i64| {
        let incoming = Incoming {
            last_hint: Some(NOW.plus_ms(-ago)),
            ..arrived(&sure)
        };
        inbound(
            &incoming,
            ChannelKind::Whatsapp,
            &mode(SectorMode::Standard),
        )
        .reply
    };
    assert_eq!(reply(0), None);
    assert_eq!(reply(HINT_INTERVAL_MS - 1), None);
    assert_eq!(reply(HINT_INTERVAL_MS), Some(Reply::Hint));
    // A clock that was put back is no reason for another one.
    assert_eq!(reply(-MINUTE_MS), None);
}

// Check: GU-09
#[test]
fn gu_09_danger_calls_a_person_and_is_never_answered_with_a_hint() {
    let mut findings = of(Rule::Iban, High);
    findings.extend(of(Rule::EmergencyWord, High));
    for sector in SectorMode::ALL {
        for channel in ChannelKind::ALL {
            for last in [None, Some(NOW)] {
                let incoming = Incoming {
                    last_hint: last,
                    last_doorbell: last,
                    ..arrived(&findings)
                };
                let handling = inbound(&incoming, channel, &mode(sector));
                let closed = sector.rules().doorbell_only && channel.is_third_party();
                let expected = if closed {
                    Reply::Doorbell
                } else {
                    Reply::Emergency
                };
                assert_eq!(handling.reply, Some(expected), "{sector:?} {channel:?}");
                assert!(handling.person_at_once && handling.banner);
                assert!(!handling.automated && !handling.language_model);
            }
        }
    }
}

#[test]
fn with_social_data_a_third_party_is_answered_with_the_doorbell_again_when_its_link_is_over() {
    let reply = |ago: Option<i64>| {
        let incoming = Incoming {
            last_doorbell: ago.map(|ago| NOW.plus_ms(-ago)),
            ..arrived(&[])
        };
        inbound(
            &incoming,
            ChannelKind::Whatsapp,
            &mode(SectorMode::SocialData),
        )
        .reply
    };
    assert_eq!(reply(None), Some(Reply::Doorbell));
    assert_eq!(reply(Some(29 * MINUTE_MS)), None);
    assert_eq!(reply(Some(30 * MINUTE_MS)), Some(Reply::Doorbell));
    let own = arrives(&[], ChannelKind::Webchat, SectorMode::SocialData);
    assert_eq!(own, CALM);
}

#[test]
fn secrecy_of_mandates_shuts_out_language_models_everywhere() {
    for channel in ChannelKind::ALL {
        let handling = arrives(&[], channel, SectorMode::Mandate);
        assert!(!handling.language_model && handling.automated);
    }
}

#[test]
fn every_mode_asks_what_its_law_asks() {
    let rules = SectorMode::ALL.map(SectorMode::rules);
    let with = |asks: fn(&super::super::SectorRules) -> bool| -> Vec<&str> {
        let modes = SectorMode::ALL.iter().zip(&rules);
        let asked = modes.filter(|(_, rules)| asks(rules));
        asked.map(|(mode, _)| mode.as_str()).collect()
    };
    assert_eq!(with(|rules| rules.doorbell_only), ["sozialdaten"]);
    assert_eq!(
        with(|rules| rules.own_channel_first),
        ["gesundheit", "sozialdaten"]
    );
    assert_eq!(
        with(|rules| rules.third_party_copy_redacted),
        ["sozialdaten"]
    );
    assert_eq!(with(|rules| rules.contact_book_emptied), ["sozialdaten"]);
    assert_eq!(
        with(|rules| rules.processors_in_adequate_countries_only),
        ["sozialdaten"]
    );
    assert_eq!(with(|rules| rules.medium_logged), ["sozialdaten"]);
    assert_eq!(with(|rules| !rules.language_models_allowed), ["mandat"]);
    assert_eq!(with(|rules| rules.secrecy_promised_first), ["mandat"]);
    assert_eq!(with(|rules| rules.person_always_offered), ["finance"]);
    assert_eq!(
        with(|rules| rules.vouchers_kept_years == Some(10)),
        ["finance"]
    );
    assert_eq!(with(|rules| rules.override_allowed), ["standard"]);
}

#[test]
fn rules_have_names_of_their_own_for_statistics() {
    let mut names = Rule::ALL.map(Rule::as_str).to_vec();
    let plain = |name: &&str| {
        name.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    assert!(names.iter().all(plain));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Rule::ALL.len());
    assert_eq!(Rule::EmergencyWord.kind(), Kind::Emergency);
}
