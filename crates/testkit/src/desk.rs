//! A teammate in front of the desk, or a program with a teammate's token.

use serde_json::{Value, json};

use crate::client::{Answer, http_client, request, send, try_send};
use crate::live::Live;

#[derive(Debug, Clone)]
pub enum Auth {
    Nobody,
    Bearer(String),
    /// A session cookie, and the token that writes must carry.
    Cookie {
        cookie: String,
        csrf: String,
    },
}

/// Speaks to `/api/v1`.
#[derive(Debug, Clone)]
pub struct Desk {
    pub base: String,
    pub auth: Auth,
    client: reqwest::Client,
}

impl Desk {
    #[must_use]
    pub fn new(base: &str, auth: Auth) -> Self {
        Self {
            base: base.to_owned(),
            auth,
            client: http_client(),
        }
    }

    /// The same client as somebody else.
    #[must_use]
    pub fn as_somebody(&self, auth: Auth) -> Self {
        Self {
            auth,
            ..self.clone()
        }
    }

    fn signed(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.auth {
            Auth::Nobody => request,
            Auth::Bearer(token) => request.bearer_auth(token),
            Auth::Cookie { cookie, csrf } => request
                .header("cookie", format!("tresen_session={cookie}"))
                .header("x-csrf-token", csrf),
        }
    }

    /// Any call below `/api/v1`, with further headers.
    ///
    /// # Panics
    /// When no answer comes.
    pub async fn call_with(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        send(self.request(method, path, body, headers)).await
    }

    fn request(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> reqwest::RequestBuilder {
        let url = format!("{}/api/v1{path}", self.base);
        let mut request = self.signed(request(&self.client, method, url, body));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request
    }

    /// `None` when the house did not answer.
    pub async fn try_call(&self, method: &str, path: &str, body: Option<&Value>) -> Option<Answer> {
        try_send(self.request(method, path, body, &[])).await.ok()
    }

    pub async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.call_with(method, path, body, &[]).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, Some(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call("PATCH", path, Some(&body)).await
    }

    /// A path of the house outside `/api/v1`.
    pub async fn outside(&self, path: &str) -> Answer {
        send(self.signed(self.client.get(format!("{}{path}", self.base)))).await
    }

    /// Posts raw bytes to any address as JSON; answers the status, or `None` where nobody
    /// answered.
    pub async fn try_post_raw(
        &self,
        url: &str,
        body: Vec<u8>,
        headers: &[(&str, &str)],
    ) -> Option<u16> {
        let mut request = self.signed(self.client.post(url).body(body));
        request = request.header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        try_send(request).await.ok().map(|answer| answer.status)
    }

    pub async fn upload(&self, name: &str, mime: &str, bytes: Vec<u8>) -> Answer {
        let url = format!("{}/api/v1/attachments", self.base);
        let request = self.client.post(url).query(&[("name", name)]);
        let request = request.header("content-type", mime).body(bytes);
        send(self.signed(request)).await
    }

    /// A picture, under a key of its writer's own.
    pub async fn upload_once(&self, key: &str, bytes: Vec<u8>) -> Answer {
        let url = format!("{}/api/v1/attachments", self.base);
        let request = self.client.post(url).header("idempotency-key", key);
        let request = request.header("content-type", "image/png").body(bytes);
        send(self.signed(request)).await
    }

    /// All conversations of a list, page by page.
    ///
    /// # Panics
    /// When a page is refused or does not end.
    pub async fn conversations(&self, query: &str) -> Vec<Value> {
        self.pages("/conversations", query).await
    }

    /// All items of a list, page by page.
    ///
    /// # Panics
    /// When a page is refused or the list does not end.
    pub async fn pages(&self, path: &str, query: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let mut cursor = String::new();
        for _ in 0..1_000 {
            let page = self
                .get(&format!("{path}?{query}{cursor}"))
                .await
                .expect(200);
            all.extend(page["items"].as_array().expect("items").iter().cloned());
            match page["next_cursor"].as_str() {
                None => return all,
                Some(next) => cursor = format!("&cursor={next}"),
            }
        }
        panic!("the list {path}?{query} has no end");
    }

    /// The whole timeline of a conversation, from its start.
    ///
    /// # Panics
    /// When a page is refused.
    pub async fn timeline(&self, conversation: &str) -> Vec<Value> {
        self.pages(
            &format!("/conversations/{conversation}/timeline"),
            "limit=200",
        )
        .await
    }

    pub async fn conversation(&self, id: &str) -> Value {
        self.get(&format!("/conversations/{id}")).await.expect(200)
    }

    pub async fn send(&self, conversation: &str, body: Value) -> Answer {
        self.post(&format!("/conversations/{conversation}/messages"), body)
            .await
    }

    /// Sends a text that must be taken.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn say(&self, conversation: &str, text: &str) -> Value {
        self.send(conversation, json!({ "text": text }))
            .await
            .expect(201)
    }

    pub async fn note(&self, conversation: &str, text: &str) -> Value {
        let path = format!("/conversations/{conversation}/notes");
        self.post(&path, json!({ "text": text })).await.expect(201)
    }

    pub async fn change(&self, conversation: &str, change: Value) -> Answer {
        self.patch(&format!("/conversations/{conversation}"), change)
            .await
    }

    /// A live socket from a cursor, or from now.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn watch(&self, cursor: Option<&str>) -> Live {
        match self.try_watch(cursor).await {
            Ok(live) => live,
            Err(status) => panic!("the live socket was refused with {status}"),
        }
    }

    /// # Errors
    /// The status of the refusal.
    pub async fn try_watch(&self, cursor: Option<&str>) -> Result<Live, u16> {
        let query = cursor.map_or_else(String::new, |cursor| format!("?cursor={cursor}"));
        let url = format!("{}/api/v1/live{query}", self.base);
        let header = match &self.auth {
            Auth::Nobody => None,
            Auth::Bearer(token) => Some(("authorization", format!("Bearer {token}"))),
            Auth::Cookie { cookie, .. } => Some(("cookie", format!("tresen_session={cookie}"))),
        };
        Live::open(&url, header.as_slice()).await
    }
}
