//! Random batches have the same outcome on both engines and leave the same tables.

use std::cell::RefCell;

use db::{Batch, CommitError, Committed, Database, DbError, Expect, Migration, Statement, Value};
use futures_util::future::join_all;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};

use crate::engines::{self, ITEMS, shown_rows};

const TABLES: Migration = Migration {
    id: 2,
    name: "tables",
    sql: "CREATE TABLE owner (id {id} PRIMARY KEY, label {text} NOT NULL, \
            n {int} NOT NULL DEFAULT 0){table_options:clustered};
          CREATE TABLE thing (id {int} PRIMARY KEY, name {text} UNIQUE, note {text}, data {blob}, \
            score {real} CHECK (score IS NULL OR score >= 0), owner {id} REFERENCES owner (id), \
            big {int}){table_options};
          CREATE TABLE pair (a {int}, b {text}, n {int} NOT NULL, PRIMARY KEY (a, b))\
            {table_options:clustered};",
};

/// Everything that is in the tables, in an order that depends on texts and nulls.
const CONTENTS: [&str; 3] = [
    "SELECT id, label, n FROM owner ORDER BY label, id",
    "SELECT id, name, note, data, score, owner, big FROM thing ORDER BY name NULLS FIRST, id",
    "SELECT a, b, n FROM pair ORDER BY b DESC, a",
];

/// What a place in a statement takes.
#[derive(Clone, Copy, Debug)]
enum Kind {
    SmallInt,
    BigInt,
    Text,
    NullableText,
    Blob,
    Real,
    Owner,
    NullableOwner,
    Pattern,
    /// Now and then a null where none is allowed.
    Count,
}

/// The statements that are mixed. None of them depends on the order in which rows are visited.
const STATEMENTS: [(&str, &[Kind]); 26] = {
    use Kind::*;
    [
        (
            "INSERT INTO owner (id, label) VALUES ($1, $2)",
            &[Owner, Text],
        ),
        (
            "INSERT INTO owner (id, label) VALUES ($1, $2)",
            &[Owner, NullableText],
        ),
        (
            "INSERT INTO owner (id, label, n) VALUES ($1, $2, 1) ON CONFLICT (id) DO UPDATE SET label = excluded.label, n = owner.n + 1 RETURNING n, label",
            &[Owner, Text],
        ),
        ("DELETE FROM owner WHERE id = $1", &[Owner]),
        (
            "UPDATE owner SET n = n + 1 WHERE label >= $1 AND label < $2",
            &[Text, Text],
        ),
        (
            "UPDATE owner SET label = $2 WHERE id = $1 AND n < $3",
            &[Owner, Text, SmallInt],
        ),
        (
            "INSERT INTO thing (id, name, note, data, score, owner, big) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[
                SmallInt,
                NullableText,
                NullableText,
                Blob,
                Real,
                NullableOwner,
                BigInt,
            ],
        ),
        (
            "INSERT INTO thing (id, name, owner) VALUES ($1, $2, $3) RETURNING id, name, note, owner",
            &[SmallInt, Text, Owner],
        ),
        (
            "INSERT INTO thing (id, name, note) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
            &[SmallInt, Text, NullableText],
        ),
        (
            "INSERT INTO thing (id, name, note) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET note = excluded.note",
            &[SmallInt, Text, NullableText],
        ),
        (
            "INSERT INTO thing (id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            &[SmallInt, Text],
        ),
        (
            "INSERT INTO thing (id, note) VALUES ($2, $1), ($3, $1)",
            &[Text, SmallInt, SmallInt],
        ),
        (
            "UPDATE thing SET note = name || ':' || $1 WHERE id < $2 RETURNING note",
            &[Text, SmallInt],
        ),
        (
            "UPDATE thing SET name = $2 WHERE id = $1",
            &[SmallInt, NullableText],
        ),
        (
            "UPDATE thing SET score = $2 WHERE id = $1",
            &[SmallInt, Real],
        ),
        (
            "UPDATE thing SET data = $2, big = $3 WHERE id = $1 AND data IS NOT NULL",
            &[SmallInt, Blob, BigInt],
        ),
        (
            "UPDATE thing SET owner = $2 WHERE id = $1",
            &[SmallInt, NullableOwner],
        ),
        ("DELETE FROM thing WHERE id = $1", &[SmallInt]),
        (
            "DELETE FROM thing WHERE name LIKE $1 ESCAPE '\\'",
            &[Pattern],
        ),
        (
            "DELETE FROM thing WHERE data = $1 OR note = $2",
            &[Blob, Text],
        ),
        (
            "SELECT name, note FROM thing WHERE owner = $1 OR score > 1.5",
            &[Owner],
        ),
        (
            "SELECT COUNT(*) AS things, MAX(name) AS last, CAST(SUM(id) AS BIGINT) AS sum FROM thing WHERE name >= $1",
            &[Text],
        ),
        (
            "INSERT INTO pair (a, b, n) VALUES ($1, $2, $3)",
            &[SmallInt, NullableText, Count],
        ),
        (
            "INSERT INTO pair (a, b, n) VALUES ($1, $2, $3) ON CONFLICT (a, b) DO UPDATE SET n = pair.n + excluded.n WHERE pair.n < 3",
            &[SmallInt, Text, Count],
        ),
        (
            "INSERT INTO pair (a, b, n) SELECT id, $1, $2 FROM thing WHERE name IS NULL",
            &[Text, Count],
        ),
        (
            "UPDATE pair SET n = CASE WHEN n > $1 THEN 0 ELSE n + 1 END WHERE b <> $2 RETURNING a, b, n",
            &[SmallInt, Text],
        ),
    ]
};

const TEXTS: [&str; 10] = [
    "", "a", "A", "ä", "Ä", "ab", "z'\"", "👋🏽", "e\u{301}", "100%_\\",
];

fn value(kind: Kind) -> BoxedStrategy<Value> {
    let text = || select(&TEXTS[..]).prop_map(Value::from);
    let owner = || (0u8..4).prop_map(|owner| Value::from([owner; 16]));
    let small = || (0i64..6).prop_map(Value::from);
    match kind {
        Kind::SmallInt => small().boxed(),
        Kind::BigInt => prop_oneof![
            any::<i64>().prop_map(Value::from),
            Just(i64::MIN.into()),
            Just(i64::MAX.into()),
            Just(Value::Null),
        ]
        .boxed(),
        Kind::Text => text().boxed(),
        Kind::NullableText => prop_oneof![3 => text(), 1 => Just(Value::Null)].boxed(),
        Kind::Blob => prop_oneof![
            2 => vec(0u8..3, 0..3).prop_map(Value::from),
            1 => vec(any::<u8>(), 0..40).prop_map(Value::from),
            1 => Just(Value::Null),
        ]
        .boxed(),
        Kind::Real => prop_oneof![
            4 => select(&[0.0, -0.0, -0.5, -7.0, 0.1, 2.5, 1e300, f64::INFINITY, f64::NAN][..]).prop_map(Value::from),
            1 => any::<f64>().prop_map(Value::from),
            1 => (0i64..3).prop_map(Value::from),
            1 => Just(Value::Null),
        ]
        .boxed(),
        Kind::Owner => owner().boxed(),
        Kind::NullableOwner => prop_oneof![1 => owner(), 2 => Just(Value::Null)].boxed(),
        Kind::Pattern => select(&["a%", "%B", "_", "%", "Ä%", "100\\%%"][..]).prop_map(Value::from).boxed(),
        Kind::Count => prop_oneof![6 => small(), 1 => Just(Value::Null)].boxed(),
    }
}

fn expect() -> impl Strategy<Value = Expect> {
    prop_oneof![
        6 => Just(Expect::Any),
        2 => Just(Expect::Exactly(1)),
        1 => (0u64..3).prop_map(Expect::Exactly),
        1 => (0u64..3).prop_map(Expect::AtMost),
        1 => (0u64..3).prop_map(Expect::AtLeast),
    ]
}

fn statement() -> impl Strategy<Value = Statement> {
    (0..STATEMENTS.len(), expect(), any::<bool>()).prop_flat_map(|(which, expect, wanted)| {
        let (sql, kinds) = STATEMENTS[which];
        let returning = wanted && (sql.contains("RETURNING") || sql.starts_with("SELECT"));
        let values = kinds.iter().map(|kind| value(*kind)).collect::<Vec<_>>();
        values.prop_map(move |params| Statement {
            sql: sql.into(),
            params,
            expect,
            returning,
        })
    })
}

/// Rounds of batches that are in flight together.
fn rounds() -> impl Strategy<Value = Vec<Vec<Vec<Statement>>>> {
    vec(vec(vec(statement(), 1..5), 1..6), 1..8)
}

/// An outcome in words. The names of constraints differ between the engines.
fn outcome(result: Result<Committed, CommitError>) -> String {
    match result {
        Ok(committed) => {
            let returned = committed.returned.into_iter().map(|rows| {
                let mut rows = shown_rows(rows);
                rows.sort_unstable();
                rows
            });
            let returned = returned.collect::<Vec<_>>();
            format!("committed {:?} {returned:?}", committed.rows)
        }
        Err(CommitError::Engine(DbError::Constraint { kind, .. })) => format!("refused by {kind}"),
        Err(other) => format!("{other:?}"),
    }
}

async fn play(db: &Database, rounds: &[Vec<Vec<Statement>>]) -> Vec<String> {
    let mut story = Vec::new();
    let mut clear = Batch::new();
    for table in ["pair", "thing", "owner"] {
        clear.run(format!("DELETE FROM {table}"), vec![]);
    }
    db.commit(clear).await.expect("clears");
    for round in rounds {
        let batches = round.iter().map(|statements| {
            let mut batch = Batch::new();
            for statement in statements {
                batch.push(statement.clone());
            }
            db.commit(batch)
        });
        story.extend(join_all(batches).await.into_iter().map(outcome));
        for sql in CONTENTS {
            let rows = db.query(sql, vec![]).await.expect("reads");
            story.push(format!("{:?}", shown_rows(rows)));
        }
    }
    story
}

#[test]
fn both_engines_tell_the_same_story() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (sqlite, postgres) = runtime.block_on(async {
        let both = (engines::sqlite().await, engines::postgres().await);
        both.0
            .migrate(&[ITEMS[0], TABLES], 1)
            .await
            .expect("migrates");
        both.1
            .migrate(&[ITEMS[0], TABLES], 1)
            .await
            .expect("migrates");
        both
    });
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::with_cases(cases())
    });
    let seen = RefCell::new(Seen::default());
    // The mixture is worth something only if everything happens. What is rare may be missing in one
    // run by chance; in five it is not chance.
    for _ in 0..5 {
        let result = runner.run(&rounds(), |rounds| {
            let (left, right) = runtime
                .block_on(async { tokio::join!(play(&sqlite, &rounds), play(&postgres, &rounds)) });
            seen.borrow_mut().count(&left);
            prop_assert_eq!(left, right);
            Ok(())
        });
        result.unwrap_or_else(|error| panic!("{error}"));
        if seen.borrow().is_whole() {
            break;
        }
    }
    let seen = seen.borrow();
    assert!(seen.is_whole(), "{:?}", seen.all());
}

/// More for a long run by hand.
fn cases() -> u32 {
    match std::env::var("TRESEN_TEST_CASES") {
        Ok(cases) => cases.parse().expect("a number"),
        Err(_) => 96,
    }
}

#[derive(Default)]
struct Seen {
    committed: usize,
    conflict: usize,
    unique: usize,
    foreign_key: usize,
    not_null: usize,
    check: usize,
}

impl Seen {
    fn count(&mut self, story: &[String]) {
        let among = |start: &str| story.iter().filter(|line| line.starts_with(start)).count();
        self.committed += among("committed");
        self.conflict += among("Conflict");
        self.unique += among("Unique");
        self.foreign_key += among("refused by foreign key");
        self.not_null += among("refused by not-null");
        self.check += among("refused by check");
    }

    fn all(&self) -> [usize; 6] {
        [
            self.committed,
            self.conflict,
            self.unique,
            self.foreign_key,
            self.not_null,
            self.check,
        ]
    }

    fn is_whole(&self) -> bool {
        self.all().iter().all(|count| *count > 10)
    }
}
