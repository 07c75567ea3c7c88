//! `docs/limits.md`: the bounds that somebody outside can meet, from the constants themselves.

use std::fmt::Write as _;

use crate::limits::{self, Rate};

const HEAD: &str = "# Limits

<!-- Written from crates/domain/src/limits.rs; a test compares. -->

What the house takes from outside. Beyond a size the answer is 413, beyond a rate 429 with
`Retry-After`, and 503 with `Retry-After` when all memory or all seats of a kind are in use. Nothing
that was taken is ever dropped for a limit.

Rates are counted in memory, for the chat's session and for the address that asks: the other end of
the connection, or whom a proxy named in `trusted_proxies` gives as the last hop of
`X-Forwarded-For`. All addresses of one /64 network of IPv6 are one. A trusted proxy that gives no
`X-Forwarded-For` stands for many addresses at once, so its numbers are larger by the factor in the
table; let your proxy set the header.
";

fn bytes(bytes: u64) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = 1024 * KIB;
    const GIB: u64 = 1024 * MIB;
    match bytes {
        n if n >= GIB && n.is_multiple_of(GIB) => format!("{} GiB", n / GIB),
        n if n >= MIB && n.is_multiple_of(MIB) => format!("{} MiB", n / MIB),
        n if n >= KIB && n.is_multiple_of(KIB) => format!("{} KiB", n / KIB),
        n => format!("{n} bytes"),
    }
}

fn size(value: usize) -> String {
    bytes(value as u64)
}

fn rate(rate: Rate) -> String {
    let pace = if rate.every_ms < 1_000 {
        format!("{} a second", 1_000 / rate.every_ms)
    } else {
        format!("one every {} s", rate.every_ms / 1_000)
    };
    format!("{} at once, then {pace}", rate.burst)
}

fn unsent((files, held): (i64, i64)) -> String {
    format!("{files} files, {}", bytes(held.unsigned_abs()))
}

fn requests() -> Vec<(&'static str, String)> {
    vec![
        ("A callback of a provider", size(limits::CALLBACK_BODY_MAX)),
        (
            "Items in a callback",
            limits::CALLBACK_ITEMS_MAX.to_string(),
        ),
        ("A JSON body", size(limits::JSON_BODY_MAX)),
        (
            "A JSON body of somebody who did not sign in",
            size(limits::JSON_BODY_OF_STRANGER_MAX),
        ),
        (
            "From an open connection to a whole request head",
            format!("{} s", limits::HEAD_SECONDS_MAX),
        ),
        (
            "First seconds of a body, at any pace",
            format!("{} s", limits::BODY_GRACE_SECONDS),
        ),
        (
            "Pace of a body after its first seconds",
            format!("{} a second", bytes(limits::BODY_BYTES_PER_SECOND_MIN)),
        ),
        (
            "An answer of which nothing is taken",
            format!("{} s", limits::ANSWER_UNREAD_SECONDS_MAX),
        ),
        (
            "Bodies in memory at once",
            size(limits::BODIES_IN_MEMORY_MAX),
        ),
        (
            "Connections of one address that is no trusted proxy",
            limits::CONNECTIONS_OF_ADDRESS.to_string(),
        ),
        (
            "A write repeated under its own id is still the same write",
            "as long as what it made is kept".to_owned(),
        ),
        ("A page of a list", format!("{} items", limits::PAGE_MAX)),
        (
            "A search",
            format!(
                "{} characters, {} words",
                limits::SEARCH_CHARS_MAX,
                limits::SEARCH_WORDS_MAX
            ),
        ),
    ]
}

fn chat() -> Vec<(&'static str, String)> {
    vec![
        (
            "New chats of one address",
            rate(limits::CHAT_SESSIONS_PER_ADDRESS),
        ),
        (
            "Messages of one session",
            rate(limits::CHAT_MESSAGES_PER_SESSION),
        ),
        (
            "Messages of one address",
            rate(limits::CHAT_MESSAGES_PER_ADDRESS),
        ),
        (
            "Uploads of one session",
            rate(limits::CHAT_UPLOADS_PER_SESSION),
        ),
        (
            "Uploads of one address",
            rate(limits::CHAT_UPLOADS_PER_ADDRESS),
        ),
        (
            "Live sockets opened by one session",
            rate(limits::CHAT_CONNECTS_PER_SESSION),
        ),
        (
            "Live sockets opened by one address",
            rate(limits::CHAT_CONNECTS_PER_ADDRESS),
        ),
        (
            "Factor for a trusted proxy that names nobody",
            limits::UNNAMED_ADDRESS_FACTOR.to_string(),
        ),
        (
            "Signs of typing that are passed on",
            format!("one every {} ms", limits::CHAT_TYPING_EVERY_MS),
        ),
        (
            "Characters of a message",
            limits::CHAT_TEXT_CHARS_MAX.to_string(),
        ),
        (
            "Files in a message",
            limits::ATTACHMENTS_PER_MESSAGE_MAX.to_string(),
        ),
    ]
}

fn sockets() -> Vec<(&'static str, String)> {
    vec![
        ("All live sockets", limits::LIVE_SOCKETS_MAX.to_string()),
        (
            "Of these kept for teammates",
            limits::LIVE_SOCKETS_KEPT_FOR_DESK.to_string(),
        ),
        (
            "Of one customer",
            limits::LIVE_SOCKETS_OF_CONTACT.to_string(),
        ),
        (
            "Of one teammate",
            limits::LIVE_SOCKETS_OF_TEAMMATE.to_string(),
        ),
        (
            "Customers' sockets of one address",
            limits::LIVE_SOCKETS_OF_ADDRESS.to_string(),
        ),
        (
            "Things said in ten seconds, before the socket is closed with 1008",
            limits::LIVE_SAID_IN_TEN_SECONDS_MAX.to_string(),
        ),
        (
            "Missed events before a page fetches afresh",
            limits::LIVE_REPLAY_EVENTS_MAX.to_string(),
        ),
    ]
}

fn files() -> Vec<(&'static str, String)> {
    vec![
        ("A file of a teammate", size(limits::ATTACHMENT_MAX)),
        ("A file of a customer", size(limits::CHAT_ATTACHMENT_MAX)),
        (
            "Uploads of one customer at once",
            limits::UPLOADS_OF_CONTACT_AT_ONCE.to_string(),
        ),
        (
            "Customers' uploads of one address at once",
            limits::UPLOADS_OF_ADDRESS_AT_ONCE.to_string(),
        ),
        (
            "Uploads of one teammate at once",
            limits::UPLOADS_OF_TEAMMATE_AT_ONCE.to_string(),
        ),
        (
            "Downloads of one customer at once",
            limits::DOWNLOADS_OF_CONTACT_AT_ONCE.to_string(),
        ),
        (
            "Downloads of one teammate at once",
            limits::DOWNLOADS_OF_TEAMMATE_AT_ONCE.to_string(),
        ),
        (
            "Uploaded and not sent by a customer; removed after an hour",
            unsent(limits::UNSENT_OF_CONTACT_MAX),
        ),
        (
            "Uploaded and not sent by a teammate; removed after a day",
            unsent(limits::UNSENT_OF_TEAMMATE_MAX),
        ),
        (
            "Room on the disk that files leave free; then 507",
            format!(
                "{} %, at least {}, at most {}",
                limits::DISK_RESERVE_PERCENT,
                bytes(limits::DISK_RESERVE_MIN),
                bytes(limits::DISK_RESERVE_MAX)
            ),
        ),
        ("Pixels of a picture", limits::IMAGE_PIXELS_MAX.to_string()),
        (
            "Memory for the pixels of all pictures that are cleaned",
            bytes(limits::IMAGE_MEMORY_MAX),
        ),
        (
            "Frames of an animation, and their pixels together",
            format!(
                "{}, {}",
                limits::ANIMATION_FRAMES_MAX,
                limits::ANIMATION_PIXELS_MAX
            ),
        ),
    ]
}

fn minutes(ms: i64) -> String {
    format!("{} minutes", ms / crate::time::MINUTE_MS)
}

fn my_data() -> Vec<(&'static str, String)> {
    vec![
        ("A link, which opens once", minutes(limits::MY_LINK_MS)),
        (
            "Links tried from one address",
            rate(limits::CHAT_SESSIONS_PER_ADDRESS),
        ),
        ("The page stays open", minutes(limits::MY_SESSION_MS)),
        (
            "Browsers of one person at once",
            limits::MY_SESSIONS_OF_CONTACT.to_string(),
        ),
        ("A code is good", minutes(limits::MY_CODE_MS)),
        ("Tries of a code", limits::MY_CODE_TRIES.to_string()),
        (
            "Codes that are sent to one person",
            format!("{} an hour", limits::MY_CODES_AN_HOUR),
        ),
        (
            "A right code opens copies and erasure",
            minutes(limits::MY_PROVEN_MS),
        ),
        (
            "An erasure that the person asked for can be taken back",
            format!(
                "{} hours",
                limits::MY_ERASURE_WAITS_MS / crate::time::HOUR_MS
            ),
        ),
    ]
}

/// The whole page.
#[must_use]
pub fn reference_markdown() -> String {
    let mut page = HEAD.to_owned();
    for (title, rows) in [
        ("Requests", requests()),
        ("The own chat", chat()),
        ("My data", my_data()),
        ("Live sockets", sockets()),
        ("Files", files()),
    ] {
        // Writing to a String cannot fail.
        _ = write!(page, "\n## {title}\n\n| what | bound |\n|---|---|\n");
        for (what, bound) in rows {
            _ = writeln!(page, "| {what} | {bound} |");
        }
    }
    page
}
