//! How many requests, how quick: by route pattern, never by path.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use metrics::SharedString;
use telemetry::names;
use tokio::time::Instant;

/// A client may invent methods; a label must not grow with them.
fn method_label(method: &Method) -> &'static str {
    const KNOWN: [&str; 6] = ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"];
    KNOWN
        .into_iter()
        .find(|known| method.as_str() == *known)
        .unwrap_or("other")
}

pub async fn measure(request: Request, next: Next) -> Response {
    // Shared by both figures; a page's has no memory of its own.
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or(SharedString::const_str("page"), |path| {
        SharedString::from_shared(Arc::from(path.as_str()))
    });
    let method = method_label(request.method());
    // A duration is measured, nothing is decided by it: the runtime's clock will do.
    let begun = Instant::now();
    let response = next.run(request).await;
    let took: Duration = begun.elapsed();
    let status = match response.status().as_u16() {
        ..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    };
    metrics::counter!(names::HTTP_REQUESTS, "method" => method, "route" => route.clone(), "status" => status)
        .increment(1);
    metrics::histogram!(names::HTTP_REQUEST_SECONDS, "route" => route).record(took.as_secs_f64());
    response
}
