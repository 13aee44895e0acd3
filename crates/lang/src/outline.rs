//! What an expression says of itself without a scope: its value, where it needs none, and what it refers to.
//!
//! For documents that describe a configuration (`configuration` of the plan document), which name a reference with every
//! step that follows it: `aws_vpc.main[0].id`, `aws_vpc.main[0]`, `aws_vpc.main`. Not for the static graph ([`crate::refs`]).
//!
//! Invariant: references come in the order in which HCL tells an expression's variables: an operand before the next, of a
//! `for` the collection, the key, the value, the condition.

use diag::Diags;
use value::{Value, View};

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

/// Outlines an expression.
pub fn outline(exprs: &Exprs, expr: ExprId) -> Outline {
    let mut walk = Walk { exprs, found: Vec::new(), functions: Vec::new(), calls: false };
    walk.expr(expr);
    let is_constant = walk.found.is_empty() && !walk.calls;
    walk.found.append(&mut walk.functions);
    let constant = is_constant.then(|| constant(exprs, expr)).flatten();
    Outline { constant, references: walk.found }
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
    found: Vec<String>,
    /// Functions of providers come after all variables.
    functions: Vec<String>,
    calls: bool,
}

/// What a chain of steps stands on.
struct Subject {
    /// With its key.
    text: String,
    /// What else is named after it: the same without its key, or what it is an output of.
    whole: Option<String>,
    /// Keys that are expressions, which cut a chain off.
    key: Option<ExprId>,
}

impl Walk<'_> {
    fn expr(&mut self, id: ExprId) {
        let mut steps = Vec::new();
        let mut at = id;
        loop {
            match self.exprs.node(at) {
                Node::Hoist(_, inner) => at = *inner,
                Node::Attr(source, name) => {
                    steps.push(format!(".{}", self.exprs.name(*name).0));
                    at = *source;
                }
                Node::Index(source, key) => match self.literal_step(*key) {
                    Some(step) => {
                        steps.push(step);
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
            Some(subject) => self.reference(subject, &steps),
            None => self.operands(at),
        }
    }

    /// A key as a step, where it is written as a text or a number.
    fn literal_step(&self, key: ExprId) -> Option<String> {
        match self.exprs.node(key) {
            Node::Literal(value) => match value.view() {
                View::String(text) => Some(format!("[{}]", addr::quote(text))),
                View::Number(number) => Some(format!("[{number}]")),
                _ => None,
            },
            _ => None,
        }
    }

    /// What an address names, if the node does.
    fn subject(&self, id: ExprId) -> Option<Subject> {
        let text = |reference: u32| self.exprs.reference(reference).text.to_string();
        let keyed = |whole: String, key: ExprId| match self.literal_step(key) {
            Some(step) => {
                Subject { text: format!("{whole}{step}"), whole: Some(whole), key: None }
            }
            None => Subject { text: whole, whole: None, key: Some(key) },
        };
        match self.exprs.node(id) {
            Node::Ref(at) | Node::Free(at, _) => {
                Some(Subject { text: text(*at), whole: None, key: None })
            }
            Node::Instance(at, key) => Some(keyed(text(*at), *key)),
            Node::Output(at) => {
                let output = self.exprs.output(*at);
                let reference = self.exprs.reference(output.reference);
                let module = module_of(&reference.text, &output.name);
                let Some(key) = output.key else {
                    let text = format!("{module}.{}", output.name);
                    return Some(Subject { text, whole: Some(module), key: None });
                };
                Some(match keyed(module, key) {
                    // An output of an instance that is not known by its text: only the module is named.
                    unknown @ Subject { key: Some(_), .. } => unknown,
                    instance => Subject {
                        text: format!("{}.{}", instance.text, output.name),
                        whole: Some(instance.text),
                        key: None,
                    },
                })
            }
            _ => None,
        }
    }

    fn reference(&mut self, subject: Subject, steps: &[String]) {
        if let Some(key) = subject.key {
            self.found.push(subject.text);
            return self.expr(key);
        }
        for kept in (0..=steps.len()).rev() {
            self.found.push(format!("{}{}", subject.text, steps[..kept].concat()));
        }
        self.found.extend(subject.whole);
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
