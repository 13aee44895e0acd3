//! Where a change comes from: which argument, and what upstream changes too.
//!
//! Told to people; nothing is decided by it. Invariant: causes follow from changes and syntax alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use addr::ConfigResource;
use lang::body::LoweredBody;
use lang::config::{ModuleId, ResIdx};
use lang::expr::{Exprs, Target};
use lang::graph::{NodeId, Object};
use lang::refs;
use plan::{Action, Cause, Change, Origin, Provisional, Reason};
use value::{Path, Value, View};

use super::Planner;
use super::instance::Site;
use super::prior::Prior;
use crate::cells::InstanceId;

/// The blocks of which something changes, and whether it is one instance.
pub(super) type Changing = BTreeMap<(ModuleId, ResIdx), Vec<addr::ResourceInstance>>;

impl Planner {
    /// Which blocks have changes.
    pub(super) fn changing<'c>(&self, changes: impl Iterator<Item = &'c Change>) -> Changing {
        let mut changing = Changing::new();
        for change in changes.filter(|change| change.action != Action::NoOp) {
            if let Some(block) = self.input.config.find_resource(&change.address.config()) {
                changing.entry(block).or_default().push(change.address.clone());
            }
        }
        changing
    }

    /// The causes of an instance's change.
    pub(super) fn causes(
        &self,
        id: InstanceId,
        change: &Change,
        changing: &Changing,
    ) -> Vec<Cause> {
        let Some(site) = self.known_site(id) else { return Vec::new() };
        if !change.causes.is_empty() || change.action == Action::NoOp {
            return change.causes.clone();
        }
        let prior = site.prior.map(|prior| self.priors.get(prior));
        let mut causes = match change.reason {
            Reason::ReplaceBecauseTainted => vec![Cause::Tainted],
            Reason::ReplaceByRequest => vec![Cause::Requested],
            Reason::ReplaceByTriggers => self.trigger_causes(id, &site),
            _ => Vec::new(),
        };
        match (change.action, prior) {
            (Action::Read, _) => {}
            (Action::Create, Some(prior)) if prior.now.is_none() => causes.push(Cause::Gone),
            (Action::Create, _) => causes.push(Cause::New),
            (_, Some(prior)) => causes.extend(drifted(prior)),
            (_, None) => {}
        }
        if change.provisional == Provisional::Yes {
            let origins = self.origins_of_provider(change.provider, changing);
            let open = origins.into_iter().filter(|origin| self.is_open(origin));
            causes.push(Cause::Pending(open.collect()));
        }
        if change.action != Action::Create {
            causes.extend(self.arguments(&site, change, changing));
        }
        if causes.is_empty() {
            causes.push(
                match change.before.clone().unmark_deep().0 == change.after.clone().unmark_deep().0
                {
                    true => Cause::Bookkeeping,
                    false => Cause::Provider,
                },
            );
        }
        causes
    }

    /// The arguments that differ from before, each with what it reads that changes too.
    fn arguments(&self, site: &Site, change: &Change, changing: &Changing) -> Vec<Cause> {
        let (Some((ty, before)), Some((_, after)), Some((_, given))) =
            (change.before.as_object(), change.after.as_object(), change.configuration.as_object())
        else {
            return self.of_reading(site, change, changing);
        };
        let module = self.module_of(site);
        let mut causes = Vec::new();
        for (at, name) in ty.names().iter().enumerate() {
            let configured =
                !given[at].is_null() && !matches!(given[at].view(), View::List([]) | View::Set([]));
            if before[at] == after[at]
                || !(configured || !before[at].is_null() && set_before(&given[at], &after[at]))
            {
                continue;
            }
            let exprs = expressions(&site.block().body, name);
            let from = self.origins(module, &site.def.exprs, &exprs, changing);
            causes.push(Cause::Argument { path: Path::new().attr(name.clone()), from });
        }
        causes
    }

    /// What a data source reads that is not known yet.
    fn of_reading(&self, site: &Site, change: &Change, changing: &Changing) -> Vec<Cause> {
        if change.action != Action::Read {
            return Vec::new();
        }
        let module = self.module_of(site);
        let exprs = site.block().body.expressions();
        vec![Cause::Pending(self.origins(module, &site.def.exprs, &exprs, changing))]
    }

    pub(super) fn module_of(&self, site: &Site) -> ModuleId {
        let found =
            self.input.config.modules.iter().find(|module| Arc::ptr_eq(&module.def, &site.def));
        found.map_or(ModuleId::ROOT, |module| module.id)
    }

    /// What the configuration of a provider reads, at any distance, that changes or comes from outside.
    pub(super) fn origins_of_provider(
        &self,
        provider: plan::ProviderIndex,
        changing: &Changing,
    ) -> Vec<Origin> {
        let Some(id) = self.providers.get(provider).config else { return Vec::new() };
        let node = self.graph.node(Object::Provider(id));
        self.origins_behind(self.graph.depends_on(node).collect(), changing)
    }

    /// What expressions read, at any distance, that changes or comes from outside.
    pub(super) fn origins(
        &self,
        module: ModuleId,
        exprs: &Exprs,
        of: &[lang::expr::ExprId],
        changing: &Changing,
    ) -> Vec<Origin> {
        let mut stack: Vec<NodeId> = Vec::new();
        for expr in of {
            refs::visit(exprs, *expr, &mut |reference| {
                stack.extend(self.node_of(module, &reference.target));
            });
        }
        self.origins_behind(stack, changing)
    }

    fn origins_behind(&self, mut stack: Vec<NodeId>, changing: &Changing) -> Vec<Origin> {
        let mut seen = std::collections::BTreeSet::new();
        let mut found = Vec::new();
        while let Some(node) = stack.pop() {
            if !seen.insert(node) {
                continue;
            }
            match self.graph.object(node) {
                Object::Resource(module, index) => match changing.get(&(module, index)) {
                    Some(instances) if instances.len() == 1 => {
                        found.push(Origin::Instance(instances[0].clone()));
                    }
                    Some(_) => {
                        let address: ConfigResource =
                            self.input.config.resource_addr(module, index);
                        found.push(Origin::Resource(address.to_string().into()));
                    }
                    None => {}
                },
                Object::Variable(ModuleId::ROOT, index) => {
                    let name = &self.input.config.root().def.variables[index.index()].name;
                    found.push(Origin::Input(name.clone()));
                }
                Object::Provider(_) => {}
                _ => stack.extend(self.graph.depends_on(node)),
            }
        }
        found.sort_by_key(text);
        found
    }

    fn node_of(&self, module: ModuleId, target: &Target) -> Option<NodeId> {
        let object = match target {
            Target::Variable(index) => Object::Variable(module, *index),
            Target::Local(index) => Object::Local(module, *index),
            Target::Resource(index) => Object::Resource(module, *index),
            Target::Module(call) => Object::Close(self.input.config.module(module).child(*call)?),
            Target::Output(call, name) => {
                let called = self.input.config.module(module).child(*call)?;
                Object::Output(called, self.input.config.module(called).def.names.output(name)?)
            }
            _ => return None,
        };
        Some(self.graph.node(object))
    }
}

pub(super) fn text(origin: &Origin) -> String {
    match origin {
        Origin::Input(name) => format!("var.{name}"),
        Origin::Instance(instance) => instance.to_string(),
        Origin::Resource(address) => address.to_string(),
    }
}

/// Whether an argument that is not configured any more was given up, rather than computed.
fn set_before(given: &Value, after: &Value) -> bool {
    given.is_null() && after.is_null()
}

/// The expressions of one argument, or of all blocks of one type.
fn expressions(body: &LoweredBody, name: &str) -> Vec<lang::expr::ExprId> {
    use lang::body::BlockItem;
    let mut found: Vec<_> = body
        .attrs
        .iter()
        .chain(&body.members)
        .filter(|attr| &*attr.name == name)
        .map(|attr| attr.expr)
        .collect();
    for item in &body.blocks {
        match item {
            BlockItem::Static(block) if &*block.kind == name => {
                found.extend(block.body.expressions())
            }
            BlockItem::Dynamic(block) if &*block.kind == name => {
                found.push(block.for_each);
                found.extend(block.content.expressions());
            }
            _ => {}
        }
    }
    found
}

/// What happened to the object outside.
fn drifted(prior: &Prior) -> Option<Cause> {
    let (before, now) = (prior.previous.as_ref()?, prior.now.as_ref()?);
    if before.value == now.value {
        return None;
    }
    let (ty, was) = before.value.as_object()?;
    let (_, is) = now.value.as_object()?;
    let paths = ty
        .names()
        .iter()
        .zip(was.iter().zip(is))
        .filter(|(_, (was, is))| was != is)
        .map(|(name, _)| Path::new().attr(name.clone()))
        .collect();
    Some(Cause::Drift { paths })
}
