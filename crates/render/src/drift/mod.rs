//! Drift of an environment, told to people, to forges and to programs.
//!
//! What drifted and what it means is found elsewhere (`engine`, `guard`, trails). Invariant: the gravest stands first; what is
//! ignored is told with its reason, and counts for nothing.

mod findings;
mod json;
mod markdown;
mod text;

use plan::{Action, Change};

use crate::findings::FindingPlace;

pub use findings::drift_findings;
pub use json::drift_json;
pub use markdown::drift_markdown;
pub use text::drift_text;

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct DriftReport<'a> {
    /// `ESTATE/ENV`.
    pub title: String,
    /// How many stacks were looked at.
    pub stacks: usize,
    /// Stacks that could not be looked at.
    pub failed: Vec<String>,
    /// What drifted, in the order of the stacks.
    pub drifted: Vec<Drifted<'a>>,
    /// What drifted and is ignored.
    pub ignored: Vec<DriftIgnored>,
    /// What stands behind commands that are shown, such as ` --rehearse`.
    pub flag: &'static str,
}

/// An object that drifted.
#[derive(Clone, Debug)]
pub struct Drifted<'a> {
    /// The stack.
    pub stack: String,
    /// Its layer.
    pub layer: String,
    /// The groups that own it.
    pub owners: Vec<String>,
    /// What happened: as the state has it, and as it is.
    pub change: &'a Change,
    /// The attributes that count.
    pub attributes: Vec<String>,
    /// What the object holds, where it bears data.
    pub data: Option<String>,
    /// What protects its data and is another than before.
    pub protection: Vec<String>,
    /// Whether it touches who may do what.
    pub security: DriftSecurity,
    /// Who did it, where a trail says so.
    pub by: Option<DriftBy>,
    /// Where its block stands.
    pub place: Option<FindingPlace>,
    /// The last day of a `drift` block about it that has run out.
    pub ended: Option<String>,
}

/// Whether drift touches who may do what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DriftSecurity {
    /// It does not.
    #[default]
    Untouched,
    /// It does.
    Touched {
        /// What is let be now.
        widens: Vec<String>,
        /// What is not let be any more.
        narrows: Vec<String>,
    },
}

/// Who changed an object, as a trail has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriftBy {
    /// Who.
    pub who: String,
    /// By which call.
    pub what: String,
    /// When, as RFC 3339.
    pub at: String,
}

/// Drift that a `drift` block says to ignore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriftIgnored {
    /// The object: `ENV/STACK//ADDRESS`.
    pub address: String,
    /// Why.
    pub reason: String,
    /// The day on which it was decided.
    pub date: String,
    /// The last day on which it holds.
    pub until: Option<String>,
}

/// How grave drift is, gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Gravity {
    DataGone,
    WidensAccess,
    Data,
    Security,
    Other,
}

impl Gravity {
    /// Its rule, for forges.
    fn rule(self) -> &'static str {
        match self {
            Gravity::DataGone => "drift-data-gone",
            Gravity::WidensAccess => "drift-widens-access",
            Gravity::Data => "drift-data",
            Gravity::Security => "drift-security",
            Gravity::Other => "drift",
        }
    }
}

impl Drifted<'_> {
    /// `ENV/STACK//ADDRESS`.
    fn address(&self) -> String {
        format!("{}//{}", self.stack, self.change.address)
    }

    fn is_gone(&self) -> bool {
        self.change.action == Action::Delete
    }

    fn gravity(&self) -> Gravity {
        match &self.security {
            _ if self.is_gone() && self.data.is_some() => Gravity::DataGone,
            DriftSecurity::Touched { widens, .. } if !widens.is_empty() => Gravity::WidensAccess,
            _ if self.data.is_some() => Gravity::Data,
            DriftSecurity::Touched { .. } => Gravity::Security,
            DriftSecurity::Untouched => Gravity::Other,
        }
    }

    /// What happened, in a few words: `is gone`, `changed: tags, ingress`.
    fn what(&self) -> String {
        match self.is_gone() {
            true => "is gone".to_owned(),
            false => format!("changed: {}", self.attributes.join(", ")),
        }
    }

    /// What it means, a sentence's part each.
    fn meanings(&self) -> Vec<String> {
        let mut all = Vec::new();
        if let DriftSecurity::Touched { widens, narrows } = &self.security {
            all.extend(widens.iter().map(|one| format!("widens access: {one}")));
            all.extend(narrows.iter().map(|one| format!("narrows access: {one}")));
            if all.is_empty() {
                all.push("is about access".to_owned());
            }
        }
        if let Some(holds) = &self.data {
            all.push(match self.is_gone() {
                true => format!("held {holds}"),
                false => format!("bears data: {holds}"),
            });
        }
        all.extend(self.protection.iter().map(|one| format!("protection: {one}")));
        all
    }
}

impl<'a> DriftReport<'a> {
    /// What drifted, gravest first, else in the order of the stacks.
    fn by_gravity(&self) -> Vec<&Drifted<'a>> {
        let mut all: Vec<&Drifted<'a>> = self.drifted.iter().collect();
        all.sort_by_key(|one| one.gravity());
        all
    }

    /// The first line: whether anything drifted, and how grave that is.
    fn headline(&self) -> String {
        let failed = match self.failed.len() {
            0 => String::new(),
            n => format!("; {n} could not be looked at"),
        };
        if self.drifted.is_empty() {
            let stacks = counted(self.stacks, "stack");
            return format!("No drift in {}: {stacks} looked at{failed}.", self.title);
        }
        let mut stacks: Vec<&str> = self.drifted.iter().map(|one| one.stack.as_str()).collect();
        stacks.sort_unstable();
        stacks.dedup();
        let objects = counted(self.drifted.len(), "object");
        let count = |gravity| self.drifted.iter().filter(|one| one.gravity() == gravity).count();
        let parts = [
            (Gravity::DataGone, "lost data"),
            (Gravity::WidensAccess, "widens access"),
            (Gravity::Data, "bears data"),
            (Gravity::Security, "is about access"),
        ];
        let parts = parts.map(|(gravity, words)| (count(gravity), words));
        let told: Vec<String> =
            parts.iter().filter(|(n, _)| *n > 0).map(|(n, words)| format!("{n} {words}")).collect();
        let told = if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) };
        let of = self.stacks;
        let few = stacks.len();
        format!("DRIFT in {}: {objects} in {few} of {of} stacks{told}{failed}", self.title)
    }

    /// What can be done about it, a command and its meaning each.
    fn ways_out(&self) -> Vec<(&'static str, String)> {
        let Some(first) = self.by_gravity().first().map(|one| one.address()) else {
            return Vec::new();
        };
        let (quoted, flag) = (first.replace('\'', r"'\''"), self.flag);
        vec![
            ("revert", format!("strata drift revert '{quoted}'{flag}")),
            ("accept", format!("strata drift accept '{quoted}' -reason WHY{flag}")),
            ("ignore", format!("drift {first:?} {{ reason, date, until }} in strata.hcl")),
        ]
    }
}

fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests;
