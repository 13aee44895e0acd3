//! Paths from the top of a repository, and from a folder in it.
//!
//! Invariant: `from_top(prefix, to_top(prefix, path)) == path` for every path in its shortest form.

/// The path from a repository's top of what `path` names, seen from the folder `prefix` (`a/b/`, or empty at the top).
/// `None` where it leads out of the repository.
pub(crate) fn to_top(prefix: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = prefix.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}

/// A path from the top, seen from the folder `prefix`.
pub(crate) fn from_top(prefix: &str, path: &str) -> String {
    let folder: Vec<&str> = prefix.split('/').filter(|part| !part.is_empty()).collect();
    let parts: Vec<&str> = path.split('/').collect();
    let common = folder.iter().zip(&parts).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", folder.len() - common);
    up.chain(parts[common..].iter().copied()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::{from_top, to_top};

    #[test]
    fn paths_go_both_ways() {
        let check = |prefix: &str, inner: &str, outer: &str| {
            assert_eq!(from_top(prefix, outer), inner, "{prefix} {outer}");
            assert_eq!(to_top(prefix, inner).as_deref(), Some(outer), "{prefix} {inner}");
        };
        check("", "a/b.tf", "a/b.tf");
        check("infra/", "stacks/a.tf", "infra/stacks/a.tf");
        check("infra/live/", "../modules/a.tf", "infra/modules/a.tf");
        check("infra/live/", "../../README.md", "README.md");
        assert_eq!(to_top("a/", "./x/../y"), Some("a/y".to_owned()));
        assert_eq!(to_top("a/", "../../y"), None);
    }
}
