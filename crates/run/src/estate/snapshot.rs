//! What a stack was last applied from: its configuration, its inputs, what it read and on what it stood.
//!
//! Kept with the stack in the store, where it is sealed. It is what an orphan is destroyed with, what tells that a stack's
//! inputs stay as they were, and what `after` compares between environments.
//!
//! A few lines of text, then a plan file that holds the configuration and the bare head of the plan.
//! Invariant: the lines can be read without the rest.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use addr::StackAddr;
use diag::Diagnostic;
use engine::GivenVariable;
use estate::Instance;
use plan::format::v1::{Envelope, EnvelopeKind, EnvelopeStack};
use plan::{Digest, Plan, Sensitive, Variable};
use state::State;
use store::{EstateStore, Lease, StackKey};

use super::environment::Run;
use crate::load::{self, Loaded};
use crate::overrides::{OVERRIDE_FILE, VARIABLES_FILE};
use crate::stack::Stack;

/// The first line.
const FIRST: &str = "strata snapshot 1";

/// What is read of a snapshot without its configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The folder of its root module, relative to the estate's.
    pub source: Arc<str>,
    /// The name of its layer.
    pub layer: Arc<str>,
    /// The digest of its module files: the same in all environments.
    pub modules: Digest,
    /// The digest of its whole configuration, provider settings among it.
    pub configuration: Digest,
    /// Whether all that was planned then was done.
    pub whole: bool,
    /// The outputs that it read: of which stack, and which.
    pub reads: BTreeSet<(StackAddr, Arc<str>)>,
    /// The stack on which it stood.
    pub host: Option<StackAddr>,
}

/// A snapshot, whole.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// What is told of it.
    pub head: Head,
    /// Its files, by path relative to the root module.
    pub files: Vec<(String, Arc<str>)>,
    /// The values of its variables as they were.
    pub variables: Vec<GivenVariable>,
}

impl Head {
    /// What is told of an instance as the estate file has it now.
    pub(super) fn of(run: Run<'_>, instance: &Instance) -> Head {
        let estate = &run.file.estate;
        let stack = &estate[instance.stack];
        let loaded = &run.checked.module(instance).loaded;
        let reads = instance.wires.iter().map(|wire| (wire.from.clone(), wire.output.clone()));
        Head {
            source: stack.source.node.clone(),
            layer: estate[stack.layer].name.node.clone(),
            modules: modules(loaded),
            configuration: loaded.digest,
            whole: true,
            reads: reads.collect(),
            host: instance.hosted_by.map(|host| run.graph.instance(host).addr.clone()),
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{FIRST}\nconfiguration {}\n", self.configuration);
        let _ = writeln!(text, "modules {}", self.modules);
        let _ = writeln!(text, "layer {}\nsource {}", self.layer, self.source);
        if !self.whole {
            text.push_str("left something\n");
        }
        if let Some(host) = &self.host {
            let _ = writeln!(text, "host {host}");
        }
        for (from, output) in &self.reads {
            let _ = writeln!(text, "read {from} {output}");
        }
        text.push('\n');
        text
    }

    fn parse(text: &str) -> Option<Head> {
        let mut lines = text.lines();
        if lines.next() != Some(FIRST) {
            return None;
        }
        let (mut source, mut layer) = (None, None);
        let (mut modules, mut configuration) = (None, None);
        let (mut reads, mut host, mut whole) = (BTreeSet::new(), None, true);
        for line in lines {
            let (word, rest) = line.split_once(' ')?;
            match word {
                "source" => source = Some(Arc::from(rest)),
                "layer" => layer = Some(Arc::from(rest)),
                "modules" => modules = Some(digest(rest)?),
                "configuration" => configuration = Some(digest(rest)?),
                "left" => whole = false,
                "host" => host = Some(rest.parse().ok()?),
                "read" => {
                    let (from, output) = rest.rsplit_once(' ')?;
                    reads.insert((from.parse().ok()?, Arc::from(output)));
                }
                _ => return None,
            }
        }
        Some(Head {
            source: source?,
            layer: layer?,
            modules: modules?,
            configuration: configuration?,
            whole,
            reads,
            host,
        })
    }
}

/// The digest of a configuration's module files, without the settings that the estate merges into them.
pub(super) fn modules(loaded: &Loaded) -> Digest {
    let own = |(name, _): &&(String, Arc<str>)| name != OVERRIDE_FILE && name != VARIABLES_FILE;
    let files: Vec<(String, Arc<str>)> = loaded.files.iter().filter(own).cloned().collect();
    load::digest(&files)
}

fn digest(hex: &str) -> Option<Digest> {
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    (hex.len() == 64).then_some(Digest(bytes))
}

/// The bytes that are kept of a stack that was applied with this plan, given these variables.
pub(super) fn encode(
    head: &Head,
    plan_id: &str,
    stack: &Stack,
    plan: &Plan,
    given: &[GivenVariable],
) -> Vec<u8> {
    let variable = |one: &GivenVariable| Variable {
        name: one.name.clone(),
        value: one.value.clone(),
        sensitive: Sensitive::No,
        set_by_caller: true,
    };
    let bare = Plan {
        changes: Vec::new(),
        drift: Vec::new(),
        outputs: Vec::new(),
        checks: Vec::new(),
        deferred: Vec::new(),
        ops: Vec::new(),
        prior: Arc::new(State::new()),
        relevant: Vec::new(),
        impure: Vec::new(),
        base: plan.base.clone(),
        digests: plan.digests.clone(),
        options: plan.options.clone(),
        time_s: plan.time_s,
        completeness: plan.completeness,
        variables: given.iter().map(variable).collect(),
        providers: plan.providers.clone(),
    };
    let stack = EnvelopeStack {
        address: stack.label.as_str().into(),
        plan: bare,
        configuration: stack.loaded.files.clone(),
    };
    let kind = EnvelopeKind::Estate { estate_id: "".into(), environment: "".into() };
    let envelope = Envelope { kind, id: plan_id.into(), created_ms: 0, stacks: vec![stack] };
    let mut bytes = head.text().into_bytes();
    bytes.extend(envelope.encode());
    bytes
}

/// The lines of a stack's snapshot; `None` where there is no snapshot.
///
/// # Errors
/// Where it cannot be read.
pub fn head(store: &dyn EstateStore, stack: &StackKey) -> Result<Option<Head>, Diagnostic> {
    let Some(bytes) = bytes(store, stack)? else { return Ok(None) };
    let (head, _) = split(&bytes).ok_or_else(|| unreadable(stack))?;
    Ok(Some(head))
}

/// A stack's whole snapshot; `None` where there is none.
///
/// # Errors
/// Where it cannot be read.
pub fn read(store: &dyn EstateStore, stack: &StackKey) -> Result<Option<Snapshot>, Diagnostic> {
    let Some(bytes) = bytes(store, stack)? else { return Ok(None) };
    let (head, rest) = split(&bytes).ok_or_else(|| unreadable(stack))?;
    let mut envelope = Envelope::decode(rest).map_err(|_| unreadable(stack))?;
    let kept = envelope.stacks.pop().ok_or_else(|| unreadable(stack))?;
    let variables = kept.plan.variables.into_iter();
    let variables =
        variables.map(|one| GivenVariable { name: one.name, value: one.value }).collect();
    Ok(Some(Snapshot { head, files: kept.configuration, variables }))
}

/// Tells of a stack's snapshot that something was left: an apply after it was killed.
///
/// # Errors
/// Where the store fails, or the lease was lost.
pub(super) fn mark_left(store: &dyn EstateStore, lease: &Lease) -> Result<(), Diagnostic> {
    let stack = lease.stack();
    let Some(bytes) = bytes(store, stack)? else { return Ok(()) };
    let (head, rest) = split(&bytes).ok_or_else(|| unreadable(stack))?;
    let mut marked = Head { whole: false, ..head }.text().into_bytes();
    marked.extend(rest);
    let kept = store.put_snapshot(lease, &marked);
    kept.map_err(|error| crate::failure::write(stack.as_str(), &error))
}

fn bytes(store: &dyn EstateStore, stack: &StackKey) -> Result<Option<Vec<u8>>, Diagnostic> {
    store.snapshot(stack).map_err(|error| crate::failure::load(stack.as_str(), &error))
}

fn split(bytes: &[u8]) -> Option<(Head, &[u8])> {
    let end = bytes.windows(2).position(|two| two == b"\n\n")?;
    let head = Head::parse(std::str::from_utf8(&bytes[..end]).ok()?)?;
    Some((head, &bytes[end + 2..]))
}

fn unreadable(stack: &StackKey) -> Diagnostic {
    Diagnostic::error("snapshot-unreadable", "What the stack was last applied from cannot be read")
        .detail("The store keeps it in a form that this version does not know.")
        .remedy("Use the version that wrote it, or apply the stack again.")
        .about(stack.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(host: Option<&str>) -> Head {
        let addr = |text: &str| text.parse::<StackAddr>().expect("an address");
        Head {
            source: "./stacks/with space".into(),
            layer: "apps".into(),
            modules: Digest([8; 32]),
            configuration: Digest([7; 32]),
            whole: host.is_some(),
            reads: [(addr("dev/net:eu"), Arc::from("id")), (addr("dev/db"), Arc::from("url"))]
                .into(),
            host: host.map(addr),
        }
    }

    #[test]
    fn the_lines_read_back() {
        for host in [None, Some("dev/eks:eu")] {
            let one = head(host);
            let bytes = one.text().into_bytes();
            let (found, rest) = split(&bytes).expect("lines");
            assert_eq!((found, rest), (one, &b""[..]));
        }
    }

    #[test]
    fn what_is_no_snapshot_is_refused() {
        for text in ["", "strata snapshot 2\n\n", "strata snapshot 1\nsource a\n\n"] {
            assert!(split(text.as_bytes()).is_none(), "{text}");
        }
    }
}
