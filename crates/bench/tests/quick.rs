//! The whole harness once with tiny sizes: it works, and every figure is there. Nothing here says
//! how fast anything is.

use std::path::{Path, PathBuf};
use std::process::Command;

use bench::report::Report;
use bench::{page, scenario};

/// The program that the build step made, or the one beside this test.
fn program() -> PathBuf {
    std::env::var_os("TRESEN_BIN").map_or_else(
        || Path::new(env!("CARGO_BIN_EXE_tresen-bench")).with_file_name("tresen"),
        PathBuf::from,
    )
}

#[test]
fn every_scenario_gives_its_figures() {
    let place = tempfile::tempdir().expect("a directory");
    let found = place.path().join("found.json");
    let ended = Command::new(env!("CARGO_BIN_EXE_tresen-bench"))
        .args(["run", "--quick", "--program"])
        .arg(program())
        .arg("--cache")
        .arg(place.path().join("cache"))
        .arg("--out")
        .arg(&found)
        .output()
        .expect("the harness can be run");
    let told = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{told}");
    let report = Report::read(&found).expect("a report");
    assert!(report.quick);
    for name in scenario::NAMES {
        let rows = report.rows.iter().filter(|row| row.scenario == name);
        assert!(rows.count() > 1, "{name} gave no figures");
        let rounds = report.rounds.iter().filter(|round| round.scenario == name);
        assert!(rounds.count() > 1, "{name} noted no rounds");
    }
    // Whatever a machine makes of it, these are no measure of time.
    for (scenario, part) in [
        ("ingest", "messages a commit"),
        ("fan-out", "idle desk socket"),
    ] {
        let row = report
            .rows
            .iter()
            .find(|row| row.scenario == scenario && row.name.contains(part))
            .expect("the figure");
        assert!(row.value.median > 0.0, "{row:?}");
    }
    let to = place.path().join("performance.md");
    page::write(&report, &to).expect("a page");
    let text = std::fs::read_to_string(&to).expect("a page");
    assert!(report.rows.iter().all(|row| text.contains(&row.name)));
}
