use adapters::LocalBus;
use ports::{Bus, Topic};

#[tokio::test]
async fn an_announcement_wakes_all_who_wait_for_its_topic() {
    let bus = LocalBus::default();
    let (mut first, mut second) = (bus.subscribe(Topic::Feed), bus.subscribe(Topic::Feed));
    let jobs = bus.subscribe(Topic::Jobs);
    assert!(!first.has_changed().unwrap());
    bus.announce(Topic::Feed);
    first.changed().await.unwrap();
    second.changed().await.unwrap();
    assert!(!jobs.has_changed().unwrap());
    // Many words may be heard as one, and then there is silence.
    bus.announce(Topic::Feed);
    bus.announce(Topic::Feed);
    first.changed().await.unwrap();
    assert!(!first.has_changed().unwrap());
}

#[tokio::test]
async fn an_announcement_without_listeners_is_no_failure() {
    let bus = LocalBus::default();
    bus.announce(Topic::Jobs);
    let mut late = bus.subscribe(Topic::Jobs);
    assert!(!late.has_changed().unwrap());
    bus.announce(Topic::Jobs);
    late.changed().await.unwrap();
}
