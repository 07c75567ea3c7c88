//! Places at which a drill makes the house fail, and lies that a drill makes it tell.
//!
//! Without the feature `faults` all of this is nothing: the questions below are constants, and
//! the names are not in the program. With it, one fault is armed by the variable `TRESEN_FAULT`,
//! as `NAME` or `NAME@N`; without the variable nothing happens either. The names stand here and
//! nowhere else. That a release binary holds none of them is checked whenever one is built.

/// A place at which the process ends at once when it is armed and reached for the n-th time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// A group has begun and some of it has run.
    MidGroup,
    BeforeCommit,
    AfterCommitBeforeAck,
    /// A callback is durable and not answered.
    BeforeCallbackAnswer,
    /// A customer's message is durable and not answered.
    BeforeChatAnswer,
    /// A job is leased and nothing of it done.
    AfterClaim,
    /// An attempt is written and not begun.
    BeforeSend,
    /// The provider has answered, and nobody knows but this process.
    AfterProviderAck,
    /// Some of a batch of events is understood.
    MidIngest,
    /// All of it is understood, and its callbacks are not closed.
    BeforeIngestClose,
    /// Events are filled and not yet handed to sockets.
    BeforeSocketFlush,
    /// The log is about to be moved into the database file.
    BeforeCheckpoint,
    /// Some of a migration has run: a statement of it, its note, or its COMMIT.
    MidMigration,
    /// A step of an erasure is done and not noted.
    AfterErasureStep,
}

/// A fault that is no end: it happens each time its place is reached for another n times.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// COMMIT succeeds, and the answer says that nobody knows.
    CommitAnswerLost,
    /// COMMIT does not happen, and the answer says that nobody knows.
    CommitLost,
}

/// A mistake planted in the house, to see that it would be seen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    AckBeforeCommit,
    DedupDropped,
    ClientIdDropped,
    NumberReused,
    NumberSkipped,
    FeedGap,
    ResumeLosesEvent,
    StatusFalls,
    WordsChanged,
    ReceiptLost,
    StaleRead,
    Reordered,
    DeliveryForgotten,
    UnreadMiscounted,
    SentTwice,
    ResentFromUnknown,
    SendSkipped,
    CallbackDropped,
    RefusedYetKept,
    NoteLeaks,
    /// The disk is never waited for.
    NeverFlushed,
    /// A COMMIT that failed is acknowledged.
    FailedCommitAcked,
    /// Whatever the clock shows is acted on at once.
    ClockBelieved,
}

/// Compiled in either case, so that a build with faults also shows that one without would be sound.
mod inert {
    use super::{Lie, Point, Trouble};

    #[inline]
    pub const fn hit(_: Point) {}

    #[inline]
    #[must_use]
    pub const fn strikes(_: Trouble) -> bool {
        false
    }

    #[inline]
    #[must_use]
    pub const fn lies(_: Lie) -> bool {
        false
    }

    #[inline]
    #[must_use]
    pub const fn lies_each(_: Lie, _: u64) -> bool {
        false
    }
}

#[cfg(not(feature = "faults"))]
pub use inert::{hit, lies, lies_each, strikes};

#[cfg(feature = "faults")]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::{Lie, Point, Trouble};

    const VARIABLE: &str = "TRESEN_FAULT";

    impl Point {
        const fn name(self) -> &'static str {
            match self {
                Self::MidGroup => "mid_group",
                Self::BeforeCommit => "before_commit",
                Self::AfterCommitBeforeAck => "after_commit_before_ack",
                Self::BeforeCallbackAnswer => "before_callback_answer",
                Self::BeforeChatAnswer => "before_chat_answer",
                Self::AfterClaim => "after_claim",
                Self::BeforeSend => "before_send",
                Self::AfterProviderAck => "after_provider_ack",
                Self::MidIngest => "mid_ingest",
                Self::BeforeIngestClose => "before_ingest_close",
                Self::BeforeSocketFlush => "before_socket_flush",
                Self::BeforeCheckpoint => "before_checkpoint",
                Self::MidMigration => "mid_migration",
                Self::AfterErasureStep => "after_erasure_step",
            }
        }
    }

    impl Trouble {
        const fn name(self) -> &'static str {
            match self {
                Self::CommitAnswerLost => "commit_answer_lost",
                Self::CommitLost => "commit_lost",
            }
        }
    }

    impl Lie {
        const fn name(self) -> &'static str {
            match self {
                Self::AckBeforeCommit => "ack_before_commit",
                Self::DedupDropped => "dedup_dropped",
                Self::ClientIdDropped => "client_id_dropped",
                Self::NumberReused => "number_reused",
                Self::NumberSkipped => "number_skipped",
                Self::FeedGap => "feed_gap",
                Self::ResumeLosesEvent => "resume_loses_event",
                Self::StatusFalls => "status_falls",
                Self::WordsChanged => "words_changed",
                Self::ReceiptLost => "receipt_lost",
                Self::StaleRead => "stale_read",
                Self::Reordered => "reordered_read",
                Self::DeliveryForgotten => "delivery_forgotten",
                Self::UnreadMiscounted => "unread_miscounted",
                Self::SentTwice => "sent_twice",
                Self::ResentFromUnknown => "resent_from_unknown",
                Self::SendSkipped => "send_skipped",
                Self::CallbackDropped => "callback_dropped",
                Self::RefusedYetKept => "refused_yet_kept",
                Self::NoteLeaks => "note_leaks",
                Self::NeverFlushed => "never_flushed",
                Self::FailedCommitAcked => "failed_commit_acked",
                Self::ClockBelieved => "clock_believed",
            }
        }
    }

    struct Armed {
        name: String,
        each: u64,
        reached: AtomicU64,
    }

    impl Armed {
        /// `NAME` or `NAME@N`.
        fn of(text: &str) -> Self {
            let (name, each) = text.split_once('@').unwrap_or((text, "1"));
            Self {
                name: name.to_owned(),
                each: each.parse().unwrap_or(1).max(1),
                reached: AtomicU64::new(0),
            }
        }

        /// Whether this is its turn: the n-th time, the 2n-th time, and so on.
        fn turn(&self, name: &str, each: u64) -> bool {
            self.name == name
                && (self.reached.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(each)
        }
    }

    fn armed() -> Option<&'static Armed> {
        static ARMED: OnceLock<Option<Armed>> = OnceLock::new();
        let armed = ARMED.get_or_init(|| {
            let text = std::env::var(VARIABLE).ok()?;
            Some(Armed::of(&text))
        });
        armed.as_ref()
    }

    /// Ends the process here, if that is what is armed.
    pub fn hit(point: Point) {
        if armed().is_some_and(|armed| armed.turn(point.name(), armed.each)) {
            std::process::abort();
        }
    }

    #[must_use]
    pub fn strikes(trouble: Trouble) -> bool {
        armed().is_some_and(|armed| armed.turn(trouble.name(), armed.each))
    }

    #[must_use]
    pub fn lies(lie: Lie) -> bool {
        armed().is_some_and(|armed| armed.name == lie.name())
    }

    /// The same, but only each n-th time.
    #[must_use]
    pub fn lies_each(lie: Lie, each: u64) -> bool {
        armed().is_some_and(|armed| armed.turn(lie.name(), each))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_fault_comes_each_n_th_time_and_only_where_it_is_armed() {
            let armed = Armed::of("before_commit@3");
            let turns: Vec<bool> = (0..7)
                .map(|_| armed.turn(Point::BeforeCommit.name(), armed.each))
                .collect();
            assert_eq!(turns, [false, false, true, false, false, true, false]);
            assert!(!armed.turn(Point::AfterClaim.name(), 1));
            assert!(Armed::of("note_leaks").turn(Lie::NoteLeaks.name(), 1));
            // The variable is not set in tests.
            hit(Point::BeforeCommit);
            assert!(!lies(Lie::NoteLeaks) && !strikes(Trouble::CommitLost));
        }
    }
}

#[cfg(feature = "faults")]
pub use armed::{hit, lies, lies_each, strikes};

/// Whoever asks one of the two may ask the other.
#[cfg(feature = "faults")]
const _: () = {
    let _: [fn(Point); 2] = [armed::hit, inert::hit];
    let _: [fn(Trouble) -> bool; 2] = [armed::strikes, inert::strikes];
    let _: [fn(Lie) -> bool; 2] = [armed::lies, inert::lies];
    let _: [fn(Lie, u64) -> bool; 2] = [armed::lies_each, inert::lies_each];
};
