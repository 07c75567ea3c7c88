//! Who comes, and what they ask for.

use std::sync::atomic::{AtomicUsize, Ordering};

use domain::teammate::{Right, Role};
use domain::time::{DAY_MS, MINUTE_MS};
use serde_json::json;
use testkit::{Auth, Customer, Desk, Engine, World};

use super::rows::Kind;
use crate::session::{session_of, sign_in};

/// As whom somebody comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum As {
    /// Says nothing, or something that is worth nothing (any more).
    Nobody,
    Session(Role),
    /// A program of a teammate of this role, with one right or all of them.
    Token(Role, Option<Right>),
    /// The first or the second customer.
    Customer(usize),
}

#[derive(Clone)]
pub(super) struct Actor {
    pub(super) name: String,
    pub(super) who: As,
    pub(super) headers: Vec<(&'static str, String)>,
    /// Whose tokens it may take back.
    pub(super) email: String,
}

impl Actor {
    fn of(name: &str, who: As, headers: &[(&'static str, &str)]) -> Self {
        let headers = headers
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        Self {
            name: name.to_owned(),
            who,
            headers: headers.collect(),
            email: String::new(),
        }
    }

    fn at_the_desk(name: &str, who: As, desk: &Desk, email: &str) -> Self {
        let headers = match &desk.auth {
            Auth::Nobody => Vec::new(),
            Auth::Bearer(token) => vec![("authorization", format!("Bearer {token}"))],
            Auth::Cookie { cookie, csrf } => vec![
                ("cookie", format!("tresen_session={cookie}")),
                ("x-csrf-token", csrf.clone()),
            ],
        };
        Self {
            name: name.to_owned(),
            who,
            headers,
            email: email.to_owned(),
        }
    }

    fn in_the_chat(name: &str, who: As, customer: &Customer) -> Self {
        let secret = customer.cookie.as_deref().expect("a session");
        Self::of(name, who, &[("cookie", &format!("tresen_chat={secret}"))])
    }

    /// In the chat, and in front of its own data as well.
    async fn at_home(name: &str, who: As, customer: &Customer, world: &World) -> Self {
        let secret = customer.cookie.as_deref().expect("a session");
        let chat = format!("tresen_chat={secret}");
        let body = Some(("application/json", b"{}".to_vec()));
        let headers = [("cookie", chat.clone())];
        let answer = world.ask("POST", "/me/v1/session", &headers, body).await;
        let mine = answer.header("set-cookie").expect("a cookie");
        let mine = mine.split(';').next().expect("a pair");
        Self::of(name, who, &[("cookie", &format!("{chat}; {mine}"))])
    }

    pub(super) fn is_team(&self) -> bool {
        matches!(self.who, As::Session(_) | As::Token(..))
    }

    pub(super) fn has(&self, right: Right) -> bool {
        match self.who {
            As::Session(role) | As::Token(role, None) => role.has(right),
            As::Token(role, Some(only)) => role.has(right) && right == only,
            As::Nobody | As::Customer(_) => false,
        }
    }

    /// Words this one must never be told.
    pub(super) fn hidden(&self) -> &'static [&'static str] {
        match self.who {
            _ if self.has(Right::ReadConversations) => &[],
            As::Customer(0) => &["Kanariennotiz", "Kanarienfremd", "Kanarienfrau"],
            As::Customer(_) => &[
                "Kanariennotiz",
                "Kanarienwort",
                "Kanarienfrau",
                "Kanariendatei",
            ],
            _ => &["Kanarien"],
        }
    }
}

/// What an object is to whoever asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Object {
    /// There is none in the path.
    None,
    Own,
    /// It exists, and is somebody else's.
    Foreign,
    /// It never existed.
    Random,
    /// It was there.
    Gone,
    /// It exists, as something else.
    OtherKind,
    /// No id at all.
    Odd,
}

pub(super) struct Stage {
    pub(super) world: World,
    pub(super) webchat: String,
    whatsapp: String,
    entry: String,
    conversation: String,
    pub(super) contact: String,
    message: String,
    note: String,
    /// Files of the two customers, each sent.
    files: [String; 2],
    /// A teammate's, and not sent.
    loose_file: String,
    spare: String,
    /// Erased: conversation, contact, message, file.
    gone: [String; 4],
    gone_token: String,
    /// An erasure that is done.
    erasure: String,
    pub(super) actors: Vec<Actor>,
    count: AtomicUsize,
}

const SPARE: &str = "spare@laden.example";

fn text(value: &serde_json::Value) -> String {
    value.as_str().expect("text").to_owned()
}

/// A customer who wrote, with a file. Answers the file.
async fn written(world: &World, words: &str, name: &str) -> (Customer, String) {
    let customer = world.visitor().await;
    let bytes = format!("{words} inhalt").into_bytes();
    let file = customer.upload(name, "text/plain", bytes).await.expect(201);
    let body = json!({ "client_id": "k-1", "text": words, "attachments": [file["id"]] });
    customer.post("/messages", body).await.expect(201);
    (customer, text(&file["id"]))
}

/// What is in the first conversation of the list: itself, its contact, its first message.
async fn found(world: &World) -> [String; 3] {
    let list = world.owner.conversations("").await;
    let id = text(&list[0]["id"]);
    let items = world.owner.timeline(&id).await;
    let message = items.iter().find(|item| item["type"] == "message");
    let message = text(&message.expect("a message")["id"]);
    [id, text(&list[0]["contact"]["id"]), message]
}

impl Stage {
    pub(super) async fn set(engine: Engine) -> Self {
        let mut world = World::start(engine).await;
        let whatsapp = text(&world.connect_whatsapp().await["id"]);
        written(&world, "Ganz vorbei", "weg.txt").await;
        let [_, contact, _] = found(&world).await;
        let asked = json!({ "contact_id": contact, "confirm": "ERASE" });
        let begun = world.owner.post("/erasures", asked).await.expect(201);
        let erasure = text(&begun["id"]);
        world.settle().await;
        let (customer, file) = written(&world, "Bald vorbei", "alt.txt").await;
        let [conversation, contact, message] = found(&world).await;
        world.advance_ms(91 * DAY_MS).await;
        world.settle().await;
        let gone_chat = Actor::in_the_chat("erased customer", As::Nobody, &customer);
        let (email, password) = World::owner_credentials();
        world.owner = session_of(&world, &sign_in(&world, email, password).await);
        let path = format!("/conversations/{conversation}");
        assert_eq!(world.owner.get(&path).await.status, 404, "it was erased");
        let gone = [conversation, contact, message, file];

        let (one, file) = written(&world, "Kanarienwort", "Kanariendatei.txt").await;
        let [conversation, contact, message] = found(&world).await;
        let note = text(&world.owner.note(&conversation, "Kanariennotiz").await["id"]);
        let path = format!("/contacts/{contact}");
        let name = json!({ "name": "Kanarienfrau" });
        world.owner.patch(&path, name).await.expect(200);
        world.clock.advance_ms(1_000);
        let (two, other_file) = written(&world, "Kanarienfremd", "b.txt").await;
        let channels = world.owner.pages("/channels", "").await;
        let webchat = channels.iter().find(|c| c["kind"] == "webchat");
        let entries = world.owner.pages("/entries", "").await;
        let spare = world.teammate(Role::Teammate, "spare").await;
        let loose = spare.upload("c.txt", "text/plain", b"Kanarien".to_vec());
        let loose_file = text(&loose.await.expect(201)["id"]);
        let me = spare.get("/session").await.expect(200);
        let mut stage = Self {
            webchat: text(&webchat.expect("the chat")["id"]),
            whatsapp,
            entry: text(&entries[0]["id"]),
            conversation,
            contact,
            message,
            note,
            files: [file, other_file],
            loose_file,
            spare: text(&me["teammate"]["id"]),
            gone,
            gone_token: String::new(),
            erasure,
            actors: vec![gone_chat],
            count: AtomicUsize::new(0),
            world,
        };
        stage.cast(&one, &two).await;
        stage
    }

    async fn cast(&mut self, one: &Customer, two: &Customer) {
        self.add_those_who_are_nobody(one).await;
        let world = &self.world;
        let mut actors = Vec::new();
        for role in Role::ALL {
            let (desk, email) = if role == Role::Owner {
                (world.owner.clone(), World::owner_credentials().0.to_owned())
            } else {
                let email = format!("{}@laden.example", role.as_str());
                world.teammate(role, role.as_str()).await;
                let password = World::owner_credentials().1;
                let answer = sign_in(world, &email, password).await;
                (session_of(world, &answer), email)
            };
            let name = format!("{} in a browser", role.as_str());
            actors.push(Actor::at_the_desk(&name, As::Session(role), &desk, &email));
            let token = world.token(&email, &[], None).await;
            let name = format!("program of {}", role.as_str());
            actors.push(Actor::at_the_desk(
                &name,
                As::Token(role, None),
                &token,
                &email,
            ));
        }
        let (email, _) = World::owner_credentials();
        for right in Right::ALL {
            let token = world.token(email, &[right.scope()], None).await;
            let name = format!("program with {}", right.scope());
            let who = As::Token(Role::Owner, Some(right));
            actors.push(Actor::at_the_desk(&name, who, &token, email));
        }
        for (place, customer) in [one, two].into_iter().enumerate() {
            let name = format!("customer {place}");
            let who = As::Customer(place);
            actors.push(Actor::at_home(&name, who, customer, world).await);
        }
        self.actors.extend(actors);
    }

    /// What was worth something once, elsewhere, or never.
    async fn add_those_who_are_nobody(&mut self, customer: &Customer) {
        let world = &self.world;
        let (email, password) = World::owner_credentials();
        let expired = world.token(email, &[], Some(MINUTE_MS)).await;
        world.clock.advance_ms(MINUTE_MS);
        let over = session_of(world, &sign_in(world, email, password).await);
        over.call("DELETE", "/session", None).await.expect(204);
        let shut_out = world.teammate(Role::Admin, "Weg").await;
        let id = shut_out.get("/session").await.expect(200)["teammate"]["id"].clone();
        let path = format!("/teammates/{}", id.as_str().expect("an id"));
        let change = json!({ "disabled": true });
        world.owner.patch(&path, change).await.expect(200);
        let revoked = world.token(email, &[], None).await;
        self.gone_token = self.newest_token().await;
        let path = format!("/tokens/{}", self.gone_token);
        world.owner.call("DELETE", &path, None).await.expect(204);
        let nobody = As::Nobody;
        let chat = customer.cookie.as_deref().expect("a session");
        let Auth::Cookie { cookie, .. } = &world.owner.auth else {
            panic!("a session");
        };
        let mut left = world.visitor().await;
        let visited = Actor::in_the_chat("customer who left", nobody, &left);
        left.call_with("DELETE", "/session", None, &[])
            .await
            .expect(204);
        left.cookie = None;
        let others = [
            Actor::of("nobody", nobody, &[]),
            Actor::at_the_desk("expired token", nobody, &expired, ""),
            Actor::at_the_desk("session that is over", nobody, &over, ""),
            Actor::at_the_desk("program of one who was shut out", nobody, &shut_out, ""),
            Actor::at_the_desk("token taken back", nobody, &revoked, ""),
            visited,
            Actor::of(
                "invented token",
                nobody,
                &[("authorization", "Bearer tresen_x")],
            ),
            Actor::of(
                "chat secret as session",
                nobody,
                &[("cookie", &format!("tresen_session={chat}"))],
            ),
            Actor::of(
                "chat secret as token",
                nobody,
                &[("authorization", &format!("Bearer {chat}"))],
            ),
            Actor::of(
                "session as chat secret",
                nobody,
                &[("cookie", &format!("tresen_chat={cookie}"))],
            ),
            Actor::of(
                "session as token",
                nobody,
                &[("authorization", &format!("Bearer {cookie}"))],
            ),
        ];
        self.actors.extend(others);
    }

    /// A number that was not given before.
    pub(super) fn number(&self) -> usize {
        self.count.fetch_add(1, Ordering::SeqCst)
    }

    async fn newest_token(&self) -> String {
        let all = self.world.app().all_tokens().await.expect("tokens");
        let newest = all.iter().map(|token| token.id.to_string()).max();
        newest.expect("a token")
    }

    /// A copy that this one asked for, where it may.
    async fn fresh_export(&self, actor: &Actor) -> Option<String> {
        if !actor.is_team() || !actor.has(Right::AnswerRequests) {
            return None;
        }
        let path = format!("/api/v1/contacts/{}/exports", self.contact);
        let asked = self.world.ask("POST", &path, &actor.headers, None).await;
        Some(text(&asked.expect(201)["id"]))
    }

    async fn fresh_token(&self, email: &str) -> String {
        let email = if email.is_empty() { SPARE } else { email };
        self.world.token(email, &[], None).await;
        self.newest_token().await
    }

    /// The same, with a session of its own that may end.
    pub(super) async fn with_a_session_to_lose(&self, actor: &Actor) -> Actor {
        match actor.who {
            As::Session(_) => {
                let password = World::owner_credentials().1;
                let answer = sign_in(&self.world, &actor.email, password).await;
                let desk = session_of(&self.world, &answer);
                Actor::at_the_desk(&actor.name, actor.who, &desk, &actor.email)
            }
            As::Customer(_) => {
                let visitor = self.world.visitor().await;
                Actor::at_home(&actor.name, actor.who, &visitor, &self.world).await
            }
            _ => actor.clone(),
        }
    }

    /// The id of such an object, where there can be one.
    pub(super) async fn id(&self, kind: Kind, object: Object, actor: &Actor) -> Option<String> {
        match object {
            Object::None => None,
            Object::Odd => Some("x".to_owned()),
            Object::Own => self.own(kind, actor).await,
            Object::Foreign => self.foreign(kind, actor).await,
            Object::Random => Some(match kind {
                Kind::Slug => "nirgends".to_owned(),
                Kind::Notice => "4711".to_owned(),
                other => format!("{}_01k9zzzzzzzzzzzzzzzzzzzzzz", prefix(other)?),
            }),
            Object::Gone => match kind {
                Kind::Conversation => Some(self.gone[0].clone()),
                Kind::Contact => Some(self.gone[1].clone()),
                Kind::Message => Some(self.gone[2].clone()),
                Kind::File => Some(self.gone[3].clone()),
                Kind::Token => Some(self.gone_token.clone()),
                _ => None,
            },
            Object::OtherKind => match kind {
                Kind::Slug | Kind::Notice => None,
                Kind::Contact => Some(self.conversation.clone()),
                _ => Some(self.contact.clone()),
            },
        }
    }

    async fn own(&self, kind: Kind, actor: &Actor) -> Option<String> {
        Some(match kind {
            Kind::File => {
                let place = usize::from(actor.who == As::Customer(1));
                self.files[place].clone()
            }
            Kind::Channel => self.webchat.clone(),
            Kind::Callbacks => self.whatsapp.clone(),
            Kind::Contact => self.contact.clone(),
            Kind::Conversation => self.conversation.clone(),
            Kind::Entry => self.entry.clone(),
            Kind::Message => self.message.clone(),
            Kind::Notice => "1".to_owned(),
            Kind::Slug => testkit::SLUG.to_owned(),
            Kind::Teammate => self.spare.clone(),
            Kind::Token => self.fresh_token(&actor.email).await,
            Kind::Erasure => self.erasure.clone(),
            Kind::Export => return self.fresh_export(actor).await,
            Kind::Passkey | Kind::Hold => return None,
        })
    }

    async fn foreign(&self, kind: Kind, actor: &Actor) -> Option<String> {
        Some(match (kind, actor.who) {
            (Kind::File, As::Customer(0)) => self.files[1].clone(),
            (Kind::File, As::Customer(_)) => self.files[0].clone(),
            (Kind::File, _) => self.loose_file.clone(),
            // A note is no message, whatever its id is called.
            (Kind::Message, _) => self.note.replacen("nte_", "msg_", 1),
            (Kind::Token, _) => self.fresh_token(SPARE).await,
            // The own chat calls nobody back.
            (Kind::Callbacks, _) => self.webchat.clone(),
            _ => return None,
        })
    }
}

fn prefix(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::File => "att",
        Kind::Channel | Kind::Callbacks => "chn",
        Kind::Contact => "con",
        Kind::Conversation => "cnv",
        Kind::Entry => "ent",
        Kind::Erasure => "era",
        Kind::Export => "exp",
        Kind::Hold => "hld",
        Kind::Message => "msg",
        Kind::Passkey => "pky",
        Kind::Teammate => "tmt",
        Kind::Token => "tok",
        Kind::Notice | Kind::Slug => return None,
    })
}
