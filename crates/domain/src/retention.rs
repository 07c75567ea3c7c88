//! How long what is kept, and why: the classes of docs/retention.md, which is made of them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp as Instant, Zoned};

use crate::time::{DAY_MS, HOUR_MS, Timestamp};

/// What something is kept for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    Passing,
    Unconfirmed,
    Ordinary,
    Claim,
    Letter,
    Voucher,
    Consent,
    Reading,
    Erasure,
    Special,
}

/// How long, from the event that begins it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    Hours(i64),
    Days(i64),
    Months(i64),
    /// So many years, counted from the end of the year in which it began.
    YearsToYearEnd(i64),
    Years(i64),
}

/// One class with everything that is said about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    pub code: &'static str,
    pub what: &'static str,
    pub begins: &'static str,
    pub period: Period,
    pub basis: &'static str,
    /// What ends it in this version.
    pub ended_by: &'static str,
    /// A wish to be erased does not end it: it is kept apart until the period is over.
    pub outlives_a_wish: bool,
}

impl Class {
    pub const ALL: [Self; 10] = [
        Self::Passing,
        Self::Unconfirmed,
        Self::Ordinary,
        Self::Claim,
        Self::Letter,
        Self::Voucher,
        Self::Consent,
        Self::Reading,
        Self::Erasure,
        Self::Special,
    ];

    #[must_use]
    pub const fn rule(self) -> Rule {
        match self {
            Self::Passing | Self::Unconfirmed | Self::Ordinary => self.short(),
            Self::Claim | Self::Letter | Self::Voucher => self.commercial(),
            Self::Consent | Self::Reading | Self::Erasure | Self::Special => self.proof(),
        }
    }

    const fn short(self) -> Rule {
        match self {
            Self::Passing => Rule {
                code: "R0",
                what: "typing, presence, a visit without a word, uploads that were never sent",
                begins: "when it happened",
                period: Period::Hours(24),
                basis: "Art. 5(1)(c) GDPR",
                ended_by: "typing and presence are never stored; the house removes the rest",
                outlives_a_wish: false,
            },
            Self::Unconfirmed => Rule {
                code: "R1",
                what: "a double opt-in that was not confirmed",
                begins: "when it was asked for",
                period: Period::Days(7),
                basis: "Art. 5(1)(e) GDPR",
                ended_by: "the house",
                outlives_a_wish: false,
            },
            _ => Rule {
                code: "R2",
                what: "an ordinary conversation, with notes and files",
                begins: "the last message",
                period: Period::Months(6),
                basis: "Art. 6(1)(f) GDPR",
                ended_by: "the house, after the days that the notice promises (90 unless another \
                           number is set)",
                outlives_a_wish: false,
            },
        }
    }

    const fn commercial(self) -> Rule {
        match self {
            Self::Claim => Rule {
                code: "R3",
                what: "a complaint or an enquiry without a contract",
                begins: "the last message",
                period: Period::YearsToYearEnd(3),
                basis: "§§ 195, 199 BGB",
                ended_by: "a person: conversations are not told apart yet; a hold keeps one back",
                outlives_a_wish: false,
            },
            Self::Letter => Rule {
                code: "R4",
                what: "a commercial letter: an order, a confirmation",
                begins: "the last message",
                period: Period::YearsToYearEnd(6),
                basis: "§ 257 HGB, § 147 AO",
                ended_by: "a person: conversations are not told apart yet; a hold keeps one back",
                outlives_a_wish: true,
            },
            _ => Rule {
                code: "R5",
                what: "a voucher: an invoice, a payment",
                begins: "when it was made",
                period: Period::YearsToYearEnd(8),
                basis: "§ 147 AO; banks, insurers and investment firms 10 years",
                ended_by: "a person: conversations are not told apart yet; a hold keeps one back",
                outlives_a_wish: true,
            },
        }
    }

    const fn proof(self) -> Rule {
        match self {
            Self::Consent => Rule {
                code: "R6",
                what: "the proof of a consent",
                begins: "the consent and each use of it",
                period: Period::Years(5),
                basis: "§ 7a UWG, by analogy for every channel",
                ended_by: "nothing yet",
                outlives_a_wish: true,
            },
            Self::Reading => Rule {
                code: "R7",
                what: "who read what of a contact",
                begins: "the reading",
                period: Period::Months(12),
                basis: "Art. 5(2) GDPR",
                ended_by: "goes with the contact",
                outlives_a_wish: false,
            },
            Self::Erasure => Rule {
                code: "R8",
                what: "certificates of erasure and tombstones, which name nobody",
                begins: "the erasure",
                period: Period::Years(3),
                basis: "Art. 17(3), 21(3) GDPR",
                ended_by: "nothing yet: a backup may be older",
                outlives_a_wish: true,
            },
            _ => Rule {
                code: "R9",
                what: "what was taken for health or another special category",
                begins: "the message",
                period: Period::Days(90),
                basis: "Art. 9 GDPR",
                ended_by: "goes with its conversation",
                outlives_a_wish: false,
            },
        }
    }

    /// When the period that began at this moment is over.
    #[must_use]
    pub fn ends(self, begun: Timestamp) -> Timestamp {
        match self.rule().period {
            Period::Hours(hours) => begun.plus_ms(hours.saturating_mul(HOUR_MS)),
            Period::Days(days) => begun.plus_ms(days.saturating_mul(DAY_MS)),
            Period::Months(months) => moment(later_by_months(begun, months)),
            Period::Years(years) => moment(later_by_months(begun, years.saturating_mul(12))),
            Period::YearsToYearEnd(years) => moment(year_end(begun, years)),
        }
    }
}

/// In UTC, by which everything here is counted; nothing where no calendar reaches.
fn civil(at: Timestamp) -> Option<Zoned> {
    Some(
        Instant::from_millisecond(at.0)
            .ok()?
            .to_zoned(TimeZone::UTC),
    )
}

/// What no calendar reaches is kept for ever.
fn moment(at: Option<Zoned>) -> Timestamp {
    at.map_or(Timestamp(i64::MAX), |at| {
        Timestamp(at.timestamp().as_millisecond())
    })
}

/// The first moment of the year that begins so many years after this one's end.
fn year_end(at: Timestamp, years: i64) -> Option<Zoned> {
    let year = i64::from(civil(at)?.year())
        .checked_add(years)?
        .checked_add(1)?;
    let day = Date::new(i16::try_from(year).ok()?, 1, 1).ok()?;
    day.to_zoned(TimeZone::UTC).ok()
}

/// The same day and hour so many months on, or the first moment behind a month that is too short.
fn later_by_months(at: Timestamp, months: i64) -> Option<Zoned> {
    let at = civil(at)?;
    let there = at.checked_add(Span::new().try_months(months).ok()?).ok()?;
    if there.day() == at.day() {
        return Some(there);
    }
    there.date().tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()
}

const HEAD: &str = "# How long what is kept

<!-- Written from crates/domain/src/retention.rs; a test compares. -->

The classes, their periods and what ends them. A period that ends with a year is counted from the
end of the year in which it began. What outlives a wish to be erased is kept apart and out of sight
until its period is over; a legal hold or a restriction of processing (Art. 18) keeps everything of
a contact back, whatever its class, until somebody ends it. Erasing itself, its certificate and its tombstone: [backup.md](backup.md).

| class | what | begins with | period | basis | ended by | outlives a wish |
|---|---|---|---|---|---|---|
";

fn in_words(period: Period) -> String {
    match period {
        Period::Hours(hours) => format!("{hours} hours"),
        Period::Days(days) => format!("{days} days"),
        Period::Months(months) => format!("{months} months"),
        Period::Years(years) => format!("{years} years"),
        Period::YearsToYearEnd(years) => format!("{years} years, to the end of the year"),
    }
}

/// `docs/retention.md`.
#[must_use]
pub fn reference_markdown() -> String {
    use std::fmt::Write as _;
    let mut page = HEAD.to_owned();
    for class in Class::ALL {
        let rule = class.rule();
        let outlives = if rule.outlives_a_wish { "yes" } else { "no" };
        // Writing to a String cannot fail.
        _ = writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} | {outlives} |",
            rule.code,
            rule.what,
            rule.begins,
            in_words(rule.period),
            rule.basis,
            rule.ended_by
        );
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    fn midnight(year: i16, month: i8, day: i8) -> Timestamp {
        let day = Date::new(year, month, day).unwrap();
        moment(day.to_zoned(TimeZone::UTC).ok())
    }

    #[test]
    fn what_no_calendar_reaches_is_kept() {
        for at in [Timestamp(i64::MAX), Timestamp(i64::MIN)] {
            assert_eq!(Class::Letter.ends(at), Timestamp(i64::MAX));
            assert_eq!(Class::Consent.ends(at), Timestamp(i64::MAX));
        }
    }

    #[test]
    fn periods_end_when_they_should() {
        let at = midnight(2026, 8, 31).plus_ms(5);
        assert_eq!(Class::Passing.ends(at), at.plus_ms(DAY_MS));
        assert_eq!(Class::Letter.ends(at), midnight(2033, 1, 1));
        assert_eq!(Class::Voucher.ends(at), midnight(2035, 1, 1));
        assert_eq!(
            Class::Claim.ends(midnight(2026, 12, 31)),
            midnight(2030, 1, 1)
        );
        // February has no 31st: the first moment behind it.
        assert_eq!(Class::Ordinary.ends(at), midnight(2027, 3, 1));
        assert_eq!(Class::Reading.ends(at), midnight(2027, 8, 31).plus_ms(5));
        assert_eq!(Class::Consent.ends(at), midnight(2031, 8, 31).plus_ms(5));
    }

    #[test]
    fn every_class_has_a_code_of_its_own() {
        let codes = Class::ALL.map(|class| class.rule().code);
        assert_eq!(
            codes,
            ["R0", "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9"]
        );
    }
}
