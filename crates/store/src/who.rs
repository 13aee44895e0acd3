//! Who did something, as the audit has it: a user of a machine, the holder of an SSH key, an identity of CI.
//!
//! A text with a prefix that says how it is known, and no more than that: whether a token's signature held is for whoever made
//! it. Invariant: what was stored reads back as the same text, also what was stored before there were prefixes.

use std::fmt;
use std::sync::Arc;

/// Who did something. Its text is `local:USER@HOST`, `ssh:SHA256:FINGERPRINT PRINCIPAL`, `oidc:ISSUER SUBJECT` or
/// `ci:SERVER SUBJECT`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Who(Arc<str>);

/// How somebody is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhoKind<'a> {
    /// By what the machine says of the process.
    Local {
        /// `USER@HOST`.
        user: &'a str,
    },
    /// By a signature.
    Ssh {
        /// The key's fingerprint, `SHA256:...`.
        fingerprint: &'a str,
        /// The name by which a file of signers calls its holder; empty where none does.
        principal: &'a str,
    },
    /// By a token that an issuer gave to a pipeline.
    Oidc {
        /// The issuer's address.
        issuer: &'a str,
        /// What the issuer calls it.
        subject: &'a str,
    },
    /// By the variables of a pipeline, which had no token: as good as whoever set them.
    Ci {
        /// The forge's address.
        server: &'a str,
        /// The repository, and what it ran for.
        subject: &'a str,
    },
}

/// Parts are told apart by spaces and lines: none of them stays within one.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_whitespace() || c.is_control() { '_' } else { c }).collect()
}

impl Who {
    /// A user of a machine.
    pub fn local(user: &str, machine: &str) -> Who {
        Who(format!("local:{}@{}", plain(user), plain(machine)).into())
    }

    /// The holder of an SSH key; `principal` is empty where no file of signers names it.
    pub fn ssh(fingerprint: &str, principal: &str) -> Who {
        let text = format!("ssh:{} {}", plain(fingerprint), plain(principal));
        Who(text.trim_end().into())
    }

    /// An identity that an issuer gave to a pipeline.
    pub fn oidc(issuer: &str, subject: &str) -> Who {
        Who(format!("oidc:{} {}", plain(issuer), plain(subject)).into())
    }

    /// A pipeline without a token, by its variables.
    pub fn ci(server: &str, subject: &str) -> Who {
        Who(format!("ci:{} {}", plain(server), plain(subject)).into())
    }

    /// As it was stored, or as a lease has it: `user@host` without a prefix is a user of a machine.
    pub fn read(text: &str) -> Who {
        Who(text.into())
    }

    /// Who holds a lease: a user where it says `user@host` alone.
    pub fn of_lease(text: &str) -> Who {
        match Who::read(text).kind() {
            WhoKind::Local { user } if user == text => Who(format!("local:{text}").into()),
            _ => Who::read(text),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As leases and lock files have it: `user@host` of a user, else the whole text.
    pub fn short(&self) -> Arc<str> {
        self.0.strip_prefix("local:").map_or_else(|| self.0.clone(), Arc::from)
    }

    /// How somebody is known, and by what.
    pub fn kind(&self) -> WhoKind<'_> {
        let two = |rest: &'_ str| -> (usize, usize) {
            let end = rest.find(' ').unwrap_or(rest.len());
            (end, (end + 1).min(rest.len()))
        };
        let Some((prefix, rest)) = self.0.split_once(':') else {
            return WhoKind::Local { user: &self.0 };
        };
        let (end, next) = two(rest);
        match prefix {
            "local" => WhoKind::Local { user: rest },
            "ssh" => WhoKind::Ssh { fingerprint: &rest[..end], principal: &rest[next..] },
            "oidc" => WhoKind::Oidc { issuer: &rest[..end], subject: &rest[next..] },
            "ci" => WhoKind::Ci { server: &rest[..end], subject: &rest[next..] },
            _ => WhoKind::Local { user: &self.0 },
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Who {
    fn from(text: &str) -> Who {
        Who::read(text)
    }
}

impl From<Arc<str>> for Who {
    fn from(text: Arc<str>) -> Who {
        Who(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_reads_back() {
        let check = |who: Who, text: &str, kind: WhoKind<'_>| {
            assert_eq!(who.as_str(), text);
            assert_eq!(Who::read(text).kind(), kind);
        };
        check(Who::local("me", "here"), "local:me@here", WhoKind::Local { user: "me@here" });
        let (fingerprint, principal) = ("SHA256:abc", "alice");
        let kind = WhoKind::Ssh { fingerprint, principal };
        check(Who::ssh(fingerprint, principal), "ssh:SHA256:abc alice", kind);
        let kind = WhoKind::Ssh { fingerprint, principal: "" };
        check(Who::ssh(fingerprint, ""), "ssh:SHA256:abc", kind);
        let (issuer, subject) = ("https://i.example", "repo:a/b:ref:refs/heads/main");
        let text = "oidc:https://i.example repo:a/b:ref:refs/heads/main";
        check(Who::oidc(issuer, subject), text, WhoKind::Oidc { issuer, subject });
        let (server, subject) = ("https://f.example", "a/b@main_#7");
        let kind = WhoKind::Ci { server, subject };
        check(Who::ci(server, "a/b@main #7"), "ci:https://f.example a/b@main_#7", kind);
        check(Who::read("me@here"), "me@here", WhoKind::Local { user: "me@here" });
    }

    #[test]
    fn nothing_breaks_out_of_its_part() {
        let who = Who::oidc("https://i.example", "x\noidc:https://other admin");
        assert_eq!(who.as_str(), "oidc:https://i.example x_oidc:https://other_admin");
        assert_eq!(Who::local("me", "here").short().as_ref(), "me@here");
    }
}
