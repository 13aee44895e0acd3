//! `strata approve`: a signature under a plan, kept in the store. Needs no server, no provider and no network but the
//! store's.
//!
//! Invariant: what is kept was verified as any reader of the store will verify it, and nobody approves twice.

pub(crate) mod key;
mod shown;

use std::collections::BTreeSet;
use std::sync::Arc;

use ::estate::EnvironmentIdx;
use addr::{StackAddr, StackResource};
use diag::Diagnostic;
use guard::approval::{Document, NotValid, stored, verify};
use guard::{BreakGlass, DataLoss, ValidApproval, Verdict};
use plan::{Digest, Plan};
use run::estate::{EstateFile, EstateJudge, Gate, Kept, PlanName, Policies};
use store::{EstateStore, Event, Put, StackKey, StoredApproval, Who};

use self::shown::Shown;
use super::estate::gate::event;
use super::store::no_estate;
use super::{Context, estate};
use crate::args::ApproveArgs;
use crate::exit::Exit;
use crate::pull_request;
use crate::session::{self, Session, now_s};

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &ApproveArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        if let Some(text) = approve(&mut session, args) {
            session.context.out(&text);
        }
        session.end(Exit::Done)
    })
}

/// What an approval is about.
struct About {
    file: EstateFile,
    policies: Arc<Policies>,
    store: Arc<dyn EstateStore>,
    environment: EnvironmentIdx,
    id: Arc<str>,
    digest: Digest,
    plans: Vec<(StackAddr, Arc<Plan>)>,
    /// Who runs the command.
    who: String,
}

impl About {
    /// The gate of the plan as it stands now.
    fn gate(&self) -> Result<Gate, Diagnostic> {
        let plan = PlanName { id: self.id.clone(), digest: Some(self.digest) };
        let now_s = u64::try_from(now_s()).unwrap_or_default();
        let (policies, store) = (self.policies.clone(), &*self.store);
        let gate =
            Gate::open(&self.file, policies, store, self.environment, plan, BreakGlass::No, now_s)?;
        // Its modules are not read here: what depends on the configuration was decided when it was planned, and is again
        // when it is applied.
        let (estate, who) = (&self.file.estate, &self.who);
        Ok(gate.with_judge(EstateJudge::of(&self.policies, estate, self.environment, who, None)))
    }

    fn verdict(&self, gate: &Gate) -> Verdict {
        let plans: Vec<(&StackAddr, &Plan)> =
            self.plans.iter().map(|(address, plan)| (address, &**plan)).collect();
        gate.judge(&plans)
    }
}

fn approve(session: &mut Session<'_>, args: &ApproveArgs) -> Option<String> {
    if !session.context.is_estate() {
        session.diags.push(no_estate(session.context));
        return None;
    }
    pull_request::rules_where_asked(session, &args.rules)?;
    let file = estate::read_file(session)?;
    let kept = session.heed(estate::apply::find(session, &file, &args.plan))?;
    let about = about(session, file, kept)?;
    let gate = session.heed(about.gate())?;
    let verdict = about.verdict(&gate);
    let destroy_data = session.heed(addresses(&verdict, &args.destroy_data))?;
    let signed = signed(session, args, &about, &gate, destroy_data);
    let (approval, body) = match signed {
        Ok(signed) => signed,
        Err(diagnostic) => {
            let detail = format!("{}: {}", diagnostic.code.0, diagnostic.summary);
            let event = event(session, "approve-refused", Some(&about.id), detail);
            session.diags.push(diagnostic);
            session.heed(about.store.record(&event).map_err(|e| run::failure::port("", &e)))?;
            return None;
        }
    };
    session.heed(keep(session, &about, &approval, body))?;
    let gate = session.heed(about.gate())?;
    let now = about.verdict(&gate);
    let shown = Shown { about: &about, approval: &approval, verdict: &now };
    Some(shown.text(session.context.format))
}

/// Reads what the plan is about; errors are in the session.
fn about(session: &mut Session<'_>, mut file: EstateFile, kept: Kept) -> Option<About> {
    let store = session.heed(run::estate::open_store(session.context.host, &file))?;
    let policies = Policies::read(session.context.host, &file, &mut session.diags)?;
    let environment = file.estate.environment(&kept.environment);
    let environment = session.heed(environment.ok_or_else(|| {
        stale(&format!("The estate has no environment `{}` any more.", kept.environment))
    }))?;
    let mut plans = Vec::new();
    for (address, plan) in kept.plans {
        let parsed: Result<StackAddr, _> = address.parse();
        let parsed =
            parsed.map_err(|error| stale(&format!("It names a stack `{address}`: {error}.")));
        let parsed = session.heed(parsed)?;
        session.heed(orphan(&mut file, &*store, &parsed, &plan))?;
        let now = match file.estate.stack(&parsed.stack) {
            Some(stack) => policies.digest(&file.estate, environment, stack),
            None => policies.digest_of_nobodys(&file.estate, environment),
        };
        if now != plan.digests.policies {
            let detail = "Owners, signers, limits or the catalogue have changed since it was made.";
            return session.heed(Err(stale(detail).about(address)));
        }
        plans.push((parsed, plan));
    }
    let (id, digest) = (kept.id.into(), kept.digest);
    let who = run::who::of(session.context.host).as_str().to_owned();
    let policies = Arc::new(policies);
    Some(About { file, policies, store, environment, id, digest, plans, who })
}

/// Takes an orphan that is to be destroyed into the estate, so that the rules are those by which it will be judged. What is
/// only forgotten was planned under nobody's.
fn orphan(
    file: &mut EstateFile,
    store: &dyn EstateStore,
    address: &StackAddr,
    plan: &Plan,
) -> Result<(), Diagnostic> {
    let named = file.estate.stack(&address.stack).is_some();
    if named || plan.digests.configuration == Digest::default() {
        return Ok(());
    }
    if let Some(head) = run::estate::snapshot::head(store, &StackKey::from(address))? {
        file.estate.adopt(&address.stack, &head.source, &head.layer);
    }
    Ok(())
}

fn stale(detail: &str) -> Diagnostic {
    Diagnostic::error("plan-stale", "The plan is stale")
        .detail(format!("{detail} Nothing was signed."))
        .remedy("Plan again, and approve the new plan.")
}

/// The addresses of `--destroy-data`, each of which has to be a loss of the plan.
fn addresses(verdict: &Verdict, given: &[String]) -> Result<BTreeSet<Arc<str>>, Diagnostic> {
    let losses: BTreeSet<String> = verdict.data.iter().map(DataLoss::full_address).collect();
    let mut addresses = BTreeSet::new();
    for text in given {
        // As it is printed, however it was written.
        let address = text.parse::<StackResource>().map(|one| one.to_string()).ok();
        match address.filter(|address| losses.contains(address)) {
            Some(address) => addresses.insert(Arc::from(address)),
            None => return Err(no_loss(text, &losses)),
        };
    }
    Ok(addresses)
}

fn no_loss(text: &str, losses: &BTreeSet<String>) -> Diagnostic {
    let known = match losses.len() {
        0 => "It destroys no data.".to_owned(),
        _ => {
            let losses: Vec<&str> = losses.iter().map(String::as_str).collect();
            format!("It destroys: {}.", losses.join(", "))
        }
    };
    Diagnostic::error("approval-address", "The plan destroys no such data")
        .detail(format!(
            "`{text}` is no object that bears data and that the plan destroys. {known} Nothing was signed."
        ))
        .remedy("Write the address as the plan's page does: ENV/STACK[:KEY]//ADDRESS.")
}

/// Signs, and verifies what was signed; tells the approval and what is to be stored.
fn signed(
    session: &Session<'_>,
    args: &ApproveArgs,
    about: &About,
    gate: &Gate,
    destroy_data: BTreeSet<Arc<str>>,
) -> Result<(ValidApproval, Vec<u8>), Diagnostic> {
    let expected = gate.expected().expect("BUG: the gate was opened with the plan's digest");
    let at_s = u64::try_from(now_s()).unwrap_or_default();
    let document = Document {
        estate: expected.estate.clone(),
        environment: expected.environment.clone(),
        plan: expected.plan.clone(),
        digest: expected.digest.clone(),
        at_s,
        destroy_data,
    };
    let text = document.text();
    let key = key::find(session.context, args.key.as_deref())?;
    let signature = key::sign(session.context, &key, guard::approval::NAMESPACE, &text)?;
    let groups = about.policies.groups();
    let approval =
        verify(&text, &signature, &expected, groups, at_s).map_err(|why| not_valid(about, &why))?;
    let names = |one: &ValidApproval| -> BTreeSet<Arc<str>> {
        one.persons.iter().map(|person| person.principal.clone()).collect()
    };
    let own = names(&approval);
    let again = gate
        .approvals()
        .iter()
        .find(|other| other.key == approval.key || !names(other).is_disjoint(&own));
    match again {
        Some(other) => Err(twice(&other.key)),
        None => Ok((approval, stored(&text, &signature))),
    }
}

fn not_valid(about: &About, why: &NotValid) -> Diagnostic {
    let groups: Vec<&str> =
        about.file.estate.groups.iter().map(|group| &*group.name.node).collect();
    let place = about.file.estate.groups.first().map(|group| group.signers.span);
    let (code, remedy) = match why {
        NotValid::Signature(_) | NotValid::Document(_) => {
            ("approval-broken", "Sign with `ssh-keygen`, and a key that it can use.")
        }
        NotValid::OtherPlan(_) => ("approval-foreign", "Approve the plan that is to be applied."),
        NotValid::Stranger(_) => {
            ("approval-stranger", "Sign with the key that a group's file of signers names.")
        }
        NotValid::OutOfTime(_) | NotValid::OtherNamespace(_) => (
            "approval-key-not-valid",
            "Sign with a key that holds now, or renew it in the group's file of signers.",
        ),
    };
    Diagnostic::error(code, "The signature is no approval")
        .detail(format!("Signed as asked, but {why}. It was not kept."))
        .remedy(format!("{remedy} The groups are: {}.", groups.join(", ")))
        .maybe_at(place)
}

fn twice(key: &str) -> Diagnostic {
    Diagnostic::error("approval-twice", "Nobody approves twice")
        .detail(format!("The plan has an approval of the same person, by key {key}. Another one would not count."))
        .remedy("Let somebody else approve. To approve more than before, plan again and approve that.")
}

/// Keeps the approval and records it.
fn keep(
    session: &Session<'_>,
    about: &About,
    approval: &ValidApproval,
    body: Vec<u8>,
) -> Result<(), Diagnostic> {
    let one = StoredApproval {
        plan: about.id.clone(),
        digest: about.digest,
        signer_key: approval.key.clone(),
        at_ms: approval.at_s.saturating_mul(1000),
        body,
    };
    let put = about.store.put_approval(&one).map_err(|error| run::failure::port("", &error))?;
    if put == Put::Already {
        return Err(twice(&approval.key));
    }
    let people: Vec<String> = approval
        .persons
        .iter()
        .map(|person| format!("{} ({})", person.principal, person.group))
        .collect();
    let mut detail = format!("by {} with {}", people.join(", "), approval.key);
    for address in &approval.destroy_data {
        detail.push_str(&format!("; destroys data: {address}"));
    }
    let principal = approval.persons.first().map_or("", |person| &person.principal);
    let environment = about.file.estate[about.environment].name.node.clone();
    let event = event(session, "approve", Some(&about.id), detail).in_environment(environment);
    let event = Event { who: Who::ssh(&approval.key, principal), ..event };
    let recorded = about.store.record(&event);
    recorded.map(drop).map_err(|error| run::failure::port("", &error))
}
