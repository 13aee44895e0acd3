//! Lowering of calls: who is called is decided here, once.
//!
//! Invariant: a call of a function with a fixed list of parameters has the right number of arguments, unless its last
//! one is expanded.

use std::sync::Arc;

use diag::{Diagnostic, Diags, Span};
use funcs::Function;
use syntax::{Call, Expansion, Expr, ExprKind, Name};

use super::arena::ExprId;
use super::context::Depends;
use super::lower::Lowerer;
use super::node::{CallNode, Callee, Node, ProviderFunction, Reference, Target};
use super::undeclared;

/// A line typed into the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsoleLine {
    /// `type(x)`: the type of the value is shown.
    Type(ExprId),
    /// Anything else: the value is shown.
    Value(ExprId),
}

impl Lowerer<'_> {
    /// Lowers a line typed into the console, where `type(x)` is known.
    pub fn console(&mut self, expr: &Expr, diags: &mut Diags) -> ConsoleLine {
        if let ExprKind::Call(call) = &expr.without_parens().kind
            && &*call.name.text == "type"
            && let [arg] = &call.args[..]
        {
            return ConsoleLine::Type(self.expr(arg, diags));
        }
        ConsoleLine::Value(self.expr(expr, diags))
    }

    pub(super) fn lower_call(&mut self, call: &Call, span: Span, diags: &mut Diags) -> ExprId {
        let args: Vec<ExprId> = call.args.iter().map(|arg| self.lower(arg, diags)).collect();
        match self.callee(&call.name, &args, diags) {
            Some(callee) if self.counts_right(&callee, call, diags) => {
                self.call(callee, call, args, span)
            }
            _ => self.invalid(span),
        }
    }

    fn call(&mut self, callee: Callee, call: &Call, mut args: Vec<ExprId>, span: Span) -> ExprId {
        let mut depends = self.hoist_operands(&mut args);
        if let Callee::Function(function) = &callee
            && matches!(function.name, "uuid" | "bcrypt")
        {
            depends = depends.union(Depends::FRESH);
        }
        let args = self.exprs.push_list(&args);
        let at = self.exprs.push_call(CallNode {
            callee,
            name: call.name.text.clone(),
            args,
            expand: call.expansion == Expansion::Expanded,
            parens: call.parens,
        });
        self.exprs.push(Node::Call(at), span, depends)
    }

    fn callee(&mut self, name: &Name, args: &[ExprId], diags: &mut Diags) -> Option<Callee> {
        if let Some(rest) = name.text.strip_prefix("provider::") {
            return self.provider_callee(name, rest, diags);
        }
        let plain = name.text.strip_prefix("core::").unwrap_or(&name.text);
        let asks_keys_only = matches!(args, [arg] if self.is_expandable(*arg));
        match plain {
            "try" => return Some(Callee::Try),
            "can" => return Some(Callee::Can),
            "templatestring" => return Some(Callee::TemplateString),
            "templatefile" => return Some(Callee::TemplateFile),
            "type" => {
                diags.push(
                    Diagnostic::error("function-unknown", "`type` is for the console only")
                        .detail(
                            "It can be used only in the console, and only as the whole of a line.",
                        )
                        .at(name.span),
                );
                return None;
            }
            _ => {}
        }
        match funcs::lookup(plain) {
            Some(function) => Some(match plain {
                "coalesce" => Callee::Coalesce(function),
                "length" if asks_keys_only => Callee::Length(function),
                "keys" if asks_keys_only => Callee::Keys(function),
                _ => Callee::Function(function),
            }),
            None => {
                diags.push(undeclared::function(name, funcs::suggestion(plain)));
                None
            }
        }
    }

    /// Whether it is a whole resource or module, whose keys are known before its values.
    fn is_expandable(&self, id: ExprId) -> bool {
        let Node::Ref(at) = self.exprs.node(id) else { return false };
        matches!(self.exprs.reference(*at).target, Target::Resource(_) | Target::Module(_))
    }

    fn provider_callee(&mut self, name: &Name, rest: &str, diags: &mut Diags) -> Option<Callee> {
        let parts: Vec<Arc<str>> = rest.split("::").map(Arc::from).collect();
        let function = match &parts[..] {
            [provider, function] => ProviderFunction {
                provider: provider.clone(),
                alias: None,
                function: function.clone(),
            },
            [provider, alias, function] => ProviderFunction {
                provider: provider.clone(),
                alias: Some(alias.clone()),
                function: function.clone(),
            },
            _ => {
                diags.push(
                    Diagnostic::error("function-unknown", "Malformed name of a provider's function")
                        .detail("It is written provider::NAME::FUNCTION or provider::NAME::ALIAS::FUNCTION.")
                        .at(name.span),
                );
                return None;
            }
        };
        let reference = Reference {
            target: Target::Function(function),
            text: name.text.clone(),
            span: name.span,
        };
        Some(Callee::Provider(self.exprs.push_reference(reference)))
    }

    fn counts_right(&self, callee: &Callee, call: &Call, diags: &mut Diags) -> bool {
        if call.expansion == Expansion::Expanded {
            return true;
        }
        let plain = call.name.text.strip_prefix("core::").unwrap_or(&call.name.text);
        let (least, most, names) = match (callee, funcs::lookup(plain)) {
            (Callee::Provider(_), _) | (_, None) => return true,
            (Callee::Try, _) => (1, None, vec!["expressions"]),
            (_, Some(function)) => counts_of(function),
        };
        let given = call.args.len();
        if given < least {
            diags.push(too_few(call, least, most.is_none(), names[given]));
        } else if most.is_some_and(|most| given > most) {
            diags.push(too_many(call, least));
        } else {
            return true;
        }
        false
    }
}

/// Least and greatest number of arguments, and the names of the parameters.
fn counts_of(function: &'static Function) -> (usize, Option<usize>, Vec<&'static str>) {
    let least = function.params.len();
    let most = if function.variadic.is_some() { None } else { Some(least) };
    (least, most, function.params.iter().map(|param| param.name).collect())
}

fn too_few(call: &Call, least: usize, open: bool, missing: &str) -> Diagnostic {
    let at_least = if open { "at least " } else { "" };
    let end = Span { start: call.parens.end.saturating_sub(1), ..call.parens };
    Diagnostic::error("call-arguments", "Too few arguments")
        .detail(format!(
            "`{}` takes {at_least}{least} {}; `{missing}` is missing.",
            call.name.text,
            if least == 1 { "argument" } else { "arguments" }
        ))
        .at(end)
        .within(call.name.span.to(call.parens))
}

fn too_many(call: &Call, most: usize) -> Diagnostic {
    Diagnostic::error("call-arguments", "Too many arguments")
        .detail(format!(
            "`{}` takes {} {}.",
            call.name.text,
            if most == 0 { "no".to_owned() } else { most.to_string() },
            if most == 1 { "argument" } else { "arguments" }
        ))
        .at(call.args[most].span)
        .within(call.name.span.to(call.parens))
}
