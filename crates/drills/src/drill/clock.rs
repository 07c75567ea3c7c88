//! The clock of the machine is put forward and back: order stays, what waits for a time neither
//! comes early nor is forgotten, and nothing is erased on the word of a wrong clock.

use serde_json::{Value, json};

use super::{BOTH, Drill, Held, SQLITE};
use crate::client::Who;
use crate::error::{Result, failed};
use crate::found::{Found, date_of};
use crate::ledger::{Kind, acknowledged};
use crate::load::Shape;
use crate::moment;
use crate::plan::Plan;
use crate::preload::WallClock;
use crate::promise::Promise;
use crate::round::{Round, Setup};

const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 24 * HOUR_S;
const YEAR_S: i64 = 365 * DAY_S;
/// The house looks for what is due every two seconds.
const NOTICED_MS: u64 = 2_500;
const WOKEN_TRIES: u32 = 300;

pub static DRILL: Drill = Drill {
    name: "clock",
    about: "the clock jumps by -1 hour, +2 hours and a year in both directions under load, with \
            conversations that are snoozed",
    promises: &[Promise::P3, Promise::P11],
    engines: BOTH,
    short_on: SQLITE,
    hold: |plan: &Plan| -> Held<'_> { Box::pin(hold(plan)) },
};

pub static SEEN: Drill = Drill {
    name: "clock-is-seen",
    about: "a year forward with a server that believes every clock: what it erases must be missed",
    promises: &[Promise::P11],
    engines: BOTH,
    short_on: SQLITE,
    hold: |plan: &Plan| -> Held<'_> { Box::pin(must_be_seen(plan)) },
};

async fn hold(plan: &Plan) -> Result<Found> {
    let near = [-HOUR_S, 2 * HOUR_S];
    // A provider's reply window closes when the clock is a year ahead, so only the own chat
    // goes on then.
    let far = [YEAR_S, -YEAR_S];
    let alone = Shape {
        contacts: 0,
        ..Shape::default()
    };
    let mut found = Found::default();
    for _ in 0..plan.times(1, 20) {
        found.add(jump(plan, Shape::default(), &near, DAY_S).await?);
        found.add(jump(plan, alone, &far, 30 * DAY_S).await?);
    }
    Ok(found)
}

async fn must_be_seen(plan: &Plan) -> Result<Found> {
    let (clock, mut round) = begin(plan, Shape::default(), Some("clock_believed")).await?;
    let far = Snoozed::new(&mut round, "z1", 30 * DAY_S).await?;
    clock.put(YEAR_S)?;
    moment::pause(NOTICED_MS).await;
    far.must_sleep(&mut round, YEAR_S).await?;
    let mut found = Found {
        acked: round.acked(),
        faults: 1,
        ..Found::default()
    };
    let is_seen = !round.found.complaints.is_empty();
    found.must(is_seen, "nobody missed what a wrong clock had erased");
    Ok(found)
}

async fn begin<'a>(
    plan: &'a Plan,
    shape: Shape,
    fault: Option<&'static str>,
) -> Result<(WallClock, Round<'a>)> {
    let clock = WallClock::new(&plan.directory("clock")?)?;
    let before = clock.clone();
    let setup = Setup {
        shape,
        launch: Box::new(move |launch| {
            before.stand_before(launch);
            if let Some(fault) = fault {
                launch.set("TRESEN_FAULT", fault);
            }
        }),
        ..Setup::default()
    };
    let mut round = Round::begin(plan, "clock", setup).await?;
    round.until_acked(40).await?;
    Ok((clock, round))
}

async fn jump(plan: &Plan, shape: Shape, jumps: &[i64], far_s: i64) -> Result<Found> {
    let (clock, mut round) = begin(plan, shape, None).await?;
    let far = Snoozed::new(&mut round, "z1", far_s).await?;
    for (number, seconds) in jumps.iter().enumerate() {
        // Due soon after the clock is right again.
        let near = Snoozed::new(&mut round, &format!("z{}", 2 + number), 4).await?;
        clock.put(*seconds)?;
        round.found.faults += 1;
        round.until_acked(60).await?;
        moment::pause(NOTICED_MS).await;
        far.must_sleep(&mut round, *seconds).await?;
        clock.put(0)?;
        round.found.faults += 1;
        round.until_acked(60).await?;
        near.must_wake(&mut round).await?;
        far.must_sleep(&mut round, 0).await?;
    }
    round.finish().await
}

/// A moment as the interface reads it.
fn as_written(unix_s: u64) -> String {
    let of_day = unix_s % 86_400;
    let (hours, minutes) = (of_day / 3_600, of_day / 60 % 60);
    format!(
        "{}T{hours:02}:{minutes:02}:{:02}.000Z",
        date_of(unix_s),
        of_day % 60
    )
}

/// A conversation that nobody writes in, put aside until a moment.
struct Snoozed {
    id: String,
}

impl Snoozed {
    async fn new(round: &mut Round<'_>, name: &str, seconds: i64) -> Result<Self> {
        let client = round.client.clone();
        let stranger = Who::Stranger {
            address: "192.0.2.7".to_owned(),
        };
        let entry = json!({ "entry": round.place.people.slug, "locale": "de" });
        let asked = client.call_for_cookie("POST", "/chat/v1/sessions", &stranger, Some(&entry));
        let (told, cookie) = asked.await;
        told.good("arriving")?;
        let who = Who::Visitor {
            cookie: cookie.ok_or_else(|| failed("arriving", "there is no cookie"))?,
            address: "192.0.2.7".to_owned(),
        };
        let text = format!("{name}-1 bis dann");
        let body = json!({ "client_id": name, "text": text });
        let written = client.post("/chat/v1/messages", &who, &body).await;
        let written = written.good("writing")?;
        let told = client.post("/chat/v1/sessions", &who, &entry).await;
        let id = told.good("arriving")?["conversation_id"]
            .as_str()
            .unwrap_or("")
            .to_owned();
        round.own_places.insert(id.clone(), id.clone());
        round
            .own
            .extend(acknowledged(Kind::Chat, &id, &text, &written));
        let until = moment::unix_s().saturating_add_signed(seconds);
        let change = json!({ "status": "snoozed", "snoozed_until": as_written(until) });
        let path = format!("/api/v1/conversations/{id}");
        let told = client
            .call("PATCH", &path, &round.teammate(0), Some(&change))
            .await;
        told.good("snoozing")?;
        Ok(Self { id })
    }

    /// Null when it is not there any more.
    async fn status(&self, round: &Round<'_>) -> Value {
        let path = format!("/api/v1/conversations/{}", self.id);
        let shown = round.ask(&path).await;
        shown.map_or(Value::Null, |shown| shown["status"].clone())
    }

    async fn must_sleep(&self, round: &mut Round<'_>, seconds: i64) -> Result<()> {
        let status = self.status(round).await;
        round.found.must(
            status == "snoozed",
            format!("with the clock at {seconds:+} s, what was snoozed is {status}"),
        );
        Ok(())
    }

    async fn must_wake(&self, round: &mut Round<'_>) -> Result<()> {
        for _ in 0..WOKEN_TRIES {
            if self.status(round).await == "open" {
                return Ok(());
            }
            moment::pause(25).await;
        }
        round.found.must(false, "what was snoozed never came back");
        Ok(())
    }
}
