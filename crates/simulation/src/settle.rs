//! The end of a world: nothing goes wrong any more, everybody asks again for what they were not
//! told, time passes, and everything must come to rest. Then everything is looked at.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::{AttachmentId, time};
use store::{Conversation, TimelineItem};

use crate::check::{self, Found};
use crate::follower::{Picture, everything, reader};
use crate::model::{Violation, Write};
use crate::provider::Post;
use crate::world::{Life, World};

/// Rounds of a quarter of an hour each, and then of an hour: longer than any job waits.
const ROUNDS: usize = 60;
const SHORT_ROUNDS: usize = 20;

impl World<'_> {
    /// # Errors
    /// What did not come to rest, or is not as it must be.
    pub async fn settle(&mut self, life: &mut Life) -> Result<Found, Violation> {
        self.calm_down();
        {
            let mut around = self.shared.lock();
            around.model.calm_since = Some(around.now);
        }
        self.shared
            .lock()
            .trace
            .say(format_args!("everything settles"));
        self.drain(life).await?;
        let mut left = String::new();
        for round in 0..ROUNDS {
            self.ask_again(life, round).await?;
            life.people.work();
            self.drain(life).await?;
            left = self.left(life).await?;
            if left.is_empty() {
                break;
            }
            self.clock.advance_ms(if round < SHORT_ROUNDS {
                16 * time::MINUTE_MS
            } else {
                time::HOUR_MS
            });
        }
        if !left.is_empty() {
            return Err(Violation::new("everything comes to rest", left));
        }
        self.follow_to_the_end(life).await?;
        let found = self.look(life).await?;
        let around = self.shared.lock();
        self.counts.written = around
            .model
            .writes
            .iter()
            .filter_map(Write::written)
            .count() as u64;
        check::check(&around, &found)?;
        drop(around);
        Ok(found)
    }

    /// Whoever was not told asks again: the provider, and the authors of what is open.
    async fn ask_again(&mut self, life: &mut Life, round: usize) -> Result<(), Violation> {
        while let Some((first, post)) = self.next_post() {
            life.people.post(post);
            self.drain(life).await?;
            if self.shared.lock().provider.events[first].taken.is_none() {
                break;
            }
        }
        let open: Vec<(usize, String)> = {
            let around = self.shared.lock();
            let writes = around.model.writes.iter().enumerate();
            writes
                .filter(|(_, write)| around.model.is_open(write))
                .filter_map(|(number, write)| {
                    let tries = &write.tries;
                    // Which of several texts was written is not known either.
                    let known = tries.get(round % tries.len())?;
                    Some((number, known.text.clone()))
                })
                .collect()
        };
        for (number, text) in open {
            life.people.write(number, text);
            self.drain(life).await?;
        }
        Ok(())
    }

    /// What the provider tells next, in the order in which it happened and a few at a time.
    fn next_post(&self) -> Option<(usize, Post)> {
        let mut around = self.shared.lock();
        let now = around.now;
        let untold: Vec<usize> = around.provider.untold().into_iter().take(3).collect();
        let first = *untold.first()?;
        Some((first, around.provider.post_these(untold, now)))
    }

    /// What has not come to rest, or nothing.
    async fn left(&mut self, life: &mut Life) -> Result<String, Violation> {
        let untold = self.shared.lock().provider.untold().len();
        if untold > 0 {
            return Ok(format!("{untold} events that nobody took"));
        }
        let open = {
            let around = self.shared.lock();
            let writes = around.model.writes.iter();
            writes.filter(|write| around.model.is_open(write)).count()
        };
        if open > 0 {
            return Ok(format!("{open} writes whose fate nobody tells"));
        }
        let store = life.people.app.store().clone();
        let jobs = self
            .ask(life, async move { store.job_counts().await })
            .await?
            .map_err(|error| Violation::new("reading", error.to_string()))?;
        let ready = jobs
            .iter()
            .find(|(state, count)| state == "ready" && *count > 0);
        Ok(ready.map_or_else(String::new, |(_, count)| format!("{count} jobs")))
    }

    async fn follow_to_the_end(&mut self, life: &mut Life) -> Result<(), Violation> {
        loop {
            let before = self.shared.lock().follower.cursor;
            life.people.follow();
            self.drain(life).await?;
            if self.shared.lock().follower.cursor == before {
                return Ok(());
            }
        }
    }

    pub(crate) async fn look(&mut self, life: &mut Life) -> Result<Found, Violation> {
        let app = life.people.app.clone();
        let all = self
            .ask(life, async move { everything(&app).await })
            .await?
            .map_err(|error| Violation::new("reading", error.to_string()))?;
        let mut picture = Picture::default();
        for (conversation, items) in &all {
            let id = conversation.id;
            let items: Vec<_> = items.iter().map(|item| (id, item.clone())).collect();
            picture.draw(std::slice::from_ref(conversation), &items);
        }
        let files = self.contents(life, &all).await?;
        let store = life.people.app.store().clone();
        let jobs = self
            .ask(life, async move { store.job_counts().await })
            .await?
            .map_err(|error| Violation::new("reading", error.to_string()))?;
        Ok(Found {
            files,
            all,
            picture,
            jobs,
            lines: life.people.channels,
            now: life.people.app.now(),
        })
    }

    /// What is in the files of all messages, as a download reads it.
    async fn contents(
        &mut self,
        life: &mut Life,
        all: &[(Conversation, Vec<TimelineItem>)],
    ) -> Result<BTreeMap<AttachmentId, String>, Violation> {
        let mut files = BTreeMap::new();
        let items = all.iter().flat_map(|(_, items)| items);
        let ids: Vec<AttachmentId> = items
            .filter_map(|item| match item {
                TimelineItem::Message { attachments, .. } => Some(attachments),
                _ => None,
            })
            .flat_map(|attachments| attachments.iter().map(|file| file.id))
            .collect();
        for id in ids {
            let app = life.people.app.clone();
            let read = async move {
                let file = app.file(&reader(), id).await?;
                file.reader.read(0, file.reader.bytes()).await
            };
            let read = self.ask(life, read).await?;
            let what = |error| Violation::new("files can be read", format!("{id}: {error}"));
            let bytes = read.map_err(|error| what(error.to_string()))?;
            files.insert(id, String::from_utf8_lossy(&bytes).into_owned());
        }
        Ok(files)
    }

    /// Waits for an answer of the house while everything goes on.
    pub(crate) async fn ask<T: Send + 'static>(
        &mut self,
        life: &mut Life,
        question: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Violation> {
        let place = Arc::new(Mutex::new(None));
        let kept = Arc::clone(&place);
        tokio::spawn(async move {
            let answer = question.await;
            *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        });
        tokio::task::yield_now().await;
        self.drain(life).await?;
        let answer = place.lock().unwrap_or_else(PoisonError::into_inner).take();
        answer.ok_or_else(|| Violation::new("everything ends", "a question".to_owned()))
    }
}
