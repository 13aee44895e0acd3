//! Calls.
//!
//! Invariant: what `funcs` refuses becomes a diagnostic at the argument that is at fault, or at the whole call.

use addr::InstanceKey;
use diag::{Diagnostic, Span};
use funcs::{Cause, FuncError, Function, Purity, Step};
use value::{Marks, Value};

use super::machine::{Machine, Outcome, Stop, Worst, nothing_known};
use super::scope::{Asked, Expansion};
use crate::expr::{CallNode, Callee, ExprId, Node, Target};

/// The arguments of a call: values, and where each stands.
pub(super) struct Args {
    pub(super) values: Vec<Value>,
    pub(super) ids: Vec<ExprId>,
}

impl Machine<'_> {
    pub(super) fn eval_call(&mut self, at: u32, id: ExprId) -> Outcome {
        let exprs = self.exprs;
        let call = exprs.call(at);
        match &call.callee {
            Callee::Try => self.eval_try(call, id),
            Callee::Can => self.eval_can(call, id),
            Callee::Coalesce(function) => self.eval_coalesce(function, call, id),
            Callee::Length(function) => self.eval_keys(function, call, id),
            Callee::Keys(function) => self.eval_keys(function, call, id),
            Callee::Function(function) => match self.args(call, id)? {
                Some(args) => self.apply(function, &args, call, id),
                None => Ok(nothing_known()),
            },
            Callee::TemplateString | Callee::TemplateFile => match self.args(call, id)? {
                Some(args) => self.eval_rendered(call, &args, id),
                None => Ok(nothing_known()),
            },
            Callee::Provider(reference) => self.eval_provider_function(*reference, call, id),
        }
    }

    /// All arguments, the last one given out where it is expanded; none where that is unknown.
    fn args(&mut self, call: &CallNode, id: ExprId) -> Outcome<Option<Args>> {
        let exprs = self.exprs;
        let ids = exprs.list(call.args);
        let mut values = self.eval_all(call.args)?;
        if !call.expand {
            return Ok(Some(Args { values, ids: ids.to_vec() }));
        }
        let (Some(last), Some(last_id)) = (values.pop(), ids.last()) else {
            panic!("BUG: an expanded call without arguments");
        };
        let Some(expanded) = self.expanded(&last, *last_id, id)? else { return Ok(None) };
        let mut all = ids[..values.len()].to_vec();
        all.resize(values.len() + expanded.len(), *last_id);
        values.extend(expanded);
        Ok(Some(Args { values, ids: all }))
    }

    /// The elements of an argument before `...`; none where they are unknown.
    fn expanded(
        &mut self,
        last: &Value,
        last_id: ExprId,
        id: ExprId,
    ) -> Outcome<Option<Vec<Value>>> {
        let ty = last.ty();
        if last.is_null() || !(ty.is_dynamic() || ty.is_tuple() || ty.is_list() || ty.is_set()) {
            let what = if last.is_null() { "null".to_owned() } else { super::type_name(ty) };
            let diagnostic =
                Diagnostic::error("call-expansion", "Unsuitable argument before `...`")
                    .detail(format!(
                        "Only a list, set or tuple can be given out as arguments; this is {what}."
                    ))
                    .at(self.span(last_id))
                    .within(self.span(id));
            return self.fail_at(diagnostic, last_id);
        }
        let marks = last.marks();
        Ok(last
            .as_slice()
            .map(|elements| elements.iter().map(|it| it.clone().with_marks(marks)).collect()))
    }

    pub(super) fn apply(
        &mut self,
        function: &'static Function,
        args: &Args,
        call: &CallNode,
        id: ExprId,
    ) -> Outcome {
        let result = match function.purity() {
            Purity::Pure => funcs::call(function, &args.values),
            Purity::Impure => return self.apply_impure(function, args, call, id),
            Purity::Evaluates => panic!("BUG: `{}` is carried out by its own rules", function.name),
        };
        result.or_else(|error| self.refuse_call(function, &error, args, call, id))
    }

    fn apply_impure(
        &mut self,
        function: &'static Function,
        args: &Args,
        call: &CallNode,
        id: ExprId,
    ) -> Outcome {
        let result = match funcs::request(function, &args.values) {
            Ok(Step::Value(value)) => Ok(value),
            Ok(Step::Ask(request)) => match self.ask_world(function, &request, id)? {
                Some(answer) => funcs::finish(function, &args.values, answer),
                None => funcs::postponed(function, &args.values),
            },
            Err(error) => Err(error),
        };
        result.or_else(|error| self.refuse_call(function, &error, args, call, id))
    }

    fn ask_world(
        &mut self,
        function: &'static Function,
        request: &funcs::Request,
        id: ExprId,
    ) -> Outcome<Option<funcs::Answer>> {
        let when = funcs::when(function).expect("BUG: only an impure function asks");
        let span = self.span(id);
        self.ask_telling(|scope, diags| {
            scope.world(&Asked { function, request, when, span }, diags)
        })
    }

    fn refuse_call(
        &mut self,
        function: &'static Function,
        error: &FuncError,
        args: &Args,
        call: &CallNode,
        id: ExprId,
    ) -> Outcome {
        let at = error.argument.and_then(|index| args.ids.get(index)).copied();
        let param = error.argument.and_then(|index| function.param(index));
        let name = &call.name;
        let (diagnostic, span) = match (error.cause, param) {
            (Cause::Argument, Some(param)) => (
                Diagnostic::error("call-argument", format!("Unsuitable argument for `{name}`"))
                    .detail(format!("The argument `{}`: {}.", param.name, error.message)),
                at.map_or(self.span(id), |at| self.span(at)),
            ),
            (Cause::TooFew | Cause::TooMany, _) => (
                Diagnostic::error(
                    "call-arguments",
                    format!("Wrong number of arguments for `{name}`"),
                )
                .detail(format!("`{name}`: {}.", error.message)),
                call.parens,
            ),
            _ => (
                Diagnostic::error("call-failed", format!("`{name}` has no result"))
                    .detail(format!("`{name}` fails: {}.", error.message)),
                self.span(id),
            ),
        };
        self.fail_at(diagnostic.at(span).within(self.span(id)), at.unwrap_or(id))
    }

    /// The first argument that has a value without error.
    fn eval_try(&mut self, call: &CallNode, id: ExprId) -> Outcome {
        let exprs = self.exprs;
        let mut errors = Vec::new();
        let ids = exprs.list(call.args);
        for (at, arg) in ids.iter().enumerate() {
            let is_expanded = call.expand && at + 1 == ids.len();
            match self.attempt(*arg)? {
                Ok(value) if is_expanded => match self.expanded(&value, *arg, id)? {
                    Some(values) => match values.into_iter().next() {
                        Some(first) => return Ok(settled(first)),
                        None => break,
                    },
                    None => return Ok(nothing_known()),
                },
                Ok(value) => return Ok(settled(value)),
                Err(own) => errors.extend(own),
            }
        }
        let causes: Vec<String> =
            errors.iter().map(|error| format!("- {}: {}", error.summary, error.detail)).collect();
        let mut diagnostic = Diagnostic::error("try-failed", "No argument of `try` has a value")
            .detail(format!("Each of them fails:\n{}", causes.join("\n")))
            .remedy("End the arguments with one that cannot fail, such as null or a literal.")
            .at(self.span(id));
        for error in errors {
            if let Some(span) = error.span {
                diagnostic = diagnostic.label(span, error.summary);
            }
        }
        self.fail(diagnostic)
    }

    fn eval_can(&mut self, call: &CallNode, id: ExprId) -> Outcome {
        let [arg] = self.exprs.list(call.args) else {
            return self.fail(
                Diagnostic::error("call-arguments", "Wrong number of arguments for `can`")
                    .detail("`can` takes one expression.")
                    .at(self.span(id)),
            );
        };
        Ok(match self.attempt(*arg)? {
            Ok(value) if value.is_wholly_known() => Value::TRUE,
            Ok(_) => Value::unknown(value::Type::BOOL),
            Err(_) => Value::FALSE,
        })
    }

    /// Stops at the first argument that is waited for: what stands before it did not decide.
    fn eval_coalesce(
        &mut self,
        function: &'static Function,
        call: &CallNode,
        id: ExprId,
    ) -> Outcome {
        if call.expand {
            let Some(args) = self.args(call, id)? else { return Ok(nothing_known()) };
            return self.apply(function, &args, call, id);
        }
        let ids = self.exprs.list(call.args);
        let mut worst = Worst::default();
        let mut values = Vec::with_capacity(ids.len());
        for arg in ids {
            let outcome = self.eval(*arg);
            if matches!(outcome, Err(Stop::Blocked)) {
                return outcome;
            }
            values.extend(worst.see(outcome));
        }
        worst.end()?;
        let args = Args { values, ids: ids.to_vec() };
        self.apply(function, &args, call, id)
    }

    /// `length` and `keys` of a resource or module: its keys are enough.
    fn eval_keys(&mut self, function: &'static Function, call: &CallNode, id: ExprId) -> Outcome {
        let exprs = self.exprs;
        let [arg] = exprs.list(call.args) else {
            panic!("BUG: `{}` of other than one argument", call.name)
        };
        let Node::Ref(at) = exprs.node(*arg) else {
            panic!("BUG: `{}` of no reference", call.name)
        };
        let target = &exprs.reference(*at).target;
        let is_length = matches!(call.callee, Callee::Length(_));
        let value = match self.keys(target)? {
            Expansion::Count(count) if is_length => {
                return Ok(Value::int(i64::try_from(count).unwrap_or(i64::MAX)));
            }
            Expansion::Each(names) if is_length => {
                return Ok(Value::int(i64::try_from(names.len()).unwrap_or(i64::MAX)));
            }
            Expansion::Each(names) => {
                return Ok(Value::tuple(
                    names.iter().map(|name| Value::string(name.clone())).collect(),
                ));
            }
            Expansion::Unknown => nothing_known(),
            Expansion::Single | Expansion::Count(_) => self.whole_for_keys(target)?,
        };
        let args = Args { values: vec![value], ids: vec![*arg] };
        self.apply(function, &args, call, id)
    }

    fn whole_for_keys(&mut self, target: &Target) -> Outcome {
        let answer = match target {
            Target::Resource(resource) => self.scope.resource(*resource),
            Target::Module(call) => self.scope.module_instance(*call, &InstanceKey::None),
            _ => panic!("BUG: {target:?} has no instances"),
        };
        self.ask(answer)
    }

    fn eval_provider_function(&mut self, reference: u32, call: &CallNode, id: ExprId) -> Outcome {
        let exprs = self.exprs;
        let Target::Function(function) = &exprs.reference(reference).target else {
            panic!("BUG: a provider's function that is none");
        };
        let Some(args) = self.args(call, id)? else { return Ok(nothing_known()) };
        let spans: Vec<Span> = args.ids.iter().map(|arg| self.span(*arg)).collect();
        let span = self.span(id);
        self.ask_telling(|scope, diags| {
            scope.provider_function(function, &args.values, (span, &spans), diags)
        })
    }

    /// The text of a file, as the function `file` reads it.
    pub(super) fn read_file(
        &mut self,
        path: &Value,
        id: ExprId,
    ) -> Outcome<Result<Value, FuncError>> {
        let function = funcs::lookup("file").expect("BUG: there is no function `file`");
        let args = [path.clone()];
        Ok(match funcs::request(function, &args) {
            Ok(Step::Value(value)) => Ok(value),
            Ok(Step::Ask(request)) => match self.ask_world(function, &request, id)? {
                Some(answer) => funcs::finish(function, &args, answer),
                None => Ok(Value::unknown(value::Type::STRING)),
            },
            Err(error) => Err(error),
        })
    }
}

/// A value that may still turn out to be an error says nothing yet, not even its type.
fn settled(value: Value) -> Value {
    if value.is_wholly_known() { value } else { nothing_known() }
}

/// The marks of all arguments at all depths.
pub(super) fn all_marks(values: &[Value]) -> Marks {
    values.iter().fold(Marks::NONE, |all, value| all.union(value.deep_marks()))
}
