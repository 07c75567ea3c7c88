use std::collections::HashSet;

use super::*;
use crate::demo::company::{TEAMMATES, TEMPLATES};

/// 2026-11-24T09:30:00Z
const NOW: Timestamp = Timestamp(1_795_512_600_000);

#[test]
fn a_line_is_read_as_it_is_meant() {
    let stories = parse(
        "# remark\n@ Ada Test | chat | brief\n2d 10:14 < Was > 5 ? {photo tote cognac}\n\
         +6 emre > Ja! {quote}\n-95m linh # {nur} intern\n+0 linh ! tag Eins, Zwei; done\n",
    )
    .unwrap();
    let [story] = stories.as_slice() else {
        panic!("one story")
    };
    assert_eq!((story.way, story.mood), (Way::Chat, Mood::Brief));
    let moments: Vec<&Moment> = story.moments.iter().collect();
    assert_eq!(
        moments[0].when,
        When::Day {
            days: 2,
            minute_of_day: 614
        }
    );
    assert!(
        matches!(&moments[0].act, Act::Write(words) if words.text == "Was > 5 ?" && words.extras.len() == 1)
    );
    assert_eq!(moments[1].who.as_deref(), Some("emre"));
    assert!(matches!(&moments[1].act, Act::Answer(words) if words.extras == [Extra::Quote]));
    assert!(matches!(&moments[2].act, Act::Note(text) if text == "{nur} intern"));
    assert!(matches!(&moments[3].act, Act::Change(changes) if *changes
            == [Change::Tags(vec!["Eins".into(), "Zwei".into()]), Change::Done]));
}

#[test]
fn nonsense_is_refused() {
    for text in [
        "< nobody said who",
        "@ A | chat | brief\nno sign",
        "@ A | fax | brief",
        "@ A | chat | brief\n< x {photo unicorn pink}",
        "@ A | chat | brief\nemre ! fly",
        "@ A | chat | brief\n2x 10:00 < x",
    ] {
        assert!(parse(text).is_err(), "{text}");
    }
}

#[test]
fn times_are_seen_from_now() {
    let before = Timestamp(5);
    assert_eq!(When::MinutesAgo(2).resolve(NOW, before).0, NOW.0 - 120_000);
    assert_eq!(When::MinutesAfter(1).resolve(NOW, before).0, 60_005);
    let day = When::Day {
        days: 1,
        minute_of_day: 10 * 60,
    };
    // Ten o'clock in Leipzig of the day before.
    assert_eq!(day.resolve(NOW, before).0, NOW.0 - DAY_MS - 30 * MINUTE_MS);
}

/// The example company is as large and as mixed as the README promises.
#[test]
fn forty_contacts_write_on_both_channels() {
    let past = past().unwrap();
    let living = living().unwrap();
    let names: HashSet<&String> = past.iter().filter_map(|s| s.name.as_ref()).collect();
    assert_eq!(
        names.len(),
        past.len(),
        "a name stands for one person, who has one story"
    );
    for story in &living {
        let before = past
            .iter()
            .find(|p| story.name.is_some() && p.name == story.name);
        assert!(
            before.is_none_or(|p| p.way == story.way),
            "nobody changes doors"
        );
    }
    assert!(past.len() >= 40, "{}", past.len());
    for way in [Way::Whatsapp, Way::Chat] {
        assert!(past.iter().filter(|story| story.way == way).count() >= 12);
        assert!(
            living
                .iter()
                .any(|story| story.way == way && story.name.is_none())
        );
    }
}

/// Only what can be said is told: teammates exist, templates have their parameters, and free
/// words are written while the reply window is open.
#[test]
fn stories_keep_the_rules_of_the_house() {
    for story in past().unwrap().iter().chain(&living().unwrap()) {
        let name = story.name.as_deref().unwrap_or(ANYBODY);
        let (mut before, mut last_inbound) = (NOW, None);
        assert!(
            matches!(story.moments.front().map(|m| &m.act), Some(Act::Write(_))),
            "{name}"
        );
        for (place, moment) in story.moments.iter().enumerate() {
            let at = moment.when.resolve(NOW, before);
            assert!(place == 0 || at >= before, "{name}: time goes back");
            assert!(at <= NOW, "{name}: the future is not written");
            before = at;
            if let Some(who) = &moment.who {
                assert!(
                    TEAMMATES.iter().any(|mate| mate.key == who),
                    "{name}: {who}"
                );
            }
            match &moment.act {
                Act::Write(_) => last_inbound = Some(at),
                Act::Answer(words)
                    if words
                        .extras
                        .iter()
                        .any(|e| matches!(e, Extra::Template { .. })) =>
                {
                    for extra in &words.extras {
                        if let Extra::Template { name, parameters } = extra {
                            let known = TEMPLATES.iter().find(|t| t.name == name).unwrap();
                            assert_eq!(known.body.matches("{{").count(), parameters.len());
                        }
                    }
                }
                Act::Answer(_) => {
                    let open = at.0 - last_inbound.unwrap().0 < DAY_MS;
                    assert!(
                        open || story.way == Way::Chat,
                        "{name}: the window is closed"
                    );
                }
                Act::Note(_) | Act::Change(_) => {}
            }
        }
    }
}
