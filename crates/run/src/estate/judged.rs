//! Plans judged by the estate's bundles: what a policy sees of a plan, and what its findings come to.
//!
//! Invariant: what a policy sees is told by the plan alone, the stack's place, and who asks for what: the same plan is
//! judged alike whenever nothing of these differs.

use std::collections::BTreeMap;
use std::sync::Arc;

use addr::StackAddr;
use diag::Diagnostic;
use estate::{EnvironmentIdx, Estate, PolicySeverity as Most, PolicyUndecided, StackIdx};
use guard::{Decision, PolicyFinding, PolicySeverity, Undecided};
use plan::format::json::{self, Head};
use plan::{Digest, Mode, Plan, Schemas};
use policy::{Beside, Configuration, Decided, Finding, Input, Severity};
use serde_json::{Map, Value as Json, json};

use super::bundles::Ruling;
use super::check::Checked;
use super::gate::{Asked, Judge};
use super::policies::Policies;

/// Judges plans by the bundles of an estate.
#[derive(Debug)]
pub struct EstateJudge {
    policies: Arc<Policies>,
    estate: Estate,
    environment: EnvironmentIdx,
    who: String,
    /// The configuration of each stack as its document, and its digest.
    configurations: BTreeMap<StackAddr, (Digest, Json)>,
}

impl EstateJudge {
    /// What judges the plans of an environment; none where the estate has no policies. `who` asks; where `checked` is not
    /// given, the configuration is not at hand.
    pub fn of(
        policies: &Arc<Policies>,
        estate: &Estate,
        environment: EnvironmentIdx,
        who: &str,
        checked: Option<&Checked>,
    ) -> Option<Arc<dyn Judge>> {
        if policies.rulings().is_empty() {
            return None;
        }
        let mut configurations = BTreeMap::new();
        if let Some(checked) = checked {
            for instance in &checked.graphs[&environment].order {
                let loaded = &checked.module(instance).loaded;
                let text = json::configuration(&loaded.config, &Schemas::new());
                if let Some(document) = text.and_then(|text| serde_json::from_str(&text).ok()) {
                    configurations.insert(instance.addr.clone(), (loaded.digest, document));
                }
            }
        }
        Some(Arc::new(EstateJudge {
            policies: policies.clone(),
            estate: estate.clone(),
            environment,
            who: who.to_owned(),
            configurations,
        }))
    }

    fn judges(&self, ruling: &Ruling, stack: Option<StackIdx>) -> bool {
        match stack {
            Some(stack) => ruling.block.judges(&self.estate, self.environment, stack),
            None => ruling.judges_nobodys(self.environment),
        }
    }

    /// The member `strata` of what a policy sees.
    fn place(&self, address: &StackAddr, plan: &Plan, when: Asked, values: &str) -> Json {
        let environment = &self.estate[self.environment];
        let layer = self.estate.stack(&address.stack).map(|stack| {
            let at = self.estate[stack].layer;
            let owners = self.estate.owners_of(stack).iter().map(|one| one.node.to_string());
            json!({ "name": &*self.estate[at].name.node, "rank": at.0, "owners": owners.collect::<Vec<_>>() })
        });
        json!({
            "format_version": "1.0",
            "estate": &*self.estate.name.node,
            "environment": {
                "name": &*environment.name.node,
                "protected": environment.protection == estate::Protection::Protected,
            },
            "layer": layer,
            "stack": {
                "address": address.to_string(),
                "name": address.stack.to_string(),
                "key": address.key.as_ref().map(ToString::to_string),
            },
            "who": self.who,
            "what": {
                "mode": match plan.options.mode {
                    Mode::Normal => "normal",
                    Mode::Destroy => "destroy",
                    Mode::RefreshOnly => "refresh-only",
                },
                "step": match when {
                    Asked::OfPlan => "plan",
                    Asked::BeforeCalls => "apply",
                },
            },
            "values": serde_json::from_str::<Json>(values).unwrap_or(Json::Null),
        })
    }

    fn configuration(&self, address: &StackAddr, plan: &Plan) -> Option<&Json> {
        let (digest, document) = self.configurations.get(address)?;
        (*digest == plan.digests.configuration).then_some(document)
    }

    fn finding(
        &self,
        ruling: &Ruling,
        stack: &StackAddr,
        found: Finding,
        when: Asked,
    ) -> Result<PolicyFinding, Diagnostic> {
        let block = &ruling.block;
        let named: Option<Arc<str>> = found.group.as_deref().map(Arc::from);
        if let Some(group) = named.as_ref().filter(|group| self.estate.group(group).is_none()) {
            return Err(Diagnostic::error(
                "policy-group",
                "A policy asks for the approval of nobody",
            )
            .detail(format!(
                "`{}` names the group `{group}`, which strata.hcl does not have.",
                found.rule
            ))
            .remedy("Name a group of strata.hcl, or none."));
        }
        let group = named.or_else(|| block.group.as_ref().map(|group| group.node.clone()));
        let most = match block.severity {
            Some(Most::Warn) => Severity::Warn,
            Some(Most::Approve) => Severity::Approve,
            Some(Most::Deny) | None => Severity::Deny,
        };
        let undecided = match (when, block.undecided) {
            (Asked::BeforeCalls, PolicyUndecided::Deny) => Undecided::Refused,
            _ => Undecided::Told,
        };
        Ok(PolicyFinding {
            policy: block.name.node.clone(),
            rule: found.rule,
            stack: stack.clone(),
            address: found.address.filter(|one| !one.is_empty()).map(Arc::from),
            text: found.text.into(),
            severity: match found.severity.min(most) {
                Severity::Warn => PolicySeverity::Warn,
                Severity::Approve => PolicySeverity::Approve(group),
                Severity::Deny => PolicySeverity::Deny,
            },
            decision: match found.decided {
                Decided::Yes => Decision::Decided,
                Decided::NotYet { on } => Decision::NotYet { on: vec![on.into()], undecided },
            },
        })
    }
}

impl Judge for EstateJudge {
    fn findings(
        &self,
        address: &StackAddr,
        plan: &Plan,
        when: Asked,
    ) -> Result<Vec<PolicyFinding>, Diagnostic> {
        let stack = self.estate.stack(&address.stack);
        let judging: Vec<&Ruling> =
            self.policies.rulings().iter().filter(|one| self.judges(one, stack)).collect();
        let mut findings = Vec::new();
        if judging.is_empty() {
            return Ok(findings);
        }
        let told = input_of(plan, self.configuration(address, plan), Json::Null);
        for ruling in judging {
            let input = told.placed(&self.place(address, plan, when, &ruling.block.values));
            let packages: Option<Vec<Arc<str>>> = ruling
                .block
                .packages
                .as_ref()
                .map(|all| all.iter().map(|one| one.node.clone()).collect());
            let found = ruling.bundle.judge(&input, packages.as_deref());
            let found = found.map_err(|fault| {
                super::bundles::fault(&fault).about(format!("policy `{}`", ruling.block.name.node))
            })?;
            for one in found {
                findings.push(self.finding(ruling, address, one, when)?);
            }
        }
        Ok(findings)
    }
}

/// What a policy sees of a plan: its document as `show -json` tells it, without what only provider schemas tell, and the
/// member `strata` beside it.
pub fn input_of(plan: &Plan, configuration: Option<&Json>, strata: Json) -> Input {
    let head = Head { version: lang::TOFU_VERSION, configuration: None, relevant: &[] };
    let text = json::plan(plan, &Schemas::new(), head);
    let mut document: Json = serde_json::from_str(&text).expect("BUG: a plan's document is JSON");
    if let Some(configuration) = configuration {
        document["configuration"] = configuration.clone();
    }
    if let Some(root) = document.pointer_mut("/prior_state/values/root_module") {
        fill(root, &stored(plan));
    }
    let parse = |text: String| serde_json::from_str::<Json>(&text).unwrap_or(Json::Null);
    let unknown = plan.variables.iter().filter(|one| !one.value.is_wholly_known());
    let masks: Map<String, Json> =
        unknown.map(|one| (one.name.to_string(), parse(json::unknown(&one.value)))).collect();
    let secret = plan.variables.iter().filter(|one| one.sensitive == plan::Sensitive::Yes);
    let beside = Beside {
        strata,
        variables_unknown: masks,
        secrets: secret.map(|one| parse(json::known(&one.value))).collect(),
        configuration: match configuration {
            Some(_) => Configuration::Told,
            None => Configuration::NotAtHand,
        },
    };
    Input::new(&document, &beside)
}

/// The attributes of prior objects as the state holds them, by address.
fn stored(plan: &Plan) -> BTreeMap<String, Json> {
    let current = plan.prior.rows().filter(|(at, _)| at.deposed.is_none());
    let of = |(at, row): (state::ObjectAddr, state::Row)| {
        let attributes = row.object.attributes.as_json()?.clone();
        Some((at.instance.to_string(), serde_json::from_slice(&attributes).ok()?))
    };
    current.filter_map(of).collect()
}

/// Puts attributes into a module's resources, and into those of modules below.
fn fill(module: &mut Json, stored: &BTreeMap<String, Json>) {
    let mut open = vec![module];
    while let Some(Json::Object(module)) = open.pop() {
        for (name, value) in module.iter_mut() {
            let Json::Array(items) = value else { continue };
            match name.as_str() {
                "child_modules" => open.extend(items.iter_mut()),
                "resources" => items.iter_mut().for_each(|one| {
                    let values = one["address"].as_str().and_then(|address| stored.get(address));
                    if let Some(values) = values.filter(|_| one.get("deposed_key").is_none()) {
                        one["values"] = values.clone();
                    }
                }),
                _ => {}
            }
        }
    }
}
