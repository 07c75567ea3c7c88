//! Whom a request is about.

use app::Person;
use i18n::Language;
use serde::Serialize;
use utoipa::ToSchema;

use super::contact::visitor_name;
use super::conversation::display;
use super::{rfc3339, words};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonAddress)]
pub struct PersonAddressDto {
    #[schema(value_type = words::AddressKindWord)]
    pub kind: String,
    /// Empty in the own chat, where nobody has an address.
    pub display: String,
}

/// Somebody, as far as it takes to know that it is the right one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Person)]
pub struct PersonDto {
    /// The contact's id.
    pub id: String,
    pub name: String,
    pub created_at: String,
    pub addresses: Vec<PersonAddressDto>,
    /// Since when its data is only kept (Art. 18 GDPR).
    #[schema(required = true)]
    pub restricted_since: Option<String>,
}

impl PersonDto {
    #[must_use]
    pub fn of(person: &Person, language: Language) -> Self {
        let id = person.contact.id.to_string();
        let addresses: Vec<PersonAddressDto> = person
            .addresses
            .iter()
            .map(|address| PersonAddressDto {
                kind: address.kind.as_str().to_owned(),
                display: display(address.kind, address.value.expose()),
            })
            .collect();
        let reached = addresses.iter().find(|address| !address.display.is_empty());
        let name = match (&person.contact.name, reached) {
            (Some(name), _) => name.expose().clone(),
            (None, Some(address)) => address.display.clone(),
            (None, None) => visitor_name(&id, language),
        };
        Self {
            id,
            name,
            created_at: rfc3339(person.contact.created_at),
            addresses,
            restricted_since: person.contact.restricted_at.map(rfc3339),
        }
    }
}
