use super::*;
use proptest::prelude::*;

const HARD: &[&str] = &[
    "STOP",
    "Stopp",
    "stop.",
    "Stop!!!",
    "STOP bitte",
    "Bitte stopp",
    "Bitte STOP, danke",
    "S T O P",
    "S.T.O.P.",
    "stoooopp",
    "Stop stop stop",
    "🛑 STOP 🛑",
    "ＳＴＯＰ",
    "Abmelden",
    "abmeldung",
    "Hallo, bitte abmelden",
    "Abbestellen",
    "austragen",
    "Newsletter stop",
    "Newsletter Stopp",
    "Newsletter abmelden",
    "Newsletter abbestellen!",
    "Werbung stop",
    "Werbung Stopp",
    "Keine Werbung",
    "Keine Werbung mehr",
    "keine werbung mehr bitte",
    "INFOSTOP",
    "Infostopp",
    "werbestop",
    "Werbestopp",
    "Werbe-Stopp",
    "STOPALL",
    "Stop all",
    "Unsubscribe",
    "opt out",
    "Opt-Out",
    "optout",
    "remove me",
    "Please remove me",
    "stop promotions",
    "REVOKE",
    "arrêt",
    "ARRET",
    "Désabonner",
    "annulla",
    "disiscrivi",
    "baja",
    "BAJA por favor",
    "afmelden",
    "uitschrijven",
    "wypisz",
    "rezygnuję",
    "iptal",
    "İPTAL",
    "dur",
];

const SOFT: &[&str] = &[
    "Ich möchte keine Werbung mehr von Ihnen bekommen.",
    "Bitte senden Sie mir keinen Newsletter mehr",
    "Nehmen Sie mich bitte aus dem Verteiler!",
    "Bitte streichen Sie mich von der Mailingliste",
    "Melden Sie mich vom Newsletter ab",
    "Hören Sie bitte mit der Werbung auf.",
    "Ich widerspreche der Nutzung meiner Daten für Marketing",
    "Hiermit widerspreche ich der Werbung gemäß Art. 21 DSGVO",
    "Art. 21 DSGVO: bitte beachten",
    "Lassen Sie mich in Ruhe",
    "lasst mich in ruhe!!",
    "Ich will Ihre Angebote nicht mehr",
    "Bitte keine Angebote mehr schicken",
    "Danke für die Pizza. Aber bitte keine Werbung mehr schicken.",
    "Das ist Spam, hören Sie auf damit, ich will das nicht",
    "Ich verzichte auf den Newsletter",
    "Diese Werbung ist unerwünscht",
    "Bitte loeschen Sie mich aus dem Newsletter",
    "Please stop sending me offers",
    "I don't want any more newsletters",
    "no more marketing messages please, thank you",
    "Take me off your list",
    "Leave me alone!",
    "Do not contact me again",
    "Je ne veux plus de votre publicité, arrêtez",
    "Geen reclame meer sturen",
    "Schreiben Sie mir nicht mehr",
];

const ASK: &[&str] = &[
    "Ende",
    "cancel",
    "Nein",
    "nein danke",
    "Löschen",
    "loeschen",
    "LÖSCHEN!",
    "Kündigen",
    "Widerruf",
    "abbrechen",
    "Quit",
    "Bitte löschen",
];

/// What a desk hears every day and must not stop anything.
const NOTHING: &[&str] = &[
    "",
    " ",
    "bitte",
    "Danke!",
    "👍",
    "Wo finde ich das Angebot aus der Zeitung?",
    "Kein Problem, ich freue mich auf Ihre Angebote",
    "Ich habe den Newsletter nicht bekommen",
    "Der Newsletter ist nie angekommen",
    "Das Angebot gefällt mir nicht",
    "Ich habe Ihre Angebote noch nicht gesehen",
    "Ich möchte mich zum Newsletter anmelden",
    "Stop, das war das falsche Bild",
    "Bitte stoppen Sie die Lieferung",
    "Bitte stornieren Sie meine Bestellung",
    "Ich möchte meinen Vertrag kündigen",
    "Bitte löschen Sie den zweiten Termin",
    "Die Bushaltestelle Stopp ist gesperrt",
    "Passt Ihnen das Ende der Woche?",
    "Nein, lieber am Montag",
    "Ich konnte keine Antwort auf meine Bewerbung finden",
    "Ich ziehe meine Bewerbung nicht zurück",
    "Das Gewerbe ist nicht angemeldet",
    "Can I cancel my appointment on Monday?",
    "Don't worry, that works",
    "The end of the street, please",
    "Is there a non-stop flight?",
    "Ab Montag gelten Ihre Angebote, richtig?",
    "Die Nudeln gibt es nicht mehr. Und Ihr Newsletter ist schön!",
    "Stoppelfeld",
    "Welche Sonate in C-Dur war das?",
    "Meine Frau hat Rückenschmerzen und ich weiß nicht weiter",
];

const CORPUS: [(&[&str], Option<Clarity>); 4] = [
    (HARD, Some(Clarity::Hard)),
    (SOFT, Some(Clarity::Soft)),
    (ASK, Some(Clarity::Ask)),
    (NOTHING, None),
];

// Check: CO-10
#[test]
fn co_10_every_phrase_falls_into_its_class() {
    let mut wrong = Vec::new();
    for (phrases, class) in CORPUS {
        for phrase in phrases {
            let found = classify(phrase);
            if found != class {
                wrong.push((phrase, found));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_lists_are_written_folded() {
    for phrase in phrases::HARD.iter().chain(phrases::ASK) {
        assert_eq!(normal(phrase), *phrase);
    }
    let both = |phrase: &&&str| phrases::is_whole(phrase, phrases::ASK);
    assert_eq!(phrases::HARD.iter().find(both), None);
}

// Check: CO-12
#[test]
fn co_12_an_objection_in_a_sentence_pauses_and_becomes_final_after_72_hours() {
    let now = Timestamp(1_795_300_000_000);
    let soft = effect(Signal::Words(Clarity::Soft), now);
    let pause = Pause::of(soft, now).unwrap();
    let end = now.plus_ms(72 * HOUR_MS);
    assert_eq!(pause.final_at, Some(end));
    assert!(!pause.is_final(end.plus_ms(-1)));
    assert!(pause.is_final(end));
    let asked = Pause::of(effect(Signal::Words(Clarity::Ask), now), now).unwrap();
    assert!(!asked.is_final(Timestamp(i64::MAX)), "nobody decides alone");
}

// Check: CO-14
#[test]
fn co_14_a_providers_stop_withdraws_and_its_resume_grants_nothing() {
    let now = Timestamp(0);
    for signal in [
        Signal::Words(Clarity::Hard),
        Signal::ProviderStop,
        Signal::OneClick,
        Signal::ListMail,
        Signal::Complaint,
        Signal::Blocked,
        Signal::Toggle,
    ] {
        assert_eq!(effect(signal, now), Effect::Withdraw, "{signal:?}");
        assert_eq!(Pause::of(Effect::Withdraw, now), None);
    }
    assert_eq!(effect(Signal::ProviderResume, now), Effect::Nothing);
    assert_eq!(Pause::of(Effect::Nothing, now), None);
}

#[test]
fn classes_have_names() {
    for class in Clarity::ALL {
        assert_eq!(Clarity::parse(class.as_str()), Some(class));
    }
    assert_eq!(Clarity::parse("loud"), None);
}

#[test]
fn every_character_alone_is_normal_after_once() {
    for c in '\0'..=char::MAX {
        let once = normal(&c.to_string());
        assert_eq!(normal(&once), once, "{c:?} U+{:04X}", c as u32);
    }
}

/// As [`classify`], without the first look.
fn closely(text: &str) -> Option<Clarity> {
    let whole = normal(text);
    if phrases::is_whole(&whole, phrases::HARD) {
        return Some(Clarity::Hard);
    }
    if phrases::is_whole(&whole, phrases::ASK) {
        return Some(Clarity::Ask);
    }
    let objects = sentence::holds_objection(&whole)
        || sentence::split(text).any(|part| sentence::objects(&fold::clauses(part)));
    objects.then_some(Clarity::Soft)
}

#[test]
fn the_first_look_stops_at_every_phrase_of_the_lists_and_at_nothing_else() {
    for phrase in phrases::HARD.iter().chain(phrases::ASK) {
        assert!(glance::may_be_whole(phrase), "{phrase}");
    }
    for sign in sentence::ADVERTISING
        .iter()
        .chain(&sentence::ADVERTISING_BEGINS)
    {
        assert!(glance::may_object(&format!(" {sign}x ")), "{sign}");
    }
    let words = sentence::ADVERTISING_WORDS.iter().chain(&sentence::OFFERS);
    for sign in words.chain(&sentence::OBJECTIONS) {
        assert!(glance::may_object(&format!(" x {sign} ")), "{sign}");
    }
    // A word that only ends as one of them is none.
    assert!(!glance::may_object(" tablettendeals epub werdeads "));
    let daily = "Guten Tag, wann kommt das Paket zu meiner Bestellung von letzter Woche an?";
    let daily = fold::spaced(daily);
    assert!(!glance::may_be_whole(daily.trim()) && !glance::may_object(&daily));
}

/// Words of all lists, and what stands around them.
fn any_words() -> impl Strategy<Value = String> {
    let lists = [
        phrases::HARD,
        phrases::ASK,
        &sentence::ADVERTISING,
        &sentence::ADVERTISING_BEGINS,
        &sentence::ADVERTISING_WORDS,
        &sentence::OFFERS,
        &sentence::OBJECTIONS,
        &[
            "kein",
            "nicht",
            "mehr",
            "bitte",
            "melden",
            "ab",
            "Grüße",
            "stoooop",
            "Werbe\u{ad}sendung",
        ],
        &["Bewerbung", "ＳＰＡＭ", "🛑", "\u{200b}", "…", "x", "é"],
    ];
    let words = prop::sample::select(lists.concat());
    let between = prop::sample::select(vec![" ", " ", " ", "", ", ", ". ", "\n", "-", "\u{301}"]);
    prop::collection::vec((words, between), 0..8).prop_map(|pairs| {
        pairs
            .into_iter()
            .map(|(word, gap)| format!("{word}{gap}"))
            .collect()
    })
}

const UNSEEN: &[&str] = &[
    "\u{200b}",
    "\u{200d}",
    "\u{feff}",
    "\u{ad}",
    "\u{fe0f}",
    "\u{2060}",
    "\u{301}",
    "🛑",
    "😡",
    "👍🏽",
    "❤️",
    "👨‍👩‍👧",
    "🇩🇪",
    "1️⃣",
    "🅾",
    "Ⓜ",
    "ℹ️",
    "™",
    "©",
];

fn any_phrase() -> impl Strategy<Value = (&'static str, Option<Clarity>)> {
    let all: Vec<_> = CORPUS
        .iter()
        .flat_map(|(phrases, class)| phrases.iter().map(|phrase| (*phrase, *class)))
        .collect();
    prop::sample::select(all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn normalising_twice_changes_nothing(text in any::<String>()) {
        let once = normal(&text);
        prop_assert_eq!(normal(&once), once.clone());
        // Reading it never stops anything but the advertising.
        let _ = classify(&text);
    }

    #[test]
    fn words_that_matter_in_any_order_are_read(
        words in prop::collection::vec(prop::sample::select(vec![
            "bitte", "stop", "Werbung", "keine", "ab", "melden", "Angebote", ",", ".", "nicht",
            "\u{200b}", "🛑", "ß", "İ", "\u{345}", "mehr", "\n", "nein",
        ]), 0..40),
    ) {
        let text = words.join(" ");
        let once = normal(&text);
        prop_assert_eq!(normal(&once), once.clone());
        // Saying more than nothing is a withdrawal of its whole, or stays what the whole is.
        if classify(&once) == Some(Clarity::Hard) {
            prop_assert_eq!(classify(&text), Some(Clarity::Hard));
        }
    }

    // Check: CO-10
    #[test]
    fn co_10_the_first_look_passes_nothing_over(text in prop_oneof![any_words(), any::<String>()]) {
        prop_assert_eq!(classify(&text), closely(&text));
    }

    #[test]
    fn letters_that_are_looked_up_fold_as_the_rule_says(text in crate::latin::any_text()) {
        prop_assert_eq!(fold::FOLDING.folded(&text), fold::FOLDING.fold_slowly(&text));
    }

    // Check: CO-10
    #[test]
    fn co_10_what_is_not_seen_and_capitals_change_no_class(
        (phrase, class) in any_phrase(),
        seeds in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..6),
        capitals in prop::collection::vec(any::<bool>(), 1..30),
    ) {
        let mut pieces: Vec<String> = phrase
            .chars()
            .zip(capitals.iter().cycle())
            .map(|(c, capital)| match capital {
                true => c.to_uppercase().collect(),
                false => c.to_string(),
            })
            .collect();
        for (place, what) in &seeds {
            let place = place.index(pieces.len() + 1);
            pieces.insert(place, (*what.get(UNSEEN)).to_owned());
        }
        let text = pieces.concat();
        prop_assert_eq!(classify(&text), class, "{:?}", text);
    }
}
