//! Signs of presence: who types, who looks. Never stored, carry no cursor, may be lost.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::outbound::{Recipient, Signal};
use domain::{ConversationId, Pii, TeammateId, Timestamp};
use tokio::sync::broadcast;

use crate::App;

/// Who shows the sign.
#[derive(Clone)]
pub enum Presence {
    Contact { name: Option<Pii<String>> },
    Teammate { id: TeammateId, name: Pii<String> },
}

#[derive(Clone)]
pub enum SignalEvent {
    Typing {
        conversation: ConversationId,
        by: Presence,
        on: bool,
    },
    /// Everyone who looks at the conversation now.
    Viewing {
        conversation: ConversationId,
        teammates: Vec<(TeammateId, Pii<String>)>,
    },
}

/// Signs kept for a customer's slow socket.
const CHAT_SIGNALS_KEPT: usize = 8;
/// Signs kept for a slow listener; older ones are dropped.
const SIGNALS_KEPT: usize = 256;
/// A provider is told at most so often that somebody types.
const TYPING_EVERY_MS: i64 = 20_000;

/// One socket that looks at a conversation.
type Viewer = (u64, TeammateId, Pii<String>);

pub(crate) struct Signals {
    sender: broadcast::Sender<SignalEvent>,
    viewing: Mutex<HashMap<ConversationId, Vec<Viewer>>>,
    typing_told: Mutex<HashMap<ConversationId, Timestamp>>,
    /// Customers are told only what happens in their own conversation.
    chats: Mutex<HashMap<ConversationId, broadcast::Sender<SignalEvent>>>,
}

/// A customer's ear in its own conversation.
pub struct ChatSignals {
    conversation: ConversationId,
    receiver: broadcast::Receiver<SignalEvent>,
    signals: Arc<Signals>,
}

impl ChatSignals {
    #[must_use]
    pub const fn conversation(&self) -> ConversationId {
        self.conversation
    }

    /// The next sign; those that came too fast are left out. `None` when there will be no more.
    pub async fn next(&mut self) -> Option<SignalEvent> {
        loop {
            match self.receiver.recv().await {
                Ok(event) => return Some(event),
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}

impl Drop for ChatSignals {
    fn drop(&mut self) {
        let mut chats = self
            .signals
            .chats
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let last = chats
            .get(&self.conversation)
            .is_some_and(|sender| sender.receiver_count() <= 1);
        if last {
            chats.remove(&self.conversation);
        }
    }
}

impl Signals {
    pub(crate) fn new() -> Self {
        let (sender, _) = broadcast::channel(SIGNALS_KEPT);
        Self {
            sender,
            viewing: Mutex::default(),
            typing_told: Mutex::default(),
            chats: Mutex::default(),
        }
    }

    fn viewers(&self, conversation: ConversationId) -> Vec<(TeammateId, Pii<String>)> {
        let viewing = self
            .viewing
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut seen: Vec<(TeammateId, Pii<String>)> = Vec::new();
        for (_, id, name) in viewing.get(&conversation).into_iter().flatten() {
            if !seen.iter().any(|(other, _)| other == id) {
                seen.push((*id, name.clone()));
            }
        }
        seen
    }

    fn first_in_a_while(&self, conversation: ConversationId, now: Timestamp) -> bool {
        let mut told = self
            .typing_told
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        told.retain(|_, at| now.0 - at.0 < TYPING_EVERY_MS);
        if told.contains_key(&conversation) {
            return false;
        }
        told.insert(conversation, now);
        true
    }
}

impl App {
    #[must_use]
    pub fn watch_signals(&self) -> broadcast::Receiver<SignalEvent> {
        self.signals.sender.subscribe()
    }

    /// Signs of teammates in one conversation, for its customer.
    #[must_use]
    pub fn watch_chat_signals(&self, conversation: ConversationId) -> ChatSignals {
        let mut chats = self
            .signals
            .chats
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let receiver = chats
            .entry(conversation)
            .or_insert_with(|| broadcast::channel(CHAT_SIGNALS_KEPT).0)
            .subscribe();
        drop(chats);
        ChatSignals {
            conversation,
            receiver,
            signals: Arc::clone(&self.signals),
        }
    }

    fn signal_chat(&self, conversation: ConversationId, event: SignalEvent) {
        let chats = self
            .signals
            .chats
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = chats.get(&conversation) {
            // An error only says that nobody is listening.
            _ = sender.send(event);
        }
    }

    fn signal(&self, event: SignalEvent) {
        // An error only says that nobody is listening.
        _ = self.signals.sender.send(event);
    }

    pub fn contact_types(&self, conversation: ConversationId, name: Option<Pii<String>>, on: bool) {
        self.signal(SignalEvent::Typing {
            conversation,
            by: Presence::Contact { name },
            on,
        });
    }

    /// A teammate types: the team sees it, and so does the contact where the channel can show it.
    pub fn teammate_types(
        &self,
        conversation: ConversationId,
        id: TeammateId,
        name: Pii<String>,
        on: bool,
    ) {
        let event = SignalEvent::Typing {
            conversation,
            by: Presence::Teammate { id, name },
            on,
        };
        self.signal_chat(conversation, event.clone());
        self.signal(event);
        if on && self.signals.first_in_a_while(conversation, self.now()) {
            let app = self.clone();
            tokio::spawn(async move { app.tell_provider(conversation, SignalKind::Typing).await });
        }
    }

    /// One socket of a teammate looks at a conversation, or (with `None`) at none any more.
    pub fn teammate_views(
        &self,
        socket: u64,
        id: TeammateId,
        name: &Pii<String>,
        conversation: Option<ConversationId>,
    ) {
        let mut touched = Vec::new();
        {
            let mut viewing = self
                .signals
                .viewing
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            for (seen, viewers) in viewing.iter_mut() {
                let before = viewers.len();
                viewers.retain(|(other, _, _)| *other != socket);
                if viewers.len() != before {
                    touched.push(*seen);
                }
            }
            viewing.retain(|_, viewers| !viewers.is_empty());
            if let Some(conversation) = conversation {
                viewing
                    .entry(conversation)
                    .or_default()
                    .push((socket, id, name.clone()));
                touched.push(conversation);
            }
        }
        touched.dedup();
        for conversation in touched {
            let teammates = self.signals.viewers(conversation);
            self.signal(SignalEvent::Viewing {
                conversation,
                teammates,
            });
        }
    }

    pub(crate) async fn tell_provider(&self, conversation: ConversationId, kind: SignalKind) {
        let Ok(Some(conversation)) = self.store.lookup_conversation(conversation).await else {
            return;
        };
        if conversation.restricted_at.is_some() {
            return;
        }
        let Some(provider_id) = conversation.last_inbound_id.clone() else {
            return;
        };
        let Some(connector) = self.registry.get(conversation.channel_kind) else {
            return;
        };
        let able = connector.capabilities();
        let signal = match kind {
            SignalKind::Read if able.read_marks_out => Signal::Read { provider_id },
            SignalKind::Typing if able.typing_out => Signal::Typing { provider_id },
            _ => return,
        };
        let Ok(Some(channel)) = self.channel(conversation.channel).await else {
            return;
        };
        let recipient = Recipient {
            kind: conversation.address_kind,
            value: conversation.address_value,
        };
        connector
            .signal(&*self.net, &channel.settings, &recipient, &signal)
            .await;
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum SignalKind {
    Read,
    Typing,
}
