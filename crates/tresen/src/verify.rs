//! `tresen verify package.zip`: judges a proof package. It needs no installation, no network and no
//! data directory; a third party runs it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use proof::VerifierKey;
use proof::package::{Check, PACKAGE_BYTES_MAX, Trust, Verdict, verify};

/// What is judged, and what who asks knows from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub package: PathBuf,
    /// The company's key, or a file with it.
    pub key: Option<String>,
    /// Signed tree heads that were kept.
    pub heads: Vec<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("--key is neither a key nor a file with one: {0}")]
    Key(#[from] proof::KeyError),
}

/// Judges and prints; answers whether the package holds.
///
/// # Errors
/// When a file cannot be read or the key is none.
pub fn run(request: &Request) -> Result<bool, VerifyError> {
    let key = request.key.as_deref().map(read_key).transpose()?;
    let heads: Result<Vec<_>, _> = request.heads.iter().map(|path| read(path)).collect();
    let trust = Trust { key, heads: heads? };
    let verdict = verify(&read(&request.package)?, &trust);
    print!("{}", told(&verdict));
    Ok(verdict.holds())
}

fn read(path: &Path) -> Result<Vec<u8>, VerifyError> {
    let unreadable = |source| VerifyError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    // One byte more than a package may have is enough to refuse it.
    let most = u64::try_from(PACKAGE_BYTES_MAX).map_or(u64::MAX, |most| most + 1);
    File::open(path)
        .and_then(|file| file.take(most).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    Ok(bytes)
}

fn read_key(given: &str) -> Result<VerifierKey, VerifyError> {
    let path = Path::new(given);
    let written = if path.is_file() {
        String::from_utf8_lossy(&read(path)?).into_owned()
    } else {
        given.to_owned()
    };
    Ok(written.trim().parse()?)
}

/// The verdict for a person at a terminal.
fn told(verdict: &Verdict) -> String {
    let mut lines = Vec::new();
    if let Some(summary) = &verdict.summary {
        lines.push(format!("from   {}", summary.name));
        lines.push(format!("made   {}", summary.created));
        lines.push(format!("key    {}", summary.fingerprint));
        for record in &summary.records {
            let state = record
                .state
                .map_or("in no state", proof::ConsentState::as_str);
            let (purpose, channel) = (&record.purpose, &record.channel);
            let (events, since) = (record.events, record.since);
            lines.push(format!(
                "consent to {purpose} by {channel}: {state} since {since}, {events} events"
            ));
        }
    }
    lines.extend(verdict.checks.iter().flat_map(told_check));
    lines.push(conclusion(verdict).to_owned());
    // What a stranger wrote must not steer the terminal.
    let visible = lines.iter().map(|line| format!("{}\n", plain(line)));
    visible.collect()
}

fn told_check(check: &Check) -> Vec<String> {
    let kind = check.kind.as_str();
    if check.findings.is_empty() {
        let (claim, count) = (check.kind.claim(), check.count);
        return vec![match count {
            0 => format!("ok     {kind}: nothing to look at"),
            _ => format!("ok     {kind}: {claim}"),
        }];
    }
    let wrong = check.findings.iter();
    wrong
        .map(|found| format!("WRONG  {kind}: {found}"))
        .collect()
}

fn conclusion(verdict: &Verdict) -> &'static str {
    match (verdict.holds(), verdict.key_was_given) {
        (true, true) => "The package holds: every check was made with the key you gave.",
        (true, false) => {
            "The package agrees with itself. Whose key it is you only know when the fingerprint \
             above is the one the company gave you elsewhere, or when you give the key with --key."
        }
        (false, _) => "The package does not hold.",
    }
}

fn plain(line: &str) -> String {
    let visible = |character: char| match character {
        hidden if hidden.is_control() => hidden.escape_default().collect(),
        // Marks that turn the direction of writing could show another sentence.
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            String::new()
        }
        shown => shown.to_string(),
    };
    line.chars().map(visible).collect()
}
