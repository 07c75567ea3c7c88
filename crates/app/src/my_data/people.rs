//! Whom a request is about: found by name, number or id, also when its data is only kept.

use domain::access::Access;
use domain::{ContactId, ConversationId, Pii};
use store::{Address, Contact};

use crate::search::wanted;
use crate::{App, AppError};

/// More of one name are told apart by a number.
const FOUND_MAX: usize = 50;

/// Somebody, as far as it takes to know that it is the right one.
pub struct Person {
    pub contact: Contact,
    /// What it is reached at now.
    pub addresses: Vec<Address>,
}

impl App {
    /// Everybody of this name or number, or whom this id or address of a conversation names.
    ///
    /// # Errors
    /// [`AppError::Invalid`] when the question is too long; [`AppError::NotFound`] for who does not
    /// answer requests.
    pub async fn find_people(
        &self,
        access: &Access,
        question: &Pii<String>,
    ) -> Result<Vec<Person>, AppError> {
        let words = wanted(question).map_err(|_| AppError::invalid("question", "field-search"))?;
        let ids = match self.contact_meant(question).await? {
            Some(contact) => vec![contact],
            None if words.is_empty() => Vec::new(),
            None => self.contacts_called(question, &words).await?,
        };
        self.people_of(access, &ids).await
    }

    /// These, as far as they are there. That they were looked at is written down.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for who does not answer requests.
    pub async fn people_of(
        &self,
        access: &Access,
        ids: &[ContactId],
    ) -> Result<Vec<Person>, AppError> {
        let mut people: Vec<Person> = Vec::new();
        for id in ids {
            self.may_see_all(access, *id)?;
            if people.len() >= FOUND_MAX || people.iter().any(|known| known.contact.id == *id) {
                continue;
            }
            let Some(contact) = self.store.lookup_contact(*id).await? else {
                continue;
            };
            let mut addresses = self.store.addresses_of(*id).await?;
            addresses.retain(|address| address.valid_to.is_none());
            people.push(Person { contact, addresses });
        }
        let read: Vec<ContactId> = people.iter().map(|one| one.contact.id).collect();
        self.store
            .log_reads(access, &read, "request", self.now())
            .await?;
        Ok(people)
    }

    /// An id, or the address of a conversation's page as a colleague passed it on.
    async fn contact_meant(&self, question: &Pii<String>) -> Result<Option<ContactId>, AppError> {
        let text = question.expose().trim();
        let last = text.rsplit('/').next().unwrap_or(text);
        if let Ok(contact) = last.parse::<ContactId>() {
            return Ok(Some(contact));
        }
        let Ok(conversation) = last.parse::<ConversationId>() else {
            return Ok(None);
        };
        let thread = self.store.lookup_thread(conversation).await?;
        Ok(thread.map(|thread| thread.contact))
    }
}
