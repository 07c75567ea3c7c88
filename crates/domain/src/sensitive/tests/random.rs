//! Random numbers that are the same in every run.

/// A small generator (SplitMix64) for counts that must not change from run to run.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("a remainder below a usize")
    }

    pub fn one_of(&mut self, signs: &[u8]) -> u8 {
        signs[self.below(signs.len())]
    }

    /// A text of this form: `@` stands for a letter, `#` for a digit, `*` for one but zero, `?` for a
    /// sign of a document's serial, `!` for its first; the rest for itself.
    pub fn of_form(&mut self, form: &str) -> String {
        let mut text = String::new();
        for place in form.chars() {
            let sign = match place {
                '@' => self.one_of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
                '#' => self.one_of(b"0123456789"),
                '*' => self.one_of(b"123456789"),
                '?' => self.one_of(b"CFGHJKLMNPRTVWXYZ0123456789"),
                '!' => self.one_of(b"CFGHJKLMNPRTVWXYZ"),
                other => u8::try_from(other).expect("a form is ASCII"),
            };
            text.push(char::from(sign));
        }
        text
    }
}
