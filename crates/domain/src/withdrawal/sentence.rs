//! Objections inside a sentence: something that says no, near something that is advertising.

/// How far the two may be apart.
const NEAR_CHARS: usize = 60;

/// Said anywhere, these are objections by themselves.
pub(super) const OBJECTIONS: [&str; 42] = [
    "lassen sie mich in ruhe",
    "lass mich in ruhe",
    "lasst mich in ruhe",
    "art 21",
    "artikel 21",
    "article 21",
    "leave me alone",
    "stop messaging me",
    "stop texting me",
    "stop contacting me",
    "stop sending me",
    "stop writing me",
    "stop writing to me",
    "do not contact me",
    "dont contact me",
    "do not text me",
    "dont text me",
    "do not message me",
    "dont message me",
    "keine nachrichten mehr",
    "keine weiteren nachrichten",
    "nicht mehr anschreiben",
    "nicht mehr kontaktieren",
    "nicht mehr anzuschreiben",
    "nicht mehr zu kontaktieren",
    "schreiben sie mir nicht mehr",
    "schreibt mir nicht mehr",
    "schreib mir nicht mehr",
    "take me off",
    "remove my number",
    "aus dem verteiler",
    "aus ihrem verteiler",
    "aus eurem verteiler",
    "von der liste nehmen",
    "von ihrer liste",
    "laissez moi tranquille",
    "ne me contactez plus",
    "ne mecrivez plus",
    "lasciatemi in pace",
    "dejenme en paz",
    "laat me met rust",
    "beni rahat birakin",
];

/// Advertising and nothing else, wherever in a word it stands.
pub(super) const ADVERTISING: [&str; 8] = [
    "werbung",
    "newsletter",
    "marketing",
    "reklam",
    "pubblicit",
    "publicit",
    "publicidad",
    "reclame",
];
/// The same, at the beginning of a word.
pub(super) const ADVERTISING_BEGINS: [&str; 16] = [
    "werbe",
    "rundmail",
    "rundnachricht",
    "rundschreiben",
    "verteiler",
    "mailing",
    "massenmail",
    "infopost",
    "spam",
    "advert",
    "promotion",
    "promo",
    "campaign",
    "kampagne",
    "rabattaktion",
    "werbl",
];
/// The same, as a word of its own.
pub(super) const ADVERTISING_WORDS: [&str; 3] = ["ad", "ads", "pub"];
/// Also said of what was asked for, so that the no must belong to it.
pub(super) const OFFERS: [&str; 8] = [
    "angebote",
    "angeboten",
    "offers",
    "rabatte",
    "aktionen",
    "deals",
    "promos",
    "ofertas",
];
/// Applications and purchases.
const NOT_ADVERTISING: [&str; 3] = ["bewerb", "erwerb", "gewerb"];

/// Says no of whatever stands near it.
const NEGATIONS: [&str; 22] = [
    "nicht",
    "nie",
    "niemals",
    "nimmer",
    "no",
    "not",
    "dont",
    "never",
    "without",
    "ohne",
    "pas",
    "non",
    "niente",
    "geen",
    "niet",
    "bez",
    "istemiyorum",
    "zadnych",
    "ningun",
    "ninguna",
    "nichts",
    "weder",
];
const NO_BEGINS: [&str; 1] = ["kein"];
/// Makes a negation a wish, and an offer something that comes again and again.
const AGAIN: [&str; 8] = [
    "mehr", "more", "wieder", "again", "weiteren", "weitere", "longer", "anymore",
];
const WISHES: [&str; 13] = [
    "will", "mochte", "moechte", "wollen", "wunsche", "wuensche", "brauche", "want", "wish",
    "need", "senden", "schicken", "send",
];
/// Tells that something did not work, which is no objection.
const MISHAPS: [&str; 21] = [
    "bekommen",
    "erhalten",
    "angekommen",
    "gekommen",
    "gesehen",
    "gefunden",
    "finde",
    "finden",
    "funktioniert",
    "geklappt",
    "offnen",
    "oeffnen",
    "lesen",
    "gelesen",
    "received",
    "receive",
    "got",
    "arrived",
    "find",
    "found",
    "work",
];
/// Ends something, at the beginning of a word.
const ENDS_BEGIN: [&str; 35] = [
    "stop",
    "abmeld",
    "abgemeldet",
    "abzumelden",
    "abbestell",
    "abzubestellen",
    "austrag",
    "ausgetragen",
    "entfern",
    "streich",
    "losch",
    "loesch",
    "beend",
    "aufhor",
    "aufhoer",
    "unterlass",
    "widersprech",
    "widersprich",
    "widerspruch",
    "widerruf",
    "verzicht",
    "verschon",
    "unerwunsch",
    "unerwuensch",
    "abstell",
    "abgestellt",
    "unsubscri",
    "remove",
    "desabonn",
    "arret",
    "disiscriv",
    "afmeld",
    "uitschrijv",
    "wypis",
    "rezygn",
];
const ENDS: [&str; 9] = [
    "opt",
    "cancel",
    "quit",
    "enough",
    "object",
    "objection",
    "baja",
    "basta",
    "genug",
];
/// The last word of a sentence whose verb was torn in two: *melden Sie mich … ab*.
const TORN: [&str; 4] = ["ab", "aus", "auf", "raus"];
/// What such a sentence begins with.
const TORN_BEGINS: [&str; 9] = [
    "meld", "bestell", "trag", "hor", "hoer", "stell", "nehm", "nimm", "schalt",
];

/// Whether the folded message says one of the fixed phrases.
pub(super) fn holds_objection(message: &str) -> bool {
    let padded = format!(" {message} ");
    OBJECTIONS
        .iter()
        .any(|phrase| padded.contains(&format!(" {phrase} ")))
}

/// The sentences of a message as it was written.
pub(super) fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(['.', '!', '?', ';', '\n', '\r'])
}

/// Whether a sentence objects to advertising. Its clauses are folded.
pub(super) fn objects(clauses: &[String]) -> bool {
    let whole = clauses.join(" ");
    let words = placed(&whole);
    plain(&words) || clauses.iter().any(|clause| offers(&placed(clause)))
}

/// Words with the place of their first character.
fn placed(text: &str) -> Vec<(usize, &str)> {
    let mut at = 0;
    let place = |word| {
        let here = at;
        at += str::chars(word).count() + 1;
        (here, word)
    };
    text.split(' ').map(place).collect()
}

/// A no near a word that means advertising and nothing else.
fn plain(words: &[(usize, &str)]) -> bool {
    let mishap = any(words, &MISHAPS) && !any(words, &AGAIN) && !any(words, &WISHES);
    let torn = is_torn(words);
    near(words, is_advertising, |at, word| {
        ends(word) || (negates(word) && !mishap) || (torn && at == words.len() - 1)
    })
}

/// A no that belongs to offers: right before them, or one that wants none again, or an end.
fn offers(words: &[(usize, &str)]) -> bool {
    let is_offer = |word: &str| OFFERS.contains(&word);
    let before = words
        .windows(3)
        .any(|three| is_offer(three[2].1) && (is_none_of(three[0].1) || is_none_of(three[1].1)))
        || words
            .windows(2)
            .any(|two| is_offer(two[1].1) && is_none_of(two[0].1));
    let again = any(words, &AGAIN);
    before
        || near(words, is_offer, |_, word| {
            ends(word) || (again && negates(word))
        })
}

/// Whether two such words stand near each other. One pass: only the last of each kind matters.
fn near(
    words: &[(usize, &str)],
    is_thing: impl Fn(&str) -> bool,
    says_no: impl Fn(usize, &str) -> bool,
) -> bool {
    let (mut thing, mut no): (Option<usize>, Option<usize>) = (None, None);
    for (at, (place, word)) in words.iter().enumerate() {
        if is_thing(word) {
            thing = Some(*place);
        }
        if says_no(at, word) {
            no = Some(*place);
        }
        if let (Some(thing), Some(no)) = (thing, no)
            && thing.abs_diff(no) <= NEAR_CHARS
        {
            return true;
        }
    }
    false
}

fn any(words: &[(usize, &str)], list: &[&str]) -> bool {
    words.iter().any(|(_, word)| list.contains(word))
}

fn begins(word: &str, list: &[&str]) -> bool {
    list.iter().any(|start| word.starts_with(start))
}

fn is_advertising(word: &str) -> bool {
    let other = NOT_ADVERTISING.iter().any(|part| word.contains(part));
    let holds = ADVERTISING.iter().any(|part| word.contains(part));
    let is = begins(word, &ADVERTISING_BEGINS) || ADVERTISING_WORDS.contains(&word);
    !other && (holds || is)
}

fn is_none_of(word: &str) -> bool {
    begins(word, &NO_BEGINS) || matches!(word, "no" | "geen" | "ohne" | "without")
}

fn negates(word: &str) -> bool {
    NEGATIONS.contains(&word) || begins(word, &NO_BEGINS)
}

fn ends(word: &str) -> bool {
    ENDS.contains(&word) || begins(word, &ENDS_BEGIN)
}

fn is_torn(words: &[(usize, &str)]) -> bool {
    let last = words.last().is_some_and(|(_, word)| TORN.contains(word));
    last && words.iter().any(|(_, word)| begins(word, &TORN_BEGINS))
}
