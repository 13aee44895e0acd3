//! Who may become a role, and by which chain: the trust of roles, followed from outside in.
//!
//! Invariant: a role is passed once at most, so circles of trust end.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::account::{Account, Principal};
use super::condition::{self, Keys};
use super::document::{Effect, NamedKind, Principals};
use super::evaluate::Request;
use crate::answer::{Answer, Claim, Decision, Step};

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
    /// How surely, under which conditions of the trust, and the steps from there to the role.
    pub decision: Decision,
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
                    let (own, mut steps) = comer.decision.clone().into_parts();
                    steps.extend(path.iter().cloned());
                    let whole = claim.clone().and(own);
                    if !comer.outside {
                        if !passed.insert(Arc::clone(&comer.who)) {
                            continue;
                        }
                        next.push((Arc::clone(&comer.who), whole.clone(), steps.clone()));
                    }
                    let decision = Decision::of(whole, steps);
                    found.push(Comer { decision, ..comer.clone() });
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
                found.push(Comer { who: Arc::clone(&who.arn), outside: false, decision });
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
                let path = vec![trust.step(Arc::clone(&trust.name))];
                let decision = Decision::of(Claim::doubtful(Arc::clone(doubt)), path);
                return vec![Comer { who: SOMEBODY.into(), outside: true, decision }];
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
                let path = vec![trust.step(format!("{}, statement {}", trust.name, at + 1))];
                let decision = Decision::of(claim.clone(), path);
                let comer = Comer { who, outside: true, decision };
                if !found.contains(&comer) {
                    found.push(comer);
                }
            }
        }
        found
    }
}
