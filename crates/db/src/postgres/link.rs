//! One connection: how it is made and set up, how statements run on it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use futures_util::{StreamExt, pin_mut};
use tokio::time::Instant;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres::{Client, NoTls, Statement};

use super::failure::{self, Failure};
use super::values;
use crate::config::PostgresConfig;
use crate::database::Shared;
use crate::error::DbError;
use crate::group::Outcome;
use crate::sql::{Engine, Shape, Sql};
use crate::value::Value;

/// Prepared statements a connection keeps.
const PREPARED: usize = 512;
/// PostgreSQL 14, the oldest one still maintained.
const OLDEST_VERSION: i64 = 140_000;
/// The longest pause between two attempts to connect.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How long a start waits for a server that is ending.
const CLAIM_PATIENCE: Duration = Duration::from_secs(2);
/// Takes the lock, any number nobody else uses, and names this session so that no other one is
/// ever taken for it: process ids come again.
const CLAIM: &str = "SELECT pg_try_advisory_lock(7307218318835), COALESCE((SELECT \
     CAST(pid AS TEXT) || ' ' || CAST(backend_start AS TEXT) FROM pg_stat_activity \
     WHERE pid = pg_backend_pid()), '')";
/// Who holds it, by the same name.
const HOLDER: &str = "SELECT COALESCE(MAX(CAST(holder.pid AS TEXT) || ' ' || \
     CAST(holder.backend_start AS TEXT)), '') FROM pg_locks AS held \
     JOIN pg_stat_activity AS holder ON holder.pid = held.pid \
     WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1 \
     AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
     AND held.classid = CAST(7307218318835 >> 32 AS OID) \
     AND held.objid = CAST(7307218318835 & 4294967295 AS OID)";
const END: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
     WHERE CAST(pid AS TEXT) || ' ' || CAST(backend_start AS TEXT) = $1";

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Writer,
    Reader,
    /// Like a writer, without a time limit.
    Migration,
}

/// Makes connections, with pauses that grow while the server does not answer.
pub struct Connector {
    pub config: PostgresConfig,
    address: tokio_postgres::Config,
    /// Where that is, for people: without the password.
    place: String,
    outage: Mutex<Outage>,
    /// The session that held the claim last.
    claiming: Mutex<Option<String>>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Outage {
    failures: u32,
    next_try: Option<Instant>,
}

impl Connector {
    pub fn new(config: PostgresConfig, shared: Arc<Shared>) -> Result<Self, DbError> {
        let parsed = config.url.parse::<tokio_postgres::Config>();
        // The error of the parser may quote the address, which holds the password.
        let mut address =
            parsed.map_err(|_| DbError::Setup("the PostgreSQL address is not valid".to_owned()))?;
        if matches!(address.get_ssl_mode(), SslMode::Require) {
            return Err(DbError::Setup(
                "sslmode=require is not supported: connect through a socket, a private network \
                 or a local TLS tunnel"
                    .to_owned(),
            ));
        }
        if address.get_application_name().is_none() {
            address.application_name("tresen");
        }
        if address.get_connect_timeout().is_none() {
            address.connect_timeout(config.connect_timeout);
        }
        address.keepalives_idle(Duration::from_secs(30));
        address.tcp_user_timeout(Duration::from_secs(30));
        Ok(Connector {
            config,
            place: place_of(&address),
            address,
            outage: Mutex::new(Outage::default()),
            claiming: Mutex::new(None),
            shared,
        })
    }

    /// Connects, or fails at once while the pause after the last failure lasts.
    pub async fn connect(&self, role: Role) -> Result<Link, DbError> {
        if self.pause().is_some() {
            return Err(DbError::Unavailable("the server did not answer".to_owned()));
        }
        if role == Role::Writer && *self.shared.displaced.borrow() {
            return Err(self.claimed());
        }
        let result = self.connect_now(role).await;
        let mut outage = self.outage.lock().unwrap_or_else(PoisonError::into_inner);
        if result.is_ok() {
            *outage = Outage::default();
        } else {
            let pause = Duration::from_millis(50) * 2u32.pow(outage.failures.min(10));
            outage.failures += 1;
            outage.next_try = Some(Instant::now() + pause.min(LONGEST_PAUSE));
        }
        result
    }

    /// How long the next attempt has to wait, if at all.
    pub fn pause(&self) -> Option<Duration> {
        let outage = self.outage.lock().unwrap_or_else(PoisonError::into_inner);
        let pause = outage.next_try?.saturating_duration_since(Instant::now());
        (!pause.is_zero()).then_some(pause)
    }

    async fn connect_now(&self, role: Role) -> Result<Link, DbError> {
        let mut address = self.address.clone();
        if role != Role::Reader {
            address.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        let connected = address.connect(NoTls).await;
        let connected = connected.map_err(|error| failure::connecting(&self.place, &error));
        let (client, connection) = connected?;
        tokio::spawn(async move {
            // Its end shows at the next use of the client; the reason is told there.
            if let Err(error) = connection.await {
                let error = Failure::from(error).into_error();
                tracing::warn!(%error, "a PostgreSQL connection ended");
            }
        });
        let link = Link {
            client,
            statements: HashMap::new(),
            max_rows: self.config.max_rows,
        };
        let set_up = link
            .client
            .batch_execute(&self.session_settings(role))
            .await;
        set_up.map_err(|error| failure::connecting(&self.place, &error))?;
        if role == Role::Writer && self.config.exclusive {
            self.claim(&link).await?;
        }
        Ok(link)
    }

    /// The first connection of the writer. A server that was killed a moment ago may not have
    /// been noticed to be gone, so a refusal is waited out for a little.
    pub async fn connect_first(&self) -> Result<Link, DbError> {
        let deadline = Instant::now() + CLAIM_PATIENCE;
        loop {
            match self.connect(Role::Writer).await {
                Err(DbError::Claimed { .. }) if Instant::now() < deadline => {
                    tokio::time::sleep(self.pause().unwrap_or(LONGEST_PAUSE)).await;
                }
                result => return result,
            }
        }
    }

    /// Takes the lock of the only server, which ends with the session. The session that writes
    /// holds it, so nobody writes who lost it, however late the loss is noticed.
    async fn claim(&self, link: &Link) -> Result<(), DbError> {
        let failed = |error: tokio_postgres::Error| failure::connecting(&self.place, &error);
        let row = link.client.query_one(CLAIM, &[]).await.map_err(failed)?;
        let (held, session): (bool, String) = (row.get(0), row.get(1));
        let earlier = {
            let mut claiming = self.claiming.lock().unwrap_or_else(PoisonError::into_inner);
            if held {
                *claiming = Some(session);
                return Ok(());
            }
            claiming.clone()
        };
        let error = self.claimed();
        let Some(earlier) = earlier else {
            return Err(error);
        };
        let row = link.client.query_one(HOLDER, &[]).await.map_err(failed)?;
        let holder: String = row.get(0);
        if holder.is_empty() || holder == earlier {
            // This process gave that session up; where the server has not noticed it yet, it is
            // ended, and the next attempt finds the lock free unless somebody else has it.
            link.client.query(END, &[&earlier]).await.map_err(failed)?;
            tracing::warn!(%error, "the claim on the database could not be taken again yet");
        } else {
            // Whoever has it serves by now: what this process remembers of the database is old.
            tracing::error!(%error, "another server has taken the database over");
            self.shared.displaced.send_replace(true);
        }
        Err(error)
    }

    fn claimed(&self) -> DbError {
        DbError::Claimed {
            place: self.place.clone(),
        }
    }

    fn session_settings(&self, role: Role) -> String {
        let limit = match role {
            Role::Migration => 0,
            Role::Writer | Role::Reader => self.config.statement_timeout.as_millis(),
        };
        let read_only = if role == Role::Reader { "on" } else { "off" };
        // A server set to wait for its standbys keeps doing so; a lazier one is corrected.
        format!(
            "SET statement_timeout = {limit};
             SET idle_in_transaction_session_timeout = 60000;
             SET default_transaction_isolation = 'read committed';
             SET default_transaction_read_only = {read_only};
             SET standard_conforming_strings = on;
             SET client_min_messages = warning;
             SET jit = off;
             SET TIME ZONE 'UTC';
             SET tcp_keepalives_idle = 30;
             SET tcp_keepalives_interval = 10;
             SET tcp_keepalives_count = 3;
             SELECT set_config('synchronous_commit', 'on', false)
              WHERE current_setting('synchronous_commit') IN ('off', 'local')"
        )
    }
}

/// `host:port/database as role`, of every host that is tried.
fn place_of(address: &tokio_postgres::Config) -> String {
    let ports = address.get_ports();
    let hosts: Vec<String> = address
        .get_hosts()
        .iter()
        .enumerate()
        .map(|(number, host)| {
            let port = ports.get(number).or(ports.first()).unwrap_or(&5432);
            match host {
                Host::Tcp(name) => format!("{name}:{port}"),
                Host::Unix(path) => format!("{}:{port}", path.display()),
            }
        })
        .collect();
    let role = address.get_user().unwrap_or_default();
    let database = address.get_dbname().unwrap_or(role);
    format!("{}/{database} as {role}", hosts.join(","))
}

fn connecting(error: tokio_postgres::Error) -> DbError {
    match Failure::from(error) {
        Failure::Lost(error) => error,
        // A wrong password or a missing database is an outage too: somebody may mend it.
        other => DbError::Unavailable(other.into_error().to_string()),
    }
}

pub struct Link {
    pub client: Client,
    statements: HashMap<Cow<'static, str>, Statement>,
    max_rows: usize,
}

impl Link {
    /// Refuses servers on which the promises of this crate would not hold.
    pub async fn check_server(&self) -> Result<(), DbError> {
        const SQL: &str = "SELECT CAST(current_setting('server_version_num') AS BIGINT), \
             current_setting('server_encoding'), current_setting('fsync')";
        let row = self.client.query_one(SQL, &[]).await.map_err(connecting)?;
        let row = values::read_row(&row).map_err(connecting)?;
        if row.int(0)? < OLDEST_VERSION {
            return Err(DbError::Setup(
                "PostgreSQL 14 or newer is needed".to_owned(),
            ));
        }
        if row.text(1)? != "UTF8" {
            return Err(DbError::Setup(format!(
                "the database has the encoding {}, UTF8 is needed",
                row.text(1)?
            )));
        }
        if row.text(2)? != "on" {
            tracing::warn!("PostgreSQL runs with fsync=off: a power cut loses what was promised");
        }
        Ok(())
    }

    /// Prepares a statement once and checks the values against its types.
    pub async fn prepare(&mut self, sql: &Sql, params: &[Value]) -> Result<Statement, Failure> {
        let text = sql.text(Engine::Postgres);
        let statement = match self.statements.get(text) {
            Some(statement) => statement.clone(),
            None => {
                let statement = self.client.prepare(text).await?;
                values::check_columns(statement.columns().iter().map(|column| column.type_()))?;
                if self.statements.len() >= PREPARED {
                    self.statements.clear();
                }
                let key = match sql.static_text(Engine::Postgres) {
                    Some(text) => Cow::Borrowed(text),
                    None => Cow::Owned(text.to_owned()),
                };
                self.statements.insert(key, statement.clone());
                statement
            }
        };
        values::check_params(params, statement.params())?;
        Ok(statement)
    }

    /// Forgets what was prepared, after the schema changed.
    pub fn forget_statements(&mut self) {
        self.statements.clear();
    }

    /// Runs a prepared statement. The message leaves with the first poll of the future.
    pub async fn run(
        &self,
        statement: &Statement,
        params: &[Value],
        keep: bool,
    ) -> Result<Outcome, Failure> {
        let stream = self.client.query_raw(statement, params).await?;
        pin_mut!(stream);
        let mut outcome = Outcome::default();
        while let Some(row) = stream.next().await {
            let row = row?;
            outcome.count += 1;
            if !keep {
                continue;
            }
            // The rest is read and dropped, so that the connection stays in step.
            if outcome.rows.len() <= self.max_rows {
                outcome.rows.push(values::read_row(&row)?);
            }
        }
        if outcome.rows.len() > self.max_rows {
            return Err(DbError::TooManyRows(self.max_rows).into());
        }
        if statement.columns().is_empty() {
            outcome.count = stream.rows_affected().unwrap_or(0);
        }
        Ok(outcome)
    }

    /// Prepares and runs a statement.
    pub async fn query(&mut self, sql: &Sql, params: &[Value]) -> Result<Outcome, Failure> {
        let statement = self.prepare(sql, params).await?;
        self.run(&statement, params, true).await
    }

    /// Runs statements that steer a transaction.
    pub async fn control(&self, sql: &str) -> Result<(), Failure> {
        Ok(self.client.batch_execute(sql).await?)
    }

    pub async fn check(&self, sql: &Sql) -> Result<Shape, Failure> {
        let statement = self.client.prepare(sql.text(Engine::Postgres)).await?;
        values::check_columns(statement.columns().iter().map(|column| column.type_()))?;
        let columns = statement.columns().iter();
        Ok(Shape {
            columns: columns.map(|column| column.name().to_owned()).collect(),
            parameters: statement.params().len(),
        })
    }
}

pub type Pipelined<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Starts all futures in order, so that their messages leave without waiting for answers, then
/// takes the answers in the same order.
pub async fn pipeline<T>(mut futures: Vec<Pipelined<'_, T>>) -> Vec<T> {
    let mut early = Vec::with_capacity(futures.len());
    for future in &mut futures {
        let polled = poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await;
        early.push(match polled {
            Poll::Ready(result) => Some(result),
            Poll::Pending => None,
        });
    }
    let mut results = Vec::with_capacity(futures.len());
    for (future, early) in futures.into_iter().zip(early) {
        results.push(match early {
            Some(result) => result,
            None => future.await,
        });
    }
    results
}
