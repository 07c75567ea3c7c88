//! A customer in front of the own chat: a browser with a cookie jar.

use serde_json::{Value, json};

use crate::client::{Answer, http_client, request, send, try_send};
use crate::live::{Live, SlowLive};

/// Speaks to `/chat/v1`.
#[derive(Debug, Clone)]
pub struct Customer {
    pub base: String,
    /// The value of the chat's cookie, once it was set.
    pub cookie: Option<String>,
    /// The header that set it.
    pub set_cookie: Option<String>,
    /// What a proxy adds to each request.
    pub header: Option<(&'static str, String)>,
    client: reqwest::Client,
}

impl Customer {
    #[must_use]
    pub fn new(base: &str) -> Self {
        Self {
            base: base.to_owned(),
            cookie: None,
            set_cookie: None,
            header: None,
            client: http_client(),
        }
    }

    /// A customer who shares the connections of another one, and nothing else.
    #[must_use]
    pub fn beside(&self) -> Self {
        Self {
            cookie: None,
            set_cookie: None,
            ..self.clone()
        }
    }

    fn own(&self, mut request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        if let Some((name, value)) = &self.header {
            request = request.header(*name, value);
        }
        match &self.cookie {
            None => request,
            Some(cookie) => request.header("cookie", format!("tresen_chat={cookie}")),
        }
    }

    /// Any call below `/chat/v1`, with further headers.
    pub async fn call_with(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let url = format!("{}/chat/v1{path}", self.base);
        let mut request = self.own(request(&self.client, method, url, body));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        send(request).await
    }

    /// `None` when the house did not answer.
    pub async fn try_call(&self, method: &str, path: &str, body: Option<&Value>) -> Option<Answer> {
        let url = format!("{}/chat/v1{path}", self.base);
        try_send(self.own(request(&self.client, method, url, body)))
            .await
            .ok()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call_with("GET", path, None, &[]).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call_with("POST", path, Some(&body), &[]).await
    }

    /// The first tap. Keeps the cookie like a browser.
    ///
    /// # Panics
    /// When no cookie is set for somebody who had none.
    pub async fn start(&mut self, slug: &str) -> Value {
        let answer = self
            .post("/sessions", json!({ "entry": slug, "locale": "de" }))
            .await;
        if let Some(line) = answer.header("set-cookie") {
            let value = line
                .strip_prefix("tresen_chat=")
                .and_then(|rest| rest.split(';').next())
                .expect("the chat's cookie");
            self.cookie = Some(value.to_owned());
            self.set_cookie = Some(line.to_owned());
        }
        assert!(self.cookie.is_some(), "{}", answer.text());
        answer.json()
    }

    pub async fn write(&self, client_id: &str, text: &str) -> Answer {
        self.post("/messages", json!({ "client_id": client_id, "text": text }))
            .await
    }

    /// `None` when the house did not answer.
    pub async fn try_write(&self, client_id: &str, text: &str) -> Option<Answer> {
        let body = json!({ "client_id": client_id, "text": text });
        self.try_call("POST", "/messages", Some(&body)).await
    }

    pub async fn upload(&self, name: &str, mime: &str, bytes: Vec<u8>) -> Answer {
        let url = format!("{}/chat/v1/attachments", self.base);
        let request = self.client.post(url).query(&[("name", name)]);
        send(self.own(request.header("content-type", mime).body(bytes))).await
    }

    /// A path as a page would load it, with this customer's cookie.
    pub async fn load(&self, path: &str) -> Answer {
        send(self.own(self.client.get(format!("{}{path}", self.base)))).await
    }

    /// A live socket that is not read from until it is asked to.
    ///
    /// # Panics
    /// When the socket does not open.
    pub async fn watch_slowly(&self) -> SlowLive {
        let url = format!("{}/chat/v1/live", self.base);
        let address = self.base.trim_start_matches("http://");
        let address = address.parse().expect("digits and a port");
        let cookie = self.cookie.clone().expect("a session");
        SlowLive::open(address, &url, &format!("tresen_chat={cookie}")).await
    }

    pub async fn timeline(&self) -> Vec<Value> {
        let page = self.get("/timeline?limit=200").await.expect(200);
        page["items"].as_array().expect("items").clone()
    }

    /// # Panics
    /// When the socket is refused.
    pub async fn watch(&self, cursor: Option<&str>) -> Live {
        match self.try_watch(cursor).await {
            Ok(live) => live,
            Err(status) => panic!("the live socket was refused with {status}"),
        }
    }

    /// # Errors
    /// The status of the refusal.
    ///
    /// # Panics
    /// When there is no session.
    pub async fn try_watch(&self, cursor: Option<&str>) -> Result<Live, u16> {
        let query = cursor.map_or_else(String::new, |cursor| format!("?cursor={cursor}"));
        let url = format!("{}/chat/v1/live{query}", self.base);
        let cookie = self.cookie.clone().expect("a session");
        Live::open(&url, &[("cookie", format!("tresen_chat={cookie}"))]).await
    }
}
