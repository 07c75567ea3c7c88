//! Every bound of the house in one place. Sizes in bytes unless the name says otherwise.

/// A provider may send up to 3 MB; twice that and some is still refused early.
pub const CALLBACK_BODY_MAX: usize = 8 * 1024 * 1024;
/// JSON bodies of teammates and customers.
pub const JSON_BODY_MAX: usize = 256 * 1024;
/// JSON bodies of those who did not prove who they are.
pub const JSON_BODY_OF_STRANGER_MAX: usize = 16 * 1024;
/// Bodies of callbacks and JSON that are in memory at once.
pub const BODIES_IN_MEMORY_MAX: usize = 64 * 1024 * 1024;
/// This much of a body is not counted: small messages find room while large ones wait.
pub const BODY_UNCOUNTED: usize = 16 * 1024;
/// Files that customers upload right now.
pub const CHAT_UPLOADS_IN_MEMORY_MAX: usize = 128 * 1024 * 1024;
/// Files that teammates upload right now.
pub const UPLOADS_IN_MEMORY_MAX: usize = 256 * 1024 * 1024;
/// Pieces of files that are on their way out.
pub const DOWNLOADS_IN_MEMORY_MAX: usize = 64 * 1024 * 1024;
/// Uploads of one customer at once, of one address, and of one teammate.
pub const UPLOADS_OF_CONTACT_AT_ONCE: u32 = 2;
pub const UPLOADS_OF_ADDRESS_AT_ONCE: u32 = 4;
pub const UPLOADS_OF_TEAMMATE_AT_ONCE: u32 = 4;
/// Files that are cleaned and sealed at once.
pub const UPLOADS_WORKED_ON_AT_ONCE: usize = 4;
/// Downloads of one customer and of one teammate at once.
pub const DOWNLOADS_OF_CONTACT_AT_ONCE: u32 = 8;
pub const DOWNLOADS_OF_TEAMMATE_AT_ONCE: u32 = 32;
/// From an idle connection to a whole request head; an idle connection ends then as well.
pub const HEAD_SECONDS_MAX: u64 = 10;
/// The first seconds of a body, in which its pace does not matter.
pub const BODY_GRACE_SECONDS: u64 = 20;
/// How long somebody may take nothing of an answer that waits for them.
pub const ANSWER_UNREAD_SECONDS_MAX: u64 = 60;
/// Bytes a second at which a body must arrive, after its first seconds.
pub const BODY_BYTES_PER_SECOND_MIN: u64 = 16 * 1024;
/// One file, in either direction (the largest any channel takes).
pub const ATTACHMENT_MAX: usize = 100 * 1024 * 1024;
/// One file sent by a customer through the own chat.
pub const CHAT_ATTACHMENT_MAX: usize = 25 * 1024 * 1024;
pub const ATTACHMENTS_PER_MESSAGE_MAX: usize = 10;
/// Files and bytes of them that a customer may upload before sending them.
pub const UNSENT_OF_CONTACT_MAX: (i64, i64) = (20, 100 * 1024 * 1024);
pub const UNSENT_OF_TEAMMATE_MAX: (i64, i64) = (100, 1024 * 1024 * 1024);
/// A file that is part of no message by then was given up.
pub const UNSENT_OF_CONTACT_MS: i64 = crate::time::HOUR_MS;
pub const UNSENT_OF_TEAMMATE_MS: i64 = crate::time::DAY_MS;
/// Room on the disk that files leave free, so that messages still fit.
pub const DISK_RESERVE_PERCENT: u64 = 5;
pub const DISK_RESERVE_MIN: u64 = 64 * 1024 * 1024;
pub const DISK_RESERVE_MAX: u64 = 2 * 1024 * 1024 * 1024;
pub const FILE_NAME_CHARS_MAX: usize = 200;
/// Decoded pixels of a picture: above this a small file is a bomb.
pub const IMAGE_PIXELS_MAX: u64 = 50_000_000;
/// Memory for the pixels of all pictures that are cleaned at once, and so for the largest one.
pub const IMAGE_MEMORY_MAX: u64 = 128 * 1024 * 1024;
/// Frames of an animation, and the pixels of all of them.
pub const ANIMATION_FRAMES_MAX: u64 = 1_000;
pub const ANIMATION_PIXELS_MAX: u64 = 400_000_000;

pub const CHAT_TEXT_CHARS_MAX: usize = 8_000;
pub const NOTE_CHARS_MAX: usize = 20_000;
/// A company's own list of words that are sensitive.
pub const OWN_WORDS_MAX: usize = 2_000;
pub const OWN_WORD_CHARS_MAX: usize = 80;
pub const NAME_CHARS_MAX: usize = 200;
pub const CLIENT_ID_CHARS_MAX: usize = 64;
pub const TAGS_MAX: usize = 20;
pub const PASSWORD_CHARS_MIN: usize = 10;
pub const PASSWORD_CHARS_MAX: usize = 512;

pub const PAGE_DEFAULT: i64 = 50;
pub const PAGE_MAX: i64 = 200;

/// Events a live socket may lag behind before it is dropped and told to come back.
pub const LIVE_QUEUE_EVENTS: usize = 256;
pub const LIVE_SOCKETS_MAX: usize = 18_000;
/// Of these, so many are kept for teammates.
pub const LIVE_SOCKETS_KEPT_FOR_DESK: usize = 1_000;
pub const LIVE_SOCKETS_OF_CONTACT: u32 = 8;
pub const LIVE_SOCKETS_OF_TEAMMATE: u32 = 20;
/// Customers' sockets of one address.
pub const LIVE_SOCKETS_OF_ADDRESS: u32 = 200;
/// Connections of one address that is no trusted proxy.
pub const CONNECTIONS_OF_ADDRESS: u32 = 512;
/// A socket that says more than so many things in ten seconds is closed.
pub const LIVE_SAID_IN_TEN_SECONDS_MAX: u32 = 100;
/// A customer's signs of typing are passed on at most so often.
pub const CHAT_TYPING_EVERY_MS: i64 = 1_000;

/// How often something may happen: so many at once, and then one in a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub burst: u32,
    pub every_ms: i64,
}

pub const CHAT_SESSIONS_PER_ADDRESS: Rate = Rate {
    burst: 20,
    every_ms: 30_000,
};
pub const CHAT_MESSAGES_PER_SESSION: Rate = Rate {
    burst: 40,
    every_ms: 2_000,
};
pub const CHAT_MESSAGES_PER_ADDRESS: Rate = Rate {
    burst: 400,
    every_ms: 200,
};
pub const CHAT_UPLOADS_PER_SESSION: Rate = Rate {
    burst: 20,
    every_ms: 6_000,
};
pub const CHAT_UPLOADS_PER_ADDRESS: Rate = Rate {
    burst: 200,
    every_ms: 600,
};
pub const CHAT_CONNECTS_PER_SESSION: Rate = Rate {
    burst: 20,
    every_ms: 3_000,
};
pub const CHAT_CONNECTS_PER_ADDRESS: Rate = Rate {
    burst: 400,
    every_ms: 150,
};
/// A trusted proxy that does not say who asks stands for so many addresses.
pub const UNNAMED_ADDRESS_FACTOR: u32 = 10;
/// Sessions and addresses that are remembered for these rates.
pub const RATES_REMEMBERED_MAX: usize = 100_000;
/// A socket that asks for more missed events than this is told to fetch afresh.
pub const LIVE_REPLAY_EVENTS_MAX: i64 = 2_000;
pub const LIVE_FRAME_FROM_CLIENT_MAX: usize = 4 * 1024;

/// Tries before a use case gives up on a conflict.
pub const COMMIT_TRIES: u32 = 3;
/// Tries of what many write into one conversation at once.
pub const COMMIT_TRIES_CROWDED: u32 = 15;
/// Attempts before a job rests in quarantine.
pub const JOB_ATTEMPTS_MAX: i64 = 12;
pub const JOB_LEASE_MS: i64 = 60_000;
pub const OUTBOUND_TIMEOUT_MS: u64 = 20_000;
pub const CALLBACK_ITEMS_MAX: usize = 20_000;

pub const SESSION_LIFETIME_MS: i64 = 12 * crate::time::HOUR_MS;
pub const CHAT_SESSION_LIFETIME_MS: i64 = 396 * crate::time::DAY_MS;
/// "My data": how long a link opens, a page stays open, a code is good, and what it opened is open.
pub const MY_LINK_MS: i64 = 15 * crate::time::MINUTE_MS;
pub const MY_SESSION_MS: i64 = 30 * crate::time::MINUTE_MS;
pub const MY_CODE_MS: i64 = 10 * crate::time::MINUTE_MS;
pub const MY_PROVEN_MS: i64 = 10 * crate::time::MINUTE_MS;
/// Wrong codes before a new one has to be sent.
pub const MY_CODE_TRIES: u32 = 5;
/// Codes that are sent to one person: nobody is flooded, and a million of them is never tried.
pub const MY_CODES_AN_HOUR: usize = 5;
/// Browsers in which one person looks at its own data at once; another one closes the oldest.
pub const MY_SESSIONS_OF_CONTACT: usize = 5;
/// Links, sessions, codes and secrets that are remembered, of each so many.
pub const MY_REMEMBERED_MAX: usize = 10_000;
/// An erasure that a person asks for itself begins so much later, and can be taken back until then.
pub const MY_ERASURE_WAITS_MS: i64 = crate::time::DAY_MS;
pub const RETENTION_DAYS_DEFAULT: i64 = 90;
/// A search: its length, and how many words must all be found.
pub const SEARCH_CHARS_MAX: usize = 200;
pub const SEARCH_WORDS_MAX: usize = 10;
