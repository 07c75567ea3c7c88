//! The reply window: how long free text may follow a contact's message on channels that have one.

use crate::time::{HOUR_MS, Timestamp};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyWindow {
    /// The channel knows no window.
    Unlimited,
    Open {
        closes_at: Timestamp,
    },
    /// `closed_at` is absent when the contact never wrote.
    Closed {
        closed_at: Option<Timestamp>,
    },
}

impl ReplyWindow {
    /// `last_inbound_at` is the provider's time of the contact's last message or call;
    /// reactions, echoes and receipts do not open a window.
    #[must_use]
    pub fn at(
        now: Timestamp,
        window_hours: Option<i64>,
        last_inbound_at: Option<Timestamp>,
    ) -> Self {
        let Some(hours) = window_hours else {
            return Self::Unlimited;
        };
        let Some(last) = last_inbound_at else {
            return Self::Closed { closed_at: None };
        };
        let closes_at = last.plus_ms(hours * HOUR_MS);
        if now < closes_at {
            Self::Open { closes_at }
        } else {
            Self::Closed {
                closed_at: Some(closes_at),
            }
        }
    }

    #[must_use]
    pub const fn allows_free_text(self) -> bool {
        !matches!(self, Self::Closed { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Case: BL09
    #[test]
    fn a_window_is_open_until_its_last_millisecond() {
        let last = Timestamp(1_000);
        let end = last.plus_ms(24 * HOUR_MS);
        assert!(ReplyWindow::at(end.plus_ms(-1), Some(24), Some(last)).allows_free_text());
        assert_eq!(
            ReplyWindow::at(end, Some(24), Some(last)),
            ReplyWindow::Closed {
                closed_at: Some(end)
            }
        );
        assert!(!ReplyWindow::at(end, Some(24), None).allows_free_text());
        assert!(ReplyWindow::at(end, None, None).allows_free_text());
    }
}
