//! Units to stacks: which units are instances of one stack.
//!
//! Units of one name and one root module are a stack as long as their inputs differ in values alone. The classes are
//! refined until they stay: two units are told apart where an input of theirs has another form, or reads units of
//! other classes.
//! Invariant: all instances of a stack have the same slots, and each slot the same form.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;

use crate::expression::{Expression, Piece};
use crate::place::Place;
use crate::unit::Unit;
use crate::variables::Face;

/// A unit by its position.
pub(crate) type UnitIdx = usize;

/// A stack: units that are its instances.
#[derive(Clone, Debug)]
pub(crate) struct Stack {
    pub(crate) name: String,
    pub(crate) units: Vec<UnitIdx>,
    /// Whether it has `for_each`.
    pub(crate) keyed: bool,
    /// Its rank, 0 the lowest.
    pub(crate) tier: usize,
}

/// Everything that was read, arranged.
pub(crate) struct Arranged {
    pub(crate) units: Vec<Unit>,
    pub(crate) places: Vec<Place>,
    pub(crate) stacks: Vec<Stack>,
    /// The stack of each unit.
    pub(crate) stack_of: Vec<usize>,
    /// The face of each unit's root module.
    pub(crate) faces: Vec<Face>,
    by_folder: HashMap<String, UnitIdx>,
}

impl Arranged {
    /// The unit in a folder.
    pub(crate) fn unit(&self, folder: &str) -> Option<UnitIdx> {
        self.by_folder.get(folder).copied()
    }
}

/// Arranges units into stacks.
pub(crate) fn arrange(mut units: Vec<Unit>, places: Vec<Place>, faces: Vec<Face>) -> Arranged {
    let by_folder: HashMap<String, UnitIdx> =
        units.iter().enumerate().map(|(at, unit)| (unit.folder.clone(), at)).collect();
    let sole = read_from_elsewhere(&units, &places, &by_folder);
    let mut class = first_classes(&units, &places, &sole);
    fill(&mut units, &class, &faces);
    loop {
        let refined = refine(&units, &places, &by_folder, &class);
        let before = class.iter().collect::<BTreeSet<_>>().len();
        let after = refined.iter().collect::<BTreeSet<_>>().len();
        class = refined;
        if before == after {
            break;
        }
    }
    let mut stacks = stacks(&class, &places);
    let mut stack_of = vec![0; units.len()];
    for (at, stack) in stacks.iter().enumerate() {
        stack.units.iter().for_each(|unit| stack_of[*unit] = at);
    }
    let tiers = tiers(&units, &by_folder, &stack_of, stacks.len());
    stacks.iter_mut().zip(tiers).for_each(|(stack, tier)| stack.tier = tier);
    Arranged { units, places, stacks, stack_of, faces, by_folder }
}

/// Units that are read from another environment: their stack has exactly one.
fn read_from_elsewhere(
    units: &[Unit],
    places: &[Place],
    by_folder: &HashMap<String, UnitIdx>,
) -> BTreeSet<UnitIdx> {
    let mut sole = BTreeSet::new();
    for (at, unit) in units.iter().enumerate() {
        let below = unit.after.iter().filter_map(|folder| by_folder.get(folder));
        sole.extend(below.filter(|below| places[**below].environment != places[at].environment));
    }
    sole
}

/// Numbers of classes, in the order in which they first appear.
fn numbered(signatures: Vec<String>) -> Vec<usize> {
    let mut known: HashMap<String, usize> = HashMap::new();
    let number = |signature: String| {
        let next = known.len();
        *known.entry(signature).or_insert(next)
    };
    signatures.into_iter().map(number).collect()
}

fn first_classes(units: &[Unit], places: &[Place], sole: &BTreeSet<UnitIdx>) -> Vec<usize> {
    let signature = |at: usize| {
        let own = if sole.contains(&at) { &*places[at].environment } else { "" };
        format!("{}\0{}\0{own}", places[at].stack, units[at].source)
    };
    numbered((0..units.len()).map(signature).collect())
}

/// Gives units of a class the inputs that others of it have, where the module has a default for them.
fn fill(units: &mut [Unit], class: &[usize], faces: &[Face]) {
    let mut names: BTreeMap<usize, BTreeSet<Arc<str>>> = BTreeMap::new();
    for (at, unit) in units.iter().enumerate() {
        names.entry(class[at]).or_default().extend(unit.inputs.keys().cloned());
    }
    for (at, unit) in units.iter_mut().enumerate() {
        for name in &names[&class[at]] {
            let default = faces[at].variables.get(name).and_then(|it| it.default.clone());
            if let (false, Some(default)) = (unit.inputs.contains_key(name), default) {
                unit.inputs.insert(name.clone(), Expression::of(default));
            }
        }
    }
}

fn refine(
    units: &[Unit],
    places: &[Place],
    by_folder: &HashMap<String, UnitIdx>,
    class: &[usize],
) -> Vec<usize> {
    let form = |expression: &Expression, out: &mut String| {
        let class_of =
            |folder: &str| by_folder.get(folder).map_or(usize::MAX, |below| class[*below]);
        for piece in &expression.pieces {
            let written = match piece {
                Piece::Text(text) => write!(out, "{text}"),
                Piece::Literal(..) => write!(out, "\u{3}"),
                Piece::Value(_) => write!(out, "\u{1}"),
                Piece::Output(folder, output) => {
                    write!(out, "\u{2}{}.{output}", class_of(folder))
                }
                Piece::Outputs(folder) => write!(out, "\u{4}{}", class_of(folder)),
            };
            written.expect("BUG: writing to a string failed");
        }
        out.push('\0');
    };
    let signature = |at: usize| {
        let mut out = format!("{}\0", class[at]);
        for (name, slot) in units[at].inputs.iter().chain(&units[at].providers) {
            out.push_str(name);
            out.push('=');
            form(slot, &mut out);
        }
        // Where a stack of another environment is read, the reader's environment says which instance.
        for folder in &units[at].after {
            if let Some(below) = by_folder.get(folder)
                && places[*below].environment != places[at].environment
            {
                out.push_str(&places[*below].environment);
            }
        }
        out
    };
    numbered((0..units.len()).map(signature).collect())
}

/// A stack for each class, named so that no two have one name.
fn stacks(class: &[usize], places: &[Place]) -> Vec<Stack> {
    let mut members: BTreeMap<usize, Vec<UnitIdx>> = BTreeMap::new();
    class
        .iter()
        .enumerate()
        .for_each(|(unit, class)| members.entry(*class).or_default().push(unit));
    let mut classes: Vec<Vec<UnitIdx>> = members.into_values().collect();
    let mut same_name: BTreeMap<&str, usize> = BTreeMap::new();
    classes.iter().for_each(|units| *same_name.entry(&places[units[0]].stack).or_default() += 1);
    // The largest of a name keeps it.
    classes.sort_by_key(|units| std::cmp::Reverse(units.len()));
    let mut taken = BTreeSet::new();
    classes
        .into_iter()
        .map(|units| {
            let place = &places[units[0]];
            let environments: BTreeSet<&str> =
                units.iter().map(|unit| &*places[*unit].environment).collect();
            let is_sole = environments.len() == 1 && same_name[&*place.stack] > 1;
            let wanted = match is_sole && units.len() == 1 {
                true => format!("{}-{}", place.stack, place.environment),
                false => place.stack.clone(),
            };
            let name = free(&wanted, &taken);
            taken.insert(name.clone());
            let keyed = environments.len() < units.len();
            Stack { name, units, keyed, tier: 0 }
        })
        .collect()
}

fn free(wanted: &str, taken: &BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{wanted}-{number}"));
    let mut all = std::iter::once(wanted.to_owned()).chain(numbered);
    all.find(|name| !taken.contains(name)).expect("BUG: numbers do not end")
}

/// How many stacks each stands upon at the most; all 0 where stacks stand upon one another in a circle.
fn tiers(
    units: &[Unit],
    by_folder: &HashMap<String, UnitIdx>,
    stack_of: &[usize],
    count: usize,
) -> Vec<usize> {
    let mut below: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); count];
    for (at, unit) in units.iter().enumerate() {
        let read = unit.after.iter().filter_map(|folder| by_folder.get(folder));
        below[stack_of[at]].extend(read.map(|read| stack_of[*read]));
    }
    for (at, below) in below.iter_mut().enumerate() {
        below.remove(&at);
    }
    let mut tiers = vec![0; count];
    for _ in 0..=count {
        let next: Vec<usize> = below
            .iter()
            .map(|below| below.iter().map(|one| tiers[*one] + 1).max().unwrap_or(0))
            .collect();
        if next == tiers {
            return tiers;
        }
        tiers = next;
    }
    vec![0; count]
}
