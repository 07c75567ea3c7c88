//! The bus only says "there is something new". Losing a word of it loses nothing: everyone who
//! watches reads the feed from a cursor.

/// What may be new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    Feed,
    Jobs,
}

/// Wakes whoever waits, in this process and in others.
pub trait Bus: Send + Sync + 'static {
    fn announce(&self, topic: Topic);
    /// Ticks after each announcement; several may be folded into one.
    fn subscribe(&self, topic: Topic) -> tokio::sync::watch::Receiver<u64>;
}
