//! What happens from outside in one world: drawn from the seed before anything starts, so that a
//! failure can be cut down to the few inputs it needs.

use std::fmt;

use crate::chance::Chance;

/// When the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    Now,
    /// With the next group of batches written and not committed.
    BeforeCommit,
    /// With the next group committed and nobody told.
    AfterCommit,
    /// When the provider has taken the next message and its answer is on the way.
    AfterSending,
}

/// What a teammate changes about a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Assign,
    Unassign,
    Snooze { minutes: i64 },
    Done,
    Open,
}

/// One thing that happens. Small numbers point at what is there at that moment, modulo how much
/// there is; where there is nothing, nothing happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// A customer of the own chat writes under a new id.
    ChatWrites {
        customer: usize,
    },
    /// It brings a file, which goes out with its next message.
    ChatUploads {
        customer: usize,
    },
    /// Its page sends again what it sent before, with the same id.
    ChatRepeats {
        customer: usize,
        which: usize,
    },
    /// A faulty page uses an id for another text.
    ChatReuses {
        customer: usize,
        which: usize,
    },
    /// It has received or read everything that is there.
    ChatReached {
        customer: usize,
        read: bool,
    },
    /// A contact of the provider writes, changes what it wrote, or takes it back: the provider has
    /// something to tell.
    Writes {
        contact: usize,
        /// The number of ours it writes to.
        line: usize,
    },
    /// A contact sets a sign at one of its messages; beyond the known ones it takes it back.
    Reacts {
        contact: usize,
        which: usize,
        sign: usize,
    },
    Edits {
        contact: usize,
        which: usize,
    },
    Revokes {
        contact: usize,
        which: usize,
    },
    /// The provider tells of some of that. With `again` also of what was taken before.
    Posts {
        which: usize,
        many: usize,
        again: bool,
    },
    Answers {
        teammate: usize,
        place: usize,
    },
    AnswerRepeats {
        teammate: usize,
        which: usize,
    },
    Notes {
        teammate: usize,
        place: usize,
    },
    NoteRepeats {
        teammate: usize,
        which: usize,
    },
    /// A person decides that a message is sent again.
    SendsAgain {
        teammate: usize,
        which: usize,
    },
    Changes {
        teammate: usize,
        place: usize,
        change: Change,
    },
    /// A teammate sets a sign at what a contact wrote, or takes it back.
    TeamReacts {
        teammate: usize,
        which: usize,
        sign: usize,
    },
    /// A teammate has seen a conversation to its end.
    Reads {
        teammate: usize,
        place: usize,
    },
    /// Jobs are looked for.
    Works,
    /// The desk reads the feed on from its cursor.
    Follows,
    /// The clock is put forward or back.
    Clock {
        minutes: i64,
    },
    Dies {
        when: Death,
    },
    /// The next COMMIT fails, and the group is in the database or not.
    CommitFails {
        written: bool,
    },
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// An input, and how many steps of the house follow before the next one comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scene {
    pub input: Input,
    pub steps: usize,
}

const SCENES_MIN: usize = 8;
const SCENES_SPREAD: usize = 21;

/// Everything that happens in the world of this seed.
#[must_use]
pub fn script(seed: u64) -> Vec<Scene> {
    let mut chance = Chance::new(seed, 1);
    let count = SCENES_MIN + chance.below(SCENES_SPREAD);
    // Some worlds are hasty and some are slow; mixing them in each would only give the average.
    let haste = chance.below(3);
    let mut scenes = Vec::with_capacity(count + 2);
    if !chance.one_in(4) {
        // Mostly somebody has written through the provider already: only then is there somebody to
        // answer through it.
        scenes.push(Scene {
            input: Input::Writes {
                contact: 0,
                line: 0,
            },
            steps: 0,
        });
        scenes.push(Scene {
            input: Input::Posts {
                which: 0,
                many: 1,
                again: false,
            },
            steps: 60,
        });
    }
    scenes.extend((0..count).map(|_| Scene {
        input: input(&mut chance),
        steps: steps(&mut chance, haste),
    }));
    scenes
}

fn steps(chance: &mut Chance, haste: usize) -> usize {
    match (haste, chance.below(4)) {
        (0, _) => chance.below(4),
        (_, 0) => 0,
        (1, _) => chance.below(12),
        (_, 1) => chance.below(12),
        _ => 20 + chance.below(60),
    }
}

fn input(chance: &mut Chance) -> Input {
    let (who, which) = (chance.below(2), chance.below(8));
    match chance.below(109) {
        0..53 => of_outside(chance, who, which),
        53..85 => of_the_team(chance, who, which),
        _ => of_the_house(chance),
    }
}

/// Customers, contacts and the provider.
fn of_outside(chance: &mut Chance, who: usize, which: usize) -> Input {
    match chance.below(53) {
        0..10 => Input::ChatWrites { customer: who },
        10..14 => Input::ChatRepeats {
            customer: who,
            which,
        },
        14..15 => Input::ChatReuses {
            customer: who,
            which,
        },
        15..18 => Input::ChatReached {
            customer: who,
            read: chance.one_in(2),
        },
        18..21 => Input::ChatUploads { customer: who },
        21..31 => Input::Writes {
            contact: who,
            line: usize::from(chance.one_in(4)),
        },
        31..34 => Input::Edits {
            contact: who,
            which,
        },
        34..36 => Input::Revokes {
            contact: who,
            which,
        },
        36..39 => Input::Reacts {
            contact: who,
            which,
            sign: chance.below(4),
        },
        _ => Input::Posts {
            which,
            many: 1 + chance.below(5),
            again: chance.one_in(4),
        },
    }
}

fn of_the_team(chance: &mut Chance, who: usize, which: usize) -> Input {
    let (teammate, place) = (who, which);
    match chance.below(32) {
        0..14 => Input::Answers { teammate, place },
        14..16 => Input::AnswerRepeats { teammate, which },
        16..18 => Input::Notes { teammate, place },
        18..19 => Input::NoteRepeats { teammate, which },
        19..22 => Input::SendsAgain { teammate, which },
        22..25 => Input::Changes {
            teammate,
            place,
            change: change(chance),
        },
        25..28 => Input::TeamReacts {
            teammate,
            which,
            sign: chance.below(4),
        },
        28..30 => Input::Reads { teammate, place },
        _ => Input::Follows,
    }
}

fn of_the_house(chance: &mut Chance) -> Input {
    match chance.below(24) {
        0..12 => Input::Works,
        12..14 => Input::Follows,
        14..17 => Input::Clock {
            minutes: minutes(chance),
        },
        17..21 => Input::Dies {
            when: death(chance),
        },
        _ => Input::CommitFails {
            written: chance.one_in(2),
        },
    }
}

fn change(chance: &mut Chance) -> Change {
    match chance.below(6) {
        0 => Change::Assign,
        1 => Change::Unassign,
        2 | 3 => Change::Snooze {
            minutes: 1 + chance.below(300) as i64,
        },
        4 => Change::Done,
        _ => Change::Open,
    }
}

/// Far less than the time after which everything is erased: nothing is to be said about a world
/// that was cleared away in between.
fn minutes(chance: &mut Chance) -> i64 {
    const DAY: i64 = 24 * 60;
    match chance.below(6) {
        0..2 => 1 + chance.below(30) as i64,
        2 => chance.below(10) as i64 * DAY,
        3 => -(1 + chance.below(30) as i64),
        4 => -(chance.below(10) as i64 * DAY),
        _ => -365 * DAY,
    }
}

fn death(chance: &mut Chance) -> Death {
    match chance.below(4) {
        0 => Death::Now,
        1 => Death::BeforeCommit,
        2 => Death::AfterCommit,
        _ => Death::AfterSending,
    }
}
