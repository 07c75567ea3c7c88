//! A visitor of the company's own chat: its session, its words, and the live socket by which it
//! hears and shows that it types.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use hyper::Method;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use crate::demo::caller::{Body, CallError, Caller};
use crate::demo::company::SLUG;
use crate::demo::graph::{Ear, Heard, Said};
use crate::demo::story::{Extra, Words};
use crate::demo::voice;

const AGAIN_AFTER: Duration = Duration::from_secs(2);

/// A visitor after the first tap.
#[derive(Debug, Clone)]
pub struct Visit {
    caller: Caller,
    cookie: String,
    pub contact: String,
    written: u32,
}

impl Visit {
    /// Opens the chat as the page does.
    ///
    /// # Errors
    /// What the house answers.
    pub async fn begin(caller: Caller) -> Result<Self, CallError> {
        let body = json!({ "entry": SLUG, "locale": "de" });
        let answer = caller
            .call(Method::POST, "/chat/v1/sessions", &[], Body::Json(body))
            .await?;
        Ok(Self {
            caller,
            contact: answer.text("/contact_id")?,
            cookie: answer.cookie.ok_or(CallError::Lacks("the cookie"))?,
            written: 0,
        })
    }

    async fn post(&self, path: &str, body: Body) -> Result<Value, CallError> {
        let headers = [("cookie", self.cookie.as_str())];
        let answer = self.caller.call(Method::POST, path, &headers, body).await?;
        Ok(answer.body)
    }

    async fn upload(&self, path: &str, body: Body) -> Result<String, CallError> {
        let uploaded = self.post(path, body).await?;
        let id = uploaded.get("id").and_then(Value::as_str);
        id.map(str::to_owned).ok_or(CallError::Lacks("the file"))
    }

    /// Writes; files are uploaded first.
    ///
    /// # Errors
    /// What the house answers.
    pub async fn write(&mut self, words: &Words) -> Result<(), CallError> {
        let mut files = Vec::new();
        for extra in &words.extras {
            match extra {
                Extra::Photo(picture) => {
                    let body = Body::Bytes {
                        mime: "image/jpeg",
                        bytes: picture.jpeg().map_err(|_| CallError::Picture)?,
                    };
                    let path = "/chat/v1/attachments?name=foto.jpg";
                    files.push(self.upload(path, body).await?);
                }
                Extra::Voice => {
                    let body = Body::Bytes {
                        mime: "audio/wav",
                        bytes: voice::wav(),
                    };
                    let path = "/chat/v1/attachments?name=sprachnachricht.wav&kind=voice";
                    files.push(self.upload(path, body).await?);
                }
                _ => {}
            }
        }
        self.written += 1;
        let mut message = json!({
            "client_id": format!("demo-{}", self.written), "attachments": files,
        });
        if !words.text.is_empty() {
            message["text"] = words.text.as_str().into();
        }
        self.post("/chat/v1/messages", Body::Json(message)).await?;
        Ok(())
    }

    /// Opens the page: what was written is there, and perhaps it is read.
    ///
    /// # Errors
    /// What the house answers.
    pub async fn look(&self, read: bool) -> Result<(), CallError> {
        let headers = [("cookie", self.cookie.as_str())];
        let path = "/chat/v1/timeline?from=end&limit=1";
        let shown = self
            .caller
            .call(Method::GET, path, &headers, Body::Empty)
            .await?;
        let seq = shown.body.pointer("/items/0/seq").and_then(Value::as_i64);
        match seq {
            Some(seq) if read => self.read(seq).await,
            _ => Ok(()),
        }
    }

    /// # Errors
    /// What the house answers.
    pub async fn read(&self, seq: i64) -> Result<(), CallError> {
        let body = json!({ "seq": seq });
        self.post("/chat/v1/read", Body::Json(body)).await?;
        Ok(())
    }

    /// Keeps a live socket open until `stop`. What the company says goes to `heard`; whether the
    /// visitor types comes from the answered sender.
    #[must_use]
    pub fn listen(
        &self,
        heard: mpsc::Sender<Heard>,
        mut stop: watch::Receiver<bool>,
    ) -> mpsc::Sender<bool> {
        let (typing, mut types) = mpsc::channel(4);
        let visit = self.clone();
        tokio::spawn(async move {
            let mut cursor = None;
            while !*stop.borrow() {
                if let Ok(socket) = visit.open(cursor.as_deref()).await {
                    tokio::select! {
                        () = visit.follow(socket, &mut cursor, &heard, &mut types) => {}
                        _ = stop.changed() => return,
                    }
                }
                tokio::select! {
                    () = tokio::time::sleep(AGAIN_AFTER) => {}
                    _ = stop.changed() => return,
                }
            }
        });
        typing
    }

    async fn open(&self, cursor: Option<&str>) -> Result<WebSocketStream<TcpStream>, CallError> {
        let lost = |error: &dyn std::error::Error| CallError::Unreachable(error.to_string());
        let address = self.caller.address();
        let query = cursor.map_or_else(String::new, |cursor| format!("?cursor={cursor}"));
        let url = format!("ws://{address}/chat/v1/live{query}");
        let mut request = url.into_client_request().map_err(|e| lost(&e))?;
        let cookie = HeaderValue::from_str(&self.cookie).map_err(|e| lost(&e))?;
        request.headers_mut().insert("cookie", cookie);
        let stream = TcpStream::connect(address).await.map_err(|e| lost(&e))?;
        let opened = tokio_tungstenite::client_async(request, stream).await;
        Ok(opened.map_err(|e| lost(&e))?.0)
    }

    async fn follow(
        &self,
        mut socket: WebSocketStream<TcpStream>,
        cursor: &mut Option<String>,
        heard: &mpsc::Sender<Heard>,
        types: &mut mpsc::Receiver<bool>,
    ) {
        loop {
            tokio::select! {
                frame = socket.next() => match frame {
                    Some(Ok(Message::Text(text))) => {
                        let Ok(frame) = serde_json::from_str::<Value>(&text) else { continue };
                        if let Some(at) = frame.get("cursor").and_then(Value::as_str) {
                            *cursor = Some(at.to_owned());
                        }
                        for said in answers(&frame, &self.contact) {
                            _ = heard.try_send(said);
                        }
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    Some(Ok(_)) => {}
                },
                on = types.recv() => {
                    let Some(on) = on else { return };
                    let sign = json!({ "type": "typing", "on": on }).to_string();
                    if socket.send(Message::Text(sign.into())).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

/// What the company said in this frame.
fn answers(frame: &Value, contact: &str) -> Vec<Heard> {
    let events = frame.get("events").and_then(Value::as_array);
    let text = |item: &Value, name: &str| {
        let found = item.get(name).and_then(Value::as_str);
        found.unwrap_or("").to_owned()
    };
    events
        .into_iter()
        .flatten()
        .filter(|event| text(event, "kind") == "message.created")
        .filter_map(|event| event.get("item"))
        .filter(|item| text(item, "direction") == "outbound")
        .map(|item| {
            let files = item.get("attachments").and_then(Value::as_array);
            let words = text(item, "text");
            Heard {
                ear: Ear::Visitor(contact.to_owned()),
                id: text(item, "id"),
                reference: text(item, "id"),
                seq: item.get("seq").and_then(Value::as_i64).unwrap_or(0),
                said: match files.is_some_and(|files| !files.is_empty()) {
                    true => Said::Picture(words),
                    false => Said::Text(words),
                },
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_new_words_of_the_company_are_heard() {
        let item = |direction: &str, files: Value| json!({ "id": "msg_1", "seq": 4, "direction": direction, "text": "Ja", "attachments": files });
        let frame = json!({ "cursor": "x", "events": [
            { "kind": "message.created", "item": item("inbound", json!([])) },
            { "kind": "message.updated", "item": item("outbound", json!([])) },
            { "kind": "message.created", "item": item("outbound", json!([])) },
            { "kind": "message.created", "item": item("outbound", json!([{ "id": "att" }])) },
            { "kind": "conversation.updated" },
        ]});
        let heard = answers(&frame, "con_1");
        let said: Vec<&Said> = heard.iter().map(|heard| &heard.said).collect();
        assert_eq!(
            said,
            [&Said::Text("Ja".into()), &Said::Picture("Ja".into())]
        );
        assert_eq!(heard[0].seq, 4);
        assert_eq!(answers(&json!({ "type": "typing" }), "con_1").len(), 0);
    }
}
