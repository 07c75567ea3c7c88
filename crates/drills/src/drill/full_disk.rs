//! The disk fills up: what was promised stays, what cannot be kept is refused with the reason,
//! reading goes on, and so does everything when there is room again.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Drill, Held, SQLITE};
use crate::error::{Result, failed};
use crate::found::Found;
use crate::integrity;
use crate::ledger::{Entry, Outcome};
use crate::moment;
use crate::plan::Plan;
use crate::preload::{Calls, ENOSPC, WRITE};
use crate::promise::Promise;
use crate::record::Record;
use crate::round::{Round, Setup};
use crate::small_disk::SmallDisk;

/// Room for the house, its log and what the load writes, and little more.
const MEGABYTES: u32 = 96;

pub static DRILL: Drill = Drill {
    name: "full-disk",
    about: "no room is left on the disk, in truth and as an answer to writing, also across a kill; \
            then there is room again",
    promises: &[Promise::P1, Promise::P4, Promise::P12],
    engines: SQLITE,
    short_on: SQLITE,
    hold: |plan: &Plan| -> Held<'_> { Box::pin(hold(plan)) },
};

async fn hold(plan: &Plan) -> Result<Found> {
    let calls = Calls::new(&plan.directory("calls")?)?;
    let held: Arc<Mutex<Option<Result<SmallDisk>>>> = Arc::default();
    let (before, hold_here) = (calls.clone(), Arc::clone(&held));
    let setup = Setup {
        launch: Box::new(move |launch| {
            before.stand_before(launch);
            let disk = SmallDisk::under(&launch.data, MEGABYTES);
            *hold_here.lock().unwrap_or_else(PoisonError::into_inner) = Some(disk);
        }),
        ..Setup::default()
    };
    let mut round = Round::begin(plan, "full-disk", setup).await?;
    let disk = held.lock().unwrap_or_else(PoisonError::into_inner).take();
    let disk = disk.ok_or_else(|| failed("making a small disk", "nobody did"))?;
    round.until_acked(40).await?;
    for turn in 0..plan.times(4, 60) {
        match &disk {
            Ok(disk) if turn.is_multiple_of(2) => {
                disk.fill()?;
                wait_full(&mut round, turn).await?;
                disk.make_room()?;
            }
            _ => {
                let process = round.process();
                calls.fail(process, WRITE, ENOSPC, 1.0)?;
                wait_full(&mut round, 0).await?;
                calls.heal(process, WRITE)?;
            }
        }
        if round.server.is_none() {
            round.start().await?;
        }
        round.until_acked(40).await?;
    }
    let data = round.launch.data.clone();
    let (mut found, record) = round.finish_with_record().await?;
    judge(&record, &mut found);
    integrity::check(&data, &mut found)?;
    // Where nobody may mount, a full disk is only an answer to writing.
    found.figure("on a disk of its own", if disk.is_ok() { 1.0 } else { 0.0 });
    Ok(found)
}

/// Nothing is kept any more, and everybody can still read. Each third time the server is killed
/// in this state, to be started when there is room again.
async fn wait_full(round: &mut Round<'_>, turn: u64) -> Result<()> {
    round.found.faults += 1;
    let (mut known, mut same) = (round.acked(), 0);
    for _ in 0..200 {
        moment::pause(50).await;
        same = if round.acked() == known { same + 1 } else { 0 };
        known = round.acked();
        if same >= 10 {
            break;
        }
    }
    round.found.must(same >= 10, "a full disk stopped nobody");
    let reading = round.ask("/api/v1/conversations?limit=5").await;
    round
        .found
        .must(reading.is_ok(), "nobody can read while the disk is full");
    if turn % 4 == 2 {
        round.kill().await?;
    }
    Ok(())
}

/// Whoever was not served was told why.
fn judge(record: &Record, found: &mut Found) {
    let mut told = std::collections::BTreeMap::new();
    for entry in &record.ledger {
        if let Entry::Outcome {
            outcome: Outcome::Unknown { why },
            ..
        } = entry
            && why.parse::<u16>().is_ok()
        {
            *told.entry(why.as_str()).or_insert(0_u64) += 1;
        }
    }
    for (status, times) in &told {
        found.figure(&format!("answers {status}"), *times as f64);
        found.must(
            matches!(*status, "503" | "507"),
            format!("{times} times {status} was all that was said"),
        );
    }
    found.must(
        told.contains_key("507"),
        "nobody heard that the disk is full",
    );
}
