//! What the tables of access are made of: the objects of all stacks, as applied, as planned where nothing is applied, or as
//! after a plan; and what the estate file says of stacks and groups.
//!
//! Invariant: only states and plans are read; nobody is asked, no credentials are needed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::{Object, Standing};
use addr::{Mode, StackAddr};
use diag::Diagnostic;
use estate::{EnvironmentIdx, Instance, Protection, StackGraph, UnknownSecrets};
use plan::{Action, Plan};
use run::credentials::{Kind, Settings};
use run::estate::{EstateFile, Kept};
use state::State;
use store::{EstateStore, StackKey};
use value::{Marks, Type, Value};

use crate::args::{AccessFormArgs, RehearsalArgs};
use crate::commands::estate as of_estate;
use crate::commands::store::no_estate;
use crate::rehearsal;
use crate::session::Session;

/// Kept plans that are looked through for stacks that are not applied, the latest first.
const PLANS_MAX: usize = 20;

/// Beginnings of the types that are looked at.
const PROVIDERS: [&str; 7] =
    ["aws_", "azurerm_", "azuread_", "google_", "kubernetes_", "kubectl_", "helm_"];

/// All that was gathered.
pub(super) struct Gathered {
    /// `ESTATE/ENV`.
    pub(super) title: String,
    /// The environment.
    pub(super) environment: Arc<str>,
    /// The plan that is looked through, where there is one.
    pub(super) after: Option<String>,
    /// Stacks of the environment that are told as planned, since nothing of them is applied, with the plan's id.
    pub(super) planned: Vec<(String, String)>,
    /// All objects as they are.
    pub(super) now: Vec<Object>,
    /// All objects after the plan; those as they are where there is none.
    pub(super) then: Vec<Object>,
    /// The stacks of the environment.
    pub(super) stacks: Vec<access::Stack>,
    /// The groups.
    pub(super) teams: Vec<access::Team>,
}

/// Gathers it for an environment; errors are in the session.
pub(super) fn gather(
    session: &mut Session<'_>,
    env: Option<&str>,
    after: Option<&str>,
    form: &AccessFormArgs,
) -> Option<Gathered> {
    let context = session.context;
    if !context.is_estate() {
        return session.heed(Err(no_estate(context)));
    }
    rehearsal::begin_where_asked(
        session,
        &RehearsalArgs { rehearse: form.rehearse, ..RehearsalArgs::default() },
    )?;
    let file = of_estate::read_file(session)?;
    let store = open_store(session, &file)?;
    let kept = match after {
        Some(name) => {
            let found = of_estate::apply::find(session, &file, name);
            Some(session.heed(found)?)
        }
        None => None,
    };
    let env = match (&kept, env) {
        (Some(kept), Some(env)) if *kept.environment != *env => {
            return session.heed(Err(other_environment(kept, env)));
        }
        (Some(kept), _) => Some(kept.environment.to_string()),
        (None, env) => env.map(str::to_owned),
    };
    let environment = of_estate::environment_of(&file, &[], env.as_deref());
    let environment = session.heed(environment)?;
    let graph = of_estate::graphs(session, &file, &[environment])?.pop()?;
    let name = Arc::clone(&file.estate[environment].name.node);
    let reading =
        Reading { file: &file, graph: &graph, identities: identities(session, &file, &graph) };
    let Stored { objects: mut now, applied } = stored(session, &*store, &reading)?;
    let planned = planned(session, &*store, &reading, &applied, &mut now)?;
    let then = match &kept {
        Some(kept) => after_plan(&reading, kept, &now),
        None => now.clone(),
    };
    Some(Gathered {
        title: format!("{}/{name}", file.estate.name.node),
        environment: name,
        after: kept.map(|kept| kept.id),
        planned,
        stacks: stacks(session, &reading, environment, &then),
        teams: teams(&file),
        now,
        then,
    })
}

/// The estate's store, or that of its rehearsals.
fn open_store(session: &mut Session<'_>, file: &EstateFile) -> Option<Arc<dyn EstateStore>> {
    let store = of_estate::open_store(session, file);
    session.heed(store)
}

fn other_environment(kept: &Kept, env: &str) -> Diagnostic {
    Diagnostic::error(
        "access-other-environment",
        format!("The plan {} is of another environment", kept.id),
    )
    .detail(format!("It is of `{}`, and the question is about `{env}`.", kept.environment))
    .remedy("Leave the environment out, or name a plan of it.")
}

/// What is needed to read objects of an environment's stacks.
struct Reading<'a> {
    file: &'a EstateFile,
    graph: &'a StackGraph,
    identities: BTreeMap<StackAddr, Vec<access::Identity>>,
}

impl Reading<'_> {
    /// The account that a stack works in: that of its own role, else that of any role of the environment.
    fn account(&self, stack: &StackAddr) -> Option<Arc<str>> {
        let of = |all: &Vec<access::Identity>| {
            let role = all.iter().find(|one| &*one.kind == "aws")?;
            let arn = role.apply.as_ref().or(role.plan.as_ref())?;
            arn.split(':').nth(4).filter(|part| !part.is_empty()).map(Arc::from)
        };
        let own = self.identities.get(stack).and_then(of);
        let here = |addr: &StackAddr| addr.environment == stack.environment;
        own.or_else(|| {
            self.identities.iter().filter(|(addr, _)| here(addr)).find_map(|(_, all)| of(all))
        })
    }

    fn object(
        &self,
        stack: &StackAddr,
        address: &str,
        type_name: &Arc<str>,
        value: Value,
        standing: Standing,
    ) -> Object {
        Object {
            environment: stack.environment.clone(),
            stack: stack.to_string().into(),
            key: stack.key.clone(),
            address: address.into(),
            type_name: Arc::clone(type_name),
            account: self.account(stack),
            value,
            standing,
        }
    }

    /// The objects of a state.
    fn of_state(&self, stack: &StackAddr, state: &State) -> Vec<Object> {
        let mut all = Vec::new();
        for (at, row) in state.rows() {
            let resource = &at.instance.resource;
            if at.deposed.is_some()
                || resource.mode != Mode::Managed
                || !is_looked_at(&resource.type_name)
            {
                continue;
            }
            let Some(json) = row.object.attributes.as_json() else { continue };
            // What is no JSON at all was never written by a provider; it grants what nobody knows.
            let value =
                value::json::decode_implied(json).unwrap_or_else(|_| Value::unknown(Type::DYNAMIC));
            let sensitive = row.object.sensitive.iter().map(|path| (path, Marks::SENSITIVE));
            let value = value.mark_with_paths(sensitive);
            let address = at.instance.to_string();
            all.push(self.object(stack, &address, &resource.type_name, value, Standing::Applied));
        }
        all
    }

    /// The objects of a stack after a plan.
    fn of_plan(&self, stack: &StackAddr, plan: &Plan) -> Vec<Object> {
        let mut changed: BTreeMap<String, Option<Object>> = BTreeMap::new();
        for change in plan.changes.iter().filter(|one| one.deposed.is_none()) {
            let resource = &change.address.resource;
            if resource.mode != Mode::Managed || !is_looked_at(&resource.type_name) {
                continue;
            }
            let address = change.address.to_string();
            if let Some(previous) = &change.previous_address {
                changed.insert(previous.to_string(), None);
            }
            let standing =
                if change.action == Action::NoOp { Standing::Applied } else { Standing::Planned };
            let gone = matches!(change.action, Action::Delete | Action::Forget);
            let object = || {
                self.object(
                    stack,
                    &address,
                    &resource.type_name,
                    configured(&change.after, &change.configuration),
                    standing,
                )
            };
            let object = (!gone).then(object);
            changed.insert(address, object);
        }
        let mut all: Vec<Object> = self
            .of_state(stack, &plan.prior)
            .into_iter()
            .filter(|one| !changed.contains_key(&*one.address))
            .collect();
        all.extend(changed.into_values().flatten());
        // What cannot be planned yet may grant anything.
        for deferred in &plan.deferred {
            let Some(block) = deferred.what.block() else { continue };
            let resource = &block.resource;
            if resource.mode == Mode::Managed && is_looked_at(&resource.type_name) {
                let address = block.to_string();
                let value = Value::unknown(Type::DYNAMIC);
                all.push(self.object(
                    stack,
                    &address,
                    &resource.type_name,
                    value,
                    Standing::Planned,
                ));
            }
        }
        all
    }
}

/// A planned object without what its configuration leaves to the provider and what is not known for that reason alone.
fn configured(planned: &Value, configuration: &Value) -> Value {
    let given = |name: &str| {
        configuration.attr(name).is_none_or(|value| !value.is_known() || !value.is_null())
    };
    match planned.as_object() {
        Some((ty, slots)) if !configuration.is_null() && configuration.is_known() => {
            let slot = |(name, value): (&Arc<str>, &Value)| {
                let left = !value.is_known() && !given(name);
                (Arc::clone(name), if left { Value::null(value.ty()) } else { value.clone() })
            };
            Value::object(ty.names().iter().zip(slots).map(slot))
        }
        _ => planned.clone(),
    }
}

fn is_looked_at(type_name: &str) -> bool {
    PROVIDERS.iter().any(|one| type_name.starts_with(one))
}

/// Everything that the store holds.
struct Stored {
    objects: Vec<Object>,
    /// The stacks of which something is applied, also what is not looked at.
    applied: BTreeSet<StackAddr>,
}

fn stored(
    session: &mut Session<'_>,
    store: &dyn EstateStore,
    reading: &Reading<'_>,
) -> Option<Stored> {
    let keys = store.stacks().map_err(|error| run::failure::port("", &error));
    let keys = session.heed(keys)?;
    let mut all = Stored { objects: Vec::new(), applied: BTreeSet::new() };
    for key in keys {
        let Ok(stack) = key.as_str().parse::<StackAddr>() else { continue };
        let loaded = store.peek(&key).map_err(|error| run::failure::load(key.as_str(), &error));
        let state = session.heed(loaded)?.state;
        all.objects.extend(reading.of_state(&stack, &state));
        if state.object_count() > 0 {
            all.applied.insert(stack);
        }
    }
    Some(all)
}

/// Adds the objects of stacks of which nothing is applied, from the latest kept plan that has them; tells which.
fn planned(
    session: &mut Session<'_>,
    store: &dyn EstateStore,
    reading: &Reading<'_>,
    applied: &BTreeSet<StackAddr>,
    objects: &mut Vec<Object>,
) -> Option<Vec<(String, String)>> {
    let mut missing: BTreeSet<StackAddr> = BTreeSet::new();
    let addresses = reading.graph.order.iter().map(|instance| &instance.addr);
    // Those without anything are asked for by name: what a store does not list may be damaged.
    for addr in addresses.filter(|addr| !applied.contains(*addr)) {
        let loaded = store.peek(&StackKey::from(addr));
        let loaded = loaded.map_err(|error| run::failure::load(&addr.to_string(), &error));
        if session.heed(loaded)?.state.object_count() == 0 {
            missing.insert(addr.clone());
        }
    }
    let mut told = Vec::new();
    let heads = store.plans().map_err(|error| run::failure::port("", &error));
    for head in session.heed(heads)?.iter().take(PLANS_MAX) {
        if missing.is_empty() {
            break;
        }
        let plan = store.plan(&head.id).map_err(|error| run::failure::load("", &error));
        // A plan of an older form, or of another estate, tells nothing here.
        let Some(kept) =
            session.heed(plan)?.and_then(|plan| run::estate::decode(&plan.file, reading.file).ok())
        else {
            continue;
        };
        for (address, plan) in &kept.plans {
            let Ok(stack) = address.parse::<StackAddr>() else { continue };
            if missing.remove(&stack) {
                objects.extend(reading.of_plan(&stack, plan));
                told.push((stack.to_string(), kept.id.clone()));
            }
        }
    }
    told.sort();
    Some(told)
}

/// The objects as after a plan: those of its stacks as planned, all others as they are.
fn after_plan(reading: &Reading<'_>, kept: &Kept, now: &[Object]) -> Vec<Object> {
    let mut all: Vec<Object> =
        now.iter().filter(|one| !kept.plans.contains_key(&one.stack)).cloned().collect();
    for (address, plan) in &kept.plans {
        if let Ok(stack) = address.parse::<StackAddr>() {
            all.extend(reading.of_plan(&stack, plan));
        }
    }
    all
}

/// Who each stack of the environment is, by its credentials blocks; errors of these are in the session.
fn identities(
    session: &mut Session<'_>,
    file: &EstateFile,
    graph: &StackGraph,
) -> BTreeMap<StackAddr, Vec<access::Identity>> {
    let mut all = BTreeMap::new();
    for instance in &graph.order {
        all.insert(instance.addr.clone(), of_instance(session, file, instance));
    }
    all
}

fn of_instance(
    session: &mut Session<'_>,
    file: &EstateFile,
    instance: &Instance,
) -> Vec<access::Identity> {
    let mut found = Vec::new();
    for block in file.estate.credentials_of(instance.environment, instance.stack) {
        let settings =
            Settings::evaluate(&file.estate, instance, &block, &UnknownSecrets, &mut session.diags);
        let Some(settings) = settings.filter(|one| one.kind != Kind::Kubernetes) else { continue };
        let who = |purpose| settings.who(purpose).map(Arc::from);
        found.push(access::Identity {
            kind: settings.kind.name().into(),
            plan: who(provider::Purpose::Plan),
            apply: who(provider::Purpose::Apply),
        });
    }
    found
}

fn stacks(
    session: &Session<'_>,
    reading: &Reading<'_>,
    environment: EnvironmentIdx,
    objects: &[Object],
) -> Vec<access::Stack> {
    let estate = &reading.file.estate;
    let binds = estate[environment].protection == Protection::Protected;
    let stack = |instance: &Instance| {
        let owners = estate.owners_of(instance.stack);
        let layer = &estate[estate[instance.stack].layer].name;
        let place = owners.first().map_or(layer.span, |owner| owner.span);
        let address: Arc<str> = instance.addr.to_string().into();
        let own = objects.iter().filter(|one| one.stack == address);
        access::Stack {
            environment: instance.addr.environment.clone(),
            layer: layer.node.clone(),
            owners: owners.iter().map(|owner| owner.node.clone()).collect(),
            owners_at: session.sources.place(place).into(),
            approvals: estate.approvals_of(instance.stack),
            binds,
            identities: reading.identities.get(&instance.addr).cloned().unwrap_or_default(),
            types: own.map(|one| (one.type_name.clone(), one.namespace())).collect(),
            address,
        }
    };
    reading.graph.order.iter().map(stack).collect()
}

fn teams(file: &EstateFile) -> Vec<access::Team> {
    let team = |group: &estate::Group| access::Team {
        name: group.name.node.clone(),
        principals: group.principals.iter().map(|one| one.node.clone()).collect(),
    };
    file.estate.groups.iter().map(team).collect()
}
