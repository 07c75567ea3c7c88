//! Wake-ups inside one process.

use ports::{Bus, Topic};
use tokio::sync::watch;

/// One counter a topic. Several announcements may be seen as one, and a late subscriber sees
/// those that come after it.
#[derive(Debug)]
pub struct LocalBus {
    feed: watch::Sender<u64>,
    jobs: watch::Sender<u64>,
}

impl Default for LocalBus {
    fn default() -> Self {
        Self {
            feed: watch::Sender::new(0),
            jobs: watch::Sender::new(0),
        }
    }
}

impl LocalBus {
    const fn topic(&self, topic: Topic) -> &watch::Sender<u64> {
        match topic {
            Topic::Feed => &self.feed,
            Topic::Jobs => &self.jobs,
        }
    }
}

impl Bus for LocalBus {
    fn announce(&self, topic: Topic) {
        self.topic(topic)
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    fn subscribe(&self, topic: Topic) -> watch::Receiver<u64> {
        self.topic(topic).subscribe()
    }
}
