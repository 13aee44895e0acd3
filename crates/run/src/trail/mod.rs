//! Who changed an object, as the trails of clouds and clusters tell: AWS CloudTrail, and the audit log of a Kubernetes API server.
//!
//! A trail that cannot be read is told and nothing more: what changed is known without it. Calls of providers are passed over, so
//! what Strata itself did is nobody's deed. Not here: what changed (`engine`), what it means (`guard`).
//!
//! Invariant: a deed is named only where the trail's own record names the object, whole, and no later record of another does.

mod cloudtrail;
mod kubernetes;
mod names;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use diag::Diagnostic;
use host::{Files, Host};
use value::Value;

use self::names::Names;
use crate::credentials::asking::Asking;

/// Longest audit log that is read, in bytes; of a longer one its end.
const LOG_BYTES_MAX: u64 = 64 << 20;

/// An object that somebody changed.
#[derive(Clone, Debug)]
pub struct Changed {
    /// Its resource type.
    pub type_name: Arc<str>,
    /// The object as it was.
    pub object: Value,
    /// What its provider's process sees of the environment: as whom a cloud's trail is read first.
    pub environment: Arc<[(String, String)]>,
}

/// The last that a trail says of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Who: `arn:aws:iam::111111111111:user/eve`, or the user's name in a cluster.
    pub who: String,
    /// What was called: `AuthorizeSecurityGroupIngress`, or `patch configmaps`.
    pub what: String,
    /// When, as the trail has it: RFC 3339.
    pub at: String,
}

/// Where trails are, and how far back they are read.
pub struct Trails {
    asking: Asking,
    files: Files,
    dir: PathBuf,
    audit_logs: Vec<String>,
    days: u32,
}

impl Trails {
    /// CloudTrail, as the environment leads to it, and these audit logs of API servers: files relative to `dir`, or addresses
    /// that answer with one; `days` back.
    pub fn new(host: &Host, dir: &Path, audit_logs: &[String], days: u32) -> Trails {
        Trails {
            asking: Asking::new(host, dir),
            files: host.files,
            dir: dir.to_owned(),
            audit_logs: audit_logs.to_vec(),
            days,
        }
    }
}

/// What trails told.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Of each object, in the order in which they were asked for.
    pub deeds: Vec<Option<Deed>>,
    /// What could not be read: warnings.
    pub warnings: Vec<Diagnostic>,
}

/// Looks who changed these objects. Blocks the thread; `now_s` is in seconds since 1970.
pub fn look(trails: &Trails, changed: &[Changed], now_s: u64) -> Told {
    let names: Vec<Names> = changed.iter().map(Names::of).collect();
    let mut told = Told { deeds: vec![None; changed.len()], warnings: Vec::new() };
    cloudtrail::look(trails, changed, &names, now_s, &mut told);
    for log in &trails.audit_logs {
        kubernetes::look(trails, log, &names, now_s, &mut told);
    }
    told
}

/// Whether a call was made by a provider, by the name that its client gives itself.
fn is_of_a_provider(agent: &str) -> bool {
    agent.contains("Terraform/")
        || agent.contains("terraform-provider-")
        || agent.contains("OpenTofu/")
}

fn unreachable(what: &str, why: &str, remedy: &str) -> Diagnostic {
    Diagnostic::warning("trail-unreachable", format!("{what} cannot be read"))
        .detail(format!(
            "{}. Who changed what it would tell of stays unknown.",
            why.trim_end_matches('.')
        ))
        .remedy(remedy)
}
