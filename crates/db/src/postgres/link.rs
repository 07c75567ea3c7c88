//! One connection: how it is made and set up, how statements run on it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use futures_util::{StreamExt, pin_mut};
use tokio::time::Instant;
use tokio_postgres::config::{SslMode, TargetSessionAttrs};
use tokio_postgres::{Client, NoTls, Statement};

use super::failure::Failure;
use super::values;
use crate::config::PostgresConfig;
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
    outage: Mutex<Outage>,
}

#[derive(Default)]
struct Outage {
    failures: u32,
    next_try: Option<Instant>,
}

impl Connector {
    pub fn new(config: PostgresConfig) -> Result<Self, DbError> {
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
            address,
            outage: Mutex::new(Outage::default()),
        })
    }

    /// Connects, or fails at once while the pause after the last failure lasts.
    pub async fn connect(&self, role: Role) -> Result<Link, DbError> {
        if self.pause().is_some() {
            return Err(DbError::Unavailable("the server did not answer".to_owned()));
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
        let connected = address.connect(NoTls).await.map_err(connecting);
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
        set_up.map_err(connecting)?;
        Ok(link)
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
             SELECT set_config('synchronous_commit', 'on', false)
              WHERE current_setting('synchronous_commit') IN ('off', 'local')"
        )
    }
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
