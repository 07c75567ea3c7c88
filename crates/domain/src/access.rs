//! Data about a contact is reachable only with an [`Access`] that says who asks and why.

use crate::ids::{ContactId, TeammateId, TokenId};
use crate::teammate::{Right, Role};

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    Teammate(TeammateId),
    /// A program with a teammate's token.
    Token {
        token: TokenId,
        teammate: TeammateId,
    },
    /// A contact, reading what is its own.
    Contact(ContactId),
    /// The house itself: a job that carries out what was decided before.
    House,
}

impl Actor {
    #[must_use]
    pub const fn teammate(self) -> Option<TeammateId> {
        match self {
            Self::Teammate(id) | Self::Token { teammate: id, .. } => Some(id),
            Self::Contact(_) | Self::House => None,
        }
    }
}

/// The right to do one kind of thing, held by one actor. Only [`Access::grant`] and the two
/// narrow constructors beside it make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    actor: Actor,
    right: Right,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the role {role:?} does not have the right {right:?}")]
pub struct Denied {
    pub role: Role,
    pub right: Right,
}

impl Access {
    /// # Errors
    /// [`Denied`] when the role lacks the right.
    pub const fn grant(actor: Actor, role: Role, right: Right) -> Result<Self, Denied> {
        if role.has(right) {
            Ok(Self { actor, right })
        } else {
            Err(Denied { role, right })
        }
    }

    /// A contact may read and write its own conversation, and nothing else; the store checks
    /// that what is asked for belongs to it.
    #[must_use]
    pub const fn own(contact: ContactId, right: Right) -> Self {
        Self {
            actor: Actor::Contact(contact),
            right,
        }
    }

    /// Jobs that carry out what a person or a contact already decided.
    #[must_use]
    pub const fn house(right: Right) -> Self {
        Self {
            actor: Actor::House,
            right,
        }
    }

    #[must_use]
    pub const fn actor(&self) -> Actor {
        self.actor
    }

    #[must_use]
    pub const fn right(&self) -> Right {
        self.right
    }
}
