//! An object as a block of the language: what `show` and `state show` print.
//!
//! Layout is OpenTofu's (four columns to a level, `=` in line, nulls left out), for people; nobody should parse it.
//! Invariant: a sensitive value is printed only where the user asked for it.

use std::fmt::Write as _;

use addr::{Mode, quote};
use diag::Diagnostic;
use plan::Schemas;
use render::Secrets;
use schema::{Block, NestedBlock, Nesting, ResourceSchema};
use state::{ObjectAddr, Row, State, Status};
use value::{Value, View};

/// Columns to a level.
const INDENT: usize = 4;

/// All objects of a state, one after the other.
///
/// # Errors
/// Where one does not follow the schema at hand.
pub(crate) fn objects(
    state: &State,
    schemas: &Schemas,
    secrets: Secrets,
) -> Result<String, Diagnostic> {
    let mut shown = Vec::new();
    for (at, row) in state.rows() {
        let schema = schemas.of(&row.provider.config.provider, &at.instance.resource);
        let text = schema.and_then(|schema| object(&at, &row, schema, secrets));
        shown.push(text.ok_or_else(|| not_readable(&at))?);
    }
    Ok(shown.join("\n"))
}

fn not_readable(at: &ObjectAddr) -> Diagnostic {
    Diagnostic::error("state-other-schema", format!("{at} cannot be read"))
        .detail("What is stored does not follow the schema of the provider that is installed: it was stored by another version.")
        .remedy("Install the provider's version that stored it, or apply once with the new one; `state pull` shows it as stored.")
}

/// An object of the state with its address, through its schema; `None` where it does not follow that.
fn object(at: &ObjectAddr, row: &Row, schema: &ResourceSchema, secrets: Secrets) -> Option<String> {
    let json = row.object.attributes.as_json()?;
    let value = value::json::decode(json, schema.block.ty()).ok()?;
    let sensitive = row.object.sensitive.iter().map(|path| (path, value::Marks::SENSITIVE));
    let value = schema.block.marked_sensitive(&value.mark_with_paths(sensitive));
    let resource = &at.instance.resource;
    let note = match (row.object.status, &at.deposed) {
        (_, Some(key)) => format!(" (deposed object {key})"),
        (Status::Tainted, None) => " (tainted)".to_owned(),
        (Status::Ready, None) => String::new(),
    };
    let kind = if resource.mode == Mode::Data { "data" } else { "resource" };
    let mut out = format!("# {}:{note}\n", at.instance);
    let (type_name, name) = (&resource.type_name, &resource.name);
    let _ = write!(out, "{kind} {} {} {{", quote(type_name), quote(name));
    Printer { secrets, out: &mut out }.body(&schema.block, &value, INDENT);
    out.push_str("}\n");
    Some(out)
}

/// A value alone, as after `NAME = `.
pub(crate) fn value(value: &Value, secrets: Secrets) -> String {
    let mut out = String::new();
    Printer { secrets, out: &mut out }.value(value, 0);
    out
}

struct Printer<'a> {
    secrets: Secrets,
    out: &'a mut String,
}

impl Printer<'_> {
    fn line(&mut self, indent: usize) {
        let _ = write!(self.out, "\n{:indent$}", "");
    }

    /// What stands between the braces of a block, with the line's end before the closing one.
    fn body(&mut self, block: &Block, value: &Value, indent: usize) {
        let shown = |name: &str| value.attr(name).filter(|one| !one.is_null());
        let attrs: Vec<(&str, &Value)> = block
            .attrs()
            .iter()
            .filter_map(|attr| Some((&*attr.name, shown(&attr.name)?)))
            .collect();
        let width = attrs.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        for (name, value) in &attrs {
            self.line(indent);
            let _ = write!(self.out, "{name:width$} = ");
            self.value(value, indent);
        }
        let mut first = attrs.is_empty();
        for nested in block.blocks() {
            let Some(value) = value.attr(&nested.name) else { continue };
            self.blocks(nested, value, indent, &mut first);
        }
        self.out.push('\n');
        let _ = write!(self.out, "{:1$}", "", indent - INDENT);
    }

    fn blocks(&mut self, nested: &NestedBlock, value: &Value, indent: usize, first: &mut bool) {
        if self.hides(value) {
            self.block(nested, None, None, indent, first);
            return;
        }
        match value.view() {
            View::Object(..) if matches!(nested.nesting, Nesting::Single | Nesting::Group) => {
                self.block(nested, None, Some(value), indent, first);
            }
            View::List(items) | View::Set(items) | View::Tuple(items) => {
                items.iter().for_each(|one| self.block(nested, None, Some(one), indent, first));
            }
            View::Map(entries) => entries
                .iter()
                .for_each(|(key, one)| self.block(nested, Some(key), Some(one), indent, first)),
            View::Object(shape, items) => shape
                .names()
                .iter()
                .zip(items)
                .for_each(|(key, one)| self.block(nested, Some(key), Some(one), indent, first)),
            _ => {}
        }
    }

    /// One nested block; without a value it is one whose content is not shown.
    fn block(
        &mut self,
        nested: &NestedBlock,
        label: Option<&str>,
        value: Option<&Value>,
        indent: usize,
        first: &mut bool,
    ) {
        // An empty line sets the blocks off from the attributes, and apart from one another.
        if !std::mem::take(first) {
            self.out.push('\n');
        }
        self.line(indent);
        let label = label.map_or_else(String::new, |label| format!("{} ", quote(label)));
        let _ = write!(self.out, "{} {label}{{", nested.name);
        match value.filter(|value| !self.hides(value)) {
            Some(value) => self.body(&nested.block, value, indent + INDENT),
            None => {
                self.line(indent + INDENT);
                self.out.push_str("# (sensitive content)");
                self.line(indent);
            }
        }
        self.out.push('}');
    }

    fn hides(&self, value: &Value) -> bool {
        self.secrets == Secrets::Hidden && value.marks().is_sensitive()
    }

    fn value(&mut self, value: &Value, indent: usize) {
        if self.hides(value) {
            return self.out.push_str("(sensitive value)");
        }
        match value.view() {
            View::Null => self.out.push_str("null"),
            View::Unknown(_) => self.out.push_str("(known after apply)"),
            View::Bool(it) => self.out.push_str(if it { "true" } else { "false" }),
            View::Number(it) => self.out.push_str(&it.to_text()),
            View::String(text) if text.contains('\n') => self.heredoc(text, indent),
            View::String(text) => self.out.push_str(&quote(text)),
            View::List(items) | View::Set(items) | View::Tuple(items) => {
                self.sequence(items, indent);
            }
            View::Map(entries) => {
                let entries = entries.iter().map(|(key, one)| (quote(key), one)).collect();
                self.mapping(entries, indent);
            }
            View::Object(shape, items) => {
                let plain = |name: &str| {
                    if addr::is_identifier(name) { name.to_owned() } else { quote(name) }
                };
                let names = shape.names().iter().map(|name| plain(name));
                let known = names.zip(items).filter(|(_, one)| !one.is_null());
                self.mapping(known.collect(), indent);
            }
        }
    }

    fn sequence(&mut self, items: &[Value], indent: usize) {
        self.out.push('[');
        for item in items {
            self.line(indent + INDENT);
            self.value(item, indent + INDENT);
            self.out.push(',');
        }
        if !items.is_empty() {
            self.line(indent);
        }
        self.out.push(']');
    }

    fn mapping(&mut self, entries: Vec<(String, &Value)>, indent: usize) {
        let width = entries.iter().map(|(key, _)| key.chars().count()).max().unwrap_or(0);
        self.out.push('{');
        for (key, value) in &entries {
            self.line(indent + INDENT);
            let _ = write!(self.out, "{key:width$} = ");
            self.value(value, indent + INDENT);
        }
        if !entries.is_empty() {
            self.line(indent);
        }
        self.out.push('}');
    }

    fn heredoc(&mut self, text: &str, indent: usize) {
        self.out.push_str("<<-EOT");
        let text = text.strip_suffix('\n').unwrap_or(text);
        for one in text.split('\n') {
            self.line(indent + INDENT);
            self.out.push_str(one);
        }
        self.line(indent);
        self.out.push_str("EOT");
    }
}
