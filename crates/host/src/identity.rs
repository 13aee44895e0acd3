//! Who runs this: for leases, lock files and the table of events.

use std::sync::OnceLock;

use crate::environment::Environment;

/// This process and its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The user's name, or `unknown`.
    pub user: String,
    /// The machine's name, or `localhost`.
    pub machine: String,
    /// The process.
    pub pid: u32,
    /// Who the audit says that it is, once that was found out: tokens are asked for at most once.
    pub audited: OnceLock<String>,
}

impl Identity {
    pub(crate) fn of_process(environment: &Environment) -> Identity {
        let user = ["USER", "LOGNAME"].into_iter().find_map(|name| environment.var(name));
        let user =
            user.map(str::to_owned).or_else(user_of_table).unwrap_or_else(|| "unknown".to_owned());
        let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let machine = match machine.trim() {
            "" => "localhost".to_owned(),
            name => name.to_owned(),
        };
        Identity { user, machine, pid: std::process::id(), audited: OnceLock::new() }
    }

    /// `user@machine`, as OpenTofu's lock files have it.
    pub fn who(&self) -> String {
        format!("{}@{}", self.user, self.machine)
    }
}

/// The name that the user table has for the owner of this process.
fn user_of_table() -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let uid = std::fs::metadata("/proc/self").ok()?.uid().to_string();
    let table = std::fs::read_to_string("/etc/passwd").ok()?;
    table.lines().find_map(|line| {
        let mut columns = line.split(':');
        let name = columns.next()?;
        (columns.nth(1)? == uid).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_always_somebody() {
        let identity = Identity::of_process(&Environment::default());
        assert!(!identity.user.is_empty() && !identity.machine.is_empty());
        assert_eq!(identity.pid, std::process::id());
    }
}
