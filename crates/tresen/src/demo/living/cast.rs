//! Who is on the stage, and which stories are still to be told.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::demo::customers::Customer;
use crate::demo::story::{Act, Moment, Story};

/// A customer and what it is about to tell.
pub(super) struct Actor {
    pub(super) customer: Customer,
    pub(super) script: VecDeque<Moment>,
    /// Since when the next line of the script waits.
    pub(super) since: Instant,
    /// Answers to people at the desk in a row.
    pub(super) rounds: u32,
    /// Something it says is on the agenda.
    pub(super) busy: bool,
    /// Shows that it types, on channels that can.
    pub(super) typing: Option<mpsc::Sender<bool>>,
}

/// What an actor does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Nothing,
    Speaks,
    /// A colleague answers or tidies up.
    Colleague,
}

impl Actor {
    pub(super) fn next(&self) -> Next {
        match self.script.front().map(|moment| &moment.act) {
            None => Next::Nothing,
            Some(Act::Write(_)) => Next::Speaks,
            Some(_) => Next::Colleague,
        }
    }

    /// Nobody waits for it, it waits for nobody, and what it last said is long ago.
    fn is_idle(&self, rest: Duration) -> bool {
        let rested = self.rounds == 0 || self.since.elapsed() >= rest;
        self.script.is_empty() && !self.busy && rested && self.customer.unanswered == 0
    }

    /// Takes the next line of the script. A story that is told to its end leaves nothing open.
    pub(super) fn next_line(&mut self) -> Option<Moment> {
        let line = self.script.pop_front();
        self.since = Instant::now();
        line
    }

    /// To be called when a line was carried out.
    pub(super) fn told(&mut self) {
        if self.script.is_empty() {
            self.customer.unanswered = 0;
        }
    }
}

pub(super) struct Cast {
    pub(super) actors: Vec<Actor>,
    newcomers: VecDeque<Story>,
    /// Told again and again, each time by somebody else.
    returns: VecDeque<Story>,
}

impl Cast {
    /// Stories of somebody who is there already go on at once.
    pub(super) fn new(customers: Vec<Customer>, stories: Vec<Story>) -> Self {
        let (named, returns): (Vec<_>, Vec<_>) =
            stories.into_iter().partition(|story| story.name.is_some());
        let known = |story: &Story| {
            customers
                .iter()
                .position(|customer| story.name.as_ref() == Some(&customer.name))
        };
        let (goes_on, newcomers): (Vec<_>, Vec<_>) =
            named.into_iter().partition(|story| known(story).is_some());
        let goes_on: Vec<_> = goes_on
            .into_iter()
            .filter_map(|story| Some((known(&story)?, story.moments)))
            .collect();
        let mut cast = Self {
            actors: Vec::with_capacity(customers.len() + newcomers.len()),
            newcomers: newcomers.into(),
            returns: returns.into(),
        };
        for customer in customers {
            cast.enter(customer, VecDeque::new());
        }
        for (who, moments) in goes_on {
            cast.actors[who].script = moments;
        }
        cast
    }

    fn enter(&mut self, customer: Customer, script: VecDeque<Moment>) -> usize {
        self.actors.push(Actor {
            customer,
            script,
            since: Instant::now(),
            rounds: 0,
            busy: false,
            typing: None,
        });
        self.actors.len() - 1
    }

    /// Stories that have begun and wait for an answer.
    pub(super) fn waiting(&self) -> usize {
        let waits = |actor: &&Actor| actor.next() == Next::Colleague;
        self.actors.iter().filter(waits).count()
    }

    /// The one whose next line waits longest.
    pub(super) fn longest(&self, next: Next) -> Option<usize> {
        let waits = |(_, actor): &(usize, &Actor)| actor.next() == next && !actor.busy;
        let all = self.actors.iter().enumerate().filter(waits);
        all.min_by_key(|(_, actor)| actor.since).map(|(who, _)| who)
    }

    /// Somebody who never wrote before.
    pub(super) fn newcomer(&mut self) -> Option<usize> {
        let story = self.newcomers.pop_front()?;
        let name = story.name.unwrap_or_default();
        let customer = Customer::new(name, story.mood, story.way, self.actors.len());
        Some(self.enter(customer, story.moments))
    }

    /// Somebody who has written before and has been silent for a while, best with the story's own
    /// temper; chosen by `draw`.
    pub(super) fn returning(&mut self, draw: u64, rest: Duration) -> Option<usize> {
        let story = self.returns.pop_front()?;
        let able: Vec<usize> = (0..self.actors.len())
            .filter(|who| {
                let actor = &self.actors[*who];
                actor.is_idle(rest) && actor.customer.way() == story.way
            })
            .collect();
        let fitting: Vec<usize> = able
            .iter()
            .copied()
            .filter(|who| self.actors[*who].customer.mood == story.mood)
            .collect();
        let all = if fitting.is_empty() { able } else { fitting };
        let count = u64::try_from(all.len()).unwrap_or(0);
        let place = usize::try_from(draw % count.max(1)).unwrap_or(0);
        let chosen = all.get(place).copied();
        if let Some(who) = chosen {
            let actor = &mut self.actors[who];
            actor.script = story.moments.clone();
            actor.since = Instant::now();
            actor.rounds = 0;
        }
        self.returns.push_back(story);
        chosen
    }
}
