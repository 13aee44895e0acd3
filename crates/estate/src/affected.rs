//! What a change affects: from changed files through local modules, and from the difference of two estate files.
//!
//! An instance is *changed itself* where a file of its root module, or of a module that it calls, changed, where the
//! estate file gives it something else, or where a provider that it requires is locked to another version. Those that
//! read it, directly or not, are *rippled*: they are planned only if an input turns out to differ, which is the run's
//! to see.
//!
//! Invariant: whatever could change an instance's plan is seen, but for what its providers say; what cannot be compared
//! counts as changed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diag::Diags;
use syntax::children;

use crate::face::{Face, shortest_path};
use crate::graph::{Instance, InstanceIdx, StackGraph};
use crate::model::{Estate, SecretSource, StackIdx};
use crate::select::closure;

/// What changed, and what is needed to see whom it affects.
pub struct Change<'a> {
    /// Files that changed, relative to the estate's folder, without `.`, and with `..` only in front.
    pub files: &'a [String],
    /// The estate file as it was; `None` where it could not be read, and everything may have changed.
    pub before: Option<&'a Estate>,
    /// Names of providers, by address, that are locked to another version than before.
    pub relocked: &'a BTreeSet<String>,
    /// What is known of a stack's root module; `None` where it was not loaded.
    pub module: &'a dyn Fn(StackIdx) -> Option<Module<'a>>,
}

/// A root module, as far as a change may touch it.
#[derive(Clone, Copy)]
pub struct Module<'a> {
    /// The folders of the root module and of the local modules beneath it, in the form of [`Change::files`].
    pub folders: &'a [String],
    /// Whether it declares a variable.
    pub declares: &'a dyn Fn(&str) -> bool,
    /// Whether its text names a file, by the last part of its path.
    pub mentions: &'a dyn Fn(&str) -> bool,
    /// Addresses of the providers that it requires.
    pub providers: &'a BTreeSet<String>,
}

/// Why an instance is changed itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A file of its module.
    File(String),
    /// What the estate file gives it: where that stands, such as `inputs.cidr`.
    Setting(String),
    /// The estate file did not have it before.
    New,
    /// What was before cannot be told.
    Unknown,
    /// A provider that is locked to another version.
    Provider(String),
    /// A secret's file.
    Secret(String),
}

/// What a change affects in one environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Affected {
    /// Instances that are changed themselves, and why.
    pub changed: BTreeMap<InstanceIdx, Vec<Cause>>,
    /// Instances that are not, but read some that are, directly or not.
    pub rippled: BTreeSet<InstanceIdx>,
}

impl Affected {
    /// All of them.
    pub fn all(&self) -> BTreeSet<InstanceIdx> {
        self.changed.keys().chain(&self.rippled).copied().collect()
    }
}

/// What a change affects in the environment of a graph.
pub fn affected(estate: &Estate, graph: &StackGraph, change: &Change<'_>) -> Affected {
    let files = Files::new(estate, change);
    let before = Before::new(estate, graph, change);
    let mut changed = BTreeMap::new();
    for index in graph.indexes() {
        let instance = graph.instance(index);
        let mut causes = files.causes(instance.stack);
        causes.extend(before.cause(estate, instance, change));
        causes.extend(secrets(estate, instance, change));
        if !causes.is_empty() {
            changed.insert(index, causes);
        }
    }
    let own: BTreeSet<InstanceIdx> = changed.keys().copied().collect();
    let mut rippled = closure(graph, own.clone(), |instance| &instance.readers);
    rippled.retain(|index| !own.contains(index));
    Affected { changed, rippled }
}

/// Changed files by the stacks whose modules hold them.
struct Files {
    by_stack: HashMap<StackIdx, Vec<Cause>>,
}

impl Files {
    fn new(estate: &Estate, change: &Change<'_>) -> Files {
        let mut by_folder: HashMap<&str, Vec<StackIdx>> = HashMap::new();
        let stacks: Vec<StackIdx> =
            (0..estate.stacks.len()).map(|at| StackIdx(at as u32)).collect();
        for stack in &stacks {
            if let Some(module) = (change.module)(*stack) {
                for folder in module.folders {
                    by_folder.entry(folder).or_default().push(*stack);
                }
            }
        }
        let mut by_stack: HashMap<StackIdx, Vec<Cause>> = HashMap::new();
        for file in change.files.iter().filter(|file| !is_estate_file(file)) {
            for stack in Self::holders(&by_folder, &stacks, file, change) {
                by_stack.entry(stack).or_default().push(Cause::File(file.clone()));
            }
        }
        for stack in stacks {
            let Some(module) = (change.module)(stack) else { continue };
            for provider in change.relocked.intersection(module.providers) {
                by_stack.entry(stack).or_default().push(Cause::Provider(provider.clone()));
            }
        }
        Files { by_stack }
    }

    /// The stacks with a module in the deepest folder around a file that is any module's; where there is none, those
    /// whose text names the file.
    fn holders(
        by_folder: &HashMap<&str, Vec<StackIdx>>,
        stacks: &[StackIdx],
        file: &str,
        change: &Change<'_>,
    ) -> BTreeSet<StackIdx> {
        let (mut folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        loop {
            if let Some(holders) = by_folder.get(folder) {
                return holders.iter().copied().collect();
            }
            // What is above a path of `..` alone is in no shorter path of this form.
            if folder.is_empty() || folder == ".." || folder.ends_with("/..") {
                break;
            }
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        }
        let names = |stack: &StackIdx| {
            (change.module)(*stack).is_some_and(|module| (module.mentions)(name))
        };
        stacks.iter().copied().filter(names).collect()
    }

    fn causes(&self, stack: StackIdx) -> Vec<Cause> {
        self.by_stack.get(&stack).cloned().unwrap_or_default()
    }
}

/// Files that are compared by what they say.
fn is_estate_file(path: &str) -> bool {
    path == "strata.hcl"
        || path.rsplit('/').next() == Some("stack.hcl")
        || path == ".terraform.lock.hcl"
}

/// The estate as it was.
enum Before<'a> {
    /// None of the estate's files changed.
    Same,
    /// It cannot be told.
    Unknown,
    /// Its file, and its graph of this environment; no graph where there was no such environment.
    Known(&'a Estate, Option<Box<StackGraph>>),
}

impl<'a> Before<'a> {
    fn new(estate: &Estate, graph: &StackGraph, change: &Change<'a>) -> Before<'a> {
        if !change.files.iter().any(|file| is_estate_file(file)) {
            return Before::Same;
        }
        let Some(before) = change.before else { return Before::Unknown };
        let Some(environment) = before.environment(&estate[graph.environment].name.node) else {
            return Before::Known(before, None);
        };
        match StackGraph::new(before, environment, &mut Diags::new()) {
            Some(graph) => Before::Known(before, Some(Box::new(graph))),
            None => Before::Unknown,
        }
    }

    fn cause(&self, estate: &Estate, instance: &Instance, change: &Change<'_>) -> Option<Cause> {
        let (before, graph) = match self {
            Before::Same => return None,
            Before::Unknown => return Some(Cause::Unknown),
            Before::Known(_, None) => return Some(Cause::New),
            Before::Known(before, Some(graph)) => (before, graph),
        };
        let Some(was) = graph.find(&instance.addr) else { return Some(Cause::New) };
        let was = graph.instance(was);
        let Some(module) = (change.module)(instance.stack) else { return Some(Cause::Unknown) };
        let (old, new) =
            (Face::of(before, was, module.declares), Face::of(estate, instance, module.declares));
        let defers = |estate: &Estate, stack: StackIdx| {
            let names = estate[stack].defer.iter().map(|name| name.node.clone());
            names.collect::<BTreeSet<_>>()
        };
        if defers(before, was.stack) != defers(estate, instance.stack) {
            return Some(Cause::Setting("defer".into()));
        }
        old.difference(&new).map(Cause::Setting)
    }
}

/// Secrets whose files changed, and that an instance is given.
fn secrets(estate: &Estate, instance: &Instance, change: &Change<'_>) -> Vec<Cause> {
    let changed = estate.secrets.iter().filter(|secret| match &secret.source {
        SecretSource::Env(_) => false,
        SecretSource::File(path) | SecretSource::Sops { file: path, .. } => {
            let path = shortest_path(&path.node);
            change.files.contains(&path)
        }
    });
    let names: Vec<&str> = changed.map(|secret| &*secret.name.node).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let mut used = BTreeSet::new();
    let inputs = estate.inputs_of(instance.environment, instance.stack);
    inputs.iter().for_each(|(input, _)| uses(&input.expr, &names, &mut used));
    for block in estate.credentials_of(instance.environment, instance.stack) {
        block.attributes.iter().for_each(|one| uses(&one.expr, &names, &mut used));
    }
    for block in estate.providers_of(instance.environment, instance.stack) {
        let mut open = vec![&block.body];
        while let Some(body) = open.pop() {
            body.attributes.iter().for_each(|one| uses(&one.expr, &names, &mut used));
            open.extend(body.blocks.iter().map(|block| &block.body));
        }
    }
    used.into_iter().map(Cause::Secret).collect()
}

/// Adds the secrets of `names` that an expression reads.
fn uses(expr: &syntax::Expr, names: &[&str], used: &mut BTreeSet<String>) {
    if let syntax::ExprKind::GetAttr(source, name) = &expr.kind
        && matches!(&source.kind, syntax::ExprKind::Variable(root) if &*root.text == "secret")
        && names.contains(&&*name.text)
    {
        used.insert(name.text.to_string());
    }
    children(expr, &mut |child| uses(child, names, used));
}
