//! `condition ? yes : no`.
//!
//! The condition decides what is asked for: while it is blocked nothing else is. Once it is there both branches are
//! evaluated, since the type and the marks of the result come from both; an error in the branch not taken is dropped.

use std::cmp::Ordering;

use diag::Diagnostic;
use value::{Bound, Kind, Marks, Refinement, Type, Value, convert};

use super::machine::{Machine, Outcome, Stop, Worst, nothing_known};
use crate::expr::{ExprId, List};

/// A branch that was looked at: its value, or its errors.
type Branch = Result<Value, Vec<Diagnostic>>;

impl Machine<'_> {
    pub(super) fn eval_conditional(&mut self, parts: List, id: ExprId) -> Outcome {
        let [condition, yes, no] = self.exprs.list(parts) else {
            panic!("BUG: a conditional of other than three parts");
        };
        let decided = self.eval(*condition);
        if matches!(decided, Err(Stop::Blocked)) {
            return decided;
        }
        let mut worst = Worst::default();
        let yes_branch = worst.see(self.attempt(*yes));
        let no_branch = worst.see(self.attempt(*no));
        worst.end()?;
        let (Some(yes_branch), Some(no_branch)) = (yes_branch, no_branch) else {
            panic!("BUG: a branch without outcome");
        };
        self.choose(decided?, *condition, [(*yes, yes_branch), (*no, no_branch)], id)
    }

    fn choose(
        &mut self,
        decided: Value,
        condition: ExprId,
        branches: [(ExprId, Branch); 2],
        id: ExprId,
    ) -> Outcome {
        let dynamic = nothing_known();
        let values =
            [&branches[0].1, &branches[1].1].map(|it| it.as_ref().unwrap_or(&dynamic).clone());
        let Some(ty) = result_type(&values) else {
            let mismatch = mismatch(values[0].ty(), values[1].ty());
            let diagnostic = Diagnostic::error(
                "condition-types",
                "The branches of the condition differ in type",
            )
            .detail(format!("Both results of a condition need one type. {mismatch}."))
            .at(self.exprs.span(branches[0].0).to(self.exprs.span(branches[1].0)))
            .within(self.exprs.span(id));
            return self.fail_at(diagnostic, id);
        };
        let (decided, mut marks) = decided.unmark();
        let [yes, no] = values.map(|value| {
            let (value, own) = value.unmark();
            marks = marks.union(own);
            value
        });
        if decided.is_null() {
            let diagnostic = Diagnostic::error("condition-null", "The condition is null")
                .detail("A condition has to be true or false.")
                .at(self.exprs.span(condition))
                .within(self.exprs.span(id));
            return self.fail_at(diagnostic, condition);
        }
        if !decided.is_known() {
            return Ok(either(&yes, &no, ty).with_marks(marks));
        }
        let Some(decided) = convert::convert(&decided, Type::BOOL).ok().and_then(|it| it.as_bool())
        else {
            let diagnostic =
                Diagnostic::error("condition-type", "The condition is not a truth value")
                    .detail(format!(
                        "A condition has to be true or false; this is {}.",
                        with_article(decided.ty())
                    ))
                    .at(self.exprs.span(condition))
                    .within(self.exprs.span(id));
            return self.fail_at(diagnostic, condition);
        };
        let [yes_branch, no_branch] = branches;
        let (taken, branch) = if decided { (yes, yes_branch) } else { (no, no_branch) };
        self.take_branch(taken, branch, ty, marks, id)
    }

    fn take_branch(
        &mut self,
        taken: Value,
        branch: (ExprId, Branch),
        ty: Type,
        marks: Marks,
        id: ExprId,
    ) -> Outcome {
        if let (_, Err(errors)) = branch {
            self.diags.extend(errors);
            return Err(Stop::Error);
        }
        if ty.is_dynamic() || taken.ty() == ty {
            return Ok(taken.with_marks(marks));
        }
        match convert::convert(&taken, ty) {
            Ok(value) => Ok(value.with_marks(marks)),
            Err(error) => {
                let diagnostic = Diagnostic::error(
                    "condition-types",
                    "The branches of the condition differ in type",
                )
                .detail(format!("This result does not fit the type of both: {error}."))
                .at(self.exprs.span(branch.0))
                .within(self.exprs.span(id));
                self.fail_at(diagnostic, branch.0)
            }
        }
    }
}

/// The type of the result; dynamic where nothing has to be converted.
fn result_type(values: &[Value; 2]) -> Option<Type> {
    let is_bare_null =
        |value: &Value| value.is_null() && value.ty().is_dynamic() && value.marks().is_empty();
    let types = [values[0].ty(), values[1].ty()];
    if is_bare_null(&values[0]) {
        return Some(types[1]);
    }
    if is_bare_null(&values[1]) {
        return Some(types[0]);
    }
    if types[0].is_dynamic() || types[1].is_dynamic() {
        return Some(Type::DYNAMIC);
    }
    if types[0] == types[1] { Some(types[0]) } else { convert::unify(&types) }
}

/// What is known of the result while the condition is unknown.
fn either(yes: &Value, no: &Value, ty: Type) -> Value {
    if yes.is_null() && no.is_null() {
        return Value::null(ty);
    }
    let ranges = (yes.range(), no.range());
    let not_null = yes.is_certainly_not_null() && no.is_certainly_not_null();
    let mut refinement = Refinement { not_null, ..Refinement::NONE };
    if yes.ty() == Type::NUMBER && no.ty() == Type::NUMBER {
        refinement.number_min = outer(ranges.0.number_min, ranges.1.number_min, Ordering::Less);
        refinement.number_max = outer(ranges.0.number_max, ranges.1.number_max, Ordering::Greater);
        return Value::unknown_with(Type::NUMBER, refinement);
    }
    if yes.ty() == no.ty() && yes.ty().is_collection() {
        let least = |range: &Refinement| range.length_min.unwrap_or(0);
        refinement = refinement.longer_than_or(least(&ranges.0).min(least(&ranges.1)));
        if let (Some(a), Some(b)) = (ranges.0.length_max, ranges.1.length_max) {
            refinement = refinement.shorter_than_or(a.max(b));
        }
    }
    Value::unknown_with(ty, refinement)
}

/// The bound that lies further out, where both have one.
fn outer(a: Option<Bound>, b: Option<Bound>, out: Ordering) -> Option<Bound> {
    let (a, b) = (a?, b?);
    Some(match a.value.compare(&b.value) {
        Ordering::Equal => Bound { value: a.value, inclusive: a.inclusive || b.inclusive },
        order if order == out => a,
        _ => b,
    })
}

/// The type's name with its article.
pub(super) fn with_article(ty: Type) -> String {
    let name = ty.friendly_name();
    let article = if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {name}")
}

/// In what two types that do not unify differ.
fn mismatch(yes: Type, no: Type) -> String {
    match (yes.kind(), no.kind()) {
        (Kind::Object(a), Kind::Object(b)) => {
            for (name, ty) in a.iter() {
                match no.attr(name) {
                    None => return format!("Only the first has the attribute `{name}`"),
                    Some((_, other)) if other != ty => {
                        return format!("In the attribute `{name}`: {}", mismatch(ty, other));
                    }
                    Some(_) => {}
                }
            }
            for (name, _) in b.iter() {
                if yes.attr(name).is_none() {
                    return format!("Only the second has the attribute `{name}`");
                }
            }
        }
        (Kind::Tuple(a), Kind::Tuple(b)) if a.len() != b.len() => {
            return format!(
                "The first is a tuple of length {}, the second of length {}",
                a.len(),
                b.len()
            );
        }
        (Kind::Tuple(a), Kind::Tuple(b)) => {
            if let Some(at) = (0..a.len()).find(|at| a[*at] != b[*at]) {
                return format!("In element {at}: {}", mismatch(a[at], b[at]));
            }
        }
        (Kind::List(a), Kind::List(b))
        | (Kind::Set(a), Kind::Set(b))
        | (Kind::Map(a), Kind::Map(b))
            if (a.is_object() && b.is_object()) || (a.is_tuple() && b.is_tuple()) =>
        {
            return format!("In the elements: {}", mismatch(a, b));
        }
        _ => {}
    }
    let (first, second) = (with_article(yes), with_article(no));
    if first == second {
        return "Something deep inside the two differs".to_owned();
    }
    format!("The first is {first}, the second {second}")
}
