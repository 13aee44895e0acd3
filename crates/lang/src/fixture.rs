//! A module's world for tests of evaluation: values by name, and a note of everything that was asked for.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use addr::InstanceKey;
use diag::{Diags, FileId, Span};
use value::{Marks, Refinement, Type, Value};

use crate::config::{BodySrc, CallIdx, LocalIdx, Names, ResIdx, VarIdx};
use crate::eval::{Asked, Cell, Eval, Expansion, FreeStep, Scope, eval};
use crate::expr::{Allowed, ExprId, Exprs, HoistIdx, Lowerer, PathAttr};
use crate::print;

/// The world. What is not given by a test is what [`World::new`] gives.
pub(crate) struct World {
    pub(crate) names: Names,
    variables: Vec<Eval>,
    locals: Vec<Eval>,
    resources: Vec<(Eval<Expansion>, BTreeMap<InstanceKey, Eval>)>,
    modules: Vec<(Eval<Expansion>, BTreeMap<InstanceKey, Value>)>,
    allowed: Allowed,
    pub(crate) asked: RefCell<Vec<String>>,
    hoisted: RefCell<HashMap<HoistIdx, Value>>,
}

fn instance(id: &str) -> Value {
    Value::object([("id".into(), Value::string(id)), ("size".into(), Value::int(3))])
}

impl World {
    /// Variables `list` (strings a, b, c), `map`, `object`, `set`, `one` (1), `no` (null), `unknown` (a string),
    /// `something` (of no known type), `many` (an unknown list of 1 to 3 strings), `secret`, `secrets`, `blocked` and
    /// `blocked2` (cells 1 and 2), `failed`; resources `t.single`, `t.count` (3), `t.each` (a, b), `t.later` (unknown
    /// keys), `t.half` (1 of 2 instances blocked on cell 7), data `data.t.d`; module calls `m` and `ms` (a, b).
    pub(crate) fn new() -> World {
        let mut world = World {
            names: Names::new(),
            variables: Vec::new(),
            locals: Vec::new(),
            resources: Vec::new(),
            modules: Vec::new(),
            allowed: Allowed::NOTHING,
            asked: RefCell::default(),
            hoisted: RefCell::default(),
        };
        world.add_variables();
        world.add_resources();
        world.add_modules();
        world
    }

    fn add_variables(&mut self) {
        let texts =
            |texts: &[&str]| texts.iter().map(|text| Value::string(*text)).collect::<Vec<_>>();
        let pair = |key: &str, value: Value| -> (Arc<str>, Value) { (key.into(), value) };
        let many = Refinement::NOT_NULL.longer_than_or(1).shorter_than_or(3);
        let secret = Value::string("hush").with_marks(Marks::SENSITIVE);
        for (name, value) in [
            ("list", Value::list(Type::STRING, texts(&["a", "b", "c"]))),
            ("set", Value::set(Type::STRING, texts(&["b", "a"]))),
            ("map", Value::map(Type::NUMBER, [pair("x", Value::int(1)), pair("y", Value::int(2))])),
            (
                "object",
                Value::object([
                    pair("name", Value::string("n")),
                    pair("no", Value::null(Type::STRING)),
                ]),
            ),
            ("one", Value::int(1)),
            ("no", Value::null(Type::STRING)),
            ("no_list", Value::null(Type::list(Type::STRING))),
            ("unknown", Value::unknown(Type::STRING)),
            ("maybe", Value::unknown(Type::BOOL)),
            ("something", Value::DYNAMIC),
            ("many", Value::unknown_with(Type::list(Type::STRING), many)),
            ("secret", secret.clone()),
            ("secrets", Value::list(Type::STRING, vec![secret])),
        ] {
            self.add_variable(name, Eval::Value(value));
        }
        self.add_variable("blocked", Eval::blocked(Cell(1)));
        self.add_variable("blocked2", Eval::blocked(Cell(2)));
        self.add_variable("failed", Eval::Failed);
        self.names.add_local("l".into(), LocalIdx(0));
        self.locals.push(Eval::Value(Value::string("local")));
    }

    pub(crate) fn add_variable(&mut self, name: &str, value: Eval) {
        self.names.add_variable(name.into(), VarIdx::new(self.variables.len()));
        self.variables.push(value);
    }

    fn add_resources(&mut self) {
        let all = |keys: Vec<InstanceKey>| {
            keys.into_iter()
                .map(|key| (key.clone(), Eval::Value(instance(&format!("i{key}")))))
                .collect()
        };
        let each: Arc<[Arc<str>]> = Arc::from(vec!["a".into(), "b".into()]);
        let numbers = |count: i64| (0..count).map(InstanceKey::Int).collect::<Vec<_>>();
        let mut half: BTreeMap<InstanceKey, Eval> = all(numbers(2));
        half.insert(InstanceKey::Int(1), Eval::blocked(Cell(7)));
        for (name, keys, instances) in [
            ("single", Expansion::Single, all(vec![InstanceKey::None])),
            ("count", Expansion::Count(3), all(numbers(3))),
            ("each", Expansion::Each(each), all(vec!["a".into(), "b".into()])),
            ("later", Expansion::Unknown, BTreeMap::new()),
            ("half", Expansion::Count(2), half),
        ] {
            let at = ResIdx::new(self.resources.len());
            self.names.add_managed("t".into(), name.into(), at);
            self.resources.push((Eval::Value(keys), instances));
        }
        let at = ResIdx::new(self.resources.len());
        self.names.add_data("t".into(), "d".into(), at);
        self.resources.push((Eval::Value(Expansion::Single), all(vec![InstanceKey::None])));
    }

    fn add_modules(&mut self) {
        let outputs = |name: &str| Value::object([("out".into(), Value::string(name))]);
        self.names.add_call("m".into(), CallIdx(0));
        self.modules.push((
            Eval::Value(Expansion::Single),
            BTreeMap::from([(InstanceKey::None, outputs("m"))]),
        ));
        let each: Arc<[Arc<str>]> = Arc::from(vec!["a".into(), "b".into()]);
        self.names.add_call("ms".into(), CallIdx(1));
        let instances = BTreeMap::from([("a".into(), outputs("ma")), ("b".into(), outputs("mb"))]);
        self.modules.push((Eval::Value(Expansion::Each(each)), instances));
    }

    /// Lets `count.index` be 1, `each` be `k` and `v`, and `self` an instance.
    pub(crate) fn per_instance(mut self) -> World {
        self.allowed = Allowed::COUNT | Allowed::EACH | Allowed::SELF;
        self
    }

    fn note(&self, what: impl Into<String>) {
        self.asked.borrow_mut().push(what.into());
    }

    /// Lowers an expression.
    pub(crate) fn lower(&self, text: &str, exprs: &mut Exprs, diags: &mut Diags) -> Option<ExprId> {
        let expr = syntax::parse_expression(FileId::new(0), text, diags)?;
        Some(Lowerer::module(&self.names, exprs).allow(self.allowed).expr(&expr, diags))
    }

    /// The outcome of an expression as text: the value as the console prints it, `blocked: 1 2`, `failed`, or
    /// `error: code` and the text at the place, for each error.
    pub(crate) fn outcome(&self, text: &str) -> String {
        let (mut exprs, mut diags) = (Exprs::new(), Diags::new());
        let root = self.lower(text, &mut exprs, &mut diags);
        let Some(root) = root.filter(|_| !diags.has_errors()) else { return told(&diags, text) };
        outcome(eval(&exprs, root, self, &mut diags), &diags, text)
    }

    /// Lowers a native body.
    pub(crate) fn body<'s>(
        &self,
        body: &BodySrc<'s>,
        exprs: &mut Exprs,
        diags: &mut Diags,
    ) -> crate::body::LoweredBody {
        Lowerer::module(&self.names, exprs).allow(self.allowed).body(body, diags)
    }
}

/// An outcome as text.
pub(crate) fn outcome(eval: Eval, diags: &Diags, text: &str) -> String {
    match eval {
        Eval::Value(value) => {
            assert!(!diags.has_errors(), "BUG: a value in spite of {diags:?}");
            shown(&value)
        }
        Eval::Blocked(on) => {
            assert!(diags.is_empty(), "BUG: a diagnostic while blocked: {diags:?}");
            let cells: Vec<String> = on.cells().iter().map(|cell| cell.0.to_string()).collect();
            format!("blocked: {}", cells.join(" "))
        }
        Eval::Failed if diags.is_empty() => "failed".to_owned(),
        Eval::Failed => told(diags, text),
    }
}

/// A value on one line; of an unknown, its type and what is known of it.
pub(crate) fn shown(value: &Value) -> String {
    if !value.is_known() {
        let range = value.range();
        let mut text = format!("unknown {}", value.ty().friendly_name());
        if range.not_null {
            text.push_str(", not null");
        }
        if let Some(prefix) = range.string_prefix {
            text.push_str(&format!(", prefix {prefix}"));
        }
        if range.length_min.is_some() || range.length_max.is_some() {
            text.push_str(&format!(", length {:?} to {:?}", range.length_min, range.length_max));
        }
        if value.marks().is_sensitive() {
            text.push_str(", sensitive");
        }
        return text;
    }
    let (bare, marks) = value.clone().unmark();
    let text = print::value(&bare).split('\n').map(str::trim).collect::<Vec<_>>().join("");
    if marks.is_sensitive() { format!("sensitive {text}") } else { text }
}

fn told(diags: &Diags, text: &str) -> String {
    let list: Vec<String> = diags
        .iter()
        .map(|it| {
            let span = it.span.unwrap_or_else(|| panic!("BUG: a diagnostic without place: {it:?}"));
            format!("error: {} at `{}`", it.code.0, &text[span.start as usize..span.end as usize])
        })
        .collect();
    list.join("; ")
}

fn whole(keys: &Eval<Expansion>, instances: &BTreeMap<InstanceKey, Eval>) -> Eval {
    let mut cells = Vec::new();
    let mut values = Vec::new();
    for (key, value) in instances {
        match value {
            Eval::Value(value) => values.push((key.clone(), value.clone())),
            Eval::Blocked(on) => cells.extend_from_slice(on.cells()),
            Eval::Failed => return Eval::Failed,
        }
    }
    if !cells.is_empty() {
        return Eval::Blocked(crate::eval::Blocked::on(cells));
    }
    Eval::Value(match keys {
        Eval::Value(Expansion::Single) => values.remove(0).1,
        Eval::Value(Expansion::Count(_)) => {
            Value::tuple(values.into_iter().map(|it| it.1).collect())
        }
        _ => Value::object(values.into_iter().map(|(key, value)| match key {
            InstanceKey::Str(key) => (key, value),
            key => panic!("BUG: key {key:?} of for_each"),
        })),
    })
}

impl Scope for World {
    fn variable(&self, variable: VarIdx) -> Eval {
        self.variables[variable.index()].clone()
    }

    fn local(&self, local: LocalIdx) -> Eval {
        self.note("local");
        self.locals[local.index()].clone()
    }

    fn resource_keys(&self, resource: ResIdx) -> Eval<Expansion> {
        self.note(format!("keys {}", resource.0));
        self.resources[resource.index()].0.clone()
    }

    fn resource(&self, resource: ResIdx) -> Eval {
        self.note(format!("all {}", resource.0));
        let (keys, instances) = &self.resources[resource.index()];
        whole(keys, instances)
    }

    fn resource_instance(&self, resource: ResIdx, key: &InstanceKey) -> Eval {
        self.note(format!("one {}{key}", resource.0));
        self.resources[resource.index()].1[key].clone()
    }

    fn module_keys(&self, call: CallIdx) -> Eval<Expansion> {
        self.note(format!("module keys {}", call.0));
        self.modules[call.index()].0.clone()
    }

    fn module(&self, call: CallIdx) -> Eval {
        self.note(format!("module {}", call.0));
        let (keys, instances) = &self.modules[call.index()];
        whole(
            keys,
            &instances
                .iter()
                .map(|(key, value)| (key.clone(), Eval::Value(value.clone())))
                .collect(),
        )
    }

    fn module_instance(&self, call: CallIdx, key: &InstanceKey) -> Eval {
        Eval::Value(self.modules[call.index()].1[key].clone())
    }

    fn module_output(&self, call: CallIdx, key: &InstanceKey, output: &str) -> Option<Eval> {
        self.note(format!("output {}{key}.{output}", call.0));
        Some(Eval::Value(self.modules[call.index()].1[key].attr(output)?.clone()))
    }

    fn module_output_names(&self, _: CallIdx) -> Vec<Arc<str>> {
        vec!["out".into()]
    }

    fn count_index(&self) -> Eval {
        Eval::Value(Value::int(1))
    }

    fn each_key(&self) -> Eval {
        Eval::Value(Value::string("k"))
    }

    fn each_value(&self) -> Eval {
        Eval::Value(Value::string("v"))
    }

    fn self_value(&self) -> Eval {
        Eval::Value(instance("self"))
    }

    fn path(&self, _: PathAttr) -> Value {
        Value::string(".")
    }

    fn terraform(&self, attr: &str) -> Eval {
        Eval::Value(Value::string(attr))
    }

    fn world(&self, asked: &Asked<'_>, _: &mut Diags) -> Eval<Option<funcs::Answer>> {
        self.note(format!("world {:?}", asked.request));
        match asked.request {
            funcs::Request::ReadFile { path } => {
                let text = match &**path {
                    "greet.tmpl" => "Hello, ${name}!%{ for x in list } ${x}%{ endfor }",
                    "loop.tmpl" => "${templatefile(\"loop.tmpl\", {})}",
                    path => panic!("BUG: no file {path}"),
                };
                Eval::Value(Some(funcs::Answer::Bytes(Arc::from(text.as_bytes()))))
            }
            _ => Eval::Value(None),
        }
    }

    fn free(&self, root: &str, _: &[FreeStep], _: Span, _: &mut Diags) -> Eval<(Value, usize)> {
        panic!("BUG: {root} in a module")
    }

    fn hoisted(&self, hoist: HoistIdx) -> Option<Value> {
        self.hoisted.borrow().get(&hoist).cloned()
    }

    fn keep_hoisted(&self, hoist: HoistIdx, value: &Value) {
        self.note("keep");
        self.hoisted.borrow_mut().insert(hoist, value.clone());
    }
}
