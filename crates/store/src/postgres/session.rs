//! Connections to a PostgreSQL server, and what is made of their errors.
//!
//! One thread of the store's own drives all connections; who uses one waits for it without being part of any runtime,
//! since stores are called from everywhere.
//! Invariants: a session is used by one caller at a time; statements, waits for locks and idle transactions end by
//! themselves.

use std::collections::HashMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake};
use std::thread::Thread;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Config, NoTls, Statement};

use super::address::{PostgresAddress, PostgresHost, PostgresTls};
use super::tls::{self, Tls};
use crate::database::locked;
use crate::database::sql::{Cell, Param, Row, Sql, SqlError, SqlFault};
use crate::error::PortError;

/// How long the server may take to be reached.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(10);
/// After this time without an answer a connection is given up.
const SILENCE_TIME_MAX: Duration = Duration::from_secs(15);
/// What the server ends by itself, in its words: a statement, a wait for a lock, a transaction that does nothing.
const LIMITS_SQL: &str = "SET statement_timeout = '60s'; SET lock_timeout = '30s'; \
                          SET idle_in_transaction_session_timeout = '60s'; \
                          SET client_min_messages = warning;";

/// Questions on their way at once.
const TOGETHER_MAX: usize = 256;

/// A password, which prints as nothing.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// From its text.
    pub fn new(text: impl Into<String>) -> Password {
        Password(text.into())
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(hidden)")
    }
}

/// Makes connections to one database.
pub(super) struct Connector {
    config: Config,
    tls: Option<Tls>,
    schema: String,
    place: PathBuf,
    runtime: Option<Runtime>,
}

impl Connector {
    pub(super) fn new(
        address: &PostgresAddress,
        user: &str,
        password: Option<&Password>,
    ) -> Result<Connector, PortError> {
        let place = PathBuf::from(&address.text);
        let failed = |cause: &dyn std::fmt::Display| {
            PortError::new("cannot prepare the way to the store", &place, cause)
        };
        let mut config = Config::new();
        match &address.host {
            PostgresHost::Name(name) => config.host(name),
            PostgresHost::Socket(folder) => config.host_path(folder),
        };
        config.port(address.port).dbname(&address.database).user(user).application_name("strata");
        config.connect_timeout(CONNECT_TIME_MAX).tcp_user_timeout(SILENCE_TIME_MAX);
        config.keepalives_idle(SILENCE_TIME_MAX / 3).keepalives_interval(SILENCE_TIME_MAX / 3);
        if let Some(Password(text)) = password {
            config.password(text);
        }
        let tls = match &address.tls {
            PostgresTls::Verified { roots } => {
                config.ssl_mode(SslMode::Require);
                Some(Tls(tls::config(roots.as_deref()).map_err(|error| failed(&error))?))
            }
            PostgresTls::Off => {
                config.ssl_mode(SslMode::Disable);
                None
            }
        };
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(1).thread_name("store-postgres").enable_io().enable_time();
        let runtime = builder.build().map_err(|error| failed(&error))?;
        let (schema, runtime) = (address.schema.clone(), Some(runtime));
        Ok(Connector { config, tls, schema, place, runtime })
    }

    pub(super) fn place(&self) -> &Path {
        &self.place
    }

    pub(super) fn schema(&self) -> &str {
        &self.schema
    }

    /// A new connection.
    pub(super) fn connect(&self) -> Result<Session, SqlError> {
        let runtime = self.runtime.as_ref().expect("BUG: a connector used after its end");
        let (reply, answer) = channel();
        let (config, tls) = (self.config.clone(), self.tls.clone());
        runtime.spawn(async move {
            let connecting = async {
                match tls {
                    Some(tls) => config.connect(tls).await.map(|(client, connection)| {
                        tokio::spawn(connection);
                        client
                    }),
                    None => config.connect(NoTls).await.map(|(client, connection)| {
                        tokio::spawn(connection);
                        client
                    }),
                }
            };
            drop(reply.send(tokio::time::timeout(CONNECT_TIME_MAX, connecting).await));
        });
        let client = match answer.recv() {
            Ok(Ok(Ok(client))) => client,
            Ok(Ok(Err(error))) => return Err(unreached(&error)),
            Ok(Err(_)) | Err(_) => {
                let text = "the server does not answer".to_owned();
                return Err(SqlError { fault: SqlFault::Lost, text });
            }
        };
        let session = Session { client, statements: Mutex::default() };
        session.batch(&format!("{LIMITS_SQL} SET search_path = \"{}\"", self.schema))?;
        Ok(session)
    }
}

impl Drop for Connector {
    /// Without waiting: the last user may be part of somebody's runtime, where waiting is forbidden.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A connection.
pub(super) struct Session {
    client: Client,
    statements: Mutex<HashMap<&'static str, Statement>>,
}

impl Session {
    /// Statements without values, in one round trip.
    pub(super) fn batch(&self, sql: &str) -> Result<(), SqlError> {
        wait(self.client.batch_execute(sql)).map_err(|error| self.said(&error))
    }

    /// The text that a statement without values gives.
    pub(super) fn show(&self, sql: &str) -> Result<String, SqlError> {
        let row = wait(self.client.query_one(sql, &[])).map_err(|error| self.said(&error))?;
        row.try_get(0).map_err(|error| self.said(&error))
    }

    /// Whether it has ended, as far as is known.
    pub(super) fn is_over(&self) -> bool {
        self.client.is_closed()
    }

    fn statement(&self, sql: &'static str) -> Result<Statement, SqlError> {
        if let Some(statement) = locked(&self.statements).get(sql) {
            return Ok(statement.clone());
        }
        let spelled =
            sql.replace('?', "$").replace("/* FOR UPDATE", "FOR UPDATE").replace("*/", "");
        let prepared = wait(self.client.prepare(&spelled)).map_err(|error| self.said(&error))?;
        locked(&self.statements).insert(sql, prepared.clone());
        Ok(prepared)
    }

    /// Sends questions one behind the other without waiting for answers in between, and waits for all.
    fn together<T>(
        &self,
        asked: impl Iterator<Item = impl Future<Output = Result<T, tokio_postgres::Error>>>,
    ) -> Result<Vec<T>, SqlError> {
        let mut asked = asked.peekable();
        let mut answers = Vec::new();
        while asked.peek().is_some() {
            let batch = futures_util::future::try_join_all(asked.by_ref().take(TOGETHER_MAX));
            answers.extend(wait(batch).map_err(|error| self.said(&error))?);
        }
        Ok(answers)
    }

    fn said(&self, error: &tokio_postgres::Error) -> SqlError {
        let fault = match error.code() {
            _ if self.client.is_closed() || error.is_closed() => SqlFault::Lost,
            Some(code) => fault(code),
            None if is_broken(error) => SqlFault::Lost,
            None => SqlFault::Other,
        };
        SqlError { fault, text: text(error) }
    }
}

/// A server that is not there may come back; one that refuses us will go on doing so.
fn unreached(error: &tokio_postgres::Error) -> SqlError {
    let fault = match error.code() {
        Some(code) => fault(code),
        None if is_broken(error) => SqlFault::Lost,
        None => SqlFault::Other,
    };
    SqlError { fault, text: text(error) }
}

/// Whether the connection itself failed, and not what was said over it.
fn is_broken(error: &tokio_postgres::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            // What TLS refuses stays refused.
            return io.get_ref().is_none_or(|inner| !inner.is::<rustls::Error>());
        }
        source = cause.source();
    }
    false
}

fn fault(code: &SqlState) -> SqlFault {
    match code.code() {
        // The server shuts down, starts or has become one that only reads.
        "57P01" | "57P02" | "57P03" | "57P05" | "25006" | "25P03" => SqlFault::Lost,
        // Somebody was in the way, or we in somebody's.
        "55P03" | "57014" | "40001" | "40P01" => SqlFault::Busy,
        code if code.starts_with("08") => SqlFault::Lost,
        code if code.starts_with("23") => SqlFault::Constraint,
        _ => SqlFault::Other,
    }
}

/// The error with its causes, each once.
fn text(error: &tokio_postgres::Error) -> String {
    if let Some(db) = error.as_db_error() {
        let detail = db.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
        return format!("{}{detail} [{}]", db.message(), db.code().code());
    }
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let more = cause.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        source = cause.source();
    }
    text
}

impl Sql for Session {
    fn execute(&self, sql: &'static str, values: &[Param<'_>]) -> Result<u64, SqlError> {
        let statement = self.statement(sql)?;
        let values = given(values);
        wait(self.client.execute(&statement, &values)).map_err(|error| self.said(&error))
    }

    fn query(&self, sql: &'static str, values: &[Param<'_>]) -> Result<Vec<Row>, SqlError> {
        let statement = self.statement(sql)?;
        let values = given(values);
        let rows = wait(self.client.query(&statement, &values));
        rows.map_err(|error| self.said(&error))?.iter().map(row).collect()
    }

    fn query_all(
        &self,
        sqls: &[&'static str],
        values: &[Param<'_>],
    ) -> Result<Vec<Vec<Row>>, SqlError> {
        let statements: Vec<Statement> =
            sqls.iter().map(|sql| self.statement(sql)).collect::<Result<_, _>>()?;
        let values = given(values);
        let asked = statements.iter().map(|statement| self.client.query(statement, &values));
        self.together(asked)?.iter().map(|rows| rows.iter().map(row).collect()).collect()
    }

    fn query_each(
        &self,
        sql: &'static str,
        values: &[Vec<Param<'_>>],
    ) -> Result<Vec<Vec<Row>>, SqlError> {
        let statement = self.statement(sql)?;
        let values: Vec<_> = values.iter().map(|values| given(values)).collect();
        let asked = values.iter().map(|values| self.client.query(&statement, values));
        self.together(asked)?.iter().map(|rows| rows.iter().map(row).collect()).collect()
    }

    fn execute_each(
        &self,
        sql: &'static str,
        values: &[Vec<Param<'_>>],
    ) -> Result<Vec<u64>, SqlError> {
        let statement = self.statement(sql)?;
        let values: Vec<_> = values.iter().map(|values| given(values)).collect();
        self.together(values.iter().map(|values| self.client.execute(&statement, values)))
    }

    fn clock_ms(&self) -> Result<Option<u64>, SqlError> {
        let sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
        self.find(sql, &[])?.map(|row| row.count(0)).transpose()
    }

    fn numbers_given(&self) -> Result<(), SqlError> {
        let sql = "SELECT setval(pg_get_serial_sequence('stack', 'id'), max(id)) FROM stack
                   HAVING max(id) IS NOT NULL";
        self.find(sql, &[]).map(drop)
    }
}

impl ToSql for Param<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut bytes::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Param::Null => Ok(IsNull::Yes),
            Param::Int(number) => number.to_sql(ty, out),
            Param::Text(text) => text.to_sql(ty, out),
            Param::Bytes(bytes) => bytes.to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        [Type::INT8, Type::TEXT, Type::BYTEA].contains(ty)
    }

    to_sql_checked!();
}

fn given<'a>(values: &'a [Param<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    values.iter().map(|value| value as _).collect()
}

fn row(row: &tokio_postgres::Row) -> Result<Row, SqlError> {
    let cells = row.columns().iter().enumerate().map(|(at, column)| {
        let cell = match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(at).map(|number| number.map(Cell::Int)),
            Type::BYTEA => {
                row.try_get::<_, Option<Vec<u8>>>(at).map(|bytes| bytes.map(Cell::Bytes))
            }
            _ => row.try_get::<_, Option<String>>(at).map(|text| text.map(Cell::Text)),
        };
        cell.map(|cell| cell.unwrap_or(Cell::Null)).map_err(|error| SqlError::other(text(&error)))
    });
    cells.collect::<Result<_, _>>().map(Row)
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for what the connections' thread will do.
fn wait<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}
