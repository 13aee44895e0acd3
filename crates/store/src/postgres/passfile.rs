//! The password file of PostgreSQL's own programs, `host:port:database:user:password` in each line.
//!
//! Reading the file, and refusing one that others can read, is the caller's.

use super::address::{PostgresAddress, PostgresHost};

/// The password of the first line that fits; `*` fits all, `\` takes the next character as it is.
pub fn password_in(passfile: &str, address: &PostgresAddress, user: &str) -> Option<String> {
    let host = match &address.host {
        PostgresHost::Name(name) => name.clone(),
        PostgresHost::Socket(folder) => folder.display().to_string(),
    };
    let on_socket = matches!(address.host, PostgresHost::Socket(_));
    let port = address.port.to_string();
    passfile.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let [hosts, ports, databases, users, password] = parts(line)?;
        let fits = |pattern: &str, value: &str| pattern == "*" || pattern == value;
        let host_fits = fits(&hosts, &host) || on_socket && hosts == "localhost";
        let fits = host_fits
            && fits(&ports, &port)
            && fits(&databases, &address.database)
            && fits(&users, user);
        fits.then_some(password)
    })
}

/// The five parts of a line. The last is the rest of it.
fn parts(line: &str) -> Option<[String; 5]> {
    let mut parts: [String; 5] = Default::default();
    let mut at = 0;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => parts[at].push(chars.next()?),
            ':' if at < 4 => at += 1,
            c => parts[at].push(c),
        }
    }
    (at == 4).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits() {
        let file = "# mine\nnonsense\ndb:5432:other:me:1\ndb:5432:s:me:se\\:cr:et\n*:*:*:you:3\nlocalhost:*:s:*:4\n";
        let check = |address: &str, user: &str, expect: Option<&str>| {
            let address = PostgresAddress::parse(address, "/".as_ref()).unwrap();
            assert_eq!(password_in(file, &address, user).as_deref(), expect);
        };
        check("postgres://db/s", "me", Some("se:cr:et"));
        check("postgres://db/other", "me", Some("1"));
        check("postgres://db:1/s", "me", None);
        check("postgres://elsewhere/x", "you", Some("3"));
        check("postgres:///s?host=/run", "me", Some("4"));
        check("postgres:///t?host=/run", "me", None);
    }
}
