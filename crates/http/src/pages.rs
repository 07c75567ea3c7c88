//! The embedded pages, and the headers that keep them what they are.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use i18n::Language;
use rust_embed::{EmbeddedFile, RustEmbed};
use serde_json::json;

use crate::Http;
use crate::headers;
use crate::problem::Problem;
use crate::request::{Lang, Peer, query_value};

#[derive(RustEmbed)]
#[folder = "../../web/desk/dist"]
#[allow_missing = true]
struct Desk;

#[derive(RustEmbed)]
#[folder = "../../web/chat/dist"]
#[allow_missing = true]
struct Chat;

#[derive(RustEmbed)]
#[folder = "../../web/me/dist"]
#[allow_missing = true]
struct Me;

#[derive(RustEmbed)]
#[folder = "../../web/chat/dist-loader"]
#[allow_missing = true]
struct Loader;

#[derive(RustEmbed)]
#[folder = "../../web/verify/dist"]
#[allow_missing = true]
struct Verify;

/// Where a page's own resources may come from: from here, and from nowhere else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
    media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; \
    worker-src 'self'; form-action 'self'; base-uri 'none'; \
    require-trusted-types-for 'script'";

/// Policies that may make markup and script addresses: Svelte's own, and in the chat the one
/// that starts the service worker.
const DESK_TYPES: &str = "svelte-trusted-html";
const CHAT_TYPES: &str = "svelte-trusted-html default";

fn policy(ancestors: &str, types: &str) -> HeaderValue {
    let text = format!("{POLICY}; trusted-types {types}; frame-ancestors {ancestors}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

/// How a file may be packed, from the smallest on: what a browser calls it, and how its name ends.
const PACKED: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// Whether who asks takes this packing. Nobody refuses one in practice; it is honoured all the same.
fn takes(headers: &HeaderMap, packing: &str) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|wish| {
            let (name, quality) = wish.split_once(';').unwrap_or((wish, ""));
            let digits = quality.trim().strip_prefix("q=").unwrap_or("1");
            name.trim().eq_ignore_ascii_case(packing) && digits.parse().is_ok_and(|q: f32| q > 0.0)
        })
}

/// The file, packed as the build left it where who asks takes that.
fn file_response<E: RustEmbed>(
    path: &str,
    asked: &HeaderMap,
    cache: &'static str,
) -> Option<Response> {
    let mut packings = PACKED.iter().filter(|(name, _)| takes(asked, name));
    let packed = packings.find_map(|(name, end)| Some((*name, E::get(&format!("{path}{end}"))?)));
    let (packing, file) = match packed {
        Some((name, file)) => (Some(name), file),
        None => (None, E::get(path)?),
    };
    let mut response = plain_response(path, file, cache);
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(packing) = packing {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(packing));
    }
    Some(response)
}

fn plain_response(path: &str, file: EmbeddedFile, cache: &'static str) -> Response {
    let kind = match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("woff2") => "font/woff2",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json" | "webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
    ];
    let bytes = match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    (headers, bytes).into_response()
}

/// Built files carry a hash in their name, so they never change.
const FOREVER: &str = "public, max-age=31536000, immutable";
const FRESH: &str = "no-cache";

fn asset<E: RustEmbed>(path: &str, asked: &HeaderMap, lang: Language) -> Result<Response, Problem> {
    let cache = if path.starts_with("assets/") {
        FOREVER
    } else {
        FRESH
    };
    file_response::<E>(path, asked, cache).ok_or_else(|| Problem::not_found(lang))
}

pub async fn desk_asset(
    Lang(lang): Lang,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    asset::<Desk>(&path, &headers, lang)
}

pub async fn chat_asset(
    Lang(lang): Lang,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    asset::<Chat>(&path, &headers, lang)
}

fn page<E: RustEmbed>(asked: &HeaderMap, policy: &HeaderValue) -> Response {
    let mut response = match file_response::<E>("index.html", asked, FRESH) {
        Some(response) => response,
        None => {
            let text = "The web pages are not part of this build. Run: cargo xtask build\n";
            (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
        }
    };
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    response
}

/// First steps of paths that are no views of the desk.
const TAKEN: [&str; 15] = [
    "api",
    "chat",
    "callbacks",
    "_desk",
    "_chat",
    "c",
    "notices",
    "verify",
    "graph",
    "healthz",
    "readyz",
    "metrics",
    "chat.js",
    "me",
    "_me",
];

/// Whether this may be a view of the desk. A path has one spelling: what only looks like somebody
/// else's path must not be taken for ours.
fn is_view(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or("").to_ascii_lowercase();
    let plain = !path.contains("//")
        && !path.contains(['%', '\\', ';'])
        && !path.split('/').any(|step| step == "." || step == "..");
    plain && !TAKEN.contains(&first.as_str())
}

/// The desk, on every path that is nobody else's: the page itself knows its views.
pub async fn desk(
    Lang(lang): Lang,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if !is_view(uri.path()) {
        return Err(Problem::not_found(lang));
    }
    if method != Method::GET && method != Method::HEAD {
        let status = StatusCode::METHOD_NOT_ALLOWED;
        let problem = Problem::new(status, "method_not_allowed", lang);
        return Ok(([(header::ALLOW, "GET, HEAD")], problem).into_response());
    }
    Ok(page::<Desk>(&headers, &policy("'none'", DESK_TYPES)))
}

/// The chat's texts in a language, named in its answer so that they travel beside the script that
/// will ask for them.
fn chat_texts(language: Language) -> Option<HeaderValue> {
    static NAMED: LazyLock<HashMap<Language, HeaderValue>> = LazyLock::new(|| {
        let files: Vec<_> = Chat::iter().collect();
        let named = |language: Language| {
            let starts = ["ui", "chat"].map(|part| format!("assets/{part}.{}-", language.as_str()));
            let is_text = |file: &str| {
                file.ends_with(".js") && starts.iter().any(|start| file.starts_with(start))
            };
            let texts = files.iter().filter(|file| is_text(file));
            let links = texts.map(|file| format!("</_chat/{file}>; rel=modulepreload"));
            let links = links.collect::<Vec<_>>().join(", ");
            HeaderValue::from_str(&links)
                .ok()
                .map(|links| (language, links))
        };
        Language::ALL.into_iter().filter_map(named).collect()
    });
    NAMED
        .get(&language)
        .filter(|links| !links.is_empty())
        .cloned()
}

/// The own chat. Only sites the entry names may show it in a frame.
pub async fn chat(
    State(http): State<Http>,
    Lang(lang): Lang,
    Path(slug): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    match http.app.entry_by_slug(&slug).await {
        Ok(entry) => {
            let mut ancestors = "'self'".to_owned();
            for origin in &entry.allowed_origins {
                ancestors.push(' ');
                ancestors.push_str(origin);
            }
            let mut response = page::<Chat>(&headers, &policy(&ancestors, CHAT_TYPES));
            // The page that embeds it may say in which language; what this browser chose earlier is
            // known to the browser alone.
            let told = query_value(uri.query(), "lang").and_then(|tag| Language::parse(&tag));
            if let Some(texts) = chat_texts(told.unwrap_or(lang)) {
                response.headers_mut().insert(header::LINK, texts);
            }
            Ok(response)
        }
        // The page says in its own words that there is no such entry.
        Err(app::AppError::NotFound) => {
            let mut response = page::<Chat>(&headers, &policy("'none'", CHAT_TYPES));
            *response.status_mut() = StatusCode::NOT_FOUND;
            Ok(response)
        }
        Err(error) => Err(Problem::of(error, lang)),
    }
}

/// What is kept about oneself. The page is for nobody's frame.
pub async fn me(headers: HeaderMap) -> Response {
    page::<Me>(&headers, &policy("'none'", DESK_TYPES))
}

pub async fn me_asset(
    Lang(lang): Lang,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    asset::<Me>(&path, &headers, lang)
}

/// What a phone needs to install the chat.
pub async fn manifest(
    State(http): State<Http>,
    Lang(lang): Lang,
    Path(slug): Path<String>,
) -> Result<Response, Problem> {
    let refuse = |error| Problem::of(error, lang);
    let entry = http.app.entry_by_slug(&slug).await.map_err(refuse)?;
    let company = http
        .app
        .store()
        .company()
        .await
        .map_err(|e| refuse(e.into()))?;
    let name = company
        .map(|company| company.name)
        .unwrap_or_else(|| entry.title.clone());
    let icon = |file: &str, sizes: &str, purpose: &str| json!({ "src": format!("/_chat/{file}"), "sizes": sizes, "type": "image/png", "purpose": purpose });
    let manifest = json!({
        "name": entry.title,
        "short_name": name,
        "lang": entry.locale,
        "id": format!("/c/{slug}"),
        "start_url": format!("/c/{slug}"),
        "scope": format!("/c/{slug}"),
        "display": "standalone",
        "background_color": "#f3f0ea",
        "theme_color": "#00616a",
        "icons": [
            icon("icon-192.png", "192x192", "any"),
            icon("icon-512.png", "512x512", "any"),
            icon("icon-maskable-512.png", "512x512", "maskable"),
        ],
    });
    let kind = [
        (header::CONTENT_TYPE, "application/manifest+json"),
        (header::CACHE_CONTROL, FRESH),
    ];
    Ok((kind, manifest.to_string()).into_response())
}

pub async fn service_worker(Lang(lang): Lang, asked: HeaderMap) -> Result<Response, Problem> {
    let mut response = asset::<Chat>("sw.js", &asked, lang)?;
    let headers = response.headers_mut();
    headers.insert(
        HeaderName::from_static("service-worker-allowed"),
        HeaderValue::from_static("/c/"),
    );
    // A worker lives by the policy its own script came with: it fetches for the pages it serves.
    headers.insert(
        HeaderName::from_static("content-security-policy"),
        HeaderValue::from_static("default-src 'none'; connect-src 'self'; frame-ancestors 'none'"),
    );
    Ok(response)
}

/// The page that judges proof packages, in one file that works wherever it is saved: script and
/// style are in it, and its own policy names them by their digests. It calls nobody, this house
/// included.
pub async fn verify(asked: HeaderMap) -> Response {
    static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
        let file = Verify::get("index.html");
        let html = file.map(|file| String::from_utf8_lossy(&file.data).into_owned());
        let own = html.as_deref().and_then(|html| {
            let (_, rest) = html.split_once("Content-Security-Policy\" content=\"")?;
            rest.split_once('"').map(|(policy, _)| policy)
        });
        let text = format!(
            "{}; frame-ancestors 'none'",
            own.unwrap_or("default-src 'none'")
        );
        HeaderValue::from_str(&text)
            .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
    });
    page::<Verify>(&asked, &POLICY)
}

/// The launcher for the company's own site; other sites may load it, that is what it is for.
pub async fn loader(Lang(lang): Lang, asked: HeaderMap) -> Result<Response, Problem> {
    let mut response = file_response::<Loader>("chat.js", &asked, "public, max-age=300")
        .ok_or_else(|| Problem::not_found(lang))?;
    let policy = HeaderName::from_static("cross-origin-resource-policy");
    response
        .headers_mut()
        .insert(policy, HeaderValue::from_static("cross-origin"));
    Ok(response)
}

/// Turns away who asks for another house, notes who asks, and hardens every answer.
pub async fn harden(
    State(http): State<Http>,
    mut request: axum::extract::Request,
    next: axum::middleware::Next,
) -> Response {
    let mut response = if http.knows_host(request.headers(), request.uri()) {
        let trusted = &http.settings.trusted_proxies;
        let peer = Peer::of(request.extensions(), request.headers(), trusted);
        request.extensions_mut().insert(peer);
        next.run(request).await
    } else {
        let Lang(lang) = Lang(Language::negotiate(None));
        Problem::new(StatusCode::MISDIRECTED_REQUEST, "host", lang).into_response()
    };
    headers::harden(response.headers_mut(), http.secure_cookies());
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packing_is_taken_where_it_is_named_and_not_refused() {
        for (wish, brotli, gzip) in [
            ("gzip, deflate, br, zstd", true, true),
            ("GZIP", false, true),
            ("br;q=0, gzip;q=0.5", false, true),
            ("br; q=0.001", true, false),
            ("brotli, x-gzip", false, false),
            ("", false, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(wish));
            assert_eq!(takes(&headers, "br"), brotli, "{wish}");
            assert_eq!(takes(&headers, "gzip"), gzip, "{wish}");
        }
        assert!(!takes(&HeaderMap::new(), "gzip"));
    }
}
