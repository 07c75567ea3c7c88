//! The embedded pages, and the headers that keep them what they are.

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use serde_json::json;

use crate::Http;
use crate::headers;
use crate::problem::Problem;
use crate::request::{Lang, Peer};

#[derive(RustEmbed)]
#[folder = "../../web/desk/dist"]
#[allow_missing = true]
struct Desk;

#[derive(RustEmbed)]
#[folder = "../../web/chat/dist"]
#[allow_missing = true]
struct Chat;

#[derive(RustEmbed)]
#[folder = "../../web/chat/dist-loader"]
#[allow_missing = true]
struct Loader;

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

fn file_response(path: &str, file: EmbeddedFile, cache: &'static str) -> Response {
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
    (headers, file.data.into_owned()).into_response()
}

/// Built files carry a hash in their name, so they never change.
const FOREVER: &str = "public, max-age=31536000, immutable";
const FRESH: &str = "no-cache";

fn asset<E: RustEmbed>(path: &str, lang: i18n::Language) -> Result<Response, Problem> {
    let cache = if path.starts_with("assets/") {
        FOREVER
    } else {
        FRESH
    };
    match E::get(path) {
        Some(file) => Ok(file_response(path, file, cache)),
        None => Err(Problem::not_found(lang)),
    }
}

pub async fn desk_asset(Lang(lang): Lang, Path(path): Path<String>) -> Result<Response, Problem> {
    asset::<Desk>(&path, lang)
}

pub async fn chat_asset(Lang(lang): Lang, Path(path): Path<String>) -> Result<Response, Problem> {
    asset::<Chat>(&path, lang)
}

fn page<E: RustEmbed>(policy: &HeaderValue) -> Response {
    let mut response = match E::get("index.html") {
        Some(file) => file_response("index.html", file, FRESH),
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
const TAKEN: [&str; 12] = [
    "api",
    "chat",
    "callbacks",
    "_desk",
    "_chat",
    "c",
    "notices",
    "graph",
    "healthz",
    "readyz",
    "metrics",
    "chat.js",
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
pub async fn desk(Lang(lang): Lang, method: Method, uri: Uri) -> Result<Response, Problem> {
    if !is_view(uri.path()) {
        return Err(Problem::not_found(lang));
    }
    if method != Method::GET && method != Method::HEAD {
        let status = StatusCode::METHOD_NOT_ALLOWED;
        let problem = Problem::new(status, "method_not_allowed", lang);
        return Ok(([(header::ALLOW, "GET, HEAD")], problem).into_response());
    }
    Ok(page::<Desk>(&policy("'none'", DESK_TYPES)))
}

/// The own chat. Only sites the entry names may show it in a frame.
pub async fn chat(
    State(http): State<Http>,
    Lang(lang): Lang,
    Path(slug): Path<String>,
) -> Result<Response, Problem> {
    match http.app.entry_by_slug(&slug).await {
        Ok(entry) => {
            let mut ancestors = "'self'".to_owned();
            for origin in &entry.allowed_origins {
                ancestors.push(' ');
                ancestors.push_str(origin);
            }
            Ok(page::<Chat>(&policy(&ancestors, CHAT_TYPES)))
        }
        // The page says in its own words that there is no such entry.
        Err(app::AppError::NotFound) => {
            let mut response = page::<Chat>(&policy("'none'", CHAT_TYPES));
            *response.status_mut() = StatusCode::NOT_FOUND;
            Ok(response)
        }
        Err(error) => Err(Problem::of(error, lang)),
    }
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

pub async fn service_worker(Lang(lang): Lang) -> Result<Response, Problem> {
    let file = Chat::get("sw.js").ok_or_else(|| Problem::not_found(lang))?;
    let mut response = file_response("sw.js", file, FRESH);
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

/// The launcher for the company's own site; other sites may load it, that is what it is for.
pub async fn loader(Lang(lang): Lang) -> Result<Response, Problem> {
    let file = Loader::get("chat.js").ok_or_else(|| Problem::not_found(lang))?;
    let mut response = file_response("chat.js", file, "public, max-age=300");
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
        let Lang(lang) = Lang(i18n::Language::negotiate(None));
        Problem::new(StatusCode::MISDIRECTED_REQUEST, "host", lang).into_response()
    };
    headers::harden(response.headers_mut(), http.secure_cookies());
    response
}
