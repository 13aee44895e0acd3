//! Whether a body fits a schema, as far as its syntax tells.
//!
//! Nothing is evaluated, so a resource of `count = 0` is checked like any other. A `dynamic` block makes blocks of unknown
//! number, whose content is checked once. In JSON only the names of members are looked at.
//! Invariant: what is reported is wrong whatever the values turn out to be.

use diag::{Diagnostic, Diags, Span};
use schema::{Attr, Block, NestedBlock, Nesting, Slot};

use super::block::{BlockItem, LoweredAttr, LoweredBody};
use super::items::{Era, find};
use super::{attr_blocks, faults};

/// What is said of arguments and blocks that are required and not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// They are missing.
    Reported,
    /// They may come from elsewhere, such as settings of an estate.
    Accepted,
}

/// Reports what in a body does not fit the schema.
pub fn check_body(body: &LoweredBody, schema: &Block, absent: Absent, diags: &mut Diags) {
    Fit { era: Era::of(schema), absent, diags }.body(body, schema);
}

struct Fit<'a> {
    era: Era<'a>,
    absent: Absent,
    diags: &'a mut Diags,
}

/// What of a slot is there.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// The argument's name.
    argument: Option<Span>,
    /// Blocks written.
    blocks: u64,
    /// The first of them.
    first: Option<Span>,
    /// The first that is one too many.
    extra: Option<Span>,
    /// Whether there may be more than are written.
    open: bool,
}

impl Fit<'_> {
    fn body(&mut self, body: &LoweredBody, schema: &Block) {
        let mut seen = vec![Seen::default(); schema.slots().len()];
        for attr in &body.attrs {
            self.argument(attr, schema, &mut seen);
        }
        for member in &body.members {
            self.member(member, schema, &mut seen);
        }
        for item in &body.blocks {
            self.item(item, schema, &mut seen);
        }
        for (slot, seen) in schema.slots().zip(seen) {
            match slot {
                Slot::Attr(attr) => self.attr_end(attr, seen, body.end),
                Slot::Block(nested) => self.blocks_end(nested, seen, body.end),
            }
        }
    }

    fn argument(&mut self, attr: &LoweredAttr, schema: &Block, seen: &mut [Seen]) {
        match find(schema, &attr.name) {
            Some((at, Slot::Attr(known))) => self.given(at, known, attr, seen),
            Some((_, Slot::Block(_))) => self.diags.push(faults::block_wanted(attr)),
            None => self.diags.push(faults::unexpected_attr(attr, schema)),
        }
    }

    /// A member of a JSON object: an argument, or blocks whose number is not looked at.
    fn member(&mut self, member: &LoweredAttr, schema: &Block, seen: &mut [Seen]) {
        match find(schema, &member.name) {
            Some((at, Slot::Attr(known))) => self.given(at, known, member, seen),
            Some((at, Slot::Block(_))) => seen[at].open = true,
            None if &*member.name == "//" => {}
            None if &*member.name == "dynamic" => seen.iter_mut().for_each(|one| one.open = true),
            None => self.diags.push(faults::unexpected_attr(member, schema)),
        }
    }

    fn given(&mut self, at: usize, known: &Attr, attr: &LoweredAttr, seen: &mut [Seen]) {
        if let Some(first) = seen[at].argument {
            self.diags.push(faults::twice(attr, first));
        }
        seen[at].argument = Some(attr.name_span);
        if known.computed && !known.optional && !known.required {
            self.diags.push(computed_only(attr));
        }
    }

    fn item(&mut self, item: &BlockItem, schema: &Block, seen: &mut [Seen]) {
        let (kind, kind_span, header, body) = match item {
            BlockItem::Static(block) => (&block.kind, block.kind_span, block.header, &block.body),
            BlockItem::Dynamic(block) => {
                (&block.kind, block.kind_span, block.header, &block.content)
            }
        };
        match find(schema, kind) {
            Some((at, Slot::Block(nested))) => {
                if let BlockItem::Static(block) = item {
                    let labels = faults::labels(block, faults::label_names(nested.nesting));
                    labels.into_iter().for_each(|diagnostic| self.diags.push(diagnostic));
                    seen[at].block(nested, header);
                } else {
                    seen[at].open = true;
                }
                self.body(body, &nested.block);
            }
            Some((at, Slot::Attr(attr))) if attr_blocks::may_be_blocks(attr, &self.era) => {
                seen[at].open = true;
            }
            Some((_, Slot::Attr(_))) => self.diags.push(faults::attr_wanted(kind, kind_span)),
            None => self.diags.push(faults::unexpected_block(kind, kind_span, schema)),
        }
    }

    fn attr_end(&mut self, attr: &Attr, seen: Seen, end: Span) {
        let there = seen.argument.is_some() || seen.open;
        if attr.required && !there && self.absent == Absent::Reported {
            self.diags.push(faults::missing_attr(attr, end));
        }
    }

    fn blocks_end(&mut self, nested: &NestedBlock, seen: Seen, end: Span) {
        if let Some(extra) = seen.extra {
            self.diags.push(match (most(nested), seen.first) {
                (1, Some(first)) => faults::second_block(&nested.name, extra, first),
                (most, _) => faults::too_many(&nested.name, most, extra),
            });
        }
        let few = seen.blocks < nested.min_items && !seen.open;
        if few && self.absent == Absent::Reported {
            self.diags.push(match nested.nesting {
                Nesting::Single | Nesting::Group => faults::missing_block(&nested.name, end),
                _ => faults::too_few(&nested.name, nested.min_items, end),
            });
        }
    }
}

impl Seen {
    fn block(&mut self, nested: &NestedBlock, header: Span) {
        self.blocks += 1;
        self.first.get_or_insert(header);
        let most = most(nested);
        if most > 0 && self.blocks == most + 1 {
            self.extra = Some(header);
        }
    }
}

/// The greatest number of blocks; 0 means any.
fn most(nested: &NestedBlock) -> u64 {
    match nested.nesting {
        Nesting::Single | Nesting::Group => 1,
        _ => nested.max_items,
    }
}

fn computed_only(attr: &LoweredAttr) -> Diagnostic {
    Diagnostic::error("argument-computed", "An argument that only the provider sets")
        .detail(format!("`{}` is told by the provider and cannot be given.", attr.name))
        .remedy("Take it out; where it is needed elsewhere, read it from the resource.")
        .at(attr.name_span)
}

#[cfg(test)]
mod tests {
    use diag::FileId;
    use schema::BlockParts;
    use value::Type;

    use super::*;
    use crate::config::BodySrc;
    use crate::expr::Exprs;
    use crate::fixture::World;

    /// `name` required, `id` computed; `rule` one to two with `port` required; `one` at most once.
    fn schema() -> Block {
        let port = || Block::of_attrs(vec![Attr::new("port", Type::NUMBER).required()]);
        let mut rule = NestedBlock::new("rule", Nesting::List, port());
        (rule.min_items, rule.max_items) = (1, 2);
        Block::new(BlockParts {
            attrs: vec![
                Attr::new("name", Type::STRING).required(),
                Attr::new("tags", Type::map(Type::STRING)).optional(),
                Attr::new("id", Type::STRING).computed(),
            ],
            blocks: vec![rule, NestedBlock::new("one", Nesting::Single, port())],
            ..BlockParts::default()
        })
    }

    fn codes(text: &str, absent: Absent) -> Vec<String> {
        let world = World::new();
        let (mut exprs, mut diags) = (Exprs::new(), Diags::new());
        let file = FileId::new(0);
        let body = if text.starts_with('{') {
            let json = syntax::parse_json(file, text, &mut diags);
            world.body(&BodySrc::json(&json.root, &mut diags), &mut exprs, &mut diags)
        } else {
            let native = syntax::parse_native(file, text, &mut diags);
            world.body(&BodySrc::native(&native.body), &mut exprs, &mut diags)
        };
        check_body(&body, &schema(), absent, &mut diags);
        diags.iter().map(|one| one.code.0.to_owned()).collect()
    }

    fn check(text: &str, expect: &[&str]) {
        assert_eq!(codes(text, Absent::Reported), expect, "{text}");
    }

    #[test]
    fn names_and_forms() {
        check("name = 5\nrule {\n  port = 1\n}", &[]);
        check("name = 1\nnam = 2\nrule {\n  port = 1\n}", &["argument-unexpected"]);
        check("name = 1\nid = 2\nrule {\n  port = 1\n}", &["argument-computed"]);
        check("name = 1\nrule = []", &["argument-unexpected", "block-missing"]);
        check("name = 1\ntags {}\nrule {\n  port = 1\n}", &["block-unexpected"]);
        check(
            "name = 1\nrules {}\nrule {\n  prt = 1\n}",
            &["block-unexpected", "argument-unexpected", "argument-missing"],
        );
    }

    #[test]
    fn what_has_to_be_there() {
        check("", &["argument-missing", "block-missing"]);
        assert!(codes("", Absent::Accepted).is_empty());
        check("name = 1\nrule {}", &["argument-missing"]);
    }

    #[test]
    fn numbers_of_blocks() {
        let rule = "rule {\n  port = 1\n}\n";
        check(&format!("name = 1\n{rule}{rule}"), &[]);
        check(&format!("name = 1\n{rule}{rule}{rule}{rule}"), &["block-extra"]);
        let one = "one {\n  port = 1\n}\n";
        check(&format!("name = 1\n{rule}{one}{one}"), &["block-extra"]);
    }

    #[test]
    fn a_dynamic_block_may_make_any_number() {
        let dynamic = |content: &str| {
            format!(
                "name = 1\ndynamic \"rule\" {{\n  for_each = [1]\n  content {{\n    {content}\n  }}\n}}"
            )
        };
        check(&dynamic("port = rule.value"), &[]);
        check(&dynamic("prt = 1"), &["argument-unexpected", "argument-missing"]);
    }

    #[test]
    fn of_json_the_names_alone() {
        check(r#"{"name": "n", "rule": [{"port": 1}], "//": "x"}"#, &[]);
        check(r#"{"name": "n", "nam": 1, "dynamic": {}}"#, &["argument-unexpected"]);
    }
}
