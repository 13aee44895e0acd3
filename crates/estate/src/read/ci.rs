//! The `ci` block, and the `trust` blocks in it.
//!
//! What goes into a pipeline as it is has a narrow form here, so that no text of it can become another step.

use std::sync::Arc;

use diag::{Diagnostic, Diags, Spanned};
use syntax::{Block, ExprKind};

use super::body::{self, Allowed};
use super::{group, names};
use crate::model::{
    Ci, CiApproval, CiCloud, CiForge, CiOwner, CiTrust, CodeScanning, Environment, EnvironmentIdx,
    Group, Input,
};
use crate::references::mentions;

const ALLOWED: Allowed = Allowed {
    arguments: &[
        "branch",
        "approval",
        "file",
        "version",
        "download",
        "checksum",
        "drift",
        "runner",
        "image",
        "environments",
        "repository",
        "forge",
        "code_scanning",
        "owners",
    ],
    blocks: &["trust"],
};

/// The branch that is applied where the file does not say.
const BRANCH: &str = "main";

/// Reads the `ci` blocks, of which there is one at most.
pub(super) fn read(
    blocks: &[&Block],
    groups: &[Group],
    environments: &[Environment],
    diags: &mut Diags,
) -> Option<Ci> {
    let block = names::only(blocks, "An estate is run by CI in one way.", diags)?;
    body::check(block, &ALLOWED, diags);
    let text = |name: &str, form: Form, diags: &mut Diags| {
        body::text_of(block, name, diags).filter(|text| form.check(name, text, diags))
    };
    let (version, download, checksum) = (
        text("version", Form::Word, diags),
        text("download", Form::Address, diags),
        text("checksum", Form::Sha256, diags),
    );
    whole(block, &download, &checksum, diags);
    Some(Ci {
        branch: text("branch", Form::Word, diags).map_or(BRANCH.into(), |branch| branch.node),
        approval: choice(block, "approval", &["signature", "environment"], diags)
            .map_or(CiApproval::Signature, |at| {
                [CiApproval::Signature, CiApproval::Environment][at]
            }),
        file: text("file", Form::Path, diags),
        version,
        download,
        checksum,
        drift: text("drift", Form::Cron, diags),
        runner: text("runner", Form::Word, diags),
        image: text("image", Form::Word, diags),
        environments: limits(block, environments, diags),
        repository: text("repository", Form::Word, diags),
        forge: choice(block, "forge", &["github", "gitlab"], diags)
            .map_or(CiForge::GitHub, |at| [CiForge::GitHub, CiForge::GitLab][at]),
        code_scanning: match body::switch_of(block, "code_scanning", diags) {
            Some(true) => CodeScanning::On,
            _ => CodeScanning::Off,
        },
        owners: owners(block, groups, diags),
        trusts: trusts(block, diags),
        span: block.header,
    })
}

/// A binary comes with its checksum, or not at all.
fn whole(
    block: &Block,
    download: &Option<Spanned<Arc<str>>>,
    checksum: &Option<Spanned<Arc<str>>>,
    diags: &mut Diags,
) {
    let lacks = match (download, checksum) {
        (Some(_), None) if block.body.attribute("checksum").is_none() => "checksum",
        (None, Some(_)) if block.body.attribute("download").is_none() => "download",
        _ => return,
    };
    diags.push(
        Diagnostic::error(
            "ci-unpinned",
            "A program without its checksum, or a checksum without its program",
        )
        .detail("CI runs the program that was meant, and no other that stands at the same address.")
        .remedy(format!("Add `{lacks} = \"...\"`."))
        .at(block.header),
    );
}

fn limits(
    block: &Block,
    environments: &[Environment],
    diags: &mut Diags,
) -> Option<Vec<EnvironmentIdx>> {
    let named = body::texts_of(block, "environments", diags)?;
    let known: Vec<&str> = environments.iter().map(|one| &*one.name.node).collect();
    let found = names::positions("environment", &named, &known, diags);
    Some(found.into_iter().map(EnvironmentIdx).collect())
}

fn owners(block: &Block, groups: &[Group], diags: &mut Diags) -> Vec<CiOwner> {
    let mut owners = Vec::new();
    for item in body::items_of(block, "owners", diags) {
        let group = Spanned { node: item.name.text.clone(), span: item.name.span };
        group::check_known(&group, groups, diags);
        let ExprKind::Str(text) = &item.expr.kind else {
            diags.push(form("owners", "a string in quotes, as \"@acme/platform\"", item.expr.span));
            continue;
        };
        let who = Spanned { node: text.clone(), span: item.expr.span };
        if Form::Owner.check("owners", &who, diags) {
            owners.push(CiOwner { group, name: who });
        }
    }
    owners
}

fn trusts(block: &Block, diags: &mut Diags) -> Vec<CiTrust> {
    let mut trusts: Vec<CiTrust> = Vec::new();
    for inner in block.body.blocks_of("trust") {
        let Some(trust) = trust(inner, diags) else { continue };
        match trusts.iter().find(|other| other.cloud == trust.cloud) {
            Some(first) => diags.push(
                Diagnostic::error("estate-duplicate", "Two `trust` blocks for one cloud")
                    .detail("CI is one thing at a cloud; its expressions may differ by `env`.")
                    .remedy("Merge the two.")
                    .at(trust.header)
                    .label(first.header, "the first stands here"),
            ),
            None => trusts.push(trust),
        }
    }
    trusts
}

fn trust(block: &Block, diags: &mut Diags) -> Option<CiTrust> {
    let known = [CiCloud::Aws, CiCloud::Azure, CiCloud::Google];
    let label = match block.labels.as_slice() {
        [label] => known.into_iter().find(|cloud| cloud.word() == &*label.text),
        _ => None,
    };
    let Some(cloud) = label else {
        diags.push(
            Diagnostic::error("ci-trust-unknown", "A `trust` block of no cloud that is known")
                .detail("Its one label says which cloud believes the forge's tokens: aws, azure or google.")
                .remedy("Write `trust \"aws\" {`.")
                .at(block.header),
        );
        return None;
    };
    let wanted = cloud.arguments();
    let mut attributes = Vec::new();
    for attribute in &block.body.attributes {
        let name = &*attribute.name.text;
        if !wanted.contains(&name) && !cloud.optional().contains(&name) {
            diags.push(
                Diagnostic::error("estate-argument-unknown", format!("Unknown argument `{name}`"))
                    .detail(format!("`trust \"{}\"` has no argument of this name.", cloud.word()))
                    .remedy(format!(
                        "It takes: {}.",
                        [wanted, cloud.optional()].concat().join(", ")
                    ))
                    .at(attribute.name.span),
            );
        }
        if mentions(&attribute.expr, &["stack", "secret", "self", "each"]) {
            diags.push(form(name, "known from `env` and `estate` alone", attribute.expr.span));
        }
        attributes.push(Input { name: attribute.name.clone(), expr: attribute.expr.clone() });
    }
    for name in wanted {
        body::required(block, name, diags);
    }
    Some(CiTrust { cloud, attributes, header: block.header })
}

/// Which of these words an argument is.
fn choice(block: &Block, name: &str, words: &[&str], diags: &mut Diags) -> Option<usize> {
    let text = body::text_of(block, name, diags)?;
    let found = words.iter().position(|word| *word == &*text.node);
    if found.is_none() {
        diags.push(form(name, &format!("one of: {}", words.join(", ")), text.span));
    }
    found
}

/// What an argument may look like.
#[derive(Clone, Copy)]
enum Form {
    /// Letters, digits and `. _ / : @ + -`: nothing that a shell or YAML reads.
    Word,
    /// `https://`, and then a word with `%` and `=`.
    Address,
    /// A relative path that stays in the repository.
    Path,
    /// 64 hexadecimal digits.
    Sha256,
    /// Five fields of cron.
    Cron,
    /// `@user`, `@team/name` or an address of mail.
    Owner,
}

impl Form {
    fn check(self, name: &str, text: &Spanned<Arc<str>>, diags: &mut Diags) -> bool {
        let word = |text: &str, more: &str| {
            !text.is_empty()
                && !text.starts_with('-')
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "._/:@+-".contains(c) || more.contains(c))
        };
        let it = &*text.node;
        let (good, wanted) = match self {
            Form::Word => (word(it, ""), "letters, digits and . _ / : @ + -"),
            Form::Address => (
                ["https://", "file://"].iter().any(|scheme| it.starts_with(scheme))
                    && word(it, "%=~"),
                "an address that begins with https:// (or file://, on runners of your own)",
            ),
            Form::Path => (
                word(it, "") && !it.starts_with('/') && !it.split('/').any(|part| part == ".."),
                "a path within the repository",
            ),
            Form::Sha256 => (
                it.len() == 64
                    && it.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)),
                "64 hexadecimal digits in lower case",
            ),
            Form::Cron => (
                it.split(' ').count() == 5
                    && it.split(' ').all(|field| {
                        !field.is_empty()
                            && field
                                .chars()
                                .all(|c| c.is_ascii_alphanumeric() || "*,-/".contains(c))
                    }),
                "five fields of cron with single spaces between",
            ),
            Form::Owner => {
                (it.contains('@') && word(it, ""), "a name at the forge, as @acme/platform")
            }
        };
        if !good {
            diags.push(form(name, wanted, text.span));
        }
        good
    }
}

fn form(name: &str, wanted: &str, at: diag::Span) -> Diagnostic {
    Diagnostic::error("estate-argument-form", format!("`{name}` has another form"))
        .detail(format!("It is {wanted}."))
        .remedy("Write it out in that form.")
        .at(at)
}

#[cfg(test)]
mod tests {
    use crate::model::{Ci, CiApproval, CiCloud};
    use crate::read::sample;

    fn read(ci: &str) -> Ci {
        sample::blocks(ci).expect("read").ci.expect("a ci block")
    }

    fn check_wrong(ci: &str, expect: &str) {
        let told = sample::blocks(ci).expect_err(ci);
        assert!(told.iter().any(|one| one == expect), "{ci}: {told:?}");
    }

    #[test]
    fn what_is_missing_has_defaults() {
        let ci = read("ci {}");
        assert_eq!((&*ci.branch, ci.approval), ("main", CiApproval::Signature));
        assert!(ci.drift.is_none() && ci.trusts.is_empty());
        assert!(sample::blocks("").expect("read").ci.is_none());
    }

    #[test]
    fn what_is_said_is_kept() {
        let ci = read(
            "ci {\n approval = \"environment\"\n drift = \"17 4 * * 1-5\"\n environments = [\"dev\"]\n owners = { platform = \"@acme/platform\" }\n trust \"aws\" {\n plan_role = \"arn:${env.name}\"\n apply_role = \"b\"\n }\n}",
        );
        assert_eq!(ci.approval, CiApproval::Environment);
        assert_eq!(&*ci.owners[0].name.node, "@acme/platform");
        assert_eq!(ci.trusts[0].cloud, CiCloud::Aws);
    }

    #[test]
    fn nothing_can_become_another_step() {
        let check = |ci: &str, expect: &str| check_wrong(&format!("ci {{ {ci} }}"), expect);
        check("branch = \"main; curl x\"", "estate-argument-form");
        check("branch = \"$${{ github }}\"", "estate-argument-form");
        check("runner = \"-x\"", "estate-argument-form");
        check("file = \"../x\"", "estate-argument-form");
        check("drift = \"daily\"", "estate-argument-form");
        check("approval = \"none\"", "estate-argument-form");
        check("checksum = \"ABC\"", "estate-argument-form");
        check("download = \"http://x/y\"", "estate-argument-form");
        check("download = \"https://x/y\"", "ci-unpinned");
        check("environments = [\"prod\"]", "estate-unknown-name");
        check("owners = { security = \"@a/b\" }", "estate-unknown-name");
    }

    #[test]
    fn a_trust_is_whole_and_known_before_any_stack() {
        let check = |trust: &str, expect: &str| {
            check_wrong(&format!("ci {{\n {trust}\n}}"), expect);
        };
        check("trust \"hetzner\" {}", "ci-trust-unknown");
        check("trust \"aws\" {\n plan_role = \"a\"\n }", "estate-argument-missing");
        check(
            "trust \"aws\" {\n plan_role = secret.x\n apply_role = \"b\"\n }",
            "estate-argument-form",
        );
        check(
            "trust \"aws\" {\n plan_role = \"a\"\n apply_role = \"b\"\n key = \"c\"\n }",
            "estate-argument-unknown",
        );
    }
}
