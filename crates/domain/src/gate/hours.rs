//! Rules about when and how often: the contact's own clock, and not too much of it.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp as Instant, Zoned};

use super::{MessageClass, Reason, SendRequest, Standing};
use crate::time::Timestamp;

/// Days that are looked at for the next hour something may be sent.
const DAYS_AHEAD_MAX: usize = 60;

/// The contact's time zone and the days on which nobody is disturbed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    pub zone: TimeZone,
    pub holidays: BTreeSet<Date>,
}

/// What a clock on the wall shows, and how far it is ahead of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    pub year: i16,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub ahead_minutes: i32,
}

/// The reason that only asks for something to be looked up.
pub(super) const UNKNOWN: &str = "quiet_hours_unknown";

/// From which hour to which, and whether on every day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    pub from: i8,
    pub to: i8,
    pub rests: bool,
}

pub const ADVERTISING_HOURS: Hours = Hours {
    from: 9,
    to: 20,
    rests: true,
};
pub const TRANSACTIONAL_HOURS: Hours = Hours {
    from: 7,
    to: 22,
    rests: false,
};

/// Whether something with hours may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    Open,
    /// From then on.
    Later(Timestamp),
    /// Nobody can say.
    Unknown,
}

impl Clock {
    /// The clock of a country that has one, by its two letters; nobody guesses where a person is
    /// whose country has several.
    #[must_use]
    pub fn of_country(country: &str, holidays: BTreeSet<Date>) -> Option<Self> {
        const CENTRAL: [&str; 3] = ["DE", "AT", "CH"];
        // Their summer time has begun and ended by one rule since 1996.
        const CENTRAL_EUROPE: &str = "CET-1CEST,M3.5.0,M10.5.0/3";
        if !CENTRAL.contains(&country) {
            return None;
        }
        let zone = TimeZone::posix(CENTRAL_EUROPE).ok()?;
        Some(Self { zone, holidays })
    }

    /// The clock by which nobody's place is guessed.
    #[must_use]
    pub const fn utc() -> Self {
        Self {
            zone: TimeZone::UTC,
            holidays: BTreeSet::new(),
        }
    }

    /// What this clock shows; `None` beyond the years there are.
    #[must_use]
    pub fn reading(&self, at: Timestamp) -> Option<Reading> {
        let instant = Instant::from_millisecond(at.0).ok()?;
        let local = instant.to_zoned(self.zone.clone());
        let unsigned = |number: i8| number.unsigned_abs();
        Some(Reading {
            year: local.year(),
            month: unsigned(local.month()),
            day: unsigned(local.day()),
            hour: unsigned(local.hour()),
            minute: unsigned(local.minute()),
            second: unsigned(local.second()),
            ahead_minutes: local.offset().seconds() / 60,
        })
    }

    #[must_use]
    pub fn opening(&self, hours: Hours, now: Timestamp) -> Opening {
        let Ok(instant) = Instant::from_millisecond(now.0) else {
            return Opening::Unknown;
        };
        let local = instant.to_zoned(self.zone.clone());
        if self.is_open(hours, &local) {
            return Opening::Open;
        }
        let today = local.date();
        let mut day = today;
        for _ in 0..DAYS_AHEAD_MAX {
            if let Some(start) = self.start_of(hours, day)
                && start > now
            {
                return Opening::Later(start);
            }
            let Ok(next) = day.tomorrow() else {
                return Opening::Unknown;
            };
            day = next;
        }
        Opening::Unknown
    }

    fn is_open(&self, hours: Hours, local: &Zoned) -> bool {
        !self.is_rest(hours, local.date()) && (hours.from..hours.to).contains(&local.hour())
    }

    fn is_rest(&self, hours: Hours, day: Date) -> bool {
        hours.rests && (day.weekday() == Weekday::Sunday || self.holidays.contains(&day))
    }

    /// The first instant of the hours of a day; where the clock jumps over it, the one after.
    fn start_of(&self, hours: Hours, day: Date) -> Option<Timestamp> {
        if self.is_rest(hours, day) {
            return None;
        }
        let time = Time::new(hours.from, 0, 0, 0).ok()?;
        let zoned = day.to_datetime(time).to_zoned(self.zone.clone()).ok()?;
        Some(Timestamp(zoned.timestamp().as_millisecond()))
    }
}

/// When it may go instead, if only time stands against it.
pub(super) type Later = Option<Timestamp>;

pub(super) fn check(
    class: MessageClass,
    request: &SendRequest<'_>,
    standing: &Standing<'_>,
    reasons: &mut Vec<Reason>,
) -> Later {
    let quiet = quiet(class, request, standing, reasons);
    let often = often(class, standing, reasons);
    quiet.max(often)
}

fn quiet(
    class: MessageClass,
    request: &SendRequest<'_>,
    standing: &Standing<'_>,
    reasons: &mut Vec<Reason>,
) -> Later {
    let person = &standing.person;
    let hours = match class {
        MessageClass::Marketing => ADVERTISING_HOURS,
        // Somebody who is writing with us is awake.
        MessageClass::Survey if !person.case.open => ADVERTISING_HOURS,
        MessageClass::Transactional if !request.intent.urgent => TRANSACTIONAL_HOURS,
        _ => return None,
    };
    let opening = match &person.clock {
        Some(clock) => clock.opening(hours, standing.now),
        None => Opening::Unknown,
    };
    match opening {
        Opening::Open => None,
        Opening::Later(at) => {
            reasons.push(Reason::with(
                "quiet_hours",
                vec![("until_ms", at.0.to_string())],
            ));
            Some(at)
        }
        Opening::Unknown => {
            reasons.push(Reason::plain("quiet_hours_unknown"));
            None
        }
    }
}

fn often(class: MessageClass, standing: &Standing<'_>, reasons: &mut Vec<Reason>) -> Later {
    let frequency = &standing.person.marketing;
    if class != MessageClass::Marketing || frequency.sent < frequency.max {
        return None;
    }
    reasons.push(Reason::with(
        "frequency_cap",
        vec![("max", frequency.max.to_string())],
    ));
    frequency.free_at.filter(|at| *at > standing.now)
}
