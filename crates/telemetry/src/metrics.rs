//! What `/metrics` shows. Every metric has a row in [`METRICS`]; `docs/metrics.md` is written from
//! it. Labels take their values from short fixed lists, never from what people or providers send.

use std::fmt::Write as _;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Names for `metrics::counter!` and its kin, so that nobody invents one at the place of use.
pub mod names {
    pub const CALLBACKS: &str = "tresen_callbacks_total";
    pub const CALLBACK_ITEMS: &str = "tresen_callback_items_total";
    pub const DB_BATCHES: &str = "tresen_db_batches_total";
    pub const DB_COMMITS: &str = "tresen_db_commits_total";
    pub const DELIVERIES: &str = "tresen_deliveries_total";
    pub const HTTP_REQUESTS: &str = "tresen_http_requests_total";
    pub const HTTP_REQUEST_SECONDS: &str = "tresen_http_request_seconds";
    pub const JOBS: &str = "tresen_jobs_total";
    pub const JOBS_WAITING: &str = "tresen_jobs_waiting";
    pub const LIVE_SOCKETS: &str = "tresen_live_sockets";
    pub const OPEN_SOCKETS: &str = "tresen_open_sockets";
    pub const PASSWORDS_HASHED: &str = "tresen_passwords_hashed_total";
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    Counter,
    Gauge,
    Histogram,
}

impl MetricKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// One metric.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    pub name: &'static str,
    pub kind: MetricKind,
    pub labels: &'static str,
    pub help: &'static str,
}

const fn metric(
    name: &'static str,
    kind: MetricKind,
    labels: &'static str,
    help: &'static str,
) -> Metric {
    Metric {
        name,
        kind,
        labels,
        help,
    }
}

pub const METRICS: &[Metric] = &[
    metric(
        names::CALLBACKS,
        MetricKind::Counter,
        "`channel_kind`, `result` = stored, refused",
        "Callbacks of providers",
    ),
    metric(
        names::CALLBACK_ITEMS,
        MetricKind::Counter,
        "`channel_kind`, `result` = handled, kept",
        "Items inside callbacks; kept ones were not understood",
    ),
    metric(
        names::DB_BATCHES,
        MetricKind::Counter,
        "`result` = committed, conflict, failed",
        "Batches of writes; after a conflict the use case decides anew",
    ),
    metric(
        names::DB_COMMITS,
        MetricKind::Counter,
        "",
        "Commits; each waits for the disk once and carries the batches that queued meanwhile",
    ),
    metric(
        names::DELIVERIES,
        MetricKind::Counter,
        "`channel_kind`, `state` = sent, delivered, read, failed, unknown",
        "Changes of delivery states",
    ),
    metric(
        names::HTTP_REQUESTS,
        MetricKind::Counter,
        "`method`, `route` = the pattern, `status` = 2xx, 3xx, 4xx, 5xx",
        "Answered requests",
    ),
    metric(
        names::HTTP_REQUEST_SECONDS,
        MetricKind::Histogram,
        "`route` = the pattern",
        "From a request's head until its answer begins",
    ),
    metric(
        names::JOBS,
        MetricKind::Counter,
        "`job`, `result` = done, retried, quarantined",
        "Attempts at jobs",
    ),
    metric(
        names::JOBS_WAITING,
        MetricKind::Gauge,
        "",
        "Jobs that are due and not yet begun",
    ),
    metric(
        names::LIVE_SOCKETS,
        MetricKind::Gauge,
        "`side` = desk, chat",
        "Live sockets",
    ),
    metric(
        names::OPEN_SOCKETS,
        MetricKind::Gauge,
        "",
        "Open TCP connections, live sockets included",
    ),
    metric(
        names::PASSWORDS_HASHED,
        MetricKind::Counter,
        "",
        "Passwords that were hashed, to keep one or to compare one: each costs about as much as a hundred requests",
    ),
];

/// Seconds, from an in-memory answer to a provider's time-out.
const SECONDS: &[f64] = &[
    0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

#[derive(Debug, thiserror::Error)]
#[error("metrics cannot be collected: {0}")]
pub struct MetricsError(String);

/// The collected metrics.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Collects from here on, in the whole process. Whoever installs it calls
    /// [`Metrics::upkeep`] every few seconds.
    ///
    /// # Errors
    /// When something else already collects in this process.
    pub fn install() -> Result<Self, MetricsError> {
        let failed = |error: &dyn std::fmt::Display| MetricsError(error.to_string());
        let handle = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)
            .map_err(|error| failed(&error))?
            .install_recorder()
            .map_err(|error| failed(&error))?;
        for metric in METRICS {
            match metric.kind {
                MetricKind::Counter => metrics::describe_counter!(metric.name, metric.help),
                MetricKind::Gauge => metrics::describe_gauge!(metric.name, metric.help),
                MetricKind::Histogram => metrics::describe_histogram!(metric.name, metric.help),
            }
        }
        Ok(Self(handle))
    }

    /// The text for Prometheus (exposition format 0.0.4).
    #[must_use]
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Folds measured values into their histogram. Without it, and without anybody who reads the
    /// metrics, they would pile up.
    pub fn upkeep(&self) {
        self.0.run_upkeep();
    }
}

/// `docs/metrics.md`.
#[must_use]
pub fn reference_markdown() -> String {
    let mut page = "# Metrics

<!-- Written from crates/telemetry/src/metrics.rs; a test compares. -->

`GET /metrics` answers in Prometheus' text format. Times are in seconds. No label holds an id, a
name, an address or anything else a person or a provider sent; routes are patterns
(`/api/v1/conversations/{id}`), not paths.

| metric | kind | labels | what it counts |
|---|---|---|---|
"
    .to_owned();
    for metric in METRICS {
        // Writing to a String cannot fail.
        _ = writeln!(
            page,
            "| `{}` | {} | {} | {} |",
            metric.name,
            metric.kind.as_str(),
            metric.labels,
            metric.help
        );
    }
    page
}
