//! What each input begins: who acts, and on what.

use domain::{ConversationId, time};
use ports::Clock;

use crate::model::Writer;
use crate::people::People;
use crate::script::{Death, Input};
use crate::template::START;
use crate::world::{AHEAD_MAX_MS, Life, Step, World};

impl World<'_> {
    fn place(&self, which: usize) -> Option<ConversationId> {
        let around = self.shared.lock();
        let places = &around.model.places;
        places.get(which % places.len().max(1)).copied()
    }

    /// Begins what an input says.
    pub fn begin(&mut self, input: Input, life: &Life) -> Step {
        // What a lying disk forgot is missed after the next start at the latest.
        if self.dies == Some(Death::Now) {
            self.dies = None;
            return Step::Died;
        }
        let people = &life.people;
        match input {
            Input::Dies { when: Death::Now } => return Step::Died,
            Input::Dies { when } => self.dies = Some(when),
            Input::CommitFails { written } => self.commit_fails = Some(written),
            Input::Clock { minutes } => self.move_clock(minutes * time::MINUTE_MS),
            Input::Works => people.work(),
            Input::Follows => people.follow(),
            Input::ChatUploads { customer } => people.upload(customer),
            Input::ChatReached { customer, read } => people.reached(customer, read),
            Input::Writes { .. }
            | Input::Edits { .. }
            | Input::Revokes { .. }
            | Input::Reacts { .. } => self.provider_gets(input),
            Input::TeamReacts {
                teammate,
                which,
                sign,
            } => self.team_reacts(teammate, which, sign, people),
            Input::Posts { which, many, again } => {
                let mut around = self.shared.lock();
                let now = around.now;
                let post = around.provider.post(which, many, again, now);
                drop(around);
                if let Some(post) = post {
                    people.post(post);
                }
            }
            Input::Changes {
                teammate,
                place,
                change,
            } => {
                if let Some(conversation) = self.place(place) {
                    people.change(teammate, conversation, change);
                }
            }
            Input::Reads { teammate, place } => {
                if let Some(conversation) = self.place(place) {
                    people.read(teammate, conversation);
                }
            }
            Input::SendsAgain { teammate, which } => self.send_again(teammate, which, people),
            _ => self.begin_write(input, people),
        }
        Step::Went
    }

    fn move_clock(&mut self, by: i64) {
        let ahead = self.clock.now().0 + by - START.0;
        if ahead <= AHEAD_MAX_MS {
            self.clock.advance_ms(by);
        }
    }

    fn provider_gets(&mut self, input: Input) {
        let now = self.clock.now();
        let mut around = self.shared.lock();
        let number = around.provider.events.len();
        let provider = &mut around.provider;
        match input {
            Input::Writes { contact, line } => {
                provider.write((contact, line), format!("Nachricht {number}"), now);
            }
            Input::Reacts {
                contact,
                which,
                sign,
            } => provider.react(contact, which, sign, now),
            Input::Edits { contact, which } => provider.edit(contact, which, now),
            Input::Revokes { contact, which } => provider.revoke(contact, which, now),
            _ => {}
        }
    }

    fn send_again(&self, teammate: usize, which: usize, people: &People) {
        let message = {
            let around = self.shared.lock();
            let may = domain::delivery::DeliveryState::may_be_retried_by_a_person;
            let states = around.follower.states.iter();
            let failed: Vec<_> = states.filter(|(_, state)| may(**state)).collect();
            failed.get(which % failed.len().max(1)).map(|(id, _)| **id)
        };
        if let Some(message) = message {
            people.send_again(teammate, message);
        }
    }

    /// A teammate sets a sign at one of the messages that the desk shows.
    fn team_reacts(&self, teammate: usize, which: usize, sign: usize, people: &People) {
        let target = {
            let around = self.shared.lock();
            let shown = &around.follower.inbound;
            let place = which % shown.len().max(1);
            shown
                .iter()
                .nth(place)
                .map(|(id, name)| (*id, name.clone()))
        };
        if let Some(target) = target {
            people.react(teammate, target, sign);
        }
    }

    /// Inputs that write under an id of their author.
    fn begin_write(&self, input: Input, people: &People) {
        let new = |by: Writer| {
            let mut around = self.shared.lock();
            let text = format!("text {}", around.model.writes.len());
            let number = around.model.begin(by);
            around.model.attach(number);
            drop(around);
            people.write(number, text);
        };
        let repeat = |which: usize, by: &dyn Fn(&Writer) -> bool, other: bool| {
            let around = self.shared.lock();
            let theirs = around.model.writes_of(by);
            let Some(number) = theirs.get(which % theirs.len().max(1)).copied() else {
                return;
            };
            let tries = &around.model.writes[number].tries;
            let text = if other {
                format!("text {number}, otherwise {}", tries.len())
            } else {
                tries
                    .first()
                    .map_or_else(String::new, |first| first.text.clone())
            };
            drop(around);
            people.write(number, text);
        };
        let by_teammate = |teammate: usize, place: usize, note: bool| {
            if let Some(conversation) = self.place(place) {
                new(Writer::Teammate {
                    teammate,
                    conversation,
                    note,
                });
            }
        };
        match input {
            Input::ChatWrites { customer } => new(Writer::Customer(customer)),
            Input::ChatRepeats { customer, which } => {
                repeat(which, &|by| *by == Writer::Customer(customer), false);
            }
            Input::ChatReuses { customer, which } => {
                repeat(which, &|by| *by == Writer::Customer(customer), true);
            }
            Input::Answers { teammate, place } => by_teammate(teammate, place, false),
            Input::Notes { teammate, place } => by_teammate(teammate, place, true),
            Input::AnswerRepeats { teammate, which } => {
                repeat(which, &|by| is_of(by, teammate, false), false);
            }
            Input::NoteRepeats { teammate, which } => {
                repeat(which, &|by| is_of(by, teammate, true), false);
            }
            _ => {}
        }
    }
}

fn is_of(by: &Writer, who: usize, notes: bool) -> bool {
    matches!(by, Writer::Teammate { teammate, note, .. } if *teammate == who && *note == notes)
}
