//! Consent: what somebody agreed to, how we know, and whether it still holds.
//!
//! One [`Consent`] is about one contact, one purpose, one channel and one address; it changes by
//! [`Consent::after`] only, event by event, and the events are what is kept. Whether it holds at
//! an instant is asked with [`Consent::status`], which does not wait for anybody to have recorded
//! that time passed.

mod confirm;
pub mod dpv;
mod event;
mod machine;
mod notice;
mod purpose;
mod state;
#[cfg(test)]
mod tests;

pub use confirm::{CHALLENGES_A_DAY_MAX, Proves, Way};
pub use event::{
    Actor, Age, Answer, AskedBy, Circumstances, Event, Pressed, Proof, Refusal, Request, What,
};
pub use notice::{NoticeId, NoticeMark, NoticeTerms};
pub use purpose::{Expiry, Purpose, PurposeClass, UNUSED_MONTHS_DEFAULT, UNUSED_MONTHS_MAX};
pub use state::{AddressFacts, AddressState, Consent, Grant, State, Status, Subject};
