//! Folding a text by a rule, quickly where it is written in Latin letters: what a letter becomes is
//! worked out by the rule once, and looked up from then on.

/// The first character that is not looked up. No mark stands before it, so none of these changes
/// what stands before.
const END: usize = 0x180;
/// The smallest byte that begins a character from there on.
const END_BEGINS: u8 = 0xc6;
/// None of the letters becomes more than so many.
const LETTERS_MAX: usize = 4;
/// Fills the rows; no letter becomes it.
const NOTHING: char = '\0';

/// Puts out what a text becomes, character by character.
type Rule = fn(&str, &mut dyn FnMut(char));

/// A rule, and what it makes of Latin letters. The rule may compose and decompose, and look at
/// whatever is no Latin letter behind a character; otherwise it folds each by itself.
pub(crate) struct Folding {
    rule: Rule,
    rows: Vec<[char; LETTERS_MAX]>,
}

impl Folding {
    pub(crate) fn by(rule: Rule) -> Self {
        let row = |c: char| {
            let mut row = [NOTHING; LETTERS_MAX];
            let mut places = row.iter_mut();
            rule(c.encode_utf8(&mut [0; 4]), &mut |folded| {
                *places.next().expect("a Latin letter becomes few") = folded;
            });
            row
        };
        let rows = ('\0'..).take(END).map(row).collect();
        Self { rule, rows }
    }

    /// Puts out what the rule makes of the text.
    pub(crate) fn fold(&self, text: &str, mut keep: impl FnMut(char)) {
        let mut rest = text;
        while let Some(other) = rest.bytes().position(|byte| byte >= END_BEGINS) {
            // What follows may change the letter before it.
            let before = rest[..other].char_indices().next_back();
            let cut = before.map_or(other, |(at, _)| at);
            let latin = rest[other..].find(|c: char| (c as usize) < END);
            let end = latin.map_or(rest.len(), |length| other + length);
            self.look_up(&rest[..cut], &mut keep);
            (self.rule)(&rest[cut..end], &mut keep);
            rest = &rest[end..];
        }
        self.look_up(rest, &mut keep);
    }

    fn look_up(&self, text: &str, keep: &mut impl FnMut(char)) {
        for c in text.chars() {
            for folded in self.rows[c as usize] {
                if folded == NOTHING {
                    break;
                }
                keep(folded);
            }
        }
    }

    /// What the rule makes of the text, without looking anything up.
    #[cfg(test)]
    pub(crate) fn fold_slowly(&self, text: &str) -> String {
        let mut folded = String::new();
        (self.rule)(text, &mut |c| folded.push(c));
        folded
    }

    #[cfg(test)]
    pub(crate) fn folded(&self, text: &str) -> String {
        let mut folded = String::new();
        self.fold(text, |c| folded.push(c));
        folded
    }
}

/// Texts in which Latin letters stand beside marks, pictures and letters of others.
#[cfg(test)]
pub(crate) fn any_text() -> impl proptest::strategy::Strategy<Value = String> {
    "([\u{0}-\u{17f}]{0,6}|[aeousiı-]|[\u{300}-\u{36f}]{1,3}|[\u{fe0f}\u{20e3}\u{200b}…–½①ﬁ가각ｆΣς]|\\PC){0,12}"
}
