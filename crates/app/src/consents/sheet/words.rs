//! How a sheet says things: moments on the clock of the company's country, terms in words.

use domain::Timestamp;
use domain::channel::AddressKind;
use domain::gate::Clock;
use i18n::Language;
use proof::{Act, ConsentEvent, Source};
use store::Address;

/// In which language, and by whose clock.
pub(super) struct Voice {
    pub(super) language: Language,
    pub(super) clock: Clock,
}

impl Voice {
    pub(super) fn say(&self, key: &str) -> String {
        i18n::text(self.language, key, &[])
    }

    pub(super) fn say_with(&self, key: &str, arguments: &[(&str, String)]) -> String {
        i18n::text_with(self.language, key, arguments)
    }

    /// To the second, with how far this clock is from UTC: it is read years later, elsewhere.
    pub(super) fn moment(&self, at: Timestamp) -> String {
        let Some(local) = self.clock.reading(at) else {
            return String::new();
        };
        let (year, month, day) = (local.year, local.month, local.day);
        let date = match self.language {
            Language::De => format!("{day:02}.{month:02}.{year}"),
            Language::En => format!("{year}-{month:02}-{day:02}"),
        };
        let ahead = local.ahead_minutes;
        let sign = if ahead < 0 { '−' } else { '+' };
        let minutes = match ahead.unsigned_abs() % 60 {
            0 => String::new(),
            rest => format!(":{rest:02}"),
        };
        let zone = match ahead {
            0 => "UTC".to_owned(),
            _ => format!("UTC{sign}{}{minutes}", ahead.unsigned_abs() / 60),
        };
        let (hour, minute, second) = (local.hour, local.minute, local.second);
        format!("{date}, {hour:02}:{minute:02}:{second:02} ({zone})")
    }

    pub(super) fn proof_moment(&self, at: proof::Moment) -> String {
        self.moment(Timestamp(at.milliseconds()))
    }

    /// `P5Y` and `P12M` in words; anything else as it stands.
    pub(super) fn duration(&self, text: &str) -> String {
        let parts = text.strip_prefix('P').and_then(|rest| {
            let (count, unit) = rest.split_at_checked(rest.len().checked_sub(1)?)?;
            let key = match unit {
                "Y" => "sheet-years",
                "M" => "sheet-months",
                "D" => "sheet-days",
                _ => return None,
            };
            count.parse::<u32>().ok().map(|count| (key, count))
        });
        match parts {
            Some((key, count)) => self.say_with(key, &[("count", count.to_string())]),
            None => text.to_owned(),
        }
    }

    pub(super) fn legal_basis(&self, term: &str) -> String {
        match term {
            "eu-gdpr:A6-1-a" => self.say("sheet-basis-consent"),
            other => other.to_owned(),
        }
    }

    /// A channel kind this house does not know any more is called what it was called.
    pub(super) fn channel(&self, kind: &str) -> String {
        let none: [(&str, &str); 0] = [];
        let known = i18n::lookup(self.language, &format!("sheet-channel-{kind}"), &none);
        known.unwrap_or_else(|| kind.to_owned())
    }

    pub(super) fn actor(&self, event: &ConsentEvent) -> String {
        match event.actor.as_deref() {
            None => String::new(),
            Some("contact") => self.say("sheet-actor-contact"),
            Some("house") => self.say("sheet-actor-house"),
            Some(id) => self.say_with("sheet-actor-teammate", &[("id", id.to_owned())]),
        }
    }

    pub(super) fn act(&self, act: &Act) -> String {
        self.say(&format!("sheet-act-{}", act.kind.as_str()))
    }

    pub(super) fn quoted(&self, words: &str) -> String {
        match self.language {
            Language::De => format!("„{words}“"),
            Language::En => format!("“{words}”"),
        }
    }

    /// Where the person is reached on this channel, as far as anybody knows.
    pub(super) fn addresses(&self, addresses: &[&Address]) -> String {
        let shown = addresses.iter().map(|address| {
            if address.kind == AddressKind::WebVisitor {
                return self.say("sheet-address-visitor");
            }
            address.value.expose().clone()
        });
        shown.collect::<Vec<_>>().join("\n")
    }
}

pub(super) fn source(source: &Source) -> String {
    format!("{}: {}", source.kind, source.value)
}
