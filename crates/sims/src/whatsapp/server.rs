//! The listening side: an accept loop over hyper, because a dropped answer must close the
//! connection without a byte, which a plain axum server cannot do.

use std::sync::{Arc, Once};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

use super::sim::Sim;
use super::{control, graph};

static CRYPTO: Once = Once::new();

/// The client that posts callbacks. TLS uses the provider of the whole workspace.
pub fn http_client() -> reqwest::Result<reqwest::Client> {
    CRYPTO.call_once(|| {
        // An error means that the program chose its provider already, which is as good.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    });
    #[expect(
        clippy::disallowed_methods,
        reason = "a simulator may not import adapters::net, and its receivers are on loopback"
    )]
    let builder = reqwest::Client::builder();
    builder
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
}

fn router(sim: Arc<Sim>) -> Router {
    control::routes()
        .route("/whatsapp_business/attachments/", get(graph::download))
        .fallback(graph::handle)
        .layer(DefaultBodyLimit::max(graph::BODY_LIMIT))
        .with_state(sim)
}

/// Serves connections until the task is aborted.
pub async fn accept(listener: TcpListener, sim: Arc<Sim>) {
    let router = router(sim);
    let mut connections = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // A failed accept concerns one caller who hung up; the next one is welcome.
                if let Ok((stream, _)) = accepted {
                    connections.spawn(serve_connection(stream, router.clone()));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve_connection(stream: TcpStream, router: Router) {
    let service = service_fn(move |request: http::Request<Incoming>| {
        let router = router.clone();
        async move {
            let response = match router.oneshot(request.map(axum::body::Body::new)).await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            match response.extensions().get::<graph::DropConnection>() {
                Some(_) => Err(std::io::Error::other("the answer is dropped on purpose")),
                None => Ok(response),
            }
        }
    });
    // Errors are callers that hung up and answers dropped on purpose: both end the connection.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}
