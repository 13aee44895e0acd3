//! References: to a module's objects, to their instances, to a scope's own names.
//!
//! Only what is needed is asked for: the keys of a resource before an instance of it, and no other instance
//! (ENGINE §2).

use std::sync::Arc;

use addr::InstanceKey;
use diag::{Diagnostic, Span};
use value::{Marks, Type, Value, convert};

use super::access::{listed, out_of_range};
use super::answer::Eval;
use super::machine::{Machine, Outcome, Worst, nothing_known};
use super::scope::{Expansion, FreeStep};
use crate::expr::{ExprId, List, Node, Target};
use crate::suggest;

/// A key that leads to an instance, or why none is looked up.
enum Found {
    /// This instance; the marks of the key stay on the result.
    Instance(InstanceKey, Marks),
    /// There is one instance without key, and the key looks into its value.
    Inside(Value),
    /// It is not known which.
    Unknown,
}

impl Machine<'_> {
    pub(super) fn eval_ref(&mut self, at: u32, id: ExprId) -> Outcome {
        let exprs = self.exprs;
        let target = &exprs.reference(at).target;
        let answer = match target {
            Target::Variable(variable) => self.scope.variable(*variable),
            Target::Local(local) => self.scope.local(*local),
            Target::CountIndex => self.scope.count_index(),
            Target::EachKey => self.scope.each_key(),
            Target::EachValue => self.scope.each_value(),
            Target::SelfObject => self.scope.self_value(),
            Target::Path(path) => Eval::Value(self.scope.path(*path)),
            Target::Terraform(attr) => self.scope.terraform(attr),
            Target::Resource(_) | Target::Module(_) => return self.eval_whole(target),
            Target::Output(..) | Target::Function(_) | Target::Free(_) => {
                panic!("BUG: {target:?} is no reference of its own at {:?}", self.exprs.span(id))
            }
        };
        self.ask(answer)
    }

    fn eval_whole(&mut self, target: &Target) -> Outcome {
        if self.keys(target)? == Expansion::Unknown {
            return Ok(nothing_known());
        }
        let answer = match target {
            Target::Resource(resource) => self.scope.resource(*resource),
            Target::Module(call) => self.scope.module(*call),
            _ => panic!("BUG: {target:?} has no instances"),
        };
        self.ask(answer)
    }

    /// The keys of a resource's or module call's instances.
    pub(super) fn keys(&mut self, target: &Target) -> Outcome<Expansion> {
        let answer = match target {
            Target::Resource(resource) => self.scope.resource_keys(*resource),
            Target::Module(call) | Target::Output(call, _) => self.scope.module_keys(*call),
            _ => panic!("BUG: {target:?} has no instances"),
        };
        self.ask(answer)
    }

    fn instance(&mut self, target: &Target, key: &InstanceKey) -> Outcome {
        let answer = match target {
            Target::Resource(resource) => self.scope.resource_instance(*resource, key),
            Target::Module(call) => self.scope.module_instance(*call, key),
            _ => panic!("BUG: {target:?} has no instances"),
        };
        self.ask(answer)
    }

    /// The one instance of a resource whose attribute is wanted without a key.
    pub(super) fn single_instance(
        &mut self,
        target: &Target,
        source: ExprId,
        id: ExprId,
    ) -> Outcome {
        match self.keys(target)? {
            Expansion::Single => self.instance(target, &InstanceKey::None),
            Expansion::Unknown => Ok(nothing_known()),
            many => self.fail_without_key(&many, source, id),
        }
    }

    fn fail_without_key<T>(&mut self, keys: &Expansion, source: ExprId, id: ExprId) -> Outcome<T> {
        let text = self.text_of(source).unwrap_or_else(|| "it".to_owned());
        let (argument, key) = match keys {
            Expansion::Count(_) => ("count", "[count.index]"),
            _ => ("for_each", "[each.key]"),
        };
        self.fail(
            Diagnostic::error("instance-key-missing", "An instance key is missing")
                .detail(format!("`{text}` has `{argument}`, so it has any number of instances, each with its key."))
                .remedy(format!("Take one instance with `{text}{key}`, or all of them with `[*]` or `for`."))
                .at(self.exprs.span(source))
                .within(self.exprs.span(id)),
        )
    }

    pub(super) fn eval_instance(&mut self, at: u32, key: ExprId, id: ExprId) -> Outcome {
        let exprs = self.exprs;
        let target = &exprs.reference(at).target;
        let mut worst = Worst::default();
        let keys = worst.see(self.keys(target));
        let wanted = worst.see(self.eval(key));
        worst.end()?;
        let (Some(keys), Some(wanted)) = (keys, wanted) else {
            panic!("BUG: an operand without outcome")
        };
        match self.find(&keys, &wanted, key, at, id)? {
            Found::Unknown => Ok(nothing_known()),
            Found::Instance(found, marks) => Ok(self.instance(target, &found)?.with_marks(marks)),
            Found::Inside(inner) => {
                let value = self.instance(target, &InstanceKey::None)?;
                self.index(&value, &inner, exprs.span(key), id)
            }
        }
    }

    /// Which instance a key leads to.
    fn find(
        &mut self,
        keys: &Expansion,
        key: &Value,
        key_id: ExprId,
        at: u32,
        id: ExprId,
    ) -> Outcome<Found> {
        if key.is_null() {
            let diagnostic = Diagnostic::error("index-invalid", "Invalid index")
                .detail("Null is no key of an instance.")
                .at(self.exprs.span(key_id));
            return self.fail_at(diagnostic, key_id);
        }
        let (bare, marks) = key.clone().unmark();
        match keys {
            Expansion::Unknown => Ok(Found::Unknown),
            Expansion::Single if matches!(self.exprs.node(key_id), Node::Literal(_)) => {
                let text = self.exprs.reference(at).text.clone();
                self.fail(
                    Diagnostic::error("instance-key-unexpected", "There is no instance key")
                        .detail(format!(
                            "`{text}` has neither `count` nor `for_each`, so it has one instance without key."
                        ))
                        .remedy("Take off the index.")
                        .at(self.exprs.span(key_id))
                        .within(self.exprs.span(id)),
                )
            }
            Expansion::Single => Ok(Found::Inside(key.clone())),
            Expansion::Count(count) => self.find_number(*count, &bare, marks, key_id),
            Expansion::Each(names) => self.find_name(names, &bare, marks, key_id),
        }
    }

    fn find_number(&mut self, count: u64, key: &Value, marks: Marks, at: ExprId) -> Outcome<Found> {
        let Ok(number) = convert::convert(key, Type::NUMBER) else {
            let diagnostic = Diagnostic::error("index-invalid", "Invalid index")
                .detail("Instances made by `count` are numbered: the key has to be a number.")
                .at(self.exprs.span(at));
            return self.fail_at(diagnostic, at);
        };
        let Some(number) = number.as_number() else { return Ok(Found::Unknown) };
        match number.to_i64() {
            Some(index) if index >= 0 && index.unsigned_abs() < count => {
                Ok(Found::Instance(InstanceKey::Int(index), marks))
            }
            _ => {
                let length = usize::try_from(count).unwrap_or(usize::MAX);
                let diagnostic =
                    out_of_range(number, length, marks.is_empty()).at(self.exprs.span(at));
                self.fail_at(diagnostic, at)
            }
        }
    }

    fn find_name(
        &mut self,
        names: &Arc<[Arc<str>]>,
        key: &Value,
        marks: Marks,
        at: ExprId,
    ) -> Outcome<Found> {
        let Ok(text) = convert::convert(key, Type::STRING) else {
            let diagnostic = Diagnostic::error("index-invalid", "Invalid index")
                .detail("Instances made by `for_each` are named: the key has to be a string.")
                .at(self.exprs.span(at));
            return self.fail_at(diagnostic, at);
        };
        let Some(text) = text.as_arc_str() else { return Ok(Found::Unknown) };
        match names.binary_search(text) {
            Ok(place) => Ok(Found::Instance(InstanceKey::Str(names[place].clone()), Marks::NONE)),
            Err(_) => {
                let known: Vec<&str> = names.iter().map(|name| &**name).collect();
                let given = if marks.is_empty() {
                    format!("\"{text}\"")
                } else {
                    "The given key".to_owned()
                };
                let diagnostic = Diagnostic::error("index-invalid", "Invalid index")
                    .detail(format!("{given} is the key of no instance{}.", listed(&known)))
                    .remedy(suggest::sentence(text, known.iter().copied()))
                    .at(self.exprs.span(at));
                self.fail_at(diagnostic, at)
            }
        }
    }

    pub(super) fn eval_output(&mut self, at: u32, id: ExprId) -> Outcome {
        let exprs = self.exprs;
        let node = exprs.output(at);
        let target = Target::Module(node.call);
        let mut worst = Worst::default();
        let keys = worst.see(self.keys(&target));
        let wanted = node.key.map(|key| (key, worst.see(self.eval(key))));
        worst.end()?;
        let Some(keys) = keys else { panic!("BUG: an operand without outcome") };
        let (key, marks) = match wanted {
            Some((key, Some(wanted))) => {
                match self.find(&keys, &wanted, key, node.reference, id)? {
                    Found::Instance(found, marks) => (found, marks),
                    Found::Unknown => return Ok(nothing_known()),
                    Found::Inside(_) => return self.output_without_keys(node.reference, key, id),
                }
            }
            _ => match keys {
                Expansion::Single => (InstanceKey::None, Marks::NONE),
                Expansion::Unknown => return Ok(nothing_known()),
                many => return self.fail_without_key(&many, id, id),
            },
        };
        match self.scope.module_output(node.call, &key, &node.name) {
            Some(answer) => Ok(self.ask(answer)?.with_marks(marks)),
            None => {
                let names = self.scope.module_output_names(node.call);
                self.fail(
                    Diagnostic::error("output-undeclared", "Undeclared output")
                        .detail(format!("The called module declares no output `{}`.", node.name))
                        .remedy(suggest::sentence(&node.name, names.iter().map(|name| &**name)))
                        .at(node.name_span)
                        .within(exprs.span(id)),
                )
            }
        }
    }

    fn output_without_keys(&mut self, reference: u32, key: ExprId, id: ExprId) -> Outcome {
        let text = self.exprs.reference(reference).text.clone();
        self.fail(
            Diagnostic::error("instance-key-unexpected", "There is no instance key")
                .detail(format!("The module of `{text}` has neither `count` nor `for_each`."))
                .remedy("Take off the index.")
                .at(self.exprs.span(key))
                .within(self.exprs.span(id)),
        )
    }

    pub(super) fn eval_free(&mut self, at: u32, steps: List, id: ExprId) -> Outcome {
        let exprs = self.exprs;
        let Target::Free(root) = &exprs.reference(at).target else {
            panic!("BUG: a free reference to an object")
        };
        let ids = exprs.list(steps);
        let mut worst = Worst::default();
        let mut given = Vec::with_capacity(ids.len());
        for step in ids {
            let span = exprs.span(*step);
            given.extend(match exprs.node(*step) {
                Node::Name(name) => Some(FreeStep::Attr(exprs.name(*name).0.clone(), span)),
                _ => worst.see(self.eval(*step)).map(|key| FreeStep::Index(key, span)),
            });
        }
        worst.end()?;
        let span = exprs.span(id);
        let (mut value, used) =
            self.ask_telling(|scope, diags| scope.free(root, &given, span, diags))?;
        for step in &given[used..] {
            value = match step {
                FreeStep::Attr(name, span) => self.attr(&value, name, *span, id)?,
                FreeStep::Index(key, span) => self.index(&value, key, *span, id)?,
            };
        }
        Ok(value)
    }

    /// Where an expression stands.
    pub(super) fn span(&self, id: ExprId) -> Span {
        self.exprs.span(id)
    }
}
