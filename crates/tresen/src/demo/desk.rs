//! Teammates of the example company at their desk: they sign in and do everything through the
//! desk's own interface.

use domain::Timestamp;
use hyper::Method;
use serde_json::{Value, json};

use super::caller::{Answer, Body, CallError, Caller};
use super::company::{PASSWORD, TEAMMATES};
use super::story::{Change, Extra, Words};

/// A signed-in desk.
struct Desk {
    cookie: String,
    csrf: String,
    id: String,
}

struct Member {
    key: &'static str,
    email: &'static str,
    desk: Option<Desk>,
}

pub struct Team {
    caller: Caller,
    members: Vec<Member>,
}

impl Team {
    #[must_use]
    pub fn new(caller: Caller) -> Self {
        let members = TEAMMATES.iter().map(|mate| Member {
            key: mate.key,
            email: mate.email,
            desk: None,
        });
        Self {
            caller,
            members: members.collect(),
        }
    }

    /// Signs in where that is needed; also answers the teammate's id.
    ///
    /// # Errors
    /// What the house answers.
    pub async fn id_of(&mut self, who: &str) -> Result<String, CallError> {
        Ok(self.desk(who).await?.id.clone())
    }

    fn member(&mut self, who: &str) -> Result<&mut Member, CallError> {
        self.members
            .iter_mut()
            .find(|member| member.key == who)
            .ok_or(CallError::Lacks("the teammate"))
    }

    async fn desk(&mut self, who: &str) -> Result<&Desk, CallError> {
        let caller = self.caller;
        let member = self.member(who)?;
        if member.desk.is_none() {
            let body = json!({ "email": member.email, "password": PASSWORD });
            let answer = caller
                .call(Method::POST, "/api/v1/session", &[], Body::Json(body))
                .await?;
            member.desk = Some(Desk {
                csrf: answer.text("/csrf_token")?,
                id: answer.text("/teammate/id")?,
                cookie: answer.cookie.ok_or(CallError::Lacks("the cookie"))?,
            });
        }
        member.desk.as_ref().ok_or(CallError::Lacks("the session"))
    }

    /// One request of a teammate. A session that is over is begun anew, once.
    async fn ask(
        &mut self,
        who: &str,
        method: Method,
        path: &str,
        body: impl Fn() -> Body,
    ) -> Result<Answer, CallError> {
        let caller = self.caller;
        for last_try in [false, true] {
            let desk = self.desk(who).await?;
            let headers = [
                ("cookie", desk.cookie.as_str()),
                ("x-csrf-token", desk.csrf.as_str()),
            ];
            match caller.call(method.clone(), path, &headers, body()).await {
                Err(error) if error.is_unauthorized() && !last_try => {
                    self.member(who)?.desk = None;
                }
                other => return other,
            }
        }
        Err(CallError::Lacks("the session"))
    }

    async fn get(&mut self, who: &str, path: &str) -> Result<Answer, CallError> {
        self.ask(who, Method::GET, path, || Body::Empty).await
    }

    async fn post(&mut self, who: &str, path: &str, body: &Value) -> Result<Answer, CallError> {
        self.ask(who, Method::POST, path, || Body::Json(body.clone()))
            .await
    }

    async fn patch(&mut self, who: &str, path: &str, body: &Value) -> Result<Answer, CallError> {
        self.ask(who, Method::PATCH, path, || Body::Json(body.clone()))
            .await
    }

    /// Adds a channel; answers the path of its callbacks.
    ///
    /// # Errors
    /// What the house answers.
    pub async fn add_channel(&mut self, who: &str, channel: Value) -> Result<String, CallError> {
        let answer = self.post(who, "/api/v1/channels", &channel).await?;
        answer.text("/callback_path")
    }

    /// Names the own chat, the only channel there is so far.
    ///
    /// # Errors
    /// What the house answers.
    pub async fn name_chat(&mut self, who: &str, name: &str) -> Result<(), CallError> {
        let id = self
            .get(who, "/api/v1/channels")
            .await?
            .text("/items/0/id")?;
        let path = format!("/api/v1/channels/{id}");
        self.patch(who, &path, &json!({ "name": name })).await?;
        Ok(())
    }

    /// The newest conversation whose contact has this name or id.
    ///
    /// # Errors
    /// [`CallError::Lacks`] when there is none among the newest.
    pub async fn find_conversation(
        &mut self,
        who: &str,
        name_or_id: &str,
    ) -> Result<String, CallError> {
        let path = "/api/v1/conversations?status=open,waiting,snoozed,done&limit=100";
        let answer = self.get(who, path).await?;
        let items = answer.body.get("items").and_then(Value::as_array);
        let is_it = |item: &&Value| {
            ["/contact/name", "/contact/id"]
                .iter()
                .any(|pointer| item.pointer(pointer).and_then(Value::as_str) == Some(name_or_id))
        };
        items
            .into_iter()
            .flatten()
            .find(is_it)
            .and_then(|item| item.get("id")?.as_str())
            .map(str::to_owned)
            .ok_or(CallError::Lacks("the conversation"))
    }

    /// Who has the conversation now, as an id.
    ///
    /// # Errors
    /// What the house answers.
    pub async fn assignee(
        &mut self,
        who: &str,
        conversation: &str,
    ) -> Result<Option<String>, CallError> {
        let path = format!("/api/v1/conversations/{conversation}");
        let answer = self.get(who, &path).await?;
        Ok(answer.text("/assignee/id").ok())
    }

    /// Reads all there is, then answers. The id of the message is answered.
    ///
    /// # Errors
    /// What the house answers.
    pub async fn answer(
        &mut self,
        who: &str,
        conversation: &str,
        words: &Words,
    ) -> Result<String, CallError> {
        self.read(who, conversation).await?;
        let mut message = json!({});
        if !words.text.is_empty() {
            message["text"] = words.text.as_str().into();
        }
        for extra in &words.extras {
            match extra {
                Extra::Photo(picture) => {
                    let bytes = picture.jpeg().map_err(|_| CallError::Picture)?;
                    let path = format!("/api/v1/attachments?name={}.jpg", picture.key());
                    let file = || Body::Bytes {
                        mime: "image/jpeg",
                        bytes: bytes.clone(),
                    };
                    let uploaded = self.ask(who, Method::POST, &path, file).await?;
                    message["attachments"] = json!([uploaded.text("/id")?]);
                }
                Extra::Template { name, parameters } => {
                    message["template"] = json!({
                        "name": name, "language": "de",
                        "parameters": { "header": [], "body": parameters, "buttons": [] },
                    });
                }
                _ => {}
            }
        }
        let path = format!("/api/v1/conversations/{conversation}/messages");
        self.post(who, &path, &message).await?.text("/id")
    }

    async fn read(&mut self, who: &str, conversation: &str) -> Result<(), CallError> {
        let path = format!("/api/v1/conversations/{conversation}");
        let shown = self.get(who, &path).await?;
        let seq = shown.body.get("last_seq").cloned().unwrap_or(Value::Null);
        let path = format!("{path}/read");
        self.post(who, &path, &json!({ "seq": seq })).await?;
        Ok(())
    }

    /// # Errors
    /// What the house answers.
    pub async fn note(
        &mut self,
        who: &str,
        conversation: &str,
        text: &str,
    ) -> Result<(), CallError> {
        let path = format!("/api/v1/conversations/{conversation}/notes");
        self.post(who, &path, &json!({ "text": text })).await?;
        Ok(())
    }

    /// Changes a conversation; `now` is where a snooze is counted from.
    ///
    /// # Errors
    /// What the house answers.
    pub async fn change(
        &mut self,
        who: &str,
        conversation: &str,
        (changes, name): (&[Change], &str),
        now: Timestamp,
    ) -> Result<(), CallError> {
        let path = format!("/api/v1/conversations/{conversation}");
        let mut wanted = json!({});
        for change in changes {
            match change {
                Change::Assign(mate) => wanted["assignee_id"] = self.id_of(mate).await?.into(),
                Change::Tags(tags) => wanted["tags"] = json!(tags),
                Change::Done => wanted["status"] = "done".into(),
                Change::SnoozeHours(hours) => {
                    let until = now.plus_ms(hours * domain::time::HOUR_MS);
                    wanted["snoozed_until"] = written(until)?.into();
                }
                Change::Rename => {
                    let shown = self.get(who, &path).await?;
                    let contact = format!("/api/v1/contacts/{}", shown.text("/contact/id")?);
                    self.patch(who, &contact, &json!({ "name": name })).await?;
                }
            }
        }
        if wanted.as_object().is_some_and(|wanted| !wanted.is_empty()) {
            self.read(who, conversation).await?;
            self.patch(who, &path, &wanted).await?;
        }
        Ok(())
    }
}

fn written(moment: Timestamp) -> Result<String, CallError> {
    jiff::Timestamp::from_millisecond(moment.0)
        .map(|at| format!("{at:.3}"))
        .map_err(|_| CallError::Lacks("a moment that can be written"))
}
