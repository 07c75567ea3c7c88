//! What hyper lets through although two machines on the way may read it in two ways.

use http::{Request, StatusCode, Version, header};

/// Name, value and the signs around them, for all lines together. hyper looks at its buffer only
/// while a head is incomplete, and takes one that is up to twice as long.
const HEAD_BYTES_MAX: usize = 32 * 1024;

/// The status to refuse this head with: a request names its host exactly once, and is brief.
pub fn refusal<B>(request: &Request<B>) -> Option<StatusCode> {
    let path = request
        .uri()
        .path_and_query()
        .map_or(0, |path| path.as_str().len());
    let lines = request.headers().iter();
    let bytes: usize = lines
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    if bytes + path > HEAD_BYTES_MAX {
        return Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    }
    let hosts = request.headers().get_all(header::HOST).iter().count();
    let needed = request.version() >= Version::HTTP_11;
    let ambiguous = hosts > 1 || (needed && hosts == 0);
    ambiguous.then_some(StatusCode::BAD_REQUEST)
}

/// Whether the socket must end with this request: `strict` looks at no head behind a chunked body
/// or behind a wish for another protocol, so there must not be one.
pub fn is_last<B>(request: &Request<B>) -> bool {
    let has = |name| request.headers().contains_key(name);
    has(header::TRANSFER_ENCODING) || has(header::UPGRADE)
}
