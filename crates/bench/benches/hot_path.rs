//! Instructions of the way in, counted by valgrind: they are the same on a busy machine, so a
//! change that costs more is seen before it is merged. A limit is what was counted on the development
//! build, and three to five in a hundred. There most libraries are not optimised: the release
//! needs less.

use std::hint::black_box;
use std::sync::Arc;

use bench::bodies::{APP_SECRET, Callback, Maker, PHONE_NUMBER_ID};
use bench::history;
use domain::channel::ChannelKind;
use gungraun::{
    Callgrind, EntryPoint, EventKind, LibraryBenchmarkConfig, library_benchmark,
    library_benchmark_group, main,
};
use ports::{Connector, Settings};
use vault::{DataKey, Place};

/// Instructions of one call, with room for another compiler.
fn at_most(instructions: u64) -> LibraryBenchmarkConfig {
    let mut tool = Callgrind::default();
    tool.hard_limits([(EventKind::Ir, instructions)]);
    let mut config = LibraryBenchmarkConfig::default();
    config.tool(tool);
    config
}

/// The same for a whole process: the writer and the readers are threads of their own.
fn in_all_at_most(instructions: u64) -> LibraryBenchmarkConfig {
    let mut tool = Callgrind::default();
    tool.hard_limits([(EventKind::Ir, instructions)]);
    tool.entry_point(EntryPoint::None);
    let mut config = LibraryBenchmarkConfig::default();
    config.tool(tool);
    config
}

type Received = (
    Arc<dyn Connector>,
    Settings,
    Vec<(String, String)>,
    Callback,
);

fn received() -> Received {
    let mut settings = Settings::default();
    settings.set("phone_number_id", vec![PHONE_NUMBER_ID.to_owned()]);
    settings.set("app_secret", vec![APP_SECRET.to_owned()]);
    let callback = Maker::new("i").message(1, 1, 1_795_000_000);
    let headers = vec![("x-hub-signature-256".to_owned(), callback.signature.clone())];
    let connector = connectors::connector(ChannelKind::Whatsapp);
    // What is made once a process is not counted.
    let ready = (connector, settings, headers, callback);
    assert_eq!(understood(&ready), 1);
    ready
}

fn understood((connector, settings, headers, callback): &Received) -> usize {
    let verified = connector.verify(settings, headers, &callback.body);
    assert!(verified.is_ok());
    connector.parse(settings, &callback.body).len()
}

#[library_benchmark(config = at_most(120_000))]
#[bench::one(setup = received)]
fn understand(received: Received) -> usize {
    understood(black_box(&received))
}

fn key() -> DataKey {
    let key = DataKey::new([7; 16], &[9; 32]);
    assert!(sealed(&key));
    key
}

fn sealed(key: &DataKey) -> bool {
    let place = Place {
        column: "message.sealed",
        row: &[1; 16],
    };
    let sealed = key.seal(place, &[b'x'; 240]);
    sealed.is_ok_and(|sealed| key.open(place, &sealed).is_ok())
}

#[library_benchmark(config = at_most(9_400))]
#[bench::text(setup = key)]
fn seal_and_open(key: DataKey) -> bool {
    sealed(black_box(&key))
}

#[library_benchmark(config = in_all_at_most(860_000_000))]
#[bench::two_hundred(200)]
fn take_callbacks(messages: u64) {
    let directory = tempfile::tempdir().expect("a directory");
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(history::walk(directory.path(), messages))
        .expect("every callback is taken");
}

library_benchmark_group!(
    name = way_in,
    benchmarks = [understand, seal_and_open, take_callbacks]
);
main!(library_benchmark_groups = way_in);
