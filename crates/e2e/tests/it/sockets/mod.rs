//! The live sockets keep to RFC 6455, whatever is sent: every case opens a socket of its own, sends
//! bytes no library would send, and looks at what comes back.

mod cases;
mod line;

use cases::{Case, Effect, Must, Words};
use line::{CLOSE, FIN, Heard, Line, PING, frame};
use serde_json::Value;
use testkit::{Auth, Engine, World};

/// Where cases are played.
struct Stage {
    base: String,
    path: &'static str,
    /// The header that signs in.
    proof: String,
    conversation: String,
    /// Whether this socket shows what was looked at.
    shows: bool,
}

/// What a line told until it ended, or until the probe was answered.
#[derive(Debug, Default)]
struct Told {
    pongs: Vec<Vec<u8>>,
    seen: bool,
    /// The probe behind the case was answered, so the line lives.
    lives: bool,
    closed: Option<Option<u16>>,
    ended: bool,
}

impl Stage {
    async fn play(&self, case: &Case) -> Told {
        let mut line = Line::open(&self.base, self.path, &self.proof).await;
        // From the first frame on nothing that is said can be missed.
        let Heard::Text(_) = line.hear().await else {
            panic!("{}: no first frame", case.number);
        };
        for bytes in &case.writes {
            if !line.send(bytes).await {
                break;
            }
        }
        // Once the line is closing there is nothing to probe.
        if !matches!(case.must, Must::Close(_)) {
            line.send(&frame(FIN | PING, b"probe")).await;
        }
        let told = self.listen(&mut line, case).await;
        if told.lives {
            line.send(&frame(FIN | CLOSE, &[])).await;
            while !matches!(line.hear().await, Heard::End) {}
        }
        told
    }

    async fn listen(&self, line: &mut Line, case: &Case) -> Told {
        let waits_for_it = self.shows && case.effect == Effect::Seen;
        let mut told = Told::default();
        while !(told.ended || told.lives && (told.seen || !waits_for_it)) {
            match line.hear().await {
                Heard::Text(frame) => told.seen |= self.is_seen(&frame),
                Heard::Pong(payload) if payload == b"probe" => told.lives = true,
                Heard::Pong(payload) => told.pongs.push(payload),
                Heard::Close(code) => told.closed = Some(code),
                Heard::End => told.ended = true,
            }
        }
        told
    }

    fn is_seen(&self, frame: &Value) -> bool {
        let watched = frame["teammates"].as_array();
        frame["type"] == "viewing"
            && frame["conversation_id"] == self.conversation.as_str()
            && watched.is_some_and(|teammates| !teammates.is_empty())
    }

    async fn judge(&self, case: &Case) -> Result<(), String> {
        let told = self.play(case).await;
        let right = match &case.must {
            Must::Live(pongs) => told.lives && told.closed.is_none() && told.pongs == *pongs,
            Must::Fail(code) => {
                let code_is_right = told.closed.is_none_or(|told| told == Some(*code));
                told.ended && !told.lives && code_is_right
            }
            Must::Close(code) => told.ended && told.pongs.is_empty() && told.closed == Some(*code),
        };
        let effect_is_right = match case.effect {
            Effect::Seen => told.seen || !self.shows,
            Effect::NotSeen => !told.seen,
            Effect::Any => true,
        };
        if right && effect_is_right {
            Ok(())
        } else {
            let Case {
                number,
                must,
                effect,
                ..
            } = case;
            Err(format!(
                "{number}: must be {must:?} {effect:?}, was {told:?}"
            ))
        }
    }

    async fn judge_all(&self, cases: &[Case]) {
        let mut wrong = Vec::new();
        for case in cases {
            wrong.extend(self.judge(case).await.err());
        }
        println!(
            "{}: {} cases, {} wrong",
            self.path,
            cases.len(),
            wrong.len()
        );
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desks_live_socket_keeps_to_the_protocol() {
    let world = World::start(Engine::Sqlite).await;
    world
        .visitor()
        .await
        .write("a", "Guten Tag")
        .await
        .expect(201);
    let conversation = world.only_conversation().await;
    let Auth::Cookie { cookie, .. } = &world.owner.auth else {
        panic!("the owner has a session");
    };
    let stage = Stage {
        base: world.base(),
        path: "/api/v1/live",
        proof: format!("Cookie: tresen_session={cookie}"),
        conversation: conversation.clone(),
        shows: true,
    };
    let cases = cases::all(&Words(conversation));
    assert!(cases.len() > 180, "{} cases", cases.len());
    stage.judge_all(&cases).await;
}

/// One of each family: a customer may not open more sockets than that in a short while.
// Case: AZ07, DO03
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_customers_live_socket_keeps_to_the_protocol() {
    const ONE_OF_EACH: [&str; 16] = [
        "1.1.2", "1.1.6", "2.4", "2.5", "3.1", "4.1.1", "5.1", "5.6", "5.9", "6.2.3", "6.3.1",
        "7.1.1", "7.3.1", "7.3.2", "7.9.5", "9.4.1",
    ];
    let world = World::start(Engine::Sqlite).await;
    let customer = world.visitor().await;
    customer.write("a", "Guten Tag").await.expect(201);
    let conversation = world.only_conversation().await;
    let stage = Stage {
        base: world.base(),
        path: "/chat/v1/live",
        proof: format!(
            "Cookie: tresen_chat={}",
            customer.cookie.as_deref().expect("a session")
        ),
        conversation: conversation.clone(),
        shows: false,
    };
    let mut cases = cases::all(&Words(conversation));
    cases.retain(|case| ONE_OF_EACH.contains(&case.number.as_str()));
    assert_eq!(cases.len(), ONE_OF_EACH.len());
    stage.judge_all(&cases).await;
}
