//! `strata.hcl` from stacks: what all instances of a stack share stands in the stack, what differs in `values` of the
//! environments.
//!
//! Invariant: for each instance the file's expressions come to what its unit had.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use diag::Diagnostic;
use value::Value;

use crate::arrange::{Arranged, Stack, UnitIdx};
use crate::expression::{Expression, Piece};
use crate::literal;
use crate::place::name;
use crate::tree::{leaf, relative};

/// What stands at the top.
const HEAD: &str = "# Written by `strata adopt` from this tree. Layers are named by what stands upon what, `values` by stacks: rename them as
# you like. What could not be read is in the list that the command printed.
";

/// Values that differ between instances, by environment, stack and (in a stack with `for_each`) key.
type Differing = BTreeMap<(usize, UnitIdx), BTreeMap<String, Value>>;

/// The file's text.
pub(crate) fn estate(arranged: &Arranged, base: &str, findings: &mut Vec<Diagnostic>) -> String {
    let mut writer = Writer { arranged, base, differing: BTreeMap::new(), findings };
    let mut order: Vec<usize> = (0..arranged.stacks.len()).collect();
    order.sort_by_key(|at| (arranged.stacks[*at].tier, arranged.stacks[*at].name.clone()));
    let stacks: Vec<String> = order.iter().map(|at| writer.stack(*at)).collect();
    let mut out = HEAD.to_owned();
    put(&mut out, format_args!("estate {{\nname = {}\n}}\n\n", literal::quoted(&name(leaf(base)))));
    let tiers = arranged.stacks.iter().map(|stack| stack.tier).max().unwrap_or(0);
    for tier in 0..=tiers {
        put(&mut out, format_args!("layer {} {{}}\n", literal::quoted(&layer(tier))));
    }
    out.push('\n');
    for environment in writer.environments() {
        writer.environment(&environment, &mut out);
    }
    stacks.iter().for_each(|stack| out.push_str(stack));
    writer.adopted(&mut out);
    syntax::format(&out)
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("BUG: writing to a string failed");
}

fn layer(tier: usize) -> String {
    format!("tier-{}", tier + 1)
}

struct Writer<'w> {
    arranged: &'w Arranged,
    base: &'w str,
    differing: Differing,
    findings: &'w mut Vec<Diagnostic>,
}

impl Writer<'_> {
    fn environments(&self) -> BTreeSet<String> {
        self.arranged.places.iter().map(|place| place.environment.clone()).collect()
    }

    fn environment(&self, environment: &str, out: &mut String) {
        put(out, format_args!("environment {} {{\n", literal::quoted(environment)));
        let values: Vec<String> = self
            .arranged
            .stacks
            .iter()
            .enumerate()
            .filter_map(|(at, stack)| self.value(at, stack, environment))
            .collect();
        if !values.is_empty() {
            put(out, format_args!("values = {{\n{}\n}}\n", values.join("\n")));
        }
        out.push_str("}\n\n");
    }

    /// What an environment says of a stack, where it says anything.
    fn value(&self, at: usize, stack: &Stack, environment: &str) -> Option<String> {
        let is_here = |unit: &&UnitIdx| self.arranged.places[**unit].environment == environment;
        let units: Vec<UnitIdx> = stack.units.iter().filter(is_here).copied().collect();
        let object = |unit: UnitIdx| {
            let empty = BTreeMap::new();
            let values = self.differing.get(&(at, unit)).unwrap_or(&empty);
            let texts: Vec<String> = values
                .iter()
                .map(|(name, value)| {
                    format!("{} = {}", literal::key_text(name), literal::text(value))
                })
                .collect();
            let mut text = String::new();
            literal::list(&texts, ["{", "}"], " ", &mut text);
            text
        };
        let key = literal::key_text(&value_name(&stack.name));
        if stack.keyed && !units.is_empty() {
            let own = |unit: &UnitIdx| {
                let key = literal::key_text(&self.arranged.places[*unit].key);
                format!("{key} = {}", object(*unit))
            };
            let all: Vec<String> = units.iter().map(own).collect();
            return Some(format!("{key} = {{\n{}\n}}", all.join("\n")));
        }
        let [unit] = units[..] else { return None };
        let is_needed = self.differing.contains_key(&(at, unit));
        is_needed.then(|| format!("{key} = {}", object(unit)))
    }

    fn stack(&mut self, at: usize) -> String {
        let stack = &self.arranged.stacks[at];
        let units = &self.arranged.units;
        let first = &units[stack.units[0]];
        let mut out = format!("stack {} {{\n", literal::quoted(&stack.name));
        put(&mut out, format_args!("layer = {}\n", literal::quoted(&layer(stack.tier))));
        put(&mut out, format_args!("source = {}\n", literal::quoted(&self.shown(&first.source))));
        let environments: BTreeSet<&str> =
            stack.units.iter().map(|unit| &*self.arranged.places[*unit].environment).collect();
        if environments.len() < self.environments().len() {
            let names: Vec<String> = environments.iter().map(|it| literal::quoted(it)).collect();
            put(&mut out, format_args!("environments = [{}]\n", names.join(", ")));
        }
        if stack.keyed {
            put(&mut out, format_args!("for_each = env.{}\n", value_name(&stack.name)));
        }
        let inputs: Vec<String> = first
            .inputs
            .keys()
            .filter_map(|name| {
                let slots: Vec<&Expression> =
                    stack.units.iter().map(|unit| &units[*unit].inputs[name]).collect();
                let text = self.slot(at, name, &slots, Hints::Name(name))?;
                Some(format!("{} = {text}\n", literal::key_text(name)))
            })
            .collect();
        if !inputs.is_empty() {
            put(&mut out, format_args!("inputs = {{\n{}}}\n", inputs.concat()));
        }
        for provider in first.providers.keys() {
            let slots: Vec<&Expression> =
                stack.units.iter().map(|unit| &units[*unit].providers[provider]).collect();
            if let Some(text) = self.slot(at, provider, &slots, Hints::Argument(provider)) {
                put(
                    &mut out,
                    format_args!("\nprovider {} {{\n{text}}}\n", literal::quoted(provider)),
                );
            }
        }
        out.push_str("}\n\n");
        out
    }

    /// A root module's folder as `source` has it.
    fn shown(&self, folder: &str) -> String {
        let path = relative(self.base, folder);
        if path.starts_with("..") || path == "." { path } else { format!("./{path}") }
    }

    /// The text of a slot for all instances; `None` where it reads a unit that is no stack, which is told.
    fn slot(
        &mut self,
        at: usize,
        name: &str,
        slots: &[&Expression],
        hints: Hints<'_>,
    ) -> Option<String> {
        let mut text = String::new();
        for piece in 0..slots[0].pieces.len() {
            match &slots[0].pieces[piece] {
                Piece::Text(own) => text.push_str(own),
                Piece::Literal(written, _) => {
                    let of = |slot: &&Expression| match &slot.pieces[piece] {
                        Piece::Literal(_, value) => Value::string(value.clone()),
                        _ => panic!("BUG: instances of a stack have slots of one form"),
                    };
                    let values: Vec<Value> = slots.iter().map(of).collect();
                    if values.iter().all(|value| value.same(&values[0])) {
                        text.push_str(written);
                    } else {
                        let hole = self.hole(at, &hints.of(&text), &values);
                        text.push_str(&format!("${{{hole}}}"));
                    }
                }
                Piece::Value(_) => {
                    let of = |slot: &&Expression| match &slot.pieces[piece] {
                        Piece::Value(value) => value.clone(),
                        _ => panic!("BUG: instances of a stack have slots of one form"),
                    };
                    let values: Vec<Value> = slots.iter().map(of).collect();
                    text.push_str(&self.hole(at, &hints.of(&text), &values));
                }
                Piece::Output(..) => {
                    let of = |slot: &&Expression| match &slot.pieces[piece] {
                        Piece::Output(folder, output) => (folder.clone(), output.clone()),
                        _ => panic!("BUG: instances of a stack have slots of one form"),
                    };
                    let read: Vec<_> = slots.iter().map(of).collect();
                    let output = &*read[0].1;
                    let below: Option<Vec<UnitIdx>> =
                        read.iter().map(|(folder, _)| self.arranged.unit(folder)).collect();
                    let Some(below) = below else {
                        self.lost(at, name, &read[0].0);
                        return None;
                    };
                    text.push_str(&self.wire(at, &below, output));
                }
                Piece::Outputs(_) => {
                    let of = |slot: &&Expression| match &slot.pieces[piece] {
                        Piece::Outputs(folder) => self.arranged.unit(folder),
                        _ => panic!("BUG: instances of a stack have slots of one form"),
                    };
                    let below: Option<Vec<UnitIdx>> = slots.iter().map(of).collect();
                    let Some(below) = below else {
                        self.lost(at, name, "a folder");
                        return None;
                    };
                    let outputs = self.arranged.faces[below[0]].outputs.keys();
                    let entries: Vec<String> = outputs
                        .map(|it| {
                            format!("{} = {}", literal::key_text(it), self.wire(at, &below, it))
                        })
                        .collect();
                    text.push_str(&format!("{{ {} }}", entries.join(", ")));
                }
            }
        }
        Some(text)
    }

    /// `stack.NAME.OUTPUT`, with a key where there is one.
    fn wire(&mut self, at: usize, below: &[UnitIdx], output: &str) -> String {
        let arranged = self.arranged;
        let stack = &arranged.stacks[arranged.stack_of[below[0]]];
        let output = if syntax::is_identifier(output) {
            format!(".{output}")
        } else {
            format!("[{}]", literal::quoted(output))
        };
        if !stack.keyed {
            return format!("stack.{}{output}", stack.name);
        }
        let own = &arranged.stacks[at];
        let keys: Vec<&String> = below.iter().map(|one| &arranged.places[*one].key).collect();
        let same = own.units.iter().zip(&keys).all(|(own, key)| arranged.places[*own].key == **key);
        let key = if own.keyed && same {
            "each.key".to_owned()
        } else {
            let keys: Vec<Value> =
                keys.into_iter().map(|key| Value::string(key.as_str())).collect();
            self.hole(at, &format!("{}_key", stack.name), &keys)
        };
        format!("stack.{}[{key}]{output}", stack.name)
    }

    /// One value for each instance: the value itself where they are equal, else a name for it.
    fn hole(&mut self, at: usize, hint: &str, values: &[Value]) -> String {
        let stack = &self.arranged.stacks[at];
        if values.iter().all(|value| value.same(&values[0])) {
            return literal::text(&values[0]);
        }
        let is_named = |of: &dyn Fn(UnitIdx) -> String| {
            let mut all = stack.units.iter().zip(values);
            all.all(|(unit, value)| value.as_str() == Some(&*of(*unit)))
        };
        if is_named(&|unit| self.arranged.places[unit].environment.clone()) {
            return "env.name".to_owned();
        }
        if stack.keyed && is_named(&|unit| self.arranged.places[unit].key.clone()) {
            return "each.key".to_owned();
        }
        let first = stack.units[0];
        let known = self.differing.get(&(at, first));
        let mut names = (1..).map(|number| match number {
            1 => hint.to_owned(),
            number => format!("{hint}_{number}"),
        });
        let is_free = |name: &String| known.is_none_or(|known| !known.contains_key(name));
        let name = names.find(is_free).expect("BUG: numbers do not end");
        for (unit, value) in stack.units.iter().zip(values) {
            self.differing.entry((at, *unit)).or_default().insert(name.clone(), value.clone());
        }
        if stack.keyed {
            format!("each.value.{name}")
        } else {
            format!("env.{}.{name}", value_name(&stack.name))
        }
    }

    fn lost(&mut self, at: usize, name: &str, folder: &str) {
        let stack = &self.arranged.stacks[at];
        self.findings.push(
            Diagnostic::warning(
                "adopt-unread",
                format!("`{name}` of the stack `{}` is not wired", stack.name),
            )
            .detail(format!(
                "It reads {}, which is no stack of the estate.",
                relative(self.base, folder)
            ))
            .remedy("Mend that unit first, or give the input a value.")
            .at(self.arranged.units[stack.units[0]].place),
        );
    }

    /// Where states are.
    fn adopted(&self, out: &mut String) {
        let states: BTreeMap<String, String> = (0..self.arranged.units.len())
            .filter_map(|unit| {
                let place = self.arranged.units[unit].state.as_ref()?;
                Some((address(self.arranged, unit), place.to_string()))
            })
            .collect();
        if states.is_empty() {
            return;
        }
        out.push_str("# Where the states are until `strata store adopt` takes them; after that this block may go.\nadopted {\nstates = {\n");
        for (address, place) in states {
            put(out, format_args!("{} = {}\n", literal::quoted(&address), literal::quoted(&place)));
        }
        out.push_str("}\n}\n");
    }
}

/// The address of a unit's stack instance.
pub(crate) fn address(arranged: &Arranged, unit: UnitIdx) -> String {
    let (stack, place) = (&arranged.stacks[arranged.stack_of[unit]], &arranged.places[unit]);
    let key = if stack.keyed { format!(":{}", place.key) } else { String::new() };
    format!("{}/{}{key}", place.environment, stack.name)
}

/// What the values of a stack are called in an environment, where `name` is taken.
fn value_name(stack: &str) -> String {
    if stack == "name" { "name_".to_owned() } else { stack.to_owned() }
}

/// What a value that differs is called.
#[derive(Clone, Copy)]
enum Hints<'h> {
    /// As the input that it is part of.
    Name(&'h str),
    /// As the provider and the argument that it is given to.
    Argument(&'h str),
}

impl Hints<'_> {
    fn of(self, written: &str) -> String {
        match self {
            Hints::Name(name) => name.to_owned(),
            Hints::Argument(provider) => {
                let argument = written.trim_end().trim_end_matches('=').trim_end();
                let argument = argument.rsplit(|it: char| it.is_whitespace()).next().unwrap_or("");
                format!("{provider}_{argument}")
            }
        }
    }
}
