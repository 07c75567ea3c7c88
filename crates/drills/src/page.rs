//! The tables of `docs/guarantees.md`, made of the results that are kept.

use std::fmt::Write as _;
use std::path::Path;

use crate::drill::ALL;
use crate::error::{Result, While};
use crate::found::Outcome;
use crate::plan::Form;
use crate::promise::Promise;

const BEGIN: &str = "<!-- tables: cargo xtask drill --report -->";
const END: &str = "<!-- end of the tables -->";

/// Writes the page: what stands around the tables stays.
///
/// # Errors
/// When it cannot be written.
pub fn write(results: &[Outcome], page: &Path) -> Result<()> {
    let before = std::fs::read_to_string(page).doing("reading the page")?;
    std::fs::write(page, filled(&before, results)).doing("writing the page")
}

fn filled(before: &str, results: &[Outcome]) -> String {
    let (head, rest) = before.split_once(BEGIN).unwrap_or((before, ""));
    let tail = rest.split_once(END).map_or("\n", |(_, tail)| tail);
    let mut last: Vec<&Outcome> = results.iter().collect();
    last.sort_by_key(|outcome| {
        let place = ALL.iter().position(|drill| drill.name == outcome.drill);
        (place, outcome.engine, outcome.form == Form::Long)
    });
    let (promises, runs) = (promises(&last), runs(&last));
    format!("{head}{BEGIN}\n\n{promises}\n## The last runs\n\n{runs}\n{END}{tail}")
}

/// One row a promise: what keeps it, what proves it, what came of it.
fn promises(results: &[&Outcome]) -> String {
    let mut text = String::from(
        "| | promise | mechanism | command that proves it | last runs together |\n\
         |---|---|---|---|---|\n",
    );
    for promise in Promise::ALL {
        let drills = ALL.iter().filter(|drill| drill.promises.contains(&promise));
        let commands: Vec<String> = drills
            .map(|drill| format!("`cargo xtask drill --only {}`", drill.name))
            .collect();
        let of = results.iter().filter(|o| o.promises.contains(&promise));
        // Writing to a String cannot fail.
        _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            promise.name(),
            promise.promised(),
            promise.mechanism(),
            if commands.is_empty() {
                "none yet".to_owned()
            } else {
                commands.join("<br>")
            },
            together(of),
        );
    }
    text
}

fn together<'a>(outcomes: impl Iterator<Item = &'a &'a Outcome>) -> String {
    let (mut acked, mut faults, mut broken, mut runs) = (0, 0, 0, 0);
    for outcome in outcomes.filter(|outcome| outcome.found.skipped.is_none()) {
        let found = &outcome.found;
        acked += found.acked;
        faults += found.faults;
        broken += found.lost + found.doubled + found.reordered + found.corrupt;
        broken += found.complaints.len() as u64;
        runs += 1;
    }
    if runs == 0 {
        return "not run yet".to_owned();
    }
    format!("{acked} acknowledged, {faults} faults, {broken} broken")
}

fn runs(results: &[&Outcome]) -> String {
    let mut text = String::from(
        "| drill | engine | form | date | seed | acknowledged | faults | lost | doubled | reordered \
         | corrupt | recovery (mean, longest) | further |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for outcome in results {
        let found = &outcome.found;
        let recovery = match found.recovery_ms_sum.checked_div(found.recoveries) {
            None => String::new(),
            Some(mean) => format!("{mean} ms, {} ms", found.recovery_ms_max),
        };
        let mut further: Vec<String> = found
            .figures
            .iter()
            .map(|(name, value)| format!("{name}: {value:.0}"))
            .collect();
        further.extend(found.skipped.iter().map(|why| format!("skipped: {why}")));
        further.extend(found.complaints.iter().map(|why| format!("**{why}**")));
        let form = match outcome.form {
            Form::Short => "short",
            Form::Long => "long",
        };
        // Writing to a String cannot fail.
        _ = writeln!(
            text,
            "| `{}` | {} | {form} | {} | {} | {} | {} | {} | {} | {} | {} | {recovery} | {} |",
            outcome.drill,
            outcome.engine.as_str(),
            outcome.date,
            outcome.seed,
            found.acked,
            found.faults,
            found.lost,
            found.doubled,
            found.reordered,
            found.corrupt,
            further.join("; ")
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found::Found;
    use crate::plan::Engine;

    #[test]
    fn tables_are_replaced_and_everything_else_stays() {
        let mut found = Found {
            acked: 700,
            faults: 6,
            ..Found::default()
        };
        found.recovered_after(200);
        let outcome = Outcome {
            drill: "kills".into(),
            engine: Engine::Sqlite,
            form: Form::Short,
            promises: vec![Promise::P1],
            seed: 7,
            date: "2026-11-30".into(),
            seconds: 6.0,
            found,
        };
        let page = format!("# Words\n\n{BEGIN}\nof last year\n{END}\nMore words\n");
        let page = filled(&page, &[outcome]);
        assert!(page.starts_with("# Words\n") && page.ends_with("\nMore words\n"));
        assert!(!page.contains("of last year"));
        assert!(page.contains("700 acknowledged, 6 faults, 0 broken"));
        assert!(page.contains("| `kills` | sqlite | short | 2026-11-30 | 7 | 700 | 6 |"));
        assert!(page.contains("not run yet"));
        // Writing it again changes nothing.
        assert_eq!(page.matches(BEGIN).count(), 1);
    }
}
