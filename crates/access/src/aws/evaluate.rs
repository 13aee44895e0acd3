//! Whether an identity may do something: the published order of evaluation, with the path that grants or denies.
//!
//! A denial in any policy wins. Within an account a policy of the identity or one of the resource has to allow, both across
//! accounts; keys and trust have to allow in any case. What is allowed is cut down by the boundary and by service control
//! policies.
//!
//! Not evaluated: session policies, resource control policies, and policies of endpoints, which narrow single calls.

use std::sync::Arc;

use super::account::{Account, Attached, Principal, Required, ResourcePolicy};
use super::condition::{Keys, arn_fits};
use super::document::{Effect, Named, NamedKind, Principals, Statement};
use super::grants::{self, Reach, Shared};
use crate::answer::{Answer, Claim, Decision, Holds, Step};
use crate::glob::{self, Case};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// `SERVICE:ACTION`, may be a pattern: then it is about some action that fits.
    pub action: Arc<str>,
    /// An ARN, may be a pattern: then it is about some resource that fits.
    pub resource: Arc<str>,
    /// Condition keys of the call with their values; an empty list says that a key is absent.
    pub context: Vec<(Arc<str>, Vec<Arc<str>>)>,
}

impl Request {
    /// What a resource's own policy is asked of: the resource, or whatever it holds where a pattern is asked for.
    fn resource_held(&self) -> &str {
        if glob::is_pattern(&self.resource) { "*" } else { &self.resource }
    }
}

/// Something that may be granted, before it is cut down.
struct Offer {
    shared: Shared,
    path: Vec<Step>,
}

impl Account {
    /// Whether an identity may do it.
    pub fn may(&self, who: &Principal, request: &Request) -> Decision {
        let keys = self.keys(who, request);
        let own = offers(&who.policies, request, &keys);
        let about: Vec<&ResourcePolicy> =
            self.resource_policies.iter().filter(|one| one.is_about(request)).collect();
        let mut offers = self.combined(who, own, &about, request, &keys);
        if offers.is_empty() {
            return Decision::no();
        }
        // The surest first, so that what denies it is what is told.
        offers.sort_by_key(|offer| std::cmp::Reverse(offer.shared.claim.answer()));
        let mut best: Option<Decision> = None;
        for offer in offers {
            let decision = self.cut(who, offer, &about, &keys);
            best = Some(match best {
                None => decision,
                Some(best) => best.or(decision),
            });
            if best.as_ref().is_some_and(|best| best.answer == Answer::Yes) {
                break;
            }
        }
        best.unwrap_or_else(Decision::no)
    }

    /// What is known of the context when somebody calls.
    fn keys(&self, who: &Principal, request: &Request) -> Keys {
        let mut keys = Keys::default();
        for (key, values) in &request.context {
            keys.give(key, values.clone());
        }
        keys.give("aws:PrincipalArn", vec![Arc::clone(&who.arn)]);
        if who.account() != "*" {
            keys.give("aws:PrincipalAccount", vec![who.account().into()]);
        }
        if who.kind == super::Kind::User {
            keys.give("aws:username", vec![Arc::clone(&who.name)]);
        }
        // A session may bring tags of its own where trust lets it.
        if !who.takes_session_tags() {
            for (key, value) in &who.tags {
                keys.give(&format!("aws:PrincipalTag/{key}"), vec![Arc::clone(value)]);
            }
        }
        let service = request.action.split(':').next().unwrap_or_default();
        if let Some(tags) = self.tags.get(&request.resource) {
            for (key, value) in tags {
                keys.give(&format!("aws:ResourceTag/{key}"), vec![Arc::clone(value)]);
                keys.give(&format!("{service}:ResourceTag/{key}"), vec![Arc::clone(value)]);
            }
            keys.complete("aws:resourcetag/");
        }
        let parts: Vec<&str> = request.resource.splitn(6, ':').collect();
        if let ["arn", _, _, region, account, _] = parts[..] {
            // Services of a region are asked in the region of what they are asked about.
            if !region.is_empty() && !glob::is_pattern(region) {
                keys.give("aws:RequestedRegion", vec![region.into()]);
            }
            if account.len() == 12 {
                keys.give("aws:ResourceAccount", vec![account.into()]);
            }
        }
        keys
    }

    /// What the identity's own policies and those of the resource grant together.
    fn combined(
        &self,
        who: &Principal,
        own: Vec<Offer>,
        about: &[&ResourcePolicy],
        request: &Request,
        keys: &Keys,
    ) -> Vec<Offer> {
        let mut offers = Vec::new();
        let concrete = !glob::is_pattern(&request.resource);
        let must: Vec<&&ResourcePolicy> =
            about.iter().filter(|one| one.required == Required::Must && concrete).collect();
        let abroad = concrete.then(|| about.iter().find(|one| one.is_abroad(who))).flatten();
        for offer in own {
            let Some(policy) = must.first().copied().or(abroad) else {
                offers.push(offer);
                continue;
            };
            let let_in = policy.lets_in(who, request, keys, Handing::Counts);
            if let Some((claim, step)) = let_in {
                let mut path = offer.path;
                path.push(step);
                let shared = Shared { claim: offer.shared.claim.and(claim), ..offer.shared };
                offers.push(Offer { shared, path });
            }
        }
        for policy in about.iter().filter(|one| !one.is_abroad(who)) {
            if let Some((claim, step)) = policy.lets_in(who, request, keys, Handing::Left) {
                let resource = if concrete {
                    request.resource.to_string()
                } else {
                    policy.covers[0].to_string()
                };
                let shared = Shared { action: request.action.to_string(), resource, claim };
                offers.push(Offer { shared, path: vec![step] });
            }
        }
        offers
    }

    /// What is left of an offer below denials, boundary and service control policies.
    fn cut(
        &self,
        who: &Principal,
        offer: Offer,
        about: &[&ResourcePolicy],
        keys: &Keys,
    ) -> Decision {
        let Offer { shared, mut path } = offer;
        let mut claim = shared.claim.clone();
        let control = self.control_of(who.account());
        let own = who.policies.iter().chain(&who.boundary);
        let all = own.chain(control.iter().flat_map(|(_, policies)| policies.iter()));
        // The policy of one resource denies nothing of another.
        let binds = |one: &&&ResourcePolicy| {
            one.covers.iter().any(|arn| glob::covers(arn, &shared.resource, Case::Counts))
        };
        let named = |statement: &Statement| {
            statement.principals.as_ref().is_none_or(|all| fits(all, who) != Fit::Not)
        };
        let denials = all
            .map(|one| denied(one, &shared, keys, |_| true))
            .chain(about.iter().filter(binds).map(|one| denied(&one.policy, &shared, keys, named)));
        for (denial, step) in denials.flatten() {
            if denial.holds == Holds::Yes {
                return Decision::denied(vec![step]);
            }
            claim = claim.and(denial.unless(|words| format!("not: {words}")));
        }
        if let Some(boundary) = &who.boundary {
            match allowed(std::slice::from_ref(boundary), &shared, keys) {
                Some((one, step)) => {
                    claim = claim.and(one);
                    path.push(step);
                }
                None => {
                    let left_out = format!("{} leaves it out", boundary.name);
                    return Decision::denied(vec![boundary.step(left_out)]);
                }
            }
        }
        for (at, policies) in control {
            if allowed(policies, &shared, keys).is_none() {
                claim = claim.and(Claim::doubtful(format!(
                    "the service control policies at {at} that are known do not allow it; others may be attached there"
                )));
            }
        }
        Decision::of(claim, path)
    }
}

impl Account {
    /// Those whom policies of resources let do it and who are no identity that is known: everybody, other accounts, services.
    pub fn outsiders_who_may(&self, request: &Request) -> Vec<(Arc<str>, Decision)> {
        let mut keys = Keys::default();
        request.context.iter().for_each(|(key, values)| keys.give(key, values.clone()));
        let mut found: Vec<(Arc<str>, Decision)> = Vec::new();
        for policy in self.resource_policies.iter().filter(|one| one.is_about(request)) {
            let Ok(text) = &policy.policy.policy else { continue };
            for (at, statement) in numbered(&text.statements, Effect::Allow) {
                let Some(Principals::Only(names)) = &statement.principals else { continue };
                let resource = request.resource_held();
                for shared in grants::shared(statement, &request.action, resource, &keys) {
                    for named in names.iter().filter(|one| self.is_outside(one, policy)) {
                        let path = vec![policy.policy.step(words(&policy.policy, at, statement))];
                        found.push((said(named), Decision::of(shared.claim.clone(), path)));
                    }
                }
            }
        }
        found.sort_by(|a, b| (&a.0, b.1.answer).cmp(&(&b.0, a.1.answer)));
        found.dedup_by(|a, b| a.0 == b.0);
        found
    }

    /// Whether a name is of nobody that is known. The account itself hands over to its own identities, who are.
    fn is_outside(&self, named: &Named, policy: &ResourcePolicy) -> bool {
        if named.kind != NamedKind::Aws {
            return true;
        }
        let account = &*policy.account;
        let is_own = account == "*"
            || *named.name == *account
            || *named.name == *format!("arn:aws:iam::{account}:root");
        let is_root = named.name.ends_with(":root") || !named.name.contains(':');
        self.principal(&named.name).is_none() && !(is_own && is_root && &*named.name != "*")
    }
}

/// A principal of a policy in words.
pub(super) fn said(named: &Named) -> Arc<str> {
    match named.kind {
        NamedKind::Aws if &*named.name == "*" => "everybody".into(),
        NamedKind::Aws => Arc::clone(&named.name),
        NamedKind::Service => format!("service {}", named.name).into(),
        NamedKind::Federated => format!("identities of {}", named.name).into(),
        NamedKind::CanonicalUser => format!("canonical user {}", named.name).into(),
    }
}

/// What policies offer of a request; a policy that is not known may offer anything.
fn offers(policies: &[Attached], request: &Request, keys: &Keys) -> Vec<Offer> {
    let mut offers = Vec::new();
    for attached in policies {
        let policy = match &attached.policy {
            Ok(policy) => policy,
            Err(doubt) => {
                let shared = Shared {
                    action: request.action.to_string(),
                    resource: request.resource.to_string(),
                    claim: Claim::doubtful(Arc::clone(doubt)),
                };
                offers.push(Offer { shared, path: path_of(attached, attached.name.to_string()) });
                continue;
            }
        };
        for (at, statement) in numbered(&policy.statements, Effect::Allow) {
            for shared in grants::shared(statement, &request.action, &request.resource, keys) {
                let path = path_of(attached, words(attached, at, statement));
                offers.push(Offer { shared, path });
            }
        }
    }
    offers
}

fn path_of(attached: &Attached, what: String) -> Vec<Step> {
    let mut path = attached.by_way_of.clone();
    path.push(attached.step(what));
    path
}

fn numbered(statements: &[Statement], effect: Effect) -> impl Iterator<Item = (usize, &Statement)> {
    statements.iter().enumerate().filter(move |(_, one)| one.effect == effect)
}

/// A statement as a path tells it.
fn words(attached: &Attached, at: usize, statement: &Statement) -> String {
    match &statement.sid {
        Some(sid) => format!("{}, statement {} ({sid})", attached.name, at + 1),
        None => format!("{}, statement {}", attached.name, at + 1),
    }
}

/// What a policy that is not known says: it may be anything.
fn not_known(attached: &Attached, doubt: &Arc<str>) -> (Claim, Step) {
    (Claim::doubtful(Arc::clone(doubt)), attached.step(Arc::clone(&attached.name)))
}

/// Keeps the stronger of two; of equal ones the first.
fn keep(best: &mut Option<(Claim, Step)>, claim: Claim, step: impl FnOnce() -> Step) {
    if best.as_ref().is_none_or(|(known, _)| claim.answer() > known.answer()) {
        *best = Some((claim, step()));
    }
}

/// Whether policies allow what is offered.
fn allowed(policies: &[Attached], shared: &Shared, keys: &Keys) -> Option<(Claim, Step)> {
    let mut best = None;
    for attached in policies {
        let policy = match &attached.policy {
            Ok(policy) => policy,
            Err(doubt) => {
                let (claim, step) = not_known(attached, doubt);
                keep(&mut best, claim, || step);
                continue;
            }
        };
        for (at, statement) in numbered(&policy.statements, Effect::Allow) {
            for one in grants::shared(statement, &shared.action, &shared.resource, keys) {
                keep(&mut best, one.claim, || attached.step(words(attached, at, statement)));
            }
        }
    }
    best
}

/// Whether a policy denies all that is offered. Of one that is not known, what allows tells the doubt.
fn denied(
    attached: &Attached,
    shared: &Shared,
    keys: &Keys,
    is_about: impl Fn(&Statement) -> bool,
) -> Option<(Claim, Step)> {
    let policy = match &attached.policy {
        Ok(policy) => policy,
        Err(doubt) => return Some(not_known(attached, doubt)),
    };
    let mut found: Option<(Claim, Step)> = None;
    for (at, statement) in
        numbered(&policy.statements, Effect::Deny).filter(|(_, one)| is_about(one))
    {
        let Reach::All(claim) = grants::denies(statement, shared, keys) else { continue };
        let step = attached.step(format!("denied by {}", words(attached, at, statement)));
        found = Some(match found {
            None => (claim, step),
            Some((known, first)) if known.holds == Holds::Yes => (known, first),
            Some((known, _)) => (known.or(claim), step),
        });
    }
    found
}

/// Whether the account's own root in a policy lets its identities in, as far as their own policies do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Handing {
    /// It does.
    Counts,
    /// Only who is named is let in.
    Left,
}

/// How principals of a statement fit an identity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// They do not.
    Not,
    /// Its account is named, and so hands over to the account's own policies.
    Account,
    /// A session of it is named.
    Session,
    /// It is named, or everybody is.
    Named,
}

/// How principals fit an identity.
pub(crate) fn fits(principals: &Principals, who: &Principal) -> Fit {
    let of = |named: &Named| fit(named, who);
    match principals {
        Principals::Only(all) => all.iter().map(of).max().unwrap_or(Fit::Not),
        Principals::AllBut(all) => {
            if all.iter().any(|one| of(one) == Fit::Named) {
                Fit::Not
            } else {
                Fit::Named
            }
        }
    }
}

fn fit(named: &Named, who: &Principal) -> Fit {
    if named.kind != NamedKind::Aws {
        return Fit::Not;
    }
    let name = &*named.name;
    if name == "*" || glob::covers(&who.arn, name, Case::Counts) {
        return Fit::Named;
    }
    let account = who.account();
    let is_account = name == account
        || (name.ends_with(":root") && arn_fits(name, &format!("arn:aws:iam::{account}:root")));
    if is_account {
        return Fit::Account;
    }
    match name.split_once(":assumed-role/") {
        Some((_, rest)) if rest.split('/').next() == Some(&*who.name) => Fit::Session,
        _ => Fit::Not,
    }
}

impl ResourcePolicy {
    /// Whether a request may be about this resource.
    fn is_about(&self, request: &Request) -> bool {
        // Of a pattern that stands for all resources, only the service tells.
        let service = request.action.split(':').next().unwrap_or_default();
        let of_service = |arn: &str| {
            let own = arn.split(':').nth(2).unwrap_or_default();
            // Of identity, only trust is a policy of a resource.
            if own == "iam" {
                matches!(service, "sts" | "*")
            } else {
                own == service || service == "*"
            }
        };
        self.covers
            .iter()
            .any(|arn| of_service(arn) && glob::overlaps(arn, &request.resource, Case::Counts))
    }

    /// Whether the resource is certainly in another account.
    fn is_abroad(&self, who: &Principal) -> bool {
        &*self.account != "*" && who.account() != "*" && &*self.account != who.account()
    }

    /// Whether the policy lets somebody in, and by which statement.
    fn lets_in(
        &self,
        who: &Principal,
        request: &Request,
        keys: &Keys,
        handing: Handing,
    ) -> Option<(Claim, Step)> {
        let policy = match &self.policy.policy {
            Ok(policy) => policy,
            Err(doubt) => return Some(not_known(&self.policy, doubt)),
        };
        let mut best = None;
        for (at, statement) in numbered(&policy.statements, Effect::Allow) {
            let Some(principals) = &statement.principals else { continue };
            let claim = match fits(principals, who) {
                Fit::Not => continue,
                Fit::Account if handing == Handing::Left => continue,
                Fit::Account | Fit::Named => Claim::yes(),
                Fit::Session => Claim::on_condition("as the session that the policy names"),
            };
            let resource = request.resource_held();
            for shared in grants::shared(statement, &request.action, resource, keys) {
                let step = || self.policy.step(words(&self.policy, at, statement));
                keep(&mut best, claim.clone().and(shared.claim), step);
            }
        }
        best
    }
}

impl Principal {
    /// Whether sessions may bring tags of their own.
    fn takes_session_tags(&self) -> bool {
        *self.session_tags.get_or_init(|| match self.trust.as_ref().map(|trust| &trust.policy) {
            None => false,
            Some(Err(_)) => true,
            Some(Ok(policy)) => {
                numbered(&policy.statements, Effect::Allow).any(|(_, statement)| {
                    !grants::shared(statement, "sts:TagSession", "*", &Keys::default()).is_empty()
                })
            }
        })
    }
}
