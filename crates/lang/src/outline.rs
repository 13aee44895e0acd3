//! What an expression says of itself without a scope: its value, where it needs none, and what it refers to.
//!
//! For documents that describe a configuration (`configuration` of the plan document), which name a reference with every
//! step that follows it: `aws_vpc.main[0].id`, `aws_vpc.main[0]`, `aws_vpc.main`. Not for the static graph ([`crate::refs`]).
//!
//! Invariant: references come in the order in which HCL tells an expression's variables: an operand before the next, of a
//! `for` the collection, the key, the value, the condition.

use diag::Diags;
use value::{Step, Value, View};

use crate::eval::{Eval, Scope, eval};
use crate::expr::{Callee, ExprId, Exprs, Node, Target};

/// An expression, outlined.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// Its value, where it refers to nothing and calls no function.
    pub constant: Option<Value>,
    /// What it refers to: each reference with all of its steps, then with one less, down to what an address names.
    pub references: Vec<String>,
}

/// A reference with the steps that follow it, as far as they are written as names, texts and numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Traversal {
    /// What it leads to. Of an output of a module instance whose key is an expression: the module.
    pub target: Target,
    /// Which instance of it, where that is written as a text or a number.
    pub key: Option<Value>,
    /// The steps into the value.
    pub steps: Vec<Step>,
    /// The target with its key, as an address.
    text: String,
    /// What else is named with it: the same without its key, or what it is an output of.
    whole: Option<String>,
}

impl Traversal {
    /// As outlines have it: with all of its steps, then with one less, down to what an address names.
    fn told(self, found: &mut Vec<String>) {
        let steps: Vec<String> = self.steps.iter().map(step_text).collect();
        for kept in (0..=steps.len()).rev() {
            found.push(format!("{}{}", self.text, steps[..kept].concat()));
        }
        found.extend(self.whole);
    }
}

fn step_text(step: &Step) -> String {
    match step {
        Step::Attr(name) => format!(".{name}"),
        Step::Index(key) => match key.view() {
            View::String(text) => format!("[{}]", addr::quote(text)),
            View::Number(number) => format!("[{number}]"),
            _ => String::new(),
        },
    }
}

/// Outlines an expression.
pub fn outline(exprs: &Exprs, expr: ExprId) -> Outline {
    let walk = Walk::through(exprs, expr);
    let is_constant = walk.found.is_empty() && !walk.calls;
    let constant = is_constant.then(|| constant(exprs, expr)).flatten();
    let mut references = Vec::new();
    walk.found.into_iter().for_each(|one| one.told(&mut references));
    references.extend(walk.functions);
    Outline { constant, references }
}

/// The references of an expression with their steps; functions of providers are none of them.
pub fn traversals(exprs: &Exprs, expr: ExprId) -> Vec<Traversal> {
    Walk::through(exprs, expr).found
}

/// A scope without anything in it.
struct Nothing;

impl Scope for Nothing {}

fn constant(exprs: &Exprs, expr: ExprId) -> Option<Value> {
    match eval(exprs, expr, &Nothing, &mut Diags::new()) {
        Eval::Value(value) => Some(value),
        Eval::Blocked(_) | Eval::Failed => None,
    }
}

struct Walk<'e> {
    exprs: &'e Exprs,
    found: Vec<Traversal>,
    /// Functions of providers come after all variables.
    functions: Vec<String>,
    calls: bool,
}

/// What a chain of steps stands on, and a key that is an expression, which cuts the chain off.
struct Subject {
    traversal: Traversal,
    open_key: Option<ExprId>,
}

impl<'e> Walk<'e> {
    fn through(exprs: &'e Exprs, expr: ExprId) -> Walk<'e> {
        let mut walk = Walk { exprs, found: Vec::new(), functions: Vec::new(), calls: false };
        walk.expr(expr);
        walk
    }

    fn expr(&mut self, id: ExprId) {
        let mut steps = Vec::new();
        let mut at = id;
        loop {
            match self.exprs.node(at) {
                Node::Hoist(_, inner) => at = *inner,
                Node::Attr(source, name) => {
                    steps.push(Step::Attr(self.exprs.name(*name).0.clone()));
                    at = *source;
                }
                Node::Index(source, key) => match self.literal(*key) {
                    Some(key) => {
                        steps.push(Step::Index(key));
                        at = *source;
                    }
                    None => {
                        let (source, key) = (*source, *key);
                        self.expr(source);
                        return self.expr(key);
                    }
                },
                _ => break,
            }
        }
        steps.reverse();
        match self.subject(at) {
            Some(Subject { traversal, open_key: Some(key) }) => {
                self.found.push(traversal);
                self.expr(key);
            }
            Some(Subject { traversal, open_key: None }) => {
                self.found.push(Traversal { steps, ..traversal });
            }
            None => self.operands(at),
        }
    }

    /// A key that is written as a text or a number.
    fn literal(&self, key: ExprId) -> Option<Value> {
        match self.exprs.node(key) {
            Node::Literal(value) => {
                let is_key = matches!(value.view(), View::String(_) | View::Number(_));
                is_key.then(|| value.clone())
            }
            _ => None,
        }
    }

    /// What an address names, if the node does.
    fn subject(&self, id: ExprId) -> Option<Subject> {
        match self.exprs.node(id) {
            Node::Ref(at) | Node::Free(at, _) => {
                let reference = self.exprs.reference(*at);
                Some(whole(reference.target.clone(), reference.text.to_string()))
            }
            Node::Instance(at, key) => {
                let reference = self.exprs.reference(*at);
                let subject = whole(reference.target.clone(), reference.text.to_string());
                Some(self.keyed(subject, *key))
            }
            Node::Output(at) => {
                let output = self.exprs.output(*at);
                let text = &self.exprs.reference(output.reference).text;
                let module = whole(Target::Module(output.call), module_of(text, &output.name));
                let module = match output.key {
                    Some(key) => self.keyed(module, key),
                    None => module,
                };
                // An output of an instance that is not known by its text: only the module is named.
                if module.open_key.is_some() {
                    return Some(module);
                }
                let traversal = module.traversal;
                let text = format!("{}.{}", traversal.text, output.name);
                let target = Target::Output(output.call, output.name.clone());
                let whole = Some(traversal.text);
                let traversal = Traversal { target, text, whole, ..traversal };
                Some(Subject { traversal, open_key: None })
            }
            _ => None,
        }
    }

    /// An instance of what was named.
    fn keyed(&self, subject: Subject, key: ExprId) -> Subject {
        let Some(literal) = self.literal(key) else {
            return Subject { open_key: Some(key), ..subject };
        };
        let whole = subject.traversal.text;
        let text = format!("{whole}{}", step_text(&Step::Index(literal.clone())));
        let (key, whole) = (Some(literal), Some(whole));
        let traversal = Traversal { key, text, whole, ..subject.traversal };
        Subject { traversal, open_key: None }
    }

    fn operands(&mut self, id: ExprId) {
        let mut below = Vec::new();
        match self.exprs.node(id) {
            Node::For(at) => {
                let node = self.exprs.for_(*at);
                below.push(node.collection);
                below.extend(node.key);
                below.push(node.value);
                below.extend(node.condition);
            }
            Node::Call(at) => {
                self.calls = true;
                if let Callee::Provider(at) = self.exprs.call(*at).callee
                    && let Target::Function(_) = self.exprs.reference(at).target
                {
                    self.functions.push(self.exprs.reference(at).text.to_string());
                }
                self.exprs.operands(id, &mut |operand| below.push(operand));
            }
            _ => self.exprs.operands(id, &mut |operand| below.push(operand)),
        }
        below.into_iter().for_each(|operand| self.expr(operand));
    }
}

/// A subject without a key.
fn whole(target: Target, text: String) -> Subject {
    let traversal = Traversal { target, key: None, steps: Vec::new(), text, whole: None };
    Subject { traversal, open_key: None }
}

/// `module.NAME` of a reference to one of its outputs.
fn module_of(text: &str, output: &str) -> String {
    let module = text.strip_suffix(output).and_then(|rest| rest.strip_suffix('.')).unwrap_or(text);
    module.split('[').next().unwrap_or(module).to_owned()
}

#[cfg(test)]
mod tests {
    use diag::{Diags, SourceMap};

    use super::*;
    use crate::config::{BackendRule, LoadOptions, Loader, RootVariables};

    /// Outlines `output "it"` of a module with a bit of everything.
    fn outlined(expr: &str) -> Outline {
        let text = format!(
            "variable \"v\" {{}}\nlocals {{ l = {{}} }}\n\
             resource \"terraform_data\" \"one\" {{}}\n\
             resource \"terraform_data\" \"many\" {{ count = 2 }}\n\
             module \"m\" {{ source = \"./m\" }}\n\
             module \"ms\" {{\n  source = \"./m\"\n  count  = 2\n}}\n\
             output \"it\" {{ value = {expr} }}\n"
        );
        let child = "output \"o\" { value = { a = 1 } }\n";
        let mut sources = SourceMap::new();
        let version = schema::version::Version::parse(crate::TOFU_VERSION).expect("a version");
        let variables = RootVariables::default();
        let options = LoadOptions { version, variables, backend: BackendRule::Honoured };
        let mut loader = Loader::new(".", options);
        let mut wanted = Vec::new();
        loop {
            loader.advance(&mut wanted);
            if wanted.is_empty() {
                break;
            }
            for folder in wanted.drain(..) {
                let body: &str = if folder == "." { &text } else { child };
                let files = vec![("main.tf".to_owned(), body.into())];
                loader.answer(&folder, Ok(files), &mut sources);
            }
        }
        let mut diags = Diags::new();
        let config = loader.finish(&mut diags).expect("a configuration");
        assert!(!diags.has_errors(), "{diags:?}");
        let def = &config.root().def;
        outline(&def.exprs, def.outputs[0].expr)
    }

    fn check(expr: &str, expect: &[&str]) {
        let outline = outlined(expr);
        assert_eq!(outline.references, expect, "{expr}");
        assert_eq!(outline.constant, None, "{expr}");
    }

    #[test]
    fn a_reference_is_told_step_by_step() {
        check("var.v.a[0][\"k\"]", &["var.v.a[0][\"k\"]", "var.v.a[0]", "var.v.a", "var.v"]);
        check("terraform_data.one.id", &["terraform_data.one.id", "terraform_data.one"]);
        check(
            "terraform_data.many[0].id",
            &["terraform_data.many[0].id", "terraform_data.many[0]", "terraform_data.many"],
        );
        check("terraform_data.many[var.v].id", &["terraform_data.many", "var.v"]);
        check("module.m.o.a", &["module.m.o.a", "module.m.o", "module.m"]);
        check("module.ms[0].o", &["module.ms[0].o", "module.ms[0]"]);
        check("terraform_data.many[*].id", &["terraform_data.many"]);
    }

    #[test]
    fn references_come_in_the_order_of_the_operands() {
        check("[for k, x in local.l : upper(x) if var.v]", &["local.l", "var.v"]);
        check("var.v ? local.l : path.module", &["var.v", "local.l", "path.module"]);
        check("\"${var.v}-${local.l}\"", &["var.v", "local.l"]);
        check("upper(\"a\")", &[]);
    }

    #[test]
    fn what_needs_nothing_has_a_value() {
        let constant = |expr: &str| outlined(expr).constant;
        assert_eq!(constant("1 + 2"), Some(Value::int(3)));
        assert_eq!(constant("[for x in [1] : x * 2]"), Some(Value::tuple(vec![Value::int(2)])));
        assert!(constant("null").is_some_and(|value| value.is_null()));
    }
}
