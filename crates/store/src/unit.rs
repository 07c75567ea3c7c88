//! One unit of change: what a use case wants to be true afterwards, all of it or none.

use db::{Batch, Expect, Sql, Statement, Value};

use crate::error::Guard;
use crate::sights::Sight;
use crate::trees::StoredTree;

/// Collects changes. Every module of the store adds its own verbs to it; no SQL leaves the crate.
#[derive(Default)]
pub struct Unit {
    batch: Batch,
    guards: Vec<Guard>,
    has_jobs: bool,
    /// What counts as seen once this is committed.
    sight: Option<Sight>,
    /// A tree that grows in this unit: what comes next goes behind what is in it already.
    growing: Option<Growing>,
}

/// A tree with the leaves that a unit has put into it so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growing {
    pub name: String,
    /// Leaves that are in the database.
    pub stored: u64,
    pub tree: StoredTree,
    pub leaves: Vec<[u8; 32]>,
}

impl Unit {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.guards.is_empty()
    }

    /// Statements collected so far, for callers that bound how much one commit carries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.guards.len()
    }

    pub(crate) fn run(&mut self, sql: impl Into<Sql>, params: Vec<Value>) {
        self.push(sql.into(), params, Expect::Any, Guard::Plain);
    }

    pub(crate) fn one(&mut self, guard: Guard, sql: impl Into<Sql>, params: Vec<Value>) {
        self.push(sql.into(), params, Expect::Exactly(1), guard);
    }

    pub(crate) fn exactly(
        &mut self,
        guard: Guard,
        rows: u64,
        sql: impl Into<Sql>,
        params: Vec<Value>,
    ) {
        self.push(sql.into(), params, Expect::Exactly(rows), guard);
    }

    fn push(&mut self, sql: Sql, params: Vec<Value>, expect: Expect, guard: Guard) {
        self.batch.push(Statement {
            sql,
            params,
            expect,
            returning: false,
        });
        self.guards.push(guard);
    }

    /// The tree of this name, as it is after what the unit holds so far.
    #[must_use]
    pub fn growing(&self, name: &str) -> Option<&Growing> {
        self.growing.as_ref().filter(|growing| growing.name == name)
    }

    pub fn set_growing(&mut self, growing: Growing) {
        self.growing = Some(growing);
    }

    /// It changes what there is to do.
    pub(crate) const fn note_jobs(&mut self) {
        self.has_jobs = true;
    }

    pub(crate) const fn has_jobs(&self) -> bool {
        self.has_jobs
    }

    pub(crate) const fn note_sight(&mut self, sight: Sight) {
        self.sight = Some(sight);
    }

    pub(crate) const fn sight(&self) -> Option<Sight> {
        self.sight
    }

    pub(crate) fn into_parts(self) -> (Batch, Vec<Guard>) {
        (self.batch, self.guards)
    }
}
