//! Where a PostgreSQL database is: `postgres://USER@HOST:PORT/DATABASE?sslmode=...`.
//!
//! No password stands here: a store's address is committed with the estate. What is not verified is refused, so that
//! nobody believes a connection to be what it is not.
//! Invariant: TLS is off only on Unix sockets and, where that is stated, on loopback addresses.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// The port where none is named.
const PORT_DEFAULT: u16 = 5432;
/// The schema where none is named.
const SCHEMA_DEFAULT: &str = "strata";
/// Bytes of a name, as PostgreSQL keeps it.
const NAME_BYTES_MAX: usize = 63;

/// Where a PostgreSQL database is, and how it is spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostgresAddress {
    /// Its text, for people.
    pub text: String,
    /// The role to log in as, where the address says.
    pub user: Option<String>,
    /// The server.
    pub host: PostgresHost,
    /// Its port; names the socket's file too.
    pub port: u16,
    /// The database.
    pub database: String,
    /// The schema that the store's tables are in.
    pub schema: String,
    /// How the connection is secured.
    pub tls: PostgresTls,
}

/// A server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PostgresHost {
    /// By name or number, over TCP.
    Name(String),
    /// On this machine, by the folder that its socket is in.
    Socket(PathBuf),
}

/// How a connection is secured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PostgresTls {
    /// TLS; the server's certificate and name are checked against these roots, the platform's where none are named.
    Verified {
        /// A file of certificates, in PEM.
        roots: Option<PathBuf>,
    },
    /// Not at all.
    Off,
}

/// Why a text is no address of a PostgreSQL store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressFault {
    /// It does not begin with `postgres://`.
    Scheme,
    /// A password stands in it.
    Password,
    /// It names no database.
    Database,
    /// Its port is none.
    Port(String),
    /// A `%` is not followed by two hexadecimal digits of UTF-8 text.
    Percent,
    /// A key behind `?` that is not known.
    Key(String),
    /// A schema that is not written in small letters, digits and underscores.
    Schema(String),
    /// Both a host and a socket, or neither.
    Host,
    /// A `sslmode` that checks nothing, or is none.
    Mode(String),
    /// TLS is turned off to another machine.
    PlainRemote(String),
    /// TLS on a Unix socket.
    TlsOnSocket,
}

impl fmt::Display for AddressFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AddressFault::Scheme => f.write_str("it does not begin with postgres://"),
            AddressFault::Password => f.write_str("a password stands in it"),
            AddressFault::Database => f.write_str("it names no database"),
            AddressFault::Port(port) => write!(f, "`{port}` is no port"),
            AddressFault::Percent => {
                f.write_str("a % must be followed by two hexadecimal digits of UTF-8 text")
            }
            AddressFault::Key(key) => {
                write!(f, "`{key}` is none of: sslmode, sslrootcert, schema, host")
            }
            AddressFault::Schema(name) => write!(
                f,
                "the schema `{name}` is not written in small letters, digits and underscores"
            ),
            AddressFault::Host => {
                f.write_str("it must name either a host, or a socket's folder with ?host=/FOLDER")
            }
            AddressFault::Mode(mode) => write!(
                f,
                "sslmode={mode} does not say whether the server is the right one: verify-full does"
            ),
            AddressFault::PlainRemote(host) => {
                write!(f, "sslmode=disable is for this machine only, and {host} is another one")
            }
            AddressFault::TlsOnSocket => f.write_str("a Unix socket takes no sslmode"),
        }
    }
}

impl std::error::Error for AddressFault {}

impl PostgresAddress {
    /// Reads an address. A file named in it is relative to `base`.
    ///
    /// # Errors
    /// Where it is none, holds a password, or asks for a connection that is not verified.
    pub fn parse(text: &str, base: &Path) -> Result<PostgresAddress, AddressFault> {
        let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"));
        let rest = rest.ok_or(AddressFault::Scheme)?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        // One with a `/` in it, too: no part of it may be told as something else.
        if rest.rsplit_once('@').is_some_and(|(user, _)| user.contains(':')) {
            return Err(AddressFault::Password);
        }
        let (server, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, server) = match server.rsplit_once('@') {
            Some((user, server)) => (Some(user), server),
            None => (None, server),
        };
        let asked = Asked::read(query)?;
        let (name, port) = host_and_port(server)?;
        let host = match (name, asked.host) {
            ("", Some(folder)) if folder.starts_with('/') => PostgresHost::Socket(folder.into()),
            ("", _) | (_, Some(_)) => return Err(AddressFault::Host),
            (name, None) => PostgresHost::Name(plain(name)?),
        };
        if database.is_empty() {
            return Err(AddressFault::Database);
        }
        Ok(PostgresAddress {
            text: text.to_owned(),
            user: user.map(plain).transpose()?,
            tls: tls(&host, asked.mode.as_deref(), asked.roots.map(|roots| base.join(roots)))?,
            host,
            port,
            database: plain(database)?,
            schema: schema(asked.schema)?,
        })
    }
}

/// What stands behind the `?`.
#[derive(Default)]
struct Asked {
    mode: Option<String>,
    roots: Option<String>,
    schema: Option<String>,
    host: Option<String>,
}

impl Asked {
    fn read(query: &str) -> Result<Asked, AddressFault> {
        let mut asked = Asked::default();
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let slot = match key {
                "sslmode" => &mut asked.mode,
                "sslrootcert" => &mut asked.roots,
                "schema" => &mut asked.schema,
                "host" => &mut asked.host,
                "password" => return Err(AddressFault::Password),
                other => return Err(AddressFault::Key(other.to_owned())),
            };
            *slot = Some(plain(value)?);
        }
        Ok(asked)
    }
}

fn host_and_port(server: &str) -> Result<(&str, u16), AddressFault> {
    let (host, port) = match server.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None => match server.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (server, None),
        },
    };
    let port = match port {
        None => PORT_DEFAULT,
        Some(text) => text.parse().map_err(|_| AddressFault::Port(text.to_owned()))?,
    };
    Ok((host, port))
}

fn tls(
    host: &PostgresHost,
    mode: Option<&str>,
    roots: Option<PathBuf>,
) -> Result<PostgresTls, AddressFault> {
    match (host, mode) {
        (PostgresHost::Socket(_), None | Some("disable")) => Ok(PostgresTls::Off),
        (PostgresHost::Socket(_), Some(_)) => Err(AddressFault::TlsOnSocket),
        (PostgresHost::Name(_), None | Some("verify-full")) => Ok(PostgresTls::Verified { roots }),
        (PostgresHost::Name(name), Some("disable")) if is_loopback(name) => Ok(PostgresTls::Off),
        (PostgresHost::Name(name), Some("disable")) => Err(AddressFault::PlainRemote(name.clone())),
        (PostgresHost::Name(_), Some(other)) => Err(AddressFault::Mode(other.to_owned())),
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

fn schema(asked: Option<String>) -> Result<String, AddressFault> {
    let name = asked.unwrap_or_else(|| SCHEMA_DEFAULT.to_owned());
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    if starts && name.len() <= NAME_BYTES_MAX && name.chars().all(plain) {
        Ok(name)
    } else {
        Err(AddressFault::Schema(name))
    }
}

/// Text with its `%` escapes taken out.
fn plain(text: &str) -> Result<String, AddressFault> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (pair, after) = rest.split_at_checked(2).ok_or(AddressFault::Percent)?;
        let digit = |byte: u8| (byte as char).to_digit(16).ok_or(AddressFault::Percent);
        bytes.push((digit(pair[0])? * 16 + digit(pair[1])?) as u8);
        rest = after;
    }
    String::from_utf8(bytes).map_err(|_| AddressFault::Percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<PostgresAddress, AddressFault> {
        PostgresAddress::parse(text, Path::new("/estate"))
    }

    #[test]
    fn what_an_address_says() {
        let check = |text: &str, expect: &str| {
            let at = parse(text).unwrap();
            let user = at.user.as_deref().unwrap_or("-");
            let host = match &at.host {
                PostgresHost::Name(name) => name.clone(),
                PostgresHost::Socket(folder) => folder.display().to_string(),
            };
            let tls = match &at.tls {
                PostgresTls::Off => "off".to_owned(),
                PostgresTls::Verified { roots: None } => "verified".to_owned(),
                PostgresTls::Verified { roots: Some(roots) } => roots.display().to_string(),
            };
            let PostgresAddress { port, database, schema, .. } = &at;
            assert_eq!(format!("{user} {host} {port} {database} {schema} {tls}"), expect);
        };
        check("postgres://db.acme.test/strata", "- db.acme.test 5432 strata strata verified");
        check("postgresql://ops@db:6432/s?schema=acme", "ops db 6432 s acme verified");
        check(
            "postgres://o%40ps@db/s?sslmode=verify-full&sslrootcert=ca.pem",
            "o@ps db 5432 s strata /estate/ca.pem",
        );
        check("postgres://u@127.0.0.1/s?sslmode=disable", "u 127.0.0.1 5432 s strata off");
        check("postgres://[::1]:1/s?sslmode=disable", "- ::1 1 s strata off");
        check("postgres:///s?host=/run/postgresql", "- /run/postgresql 5432 s strata off");
        check("postgres://u@:6000/s?host=%2Frun", "u /run 6000 s strata off");
    }

    #[test]
    fn what_is_refused() {
        let check = |text: &str, expect: AddressFault| assert_eq!(parse(text), Err(expect));
        check("mysql://db/s", AddressFault::Scheme);
        check("postgres://u:secret@db/s", AddressFault::Password);
        check("postgres://u:@db/s", AddressFault::Password);
        check("postgres://u:se/cr@et@db/s", AddressFault::Password);
        check("postgres://u@db/s?password=x", AddressFault::Password);
        check("postgres://u@db", AddressFault::Database);
        check("postgres://u@db:x/s", AddressFault::Port("x".into()));
        check("postgres:///s", AddressFault::Host);
        check("postgres:///s?host=run", AddressFault::Host);
        check("postgres://db/s?host=/run", AddressFault::Host);
        check("postgres://db/s?sslmode=require", AddressFault::Mode("require".into()));
        check("postgres://db/s?sslmode=disable", AddressFault::PlainRemote("db".into()));
        check("postgres:///s?host=/run&sslmode=verify-full", AddressFault::TlsOnSocket);
        check("postgres://db/s?options=x", AddressFault::Key("options".into()));
        check("postgres://db/s?schema=a%22b", AddressFault::Schema("a\"b".into()));
        check("postgres://db/s%4", AddressFault::Percent);
    }
}
