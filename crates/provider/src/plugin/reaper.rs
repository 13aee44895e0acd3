//! What kills providers when this program is killed: a shell that is told of every process group, and that kills
//! those still listed when its input ends.
//!
//! Only `kill -9` of this program needs it: all else ends providers itself. Without a shell there is no reaper, and
//! nothing else changes. Invariant: a group is listed while its process is not known to have ended, so that no
//! stranger's group is ever killed.

use std::fmt;
use std::io::Write;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use rustix::process::Pid;
use tokio::process::Command;

/// Reads `+ GROUP` and `- GROUP`, one a line; at the end kills what is left.
const SCRIPT: &str = r#"
list=
while read -r what id; do
  case $what in
    +) list="$list $id" ;;
    -) rest=; for one in $list; do [ "$one" = "$id" ] || rest="$rest $one"; done; list=$rest ;;
  esac
done
for one in $list; do kill -s KILL -- "-$one"; done 2>/dev/null
"#;

/// The reaper of a pool; clones share it.
#[derive(Clone)]
pub(crate) struct Reaper {
    input: Arc<Mutex<Option<std::process::ChildStdin>>>,
}

impl fmt::Debug for Reaper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reaper(..)")
    }
}

impl Reaper {
    /// Starts it. It lasts as long as any clone.
    pub(crate) fn start() -> Reaper {
        let mut command = std::process::Command::new("/bin/sh");
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.args(["-c", SCRIPT]).env_clear().current_dir("/");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // Started through the runtime, which also takes note of its end.
        let child = Command::from(command).spawn();
        let input = child.ok().and_then(|mut child| child.stdin.take()?.into_owned_fd().ok());
        let input = input.map(std::process::ChildStdin::from);
        Reaper { input: Arc::new(Mutex::new(input)) }
    }

    /// Lists a process group.
    pub(super) fn watch(&self, group: Pid) {
        self.tell('+', group);
    }

    /// Strikes a group off, whose process has ended.
    pub(super) fn forget(&self, group: Pid) {
        self.tell('-', group);
    }

    fn tell(&self, what: char, group: Pid) {
        let mut input = self.input.lock().expect("BUG: a holder of the reaper panicked");
        let line = format!("{what} {}\n", group.as_raw_nonzero());
        if let Some(pipe) = input.as_mut()
            && pipe.write_all(line.as_bytes()).is_err()
        {
            *input = None; // it is gone; providers are ended all the same in every ordinary case
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::time::Duration;

    use super::*;

    fn sleeper() -> (tokio::process::Child, Pid) {
        let child =
            Command::new("sleep").arg("60").process_group(0).kill_on_drop(true).spawn().unwrap();
        let group = Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap()).unwrap();
        (child, group)
    }

    #[tokio::test]
    async fn what_is_listed_is_killed_at_the_end_and_nothing_else() {
        let reaper = Reaper::start();
        let ((mut listed, one), (mut struck, two)) = (sleeper(), sleeper());
        reaper.watch(one);
        reaper.watch(two);
        reaper.forget(two);
        drop(reaper);
        let ended = tokio::time::timeout(Duration::from_secs(10), listed.wait()).await;
        assert_eq!(ended.expect("it is killed").unwrap().signal(), Some(9));
        assert!(struck.try_wait().unwrap().is_none());
    }
}
