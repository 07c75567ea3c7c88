//! What is written, and above all what is not.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop loudly"
)]

use std::io::Write;
use std::sync::{Arc, Mutex};

use telemetry::{FIELDS, LogFilter, LogFormat, METRICS, Metrics, layer};
use tracing_subscriber::layer::SubscriberExt as _;

const CANARY: &str = "canary@example.com";
/// 2026-11-24T09:00:00.250Z
const NOW_MS: i64 = 1_795_510_800_250;

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn logged(format: LogFormat, level: &str, work: impl FnOnce()) -> String {
    let paper = Paper::default();
    let filter = LogFilter::parse(level).unwrap();
    let layer = layer(format, false, &filter, || NOW_MS, paper.clone());
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), work);
    let bytes = paper.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_line_for_people() {
    let line = logged(LogFormat::Human, "info", || {
        tracing::info!(target: "app::deliver", job = "deliver", attempt = 2, "a job is tried again");
    });
    assert_eq!(
        line,
        "2026-11-24T09:00:00.250Z  INFO app::deliver: a job is tried again job=\"deliver\" attempt=2\n"
    );
}

#[test]
fn a_line_for_machines_with_the_fields_of_its_spans() {
    let line = logged(LogFormat::Json, "info", || {
        let request = tracing::info_span!(target: "tresen_http", "request", request_id = "r1",
            route = tracing::field::Empty);
        request.record("route", "/api/v1/conversations/{id}");
        let _inside = request.entered();
        tracing::warn!(target: "app", status = 409_u64, "refused");
    });
    let object: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        object,
        serde_json::json!({
            "time": "2026-11-24T09:00:00.250Z", "level": "warn", "target": "app",
            "message": "refused", "status": 409, "request_id": "r1",
            "route": "/api/v1/conversations/{id}",
        })
    );
}

#[test]
fn fields_that_are_not_on_the_list_are_withheld() {
    for format in [LogFormat::Human, LogFormat::Json] {
        let line = logged(format, "trace", || {
            let span = tracing::info_span!(target: "app", "span", email = CANARY, user = ?CANARY);
            let _inside = span.entered();
            tracing::info!(target: "app", name = CANARY, text = %CANARY, phone = 4_930_231_250_i64,
                "somebody wrote");
        });
        assert!(line.contains("somebody wrote"), "{line}");
        assert!(!line.contains("canary") && !line.contains("4930"), "{line}");
        assert!(line.contains("withheld"), "{line}");
    }
}

#[test]
fn foreign_crates_may_warn_and_nothing_else() {
    let lines = logged(LogFormat::Json, "trace", || {
        tracing::trace!(target: "hyper::proto", "read canary");
        tracing::debug!(target: "tokio_postgres::query", "params canary");
        tracing::info!(target: "some_crate", "canary");
        tracing::warn!(target: "rustls", "a certificate is odd");
        tracing::trace!(target: "db", "ours");
    });
    assert!(!lines.contains("canary"), "{lines}");
    assert_eq!(lines.lines().count(), 2, "{lines}");
}

#[test]
fn the_filter_filters() {
    let lines = logged(LogFormat::Human, "warn,app=debug", || {
        tracing::debug!(target: "app::ingest", "wanted");
        tracing::info!(target: "store", "unwanted");
    });
    assert!(
        lines.contains(": wanted") && !lines.contains("unwanted"),
        "{lines}"
    );
}

// Case: IN06, XS11
#[test]
fn a_text_cannot_forge_a_line() {
    let lines = logged(LogFormat::Human, "info", || {
        tracing::info!(target: "app", reason = "a\nb\x1b[31m", "c");
        tracing::info!(target: "app", "{}", "d\ne\x1b[31m");
    });
    assert_eq!(lines.lines().count(), 2, "{lines}");
    assert!(!lines.contains('\x1b'), "{lines}");
}

// Case: PL01
#[test]
fn nothing_on_the_list_names_a_person() {
    for field in FIELDS {
        for word in [
            "name", "mail", "phone", "text", "contact", "teammate", "address", "body", "ip",
        ] {
            assert!(!field.split('_').any(|part| part == word), "{field}");
        }
    }
    assert!(FIELDS.is_sorted());
}

#[test]
fn metrics_are_rendered_with_units_and_helps() {
    let metrics = Metrics::install().unwrap();
    assert!(Metrics::install().is_err());
    metrics::counter!(telemetry::names::JOBS, "result" => "done").increment(3);
    metrics::gauge!(telemetry::names::OPEN_SOCKETS).set(2.0);
    metrics::histogram!(telemetry::names::HTTP_REQUEST_SECONDS).record(0.004);
    metrics.upkeep();
    let text = metrics.render();
    for line in [
        "# TYPE tresen_jobs_total counter",
        "tresen_jobs_total{result=\"done\"} 3",
        "# HELP tresen_open_sockets Open TCP connections, live sockets included",
        "tresen_open_sockets 2",
        "tresen_http_request_seconds_bucket{le=\"0.002\"} 0",
        "tresen_http_request_seconds_bucket{le=\"0.005\"} 1",
        "tresen_http_request_seconds_count 1",
    ] {
        assert!(
            text.lines().any(|found| found == line),
            "{line} is missing in\n{text}"
        );
    }
}

/// `UPDATE_DOCS=1 cargo test -p telemetry` writes the page anew.
#[test]
fn the_reference_page_is_up_to_date() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/metrics.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(page, telemetry::reference_markdown()).unwrap();
    }
    let written = std::fs::read_to_string(page).unwrap();
    assert_eq!(written, telemetry::reference_markdown());
}

#[test]
fn metrics_are_named_by_the_book() {
    use telemetry::MetricKind::{Counter, Gauge, Histogram};
    for metric in METRICS {
        assert!(metric.name.starts_with("tresen_"), "{metric:?}");
        match metric.kind {
            Counter => assert!(metric.name.ends_with("_total"), "{metric:?}"),
            Histogram => assert!(metric.name.ends_with("_seconds"), "{metric:?}"),
            Gauge => assert!(!metric.name.ends_with("_total"), "{metric:?}"),
        }
    }
}

// Case: PL01
/// Runs itself once more in a process of its own, because the hook is the whole process's.
#[test]
fn a_panic_is_logged_without_its_text() {
    const CHILD: &str = "TELEMETRY_PANIC_CHILD";
    if std::env::var_os(CHILD).is_some() {
        panic_with_a_text();
        return;
    }
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "a_panic_is_logged_without_its_text",
            "--nocapture",
        ])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(printed.contains("something panicked"), "{printed}");
    assert!(printed.contains("telemetry.rs:"), "{printed}");
    assert!(!printed.contains("canary"), "{printed}");
}

fn panic_with_a_text() {
    let filter = LogFilter::parse("info").unwrap();
    telemetry::init(LogFormat::Human, &filter, || NOW_MS).unwrap();
    let text = format!("{CANARY} ü");
    let end = text.len() - 1;
    let panicked = std::panic::catch_unwind(|| text[..end].len());
    assert!(panicked.is_err());
}
