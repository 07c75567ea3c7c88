//! Structured content as cards: lines of a label and a value. Labels are catalogue keys (listed
//! in this folder's README) or the provider's own words.

use super::json::Value;
use domain::Pii;
use domain::content::{Card, CardKind};

use super::content::Content;
use super::wire::{items, pii, scalar, text, web_address, word};

/// More lines than this help nobody; how many are missing is said on the last one.
const LINES_MAX: usize = 100;

/// A card that grows line by line.
pub(super) struct Lines(Vec<(String, Pii<String>)>);

impl Lines {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn add(&mut self, label: &str, value: Option<Pii<String>>) {
        self.0.extend(value.map(|value| (label.to_owned(), value)));
    }

    pub(super) fn add_plain(&mut self, label: &str, value: impl Into<String>) {
        self.0.push((label.to_owned(), Pii::new(value.into())));
    }

    /// `None` when there is nothing to show.
    pub(super) fn into_card(mut self, kind: CardKind, url: Option<Pii<String>>) -> Option<Card> {
        if self.0.is_empty() && url.is_none() {
            return None;
        }
        if self.0.len() > LINES_MAX {
            let missing = self.0.len() - (LINES_MAX - 1);
            self.0.truncate(LINES_MAX - 1);
            self.add_plain("card-more", missing.to_string());
        }
        Some(Card {
            kind,
            lines: self.0,
            url,
        })
    }
}

/// A shared place; the current position has neither name nor address.
pub(super) fn location(location: &Value<'_>) -> Option<Card> {
    let coordinate = |name: &str| location.get(name).and_then(scalar);
    let mut lines = Lines::new();
    lines.add("card-location-name", pii(location, "name"));
    lines.add("card-location-address", pii(location, "address"));
    if let (Some(latitude), Some(longitude)) = (coordinate("latitude"), coordinate("longitude")) {
        lines.add_plain(
            "card-location-coordinates",
            format!("{latitude}, {longitude}"),
        );
    }
    lines.into_card(CardKind::Location, web_address(location, "url"))
}

/// Shared contacts. Only a `vcard` may be there, and even the name may be missing.
pub(super) fn contacts(message: &Value<'_>) -> Option<Card> {
    let mut lines = Lines::new();
    for contact in items(message, "contacts") {
        let before = lines.0.len();
        lines.add("card-contact-name", contact_name(contact));
        let organisation = contact.get("org").unwrap_or(&Value::Null);
        lines.add("card-contact-organisation", pii(organisation, "company"));
        for phone in items(contact, "phones") {
            let number = pii(phone, "phone").or_else(|| pii(phone, "wa_id"));
            lines.add("card-contact-phone", number);
        }
        for email in items(contact, "emails") {
            lines.add("card-contact-email", pii(email, "email"));
        }
        for url in items(contact, "urls") {
            lines.add("card-contact-website", pii(url, "url"));
        }
        if lines.0.len() == before {
            lines.add("card-contact-vcard", pii(contact, "vcard"));
        }
    }
    lines.into_card(CardKind::Contacts, None)
}

fn contact_name(contact: &Value<'_>) -> Option<Pii<String>> {
    let name = contact.get("name")?;
    pii(name, "formatted_name").or_else(|| {
        let parts: Vec<String> = ["first_name", "middle_name", "last_name"]
            .iter()
            .filter_map(|part| text(name, part))
            .collect();
        (!parts.is_empty()).then(|| Pii::new(parts.join(" ")))
    })
}

/// A basket from the catalogue; its note is the message's text.
pub(super) fn order(order: &Value<'_>) -> Option<Content> {
    let mut lines = Lines::new();
    for product in items(order, "product_items") {
        let product_id = text(product, "product_retailer_id")?;
        let quantity = product.get("quantity").and_then(scalar);
        let price = product.get("item_price").and_then(scalar);
        let mut line = format!("{} × {product_id}", quantity.as_deref().unwrap_or("1"));
        if let Some(price) = price {
            let currency = text(product, "currency").unwrap_or_default();
            line = format!("{line}, {price} {currency}").trim_end().to_owned();
        }
        lines.add_plain("card-order-item", line);
    }
    lines.add("card-order-catalogue", pii(order, "catalog_id"));
    Some(Content {
        text: pii(order, "text"),
        media: Vec::new(),
        card: Some(lines.into_card(CardKind::Order, None)?),
    })
}

/// The contact opened the chat for the first time and has not written yet.
pub(super) fn welcome() -> Card {
    Card {
        kind: CardKind::System,
        lines: vec![("card-system-welcome".to_owned(), Pii::default())],
        url: None,
    }
}

/// A notice about the contact that changes no address.
pub(super) fn system(system: &Value<'_>) -> Option<Card> {
    let mut lines = Lines::new();
    lines.add("card-system-notice", pii(system, "body"));
    lines.into_card(CardKind::System, None)
}

/// What could not be read: the type, and the provider's code when it gave one.
pub(super) fn unsupported(value: &Value<'_>, message: &Value<'_>, kind: Option<&str>) -> Card {
    let mut lines = Lines::new();
    let named = message
        .get("unsupported")
        .and_then(|unsupported| text(unsupported, "type"));
    let kind = named.as_deref().or(kind);
    if let Some(kind) = kind {
        lines.add_plain("card-unsupported-type", word(kind));
    }
    let code = items(message, "errors")
        .iter()
        .chain(items(value, "errors"))
        .find_map(|error| error.get("code").and_then(Value::as_i64));
    if let Some(code) = code {
        lines.add_plain("card-unsupported-code", code.to_string());
    }
    Card {
        kind: CardKind::Unsupported,
        lines: lines.0,
        url: None,
    }
}

/// The advertisement or link through which the contact came. The click id is left out on
/// purpose: it serves advertising measurement, not the conversation.
pub(super) fn referral(message: &Value<'_>) -> Option<Card> {
    let referral = message.get("referral")?;
    let mut lines = Lines::new();
    lines.add("card-referral-headline", pii(referral, "headline"));
    lines.add("card-referral-body", pii(referral, "body"));
    lines.add("card-referral-source", pii(referral, "source_type"));
    lines.add("card-referral-source-id", pii(referral, "source_id"));
    let welcome = referral.get("welcome_message").unwrap_or(&Value::Null);
    lines.add("card-referral-welcome", pii(welcome, "text"));
    lines.into_card(CardKind::Referral, web_address(referral, "source_url"))
}

/// A question about a product, asked from the catalogue.
pub(super) fn referred_product(context: &Value<'_>) -> Option<Card> {
    let product = context.get("referred_product")?;
    let mut lines = Lines::new();
    lines.add("card-referral-product", pii(product, "product_retailer_id"));
    lines.add("card-order-catalogue", pii(product, "catalog_id"));
    lines.into_card(CardKind::Referral, None)
}
