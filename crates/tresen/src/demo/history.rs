//! Plays the example company's last days, moment by moment in their order, on a clock that
//! begins in the past. Everything goes through the house's own doors.

use std::time::Duration;

use domain::Timestamp;
use domain::time::SECOND_MS;
use ports::{Clock as _, SystemClock};
use tokio::sync::{mpsc, watch};

use super::DemoError;
use super::caller::CallError;
use super::company::OWNER;
use super::customers::{Customer, Door, Fate, Town};
use super::graph::Heard;
use super::story::{Act, Change, Extra, Moment, Story, Words};

/// Deliveries are quick; one that takes this long will not come.
const HEARD_WITHIN: Duration = Duration::from_secs(20);
/// The last moment of the past lies at least this far back.
const JUST_NOW_MS: i64 = 20 * SECOND_MS;

/// Plays the stories; answers the customers who told them.
///
/// # Errors
/// What the house answers; [`DemoError::Ended`] when `give_up` turned true.
pub async fn play(
    town: &mut Town,
    heard: &mut mpsc::Receiver<Heard>,
    stories: Vec<Story>,
    give_up: &watch::Receiver<bool>,
) -> Result<Vec<Customer>, DemoError> {
    let now = SystemClock.now();
    let mut customers = Vec::with_capacity(stories.len());
    let mut moments: Vec<(Timestamp, usize, Moment)> = Vec::new();
    for (number, story) in stories.into_iter().enumerate() {
        let name = story.name.unwrap_or_default();
        customers.push(Customer::new(name, story.mood, story.way, number));
        let mut before = Timestamp(0);
        for moment in story.moments {
            let seconds = i64::try_from(town.chance.between(1, 50)).unwrap_or(1);
            let at = moment
                .when
                .resolve(now, before)
                .plus_ms(seconds * SECOND_MS);
            before = at.max(before.plus_ms(1)).min(now.plus_ms(-JUST_NOW_MS));
            moments.push((before, number, moment));
        }
    }
    // The sort is stable: moments of one story keep their order.
    moments.sort_by_key(|(at, _, _)| *at);
    for (at, number, moment) in moments {
        if *give_up.borrow() {
            return Err(DemoError::Ended);
        }
        town.clock.travel_to(at);
        let customer = &mut customers[number];
        tell(town, heard, customer, &moment).await?;
    }
    town.clock.come_home();
    Ok(customers)
}

async fn tell(
    town: &mut Town,
    heard: &mut mpsc::Receiver<Heard>,
    customer: &mut Customer,
    moment: &Moment,
) -> Result<(), CallError> {
    let who = moment.who.as_deref().unwrap_or(OWNER);
    match &moment.act {
        Act::Write(words) => town.write(customer, words).await,
        Act::Note(text) => {
            let conversation = town.conversation(customer).await?;
            town.team.note(who, &conversation, text).await
        }
        Act::Change(changes) => {
            if changes
                .iter()
                .any(|change| matches!(change, Change::SnoozeHours(_)))
            {
                // What is put off is still owed.
                customer.unanswered += 1;
            }
            town.change(who, customer, changes).await
        }
        Act::Answer(words) => {
            let conversation = town.conversation(customer).await?;
            let reference = town.team.answer(who, &conversation, words).await?;
            customer.unanswered = 0;
            arrive(town, heard, customer, (&reference, words)).await
        }
    }
}

/// The answer reaches the customer before time moves on.
async fn arrive(
    town: &mut Town,
    heard: &mut mpsc::Receiver<Heard>,
    customer: &mut Customer,
    (reference, words): (&str, &Words),
) -> Result<(), CallError> {
    let unread = words.extras.contains(&Extra::DeliveredOnly);
    if let Door::Chat { visit: Some(visit) } = &customer.door {
        return visit.look(!unread).await;
    }
    let (id, named) = tokio::time::timeout(HEARD_WITHIN, async {
        while let Some(heard) = heard.recv().await {
            // Somebody may already be at the desk and write to others.
            if heard.message() == reference {
                return Ok((heard.id, heard.reference));
            }
        }
        Err(CallError::Unheard)
    })
    .await
    .map_err(|_| CallError::Unheard)??;
    let failed = words.extras.iter().find_map(|extra| match extra {
        Extra::Fails(code) => Some(*code),
        _ => None,
    });
    let fates: &[Fate] = match (failed, unread) {
        (Some(code), _) => &[Fate::Sent, Fate::Failed(code)],
        (None, true) => &[Fate::Sent, Fate::Delivered],
        (None, false) => &[Fate::Sent, Fate::Delivered, Fate::Read],
    };
    town.report(customer, (&id, &named), fates).await?;
    customer.last_answer = Some(id);
    Ok(())
}
