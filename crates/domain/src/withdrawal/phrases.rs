//! Whole messages that withdraw. They are written folded; spaces do not matter.

/// Nothing else can be meant.
pub(super) const HARD: &[&str] = &[
    // German
    "stop",
    "stopp",
    "stopt",
    "stop alles",
    "stopp alles",
    "abmelden",
    "abmeldung",
    "abbestellen",
    "abbestellung",
    "austragen",
    "newsletter stop",
    "newsletter stopp",
    "stop newsletter",
    "stopp newsletter",
    "newsletter abmelden",
    "newsletter abmeldung",
    "newsletter abbestellen",
    "newsletter austragen",
    "newsletter beenden",
    "kein newsletter",
    "kein newsletter mehr",
    "keine newsletter",
    "keine newsletter mehr",
    "werbung stop",
    "werbung stopp",
    "stop werbung",
    "stopp werbung",
    "werbung abbestellen",
    "werbung abmelden",
    "werbung beenden",
    "werbung aus",
    "keine werbung",
    "keine werbung mehr",
    "keine weitere werbung",
    "keine werbung mehr senden",
    "keine werbung senden",
    "nie wieder werbung",
    "infostop",
    "infostopp",
    "werbestop",
    "werbestopp",
    "werbewiderspruch",
    "mich abmelden",
    "mich austragen",
    "nur werbung beenden",
    // English
    "stop all",
    "unsubscribe",
    "unsubscribe me",
    "unsubscribe all",
    "unsub",
    "opt out",
    "opt me out",
    "remove me",
    "stop promotions",
    "stop promotion",
    "stop promo",
    "stop marketing",
    "stop ads",
    "stop advertising",
    "stop offers",
    "no ads",
    "no more ads",
    "no advertising",
    "no more advertising",
    "no marketing",
    "no more marketing",
    "no promotions",
    "revoke",
    // French
    "arret",
    "arreter",
    "arretez",
    "desabonner",
    "desabonnez moi",
    "desabonnement",
    "me desabonner",
    "se desabonner",
    "stop pub",
    "desinscription",
    "plus de publicite",
    "pas de publicite",
    // Italian
    "annulla",
    "disiscrivi",
    "disiscrivimi",
    "disiscrizione",
    "cancellami",
    "annulla iscrizione",
    "niente pubblicita",
    "basta pubblicita",
    // Spanish
    "baja",
    "darme de baja",
    "dar de baja",
    "no mas publicidad",
    "cancelar suscripcion",
    // Dutch
    "afmelden",
    "uitschrijven",
    "afmelding",
    "geen reclame",
    "geen reclame meer",
    // Polish
    "wypisz",
    "wypisz mnie",
    "rezygnuje",
    "rezygnacja",
    // Turkish
    "iptal",
    "dur",
    "durdur",
    "abonelikten cik",
    "reklam istemiyorum",
];

/// May mean the advertising, the data, or a contract.
pub(super) const ASK: &[&str] = &[
    "ende",
    "beenden",
    "cancel",
    "nein",
    "no",
    "loschen",
    "loeschen",
    "daten loschen",
    "daten loeschen",
    "meine daten loschen",
    "meine daten loeschen",
    "kundigen",
    "kuendigen",
    "kundigung",
    "kuendigung",
    "widerruf",
    "widerrufen",
    "widerspruch",
    "abbrechen",
    "abbruch",
    "end",
    "quit",
    "delete",
    "delete me",
    "delete my data",
    "aufhoren",
    "aufhoeren",
];

/// Whether the message is one of these, said once or several times, and however long its
/// letters are drawn.
pub(super) fn is_whole(message: &str, phrases: &[&str]) -> bool {
    let said: String = without_repetitions(message).collect();
    let drawn = is_drawn(&said);
    phrases.iter().any(|phrase| {
        if drawn {
            single(letters(phrase)).eq(single(said.chars()))
        } else {
            letters(phrase).eq(said.chars())
        }
    })
}

pub(super) fn letters(phrase: &str) -> impl Iterator<Item = char> {
    phrase.chars().filter(|c| *c != ' ')
}

/// The words of a message; of one that is said again and again, the first.
pub(super) fn without_repetitions(message: &str) -> impl Iterator<Item = &str> {
    let mut last = None;
    message
        .split(' ')
        .filter(move |word| last.replace(*word) != Some(*word))
}

/// Whether a letter stands three times in a row, which no word has.
fn is_drawn(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    letters
        .windows(3)
        .any(|three| three[0] == three[1] && three[1] == three[2] && three[0].is_alphabetic())
}

pub(super) fn single(letters: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let mut last = None;
    letters.filter(move |c| last.replace(*c) != Some(*c))
}
