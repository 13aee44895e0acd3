//! The table of who may do what: each identity with the classes it holds and where; and everybody who may do one thing.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::answer::{Answer, Decision};
use crate::aws::{self, Comer};
use crate::cell::Cell;
use crate::kubernetes::Subject;
use crate::picture::Picture;
use crate::question::Question;

/// Where an identity is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Realm {
    /// AWS.
    Aws,
    /// A cluster.
    Kubernetes,
    /// Azure.
    Azure,
    /// Google Cloud.
    Google,
}

impl Realm {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Realm::Aws => "aws",
            Realm::Kubernetes => "kubernetes",
            Realm::Azure => "azure",
            Realm::Google => "google",
        }
    }
}

/// What an identity holds.
#[derive(Clone, Debug)]
pub struct Row {
    /// Where it is known.
    pub realm: Realm,
    /// Who: an ARN, a subject of a cluster, a principal's id, a member.
    pub who: Arc<str>,
    /// What it is called for people.
    pub name: Arc<str>,
    /// What it holds.
    pub cells: Vec<Cell>,
    /// Of a role: who may become it.
    pub comers: Vec<Comer>,
}

/// Somebody who may do what was asked for, or for whom that is not known.
#[derive(Clone, Debug)]
pub struct Holder {
    /// Where they are known.
    pub realm: Realm,
    /// Who.
    pub who: Arc<str>,
    /// What they are called for people.
    pub name: Arc<str>,
    /// Whether they stand outside of the estate: a policy of a resource names them.
    pub outside: bool,
    /// The answer, and its path.
    pub decision: Decision,
    /// Of a role: who may become it.
    pub comers: Vec<Comer>,
}

impl Picture {
    /// What all identities of an environment hold, in the order of their realms and names.
    pub fn rows(&self, environment: &str) -> Vec<Row> {
        let mut rows = Vec::new();
        for who in self.aws.principals.iter().filter(|one| &*one.environment == environment) {
            rows.push(Row {
                realm: Realm::Aws,
                who: Arc::clone(&who.arn),
                name: Arc::clone(&who.name),
                cells: aws::classes(&self.aws, who),
                comers: self.comers(who),
            });
        }
        for cluster in self.clusters.iter().filter(|one| &*one.environment == environment) {
            for who in cluster.subjects() {
                let name = shown(&who, cluster.key.as_deref());
                rows.push(Row {
                    realm: Realm::Kubernetes,
                    who: name.as_str().into(),
                    name: short(&name).into(),
                    cells: cluster.held(&who),
                    comers: Vec::new(),
                });
            }
        }
        for who in self.azure.principals(environment) {
            let name = self.azure.shown(&who).into();
            rows.push(Row {
                realm: Realm::Azure,
                name,
                cells: self.azure.held(&who),
                who,
                comers: Vec::new(),
            });
        }
        for who in self.google.members(environment) {
            let cells = self.google.held(&who);
            rows.push(Row {
                realm: Realm::Google,
                name: Arc::clone(&who),
                cells,
                who,
                comers: Vec::new(),
            });
        }
        rows.sort_by(|a, b| (a.realm, &a.name, &a.who).cmp(&(b.realm, &b.name, &b.who)));
        rows
    }

    /// Everybody of an environment who may do what is asked, or for whom that is not known; a question about a stack is
    /// for [`crate::rights`].
    pub fn who_can(&self, question: &Question, environment: &str) -> Vec<Holder> {
        let mut found = Vec::new();
        let mut take = |realm, who: Arc<str>, name: Arc<str>, decision: Decision, comers| {
            if decision.answer != Answer::No {
                found.push(Holder { realm, who, name, outside: false, decision, comers });
            }
        };
        match question {
            Question::Aws(request) => {
                for who in self.aws.principals.iter().filter(|one| &*one.environment == environment)
                {
                    let decision = self.aws.may(who, request);
                    let comers =
                        if decision.answer == Answer::No { Vec::new() } else { self.comers(who) };
                    take(Realm::Aws, Arc::clone(&who.arn), Arc::clone(&who.name), decision, comers);
                }
                for (who, decision) in self.aws.outsiders_who_may(request) {
                    let name = Arc::clone(&who);
                    found.push(Holder {
                        realm: Realm::Aws,
                        who,
                        name,
                        outside: true,
                        decision,
                        comers: Vec::new(),
                    });
                }
            }
            Question::Kubernetes { request, .. } => {
                for cluster in self.clusters.iter().filter(|one| &*one.environment == environment) {
                    for who in cluster.subjects() {
                        let name = shown(&who, cluster.key.as_deref());
                        take(
                            Realm::Kubernetes,
                            name.as_str().into(),
                            short(&name).into(),
                            cluster.may(&who, request),
                            Vec::new(),
                        );
                    }
                }
            }
            Question::Azure(request) => {
                for who in self.azure.principals(environment) {
                    let decision = self.azure.may(&who, request);
                    take(
                        Realm::Azure,
                        Arc::clone(&who),
                        self.azure.shown(&who).into(),
                        decision,
                        Vec::new(),
                    );
                }
            }
            Question::Google(request) => {
                for who in self.google.members(environment) {
                    let decision = self.google.may(&who, request);
                    take(Realm::Google, Arc::clone(&who), Arc::clone(&who), decision, Vec::new());
                }
            }
            Question::Stack { .. } => {}
        }
        found.sort_by(|a, b| {
            (b.decision.answer, a.outside, &a.name).cmp(&(a.decision.answer, b.outside, &b.name))
        });
        found
    }

    fn comers(&self, who: &aws::Principal) -> Vec<Comer> {
        if who.kind == aws::Kind::Role { self.aws.comers(who) } else { Vec::new() }
    }

    /// Who is known anywhere in an environment, as rows name them.
    pub(crate) fn known(&self, environment: &str) -> BTreeSet<(Realm, Arc<str>)> {
        let mut all = BTreeSet::new();
        let own = self.aws.principals.iter().filter(|one| &*one.environment == environment);
        all.extend(own.map(|one| (Realm::Aws, Arc::clone(&one.arn))));
        for cluster in self.clusters.iter().filter(|one| &*one.environment == environment) {
            let bound =
                cluster.subjects().into_iter().filter(|one| !matches!(one, Subject::Cloud(_)));
            all.extend(
                bound.map(|one| (Realm::Kubernetes, shown(&one, cluster.key.as_deref()).into())),
            );
        }
        all.extend(self.azure.principals(environment).into_iter().map(|one| (Realm::Azure, one)));
        all.extend(self.google.members(environment).into_iter().map(|one| (Realm::Google, one)));
        all
    }
}

/// A subject with the cluster that it is of, where there are several.
fn shown(who: &Subject, key: Option<&str>) -> String {
    match key {
        Some(key) => format!("{who} in the cluster of {key}"),
        None => who.to_string(),
    }
}

/// Of an ARN the last part; else all of it.
pub(crate) fn short(who: &str) -> &str {
    if who.starts_with("arn:") { who.rsplit('/').next().unwrap_or(who) } else { who }
}
