//! `templatefile` and `templatestring`: a text is parsed as a template and evaluated with the given variables only.
//!
//! Places in the text are no places of the configuration: what is wrong inside is told at the call, with line and
//! column in words. Invariant: templates that read themselves end at [`DEPTH_MAX`].

use std::sync::Arc;

use diag::{Diagnostic, Diags};
use value::{Marks, Value, View};

use super::call::{Args, all_marks};
use super::machine::{Machine, Outcome, Stop, nothing_known};
use crate::expr::{CallNode, Callee, ExprId, Exprs, Lowerer};

/// Most templates that may be rendered within one another.
const DEPTH_MAX: usize = 64;

impl Machine<'_> {
    pub(super) fn eval_rendered(&mut self, call: &CallNode, args: &Args, id: ExprId) -> Outcome {
        let ([source, vars], [source_id, vars_id]) = (&args.values[..], &args.ids[..]) else {
            return self.fail(
                Diagnostic::error(
                    "call-arguments",
                    format!("Wrong number of arguments for `{}`", call.name),
                )
                .detail(format!("`{}` takes two arguments.", call.name))
                .at(call.parens),
            );
        };
        let from_file = matches!(call.callee, Callee::TemplateFile);
        let source_marks = source.deep_marks();
        let Some(text) = self.template_source(source, *source_id, from_file, id)? else {
            return Ok(nothing_known().with_marks(all_marks(&args.values)));
        };
        // Variables of a file's template are read without marks, and the result carries them all.
        let (vars, marks) =
            if from_file { vars.clone().unmark_deep() } else { (vars.clone(), Marks::NONE) };
        if !vars.is_known() {
            return Ok(nothing_known().with_marks(marks.union(vars.marks())));
        }
        let vars = self.template_vars(&vars, *vars_id, id)?;
        let value = self.render(&text, &vars, &call.name, *source_id, id)?;
        Ok(value.with_marks(source_marks.union(marks)))
    }

    /// The template's text; none where it is unknown.
    fn template_source(
        &mut self,
        source: &Value,
        at: ExprId,
        from_file: bool,
        id: ExprId,
    ) -> Outcome<Option<Arc<str>>> {
        let (bare, marks) = source.clone().unmark();
        let refused = match value::convert::convert(&bare, value::Type::STRING) {
            Err(error) => error.to_string(),
            Ok(text) if text.is_null() => "it must not be null".to_owned(),
            Ok(text) if !text.is_known() => return Ok(None),
            Ok(text) if !from_file => return Ok(text.as_arc_str().cloned()),
            Ok(path) => match self.read_file(&path.with_marks(marks), id)? {
                Ok(text) => return Ok(text.as_arc_str().cloned()),
                Err(error) => error.message,
            },
        };
        let diagnostic = Diagnostic::error("call-argument", "Unsuitable source of a template")
            .detail(format!("{refused}."))
            .at(self.span(at))
            .within(self.span(id));
        self.fail_at(diagnostic, at)
    }

    /// The variables by name; they come from a map or an object.
    fn template_vars(
        &mut self,
        vars: &Value,
        at: ExprId,
        id: ExprId,
    ) -> Outcome<Vec<(Arc<str>, Value)>> {
        let refused = match vars.view() {
            View::Map(_) | View::Object(..) => {
                let named: Vec<(Arc<str>, Value)> = vars
                    .elements()
                    .filter_map(|(key, value)| {
                        Some((key.as_arc_str()?.clone(), value.with_marks(vars.marks())))
                    })
                    .collect();
                match named.iter().find(|(name, _)| !is_identifier(name)) {
                    None => return Ok(named),
                    Some((name, _)) => format!(
                        "\"{name}\" is no name: a name begins with a letter and goes on with letters, digits, _ and -"
                    ),
                }
            }
            _ => "the variables have to be a map or an object".to_owned(),
        };
        let diagnostic = Diagnostic::error("call-argument", "Unsuitable variables of a template")
            .detail(format!("{refused}."))
            .at(self.span(at))
            .within(self.span(id));
        self.fail_at(diagnostic, at)
    }

    fn render(
        &mut self,
        text: &str,
        vars: &[(Arc<str>, Value)],
        name: &str,
        at: ExprId,
        id: ExprId,
    ) -> Outcome {
        if self.renders >= DEPTH_MAX {
            return self.fail(
                Diagnostic::error("template-depth", "Templates render one another without end")
                    .detail(format!("More than {DEPTH_MAX} templates render one another."))
                    .at(self.span(at)),
            );
        }
        let mut diags = Diags::new();
        let mut exprs = Exprs::new();
        let names: Vec<Arc<str>> = vars.iter().map(|(name, _)| name.clone()).collect();
        let file = self.span(id).file;
        let root = syntax::parse_template(file, text, &mut diags)
            .map(|expr| Lowerer::template(&names, &mut exprs).expr(&expr, &mut diags));
        let Some(root) = root.filter(|_| !diags.has_errors()) else {
            return self.refuse_template(text, diags.into_vec(), name, at, id);
        };
        let mut inner = Machine::new(&exprs, self.scope);
        inner.renders = self.renders + 1;
        for (slot, (_, value)) in vars.iter().enumerate() {
            inner.bind(u16::try_from(slot).expect("BUG: more variables than slots"), value.clone());
        }
        let outcome = inner.eval(root);
        let (blocked, errors) = inner.into_parts();
        self.wait_for(&blocked);
        match outcome {
            Err(Stop::Error) => self.refuse_template(text, errors, name, at, id),
            outcome => outcome,
        }
    }

    fn refuse_template(
        &mut self,
        text: &str,
        errors: Vec<Diagnostic>,
        name: &str,
        at: ExprId,
        id: ExprId,
    ) -> Outcome {
        let causes: Vec<String> = errors
            .iter()
            .filter(|error| error.is_error())
            .map(|error| {
                let place = error.span.map(|span| line_and_column(text, span.start as usize));
                let place = place.map_or(String::new(), |(line, column)| {
                    format!("line {line}, column {column}: ")
                });
                format!("- {place}{}. {} {}", error.summary, error.detail, error.remedy)
                    .trim_end()
                    .to_owned()
            })
            .collect();
        self.fail(
            Diagnostic::error(
                "template-failed",
                format!("The template given to `{name}` has errors"),
            )
            .detail(causes.join("\n"))
            .at(self.span(at))
            .within(self.span(id)),
        )
    }
}

fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte.min(text.len())).unwrap_or(text);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (line, before[start..].chars().count() + 1)
}

/// Whether a text can be referred to as a name.
fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && chars.all(|next| next.is_alphanumeric() || next == '_' || next == '-')
}
