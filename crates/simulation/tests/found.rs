//! What the simulation found once, as scripts of its own: they go on finding it when the seeds draw
//! other worlds.

use simulation::{Input, Scene, Template, simulate};

const DAY: i64 = 24 * 60;
/// Enough for everything that is under way to end.
const ALL: usize = 400;
const WRITES: Input = Input::Writes {
    contact: 0,
    line: 0,
};

fn holds(template: &Template, seed: u64, scenes: &[(Input, usize)]) {
    let scenes: Vec<Scene> = scenes
        .iter()
        .map(|(input, steps)| Scene {
            input: *input,
            steps: *steps,
        })
        .collect();
    let outcome = simulate(template, seed, &scenes, None, true);
    let story = outcome.lines.join("\n");
    assert_eq!(outcome.violation, None, "seed {seed}\n{story}");
}

fn posts(many: usize) -> Input {
    Input::Posts {
        which: 0,
        many,
        again: false,
    }
}

/// A callback whose understanding fails for a moment used to step aside, and what its sender said
/// next came before it.
#[test]
fn a_failed_commit_does_not_let_a_contact_overtake_itself() {
    let template = Template::make().unwrap();
    let writes = WRITES;
    for steps in 0..24 {
        let scenes = [
            (writes, 0),
            (writes, 0),
            (posts(2), ALL),
            (Input::Works, steps),
            (Input::CommitFails { written: false }, ALL),
            (writes, 0),
            (posts(1), ALL),
        ];
        for seed in 0..4 {
            holds(&template, seed, &scenes);
        }
    }
}

/// A job that waited for a moment waited for a year when the clock was put back by one.
#[test]
fn no_job_waits_for_a_clock_that_was_wrong() {
    let template = Template::make().unwrap();
    let answers = Input::Answers {
        teammate: 0,
        place: 0,
    };
    for seed in 0..60 {
        let mut scenes = vec![(WRITES, 0), (posts(1), ALL)];
        scenes.extend([(answers, ALL); 7]);
        let minutes = -365 * DAY;
        scenes.extend([(Input::Works, ALL), (Input::Clock { minutes }, 0)]);
        holds(&template, seed, &scenes);
    }
}

/// Old events used to be removed behind newer ones that a wrong clock had dated ahead: a desk that
/// stood there missed them.
#[test]
fn the_feed_is_removed_from_its_beginning_only() {
    let template = Template::make().unwrap();
    let writes = Input::ChatWrites { customer: 0 };
    let scenes = [
        (writes, ALL),
        (Input::Follows, ALL),
        (Input::Follows, ALL),
        (
            Input::Clock {
                minutes: -365 * DAY,
            },
            0,
        ),
        (writes, ALL),
        (Input::Clock { minutes: 8 * DAY }, 0),
        (Input::Works, ALL),
        (Input::Follows, ALL),
    ];
    for seed in 0..10 {
        holds(&template, seed, &scenes);
    }
}

/// A receipt that told of a failure while the answer of the very attempt was being written was
/// taken for one of an earlier attempt, and lost.
#[test]
fn a_failure_told_while_the_answer_is_written_counts() {
    let template = Template::make().unwrap();
    let answers = Input::Answers {
        teammate: 0,
        place: 0,
    };
    for seed in 0..300 {
        let scenes = [
            (WRITES, 0),
            (posts(1), ALL),
            (answers, ALL),
            (Input::Works, 9),
            (posts(5), ALL),
        ];
        holds(&template, seed, &scenes);
    }
}

/// A desk that comes back after a week without a word, and after a few new ones.
#[test]
fn a_desk_comes_back_after_a_week_of_silence() {
    let template = Template::make().unwrap();
    let writes = Input::ChatWrites { customer: 0 };
    let scenes = [
        (writes, ALL),
        (Input::Follows, ALL),
        (Input::Follows, ALL),
        (Input::Clock { minutes: 8 * DAY }, 0),
        (Input::Works, ALL),
        (writes, ALL),
        (writes, ALL),
        (writes, ALL),
        (writes, ALL),
        (writes, ALL),
        (writes, ALL),
    ];
    for seed in 0..10 {
        holds(&template, seed, &scenes);
    }
}
