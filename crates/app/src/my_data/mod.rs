//! What is kept about somebody, as that person may see it, and the copy of it.

mod door;
mod exports;
mod mine;
mod people;
mod reads;

pub use exports::{Export, ExportProgress, ExportState};
pub use people::Person;
pub use reads::{Desk, Reader, Reading};

pub use door::{HIDDEN, MySession};

pub(crate) use door::Doors;
pub(crate) use exports::Exports;

use domain::access::{Access, Actor};
use domain::channel::ChannelKind;
use domain::erasure::Stock;
use domain::recipients::Recipient;
use domain::teammate::Right;
use domain::time::DAY_MS;
use domain::{ContactId, ConversationId, Timestamp, limits};
use store::{
    Address, Company, Contact, Conversation, Erasure, Notice, Privacy, Restriction, ServedNotice,
    TimelineItem, TimelineRequest,
};

use crate::consents::ConsentView;
use crate::{App, AppError};

/// Items of a conversation that are read at once.
const ITEMS_AT_ONCE: i64 = 200;

/// An address, the kind of channel it is on, and who outside learns of what is said there.
pub struct MyChannel {
    pub address: Address,
    pub kind: ChannelKind,
    pub recipients: &'static [Recipient],
}

pub struct MyConversation {
    pub conversation: Conversation,
    /// When it is erased by itself; `None` while something stands against that.
    pub erased_at: Option<Timestamp>,
}

/// Everything but the words and files themselves.
pub struct MyData {
    pub company: Company,
    pub privacy: Privacy,
    pub contact: Contact,
    pub channels: Vec<MyChannel>,
    pub conversations: Vec<MyConversation>,
    pub consents: Vec<ConsentView>,
    pub notices: Vec<(ServedNotice, Option<Notice>)>,
    pub readings: Vec<Reading>,
    pub restrictions: Vec<Restriction>,
    /// Something has to be kept for a dispute, and is not erased before that is over.
    pub is_held: bool,
    pub erasure: Option<Erasure>,
    pub stock: Stock,
}

impl App {
    /// Whether this one may see what is kept of a contact as the contact itself may.
    fn may_see_all(&self, access: &Access, contact: ContactId) -> Result<(), AppError> {
        let may = match access.actor() {
            Actor::Contact(id) => id == contact,
            Actor::Teammate(_) | Actor::Token { .. } => access.right() == Right::AnswerRequests,
            Actor::House => false,
        };
        may.then_some(()).ok_or(AppError::NotFound)
    }

    /// What is kept of a contact, for itself or for who answers its request. A teammate's look is
    /// written down.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn my_data(&self, access: &Access, contact: ContactId) -> Result<MyData, AppError> {
        self.may_see_all(access, contact)?;
        let known = self.store.lookup_contact(contact).await?;
        let known = known.ok_or(AppError::NotFound)?;
        self.store
            .log_read(access, contact, "request", self.now())
            .await?;
        let (company, privacy) = self.responsible().await?;
        let is_held = !self.store.standing_holds(contact).await?.is_empty();
        let is_kept = is_held || known.restricted_at.is_some();
        let mut conversations = Vec::new();
        for id in self.store.conversations_of(contact).await? {
            let Some(conversation) = self.store.lookup_conversation(id).await? else {
                continue;
            };
            let end = privacy.retention_days.saturating_mul(DAY_MS);
            let erased_at = conversation.last_message_at.plus_ms(end);
            conversations.push(MyConversation {
                conversation,
                erased_at: (!is_kept).then_some(erased_at),
            });
        }
        Ok(MyData {
            company,
            privacy,
            channels: self.my_channels(contact).await?,
            conversations,
            consents: self.consent_views(contact).await?,
            notices: self.my_notices(contact).await?,
            readings: self.readings(contact).await?,
            restrictions: self.store.restrictions_of(contact).await?,
            is_held,
            erasure: self.store.erasure_of(contact).await?,
            stock: self.store.stock_of(contact).await?,
            contact: known,
        })
    }

    /// Who is responsible; without a name as long as nobody has set the house up.
    async fn responsible(&self) -> Result<(Company, Privacy), AppError> {
        let company = self.store.company().await?.unwrap_or_else(|| Company {
            name: String::new(),
            country: None,
            locale: String::new(),
            imprint_url: None,
        });
        let privacy = self.store.privacy().await?.unwrap_or_else(|| Privacy {
            controller: String::new(),
            contact_email: String::new(),
            retention_days: limits::RETENTION_DAYS_DEFAULT,
        });
        Ok((company, privacy))
    }

    async fn my_channels(&self, contact: ContactId) -> Result<Vec<MyChannel>, AppError> {
        let mut channels = Vec::new();
        for address in self.store.addresses_of(contact).await? {
            if let Some(channel) = self.channel(address.channel).await? {
                let connector = self.registry.get(channel.kind);
                channels.push(MyChannel {
                    address,
                    kind: channel.kind,
                    recipients: connector.map_or(&[], |one| one.capabilities().recipients),
                });
            }
        }
        Ok(channels)
    }

    /// What was shown, with its text as it was.
    async fn my_notices(
        &self,
        contact: ContactId,
    ) -> Result<Vec<(ServedNotice, Option<Notice>)>, AppError> {
        let mut notices = Vec::new();
        for served in self.store.notices_served(contact).await? {
            let text = self.store.lookup_notice(served.version, &served.locale);
            let text = text.await?;
            notices.push((served, text));
        }
        Ok(notices)
    }

    /// A stretch of one of the contact's conversations, and where the next one begins. The contact
    /// sees what it and the company said to each other; who answers its request sees all.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a conversation of somebody else.
    pub async fn my_timeline(
        &self,
        access: &Access,
        contact: ContactId,
        conversation: ConversationId,
        after: i64,
    ) -> Result<(Vec<TimelineItem>, Option<i64>), AppError> {
        self.may_see_all(access, contact)?;
        let thread = self.store.lookup_thread(conversation).await?;
        if thread.is_none_or(|thread| thread.contact != contact) {
            return Err(AppError::NotFound);
        }
        let reader = match access.actor() {
            Actor::Contact(id) => Access::own(id, Right::ReadConversations),
            _ => Access::house(Right::ReadConversations),
        };
        let request = TimelineRequest::After(after);
        let page = self
            .store
            .timeline(&reader, conversation, request, ITEMS_AT_ONCE)
            .await?;
        let page = page.ok_or(AppError::NotFound)?;
        Ok((page.items, page.newer))
    }
}
