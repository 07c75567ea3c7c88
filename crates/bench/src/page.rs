//! `docs/performance.md` and its pictures, made of what the last run found. What people have to
//! say about it stands in `docs/performance/notes.md` and is put in its place.

use std::fmt::Write as _;
use std::path::Path;

use crate::error::{Result, While};
use crate::plot::Bars;
use crate::report::{Goal, Report, Row};

/// Scenarios as the page tells of them: name, heading, what is done.
const CHAPTERS: [(&str, &str, &str); 10] = [
    (
        "ingest",
        "Taking callbacks in",
        "64 callbacks are in flight, each with one signed text message; an answer is sent after the \
         commit. 2,000 contacts write, spread over a history of a million messages. Beside it, in \
         the same round, one thread commits the very same rows with prepared statements, 64 in a \
         transaction: no HTTP, no signature, no parsing, no sealing, no look-up.",
    ),
    (
        "pace",
        "How long an answer takes",
        "Requests leave at fixed times, whatever the server does, and an answer's time counts from \
         when its request was due. The disk's own answer is subtracted: below it nothing durable \
         can go. The history holds a million messages.",
    ),
    (
        "growth",
        "When much lies behind",
        "The same 2,000 contacts write into histories of 10 thousand messages, of a million (both five \
         a conversation) and into the largest one. The last line is the worst case: any contact \
         writes, none twice in a row.",
    ),
    (
        "reading",
        "What a teammate waits for",
        "A list of 50 among all conversations of the largest history, with names, previews and \
         addresses opened, and the end of a conversation of ten thousand messages with their text \
         opened; one request after the other.",
    ),
    (
        "fan-out",
        "Everybody looks on",
        "One message goes to 1,000 live sockets of the desk. The bare write loop is one thread that \
         writes the same bytes to as many sockets. 5,000 sockets are kept idle, then all dropped, \
         and all come back at once with their cursors.",
    ),
    (
        "idle",
        "A house that nobody uses",
        "Time from the start of the process until it says `ready`; memory three seconds later.",
    ),
    (
        "duplicates",
        "Providers repeat themselves",
        "The same 20,000 callbacks a second time: each is answered 200 and changes nothing.",
    ),
    (
        "postgres",
        "On PostgreSQL",
        "The same load on PostgreSQL 15 with `synchronous_commit = on`, its processes counted.",
    ),
    (
        "rewrap",
        "Somebody is erased",
        "After an erasure the keys of everybody else are wrapped by a new generation, and the old \
         generation is destroyed: a million keys in a SQLite key store, each durable before the \
         old ones go. Reading and writing go on meanwhile.",
    ),
    (
        "copies",
        "Somebody asks for its data",
        "The copy of a contact with one conversation of 10,000 messages: pages to read, the same as \
         JSON, and a signed list of all of it, made while it is sent.",
    ),
];

fn figure(value: f64) -> String {
    match value.abs() {
        large if large >= 1_000.0 => {
            let digits = format!("{value:.0}");
            let mut grouped = String::new();
            for (place, digit) in digits.chars().enumerate() {
                if place > 0 && (digits.len() - place).is_multiple_of(3) {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            grouped
        }
        large if large >= 100.0 => format!("{value:.0}"),
        large if large >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn goal(row: &Row) -> String {
    match row.goal {
        None => String::new(),
        Some(Goal::AtMost(most)) => format!("≤ {}", figure(most)),
        Some(Goal::AtLeast(least)) => format!("≥ {}", figure(least)),
    }
}

/// Whether the goal is met, and by how much it is missed.
fn verdict(row: &Row) -> String {
    let value = row.value.median;
    match row.goal {
        None => String::new(),
        Some(goal) if goal.is_met(value) => "met".to_owned(),
        // Far from the goal a percentage says nothing any more.
        Some(Goal::AtMost(bound)) if value > 3.0 * bound => {
            format!("**missed: {} times the goal**", figure(value / bound))
        }
        Some(Goal::AtMost(bound)) => format!("**missed by {}**", percent(value / bound - 1.0)),
        Some(Goal::AtLeast(bound)) => format!("**missed by {}**", percent(1.0 - value / bound)),
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

fn table(page: &mut String, rows: &[&Row]) {
    page.push_str("| | median | rounds | goal | |\n|---|---|---|---|---|\n");
    for row in rows {
        // Writing to a String cannot fail; the same below.
        _ = writeln!(
            page,
            "| {} | {} {} | {} … {} | {} | {} |",
            row.name,
            figure(row.value.median),
            row.unit,
            figure(row.value.min),
            figure(row.value.max),
            goal(row),
            verdict(row)
        );
    }
}

impl Report {
    fn of<'a>(&'a self, scenario: &'a str) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().filter(move |row| row.scenario == scenario)
    }

    fn median(&self, scenario: &str, name: &str) -> Option<f64> {
        let row = self.of(scenario).find(|row| row.name == name)?;
        Some(row.value.median)
    }

    /// The disk over all rounds: medians and 99th percentiles, lowest and highest.
    fn disk(&self) -> String {
        let probes = || {
            self.rounds
                .iter()
                .flat_map(|r| [r.disk_before, r.disk_after])
        };
        let range = |values: Vec<u32>| {
            let (low, high) = (values.iter().min(), values.iter().max());
            let ms = |value: Option<&u32>| value.map_or(0.0, |us| f64::from(*us) / 1e3);
            format!("{} … {} ms", figure(ms(low)), figure(ms(high)))
        };
        format!(
            "An `fdatasync` of 4 KiB took {} in the median and {} at the 99th percentile, probe by \
             probe.",
            range(probes().map(|t| t.p50).collect()),
            range(probes().map(|t| t.p99).collect())
        )
    }
}

fn pictures(report: &Report, directory: &Path) -> Result<Vec<(&'static str, &'static str)>> {
    let mut made = Vec::new();
    let mut draw = |chapter, file: &'static str, bars: &Bars<'_>| {
        made.push((chapter, file));
        std::fs::write(directory.join(file), bars.svg()).doing("drawing a picture")
    };
    let rates = [200, 1_000, 2_000];
    let names = ["median answer", "99th percentile", "99.9th percentile"];
    let groups: Vec<_> = rates
        .iter()
        .filter_map(|rate| {
            let at = |name: &&str| report.median("pace", &format!("{rate}/s: {name}"));
            let values: Option<Vec<f64>> = names.iter().map(at).collect();
            Some((format!("{rate} a second"), values?))
        })
        .collect();
    if !groups.is_empty() {
        let bars = Bars {
            title: "From when a callback was due until its answer",
            unit: "ms",
            series: &names,
            groups,
            mark: None,
        };
        draw("pace", "answers.svg", &bars)?;
    }
    let sizes = report.of("growth").filter_map(|row| {
        let size = row.name.strip_prefix("CPU a message, ")?;
        let plain = !size.contains('÷') && !size.contains("any contact");
        plain.then(|| (size.to_owned(), vec![row.value.median]))
    });
    let groups: Vec<_> = sizes.collect();
    if !groups.is_empty() {
        let bars = Bars {
            title: "CPU of the server a message",
            unit: "µs",
            series: &["CPU"],
            groups,
            mark: None,
        };
        draw("growth", "growth.svg", &bars)?;
    }
    Ok(made)
}

/// Writes the page and its pictures.
///
/// # Errors
/// When a file cannot be written.
pub fn write(report: &Report, page: &Path) -> Result<()> {
    let directory = page.with_extension("");
    std::fs::create_dir_all(&directory).doing("making the page")?;
    let pictures = pictures(report, &directory)?;
    let notes = std::fs::read_to_string(directory.join("notes.md")).ok();
    let text = markdown(report, &pictures, notes.as_deref().unwrap_or(""));
    std::fs::write(page, text).doing("writing the page")
}

fn markdown(report: &Report, pictures: &[(&str, &str)], notes: &str) -> String {
    let mut page = "# Performance

<!-- Written by `cargo xtask bench` from docs/performance/rounds.json and
     docs/performance/notes.md. -->

What a message costs, what people wait for, and whether that grows. Measured on the release binary
as a process of its own, with its default settings: every commit waits for the disk
(`synchronous = FULL`), everything personal is sealed, metrics and logs are on. The load is another
process on the same machine; its own CPU is told beside the server's.

On a shared machine seconds mean little. So each figure is a ratio to a limit that was measured in
the same round, the sides alternate round by round, and what is told is the median of the rounds
with the lowest and the highest.

"
    .to_owned();
    if let Some(run) = report.runs.last() {
        let machine = &run.machine;
        _ = writeln!(
            page,
            "The last run: {} rounds; {} cores of {}, {} GiB, Linux {}; load average before it {}. {}\n",
            report
                .rows
                .iter()
                .map(|row| row.rounds.len())
                .max()
                .unwrap_or(0),
            machine.cores,
            machine.processor,
            machine.memory_gib,
            machine.kernel,
            machine.load,
            report.disk()
        );
    }
    let judged: Vec<&Row> = CHAPTERS
        .iter()
        .flat_map(|(scenario, _, _)| report.of(scenario))
        .filter(|row| row.goal.is_some())
        .collect();
    let met = judged.iter().filter(|row| verdict(row) == "met").count();
    _ = writeln!(page, "## The goals\n\n{met} of {} are met.\n", judged.len());
    table(&mut page, &judged);
    if !notes.is_empty() {
        _ = write!(page, "\n{}\n", notes.trim());
    }
    for (scenario, heading, what) in CHAPTERS {
        let rows: Vec<&Row> = report.of(scenario).collect();
        if rows.is_empty() {
            continue;
        }
        _ = writeln!(page, "\n## {heading}\n\n{what}\n");
        for (_, file) in pictures.iter().filter(|(chapter, _)| *chapter == scenario) {
            _ = writeln!(page, "![{heading}](performance/{file})\n");
        }
        table(&mut page, &rows);
    }
    page.push_str(
        "\n## Measuring it yourself\n\n```sh\ncargo xtask bench                  # all of it, about an hour; the histories are kept in the target directory\n\
         cargo xtask bench --only ingest    # one scenario: idle, ingest, pace, duplicates, growth, reading, fan-out, postgres, rewrap, copies\n\
         cargo xtask bench --quick          # tiny sizes, two minutes: whether it works, not how fast\n```\n\n\
         Every round of the last run lies in [performance/rounds.json](performance/rounds.json).\n",
    );
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_for_people() {
        assert_eq!(figure(12_345.6), "12,346");
        assert_eq!(figure(1_234_567.0), "1,234,567");
        assert_eq!(figure(119.6), "120");
        assert_eq!(figure(12.34), "12.3");
        assert_eq!(figure(0.612), "0.61");
    }

    #[test]
    fn the_page_says_what_is_missed_and_by_how_much() {
        let mut report = Report::default();
        report.begin("ingest", 0);
        report.row("ingest", "CPU", "µs", Some(Goal::AtMost(120.0)), &[150.0]);
        report.row("ingest", "rate", "×", Some(Goal::AtLeast(0.6)), &[0.7]);
        let page = markdown(&report, &[("ingest", "x.svg")], "Why.");
        assert!(page.contains("1 of 2 are met"));
        assert!(page.contains("**missed by 25 %**"));
        assert!(page.contains("\nWhy.\n") && page.contains("(performance/x.svg)"));
    }
}
