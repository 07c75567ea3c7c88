//! Random histories against a model that knows nothing of states: it reads the log of what really
//! happened and asks, whenever the gate lets an advertisement pass, whether there is an agreement
//! in it that nothing after it took away.

use super::*;
use crate::consent::{Proof, Refusal};
use crate::ids::TeammateId;
use crate::time::{DAY_MS, MINUTE_MS};

/// Histories in a usual run; `TRESEN_CONSENT_HISTORIES` asks for more.
const HISTORIES: u64 = 20_000;
const STEPS: usize = 40;

/// A fixed stream of numbers (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// True so many times in a hundred.
    fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        let at = self.below(list.len() as u64);
        list[usize::try_from(at).unwrap()]
    }
}

/// What happened, and how the world stood. Nothing of what the machine made of it.
#[derive(Debug, Clone)]
struct Entry {
    at: Timestamp,
    by: Actor,
    what: What,
    material: u32,
    address_active: bool,
    minor: bool,
    suppressed: bool,
}

/// A message that left.
#[derive(Debug, Clone, Copy)]
struct Sent(Timestamp);

#[derive(Debug, Default)]
struct Log {
    entries: Vec<Entry>,
    sent: Vec<Sent>,
}

impl Log {
    /// Whether an advertisement may leave: some act in the log agrees to what is promised now,
    /// and nothing since took it away.
    fn agrees(&self, now: Timestamp, material: u32, medium: Medium) -> bool {
        (0..self.entries.len()).any(|at| {
            self.entries[at].material == material
                && self.is_awake(at, now, medium)
                && !self.entries[at + 1..].iter().any(ends)
        })
    }

    /// Whether the act at this place is an agreement that was never left unused for longer than a
    /// year and a day.
    fn is_awake(&self, at: usize, now: Timestamp, medium: Medium) -> bool {
        let Some(given) = self.given_at(at, medium) else {
            return false;
        };
        let uses = self.sent.iter().map(|sent| sent.0);
        let mut last = given;
        for used in uses
            .filter(|used| *used >= given && *used <= now)
            .chain([now])
        {
            if used.0 - last.0 > 366 * DAY_MS {
                return false;
            }
            last = used;
        }
        true
    }

    /// When the person agreed, if this act is an agreement at all.
    fn given_at(&self, at: usize, medium: Medium) -> Option<Timestamp> {
        let entry = &self.entries[at];
        if entry.minor || !entry.address_active {
            return None;
        }
        match &entry.what {
            What::Confirmed(answer) | What::WroteCode(answer) => {
                let genuine = entry.by == Actor::Person
                    && answer.token_valid
                    && answer.pressed == Pressed::Button
                    && answer.address == AddressId::from_bytes([3; 16])
                    && answer.channel == ChannelId::from_bytes([1; 16]);
                (genuine && self.was_asked(at, medium)).then_some(entry.at)
            }
            What::Renewed {
                in_conversation, ..
            } => {
                // Of what still stood; or, while the person writes with us, of what another
                // notice had made old.
                let stood = (0..at).any(|earlier| {
                    let awake = self.entries[earlier].material == entry.material
                        && self.is_awake(earlier, entry.at, medium);
                    (awake || (*in_conversation && self.given_at(earlier, medium).is_some()))
                        && !self.entries[earlier + 1..at].iter().any(ends)
                });
                (entry.by == Actor::Person && stood).then_some(entry.at)
            }
            What::ProofAdded(proof) => {
                let seen = matches!(entry.by, Actor::Teammate(_));
                let whole = proof.text && proof.act && proof.source && proof.confirmation;
                let listed = self.entries[..at]
                    .iter()
                    .any(|entry| entry.what == What::Imported);
                (seen && whole && listed)
                    .then_some(proof.given_at)
                    .flatten()
                    .filter(|given| *given <= entry.at)
            }
            _ => None,
        }
    }

    /// Whether the person asked for it, seeing the notice and ticking the box itself, and what
    /// it answers was asked since, in a way the medium allows, and not too long ago.
    fn was_asked(&self, at: usize, medium: Medium) -> bool {
        let entry = &self.entries[at];
        let mut requests = (0..at).filter(|asked| {
            genuine_request(&self.entries[*asked])
                && self.entries[*asked].material == entry.material
                && !self.entries[asked + 1..at].iter().any(ends)
        });
        match entry.what {
            What::WroteCode(_) => {
                let writes = !matches!(medium, Medium::OwnChat | Medium::Mail);
                writes && requests.any(|asked| entry.at.0 - self.entries[asked].at.0 < DAY_MS)
            }
            _ => requests.any(|asked| {
                let questions = &self.entries[asked + 1..at];
                questions.iter().any(|question| {
                    let days = days_to_answer(question, medium);
                    entry.at.0 - question.at.0 < days * DAY_MS
                })
            }),
        }
    }
}

/// How long somebody may think about a question; no time at all when it was none.
fn days_to_answer(question: &Entry, medium: Medium) -> i64 {
    let What::ChallengeIssued { way, neutral: true } = &question.what else {
        return 0;
    };
    match (way, medium) {
        (Way::MailLink, Medium::Mail) if !question.suppressed => 7,
        (Way::SecondTap, Medium::OwnChat) => 1,
        (Way::ChatButtons, Medium::Mail | Medium::TextMessage) => 0,
        (Way::ChatButtons, _) => 1,
        _ => 0,
    }
}

fn genuine_request(entry: &Entry) -> bool {
    matches!(&entry.what, What::Requested(request)
        if request.notice_served && !request.preticked && !entry.minor)
}

/// Says no, takes it back, or makes the address somebody else's.
fn ends(entry: &Entry) -> bool {
    match &entry.what {
        What::Withdrawn | What::Objected | What::Refused | What::AddressChanged => true,
        What::Invalidated {
            second,
            reason_given,
        } => *reason_given && matches!(entry.by, Actor::Teammate(first) if first != *second),
        _ => false,
    }
}

/// The house as the histories play in it.
struct House {
    dice: Dice,
    medium: Medium,
    paper: Paper,
    now: Timestamp,
    age: Age,
    suppressed: bool,
    objected: bool,
    log: Log,
}

#[derive(Default)]
struct Tally {
    asked: u64,
    permitted: u64,
    taken: u64,
    refused: u64,
}

impl House {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let medium = dice.of(&[
            Medium::OwnChat,
            Medium::Mail,
            Medium::TemplatedChat,
            Medium::TextMessage,
            Medium::OpenChat,
        ]);
        Self {
            paper: Paper::blank(PurposeClass::Marketing, medium),
            dice,
            medium,
            now: NOON,
            age: Age::Unknown,
            suppressed: false,
            objected: false,
            log: Log::default(),
        }
    }

    fn time_passes(&mut self) {
        let ms = self.dice.of(&[
            0,
            MINUTE_MS,
            10 * MINUTE_MS,
            10 * MINUTE_MS,
            HOUR_MS,
            HOUR_MS,
            23 * HOUR_MS,
            2 * DAY_MS,
            8 * DAY_MS,
            200 * DAY_MS,
            364 * DAY_MS,
            366 * DAY_MS,
        ]);
        self.now = self.now.plus_ms(ms);
    }

    /// The world changes without telling the consent.
    fn world_changes(&mut self) {
        match self.dice.below(40) {
            0 => self.paper.notice.mark.material += 1,
            1 => self.paper.address.state = AddressState::Changed,
            2 => self.paper.address.state = AddressState::Gone,
            3..=12 => self.paper.address.state = AddressState::Active,
            13 => self.age = Age::Minor,
            14..=19 => self.age = Age::Unknown,
            20 => self.suppressed = !self.suppressed,
            21 => self.objected = true,
            22..=25 => self.objected = false,
            _ => {}
        }
    }

    fn answer(&mut self) -> Answer {
        let elsewhere = self.dice.percent(5);
        Answer {
            channel: ChannelId::from_bytes([1; 16]),
            address: AddressId::from_bytes([if elsewhere { 9 } else { 3 }; 16]),
            token_valid: !self.dice.percent(5),
            pressed: if self.dice.percent(5) {
                Pressed::LinkOnly
            } else {
                Pressed::Button
            },
        }
    }

    fn what(&mut self) -> What {
        match self.dice.below(36) {
            0..=6 => What::Requested(Request {
                notice_served: !self.dice.percent(5),
                preticked: self.dice.percent(5),
                explicit: self.dice.percent(50),
                asked_by: if self.dice.percent(70) {
                    AskedBy::Person
                } else {
                    AskedBy::House {
                        in_conversation: self.dice.percent(70),
                    }
                },
            }),
            7..=12 => What::ChallengeIssued {
                way: match self.dice.percent(70) {
                    true => Way::usual(self.medium),
                    false => self.dice.of(&[
                        Way::WritesFirst,
                        Way::ChatButtons,
                        Way::MailLink,
                        Way::SecondTap,
                        Way::TextCode,
                    ]),
                },
                neutral: !self.dice.percent(5),
            },
            13..=18 => What::Confirmed(self.answer()),
            19..=23 => What::WroteCode(self.answer()),
            24 => What::Refused,
            25 => What::TimedOut,
            26 => What::Renewed {
                explicit: false,
                in_conversation: self.dice.percent(50),
            },
            27 => What::NoticeChanged,
            28 => What::AddressChanged,
            29 => What::CaseEnded,
            30 => What::Withdrawn,
            31 => What::Objected,
            32 => What::Invalidated {
                second: TeammateId::from_bytes([2; 16]),
                reason_given: self.dice.percent(80),
            },
            33 => What::Imported,
            _ => What::ProofAdded(Proof {
                text: !self.dice.percent(10),
                act: true,
                source: true,
                given_at: Some(self.now.plus_ms(-300 * DAY_MS)),
                confirmation: !self.dice.percent(10),
                explicit: false,
            }),
        }
    }

    fn by(&mut self) -> Actor {
        match self.dice.below(10) {
            0 => Actor::House,
            1 => Actor::Teammate(TeammateId::from_bytes([1; 16])),
            2 => Actor::Teammate(TeammateId::from_bytes([2; 16])),
            _ => Actor::Person,
        }
    }

    fn happens(&mut self, by: Actor, what: What) -> Result<(), Refusal> {
        self.log.entries.push(Entry {
            at: self.now,
            by,
            what: what.clone(),
            material: self.paper.notice.mark.material,
            address_active: self.paper.address.state == AddressState::Active,
            minor: self.age == Age::Minor,
            suppressed: self.suppressed,
        });
        let id = ConsentEventId::from_bytes([5; 16]);
        let world = Circumstances {
            now: self.now,
            purpose: &self.paper.purpose,
            notice: &self.paper.notice,
            address: self.paper.address,
            age: self.age,
            suppressed: self.suppressed,
            challenges_today: 0,
            text_codes: false,
        };
        let before = self.paper.consent.clone();
        self.paper.consent = before.after(&Event { id, by, what }, &world)?;
        Ok(())
    }

    /// Somebody wants to advertise; the provider at the other end reads the log.
    fn advertise(&mut self, seed: u64, tally: &mut Tally) {
        let able = super::matrix::able(self.medium);
        let template = Template {
            header: None,
            body_parameters: vec![],
            ..template(TemplateCategory::Marketing, "APPROVED")
        };
        let wanted = TemplateUseFact {
            name: "versand".into(),
            language: "de".into(),
            header_parameters: 0,
            body_parameters: vec![],
            button_parameters: 0,
        };
        let request = SendRequest {
            template: able.templates.then_some(&wanted),
            intent: self.paper.intent(MessageClass::Marketing),
            ..text(1)
        };
        let standing = Standing {
            now: self.now,
            capabilities: &able,
            window: ReplyWindow::Unlimited,
            template: able.templates.then_some(&template),
            person: Person {
                agreed: self.paper.agreed(),
                objected: self.objected,
                age: self.age,
                clock: Some(noon_somewhere(self.now)),
                ..Person::default()
            },
            ..super::standing(0, None, None)
        };
        tally.asked += 1;
        let Verdict::Permit(permit) = judge(&request, &standing) else {
            return;
        };
        tally.permitted += 1;
        let material = self.paper.notice.mark.material;
        let reachable = self.paper.address.state == AddressState::Active;
        let lawful = self.log.agrees(self.now, material, self.medium)
            && reachable
            && !self.objected
            && self.age != Age::Minor
            && !permit.consent_events().is_empty();
        assert!(
            lawful,
            "seed {seed}: an advertisement left at {:?} without an agreement: {:#?}",
            self.now, self.log
        );
        if self.dice.percent(50) {
            self.log.sent.push(Sent(self.now));
            assert_eq!(self.happens(Actor::House, What::Used), Ok(()));
        }
    }
}

/// A clock on which it is about noon: hours are tried elsewhere.
fn noon_somewhere(now: Timestamp) -> Clock {
    let hour = i8::try_from(now.0.div_euclid(HOUR_MS).rem_euclid(24)).unwrap();
    Clock {
        zone: TimeZone::fixed(offset(12 - hour)),
        holidays: [].into(),
    }
}

fn play(seed: u64, tally: &mut Tally) {
    let mut house = House::new(seed);
    for _ in 0..STEPS {
        house.time_passes();
        house.world_changes();
        let by = house.by();
        let what = house.what();
        match house.happens(by, what) {
            Ok(()) => tally.taken += 1,
            Err(_) => tally.refused += 1,
        }
        house.advertise(seed, tally);
    }
}

fn histories() -> u64 {
    std::env::var("TRESEN_CONSENT_HISTORIES")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(HISTORIES)
}

// Check: CO-01, CO-16, CO-17, CO-18, CO-19, CO-20
#[test]
fn no_history_leads_from_a_consent_that_does_not_hold_to_an_advertisement() {
    let mut tally = Tally::default();
    for seed in 0..histories() {
        play(seed, &mut tally);
    }
    println!(
        "{} histories: {} events taken, {} refused; {} advertisements asked for, {} permitted",
        histories(),
        tally.taken,
        tally.refused,
        tally.asked,
        tally.permitted
    );
    // The model says nothing where nothing is ever sent.
    assert!(
        tally.permitted * 100 > tally.asked,
        "some agree and are written to"
    );
    assert!(tally.permitted * 2 < tally.asked, "and most must not be");
}
