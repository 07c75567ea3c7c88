//! The closed lists of words in the interface, for its description: clients get unions instead of
//! plain strings. The values themselves come from the domain's `as_str`; a test keeps both equal.

use utoipa::ToSchema;

macro_rules! words {
    ($($(#[$meta:meta])* $name:ident as $schema:ident { $($variant:ident),+ $(,)? })+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        #[schema(as = $schema)]
        pub enum $name { $($variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }
    )+};
}

words! {
    ChannelKindWord as ChannelKind { Webchat, Whatsapp }
    ChannelStateWord as ChannelState { Active, Paused, Broken }
    StatusWord as Status { Open, Waiting, Snoozed, Done }
    /// From the company's view: inbound was written by the contact.
    DirectionWord as Direction { Inbound, Outbound }
    RoleWord as Role { Owner, Admin, Lead, Teammate, Dpo, WorksCouncil }
    HitWord as HitKind { Message, Note }
    WindowWord as WindowState { Open, Closed, None }
    AuthorWord as AuthorKind { Contact, Teammate, Bot, Api }
    AttachmentKindWord as AttachmentKind { Image, Video, Audio, Voice, Sticker, File }
    AttachmentStateWord as AttachmentState { Stored, Pending, Gone, Refused }
    DeliveryWord as DeliveryState { Queued, Unknown, Sent, Delivered, Read, Failed }
    AddressKindWord as AddressKind { WebVisitor, WhatsappUserId, WhatsappParentUserId, Phone }
    CardKindWord as CardKind {
        Location, Contacts, Order, Choice, Referral, Template, Unsupported, System,
    }
    ChoiceKindWord as ChoiceKind { Buttons, List }
    SideWord as Side { Contact, Teammate }
    LastKindWord as LastMessageKind { Message, Note }
    PlaceWord as ParameterPlace { Header, Body, Button }
    LocaleWord as Locale { De, En }
    ActivityWord as ActivityKind {
        ConversationOpened, NoticeShown, Assigned, Unassigned, StatusChanged, IdentityChanged,
        PreferenceChanged, ConsentGiven, ConsentWithdrawn, ProcessingRestricted,
        RestrictionLifted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::channel::{AddressKind, ChannelKind, MediaKind};
    use domain::content::CardKind;
    use domain::conversation::Status;
    use domain::delivery::DeliveryState;
    use domain::teammate::Role;
    use store::ActivityKind;

    fn same<W: serde::Serialize>(words: &[W], names: impl Iterator<Item = &'static str>) {
        let mut words: Vec<String> = words
            .iter()
            .map(|word| {
                serde_json::to_value(word)
                    .unwrap()
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        words.sort();
        names.sort();
        assert_eq!(words, names);
    }

    #[test]
    fn the_description_knows_the_domains_words() {
        same(
            ChannelKindWord::ALL,
            ChannelKind::ALL.iter().map(|w| w.as_str()),
        );
        same(StatusWord::ALL, Status::ALL.iter().map(|w| w.as_str()));
        same(RoleWord::ALL, Role::ALL.iter().map(|w| w.as_str()));
        same(
            AttachmentKindWord::ALL,
            MediaKind::ALL.iter().map(|w| w.as_str()),
        );
        same(
            DeliveryWord::ALL,
            DeliveryState::ALL.iter().map(|w| w.as_str()),
        );
        same(
            AddressKindWord::ALL,
            AddressKind::ALL.iter().map(|w| w.as_str()),
        );
        same(CardKindWord::ALL, CardKind::ALL.iter().map(|w| w.as_str()));
        same(
            ActivityWord::ALL,
            ActivityKind::ALL.iter().map(|w| w.as_str()),
        );
    }
}
