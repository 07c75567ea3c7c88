//! Where log lines come together: fields of spans are kept with the span, an event takes those of
//! all spans around it.

use std::io::{IsTerminal as _, Write};
use std::sync::Mutex;

use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::FilterExt as _;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::fields::{Fields, is_ours};
use crate::line::Line;
use crate::settings::{LogFilter, LogFormat};

#[derive(Debug, thiserror::Error)]
#[error("logging was already started")]
pub struct LogError;

/// Logs to stderr from here on, panics included. `now_ms` says what time it is.
///
/// # Errors
/// When something else already logs in this process.
pub fn init(
    format: LogFormat,
    filter: &LogFilter,
    now_ms: impl Fn() -> i64 + Send + Sync + 'static,
) -> Result<(), LogError> {
    let colour = std::io::stderr().is_terminal();
    tracing_subscriber::registry()
        .with(layer(format, colour, filter, now_ms, std::io::stderr()))
        .try_init()
        .map_err(|_| LogError)?;
    crate::panic::log_panics();
    Ok(())
}

/// The layer itself, for tests and for whoever has a subscriber of their own.
pub fn layer<S>(
    format: LogFormat,
    colour: bool,
    filter: &LogFilter,
    now_ms: impl Fn() -> i64 + Send + Sync + 'static,
    writer: impl Write + Send + 'static,
) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    LogLayer {
        format,
        colour,
        now_ms: Box::new(now_ms),
        writer: Mutex::new(Box::new(writer)),
    }
    .with_filter(filter.to_env_filter().and(filter_fn(is_welcome)))
}

fn is_welcome(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() || is_ours(metadata.target()) || *metadata.level() <= Level::WARN
}

struct LogLayer {
    format: LogFormat,
    colour: bool,
    now_ms: Box<dyn Fn() -> i64 + Send + Sync>,
    writer: Mutex<Box<dyn Write + Send>>,
}

impl<S> Layer<S> for LogLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut own = Fields::default();
        event.record(&mut own);
        let mut fields = vec![own];
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(outer) = span.extensions().get::<Fields>() {
                fields.push(outer.clone());
            }
        }
        let metadata = event.metadata();
        let line = Line {
            at_ms: (self.now_ms)(),
            level: *metadata.level(),
            target: metadata.target(),
            fields: &fields,
        }
        .render(self.format, self.colour);
        // Whoever panicked while writing left at worst half a line; and a log that cannot be
        // written has nowhere to say so.
        let mut writer = self
            .writer
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        _ = writer.write_all(line.as_bytes());
    }
}
