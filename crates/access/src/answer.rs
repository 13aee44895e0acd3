//! Answers about access, and the claims they are made of: what holds, what holds under conditions, what nobody can know yet.
//!
//! Invariant: what is not known is never taken for "no" or for "yes"; it makes an answer "may", with the doubt in words.

use std::fmt;
use std::sync::Arc;

/// Whether somebody may do something, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// Nothing lets them.
    No,
    /// It hangs on what is not known: a value that is known after an apply, or something that stands outside of the estate.
    May,
    /// Under conditions that the question leaves open.
    If,
    /// They may.
    Yes,
}

impl Answer {
    /// The word for it, in texts and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Answer::No => "no",
            Answer::May => "may",
            Answer::If => "if",
            Answer::Yes => "yes",
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Whether what a grant stands in is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// In the state: it was applied.
    Applied,
    /// In a plan: it is to be.
    Planned,
}

/// Where something stands: an object of a stack.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// The stack instance, `ENV/STACK[:KEY]`.
    pub stack: Arc<str>,
    /// The address of the resource instance in the stack.
    pub address: Arc<str>,
    /// Whether it is there already.
    pub standing: Standing,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}//{}", self.stack, self.address)?;
        match self.standing {
            Standing::Applied => Ok(()),
            Standing::Planned => f.write_str(" (planned)"),
        }
    }
}

/// One step of the path that grants or denies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// What it says.
    pub what: Arc<str>,
    /// Where that stands; nowhere for what a cloud itself brings.
    pub source: Option<Arc<Source>>,
}

impl Step {
    /// A step that stands in an object.
    pub fn at(what: impl Into<Arc<str>>, source: &Arc<Source>) -> Step {
        Step { what: what.into(), source: Some(Arc::clone(source)) }
    }

    /// A step that a cloud itself brings.
    pub fn given(what: impl Into<Arc<str>>) -> Step {
        Step { what: what.into(), source: None }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Some(source) => write!(f, "{} [{source}]", self.what),
            None => f.write_str(&self.what),
        }
    }
}

/// An answer with the path that leads to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The answer.
    pub answer: Answer,
    /// What grants, or what denies where something does.
    pub path: Vec<Step>,
    /// The conditions that the question leaves open.
    pub conditions: Vec<Arc<str>>,
    /// What is not known.
    pub doubts: Vec<Arc<str>>,
}

impl Decision {
    /// Nothing lets them, and nothing needs to deny it.
    pub fn no() -> Decision {
        Decision::denied(Vec::new())
    }

    /// Denied by what the path names.
    pub fn denied(path: Vec<Step>) -> Decision {
        Decision { answer: Answer::No, path, conditions: Vec::new(), doubts: Vec::new() }
    }

    /// A path, as far as the claim holds.
    pub fn of(claim: Claim, path: Vec<Step>) -> Decision {
        let answer = claim.answer();
        Decision { answer, path, conditions: claim.conditions, doubts: claim.doubts }
    }

    /// The stronger of two; of equal ones the first.
    pub fn or(self, other: Decision) -> Decision {
        if other.answer > self.answer { other } else { self }
    }

    /// What it claims, to be joined to others, and its path.
    pub fn into_parts(self) -> (Claim, Vec<Step>) {
        let holds = match self.answer {
            Answer::No => Holds::No,
            Answer::May | Answer::If => Holds::Open,
            Answer::Yes => Holds::Yes,
        };
        (Claim { holds, conditions: self.conditions, doubts: self.doubts }, self.path)
    }
}

/// Whether something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holds {
    /// It does not.
    No,
    /// It hangs on what the claim names.
    Open,
    /// It does.
    Yes,
}

/// Something that holds, does not, or hangs on conditions and on what is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Whether it holds.
    pub holds: Holds,
    /// The conditions that it hangs on.
    pub conditions: Vec<Arc<str>>,
    /// What would have to be known.
    pub doubts: Vec<Arc<str>>,
}

impl Claim {
    /// It holds.
    pub fn yes() -> Claim {
        Claim { holds: Holds::Yes, conditions: Vec::new(), doubts: Vec::new() }
    }

    /// It does not.
    pub fn no() -> Claim {
        Claim { holds: Holds::No, ..Claim::yes() }
    }

    /// It holds where the condition does.
    pub fn on_condition(words: impl Into<Arc<str>>) -> Claim {
        Claim { holds: Holds::Open, conditions: vec![words.into()], doubts: Vec::new() }
    }

    /// It holds, but where there is a condition, only where that does.
    pub(crate) fn under(condition: Option<&Arc<str>>) -> Claim {
        condition.map_or_else(Claim::yes, |words| Claim::on_condition(Arc::clone(words)))
    }

    /// It holds, but where there is a doubt, that is not known.
    pub(crate) fn doubted(doubt: Option<&Arc<str>>) -> Claim {
        doubt.map_or_else(Claim::yes, |words| Claim::doubtful(Arc::clone(words)))
    }

    /// Whether it holds is not known.
    pub fn doubtful(words: impl Into<Arc<str>>) -> Claim {
        Claim { holds: Holds::Open, conditions: Vec::new(), doubts: vec![words.into()] }
    }

    /// Yes or no.
    pub fn from_bool(holds: bool) -> Claim {
        if holds { Claim::yes() } else { Claim::no() }
    }

    /// Both.
    pub fn and(mut self, other: Claim) -> Claim {
        if self.holds == Holds::No || other.holds == Holds::No {
            return Claim::no();
        }
        self.holds = self.holds.min(other.holds);
        append(&mut self.conditions, other.conditions);
        append(&mut self.doubts, other.doubts);
        self
    }

    /// One of them.
    pub fn or(mut self, other: Claim) -> Claim {
        match (self.holds, other.holds) {
            (Holds::Yes, _) | (_, Holds::No) => self,
            (_, Holds::Yes) | (Holds::No, _) => other,
            (Holds::Open, Holds::Open) => {
                append(&mut self.conditions, other.conditions);
                append(&mut self.doubts, other.doubts);
                self
            }
        }
    }

    /// The opposite; what it hangs on stays, told by `words`.
    pub fn unless(self, words: impl Fn(&str) -> String) -> Claim {
        match self.holds {
            Holds::Yes => Claim::no(),
            Holds::No => Claim::yes(),
            Holds::Open => Claim {
                holds: Holds::Open,
                conditions: self.conditions.iter().map(|one| words(one).into()).collect(),
                doubts: self.doubts,
            },
        }
    }

    /// What it comes to as an answer.
    pub fn answer(&self) -> Answer {
        match self.holds {
            Holds::No => Answer::No,
            Holds::Yes => Answer::Yes,
            Holds::Open if self.doubts.is_empty() => Answer::If,
            Holds::Open => Answer::May,
        }
    }
}

fn append(to: &mut Vec<Arc<str>>, from: Vec<Arc<str>>) {
    for one in from {
        if !to.contains(&one) {
            to.push(one);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_is_neither_yes_nor_no() {
        let doubt = || Claim::doubtful("a policy is not known yet");
        let condition = || Claim::on_condition("region is eu-west-1");
        for (claim, expect) in [
            (Claim::yes().and(doubt()), Answer::May),
            (Claim::no().and(doubt()), Answer::No),
            (Claim::no().or(doubt()), Answer::May),
            (Claim::yes().or(doubt()), Answer::Yes),
            (condition().and(Claim::yes()), Answer::If),
            (condition().and(doubt()), Answer::May),
            (condition().or(doubt()), Answer::May),
            (Claim::no().or(condition()), Answer::If),
            (doubt().unless(str::to_owned), Answer::May),
            (Claim::no().unless(str::to_owned), Answer::Yes),
        ] {
            assert_eq!(claim.answer(), expect, "{claim:?}");
        }
    }
}
