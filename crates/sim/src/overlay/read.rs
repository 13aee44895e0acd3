//! A file of an overlay, read. The format is told in `docs/specs/overlays.md`.
//!
//! Invariant: what is not of the format is an error with its place, and then nothing is read.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use diag::{Diagnostic, Diags, FileId, Span};
use serde::Deserialize;
use toml::Spanned;
use toml::Value as Toml;

use super::{
    Choice, Entry, Finds, Hold, Made, MadeAt, Merged, MergedPart, Overlay, Pattern, Sdk, Template,
    Times,
};

type Texts = Vec<Spanned<String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileText {
    provider: Spanned<String>,
    sdk: Option<SdkText>,
    within: Option<Spanned<String>>,
    #[serde(default)]
    names: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    defaults: TimesText,
    #[serde(default)]
    merged: Vec<MergedText>,
    #[serde(default, rename = "type")]
    types: Vec<TypeText>,
    #[serde(default)]
    data: Vec<DataText>,
    #[serde(default)]
    ephemeral: Vec<EphemeralText>,
    #[serde(default)]
    function: Vec<FunctionText>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum SdkText {
    Current,
    Legacy,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct TimesText {
    create: Option<Spanned<String>>,
    update: Option<Spanned<String>>,
    delete: Option<Spanned<String>>,
    read: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MergedText {
    into: String,
    of: Texts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TypeText {
    name: Spanned<String>,
    id: Option<Spanned<Toml>>,
    #[serde(default)]
    values: Option<BTreeMap<Spanned<String>, Spanned<Toml>>>,
    defaults: Option<BTreeMap<Spanned<String>, Spanned<Toml>>>,
    known_at_plan: Option<Texts>,
    replaces: Option<Texts>,
    changes: Option<Texts>,
    stays: Option<Texts>,
    unique: Option<Vec<Spanned<Toml>>>,
    within: Option<Spanned<String>>,
    holds: Option<Vec<HoldText>>,
    import: Option<Texts>,
    identity: Option<BTreeMap<String, Spanned<Toml>>>,
    create: Option<Spanned<String>>,
    update: Option<Spanned<String>>,
    delete: Option<Spanned<String>>,
    read: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoldText {
    #[serde(rename = "type")]
    type_name: String,
    by: Spanned<String>,
    #[serde(rename = "as")]
    named: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FindsText {
    #[serde(rename = "type")]
    type_name: String,
    by: Texts,
    #[serde(default)]
    required: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DataText {
    name: Spanned<String>,
    id: Option<Spanned<Toml>>,
    values: Option<BTreeMap<Spanned<String>, Spanned<Toml>>>,
    defaults: Option<BTreeMap<Spanned<String>, Spanned<Toml>>>,
    finds: Option<FindsText>,
    lists: Option<FindsText>,
    read: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EphemeralText {
    name: Spanned<String>,
    values: Option<BTreeMap<Spanned<String>, Spanned<Toml>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FunctionText {
    name: Spanned<String>,
    result: Spanned<Toml>,
}

/// Reads a file: the provider that it is of, and what it says. `None` after an error. It may use the names that earlier
/// files have for its provider.
pub(super) fn file(
    file: FileId,
    text: &str,
    earlier: &BTreeMap<Arc<str>, Overlay>,
    diags: &mut Diags,
) -> Option<(Arc<str>, Overlay)> {
    let errors = diags.error_count();
    let mut reader = Reader { file, diags, names: Vec::new() };
    let read = match toml::from_str::<FileText>(text) {
        Ok(read) => read,
        Err(error) => {
            reader.wrong(error.span(), format!("{}.", error.message().trim_end_matches('.')));
            return None;
        }
    };
    let provider: Arc<str> = read.provider.get_ref().as_str().into();
    if !matches!(read.provider.get_ref().split('/').count(), 2 | 3) {
        let text = "The provider is named as in required_providers: hashicorp/aws.";
        reader.wrong(Some(read.provider.span()), text);
    }
    reader.names = read.names.keys().cloned().collect();
    let known = earlier.get(&provider).into_iter().flat_map(|overlay| overlay.names.keys());
    reader.names.extend(known.map(ToString::to_string));
    let overlay = reader.overlay(read);
    (diags.error_count() == errors).then_some((provider, overlay))
}

struct Reader<'d> {
    file: FileId,
    diags: &'d mut Diags,
    names: Vec<String>,
}

impl Reader<'_> {
    fn place(&self, span: &Range<usize>) -> Span {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span::new(self.file, offset(span.start), offset(span.end))
    }

    fn wrong(&mut self, span: Option<Range<usize>>, detail: impl Into<String>) {
        let span = span.map(|span| self.place(&span));
        self.diags.push(
            Diagnostic::error("overlay-invalid", "An overlay cannot be read")
                .detail(detail)
                .remedy("docs/specs/overlays.md tells the keys and templates of an overlay.")
                .maybe_at(span),
        );
    }

    fn overlay(&mut self, read: FileText) -> Overlay {
        let times = self.times(read.defaults);
        let names = read.names.iter().map(|(name, text)| {
            (Arc::from(name.as_str()), self.template(text.get_ref(), &text.span()))
        });
        let names = names.collect();
        let merged = read.merged.into_iter().map(|one| Merged {
            into: one.into.into(),
            of: one.of.iter().filter_map(|part| self.merged_part(part)).collect(),
        });
        let merged = merged.collect();
        let types = read.types.into_iter().map(|one| self.type_entry(one)).collect();
        let data = read.data.into_iter().map(|one| self.data_entry(one)).collect();
        let ephemeral = read.ephemeral.into_iter().map(|one| {
            let values = one.values.map(|values| self.made_at(values));
            (one.name, Entry { values, ..Entry::default() })
        });
        let ephemeral = ephemeral.collect();
        let functions = read.function.into_iter().map(|one| {
            let result = Some(self.made(one.result.get_ref(), &one.result.span()));
            (one.name, Entry { result, ..Entry::default() })
        });
        let functions = functions.collect();
        Overlay {
            sdk: read.sdk.map(|sdk| match sdk {
                SdkText::Current => Sdk::Current,
                SdkText::Legacy => Sdk::Legacy,
            }),
            within: read.within.map(|text| self.template(text.get_ref(), &text.span())),
            names,
            times,
            merged,
            types: self.named(types),
            data: self.named(data),
            ephemeral: self.named(ephemeral),
            functions: self.named(functions),
        }
    }

    /// By name; of one name there is one.
    fn named(&mut self, entries: Vec<(Spanned<String>, Entry)>) -> BTreeMap<Arc<str>, Entry> {
        let mut all = BTreeMap::new();
        for (name, entry) in entries {
            let span = name.span();
            let name: Arc<str> = name.into_inner().into();
            let entry = Entry { place: Some(self.place(&span)), ..entry };
            if all.insert(name.clone(), entry).is_some() {
                self.wrong(Some(span), format!("{name} has an entry already in this file."));
            }
        }
        all
    }

    fn type_entry(&mut self, read: TypeText) -> (Spanned<String>, Entry) {
        let unique = read.unique.map(|all| {
            all.iter().filter_map(|one| self.together(one.get_ref(), one.span())).collect()
        });
        let holds = read.holds.map(|all| {
            let holds = all.into_iter().filter_map(|hold| {
                Some(Hold {
                    type_name: hold.type_name.into(),
                    by: self.pattern(&hold.by)?,
                    named: hold.named.as_deref().unwrap_or("id").into(),
                })
            });
            holds.collect()
        });
        let identity = read.identity.map(|all| {
            let each = all.iter().map(|(name, made)| {
                (name.as_str().into(), self.made(made.get_ref(), &made.span()))
            });
            each.collect()
        });
        let times = TimesText {
            create: read.create,
            update: read.update,
            delete: read.delete,
            read: read.read,
        };
        let entry = Entry {
            values: self.values(read.id, read.values),
            defaults: read.defaults.map(|defaults| self.made_at(defaults)),
            known_at_plan: read.known_at_plan.map(|texts| self.choice(&texts)),
            replaces: read.replaces.map(|texts| self.choice(&texts)),
            changes: read.changes.map(|texts| self.choice(&texts)),
            stays: read.stays.map(|texts| self.choice(&texts)),
            unique,
            within: read.within.map(|text| self.template(text.get_ref(), &text.span())),
            holds,
            import: read.import.map(|texts| self.patterns(&texts)),
            identity,
            times: self.times(times),
            ..Entry::default()
        };
        (read.name, entry)
    }

    fn data_entry(&mut self, read: DataText) -> (Spanned<String>, Entry) {
        let times = TimesText { read: read.read, ..TimesText::default() };
        let entry = Entry {
            values: self.values(read.id, read.values),
            defaults: read.defaults.map(|defaults| self.made_at(defaults)),
            finds: read.finds.map(|finds| self.finds(finds)),
            lists: read.lists.map(|finds| self.finds(finds)),
            times: self.times(times),
            ..Entry::default()
        };
        (read.name, entry)
    }

    /// One path, or several that count together.
    fn together(&mut self, one: &Toml, span: Range<usize>) -> Option<Vec<Pattern>> {
        let texts = match one {
            Toml::Array(texts) => texts.as_slice(),
            text => std::slice::from_ref(text),
        };
        let patterns: Option<Vec<Pattern>> =
            texts.iter().map(|text| text.as_str().and_then(Pattern::parse)).collect();
        if patterns.is_none() {
            self.wrong(Some(span), "What is unique are paths, or lists of paths.");
        }
        patterns
    }

    fn values(
        &mut self,
        id: Option<Spanned<Toml>>,
        values: Option<BTreeMap<Spanned<String>, Spanned<Toml>>>,
    ) -> Option<MadeAt> {
        let id = id.map(|id| {
            let pattern = Pattern::parse("id").expect("BUG: a path");
            (pattern, self.made(id.get_ref(), &id.span()))
        });
        if id.is_none() && values.is_none() {
            return None;
        }
        let mut all = self.made_at(values.unwrap_or_default());
        all.splice(0..0, id);
        Some(all)
    }

    fn finds(&mut self, read: FindsText) -> Finds {
        let by = read.by.iter().filter_map(|text| {
            let (asked, of) =
                text.get_ref().split_once('=').unwrap_or((text.get_ref(), text.get_ref()));
            match (Pattern::parse(asked), Pattern::parse(of)) {
                (Some(asked), Some(of)) => Some((asked, of)),
                _ => {
                    self.wrong(Some(text.span()), "A path has an empty step.");
                    None
                }
            }
        });
        let by = by.collect();
        Finds { type_name: read.type_name.into(), by, required: read.required }
    }

    fn merged_part(&mut self, text: &Spanned<String>) -> Option<MergedPart> {
        let (of_provider, path) = match text.get_ref().strip_prefix("provider:") {
            Some(path) => (true, path),
            None => (false, text.get_ref().as_str()),
        };
        let Some(pattern) = Pattern::parse(path) else {
            self.wrong(Some(text.span()), "A path has an empty step.");
            return None;
        };
        Some(if of_provider { MergedPart::Provider(pattern) } else { MergedPart::Attr(pattern) })
    }

    fn made_at(&mut self, values: BTreeMap<Spanned<String>, Spanned<Toml>>) -> MadeAt {
        let each = values.into_iter().filter_map(|(path, value)| {
            let pattern = self.pattern(&path)?;
            Some((pattern, self.made(value.get_ref(), &value.span())))
        });
        each.collect()
    }

    fn made(&mut self, value: &Toml, span: &Range<usize>) -> Made {
        match value {
            Toml::Boolean(value) => Made::Bool(*value),
            Toml::Integer(value) => Made::Int(*value),
            Toml::Float(value) => Made::Float(*value),
            Toml::String(text) => Made::Text(self.template(text, span)),
            Toml::Datetime(value) => Made::Text(self.template(&value.to_string(), span)),
            Toml::Array(values) => {
                Made::List(values.iter().map(|value| self.made(value, span)).collect())
            }
            Toml::Table(table) => {
                let each =
                    table.iter().map(|(key, value)| (key.as_str().into(), self.made(value, span)));
                Made::Table(each.collect())
            }
        }
    }

    fn template(&mut self, text: &str, span: &Range<usize>) -> Template {
        let template = match Template::parse(text) {
            Ok(template) => template,
            Err(message) => {
                self.wrong(Some(span.clone()), format!("The template {text:?} {message}."));
                return Template::empty();
            }
        };
        let mut names: Vec<String> = template.names().map(|name| name.to_string()).collect();
        names.retain(|name| !self.names.iter().any(|known| known == name));
        for name in names {
            let message =
                format!("The template {text:?} holds {name:?}, which is no name of [names].");
            self.wrong(Some(span.clone()), message);
        }
        template
    }

    fn pattern(&mut self, text: &Spanned<String>) -> Option<Pattern> {
        let pattern = Pattern::parse(text.get_ref());
        if pattern.is_none() {
            self.wrong(Some(text.span()), "A path has an empty step.");
        }
        pattern
    }

    fn patterns(&mut self, texts: &[Spanned<String>]) -> Vec<Pattern> {
        texts.iter().filter_map(|text| self.pattern(text)).collect()
    }

    fn choice(&mut self, texts: &[Spanned<String>]) -> Choice {
        let mut choice = Choice::default();
        for text in texts {
            if text.get_ref() == "*" {
                choice.all = true;
                continue;
            }
            let but = text.get_ref().strip_prefix('!');
            let Some(pattern) = Pattern::parse(but.unwrap_or(text.get_ref())) else {
                self.wrong(Some(text.span()), "A path has an empty step.");
                continue;
            };
            if but.is_some() { &mut choice.but } else { &mut choice.these }.push(pattern);
        }
        choice
    }

    fn times(&mut self, read: TimesText) -> Times {
        let mut time = |text: Option<Spanned<String>>| {
            let text = text?;
            let time = milliseconds(text.get_ref());
            if time.is_none() {
                let message =
                    format!("{:?} is no time; 90s, 10m, 1m30s and 200ms are.", text.get_ref());
                self.wrong(Some(text.span()), message);
            }
            time
        };
        Times {
            create_ms: time(read.create),
            update_ms: time(read.update),
            delete_ms: time(read.delete),
            read_ms: time(read.read),
        }
    }
}

/// The time that a text such as `1m30s` stands for.
fn milliseconds(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut total: u64 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|one: char| !one.is_ascii_digit())?;
        let many: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let units = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];
        let (unit, factor) = units.into_iter().find(|(unit, _)| rest.starts_with(unit))?;
        rest = &rest[unit.len()..];
        total = total.checked_add(many.checked_mul(factor)?)?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use diag::SourceMap;

    use super::*;

    /// What is wrong with a text, with the text at each place.
    fn faults(text: &str) -> Vec<String> {
        let mut sources = SourceMap::new();
        let id = sources.add("rehearsal/own.toml", text);
        let mut diags = Diags::new();
        let read = file(id, text, &BTreeMap::new(), &mut diags);
        assert_eq!(read.is_none(), diags.has_errors());
        let told = diags.iter().map(|one| {
            assert!(!one.remedy.is_empty());
            format!("{} @ {}", one.detail, one.span.map_or("", |span| sources.text(span)))
        });
        told.collect()
    }

    fn check(text: &str, expect: &str) {
        let faults = faults(&format!("provider = \"acme/cloud\"\n{text}"));
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].contains(expect), "{faults:?}");
    }

    #[test]
    fn what_is_not_of_the_format_has_its_place() {
        check("[[type]]\nname = \"a_b\"\nreplace = []", "unknown field `replace`");
        check(
            "[[type]]\nname = \"a_b\"\nid = \"x-{hex:}\"",
            "needs a number from 1 to 4096. @ \"x-{hex:}\"",
        );
        check(
            "[[type]]\nname = \"a_b\"\nid = \"{regoin}\"",
            "is no name of [names]. @ \"{regoin}\"",
        );
        check(
            "[[type]]\nname = \"a_b\"\ncreate = \"soon\"",
            "\"soon\" is no time; 90s, 10m, 1m30s and 200ms are. @ \"soon\"",
        );
        check(
            "[[type]]\nname = \"a_b\"\n[[type]]\nname = \"a_b\"",
            "a_b has an entry already in this file. @ \"a_b\"",
        );
        check("[[type]]\nname = \"a_b\"\nreplaces = [\"a..b\"]", "empty step. @ \"a..b\"");
        check("sdk = \"old\"", "unknown variant `old`");
        check("x = ", "");
        assert!(faults("sdk = \"legacy\"")[0].contains("provider"));
        assert!(faults("provider = \"aws\"")[0].contains("as in required_providers"));
    }

    #[test]
    fn times_are_read() {
        for (text, expect) in [
            ("200ms", Some(200)),
            ("1m30s", Some(90_000)),
            ("2h", Some(7_200_000)),
            ("5", None),
            ("", None),
            ("s", None),
        ] {
            assert_eq!(milliseconds(text), expect, "{text}");
        }
    }

    #[test]
    fn a_later_file_replaces_key_by_key() {
        let mut overlays = super::super::Overlays::none();
        let mut diags = Diags::new();
        let first = "provider = \"acme/cloud\"\n[names]\nwhere = \"x\"\n[[type]]\nname = \"a_b\"\nid = \"x\"\ncreate = \"1s\"\nunique = [\"n\", [\"a\", \"b\"]]";
        let later = "provider = \"acme/cloud\"\n[[type]]\nname = \"a_b\"\ncreate = \"2s\"\nvalues = { y = \"{where}\" }";
        overlays.add(FileId::new(0), first, &mut diags);
        overlays.add(FileId::new(1), later, &mut diags);
        assert!(diags.is_empty());
        let (_, overlay) = overlays.iter().next().unwrap();
        let entry = &overlay.types["a_b"];
        assert_eq!(entry.times.create_ms, Some(2_000));
        assert_eq!(entry.values.as_ref().unwrap().len(), 1);
        assert_eq!(entry.unique.as_ref().unwrap().iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
    }
}
