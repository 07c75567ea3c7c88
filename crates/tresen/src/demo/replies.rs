//! What a customer answers when somebody at the desk writes to it: a table of cues, and words
//! for each, longer for some tempers and shorter for others.

use super::chance::Chance;
use super::graph::Said;
use super::pictures::Picture;
use super::story::{Extra, Mood, Words};

/// After this many answers in a row a customer has said all it wanted, unless it is asked.
const TALKATIVE: u32 = 4;
/// Longer texts are looked at this far.
const LOOKED_AT_CHARS: usize = 2_000;

struct Intent {
    /// One of these stands in the text, in lower case.
    cues: &'static [&'static str],
    /// For those who write whole sentences.
    long: &'static [&'static str],
    /// For those who do not.
    short: &'static [&'static str],
}

const PHOTO_CUES: [&str; 3] = ["foto", "bild", "photo"];

/// Questions first: the first intent that fits is answered.
const ASKED: &[Intent] = &[
    Intent {
        cues: &[
            "bestellnummer",
            "auftragsnummer",
            "rechnungsnummer",
            "welcher nummer",
            "welche nummer",
        ],
        long: &[
            "Moment, ich schaue nach … Das ist die BL-24873.",
            "Ja, hier steht BL-24873 auf der Rechnung.",
        ],
        short: &["BL-24873", "moment … BL-24873"],
    },
    Intent {
        cues: &["adresse", "anschrift", "postleitzahl"],
        long: &["Bitte an: Beispielweg 7, 04229 Leipzig. Klingelschild steht dran."],
        short: &["Beispielweg 7, 04229 Leipzig"],
    },
    Intent {
        cues: &["telefon", "anrufen", "rückruf", "zurückrufen"],
        long: &["Gern, am besten nach 17 Uhr. Vorher bin ich bei der Arbeit."],
        short: &["ja, ab 17 uhr", "geht ab 17 Uhr"],
    },
    Intent {
        cues: &["farbe", "welches leder", "ton "],
        long: &[
            "Am liebsten Cognac, und wenn das nicht geht, Dunkelbraun.",
            "Schwarz wäre mir am liebsten, das passt zu allem.",
        ],
        short: &["cognac", "Schwarz"],
    },
    Intent {
        cues: &["größe", "maße", "wie groß", "wie lang", "breit", " cm"],
        long: &["Ich habe nachgemessen: ungefähr 38 x 28 cm."],
        short: &["so 38 x 28 cm"],
    },
    Intent {
        cues: &[
            "wie heißen",
            "ihr name",
            "ihren namen",
            "auf welchen namen",
            "dein name",
        ],
        long: &["Auf {name}, bitte."],
        short: &["{name}"],
    },
    Intent {
        cues: &[
            "wie kann ich",
            "womit kann",
            "worum geht",
            "helfen",
            "wie können wir",
        ],
        long: &[
            "Ich suche etwas, das lange hält und nicht zu schwer ist. Was würden Sie nehmen?",
            "Es geht um eine Tasche, die ich vor zwei Jahren bei Ihnen gekauft habe. Der Henkel löst sich.",
        ],
        short: &["hab ne frage zur tasche: lohnt sich da noch eine reparatur?"],
    },
    Intent {
        cues: &[
            "wann",
            "termin",
            "uhr",
            "montag",
            "dienstag",
            "mittwoch",
            "donnerstag",
            "freitag",
            "samstag",
            "morgen",
            "vorbeikommen",
        ],
        long: &[
            "Freitag gegen 16 Uhr würde mir gut passen.",
            "Am liebsten Samstagvormittag, wenn das bei Ihnen geht.",
        ],
        short: &["freitag 16 uhr?", "Samstag vormittag"],
    },
    Intent {
        cues: &["€", "euro", "kosten", "preis"],
        long: &["Ja, in dem Rahmen ist das für mich in Ordnung."],
        short: &["ja passt", "geht klar"],
    },
    Intent {
        cues: &["?"],
        long: &[
            "Ja, gern.",
            "Ja, genau so meinte ich es.",
            "Das wäre prima, ja.",
        ],
        short: &["ja", "jo gern", "ja genau"],
    },
];

const TOLD: &[Intent] = &[
    Intent {
        cues: &[
            "bis dann",
            "bis bald",
            "bis morgen",
            "bis samstag",
            "schönen tag",
            "schönes wochenende",
            "schönen abend",
            "auf wiedersehen",
            "tschüss",
            "gern geschehen",
            "nichts zu danken",
        ],
        long: &["Ihnen auch, vielen Dank und bis bald!"],
        short: &["euch auch 👋", "danke, ebenso"],
    },
    Intent {
        cues: &["entschuldig", "leid", "pardon", "verzeih"],
        long: &[
            "Danke, dass Sie sich darum kümmern. Hauptsache, es klappt jetzt.",
            "Schon gut, das kann ja mal passieren. Wie geht es nun weiter?",
        ],
        short: &["schon ok", "passt schon, danke"],
    },
    Intent {
        cues: &["leider", "ausverkauft", "nicht mehr"],
        long: &[
            "Schade. Kommt sie denn noch einmal herein?",
            "Ach, wie schade. Gibt es etwas Ähnliches?",
        ],
        short: &["schade. kommt die wieder?", "hm ok, was ähnliches da?"],
    },
    Intent {
        cues: &[
            "reserviert",
            "zurückgelegt",
            "liegt bereit",
            "abholen",
            "abholbereit",
            "vorrätig",
            "haben wir da",
            "noch da",
        ],
        long: &[
            "Perfekt, dann hole ich sie morgen Nachmittag ab. Vielen Dank!",
            "Wunderbar! Ich komme am Samstag vorbei.",
        ],
        short: &["super, komme morgen", "top, bis samstag"],
    },
    Intent {
        cues: &[
            "versand",
            "versendet",
            "verschickt",
            "paket",
            "sendung",
            "geliefert",
            "lieferung",
            "unterwegs",
        ],
        long: &["Dann weiß ich Bescheid und bin zu Hause. Danke für die schnelle Auskunft!"],
        short: &["ok danke", "alles klar, bin daheim"],
    },
    Intent {
        cues: &[
            "reparatur",
            "reparier",
            "nähen",
            "naht",
            "flicken",
            "tauschen",
        ],
        long: &["Das klingt gut. Dann bringe ich sie diese Woche vorbei."],
        short: &["nice, bring ich vorbei", "gut, mache ich"],
    },
    Intent {
        cues: &["€", "euro", "kostet", "preis"],
        long: &[
            "Das ist in Ordnung, so machen wir es.",
            "Puh, etwas mehr als gedacht. Aber gute Arbeit hat ihren Preis. Machen wir so.",
        ],
        short: &["ok, machen wir", "passt"],
    },
    Intent {
        cues: &[
            "uhr",
            "montag",
            "dienstag",
            "mittwoch",
            "donnerstag",
            "freitag",
            "samstag",
            "morgen",
            "heute",
        ],
        long: &[
            "Das passt mir gut, ich habe es mir notiert.",
            "Sehr gut, bis dann!",
        ],
        short: &["passt, bis dann", "notiert 👍"],
    },
    Intent {
        cues: &["danke"],
        long: &["Ich habe zu danken!"],
        short: &["gern 🙂"],
    },
    Intent {
        cues: &[""],
        long: &[
            "Alles klar, vielen Dank!",
            "Das hilft mir sehr, danke Ihnen.",
            "Gut zu wissen, danke für die schnelle Antwort!",
        ],
        short: &["ok danke", "alles klar 👍", "super, danke"],
    },
];

const ENGLISH_CUES: [&str; 6] = [" the ", " you", "hello", " is ", "thanks", "please"];
const ENGLISH: [&str; 2] = [
    "Thank you, that helps! My English is rusty, but I understand you well.",
    "Oh, English works too. Thanks for the quick answer!",
];

const PLEASED: [&str; 3] = [
    "Die sieht wirklich schön aus!",
    "Oh ja, genau so etwas habe ich gesucht.",
    "Danke für das Bild, das gefällt mir.",
];

fn words(text: &str) -> Option<Words> {
    Some(Words {
        text: text.to_owned(),
        extras: Vec::new(),
    })
}

fn extra(text: &str, extra: Extra) -> Option<Words> {
    Some(Words {
        text: text.to_owned(),
        extras: vec![extra],
    })
}

/// What a customer with this temper answers after `rounds` answers in a row; `None` when there
/// is nothing more to say.
pub fn reply(
    said: &Said,
    (name, mood): (&str, Mood),
    rounds: u32,
    chance: &mut Chance,
) -> Option<Words> {
    let text = match said {
        Said::Reaction => return None,
        Said::Template(name) if name == "termin_erinnerung" => {
            return extra("", Extra::Button("Passt".to_owned()));
        }
        Said::Template(_) => return words("Vielen Dank für die Nachricht, ich melde mich."),
        Said::Picture(caption) if caption.is_empty() => return words(chance.pick(&PLEASED)?),
        Said::Text(text) | Said::Picture(text) => text,
    };
    let text: String = text
        .chars()
        .take(LOOKED_AT_CHARS)
        .collect::<String>()
        .to_lowercase();
    let asked = text.contains('?');
    if rounds >= TALKATIVE && !asked {
        // Most leave it at that; some wave.
        return match chance.one_in(2) && rounds == TALKATIVE {
            true => extra("", Extra::Reaction("👍".to_owned())),
            false => None,
        };
    }
    if PHOTO_CUES.iter().any(|cue| text.contains(cue)) && asked {
        let picture = Picture::parse("satchel brown")?;
        return extra("So sieht sie aus.", Extra::Photo(picture));
    }
    let padded = format!(" {text} ");
    if ENGLISH_CUES
        .iter()
        .filter(|cue| padded.contains(**cue))
        .count()
        >= 2
    {
        return words(chance.pick(&ENGLISH)?);
    }
    let table = if asked { ASKED } else { TOLD };
    let fits = |intent: &&Intent| intent.cues.iter().any(|cue| text.contains(cue));
    let intent = table.iter().find(fits)?;
    let choices = match mood {
        Mood::Brief | Mood::Casual => intent.short,
        Mood::Polite | Mood::Friendly | Mood::Cross => intent.long,
    };
    words(&chance.pick(choices)?.replace("{name}", name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str, mood: Mood) -> Option<Words> {
        let said = Said::Text(text.to_owned());
        reply(&said, ("Ada Test", mood), 0, &mut Chance::new(1))
    }

    fn text(said: &str) -> String {
        answer(said, Mood::Polite).unwrap().text
    }

    #[test]
    fn answers_fit_what_was_said() {
        for (said, answered) in [
            ("Wie lautet Ihre Bestellnummer?", "BL-24873"),
            ("An welche Adresse sollen wir schicken?", "Beispielweg"),
            ("Welche Farbe hätten Sie gern?", "a"),
            ("Auf welchen Namen?", "Ada Test"),
            ("Das tut uns leid.", " "),
            ("Die Tasche ist leider ausverkauft.", "?"),
            ("Die Reparatur kostet 38 Euro.", "bringe ich"),
        ] {
            assert!(text(said).contains(answered), "{said}: {}", text(said));
        }
        assert!(text("Hello, the bag is here for you.").contains("English"));
        let photo = answer("Können Sie uns ein Foto schicken?", Mood::Casual).unwrap();
        assert!(matches!(photo.extras.as_slice(), [Extra::Photo(_)]));
    }

    #[test]
    fn tempers_write_differently_and_nobody_talks_for_ever() {
        let said = "Ich schaue gleich nach.";
        assert_ne!(answer(said, Mood::Brief), answer(said, Mood::Polite));
        let said = Said::Text(said.to_owned());
        let mut chance = Chance::new(1);
        for rounds in 5..9 {
            assert_eq!(reply(&said, ("A", Mood::Polite), rounds, &mut chance), None);
        }
        assert_eq!(
            reply(&Said::Reaction, ("A", Mood::Polite), 0, &mut chance),
            None
        );
    }
}
