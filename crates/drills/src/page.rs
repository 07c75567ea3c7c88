//! The table of `docs/guarantees.md`, made of the results that are kept.

use std::fmt::Write as _;
use std::path::Path;

use crate::error::{Result, While};
use crate::found::Outcome;
use crate::promise::Promise;

const BEGIN: &str = "<!-- the table: cargo xtask drill --report -->";
const END: &str = "<!-- end of the table -->";

/// Writes the page.
///
/// # Errors
/// When it cannot be written.
pub fn write(results: &[Outcome], page: &Path) -> Result<()> {
    let before = std::fs::read_to_string(page).doing("reading the page")?;
    let (head, rest) = before.split_once(BEGIN).unwrap_or((before.as_str(), ""));
    let tail = rest.split_once(END).map_or("\n", |(_, tail)| tail);
    let text = format!("{head}{BEGIN}\n{}{END}{tail}", table(results));
    std::fs::write(page, text).doing("writing the page")
}

/// One row a drill and engine; the longer form tells more.
fn table(results: &[Outcome]) -> String {
    let mut text = String::from(
        "| promise | drill | engine | last run | acked | faults | lost | doubled | reordered | corrupt |\n|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for promise in Promise::ALL {
        for outcome in results.iter().filter(|o| o.promises.contains(&promise)) {
            let found = &outcome.found;
            // Writing to a String cannot fail.
            _ = writeln!(
                text,
                "| {} | `{}` | {} | {} | {} | {} | {} | {} | {} | {} |",
                promise.name(),
                outcome.drill,
                outcome.engine.as_str(),
                outcome.date,
                found.acked,
                found.faults,
                found.lost,
                found.doubled,
                found.reordered,
                found.corrupt
            );
        }
    }
    text
}
