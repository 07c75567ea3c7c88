//! Faults that are planted to prove that the simulation would see them: a statement is altered on
//! its way to the database, the disk lies, or the network repeats what nobody asked it to repeat.

use db::{Engine, Expect, Sql, Statement};

/// One planted fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Mutant {
    /// Everybody is answered, and then the process dies before COMMIT.
    AckBeforeCommit,
    /// The key of deduplication refuses nothing.
    DedupDropped,
    /// What an author wrote under its id is not remembered.
    ClientIdForgotten,
    /// A number of a conversation is given twice now and then.
    SequenceReused,
    /// A number is left out now and then.
    SequenceGap,
    /// Changes of messages do not reach the feed.
    FeedEventLost,
    /// Who resumes misses the first event behind its cursor.
    FeedResumeSkips,
    /// The job that carries an answer out is not written.
    JobLost,
    /// Attempts are not written before they start.
    AttemptUnwritten,
    /// The network sends a request again when no answer came.
    RequestRepeated,
    /// A later receipt overwrites a higher state.
    StateFalls,
    /// The second message in a row is not counted as unread.
    UnreadMiscounted,
    /// Jobs of one lane run beside each other.
    LaneIgnored,
    /// Snoozed conversations never come back.
    SnoozeForgotten,
    /// A message that was taken back stays readable.
    RevocationIgnored,
    /// What is said to one number lands in the conversation at the other one.
    ChannelsMixed,
    /// A contact's sign is not kept.
    ReactionLost,
    /// The team's sign is not replaced by a newer one.
    ReactionKept,
    /// A file that was sent stays with nobody.
    FileLost,
    /// The bytes of files are never removed.
    FilesKept,
    /// Notes stay when their conversation is erased.
    NotesKept,
    /// What was written under ids of its authors stays when a conversation is erased.
    ClientWritesKept,
    /// A conversation is erased although somebody wrote meanwhile.
    ErasedWhileWriting,
    /// The key of a contact stays: its destruction is answered and not done, or nobody asks for it.
    KeyKept,
    KeyForgotten,
}

const NOTHING: &str = "UPDATE installation SET value = value WHERE 1 = 0";

fn nothing(statement: &mut Statement) {
    statement.sql = Sql::Same(NOTHING);
    statement.params.clear();
    statement.expect = Expect::Any;
}

fn replace(sql: &mut Sql, old: &str, new: &str) {
    let text = sql.text(Engine::Sqlite);
    if text.contains(old) {
        *sql = Sql::Owned(text.replace(old, new));
    }
}

impl Mutant {
    /// Alters what is written.
    pub fn statement(self, statement: &mut Statement) {
        let begins = |with: &str| statement.sql.text(Engine::Sqlite).starts_with(with);
        let says = |at: usize, word: &str| {
            let value = statement.params.get(at);
            matches!(value, Some(db::Value::Text(text)) if text == word)
        };
        match self {
            Self::DedupDropped if begins("INSERT INTO dedup") => nothing(statement),
            Self::ClientIdForgotten if begins("INSERT INTO client_write") => nothing(statement),
            Self::FeedEventLost if begins("INSERT INTO feed") && says(1, "message.updated") => {
                nothing(statement);
            }
            Self::JobLost if begins("INSERT INTO job") && says(1, "deliver") => nothing(statement),
            Self::AttemptUnwritten if begins("INSERT INTO attempt") => nothing(statement),
            Self::SequenceReused if begins("UPDATE conversation SET last_seq") => replace(
                &mut statement.sql,
                "last_seq = last_seq + 1, version",
                "last_seq = last_seq + (unread <> 2), version",
            ),
            Self::SequenceGap if begins("UPDATE conversation SET last_seq") => replace(
                &mut statement.sql,
                "last_seq = last_seq + 1, version",
                "last_seq = last_seq + 1 + (unread = 2), version",
            ),
            Self::UnreadMiscounted => replace(
                &mut statement.sql,
                "unread = unread + 1",
                "unread = unread + (unread <> 1)",
            ),
            Self::StateFalls => replace(&mut statement.sql, "AND state < $2", "AND state <> $2"),
            Self::ReactionLost if begins("INSERT INTO reaction") && says(1, "contact") => {
                nothing(statement);
            }
            Self::ReactionKept if begins("INSERT INTO reaction") => replace(
                &mut statement.sql,
                "OR reaction.actor_kind = 'house'",
                "AND reaction.actor_kind <> 'house'",
            ),
            Self::FileLost if begins("UPDATE attachment SET owner") => nothing(statement),
            Self::NotesKept if begins("DELETE FROM note") => nothing(statement),
            Self::ClientWritesKept if begins("DELETE FROM client_write") => nothing(statement),
            Self::ErasedWhileWriting if begins("DELETE FROM conversation") => replace(
                &mut statement.sql,
                "last_message_at < $2",
                "last_message_at < $2 + 1000000000000",
            ),
            Self::KeyForgotten if begins("INSERT INTO job") && says(1, "destroy_key") => {
                nothing(statement);
            }
            Self::RevocationIgnored if begins("UPDATE message SET") => {
                replace(&mut statement.sql, "deleted_at = ", "edited_at = ");
            }
            _ => {}
        }
    }

    /// Alters what is read.
    pub fn read(self, sql: &mut Sql) {
        match self {
            Self::DedupDropped => replace(sql, "FROM dedup WHERE", "FROM dedup WHERE 1 = 0 AND"),
            Self::FeedResumeSkips => replace(sql, "WHERE seq > $2 AND", "WHERE seq > $2 + 1 AND"),
            Self::LaneIgnored => replace(
                sql,
                "AND NOT EXISTS (SELECT 1 FROM job e",
                "AND EXISTS (SELECT 1 FROM job e",
            ),
            Self::ChannelsMixed => replace(
                sql,
                "WHERE a.channel_id = $1 AND",
                "WHERE a.channel_id IS NOT NULL AND $1 IS NOT NULL AND",
            ),
            Self::SnoozeForgotten => replace(
                sql,
                "snoozed_until <= $1",
                "snoozed_until <= $1 - 1000000000000",
            ),
            _ => {}
        }
    }
}
