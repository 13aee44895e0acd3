//! Plans of changes that nobody has let in yet: what they may use, and whose rules count for them.
//!
//! A pull request's author writes the configuration that is planned with the team's credentials. So the rules (groups,
//! approvals, limits, what pull requests may use) are those of the commit that it is to be merged into; what reaches the
//! machine, other hosts or secrets is refused by name before any provider starts; processes see a cleaned environment,
//! and functions only the repository's files. What a stranger wrote gets no credentials and no process at all.
//!
//! Invariant: nothing of the change is parsed before its tree was looked at, and no process is started before its
//! configuration was.

mod base;
mod configuration;
mod providers;
mod settings;
mod tree;

use std::collections::HashSet;
use std::sync::Arc;

use diag::{Diagnostic, Diags, SourceMap};
use host::Host;

pub use base::Base;
pub use providers::is_harmless_variable;

use super::check::Checked;
use super::open::EstateFile;
use crate::bounds::Bounds;

/// Who wrote the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// Somebody who may push to the repository: planned with the identities for planning.
    Member,
    /// Anybody, such as the author of a fork: rehearsed.
    Stranger,
}

/// A change that is planned for those who are to judge it.
#[derive(Clone, Debug)]
pub struct PullRequest {
    /// What it is to be merged into.
    pub base: Arc<Base>,
    /// The files that its configuration may read.
    pub bounds: Arc<Bounds>,
    /// Who wrote it.
    pub author: Author,
    /// The files that it changes, by their paths from the estate's folder.
    changed: Arc<HashSet<String>>,
}

impl PullRequest {
    /// Reads the base, and looks at the change's tree; `None` where that has what a pull request may not have, or the
    /// base cannot be read, which is reported.
    pub fn begin(
        host: &Host,
        dir: &std::path::Path,
        (reference, author): (&str, Author),
        sources: &mut SourceMap,
        diags: &mut Diags,
    ) -> Option<PullRequest> {
        let base = Base::read(host, dir, reference, sources, diags)?;
        let bounds = tree::check(&base, diags)?;
        let changed = match base.repository.changed(&base.commit) {
            Ok(changed) => changed.into_iter().collect(),
            Err(error) => {
                diags.push(super::affected::failed(reference, &error));
                return None;
            }
        };
        let (base, bounds) = (Arc::new(base), Arc::new(bounds));
        Some(PullRequest { base, bounds, author, changed: Arc::new(changed) })
    }

    /// Looks at the estate's own files; what is refused is reported.
    pub fn check_file(&self, file: &EstateFile, sources: &SourceMap, diags: &mut Diags) {
        settings::check(&self.base, file, sources, diags);
    }

    /// Looks at the root modules; what is refused is reported.
    pub fn check_modules(
        &self,
        file: &EstateFile,
        checked: &Checked,
        sources: &SourceMap,
        diags: &mut Diags,
    ) {
        for (stack, module) in checked.modules.stacks() {
            configuration::check(self, file, (stack, module), sources, diags);
        }
    }
}

/// The estate under the rules of a commit; what the file says otherwise is told, and does not count. `None` where it
/// has something that cannot be ruled, which is reported.
pub fn ruled(mut file: EstateFile, base: &Arc<Base>, diags: &mut Diags) -> Option<EstateFile> {
    let before = diags.error_count();
    let ruled = estate::under_rules(&file.estate, &base.estate);
    for one in ruled.moved {
        diags.push(
            Diagnostic::error("pull-request-layer", "A stack changes its layer")
                .detail(format!(
                    "In {} {}: the layers' limits cannot both bind it.",
                    base.shown, one.what
                ))
                .remedy(
                    "Move it in a change of its own that is merged after review, and plan it then.",
                )
                .at(one.span),
        );
    }
    let signers: Vec<String> = base.changed_signers(&file.dir);
    if !ruled.changed.is_empty() || !signers.is_empty() {
        let place = ruled.changed.first().map(|one| one.span);
        let mut what: Vec<String> = ruled.changed.into_iter().map(|one| one.what).collect();
        what.extend(signers);
        let said = Diagnostic::warning("pull-request-rules", "Rules that do not count for this change")
            .detail(format!(
                "It says otherwise than {} of: {}. Who has to approve it, and what it may do, is said by {}.",
                base.shown,
                what.join(", "),
                base.shown
            ))
            .remedy("None is needed; once merged they count for the changes after this one.")
            .maybe_at(place);
        if !diags.iter().any(|known| *known == said) {
            diags.push(said);
        }
    }
    file.estate = ruled.estate;
    file.base = Some(base.clone());
    (diags.error_count() == before).then_some(file)
}
