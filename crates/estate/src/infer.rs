//! What a root module declares towards the estate, as far as it can be told without any provider.
//!
//! Every object of the module tree is evaluated once, in the order of the static graph, with its inputs unknown but of
//! their declared types, and what providers say unknown of any type. Only the shape of outputs comes of it.
//!
//! Invariant: a type that is told is right whatever the providers say; where it cannot be told it is dynamic. Errors
//! met on the way are dropped here: planning reports them with better values.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use addr::InstanceKey;
use diag::{Diags, Span};
use lang::config::{CallIdx, Config, LocalIdx, ModuleId, OutputIdx, Repeat, ResIdx, VarIdx};
use lang::eval::{Asked, Eval, Expansion, Scope};
use lang::expr::{ExprId, PathAttr, ProviderFunction};
use lang::graph::{Object, StaticGraph};
use value::{Marks, Type, Value};

use crate::check::{Interface, InterfaceOutput, InterfaceVariable};

/// The interface of a root module.
pub fn interface(config: &Config, graph: &StaticGraph) -> Interface {
    let root = config.root();
    let variables = root.def.variables.iter().map(|variable| {
        let declared = InterfaceVariable {
            ty: variable.constraint.ty,
            required: variable.is_required(),
            sensitive: variable.sensitive,
            span: variable.name_span,
        };
        (variable.name.clone(), declared)
    });
    let values = Values::infer(config, graph);
    let outputs = root.def.outputs.iter().enumerate().map(|(at, output)| {
        let value = values.of(Object::Output(ModuleId::ROOT, OutputIdx(at as u32)));
        let declared = InterfaceOutput {
            value: unsure(value.unmark_deep().0),
            sensitive: output.sensitive,
            span: output.name_span,
        };
        (output.name.clone(), declared)
    });
    Interface {
        variables: variables.collect(),
        outputs: outputs.collect(),
        providers: providers(config),
    }
}

/// The local names that the root module has for all providers of the tree.
fn providers(config: &Config) -> BTreeSet<Arc<str>> {
    let root = &config.root().def;
    let mut names: BTreeSet<Arc<str>> =
        root.required_providers.iter().map(|required| required.name.clone()).collect();
    for module in &config.modules {
        let resources = module.def.resources.iter().map(|resource| &resource.provider);
        let required = module.def.required_providers.iter().map(|one| &one.provider);
        let blocks = module.def.providers.iter().map(|block| &block.provider);
        for provider in resources.chain(required).chain(blocks).collect::<HashSet<_>>() {
            names.insert(root.local_name_of(provider).into());
        }
    }
    names
}

/// The value with everything of it unknown but its type: what is wired is never taken from here as it is.
fn unsure(value: Value) -> Value {
    Value::unknown(value.ty())
}

/// Values of objects so far.
struct Values<'a> {
    config: &'a Config,
    values: HashMap<Object, Value>,
}

impl<'a> Values<'a> {
    fn infer(config: &'a Config, graph: &StaticGraph) -> Values<'a> {
        let mut values = Values { config, values: HashMap::new() };
        for node in graph.order() {
            let object = graph.object(*node);
            if let Some(value) = values.evaluate(object) {
                values.values.insert(object, value);
            }
        }
        values
    }

    fn of(&self, object: Object) -> Value {
        self.values.get(&object).cloned().unwrap_or_else(|| Value::unknown(Type::DYNAMIC))
    }

    fn evaluate(&self, object: Object) -> Option<Value> {
        Some(match object {
            Object::Variable(module, index) => self.variable(module, index),
            Object::Local(module, index) => {
                self.expression(module, self.config.module(module).def.locals[index.index()].expr)
            }
            Object::Output(module, index) => {
                let output = &self.config.module(module).def.outputs[index.index()];
                let value = self.expression(module, output.expr);
                if output.sensitive { value.with_marks(Marks::SENSITIVE) } else { value }
            }
            Object::Resource(..)
            | Object::Provider(_)
            | Object::Expansion(_)
            | Object::Close(_) => return None,
        })
    }

    /// What a call gives a variable, converted; of the root, unknown of the declared type.
    fn variable(&self, module: ModuleId, index: VarIdx) -> Value {
        let module = self.config.module(module);
        let variable = &module.def.variables[index.index()];
        let given = module.parent.and_then(|(parent, call)| {
            let call = &self.config.module(parent).def.calls[call.index()];
            Some(self.expression(parent, call.argument(&variable.name)?))
        });
        let value = match (given, &variable.default, module.parent) {
            (Some(given), ..) => given,
            (None, Some(default), Some(_)) => default.clone(),
            _ => Value::unknown(variable.ty.without_optional()),
        };
        let converted =
            variable.constraint.apply(&value).unwrap_or_else(|_| Value::unknown(Type::DYNAMIC));
        if variable.sensitive { converted.with_marks(Marks::SENSITIVE) } else { converted }
    }

    fn expression(&self, module: ModuleId, expr: ExprId) -> Value {
        let scope = ModuleScope { values: self, module };
        let exprs = &self.config.module(module).def.exprs;
        match lang::eval::eval(exprs, expr, &scope, &mut Diags::new()) {
            Eval::Value(value) => value,
            Eval::Blocked(_) | Eval::Failed => Value::unknown(Type::DYNAMIC),
        }
    }
}

/// One module's names, each with what is known of it.
struct ModuleScope<'a, 'b> {
    values: &'b Values<'a>,
    module: ModuleId,
}

impl ModuleScope<'_, '_> {
    fn dynamic(&self) -> Eval {
        Eval::Value(Value::unknown(Type::DYNAMIC))
    }

    fn expansion(&self, repeat: Repeat) -> Eval<Expansion> {
        Eval::Value(match repeat {
            Repeat::One => Expansion::Single,
            Repeat::Count(_) | Repeat::ForEach(_) => Expansion::Unknown,
        })
    }

    fn outputs_of(&self, call: CallIdx) -> Option<(ModuleId, &lang::config::ModuleDef)> {
        let child = self.values.config.module(self.module).child(call)?;
        Some((child, &self.values.config.module(child).def))
    }
}

impl Scope for ModuleScope<'_, '_> {
    fn variable(&self, variable: VarIdx) -> Eval {
        Eval::Value(self.values.of(Object::Variable(self.module, variable)))
    }

    fn local(&self, local: LocalIdx) -> Eval {
        Eval::Value(self.values.of(Object::Local(self.module, local)))
    }

    fn resource_keys(&self, resource: ResIdx) -> Eval<Expansion> {
        self.expansion(
            self.values.config.module(self.module).def.resources[resource.index()].repeat,
        )
    }

    fn resource(&self, _: ResIdx) -> Eval {
        self.dynamic()
    }

    fn resource_instance(&self, _: ResIdx, _: &InstanceKey) -> Eval {
        self.dynamic()
    }

    fn module_keys(&self, call: CallIdx) -> Eval<Expansion> {
        self.expansion(self.values.config.module(self.module).def.calls[call.index()].repeat)
    }

    fn module(&self, call: CallIdx) -> Eval {
        self.module_instance(call, &InstanceKey::None)
    }

    fn module_instance(&self, call: CallIdx, _: &InstanceKey) -> Eval {
        let Some((child, def)) = self.outputs_of(call) else { return self.dynamic() };
        let outputs = def.outputs.iter().enumerate().map(|(at, output)| {
            (output.name.clone(), self.values.of(Object::Output(child, OutputIdx(at as u32))))
        });
        Eval::Value(Value::object(outputs.collect::<Vec<_>>()))
    }

    fn module_output(&self, call: CallIdx, _: &InstanceKey, output: &str) -> Option<Eval> {
        let Some((child, def)) = self.outputs_of(call) else { return Some(self.dynamic()) };
        let index = def.names.output(output)?;
        Some(Eval::Value(self.values.of(Object::Output(child, index))))
    }

    fn count_index(&self) -> Eval {
        Eval::Value(Value::unknown(Type::NUMBER))
    }

    fn each_key(&self) -> Eval {
        Eval::Value(Value::unknown(Type::STRING))
    }

    fn each_value(&self) -> Eval {
        self.dynamic()
    }

    fn self_value(&self) -> Eval {
        self.dynamic()
    }

    fn path(&self, _: PathAttr) -> Value {
        Value::unknown(Type::STRING)
    }

    fn terraform(&self, _: &str) -> Eval {
        self.dynamic()
    }

    fn world(&self, _: &Asked<'_>, _: &mut Diags) -> Eval<Option<funcs::Answer>> {
        Eval::Value(None)
    }

    fn provider_function(
        &self,
        _: &ProviderFunction,
        _: &[Value],
        _: (Span, &[Span]),
        _: &mut Diags,
    ) -> Eval {
        self.dynamic()
    }
}
