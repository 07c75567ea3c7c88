//! What hyper lets through although two machines on the way may read it in two ways.

use http::{Request, StatusCode, Version, header};

/// The status to refuse this head with: a request names its host exactly once.
pub fn refusal<B>(request: &Request<B>) -> Option<StatusCode> {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    let needed = request.version() >= Version::HTTP_11;
    let ambiguous = hosts > 1 || (needed && hosts == 0);
    ambiguous.then_some(StatusCode::BAD_REQUEST)
}

/// Whether the socket must end with this request. hyper drops a `Content-Length` that stands
/// beside `Transfer-Encoding` before anybody can see it; a proxy that believed the dropped one
/// would take the rest for a second request, so there must not be a rest.
pub fn is_last<B>(request: &Request<B>) -> bool {
    request.headers().contains_key(header::TRANSFER_ENCODING)
}
