//! Whom a message goes to, as far as the rules care.

use super::hours::Clock;
use crate::consent::{AddressFacts, Age, Consent, NoticeTerms, Purpose};
use crate::ids::ContactId;
use crate::time::Timestamp;

/// How a contact, its address and its case stand. The default is somebody who wrote to us, was
/// told what we do with it, and agreed to nothing: an answer is possible and advertising is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person<'a> {
    pub erased: bool,
    /// Processing is restricted (Art. 18).
    pub restricted: bool,
    pub age: Age,
    /// The company does not send this class on this channel.
    pub channel_refused: bool,
    pub sector: Sector,
    /// The ground on which data goes to this channel's provider is in question.
    pub transfer_held: bool,
    /// Advertising rests because somebody may have objected.
    pub paused: bool,
    /// The address objected.
    pub objected: bool,
    pub agreed: Option<Agreed<'a>>,
    /// What speaks for § 7(3) UWG.
    pub customer: Option<ExistingCustomer>,
    /// A list of those who want no mail, where one has to be asked.
    pub list: ListCheck,
    pub notice: NoticeServed,
    /// The contact was told that a program writes, since a person last did.
    pub bot_disclosed: bool,
    pub case: Case,
    /// The contact's clock; without one, whatever has hours waits for somebody to say.
    pub clock: Option<Clock>,
    pub marketing: Frequency,
}

impl Default for Person<'_> {
    fn default() -> Self {
        Self {
            erased: false,
            restricted: false,
            age: Age::Unknown,
            channel_refused: false,
            sector: Sector::Standard,
            transfer_held: false,
            paused: false,
            objected: false,
            agreed: None,
            customer: None,
            list: ListCheck::NotNeeded,
            notice: NoticeServed::Served,
            bot_disclosed: false,
            case: Case::default(),
            clock: None,
            marketing: Frequency::default(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sector {
    Standard,
    /// Social data: nothing but the doorbell leaves on others' channels.
    DoorbellOnly,
}

/// A consent, what it is read against, and the address that would be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed<'a> {
    pub consent: &'a Consent,
    pub purpose: &'a Purpose,
    /// The notice in force.
    pub notice: &'a NoticeTerms,
    pub contact: ContactId,
    pub address: AddressFacts,
}

/// The four conditions of § 7(3) UWG. The fifth, a way to object, is in each message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ExistingCustomer {
    pub address_from_sale: bool,
    pub own_similar_goods: bool,
    pub never_objected: bool,
    pub told_when_collected: bool,
}

impl ExistingCustomer {
    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.address_from_sale
            && self.own_similar_goods
            && self.never_objected
            && self.told_when_collected
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListCheck {
    NotNeeded,
    Clear,
    Listed,
    Unasked,
}

/// What the contact was told on this channel about what we do with its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeServed {
    Served,
    /// Not yet; it goes with the message.
    Attachable,
    /// Not yet, and it cannot go with it.
    Missing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    pub begun_by_contact: bool,
    pub open: bool,
    /// The message answers one of the contact's.
    pub answers: bool,
    /// What was sent of this class already: since the contact last wrote for a follow-up, in
    /// this conversation for a survey, for this question or withdrawal for their texts.
    pub sent_of_class: u32,
    /// The contact has a contract with us and chose this channel for what concerns it.
    pub chosen_for_contract: bool,
    /// Codes by text message are switched on.
    pub text_codes: bool,
}

impl Default for Case {
    fn default() -> Self {
        Self {
            begun_by_contact: true,
            open: true,
            answers: false,
            sent_of_class: 0,
            chosen_for_contract: false,
            text_codes: false,
        }
    }
}

/// How often advertising reached the contact within a month, and when there is room again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frequency {
    pub sent: u32,
    pub max: u32,
    pub free_at: Option<Timestamp>,
}

pub const MARKETING_A_MONTH_MAX: u32 = 4;

impl Default for Frequency {
    fn default() -> Self {
        Self {
            sent: 0,
            max: MARKETING_A_MONTH_MAX,
            free_at: None,
        }
    }
}
