//! `tresen serve`: accepts requests until it is told to stop, then finishes what was begun.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use app::{App, Runner};
use http_edge::edge::{EdgeLimits, serve};
use http_edge::{Http, HttpSettings};
use ports::{Clock, SystemClock};
use telemetry::{Metrics, names};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::config::Config;
use crate::house::{Claim, OpenError, open_app_by};
use crate::open_files;

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("{address} cannot be listened at: {source}. Choose another with --listen")]
    Listen {
        address: String,
        source: std::io::Error,
    },
    #[error("signals cannot be received: {0}")]
    Signals(std::io::Error),
    #[error("the set-up link could not be made: {0}")]
    Setup(#[from] app::AppError),
    #[error(transparent)]
    Metrics(#[from] telemetry::MetricsError),
    #[error(
        "another server has taken the database over while this one was cut off from it; this one \
         ends. One database serves one server"
    )]
    Displaced,
}

impl ServeError {
    /// 2 for what somebody has to change, 1 for what happened.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Displaced => 1,
            _ => 2,
        }
    }
}

/// Jobs that wait are counted this often.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// A house that runs: where it listens, and how it is ended.
pub struct Running {
    pub app: App,
    pub address: SocketAddr,
    pub public_url: String,
    stop: watch::Sender<bool>,
    served: tokio::task::JoinHandle<http_edge::edge::Served>,
    worked: tokio::task::JoinHandle<()>,
}

impl Running {
    /// Opens the house and accepts requests from now on.
    ///
    /// # Errors
    /// [`ServeError`] with what to change.
    pub async fn start(config: &Config) -> Result<Self, ServeError> {
        Self::start_by(config, Arc::new(SystemClock)).await
    }

    /// As [`Running::start`], by another clock than the machine's.
    ///
    /// # Errors
    /// [`ServeError`] with what to change.
    pub async fn start_by(config: &Config, clock: Arc<dyn Clock>) -> Result<Self, ServeError> {
        let address = config.listen.to_string();
        let listener = TcpListener::bind(address.as_str())
            .await
            .map_err(|source| ServeError::Listen {
                address: address.clone(),
                source,
            })?;
        let bound = listener
            .local_addr()
            .map_err(|source| ServeError::Listen { address, source })?;
        let public_url = config.public_url_at(bound).origin().to_owned();
        let app = open_app_by(config, Claim::Server, public_url.clone(), clock).await?;
        let metrics = Metrics::install()?;
        let (stop, stopping) = watch::channel(false);
        let connections_max = open_files::sockets(EdgeLimits::default().connections_max);
        let settings = HttpSettings {
            trusted_proxies: config.trusted_proxies.clone(),
            connections_max,
            metrics: config.metrics,
        };
        let http = Http::new(app.clone(), Some(metrics.clone()), stopping.clone()).with(settings);
        let mut ending = stopping.clone();
        let served = tokio::spawn(serve(
            listener,
            http.router(),
            EdgeLimits {
                connections_max,
                proxies: config.trusted_proxies.clone(),
                ..EdgeLimits::default()
            },
            async move {
                // The sender lives as long as the house; its end is the end, too.
                _ = ending.wait_for(|stop| *stop).await;
            },
        ));
        let worked = tokio::spawn(Runner::new(app.clone()).run(stopping.clone()));
        tokio::spawn(look(app.clone(), metrics, stopping));
        Ok(Self {
            app,
            address: bound,
            public_url,
            stop,
            served,
            worked,
        })
    }

    /// Ends it: requests and jobs at hand are finished, the database is closed.
    pub async fn end(self) {
        self.stop.send_replace(true);
        for ended in [self.served.await.map(|_| ()), self.worked.await] {
            if let Err(error) = ended {
                tracing::error!(error = %error, "a part of the house ended badly");
            }
        }
        self.app.store().clone().close().await;
    }
}

/// Keeps gauges true that nobody else moves.
async fn look(app: App, metrics: Metrics, mut stopping: watch::Receiver<bool>) {
    while !*stopping.borrow() {
        metrics.upkeep();
        if let Ok(counts) = app.store().job_counts().await {
            let waiting = counts
                .iter()
                .find(|(state, _)| state == "ready")
                .map_or(0, |(_, n)| *n);
            metrics::gauge!(names::JOBS_WAITING).set(waiting as f64);
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stopping.changed() => {}
        }
    }
}

/// Hears the wish that the process ends. Made before anything is printed: a wish that comes
/// earlier would end the process on the spot.
pub struct EndWish {
    term: Signal,
    interrupt: Signal,
}

impl EndWish {
    /// # Errors
    /// When signals cannot be received.
    pub fn listen() -> Result<Self, ServeError> {
        Ok(Self {
            term: signal(SignalKind::terminate()).map_err(ServeError::Signals)?,
            interrupt: signal(SignalKind::interrupt()).map_err(ServeError::Signals)?,
        })
    }

    /// Resolves when the wish was spoken, also if that was before this was asked.
    pub async fn spoken(mut self) {
        tokio::select! {
            _ = self.term.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Serves until the process is asked to end.
///
/// # Errors
/// [`ServeError`] with what to change.
pub async fn run(config: &Config) -> Result<(), ServeError> {
    let wish = EndWish::listen()?;
    let running = Running::start(config).await?;
    if let Some(token) = running.app.open_setup().await? {
        println!("set up at {}/setup#{}", running.public_url, token.expose());
    }
    if config.public_url.is_none() && running.address.ip().is_loopback() {
        println!(
            "only this machine reaches it; for phones: --listen 0.0.0.0:{port} --public-url http://NAME:{port}, \
             and https for customers",
            port = running.address.port()
        );
    }
    println!("desk at {}/", running.public_url);
    println!("ready http://{}", running.address);
    tracing::info!(listen = %running.address, public_url = running.public_url.as_str(), "serving");
    let displaced = {
        let store = running.app.store();
        tokio::select! {
            () = wish.spoken() => false,
            () = store.displaced() => true,
        }
    };
    tracing::info!("ending: what was begun is finished first");
    running.end().await;
    if displaced {
        return Err(ServeError::Displaced);
    }
    Ok(())
}
