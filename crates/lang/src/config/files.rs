//! Which files of a folder are read, and as what.
//!
//! Invariant: the order is that of file names, ordinary files before override files, whatever order they came in.

use super::declared::Role;

/// How a file is parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    Native,
    Json,
}

/// What a file's name says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) syntax: Syntax,
    pub(super) role: Role,
    /// Whether its extension is OpenTofu's own (`.tofu`).
    pub(super) own: bool,
    stem_len: usize,
}

/// What a file name says; `None` for files that are not configuration: others, hidden ones, editors' own, and tests.
pub(super) fn kind(name: &str) -> Option<Kind> {
    const EXTENSIONS: [(&str, Syntax, bool); 4] = [
        (".tf", Syntax::Native, false),
        (".tf.json", Syntax::Json, false),
        (".tofu", Syntax::Native, true),
        (".tofu.json", Syntax::Json, true),
    ];
    if is_ignored(name) {
        return None;
    }
    let (stem, syntax, own) = EXTENSIONS
        .iter()
        .find_map(|(ext, syntax, own)| Some((name.strip_suffix(ext)?, *syntax, *own)))?;
    let overriding = stem == "override" || stem.ends_with("_override");
    let role = if overriding { Role::Override } else { Role::Primary };
    Some(Kind { syntax, role, own, stem_len: stem.len() })
}

/// Hidden files and what editors leave behind.
fn is_ignored(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'))
}

/// Whether a file of a folder takes part in its module. A driver that lists folders need read no other file.
pub fn is_module_file(name: &str) -> bool {
    kind(name).is_some()
}

/// The files that count, in the order in which they are read: a `.tf` file beside a `.tofu` file of the same name
/// does not.
pub(super) fn select<'n>(names: impl Iterator<Item = &'n str>) -> Vec<(&'n str, Kind)> {
    let mut all: Vec<(&str, Kind)> = names.filter_map(|name| Some((name, kind(name)?))).collect();
    all.sort_by_key(|(name, kind)| (kind.role == Role::Override, *name));
    let own: std::collections::HashSet<(&str, bool)> = all
        .iter()
        .filter(|(_, kind)| kind.own)
        .map(|(name, kind)| (&name[..kind.stem_len], kind.syntax == Syntax::Json))
        .collect();
    all.retain(|(name, kind)| {
        kind.own || !own.contains(&(&name[..kind.stem_len], kind.syntax == Syntax::Json))
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &[&str], expect: &[&str]) {
        let selected: Vec<&str> =
            select(names.iter().copied()).into_iter().map(|it| it.0).collect();
        assert_eq!(selected, expect);
    }

    #[test]
    fn own_files_stand_in_for_others_of_the_same_name() {
        check(&["a.tf", "a.tofu", "b.tf"], &["a.tofu", "b.tf"]);
        check(&["a.tf.json", "a.tofu"], &["a.tf.json", "a.tofu"]);
        check(&["a.tf.json", "a.tofu.json"], &["a.tofu.json"]);
    }

    #[test]
    fn override_files_come_last() {
        check(
            &["override.tf", "a_override.tf", "z.tf", "overrides.tf"],
            &["overrides.tf", "z.tf", "a_override.tf", "override.tf"],
        );
    }

    #[test]
    fn others_are_passed_over() {
        check(
            &[".a.tf", "a.tf~", "#a.tf#", "README", "a.tftest.hcl", "a.tofutest.json", "a.tfvars"],
            &[],
        );
    }
}
