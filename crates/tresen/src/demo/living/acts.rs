//! What happens, thing by thing. A thing that the house refuses (somebody was faster, a window
//! closed) is noted and left: life goes on with the next.

use std::time::Duration;

use tokio::time::Instant;

use super::cast::Next;
use super::{Act, Life};
use crate::demo::caller::CallError;
use crate::demo::company::{OWNER, TEAMMATES};
use crate::demo::customers::{Door, Fate};
use crate::demo::graph::{Heard, Said};
use crate::demo::replies::reply;
use crate::demo::story::{Act as Line, Extra, Words};

/// Stories that wait for an answer at once; beyond this nobody new comes in.
const WAITING_MAX: usize = 6;
/// Colleagues leave a new story to whoever watches, until so many wait.
const WAITING_CALM: usize = 3;
/// Whoever talked with a person comes back after this time at the earliest.
const REST: Duration = Duration::from_secs(240);
/// Milliseconds until the provider has a message, until it arrived, until it is read.
const SENT_MS: (u64, u64) = (150, 400);
const DELIVERED_MS: (u64, u64) = (500, 1_200);
const READ_MS: (u64, u64) = (1_500, 3_000);
/// Until a customer begins to type, and until it has written.
const TYPES_MS: (u64, u64) = (1_600, 2_600);
const WRITES_MS: (u64, u64) = (3_500, 7_000);
/// From the first sign of typing to the words.
const THINKS_MS: (u64, u64) = (1_800, 3_500);

impl Life {
    /// The company said something to a customer.
    pub(super) fn hear(&mut self, heard: &Heard) {
        let actors = &self.cast.actors;
        let Some(who) = actors.iter().position(|a| a.customer.hears(&heard.ear)) else {
            return;
        };
        let reported = |fate| Act::Report {
            id: heard.id.clone(),
            reference: heard.reference.clone(),
            fate,
        };
        match self.cast.actors[who].customer.door {
            Door::Whatsapp { .. } => {
                self.plan(who, SENT_MS, reported(Fate::Sent));
                self.plan(who, DELIVERED_MS, reported(Fate::Delivered));
                self.plan(who, READ_MS, reported(Fate::Read));
            }
            Door::Chat { .. } => self.plan(who, READ_MS, Act::Read(heard.seq)),
        }
        if heard.said == Said::Reaction {
            return;
        }
        let actor = &mut self.cast.actors[who];
        actor.customer.unanswered = 0;
        actor.customer.last_answer = Some(heard.id.clone());
        if !self.ghostly.remove(heard.message()) {
            self.answer_person(who, &heard.said);
        }
    }

    /// A person wrote: the customer's own story is over, and it answers what it is told.
    fn answer_person(&mut self, who: usize, said: &Said) {
        // Several messages in a row get one answer, to the last.
        self.agenda.retain(|_, (whose, act)| {
            *whose != who || !matches!(act, Act::Say(_) | Act::Continue | Act::Typing(_))
        });
        let actor = &mut self.cast.actors[who];
        actor.script.clear();
        actor.since = Instant::now();
        actor.busy = false;
        let manner = (actor.customer.name.as_str(), actor.customer.mood);
        let Some(words) = reply(said, manner, actor.rounds, &mut self.town.chance) else {
            return;
        };
        actor.rounds += 1;
        actor.busy = true;
        self.plan(who, TYPES_MS, Act::Typing(true));
        self.plan(who, WRITES_MS, Act::Say(words));
    }

    /// Does what was on the agenda.
    pub(super) async fn perform(&mut self, who: usize, act: Act) {
        let done = match act {
            Act::Report {
                id,
                reference,
                fate,
            } => {
                let customer = &self.cast.actors[who].customer;
                let message = (id.as_str(), reference.as_str());
                self.town.report(customer, message, &[fate]).await
            }
            Act::Read(seq) => match &self.cast.actors[who].customer.door {
                Door::Chat { visit: Some(visit) } => visit.read(seq).await,
                _ => Ok(()),
            },
            Act::Typing(on) => {
                self.type_sign(who, on);
                Ok(())
            }
            Act::Say(words) => self.say(who, &words).await,
            Act::Continue => self.continue_story(who).await,
        };
        note(done);
    }

    /// One thing that comes by itself.
    pub(super) async fn something_happens(&mut self) {
        let waiting = self.cast.waiting();
        if let Some(who) = self.cast.longest(Next::Speaks) {
            self.begin_to_write(who);
        } else if waiting > WAITING_CALM && self.town.chance.one_in(2) {
            let done = self.colleague_acts().await;
            note(done);
        } else if waiting < WAITING_MAX {
            self.somebody_comes();
        } else {
            let done = self.colleague_acts().await;
            note(done);
        }
    }

    fn somebody_comes(&mut self) {
        let draw = self.town.chance.between(0, u64::MAX - 1);
        let rest = REST.mul_f64(self.pace.0);
        let newcomer = if draw.is_multiple_of(3) {
            None
        } else {
            self.cast.newcomer()
        };
        if let Some(who) = newcomer.or_else(|| self.cast.returning(draw >> 8, rest)) {
            self.begin_to_write(who);
        }
    }

    fn begin_to_write(&mut self, who: usize) {
        self.cast.actors[who].busy = true;
        self.type_sign(who, true);
        self.plan(who, THINKS_MS, Act::Continue);
    }

    fn type_sign(&self, who: usize, on: bool) {
        if let Some(typing) = &self.cast.actors[who].typing {
            // A sign that does not fit is not missed.
            _ = typing.try_send(on);
        }
    }

    async fn say(&mut self, who: usize, words: &Words) -> Result<(), CallError> {
        let actor = &mut self.cast.actors[who];
        actor.busy = false;
        let reacts = |extra: &Extra| matches!(extra, Extra::Reaction(_) | Extra::Button(_));
        let chats = matches!(actor.customer.door, Door::Chat { .. });
        if chats && words.extras.iter().any(reacts) {
            return Ok(());
        }
        let fresh = matches!(actor.customer.door, Door::Chat { visit: None });
        self.town.write(&mut actor.customer, words).await?;
        self.type_sign(who, false);
        if fresh {
            self.open_ears(who);
        }
        Ok(())
    }

    async fn continue_story(&mut self, who: usize) -> Result<(), CallError> {
        let actor = &mut self.cast.actors[who];
        actor.busy = false;
        if let Some(Line::Write(words)) = actor.next_line().map(|moment| moment.act) {
            self.say(who, &words).await?;
        }
        Ok(())
    }

    /// A visitor of the chat keeps its page open.
    pub(super) fn open_ears(&mut self, who: usize) {
        let actor = &mut self.cast.actors[who];
        if let Door::Chat { visit: Some(visit) } = &actor.customer.door {
            actor.typing = Some(visit.listen(self.heard.clone(), self.stop.clone()));
        }
    }

    /// A colleague looks after the story that waits longest.
    async fn colleague_acts(&mut self) -> Result<(), CallError> {
        let Some(who) = self.cast.longest(Next::Colleague) else {
            return Ok(());
        };
        let actor = &mut self.cast.actors[who];
        actor.since = Instant::now();
        let conversation = self.town.conversation(&mut actor.customer).await?;
        let wanted = actor.script.front().and_then(|moment| moment.who.clone());
        let assignee = self.town.team.assignee(OWNER, &conversation).await?;
        let Some(colleague) = self.colleague(wanted, assignee).await? else {
            // A person has it, or persons play everybody: the story is theirs.
            self.cast.actors[who].script.clear();
            return Ok(());
        };
        let actor = &mut self.cast.actors[who];
        let Some(moment) = actor.next_line() else {
            return Ok(());
        };
        match moment.act {
            Line::Answer(words) => {
                let team = &mut self.town.team;
                let id = team.answer(colleague, &conversation, &words).await?;
                self.ghostly.insert(id);
            }
            Line::Note(text) => {
                let team = &mut self.town.team;
                team.note(colleague, &conversation, &text).await?;
            }
            Line::Change(changes) => {
                let customer = &mut self.cast.actors[who].customer;
                self.town.change(colleague, customer, &changes).await?;
            }
            Line::Write(_) => {}
        }
        self.cast.actors[who].told();
        Ok(())
    }

    /// Who answers: whoever has the conversation, else whom the story names, else anybody but the
    /// owner, in whose chair the newcomer sits.
    async fn colleague(
        &mut self,
        wanted: Option<String>,
        assignee: Option<String>,
    ) -> Result<Option<&'static str>, CallError> {
        let mut free = Vec::new();
        for mate in TEAMMATES.iter().filter(|mate| mate.key != OWNER) {
            let id = self.town.team.id_of(mate.key).await?;
            if assignee.as_ref() == Some(&id) && !self.people.contains(&id) {
                return Ok(Some(mate.key));
            }
            if !self.people.contains(&id) {
                free.push(mate.key);
            }
        }
        if assignee.is_some() {
            return Ok(None);
        }
        let named = free.iter().find(|key| Some(**key) == wanted.as_deref());
        Ok(named.or_else(|| self.town.chance.pick(&free)).copied())
    }
}

fn note(done: Result<(), CallError>) {
    if let Err(error) = done {
        tracing::debug!(error = %error, "something in the demo did not happen");
    }
}
