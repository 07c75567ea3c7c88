//! The load: a process of its own in which customers of the own chat, teammates at the interface
//! and customers of the provider go on doing what people do, whatever happens to the house.
//!
//! It reads an [`Order`] from its input, says `acked N` now and then, goes on until the word
//! `finish` (then everything unknown is asked for again until it is known), and ends with a
//! [`Summary`]. The ledger is written here and nowhere else.

mod acting;
mod callers;
mod customers;
mod teammates;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _};
use tokio::task::JoinSet;

use crate::client::Client;
use crate::dice::Dice;
use crate::error::{Result, While, failed};
use crate::ledger::Ledger;
use crate::moment;

const TELL_EVERY_MS: u64 = 50;

/// Who takes part, and how lively.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Customers of the own chat.
    pub customers: u32,
    /// Customers of the provider.
    pub contacts: u32,
    /// Things that teammates do at once.
    pub desks: u32,
    /// Between two things that one of them does.
    pub pause_ms: u64,
    /// Of a hundred callbacks, so many come twice.
    pub doubled_percent: u64,
    /// Of a hundred callbacks, so many tell of several messages.
    pub batched_percent: u64,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            customers: 8,
            contacts: 10,
            desks: 4,
            pause_ms: 15,
            doubled_percent: 10,
            batched_percent: 10,
        }
    }
}

/// What the process is asked to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Order {
    pub base: String,
    pub ledger: PathBuf,
    pub seed: u64,
    /// Tokens of teammates who may write.
    pub tokens: Vec<String>,
    /// The door of the own chat.
    pub slug: String,
    /// Where the provider calls back.
    pub callback_path: String,
    pub whatsapp_channel: String,
    pub shape: Shape,
    /// After `finish`, everything unknown is asked for again for so long.
    pub give_up_ms: u64,
}

/// A customer of the own chat, for those who look through its eyes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerSeen {
    pub place: String,
    pub cookie: String,
    pub address: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Summary {
    pub acked: u64,
    /// Conversations by the name of their place in the ledger.
    pub conversations: BTreeMap<String, String>,
    pub customers: Vec<CustomerSeen>,
}

/// What all who take part share.
struct Street {
    order: Order,
    client: Client,
    ledger: Ledger,
    finishing: AtomicBool,
    /// When trying again ends; 0 while nobody finishes.
    gives_up_at_us: AtomicU64,
    /// Conversations that teammates know, by place.
    conversations: Mutex<BTreeMap<String, String>>,
    customers: Mutex<Vec<CustomerSeen>>,
}

impl Street {
    fn is_finishing(&self) -> bool {
        self.finishing.load(Ordering::Relaxed)
    }

    /// Whether even what is unknown stays so.
    fn gives_up(&self) -> bool {
        let at = self.gives_up_at_us.load(Ordering::Relaxed);
        at > 0 && moment::unix_us() > at
    }

    fn conversations(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.conversations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn know(&self, place: &str, conversation: &str) {
        self.conversations()
            .insert(place.to_owned(), conversation.to_owned());
    }

    fn dice(&self, name: &str) -> Dice {
        Dice::new(self.order.seed).of(name)
    }
}

/// Does what the order on the input says.
///
/// # Errors
/// When the order is not understood or the ledger cannot be written.
pub async fn run(input: impl AsyncBufRead + Unpin) -> Result<Summary> {
    let mut lines = input.lines();
    let order = lines
        .next_line()
        .await
        .doing("reading the order")?
        .ok_or_else(|| failed("reading the order", "there is none"))?;
    let order: Order =
        serde_json::from_str(&order).map_err(|error| failed("reading the order", error))?;
    let street = Arc::new(Street {
        client: Client::new(&order.base)?,
        ledger: Ledger::create(&order.ledger)?,
        finishing: AtomicBool::new(false),
        gives_up_at_us: AtomicU64::new(0),
        conversations: Mutex::default(),
        customers: Mutex::default(),
        order,
    });
    let telling = Arc::clone(&street);
    let telling = tokio::spawn(async move {
        loop {
            println!("acked {}", telling.ledger.acked());
            moment::pause(TELL_EVERY_MS).await;
        }
    });
    let mut people = people(&street);
    // Another line or the end of the input: time to come to an end.
    let finish = async {
        _ = lines.next_line().await;
    };
    tokio::pin!(finish);
    let mut asked = false;
    loop {
        tokio::select! {
            () = &mut finish, if !asked => {
                asked = true;
                let last = moment::unix_us() + street.order.give_up_ms * 1_000;
                street.gives_up_at_us.store(last, Ordering::Relaxed);
                street.finishing.store(true, Ordering::Relaxed);
            }
            done = people.join_next() => match done {
                Some(done) => done.map_err(|error| failed("taking part", error))??,
                None => break,
            }
        }
    }
    telling.abort();
    street.ledger.end();
    let customers = street
        .customers
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    Ok(Summary {
        acked: street.ledger.acked(),
        conversations: street.conversations().clone(),
        customers,
    })
}

fn people(street: &Arc<Street>) -> JoinSet<Result<()>> {
    let shape = street.order.shape;
    let mut people = JoinSet::new();
    for number in 0..shape.customers {
        people.spawn(customers::live(Arc::clone(street), number));
    }
    for number in 0..shape.contacts {
        people.spawn(callers::live(Arc::clone(street), number));
    }
    for number in 0..shape.desks {
        people.spawn(teammates::live(Arc::clone(street), number));
    }
    if shape.contacts > 0 {
        people.spawn(teammates::learn_conversations(Arc::clone(street)));
    }
    people
}

/// Between two tries: short at first, because a house that was killed is soon back.
fn pause_before_retry(tries: u32) -> Duration {
    Duration::from_millis(u64::from(tries.min(10)) * 20)
}
