//! What people and the provider do: each act is a future of its own that runs beside the others,
//! and writes down what it was told.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::{
    App, AppError, ChatStart, ChatVisitor, ConversationChange, Runner, SendInput, UploadInput,
    Uploader,
};
use bytes::Bytes;
use domain::access::{Access, Actor};
use domain::conversation::Status;
use domain::teammate::{Right, Role};
use domain::{AttachmentId, ChannelId, ConversationId, MessageId, Pii, TeammateId, time};
use i18n::Language;

use crate::follower::{self, Follower};
use crate::model::{Model, Sign, Verdict, Writer};
use crate::provider::{Post, Provider, SIGNS};
use crate::script::Change;
use crate::template::SLUG;
use crate::trace::Trace;

/// What outlives the process: people, the provider, and what was written down about them.
#[derive(Default)]
pub struct Around {
    pub model: Model,
    pub provider: Provider,
    pub follower: Follower,
    pub trace: Trace,
    /// Grows with every step; orders what was answered before something else began.
    pub now: u64,
    /// Acts that have begun in this life and not ended.
    pub under_way: usize,
}

impl Around {
    fn begin_sign(
        &mut self,
        message: MessageId,
        target: String,
        emoji: Option<&'static str>,
    ) -> usize {
        let number = self.model.signs.len();
        self.model.signs.push(Sign {
            message,
            target,
            emoji,
            began: self.now,
            ended: None,
        });
        self.trace
            .say(format_args!("  a sign at {message:?}: {emoji:?}"));
        number
    }

    fn end_sign(&mut self, number: usize, verdict: Verdict) {
        self.model.signs[number].ended = Some((self.now, verdict));
    }
}

/// Shared with every act.
#[derive(Clone, Default)]
pub struct Shared(Arc<Mutex<Around>>);

impl Shared {
    pub fn lock(&self) -> MutexGuard<'_, Around> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Acts in one life of the house.
#[derive(Clone)]
pub struct People {
    pub app: App,
    pub shared: Shared,
    pub runner: Arc<Runner>,
    pub teammates: Arc<[TeammateId]>,
    /// Of the numbers at the provider.
    pub channels: [ChannelId; 2],
}

impl People {
    /// Starts an act.
    fn act(&self, what: impl Future<Output = ()> + Send + 'static) {
        self.shared.lock().under_way += 1;
        let shared = self.shared.clone();
        tokio::spawn(async move {
            what.await;
            shared.lock().under_way -= 1;
        });
    }

    fn access(&self, teammate: usize, right: Right) -> Access {
        let id = self.teammates[teammate % self.teammates.len()];
        Access::grant(Actor::Teammate(id), Role::Owner, right).expect("an owner has every right")
    }

    /// Tries a write once more under its id.
    pub fn write(&self, write: usize, text: String) {
        let people = self.clone();
        let (by, id, attempt, files) = {
            let mut around = self.shared.lock();
            let now = around.now;
            let attempt = around.model.try_again(write, &text, now);
            let known = &around.model.writes[write];
            let files: Vec<_> = known.file.iter().map(|(id, _)| *id).collect();
            let told = (known.by, known.id.clone(), attempt, files);
            around.trace.say(format_args!(
                "  {:?} writes {:?} as {}",
                told.0, text, told.1
            ));
            told
        };
        self.act(async move {
            let done = match by {
                Writer::Customer(customer) => {
                    let what = (text.as_str(), files.as_slice());
                    people.customer_writes(customer, &id, what).await
                }
                Writer::Teammate {
                    teammate,
                    conversation,
                    note,
                } => {
                    let who = (teammate, conversation, note);
                    people.teammate_writes(who, &id, &text).await
                }
            };
            let verdict = match &done {
                Ok(item) => Verdict::Written(*item),
                Err(error) => Verdict::of(error),
            };
            people.ended((write, attempt), verdict, done.err());
        });
    }

    fn ended(&self, (write, attempt): (usize, usize), verdict: Verdict, error: Option<AppError>) {
        let mut around = self.shared.lock();
        let now = around.now;
        around.model.writes[write].tries[attempt].ended = Some((now, verdict));
        let id = around.model.writes[write].id.clone();
        match error {
            None => around.trace.say(format_args!("  {id} is written")),
            Some(error) => around.trace.say(format_args!("  {id}: {error}")),
        }
    }

    async fn customer_writes(
        &self,
        customer: usize,
        id: &str,
        (text, files): (&str, &[AttachmentId]),
    ) -> Result<[u8; 16], AppError> {
        let visitor = self.visitor(customer).await?;
        let text = Pii::from(text);
        let written = self.app.chat_write(&visitor, id, Some(&text), files);
        let sent = written.await?;
        self.shared.lock().model.place(sent.conversation);
        // Whoever wrote looks at once whether it is there.
        let access = visitor.access();
        let seen = self
            .app
            .message_item(&access, sent.conversation, sent.message)
            .await;
        if let Err(AppError::NotFound) = seen {
            let what = format!("{id} was answered with success and is not there");
            self.shared.lock().model.violated("read your writes", what);
        }
        Ok(sent.message.bytes())
    }

    /// The customer, let in now if it is its first tap.
    async fn visitor(&self, customer: usize) -> Result<ChatVisitor, AppError> {
        let known = self.shared.lock().model.visitors.get(&customer).cloned();
        if let Some(visitor) = known {
            return Ok(visitor);
        }
        let start = ChatStart {
            slug: SLUG.to_owned(),
            language: Language::De,
            notice_version: None,
        };
        let started = self.app.start_chat(&start, None).await?;
        let mut around = self.shared.lock();
        // Two tabs may start at once; the later cookie is thrown away.
        let entry = around.model.visitors.entry(customer);
        Ok(entry.or_insert(started.visitor).clone())
    }

    /// A customer brings a file.
    pub fn upload(&self, customer: usize) {
        let people = self.clone();
        let content = {
            let mut around = self.shared.lock();
            around.model.brought += 1;
            format!("Inhalt {} von {customer}", around.model.brought)
        };
        self.act(async move {
            let brought = async {
                let visitor = people.visitor(customer).await?;
                let input = UploadInput {
                    name: Some(Pii::from("notiz.txt")),
                    mime: Some("text/plain".to_owned()),
                    voice: false,
                    bytes: Bytes::from(content.clone()),
                };
                let uploader = Uploader::Contact(visitor.contact);
                people.app.upload(uploader, input, None).await
            };
            let brought = brought.await;
            if let Ok(file) = &brought {
                let mut around = people.shared.lock();
                around.model.uploads.push((customer, file.id, content));
            }
            people.tell("brought a file", brought.err());
        });
    }

    async fn teammate_writes(
        &self,
        (teammate, conversation, note): (usize, ConversationId, bool),
        id: &str,
        text: &str,
    ) -> Result<[u8; 16], AppError> {
        let access = self.access(teammate, Right::WriteMessages);
        let name = Pii::new(format!("Teammate {teammate}"));
        if note {
            let text = Pii::from(text);
            let written = self
                .app
                .add_note(&access, conversation, &name, &text, Some(id))
                .await?;
            return Ok(written.0.bytes());
        }
        let input = SendInput {
            client_id: Some(id.to_owned()),
            text: Some(Pii::from(text)),
            ..SendInput::default()
        };
        let sent = self.app.send(&access, conversation, &name, &input).await?;
        Ok(sent.message.bytes())
    }

    /// The provider posts a callback.
    pub fn post(&self, post: Post) {
        let people = self.clone();
        self.act(async move {
            let (app, shared) = (&people.app, &people.shared);
            let channel = people.channels[post.line];
            let done = async {
                app.expect_callback(channel, &post.headers).await?;
                app.take_callback(channel, &post.headers, post.body).await
            };
            let done = done.await;
            let mut around = shared.lock();
            let now = around.now;
            let events = &post.events;
            match done {
                Ok(()) => {
                    around
                        .trace
                        .say(format_args!("  callback of {events:?} is taken"));
                    around.provider.taken(events, now);
                    drop(around);
                    // The desk is open and hears that there is something new.
                    people.follow();
                }
                Err(error) => {
                    around
                        .trace
                        .say(format_args!("  callback of {events:?}: {error}"));
                }
            }
        });
    }

    /// A person decides about a message.
    pub fn send_again(&self, teammate: usize, message: MessageId) {
        let people = self.clone();
        self.act(async move {
            let access = people.access(teammate, Right::WriteMessages);
            // Counted before it is asked: the process may die with the answer on the way.
            let count = |by: isize| {
                let mut around = people.shared.lock();
                let approved = around.model.approvals.entry(message).or_default();
                *approved = approved.saturating_add_signed(by);
            };
            count(1);
            let done = people.app.send_again(&access, message).await;
            let certainly_not =
                matches!(&done, Err(error) if Verdict::of(error) != Verdict::Unknown);
            if certainly_not {
                count(-1);
            }
            let mut around = people.shared.lock();
            let word = if done.is_ok() {
                "is sent again"
            } else {
                "is not sent again"
            };
            around.trace.say(format_args!("  {message:?} {word}"));
        });
    }

    /// A teammate sets a sign at what somebody wrote.
    pub fn react(&self, teammate: usize, (message, target): (MessageId, String), sign: usize) {
        let people = self.clone();
        let emoji = SIGNS.get(sign).copied();
        let number = self.shared.lock().begin_sign(message, target, emoji);
        self.act(async move {
            let access = people.access(teammate, Right::WriteMessages);
            let wish = emoji.map(Pii::from);
            let done = people.app.react(&access, message, wish).await;
            let verdict = match &done {
                Ok(_) => Verdict::Written(message.bytes()),
                Err(error) => Verdict::of(error),
            };
            people.shared.lock().end_sign(number, verdict);
            people.tell("signed", done.err());
        });
    }

    pub fn change(&self, teammate: usize, conversation: ConversationId, change: Change) {
        let people = self.clone();
        self.act(async move {
            let access = people.access(teammate, Right::WriteMessages);
            let me = people.teammates[teammate % people.teammates.len()];
            let mut wanted = ConversationChange::default();
            match change {
                Change::Assign => wanted.assignee = Some(Some(me)),
                Change::Unassign => wanted.assignee = Some(None),
                Change::Done => wanted.status = Some(Status::Done),
                Change::Open => wanted.status = Some(Status::Open),
                Change::Snooze { minutes } => {
                    let until = people.app.now().plus_ms(minutes * time::MINUTE_MS);
                    wanted.snoozed_until = Some(until);
                }
            }
            let done = people
                .app
                .change_conversation(&access, conversation, &wanted)
                .await;
            people.tell("changed", done.err());
        });
    }

    fn tell(&self, what: &str, error: Option<AppError>) {
        let mut around = self.shared.lock();
        match error {
            None => around.trace.say(format_args!("  {what}")),
            Some(error) => around.trace.say(format_args!("  not {what}: {error}")),
        }
    }

    /// A teammate has seen everything of a conversation.
    pub fn read(&self, teammate: usize, conversation: ConversationId) {
        let people = self.clone();
        self.act(async move {
            let access = people.access(teammate, Right::ReadConversations);
            let done = async {
                let found = people.app.conversation(&access, conversation).await?;
                people
                    .app
                    .mark_read(&access, conversation, found.last_seq)
                    .await
            };
            let done = done.await;
            people.tell("read by the team", done.err());
        });
    }

    /// A customer's page has received or shown everything.
    pub fn reached(&self, customer: usize, read: bool) {
        let visitor = self.shared.lock().model.visitors.get(&customer).cloned();
        let Some(visitor) = visitor else { return };
        let people = self.clone();
        self.act(async move {
            let done = if read {
                people.app.chat_read(&visitor, i64::MAX).await
            } else {
                people.app.chat_delivered(&visitor, i64::MAX).await
            };
            people.tell("reached the customer", done.err());
        });
    }

    /// The desk reads on, unless it is reading.
    pub fn follow(&self) {
        let cursor = {
            let mut around = self.shared.lock();
            if std::mem::replace(&mut around.follower.busy, true) {
                return;
            }
            around.follower.cursor
        };
        let people = self.clone();
        self.act(async move {
            let told = follower::follow(&people.app, cursor).await;
            let mut around = people.shared.lock();
            let around = &mut *around;
            around.follower.busy = false;
            let Ok(told) = told else { return };
            let (count, approvals) = (told.events.len(), &around.model.approvals);
            let decided = |id: MessageId| approvals.contains_key(&id);
            let learnt = around.follower.learn(&told, &decided);
            around
                .trace
                .say(format_args!("  the desk learns of {count} changes"));
            for conversation in &told.conversations {
                around.model.place(conversation.id);
            }
            if let Err(what) = learnt {
                around.model.violated("the feed", what);
            }
        });
    }

    /// Jobs are worked off until none is due.
    pub fn work(&self) {
        let people = self.clone();
        let runner = Arc::clone(&self.runner);
        self.act(async move {
            let done = runner.run_until_quiet().await;
            people.tell("worked", done.err());
        });
    }
}
