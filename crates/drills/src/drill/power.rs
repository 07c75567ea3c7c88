//! The power is cut: the whole computer stops at a random moment, and what its kernel had not
//! written to the disk is gone.

use super::{Drill, Held, SQLITE};
use crate::computer::{Computer, HOST_FROM_INSIDE};
use crate::error::{Result, While, failed};
use crate::found::Found;
use crate::integrity;
use crate::load::Shape;
use crate::moment;
use crate::plan::Plan;
use crate::promise::Promise;
use crate::round::{Round, Setup};

pub static DRILL: Drill = Drill {
    name: "power-cut",
    about: "an emulated computer with a disk of its own loses its power under load and is switched \
            on again",
    promises: &[
        Promise::P1,
        Promise::P2,
        Promise::P3,
        Promise::P4,
        Promise::P7,
    ],
    engines: SQLITE,
    short_on: &[],
    hold: |plan: &Plan| -> Held<'_> { Box::pin(hold(plan)) },
};

pub static SEEN: Drill = Drill {
    name: "power-cut-is-seen",
    about: "the same with a server that does not wait for its disk: the loss must be seen",
    promises: &[Promise::P1],
    engines: SQLITE,
    short_on: &[],
    hold: |plan: &Plan| -> Held<'_> { Box::pin(must_be_seen(plan)) },
};

/// The emulator works at a twentieth of the speed, and so does everybody in it.
fn calm() -> Shape {
    Shape {
        customers: 4,
        contacts: 4,
        desks: 2,
        pause_ms: 60,
        ..Shape::default()
    }
}

async fn hold(plan: &Plan) -> Result<Found> {
    cut(plan, "power-cut", None, plan.times(2, 40)).await
}

/// The mutant does not flush, so acknowledged messages are lost in a cut.
async fn must_be_seen(plan: &Plan) -> Result<Found> {
    let (mut lossy, mut lost) = (0, 0);
    let mut total = Found::default();
    let cuts = plan.times(3, 8);
    for _ in 0..cuts {
        let found = cut(plan, "power-cut-is-seen", Some("never_flushed"), 1).await?;
        lossy += u64::from(found.lost > 0);
        total.acked += found.acked;
        total.faults += found.faults;
        lost += found.lost;
    }
    total.figure("cuts with a loss", lossy as f64);
    total.figure("lost by the server that does not flush", lost as f64);
    total.must(lossy > 0, format!("none of {cuts} cuts showed a loss"));
    Ok(total)
}

async fn cut(plan: &Plan, name: &str, fault: Option<&str>, cuts: u64) -> Result<Found> {
    let place = plan.directory("computer")?;
    let mut words = vec![
        plan.own.display().to_string(),
        "computer".to_owned(),
        place.display().to_string(),
        plan.scratch
            .with_file_name("computer")
            .display()
            .to_string(),
    ];
    if let Some(fault) = fault {
        words.push(format!("TRESEN_FAULT={fault}"));
    }
    words.push("--".to_owned());
    let setup = Setup {
        shape: calm(),
        launch: Box::new(move |launch| {
            launch.prefix = words;
            launch.start_max = std::time::Duration::from_secs(180);
            launch
                .arguments
                .extend(["--trusted-proxies".to_owned(), HOST_FROM_INSIDE.to_owned()]);
        }),
        provider_host: HOST_FROM_INSIDE.to_owned(),
        watched: false,
        give_up_ms: 60_000,
        ..Setup::default()
    };
    let mut dice = plan.dice(name);
    let mut round = Round::begin(plan, name, setup).await?;
    for _ in 0..cuts {
        round.until_acked(60).await?;
        moment::pause(dice.below(2_000)).await;
        round.kill().await?;
        round.start().await?;
    }
    round.until_acked(20).await?;
    // The end is a cut as well: the disk is looked at as it was left.
    let mut found = round.finish().await?;
    switched_on(&mut found);
    let data = place.join("data");
    Computer::at(&place).copy_data_to(&data)?;
    integrity::check(&data, &mut found)?;
    std::fs::remove_file(place.join("disk")).doing("removing a disk")?;
    if found.faults < cuts {
        return Err(failed("cutting the power", "it was not cut often enough"));
    }
    Ok(found)
}

/// Most of the time to the first good answer is that of an emulated machine, so it is told as a
/// figure and not as the server's recovery.
fn switched_on(found: &mut Found) {
    let mean = found.recovery_ms_sum.checked_div(found.recoveries);
    found.figure(
        "seconds to switch on, at most",
        seconds(found.recovery_ms_max),
    );
    found.figure("seconds to switch on, mean", seconds(mean.unwrap_or(0)));
    (
        found.recovery_ms_max,
        found.recovery_ms_sum,
        found.recoveries,
    ) = (0, 0, 0);
}

fn seconds(milliseconds: u64) -> f64 {
    milliseconds as f64 / 1_000.0
}
