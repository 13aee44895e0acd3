//! `policy` blocks: bundles of policies, and the stacks that they judge.

use std::fmt::Write as _;
use std::sync::Arc;

use diag::{Diagnostic, Diags, Spanned};
use syntax::{Block, Expr, ExprKind, ObjectKey, UnaryOp};

use super::body::{self, Allowed};
use super::{group, names};
use crate::model::{
    Environment, EnvironmentIdx, Group, Layer, LayerIdx, PolicyBlock, PolicySeverity, PolicySource,
    PolicyUndecided,
};

const ALLOWED: Allowed = Allowed {
    arguments: &[
        "source",
        "git",
        "commit",
        "starter",
        "packages",
        "environments",
        "layers",
        "severity",
        "group",
        "undecided",
        "values",
    ],
    blocks: &[],
};

/// What a policy block may name.
pub(super) struct Known<'a> {
    pub(super) groups: &'a [Group],
    pub(super) layers: &'a [Layer],
    pub(super) environments: &'a [Environment],
}

/// Reads one block.
pub(super) fn read(block: &Block, known: &Known<'_>, diags: &mut Diags) -> Option<PolicyBlock> {
    body::check(block, &ALLOWED, diags);
    let name = names::of_block(block, diags);
    let source = source(block, diags);
    let positions = |argument, kind, known: &[&str], diags: &mut Diags| {
        let listed = body::texts_of(block, argument, diags)?;
        Some(names::positions(kind, &listed, known, diags))
    };
    let names: Vec<&str> = known.environments.iter().map(|one| &*one.name.node).collect();
    let environments = positions("environments", "environment", &names, diags);
    let names: Vec<&str> = known.layers.iter().map(|one| &*one.name.node).collect();
    let layers = positions("layers", "layer", &names, diags);
    let group = body::text_of(block, "group", diags);
    if let Some(name) = &group {
        group::check_known(name, known.groups, diags);
    }
    let severities = [
        ("warn", PolicySeverity::Warn),
        ("approve", PolicySeverity::Approve),
        ("deny", PolicySeverity::Deny),
    ];
    let severity = word(block, "severity", &severities, diags);
    let undecided = [("warn", PolicyUndecided::Warn), ("deny", PolicyUndecided::Deny)];
    let undecided = word(block, "undecided", &undecided, diags);
    Some(PolicyBlock {
        name: name?,
        source: source?,
        packages: body::texts_of(block, "packages", diags),
        environments: environments.map(|all| all.into_iter().map(EnvironmentIdx).collect()),
        layers: layers.map(|all| all.into_iter().map(LayerIdx).collect()),
        severity,
        group,
        undecided: undecided.unwrap_or_default(),
        values: values(block, diags),
        header: block.header,
    })
}

/// Where the files are: a folder, a commit of a repository, or parts of the starter set.
fn source(block: &Block, diags: &mut Diags) -> Option<PolicySource> {
    let folder = body::text_of(block, "source", diags);
    let url = body::text_of(block, "git", diags);
    let commit = body::text_of(block, "commit", diags);
    let starter = body::texts_of(block, "starter", diags);
    let wrong = |text: &str, diags: &mut Diags| {
        diags.push(
            Diagnostic::error("policy-source", "Where a bundle of policies is")
                .detail(text)
                .remedy(
                    "Write source = \"./FOLDER\"; or git = \"URL\" with commit = \"...\" and, where the files are not at its root, source = \"FOLDER\"; or starter = [\"aws\", \"pins\"].",
                )
                .at(block.header),
        );
    };
    match (folder, url, commit, starter) {
        (None, None, None, Some(parts)) => Some(PolicySource::Starter(parts)),
        (Some(folder), None, None, None) => Some(PolicySource::Folder(folder)),
        (folder, Some(url), Some(commit), None) => {
            if !is_commit(&commit.node) {
                diags.push(
                    Diagnostic::error("policy-commit", format!("`{}` is no whole commit", commit.node))
                        .detail("A branch, a tag or a part of a commit may be another tomorrow, and who approved a plan has not seen it.")
                        .remedy("Write all 40 (or 64) hexadecimal digits: git rev-parse HEAD.")
                        .at(commit.span),
                );
                return None;
            }
            let folder = folder.map_or_else(|| Arc::from(""), |folder| folder.node);
            let inside = folder.trim_start_matches("./").trim_end_matches('/');
            if inside.starts_with('/') || inside.split('/').any(|part| part == "..") {
                wrong("`source` leaves the repository.", diags);
                return None;
            }
            Some(PolicySource::Git { url, commit, folder: inside.into() })
        }
        (_, Some(_), None, _) => {
            wrong("`git` stands without `commit`: a bundle is pinned.", diags);
            None
        }
        (_, None, Some(_), _) => {
            wrong("`commit` stands without `git`.", diags);
            None
        }
        (None, None, None, None) => {
            wrong("It says neither `source` nor `git` nor `starter`.", diags);
            None
        }
        _ => {
            wrong("`starter` stands beside `source` or `git`.", diags);
            None
        }
    }
}

fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64)
        && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// One of a few words, where the argument is there.
fn word<T: Copy>(block: &Block, name: &str, words: &[(&str, T)], diags: &mut Diags) -> Option<T> {
    let said: Spanned<Arc<str>> = body::text_of(block, name, diags)?;
    let found = words.iter().find(|(word, _)| *word == &*said.node).map(|(_, value)| *value);
    if found.is_none() {
        let all: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        diags.push(
            Diagnostic::error("policy-word", format!("`{}` is no {name} of policies", said.node))
                .detail(format!("`{name}` is one of: {}.", all.join(", ")))
                .remedy("Write one of these.")
                .at(said.span),
        );
    }
    found
}

/// What `values` says, as one JSON object.
fn values(block: &Block, diags: &mut Diags) -> Arc<str> {
    let mut text = "{".to_owned();
    for (at, item) in body::items_of(block, "values", diags).iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(text, "{comma}{}:", quoted(&item.name.text));
        literal(&item.expr, &mut text, diags);
    }
    text.push('}');
    text.into()
}

/// A value that is written out; anything that has to be evaluated is reported, since what judges plans stands in the file.
fn literal(expr: &Expr, out: &mut String, diags: &mut Diags) {
    match &expr.without_parens().kind {
        ExprKind::Null => out.push_str("null"),
        ExprKind::Bool(value) => {
            let _ = write!(out, "{value}");
        }
        ExprKind::Number(text) => out.push_str(text),
        ExprKind::Unary(UnaryOp::Neg, inner) if matches!(inner.kind, ExprKind::Number(_)) => {
            out.push('-');
            literal(inner, out, diags);
        }
        ExprKind::Str(text) => out.push_str(&quoted(text)),
        ExprKind::Tuple(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                literal(item, out, diags);
            }
            out.push(']');
        }
        ExprKind::Object(items) => {
            out.push('{');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                match &item.key {
                    ObjectKey::Bare(name) => out.push_str(&quoted(&name.text)),
                    ObjectKey::Expr(key) => match &key.kind {
                        ExprKind::Str(text) => out.push_str(&quoted(text)),
                        _ => not_written_out(key, out, diags),
                    },
                }
                out.push(':');
                literal(&item.value, out, diags);
            }
            out.push('}');
        }
        _ => not_written_out(expr, out, diags),
    }
}

fn not_written_out(expr: &Expr, out: &mut String, diags: &mut Diags) {
    out.push_str("null");
    diags.push(
        Diagnostic::error("policy-values", "A value of policies that has to be evaluated")
            .detail("What policies read as `input.strata.values` is written out, so that a review sees it.")
            .remedy("Write the value itself.")
            .at(expr.span),
    );
}

/// A string of JSON.
fn quoted(text: &str) -> String {
    let mut out = "\"".to_owned();
    for one in text.chars() {
        match one {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            one if (one as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", one as u32);
            }
            one => out.push(one),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use crate::model::{Estate, PolicySource};
    use crate::read::sample;

    fn read(policy: &str) -> Result<Estate, Vec<String>> {
        sample::file(&format!(
            "estate {{ name = \"a\" }}\ngroup \"security\" {{ signers = \"s\" }}\nlayer \"apps\" {{}}\nenvironment \"dev\" {{}}\nenvironment \"prod\" {{}}\nstack \"x\" {{\n layer = \"apps\"\n source = \"./x\"\n}}\n{policy}\n"
        ))
    }

    fn check(policy: &str, code: &str) {
        assert_eq!(read(policy).expect_err(policy), [code], "{policy}");
    }

    #[test]
    fn a_bundle_is_a_folder_a_commit_or_a_part_of_the_program() {
        let estate = read(
            "policy \"a\" {\n source = \"./policies\"\n severity = \"approve\"\n group = \"security\"\n environments = [\"prod\"]\n values = { tags = [\"owner\"], most = -2, deep = { \"a\\\"b\" = null } }\n}\n\
             policy \"b\" {\n git = \"https://example.com/p.git\"\n commit = \"0123456789abcdef0123456789abcdef01234567\"\n source = \"./aws/\"\n}\n\
             policy \"c\" { starter = [\"aws\", \"pins\"] }",
        );
        let policies = estate.expect("an estate").policies;
        assert_eq!(&*policies[0].values, r#"{"tags":["owner"],"most":-2,"deep":{"a\"b":null}}"#);
        assert!(
            matches!(&policies[1].source, PolicySource::Git { folder, .. } if &**folder == "aws")
        );
        assert!(matches!(&policies[2].source, PolicySource::Starter(parts) if parts.len() == 2));
    }

    #[test]
    fn what_is_wrong_is_told() {
        check("policy \"a\" {}", "policy-source");
        check("policy \"a\" { git = \"u\" }", "policy-source");
        check("policy \"a\" {\n git = \"u\"\n commit = \"main\"\n}", "policy-commit");
        check("policy \"a\" {\n source = \"./p\"\n starter = [\"aws\"]\n}", "policy-source");
        check("policy \"a\" {\n source = \"./p\"\n severity = \"fatal\"\n}", "policy-word");
        check("policy \"a\" {\n source = \"./p\"\n group = \"nobody\"\n}", "estate-unknown-name");
        check("policy \"a\" {\n source = \"./p\"\n layers = [\"x\"]\n}", "estate-unknown-name");
        check("policy \"a\" {\n source = \"./p\"\n values = { a = env.name }\n}", "policy-values");
        check(
            "policy \"a\" { source = \"./p\" }\npolicy \"a\" { source = \"./q\" }",
            "estate-duplicate",
        );
    }

    #[test]
    fn the_bundles_of_the_base_judge_what_it_does_not_know() {
        let base = read(
            "policy \"a\" {\n source = \"./p\"\n layers = [\"apps\"]\n environments = [\"prod\"]\n}",
        );
        let change = "estate { name = \"a\" }\nlayer \"new\" {}\nlayer \"apps\" {}\nenvironment \"dev\" {}\nenvironment \"late\" {}\nenvironment \"prod\" {}\nstack \"x\" {\n layer = \"new\"\n source = \"./x\"\n}\n";
        let change = sample::file(change).expect("an estate");
        let ruled = crate::under_rules(&change, &base.expect("an estate")).estate;
        let policy = &ruled.policies[0];
        let judged: Vec<u32> = policy.layers.iter().flatten().map(|one| one.0).collect();
        assert_eq!(judged, [0, 1], "a new layer, and the one that is named");
        let judged: Vec<u32> = policy.environments.iter().flatten().map(|one| one.0).collect();
        assert_eq!(judged, [1, 2], "not dev, which the base leaves alone");
    }
}
