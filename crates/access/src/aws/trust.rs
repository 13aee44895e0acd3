//! Who may become a role, and by which chain: the trust of roles, followed from outside in.
//!
//! Invariant: a role is passed once at most, so circles of trust end.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::account::{Account, Principal};
use super::condition::{self, Keys};
use super::document::{Effect, NamedKind, Principals};
use super::evaluate::Request;
use crate::answer::{Answer, Claim, Step};

/// Who may become a role whose trust is not known: anybody may be named there.
pub(crate) const SOMEBODY: &str = "somebody";
/// Longest chain of roles that is followed.
const CHAIN_MAX: usize = 8;

/// Somebody who may become a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comer {
    /// Who: the ARN of a role or of an account's root, a service, or whom a provider vouches for.
    pub who: Arc<str>,
    /// Whether it stands outside of all that is known.
    pub outside: bool,
    /// How surely.
    pub answer: Answer,
    /// Conditions of the trust.
    pub conditions: Vec<Arc<str>>,
    /// What is not known.
    pub doubts: Vec<Arc<str>>,
    /// The steps from there to the role.
    pub path: Vec<Step>,
}

impl Account {
    /// Everybody who may become a role, directly or through other roles, the nearest first.
    pub fn comers(&self, role: &Principal) -> Vec<Comer> {
        let (mut found, mut passed) = (Vec::new(), BTreeSet::from([Arc::clone(&role.arn)]));
        let mut edge: Vec<(Arc<str>, Claim, Vec<Step>)> =
            vec![(Arc::clone(&role.arn), Claim::yes(), Vec::new())];
        let direct = self.direct.get_or_init(|| {
            let of = |one: &Principal| (Arc::clone(&one.arn), self.direct(one));
            self.principals.iter().filter(|one| one.trust.is_some()).map(of).collect()
        });
        for _ in 0..CHAIN_MAX {
            let mut next = Vec::new();
            for (arn, claim, path) in edge {
                let Some(comers) = direct.get(&arn) else { continue };
                for comer in comers {
                    let path: Vec<Step> = comer.path.iter().chain(&path).cloned().collect();
                    let whole = claim.clone().and(Claim {
                        holds: comer.holds(),
                        conditions: comer.conditions.clone(),
                        doubts: comer.doubts.clone(),
                    });
                    if !comer.outside {
                        if !passed.insert(Arc::clone(&comer.who)) {
                            continue;
                        }
                        next.push((Arc::clone(&comer.who), whole.clone(), path.clone()));
                    }
                    let answer = whole.answer();
                    let (conditions, doubts) = (whole.conditions, whole.doubts);
                    found.push(Comer { answer, conditions, doubts, path, ..comer.clone() });
                }
            }
            edge = next;
        }
        found
    }

    /// Those who may become a role in one step.
    fn direct(&self, role: &Principal) -> Vec<Comer> {
        let mut found = self.outsiders(role);
        // All might; that is told once.
        if role.trust.as_ref().is_none_or(|trust| trust.policy.is_err()) {
            return found;
        }
        let request = Request {
            action: "sts:AssumeRole".into(),
            resource: Arc::clone(&role.arn),
            context: Vec::new(),
        };
        for who in self.principals.iter().filter(|who| who.arn != role.arn) {
            let decision = self.may(who, &request);
            if decision.answer != Answer::No {
                found.push(Comer {
                    who: Arc::clone(&who.arn),
                    outside: false,
                    answer: decision.answer,
                    conditions: decision.conditions,
                    doubts: decision.doubts,
                    path: decision.path,
                });
            }
        }
        found
    }

    /// Those whom the trust names and who are no identity that is known.
    fn outsiders(&self, role: &Principal) -> Vec<Comer> {
        let Some(trust) = &role.trust else { return Vec::new() };
        let policy = match &trust.policy {
            Ok(policy) => policy,
            Err(doubt) => {
                return vec![Comer {
                    who: SOMEBODY.into(),
                    outside: true,
                    answer: Answer::May,
                    conditions: Vec::new(),
                    doubts: vec![Arc::clone(doubt)],
                    path: vec![Step {
                        what: Arc::clone(&trust.name),
                        source: trust.source.clone(),
                    }],
                }];
            }
        };
        let mut found: Vec<Comer> = Vec::new();
        for (at, statement) in policy.statements.iter().enumerate() {
            if statement.effect != Effect::Allow {
                continue;
            }
            let names = match &statement.principals {
                Some(Principals::Only(names)) => names.clone(),
                Some(Principals::AllBut(_)) => {
                    vec![super::document::Named { kind: NamedKind::Aws, name: "*".into() }]
                }
                None => continue,
            };
            let claim = condition::all(&statement.conditions, &Keys::default());
            for named in names {
                if named.kind == NamedKind::Aws && self.principal(&named.name).is_some() {
                    continue;
                }
                let who = super::evaluate::said(&named);
                let what = format!("{}, statement {}", trust.name, at + 1);
                let comer = Comer {
                    who,
                    outside: true,
                    answer: claim.answer(),
                    conditions: claim.conditions.clone(),
                    doubts: claim.doubts.clone(),
                    path: vec![Step { what: what.into(), source: trust.source.clone() }],
                };
                if !found.contains(&comer) {
                    found.push(comer);
                }
            }
        }
        found
    }
}

impl Comer {
    fn holds(&self) -> crate::answer::Holds {
        match self.answer {
            Answer::No => crate::answer::Holds::No,
            Answer::May | Answer::If => crate::answer::Holds::Open,
            Answer::Yes => crate::answer::Holds::Yes,
        }
    }
}
