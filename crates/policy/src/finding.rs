//! What a bundle finds in a plan: data, decided or not yet.
//!
//! Invariant: texts are those of the rules, without what is sensitive.

use std::sync::Arc;

use serde_json::Value as Json;

use crate::bundle::{Bundle, Decision};
use crate::eval::{Machine, Outcome, Stop};
use crate::fault::{Fault, FaultKind};
use crate::input::Input;
use crate::ir::Place;
use crate::value::{Answer, Cause, V};

/// What a finding comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It is told.
    Warn,
    /// It needs a group's approval.
    Approve,
    /// It refuses.
    Deny,
}

impl Severity {
    /// Its word in documents.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Warn => "warn",
            Severity::Approve => "approve",
            Severity::Deny => "deny",
        }
    }
}

/// Whether a finding is one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decided {
    /// It is, whatever is not known yet.
    Yes,
    /// It depends on a value that is not known yet.
    NotYet {
        /// Which, as an address with a path.
        on: String,
    },
}

/// What a rule finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule, as `main.deny`.
    pub rule: Arc<str>,
    /// Where it stands.
    pub place: Option<Place>,
    /// What it comes to, as the rule says.
    pub severity: Severity,
    /// What it says.
    pub text: String,
    /// The object that it is about, where it says so: the member `address` (or `resource`) of what it gives.
    pub address: Option<String>,
    /// The group whose approval it asks for, where it says so: the member `group`.
    pub group: Option<String>,
    /// Whether it is decided.
    pub decided: Decided,
}

/// Most findings of one rule that are told.
const FINDINGS_MAX: usize = 1_000;
/// Most characters of a finding's text.
const TEXT_CHARS_MAX: usize = 2_000;

impl Bundle {
    /// What the deciding rules find in a plan, in the order of their paths and of what they give; of these packages alone,
    /// where any are named.
    ///
    /// # Errors
    /// Where evaluating fails: nothing of a bundle that fails is told as found or as not found.
    pub fn judge(
        &self,
        input: &Input,
        packages: Option<&[Arc<str>]>,
    ) -> Result<Vec<Finding>, Fault> {
        let mut machine = Machine::new(&self.program, input.value.clone(), self.data.clone());
        let mut findings = Vec::new();
        let mut decisions: Vec<&Decision> = self.decisions.iter().collect();
        decisions.sort_by(|a, b| self.path(a).cmp(self.path(b)));
        for decision in decisions {
            let package = &self.program.rules[decision.rule].package;
            if packages.is_some_and(|all| !all.contains(package)) {
                continue;
            }
            let outcome = machine.rule(decision.rule).map_err(|stop| match stop {
                Stop::Fault(fault) => fault,
                Stop::Enough => Fault::new(FaultKind::Failed, "BUG: it ended early"),
            })?;
            self.told(decision, outcome, input, &mut findings);
        }
        Ok(findings)
    }

    fn path(&self, decision: &Decision) -> &Arc<str> {
        &self.program.rules[decision.rule].path
    }

    fn told(&self, decision: &Decision, outcome: Outcome, input: &Input, out: &mut Vec<Finding>) {
        let (value, whole) = match outcome {
            Outcome::Undefined => return,
            Outcome::Is(value) => (value, None),
            Outcome::Maybe(value, cause) => (value, Some(cause)),
        };
        let one = |value: &V, cause: Option<&Cause>, out: &mut Vec<Finding>| {
            out.push(self.finding(decision, value, cause.or(whole.as_ref()), input));
        };
        let first = out.len();
        match &value {
            V::Set(members) => members.all.iter().for_each(|value| one(value, None, out)),
            V::Array(members) => members.all.iter().for_each(|value| one(value, None, out)),
            // As older rules have it: the message is the key.
            V::Object(members) if members.all.values().all(|value| *value == V::Bool(true)) => {
                members.all.keys().for_each(|key| one(key, None, out));
            }
            V::Open(open) => {
                open.sure.iter().for_each(|(_, value)| one(value, None, out));
                open.maybe.iter().for_each(|(_, value, cause)| one(value, Some(cause), out));
            }
            V::Bool(false) | V::Null => {}
            other => match other.truth() {
                Answer::No => {}
                Answer::Yes => one(other, None, out),
                Answer::Maybe(cause) => one(other, Some(&cause), out),
            },
        }
        out.truncate(first + FINDINGS_MAX);
    }

    fn finding(
        &self,
        decision: &Decision,
        value: &V,
        cause: Option<&Cause>,
        input: &Input,
    ) -> Finding {
        let rule = &self.program.rules[decision.rule];
        let member = |names: &[&str]| match value {
            V::Object(members) => names.iter().find_map(|name| members.all.get(&V::text(name))),
            _ => None,
        };
        let text = match (value, member(&["msg", "message"])) {
            (_, Some(text)) => text.shown(),
            (V::Bool(true), None) => format!("`{}` holds", rule.path),
            (V::Unknown(unknown), None) if unknown.shown.is_none() => {
                format!("`{}`, with words that are not known yet", rule.path)
            }
            (value, None) => value.shown(),
        };
        let said = |names: &[&str]| {
            let value = member(names)?;
            value.as_str().map(|text| input.cleaned(text))
        };
        let text: String = input.cleaned(&text).chars().take(TEXT_CHARS_MAX).collect();
        Finding {
            rule: rule.path.clone(),
            place: rule.definitions.first().map(|one| one.place.clone()),
            severity: decision.severity,
            text: text.split_whitespace().collect::<Vec<_>>().join(" "),
            address: said(&["address", "resource"]),
            group: said(&["group"]),
            decided: match cause {
                None => Decided::Yes,
                Some(cause) => Decided::NotYet { on: input.cleaned(&cause.0) },
            },
        }
    }
}

impl Finding {
    /// As JSON.
    pub fn json(&self) -> Json {
        serde_json::json!({
            "rule": &*self.rule,
            "place": self.place.as_ref().map(ToString::to_string),
            "severity": self.severity.word(),
            "text": self.text,
            "address": self.address,
            "group": self.group,
            "decided": self.decided == Decided::Yes,
            "depends_on": match &self.decided {
                Decided::Yes => None,
                Decided::NotYet { on } => Some(on),
            },
        })
    }
}
