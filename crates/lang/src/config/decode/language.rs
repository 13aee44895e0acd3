//! `language` blocks, and whether a module wants this version of OpenTofu.
//!
//! Compatibility is asked first and read loosely: a module that wants another version may use words that this one
//! does not know, and then nothing else about it is worth reporting.

use diag::{Diagnostic, Diags, Span};
use schema::version::{Dialect, Version};

use super::reference::list_required;
use crate::config::constant;
use crate::config::declared::Role;
use crate::config::source::{AttrSrc, BlockSrc, BodySrc, Need, Shape};
use crate::config::version::VersionConstraint;

const EDITION: &str = "tofu2024";

/// The code of the one diagnostic that makes all others of its module void.
pub(crate) const INCOMPATIBLE: &str = "incompatible-module";

const SNIFF: Shape = Shape { attributes: &[], blocks: &[("terraform", &[]), ("language", &[])] };
const LANGUAGE: Shape = Shape {
    attributes: &[("edition", Need::Optional), ("experiments", Need::Optional)],
    blocks: &[("compatible_with", &[])],
};
const COMPATIBLE_WITH: Shape = Shape { attributes: &[("opentofu", Need::Optional)], blocks: &[] };
const SNIFF_TERRAFORM: Shape =
    Shape { attributes: &[("required_version", Need::Optional)], blocks: &[] };

/// Which version of OpenTofu asks, and whether the file is one that its forebear does not read.
#[derive(Clone, Copy, Debug)]
pub(in crate::config) struct Compatibility<'v> {
    /// The version whose language is spoken.
    pub(in crate::config) version: &'v Version,
    /// Whether the file's name ends in `.tofu` or `.tofu.json`: elsewhere `required_version` concerns OpenTofu's
    /// forebear and is passed over.
    pub(in crate::config) own_file: bool,
}

impl Compatibility<'_> {
    /// Reports each constraint in the file that excludes this version.
    pub(in crate::config) fn check(self, body: BodySrc<'_>, diags: &mut Diags) {
        let mut unheard = Diags::new();
        let (content, _) = body.partial(&SNIFF, &mut unheard);
        for block in &content.blocks {
            let inner = block.body(&mut unheard);
            if &*block.kind.text == "language" {
                let shape = Shape { attributes: &[], blocks: LANGUAGE.blocks };
                let (content, _) = inner.partial(&shape, &mut unheard);
                for nested in &content.blocks {
                    let constraint = compatible_with(nested, &mut unheard);
                    self.judge(constraint, diags);
                }
            } else if self.own_file {
                let (content, _) = inner.partial(&SNIFF_TERRAFORM, &mut unheard);
                if let Some(attribute) = content.attribute("required_version") {
                    let constraint = version_constraint(attribute, diags);
                    self.judge(constraint, diags);
                }
            }
        }
    }

    fn judge(self, constraint: Option<VersionConstraint>, diags: &mut Diags) {
        let Some(constraint) = constraint else { return };
        let wrong = constraint.constraints.iter().find(|it| it.version.is_prerelease());
        if let Some(wrong) = wrong {
            diags.push(prerelease(&wrong.to_string(), constraint.span));
        } else if !constraint.constraints.admits(self.version, Dialect::Core) {
            diags.push(incompatible(self.version, &constraint));
        }
    }
}

fn incompatible(version: &Version, constraint: &VersionConstraint) -> Diagnostic {
    Diagnostic::error(INCOMPATIBLE, format!("This module does not want OpenTofu {version}"))
        .detail(format!(
            "It says `{}`, and Strata speaks the language of OpenTofu {version}. Nothing else of the module was looked at.",
            constraint.text
        ))
        .remedy("Use a version of the module that is made for this version, or change the constraint knowing why it is there.")
        .at(constraint.span)
}

fn prerelease(text: &str, span: Span) -> Diagnostic {
    Diagnostic::error("prerelease-constraint", format!("`{text}` names a pre-release of OpenTofu"))
        .detail("A pre-release of OpenTofu is judged by its three numbers only, so a constraint cannot name one.")
        .remedy("Leave away what follows the hyphen.")
        .at(span)
}

fn version_constraint(attribute: AttrSrc<'_>, diags: &mut Diags) -> Option<VersionConstraint> {
    let text = constant::text(attribute, diags)?;
    VersionConstraint::read(&text, attribute.expr.span(), attribute.span, diags)
}

/// The constraint on OpenTofu; arguments for other programs are passed over.
fn compatible_with(block: &BlockSrc<'_>, diags: &mut Diags) -> Option<VersionConstraint> {
    let (content, _) = block.body(diags).partial(&COMPATIBLE_WITH, diags);
    version_constraint(content.attribute("opentofu")?, diags)
}

/// Decodes a `language` block, of which nothing is kept.
pub(super) fn decode(block: &BlockSrc<'_>, role: Role, diags: &mut Diags) {
    if role == Role::Override {
        diags.push(
            Diagnostic::error("not-overridable", "An override file holds a `language` block")
                .detail("What language a module is written in is said in one place, for the whole module.")
                .remedy("Move it to an ordinary file.")
                .at(block.header),
        );
        return;
    }
    let content = block.body(diags).content(&LANGUAGE, diags);
    if let Some(attribute) = content.attribute("edition") {
        edition(attribute, diags);
    }
    if let Some(attribute) = content.attribute("experiments") {
        experiments(attribute, diags);
    }
    let mut first: Option<Span> = None;
    for nested in &content.blocks {
        let Some(constraint) = compatible_with(nested, diags) else { continue };
        match first {
            Some(first) => diags.push(super::block::twice(nested, first)),
            None => first = Some(constraint.span),
        }
        // The block is new in 1.12: a constraint that admits 1.11 says something that 1.11 never reads.
        let before = Version::new(1, 11, 0);
        if constraint.constraints.admits(&before, Dialect::Core) {
            diags.push(ineffective(constraint.span));
        }
    }
}

fn ineffective(span: Span) -> Diagnostic {
    Diagnostic::warning(
        "ineffective-constraint",
        "This constraint admits versions that do not read it",
    )
    .detail(
        "`compatible_with` exists since OpenTofu 1.12.0; earlier versions refuse the whole block.",
    )
    .remedy("Write `>= 1.12.0` or later, or use `required_version` in a file that ends in `.tofu`.")
    .at(span)
}

fn edition(attribute: AttrSrc<'_>, diags: &mut Diags) {
    let word = attribute.expr.keyword();
    if word.as_deref() == Some(EDITION) {
        return;
    }
    let what = match word {
        Some(word) => format!("The language edition `{word}` is not known"),
        None => "A language edition is a bare word".to_owned(),
    };
    diags.push(
        Diagnostic::error("language-edition", what)
            .detail(format!("The only edition is `{EDITION}`, which is meant where none is named."))
            .remedy(format!("Write `edition = {EDITION}`, or leave it away."))
            .at(attribute.expr.span()),
    );
}

fn experiments(attribute: AttrSrc<'_>, diags: &mut Diags) {
    let Some(list) = attribute.expr.list() else {
        diags.push(list_required(attribute.expr.span()));
        return;
    };
    for element in list {
        let what = match element.keyword() {
            Some(word) => format!("There is no experiment `{word}`"),
            None => "An experiment is a bare word".to_owned(),
        };
        diags.push(
            Diagnostic::error("language-experiment", what)
                .detail("This version of the language has no experiments.")
                .remedy("Take it out.")
                .at(element.span()),
        );
    }
}
