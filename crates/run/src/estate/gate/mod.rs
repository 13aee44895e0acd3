//! The gate before an apply: what the guard says of the plans, with the approvals that the store keeps, and whether the
//! environment is frozen.
//!
//! It is opened once for a run and asked again for each stack's later plan. It reads; it refuses; it changes nothing.
//!
//! Invariant: an approval counts only after its signature was verified here, however it came into the store.

mod judge;
mod rehearsed;

use std::sync::Arc;

use addr::StackAddr;
use diag::{Diagnostic, Diags, Span};
use estate::{EnvironmentIdx, Estate, StackIdx};
use guard::approval::{Expected, NotValid, unstored, verify};
use guard::{
    BreakGlass, PolicyFinding, Refusal, StackRules, Subject, ValidApproval, Verdict, assess,
};
use plan::{Digest, Plan};
use store::{EstateStore, Freeze};

use super::open::EstateFile;
use super::policies::{Policies, nobodys, place, rules};

pub use judge::{Asked, Judge};
pub use rehearsed::approve_rehearsal;

/// A kept plan, as approvals name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanName {
    /// Its id.
    pub id: Arc<str>,
    /// The digest of its file; `None` where it was not kept yet, so that nobody can have approved it.
    pub digest: Option<Digest>,
}

/// An approval in the store that does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discounted {
    /// The fingerprint under which the store has it.
    pub key: Arc<str>,
    /// Why.
    pub why: NotValid,
}

/// The rules of one stack instance, and where they stand.
#[derive(Clone, Debug)]
struct Ruled {
    rules: StackRules,
    place: Span,
}

/// The gate of one environment, for one plan.
#[derive(Debug)]
pub struct Gate {
    policies: Arc<Policies>,
    estate: Arc<Estate>,
    environment: EnvironmentIdx,
    plan: PlanName,
    approvals: Vec<ValidApproval>,
    discounted: Vec<Discounted>,
    frozen: Option<Freeze>,
    break_glass: BreakGlass,
    now_s: u64,
    judge: Option<Arc<dyn Judge>>,
}

impl Gate {
    /// Opens the gate: reads the approvals of the plan and whether the environment is frozen. `now_s` is in seconds since
    /// 1970.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn open(
        file: &EstateFile,
        policies: Arc<Policies>,
        store: &dyn EstateStore,
        environment: EnvironmentIdx,
        plan: PlanName,
        break_glass: BreakGlass,
        now_s: u64,
    ) -> Result<Gate, Diagnostic> {
        let name = file.estate[environment].name.node.clone();
        let frozen = store.frozen(&name).map_err(|error| crate::failure::port("", &error))?;
        let mut gate = Gate {
            policies,
            estate: Arc::new(file.estate.clone()),
            environment,
            plan,
            approvals: Vec::new(),
            discounted: Vec::new(),
            frozen,
            break_glass,
            now_s,
            judge: None,
        };
        gate.read_approvals(store)?;
        Ok(gate)
    }

    /// With what judges plans by the estate's policies.
    #[must_use]
    pub fn with_judge(self, judge: Option<Arc<dyn Judge>>) -> Gate {
        Gate { judge, ..self }
    }

    fn read_approvals(&mut self, store: &dyn EstateStore) -> Result<(), Diagnostic> {
        let Some(expected) = self.expected() else { return Ok(()) };
        let kept = store.approvals(&self.plan.id);
        for one in kept.map_err(|error| crate::failure::load("", &error))? {
            if let Some(valid) = rehearsed::read(store.kind(), &one, self.plan.digest) {
                self.approvals.push(valid);
                continue;
            }
            let valid = unstored(&one.body)
                .map_err(|_| NotValid::Signature("what is stored is no document with a signature"))
                .and_then(|(document, signature)| {
                    verify(document, signature, &expected, self.policies.groups(), self.now_s)
                });
            match valid {
                Ok(valid) => self.approvals.push(valid),
                Err(why) => self.discounted.push(Discounted { key: one.signer_key, why }),
            }
        }
        Ok(())
    }

    /// What an approval has to name; `None` where the plan is not kept.
    pub fn expected(&self) -> Option<Expected> {
        let digest = self.plan.digest?;
        let id = self.estate.id.as_ref().map_or_else(|| Arc::from(""), |id| id.node.clone());
        Some(Expected {
            estate: id,
            environment: self.environment_name(),
            plan: self.plan.id.clone(),
            digest: digest.to_string().into(),
        })
    }

    /// The environment's name.
    fn environment_name(&self) -> Arc<str> {
        self.estate[self.environment].name.node.clone()
    }

    /// The approvals that count.
    pub fn approvals(&self) -> &[ValidApproval] {
        &self.approvals
    }

    /// Those that do not.
    pub fn discounted(&self) -> &[Discounted] {
        &self.discounted
    }

    fn ruled(&self, address: &StackAddr) -> Option<Ruled> {
        let stack: StackIdx = self.estate.stack(&address.stack)?;
        let rules = rules(&self.estate, self.environment, stack);
        Some(Ruled { rules, place: place(&self.estate, stack) })
    }

    /// What the guard says of these plans. A stack that the file does not name any more belongs to nobody: a signer of any
    /// group has to approve it where there are groups.
    pub fn judge(&self, plans: &[(&StackAddr, &Plan)]) -> Verdict {
        self.judged(plans, Asked::OfPlan)
    }

    fn judged(&self, plans: &[(&StackAddr, &Plan)], when: Asked) -> Verdict {
        let ruled: Vec<StackRules> = plans
            .iter()
            .map(|(address, _)| {
                let ruled = self.ruled(address).map(|ruled| ruled.rules);
                ruled.unwrap_or_else(|| nobodys(&self.estate, self.environment))
            })
            .collect();
        let (findings, failed) = self.findings(plans, when);
        let subjects: Vec<Subject<'_>> = plans
            .iter()
            .zip(ruled.iter().zip(&findings))
            .map(|((address, plan), (rules, findings))| Subject { address, rules, plan, findings })
            .collect();
        let catalogue = self.policies.catalogue();
        let mut verdict =
            assess(catalogue, &subjects, &self.approvals, self.break_glass, self.now_s);
        verdict.refused.extend(failed);
        if let Some(freeze) = &self.frozen {
            let refusal = frozen(&self.environment_name(), freeze);
            match self.break_glass {
                BreakGlass::No => verdict.refused.insert(0, refusal),
                BreakGlass::Yes => verdict.warned.insert(0, refusal),
            }
        }
        verdict
    }

    /// What the policies find in each plan, and those that could not be evaluated.
    fn findings(
        &self,
        plans: &[(&StackAddr, &Plan)],
        when: Asked,
    ) -> (Vec<Vec<PolicyFinding>>, Vec<Refusal>) {
        let mut failed = Vec::new();
        let of_plan = |(address, plan): &(&StackAddr, &Plan)| {
            let found = self.judge.as_ref().map(|judge| judge.findings(address, plan, when));
            match found.unwrap_or_else(|| Ok(Vec::new())) {
                Ok(found) => found,
                Err(error) => {
                    failed.push(judge::failed(address, &error));
                    Vec::new()
                }
            }
        };
        (plans.iter().map(of_plan).collect(), failed)
    }

    /// Asks again for one stack's later plan, before any call of the stack.
    ///
    /// # Errors
    /// Where the later plan is refused.
    pub fn again(&self, address: &StackAddr, plan: &Plan) -> Result<(), Diags> {
        let verdict = self.judged(&[(address, plan)], Asked::BeforeCalls);
        if verdict.may_be_applied() {
            return Ok(());
        }
        let mut diags = Diags::new();
        verdict.refused.iter().for_each(|refusal| diags.push(self.error(refusal)));
        Err(diags)
    }

    /// A refusal as an error, with its place.
    pub fn error(&self, refusal: &Refusal) -> Diagnostic {
        let (code, summary) = match refusal.code {
            "data-refused" => ("data-refused", "The plan destroys what bears data"),
            "approvals-missing" => ("approvals-missing", "Approvals are missing"),
            "limit-exceeded" => ("limit-exceeded", "The plan goes beyond a limit of its layer"),
            "policy-denied" => ("policy-denied", "A policy denies the plan"),
            "policy-undecided" => ("policy-undecided", "A policy cannot decide before the calls"),
            "policy-failed" => ("policy-failed", "A policy cannot be evaluated"),
            _ => ("env-frozen", "The environment is frozen"),
        };
        let detail = format!("{}. Nothing was touched.", refusal.text);
        self.placed(Diagnostic::error(code, summary).detail(detail), refusal)
    }

    /// A refusal that does not bind, as a warning.
    pub fn warning(&self, refusal: &Refusal) -> Diagnostic {
        let (code, summary) = match refusal.code {
            "approvals-missing" => ("approvals-missing", "Approvals are missing"),
            "limit-exceeded" => ("limit-exceeded", "The plan goes beyond a limit of its layer"),
            "policy-denied" => ("policy-denied", "A policy denies the plan"),
            "policy-undecided" => ("policy-undecided", "A policy cannot decide before the calls"),
            _ => ("env-frozen", "The environment is frozen"),
        };
        let detail = format!("{}. That does not bind here.", refusal.text);
        self.placed(Diagnostic::warning(code, summary).detail(detail), refusal)
    }

    fn placed(&self, diagnostic: Diagnostic, refusal: &Refusal) -> Diagnostic {
        let stack = refusal.stack.as_ref();
        let place = match &refusal.address {
            // It is about an object; where that stands, the page says.
            Some(_) => None,
            None => stack.and_then(|stack| self.ruled(stack)).map(|ruled| ruled.place),
        };
        let about = refusal.address.clone().or_else(|| stack.map(StackAddr::to_string));
        diagnostic
            .remedy(refusal.remedy_for(&self.plan.id))
            .maybe_at(place)
            .about(about.unwrap_or_default())
    }

    /// An approval that does not count, as a warning.
    pub fn discount(&self, discounted: &Discounted) -> Diagnostic {
        let (code, remedy) = match &discounted.why {
            NotValid::Signature(_) | NotValid::Document(_) => {
                ("approval-broken", "Find out who changed it; let its signer approve a new plan.")
            }
            NotValid::OtherPlan(_) => ("approval-foreign", "Let its signer approve this plan."),
            NotValid::Stranger(_) => {
                ("approval-stranger", "Let somebody approve whom a group's file names.")
            }
            NotValid::OutOfTime(_) | NotValid::OtherNamespace(_) => (
                "approval-key-not-valid",
                "Let somebody approve whose key holds now, or renew it in the group's file.",
            ),
        };
        Diagnostic::warning(code, "An approval does not count")
            .detail(format!("That of key {}: {}.", discounted.key, discounted.why))
            .remedy(remedy)
    }

    /// The policies by which it judges.
    pub fn policies(&self) -> &Arc<Policies> {
        &self.policies
    }
}

fn frozen(environment: &str, freeze: &Freeze) -> Refusal {
    let since = plan::rfc3339(i64::try_from(freeze.at_ms / 1000).unwrap_or(i64::MAX));
    Refusal {
        stack: None,
        address: None,
        code: "env-frozen",
        text: format!(
            "`{environment}` is frozen: {} (by {}, since {since})",
            // On one line: a reason is no other line of the page.
            freeze.reason.split_whitespace().collect::<Vec<_>>().join(" "),
            freeze.who
        ),
        remedy: format!(
            "Wait until it is over: `strata thaw {environment}`. In an emergency: --break-glass REASON."
        ),
    }
}

#[cfg(test)]
mod tests;
