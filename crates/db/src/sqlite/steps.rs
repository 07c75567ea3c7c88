//! The engine without threads: nothing is written and nothing is read until the holder of
//! [`Steps`] says so. A simulation decides with it who is committed together, in which order reads
//! and commits happen, and at which moment the process dies.

use super::readers::{self, Read, ReadJob};
use super::session::Session;
use super::writer::{Job, Order, Writer};
use crate::batch::Statement;
use crate::error::DbError;
use crate::group::GroupLimit;
use crate::sql::{Engine, Sql};

/// How a group's transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitFate {
    /// As on a good day.
    Committed,
    /// The process dies with the transaction open. Nobody is answered, and nothing that waits
    /// here may be polled again.
    DiedBefore,
    /// The process dies when the group is on the disk and before anybody is told.
    DiedAfter,
    /// COMMIT fails, and only a look at the database tells whether the group is in it.
    Unknown {
        /// Whether it is.
        written: bool,
    },
    /// The disk lies: everybody is told that the group is written, and it is not. No promise holds
    /// on such a disk; this is here to prove that a simulation would notice.
    Forgotten,
}

/// Does the work of the writer and of the readers, one step a call.
///
/// Dropping it leaves the files as a killed process does: an open transaction is gone, and the
/// log is read at the next start.
pub struct Steps {
    writer: Writer,
    reader: Session,
    incoming: flume::Receiver<ReadJob>,
    /// Reads that wait, in the order they came.
    reads: Vec<Read>,
}

impl Steps {
    pub(super) fn new(writer: Writer, reader: Session, incoming: flume::Receiver<ReadJob>) -> Self {
        Steps {
            writer,
            reader,
            incoming,
            reads: Vec::new(),
        }
    }

    /// Batches and other work that wait for the writer.
    pub fn writes_waiting(&self) -> usize {
        self.writer.queued()
    }

    /// Reads that wait.
    pub fn reads_waiting(&mut self) -> usize {
        while let Ok(ReadJob::Read(read)) = self.incoming.try_recv() {
            self.reads.push(read);
        }
        self.reads.len()
    }

    /// The first statement of a waiting read, for a trace.
    pub fn read_text(&self, index: usize) -> &str {
        match self.reads.get(index) {
            Some(Read::Rows(sql, ..) | Read::Check(sql, _) | Read::Explain(sql, ..)) => {
                sql.text(Engine::Sqlite)
            }
            Some(Read::Snapshot(queries, _)) => queries
                .first()
                .map_or("", |(sql, _)| sql.text(Engine::Sqlite)),
            None => "",
        }
    }

    /// Does one of the waiting reads, which need not be the oldest: readers run beside each other.
    /// `change` may put another statement in the place of each of its statements.
    pub fn read(&mut self, index: usize, change: &mut dyn FnMut(&mut Sql)) {
        if index >= self.reads.len() {
            return;
        }
        let mut read = self.reads.remove(index);
        match &mut read {
            Read::Rows(sql, ..) | Read::Check(sql, _) | Read::Explain(sql, ..) => change(sql),
            Read::Snapshot(queries, _) => queries.iter_mut().for_each(|(sql, _)| change(sql)),
        }
        // A storage error is in the answer; here nobody pulls the disk away.
        let _ = readers::serve(&mut self.reader, read);
    }

    /// Lets the writer take a group of at most so many batches, and answers how many it took.
    /// What is not a batch runs alone and counts as none. `change` may alter each statement.
    pub fn write(
        &mut self,
        at_most: usize,
        fate: CommitFate,
        change: &mut dyn FnMut(&mut Statement),
    ) -> usize {
        let first = match self.writer.take() {
            Some(Job::Commit(first)) => first,
            Some(Job::Order(Order::Task(task))) => {
                self.writer.run_task(task);
                return 0;
            }
            Some(Job::Order(Order::Close)) | None => return 0,
        };
        let mut limit = GroupLimit {
            batches: at_most.max(1),
            statements: usize::MAX,
        };
        let mut group = self.writer.gather(first, &limit);
        let taken = group.len();
        // Nobody joins later: what is altered below is the whole group.
        limit.batches = taken;
        for waiting in &mut group {
            waiting
                .batch
                .statements_mut()
                .iter_mut()
                .for_each(&mut *change);
        }
        let Some(ran) = self.writer.begin_group(group, &limit) else {
            return taken;
        };
        let failed = || Err(DbError::Storage("the simulated disk failed".to_owned()));
        match fate {
            CommitFate::Committed => {
                let ended = self.writer.end_group(&ran);
                self.writer.answer_group(ran, ended);
            }
            CommitFate::DiedBefore => {}
            CommitFate::DiedAfter => {
                // Whether it worked will be seen in the file.
                let _ = self.writer.end_group(&ran);
            }
            CommitFate::Unknown { written } => {
                if written {
                    let _ = self.writer.end_group(&ran);
                }
                self.writer.answer_group(ran, failed());
            }
            CommitFate::Forgotten => {
                let ended = self.writer.take_back();
                self.writer.answer_group(ran, ended);
            }
        }
        taken
    }
}
