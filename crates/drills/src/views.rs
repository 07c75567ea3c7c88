//! Reading the house as those see it who use it: two teammates and customers, page by page.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Client, Who};
use crate::dice::Dice;
use crate::error::{Result, failed};
use crate::moment;
use crate::record::{Item, Line, Reader, Reading, Thread, View};
use crate::watch::{Model, open};

/// Conversations that are done are seen as well.
const ALL: &str = "status=open,waiting,snoozed,done";
/// Timelines that are read at once.
const AT_ONCE: usize = 8;
const READ_EVERY_MS: u64 = 40;

fn items(page: &[Value]) -> Vec<Item> {
    page.iter().filter_map(Item::of).collect()
}

/// Everything a teammate sees, in pages of this size.
///
/// # Errors
/// When the house refuses.
pub async fn teammate(client: &Client, who: &Who, name: &str, limit: u32) -> Result<View> {
    let query = format!("{ALL}&limit={limit}");
    let list = client.pages("/api/v1/conversations", &query, who).await?;
    let reading = list.iter().map(|conversation| async move {
        let id = conversation["id"].as_str().unwrap_or("").to_owned();
        let thread = Thread {
            items: timeline(client, who, &id, limit).await?,
            line: Line::of(conversation),
        };
        Ok((id, thread))
    });
    let threads: Result<Vec<(String, Thread)>> =
        stream::iter(reading).buffered(AT_ONCE).try_collect().await;
    Ok(View {
        name: name.to_owned(),
        reader: Reader::Teammate,
        threads: threads?.into_iter().collect(),
    })
}

/// Where the house's events end at the moment.
///
/// # Errors
/// When it does not say.
pub async fn head(base: &str, who: &Who) -> Result<String> {
    let mut model = Model::new("head", Reader::Teammate);
    let mut socket = open(base, who, None).await?;
    while model.cursor.is_none() {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => {
                let frame = serde_json::from_str(&text);
                model.hear(&frame.map_err(|error| failed("hearing a frame", error))?);
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return Err(failed("hearing a frame", "the socket ended")),
        }
    }
    model
        .cursor
        .ok_or_else(|| failed("hearing a frame", "it has no cursor"))
}

async fn timeline(client: &Client, who: &Who, id: &str, limit: u32) -> Result<Vec<Item>> {
    let path = format!("/api/v1/conversations/{id}/timeline");
    let page = client.pages(&path, &format!("limit={limit}"), who).await?;
    Ok(items(&page))
}

/// Everything a customer sees; there is one conversation at most.
///
/// # Errors
/// When the house refuses.
pub async fn customer(client: &Client, who: &Who, name: &str, conversation: &str) -> Result<View> {
    let page = client.pages("/chat/v1/timeline", "limit=50", who).await?;
    let thread = Thread {
        items: items(&page),
        line: Line::default(),
    };
    Ok(View {
        name: name.to_owned(),
        reader: Reader::Customer,
        threads: BTreeMap::from([(conversation.to_owned(), thread)]),
    })
}

/// Reads conversations by chance while things happen.
pub struct Passer {
    stop: Arc<AtomicBool>,
    task: JoinHandle<Vec<Reading>>,
}

impl Passer {
    #[must_use]
    pub fn start(client: Client, who: Who, mut dice: Dice) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let task = tokio::spawn(async move {
            let mut readings = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                readings.extend(pass(&client, &who, &mut dice).await);
                moment::pause(READ_EVERY_MS).await;
            }
            readings
        });
        Self { stop, task }
    }

    pub async fn finish(self) -> Vec<Reading> {
        self.stop.store(true, Ordering::Relaxed);
        // A reader that broke has read nothing; the rules have the views all the same.
        self.task.await.unwrap_or_else(|_| Vec::new())
    }
}

/// One reading, or none where the house does not answer at the moment.
async fn pass(client: &Client, who: &Who, dice: &mut Dice) -> Option<Reading> {
    let list = client
        .get(&format!("/api/v1/conversations?{ALL}&limit=20"), who)
        .await
        .good("reading the list")
        .ok()?;
    let list = list["items"].as_array()?;
    let conversation = dice.pick(list)?["id"].as_str()?.to_owned();
    let begun_us = moment::unix_us();
    let items = timeline(client, who, &conversation, 200).await.ok()?;
    Some(Reading {
        conversation,
        begun_us,
        ended_us: moment::unix_us(),
        items,
    })
}
