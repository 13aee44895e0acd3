//! The audit log of a cluster's API server, while a stack's access is derived: what was written to it meanwhile.
//!
//! Invariant: only lines that were written after the derivation began are read.

use std::path::PathBuf;

use access::derive::{ClusterLearned, Phase, Window, cluster_learned};
use diag::Diagnostic;
use host::Timestamp;

use crate::commands::Context;

/// Longest log that is read, in bytes.
const LOG_BYTES_MAX: u64 = 512 << 20;

/// A log, and where it ended when the derivation began.
pub(super) struct AuditLog {
    path: PathBuf,
    from: usize,
}

/// What planning and what applying took in the cluster.
pub(super) struct Cluster {
    pub(super) plan: ClusterLearned,
    pub(super) apply: ClusterLearned,
}

impl AuditLog {
    /// Looks where the log ends now.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub(super) fn begin(
        context: &Context<'_>,
        path: Option<&str>,
    ) -> Result<Option<AuditLog>, Diagnostic> {
        let Some(path) = path else { return Ok(None) };
        let path = context.dir.join(path);
        let from = read(context, &path)?.len();
        Ok(Some(AuditLog { path, from }))
    }

    /// What was learned from it.
    ///
    /// # Errors
    /// Where it cannot be read, became shorter, or has a line that is no event.
    pub(super) fn learned(
        self,
        context: &Context<'_>,
        windows: &[Window],
        users: &[String],
    ) -> Result<Cluster, Diagnostic> {
        let log = read(context, &self.path)?;
        let written = log.get(self.from..).ok_or_else(|| {
            fault(
                &self.path,
                "it became shorter meanwhile",
                "Let it not be rotated, and derive again.",
            )
        })?;
        let (plan, apply) = cluster_learned(written, windows, users).map_err(|(line, why)| {
            let why = format!("of what was written meanwhile, line {line} is no event: {why}");
            fault(
                &self.path,
                &why,
                "Name the log that kube-apiserver writes with --audit-log-path, format json.",
            )
        })?;
        if plan.is_empty() && apply.is_empty() {
            return Err(fault(
                &self.path,
                "nothing of the stack was written to it",
                "See that it is the log of the stack's cluster, written at once (--audit-log-mode=blocking), and that its policy takes in all requests.",
            ));
        }
        Ok(Cluster { plan, apply })
    }
}

fn read(context: &Context<'_>, path: &std::path::Path) -> Result<String, Diagnostic> {
    let remedy = "Name the file that kube-apiserver writes with --audit-log-path.";
    let bytes = context.host.files.read_up_to(path, LOG_BYTES_MAX);
    let bytes = bytes.map_err(|error| fault(path, &error.to_string(), remedy))?;
    String::from_utf8(bytes).map_err(|_| fault(path, "it is not UTF-8", remedy))
}

fn fault(path: &std::path::Path, why: &str, remedy: &str) -> Diagnostic {
    Diagnostic::error("derive-audit-log", "The audit log does not tell what was called")
        .detail(format!("{}: {why}.", path.display()))
        .remedy(remedy)
}

/// A moment as windows have it: RFC 3339 to the millisecond, without `Z`.
pub(super) fn moment(at: Timestamp) -> String {
    format!("{}.{:03}", at.rfc3339().trim_end_matches('Z'), at.nanos / 1_000_000)
}

/// A window that ends now.
pub(super) fn until_now(context: &Context<'_>, phase: Phase, from: String) -> Window {
    Window { phase, from, to: moment(context.host.clock.now()) }
}
