//! Every bound of the house in one place. Sizes in bytes unless the name says otherwise.

/// A provider may send up to 3 MB; twice that and some is still refused early.
pub const CALLBACK_BODY_MAX: usize = 8 * 1024 * 1024;
/// JSON bodies of teammates and customers.
pub const JSON_BODY_MAX: usize = 256 * 1024;
/// One file, in either direction (the largest any channel takes).
pub const ATTACHMENT_MAX: usize = 100 * 1024 * 1024;
/// One file sent by a customer through the own chat.
pub const CHAT_ATTACHMENT_MAX: usize = 25 * 1024 * 1024;
pub const ATTACHMENTS_PER_MESSAGE_MAX: usize = 10;
pub const FILE_NAME_CHARS_MAX: usize = 200;
/// Decoded pixels of a picture: above this a small file is a bomb.
pub const IMAGE_PIXELS_MAX: u64 = 50_000_000;

pub const CHAT_TEXT_CHARS_MAX: usize = 8_000;
pub const NOTE_CHARS_MAX: usize = 20_000;
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
pub const RETENTION_DAYS_DEFAULT: i64 = 90;
