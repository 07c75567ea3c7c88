//! Customers of the example company and the doors they come through.

pub mod chat;
pub mod whatsapp;

use std::sync::Arc;

use ports::Clock;

use super::caller::{CallError, Caller};
use super::chance::Chance;
use super::clock::TravelClock;
use super::company::OWNER;
use super::desk::Team;
use super::graph::Ear;
use super::story::{Change, Extra, Mood, Way, Words};
use chat::Visit;
use whatsapp::Provider;

/// Mobile numbers that the regulator keeps free for films, two blocks of a hundred.
const NUMBER_BLOCKS: [&str; 2] = ["4917139200", "4917604069"];

#[derive(Debug)]
pub enum Door {
    /// Digits of a telephone number.
    Whatsapp { phone: String },
    /// `None` before the first tap.
    Chat { visit: Option<Visit> },
}

#[derive(Debug)]
pub struct Customer {
    pub name: String,
    pub mood: Mood,
    pub door: Door,
    /// Known to the team once it looked.
    pub conversation: Option<String>,
    /// The provider's id of the last thing the company said.
    pub last_answer: Option<String>,
    /// Messages since the company last said something.
    pub unanswered: u32,
}

impl Customer {
    /// The `number`th customer of all.
    #[must_use]
    pub fn new(name: String, mood: Mood, way: Way, number: usize) -> Self {
        let block = NUMBER_BLOCKS[(number / 100) % NUMBER_BLOCKS.len()];
        let door = match way {
            Way::Whatsapp => Door::Whatsapp {
                phone: format!("{block}{:02}", number % 100),
            },
            Way::Chat => Door::Chat { visit: None },
        };
        Self {
            name,
            mood,
            door,
            conversation: None,
            last_answer: None,
            unanswered: 0,
        }
    }

    #[must_use]
    pub const fn way(&self) -> Way {
        match self.door {
            Door::Whatsapp { .. } => Way::Whatsapp,
            Door::Chat { .. } => Way::Chat,
        }
    }

    /// Whether something said to this ear reaches this customer.
    #[must_use]
    pub fn hears(&self, ear: &Ear) -> bool {
        match (&self.door, ear) {
            (Door::Whatsapp { phone }, Ear::Phone(said)) => phone == said,
            (Door::Chat { visit: Some(visit) }, Ear::Visitor(contact)) => visit.contact == *contact,
            _ => false,
        }
    }
}

/// What a provider tells about a message: how far it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Sent,
    Delivered,
    Read,
    Failed(i64),
}

/// Everything that acts from outside upon the house.
pub struct Town {
    pub clock: Arc<TravelClock>,
    pub caller: Caller,
    pub team: Team,
    pub provider: Provider,
    pub chance: Chance,
}

impl Town {
    /// The customer writes, through its own door.
    ///
    /// # Errors
    /// What the house answers.
    pub async fn write(&mut self, customer: &mut Customer, words: &Words) -> Result<(), CallError> {
        let now = self.clock.now();
        match &mut customer.door {
            Door::Whatsapp { phone } => {
                let sender = (phone.as_str(), customer.name.as_str());
                let about = customer.last_answer.as_deref();
                self.provider.write(sender, words, about, now).await?;
            }
            Door::Chat { visit } => {
                if visit.is_none() {
                    *visit = Some(Visit::begin(self.caller).await?);
                }
                if let Some(visit) = visit {
                    visit.write(words).await?;
                }
            }
        }
        let reaction = |extra: &Extra| matches!(extra, Extra::Reaction(_));
        if !words.extras.iter().any(reaction) {
            customer.unanswered += 1;
        }
        Ok(())
    }

    /// The conversation of a customer, as the team finds it.
    ///
    /// # Errors
    /// What the house answers.
    pub async fn conversation(&mut self, customer: &mut Customer) -> Result<String, CallError> {
        if let Some(known) = &customer.conversation {
            return Ok(known.clone());
        }
        let key = match &customer.door {
            Door::Chat { visit: Some(visit) } => visit.contact.clone(),
            _ => customer.name.clone(),
        };
        let found = self.team.find_conversation(OWNER, &key).await?;
        customer.conversation = Some(found.clone());
        Ok(found)
    }

    /// A teammate changes the customer's conversation.
    ///
    /// # Errors
    /// What the house answers.
    pub async fn change(
        &mut self,
        who: &str,
        customer: &mut Customer,
        changes: &[Change],
    ) -> Result<(), CallError> {
        let conversation = self.conversation(customer).await?;
        // A snooze ends in the real future, even where the story plays in the past.
        let now = ports::SystemClock.now();
        let change = (changes, customer.name.as_str());
        self.team.change(who, &conversation, change, now).await
    }

    /// Tells the house what became of a message it sent.
    ///
    /// # Errors
    /// What the house answers.
    pub async fn report(
        &mut self,
        customer: &Customer,
        (id, reference): (&str, &str),
        fates: &[Fate],
    ) -> Result<(), CallError> {
        let Door::Whatsapp { phone } = &customer.door else {
            return Ok(());
        };
        let now = self.clock.now();
        let message = (phone.as_str(), id, reference);
        self.provider.report(message, fates, now).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundred_customers_have_numbers_of_their_own() {
        let mut seen = std::collections::HashSet::new();
        for number in 0..200 {
            let customer = Customer::new(String::new(), Mood::Brief, Way::Whatsapp, number);
            let Door::Whatsapp { phone } = customer.door else {
                panic!("a phone")
            };
            assert!((12..=13).contains(&phone.len()), "{phone}");
            assert!(seen.insert(phone));
        }
    }
}
