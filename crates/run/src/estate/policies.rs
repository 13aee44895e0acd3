//! What decides whether plans of an estate may be applied: the catalogue, the groups' signers, the rules of each stack.
//!
//! Read from the estate file and the files that it names. It judges nothing (`guard` does).
//! Invariant: a signers' file that cannot be read whole is an error: nobody signs for a group that is not understood.

use std::collections::BTreeMap;
use std::sync::Arc;

use diag::{Diagnostic, Diags, Span};
use estate::{EnvironmentIdx, Estate, Group, Origin, Protection, StackIdx};
use guard::approval::Signers;
use guard::catalogue::OwnType;
use guard::{Binding, Catalogue, StackRules};
use host::Host;
use plan::Digest;

use super::bundles::{self, Ruling};
use super::open::EstateFile;

/// The policies of an estate.
#[derive(Debug)]
pub struct Policies {
    catalogue: Catalogue,
    groups: Vec<Signers>,
    /// The groups' names and their files' texts, in the order of the names: what the digest covers.
    texts: Vec<(Arc<str>, Arc<str>)>,
    /// The bundles of the estate's `policy` blocks.
    rulings: Vec<Ruling>,
}

impl Policies {
    /// Reads them; `None` where a file of signers has errors, which are reported.
    pub fn read(host: &Host, file: &EstateFile, diags: &mut Diags) -> Option<Policies> {
        let before = diags.error_count();
        let (mut groups, mut texts) = (Vec::new(), Vec::new());
        for group in &file.estate.groups {
            match signers(host, file, group) {
                Ok((read, text)) => {
                    groups.push(read);
                    texts.push((group.name.node.clone(), text));
                }
                Err(diagnostic) => diags.push(diagnostic),
            }
        }
        texts.sort();
        let rulings = bundles::read(host, file, diags);
        if diags.error_count() > before {
            return None;
        }
        too_few(&file.estate, &groups, diags);
        let own: Vec<OwnType> = file.estate.data_bearing.iter().map(own_type).collect();
        let catalogue = Catalogue::new(&own);
        Some(Policies { catalogue, groups, texts, rulings })
    }

    /// The types that bear data.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The signers of each group.
    pub fn groups(&self) -> &[Signers] {
        &self.groups
    }

    /// The digest of all that decides about a stack's plan; it stands in the plan.
    pub fn digest(&self, estate: &Estate, environment: EnvironmentIdx, stack: StackIdx) -> Digest {
        let rules = rules(estate, environment, stack);
        let own = guard::policies_digest(&rules, &self.texts, &self.catalogue.digest());
        let judging =
            self.rulings.iter().filter(|one| one.block.judges(estate, environment, stack));
        bundles::digest(own, judging)
    }

    /// The bundles that judge plans.
    pub fn rulings(&self) -> &[Ruling] {
        &self.rulings
    }
}

impl Policies {
    /// The digest of all that decides about the plan of a stack that belongs to nobody any more.
    pub fn digest_of_nobodys(&self, estate: &Estate, environment: EnvironmentIdx) -> Digest {
        let rules = nobodys(estate, environment);
        let own = guard::policies_digest(&rules, &self.texts, &self.catalogue.digest());
        bundles::digest(own, self.rulings.iter().filter(|one| one.judges_nobodys(environment)))
    }
}

/// How long an approval holds for a stack that no layer gives a time, in hours.
const APPROVAL_HOURS: u64 = 72;

/// The rules that bind a stack in an environment. An orphan's layer binds it on, and somebody has to approve in any case.
pub fn rules(estate: &Estate, environment: EnvironmentIdx, stack: StackIdx) -> StackRules {
    let nobodys = nobodys(estate, environment);
    let least = match estate[stack].origin {
        Origin::File => 0,
        Origin::Orphan => nobodys.approvals,
        Origin::OrphanOfNobody => return nobodys,
    };
    let layer = &estate[estate[stack].layer];
    StackRules {
        layer: layer.name.node.clone(),
        owners: estate.owners_of(stack).iter().map(|owner| owner.node.clone()).collect(),
        approvals: estate.approvals_of(stack).max(least),
        approval_hours: layer.approval_hours,
        max_destroy: layer.max_destroy,
        max_deferred: layer.max_deferred,
        binding: binding(estate, environment),
    }
}

/// The rules of a stack that belongs to nobody any more: a signer of any group has to approve it, where there are groups.
pub(super) fn nobodys(estate: &Estate, environment: EnvironmentIdx) -> StackRules {
    StackRules {
        layer: "".into(),
        owners: Vec::new(),
        approvals: u32::from(!estate.groups.is_empty()),
        approval_hours: APPROVAL_HOURS,
        max_destroy: None,
        max_deferred: 0,
        binding: binding(estate, environment),
    }
}

/// Whether approvals and limits bind in an environment.
pub(super) fn binding(estate: &Estate, environment: EnvironmentIdx) -> Binding {
    match estate[environment].protection {
        Protection::Protected => Binding::Binds,
        Protection::Open => Binding::Warns,
    }
}

/// Where the file says who owns a stack: its first owner, else its layer.
pub(super) fn place(estate: &Estate, stack: StackIdx) -> Span {
    let owner = estate.owners_of(stack).first().map(|owner| owner.span);
    owner.unwrap_or(estate[estate[stack].layer].name.span)
}

/// Warns of stacks that need more people than their owners are; stacks with the same owners and needs together.
fn too_few(estate: &Estate, groups: &[Signers], diags: &mut Diags) {
    let mut short: BTreeMap<(Vec<&str>, u32), Vec<StackIdx>> = BTreeMap::new();
    for at in 0..estate.stacks.len() {
        let stack = StackIdx(at as u32);
        let owners = estate.owners_of(stack).iter().map(|owner| &*owner.node).collect();
        short.entry((owners, estate.approvals_of(stack))).or_default().push(stack);
    }
    for ((owners, needs), stacks) in short {
        let owning =
            groups.iter().filter(|group| owners.is_empty() || owners.contains(&&*group.group));
        let people = guard::approval::people(owning);
        if people >= needs as usize {
            continue;
        }
        let names: Vec<String> =
            stacks.iter().map(|stack| format!("`{}`", estate[*stack].name.node)).collect();
        diags.push(
            Diagnostic::warning(
                "signers-too-few",
                "More approvals are needed than there are people",
            )
            .detail(format!(
                "Plans of {} need {needs}, and the files of {} name {people}.",
                names.join(", "),
                match owners.is_empty() {
                    true => "all groups".to_owned(),
                    false => owners.join(", "),
                }
            ))
            .remedy("Add signers to the groups' files, or lower `approvals`.")
            .at(place(estate, stacks[0])),
        );
    }
}

fn own_type(bearing: &estate::DataBearing) -> OwnType {
    OwnType {
        type_name: bearing.type_name.node.clone(),
        holds: bearing.reason.clone(),
        protected_by: bearing.protected_by.iter().map(|path| path.node.clone()).collect(),
    }
}

fn signers(
    host: &Host,
    file: &EstateFile,
    group: &Group,
) -> Result<(Signers, Arc<str>), Diagnostic> {
    let path = &*group.signers.node;
    let unreadable = |what: String, remedy: &str| {
        Diagnostic::error(
            "signers-unreadable",
            format!("The signers of group `{}` cannot be read", group.name.node),
        )
        .detail(format!("{path}: {what}."))
        .remedy(remedy)
        .at(group.signers.span)
    };
    let text = match &file.base {
        Some(base) => base.signers(path).ok_or_else(|| format!("{} has no such file", base.shown)),
        None => host.files.read_text(&file.dir.join(path)).map_err(|error| error.to_string()),
    };
    let text = text
        .map_err(|error| unreadable(error, "Write the file: a line `NAME KEY` for each signer."))?;
    let read = Signers::parse(&group.name.node, &text)
        .map_err(|error| unreadable(error.to_string(), error.remedy))?;
    Ok((read, text.into()))
}
