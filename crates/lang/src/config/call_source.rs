//! Where a called module comes from, and which folder that is.
//!
//! Only local paths are supported: other sources are refused by name.
//!
//! Invariant: a folder is named by one clean relative path, so one folder is read once.

/// What a `source` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A path that begins with `./` or `../`.
    Local(String),
    /// `NAMESPACE/NAME/SYSTEM`, perhaps behind a host.
    Registry,
    /// Anything else: an address to be fetched.
    Remote,
    /// A path that lacks its `./`.
    Unclear,
}

/// Reads a source.
pub(super) fn read(text: &str) -> Source {
    const LOCAL: [&str; 4] = ["./", "../", ".\\", "..\\"];
    if LOCAL.iter().any(|prefix| text.starts_with(prefix)) {
        return Source::Local(text.replace('\\', "/"));
    }
    if is_registry(text) {
        return Source::Registry;
    }
    let remote = text.contains("::")
        || text.contains("://")
        || text.starts_with('/')
        || text.starts_with("git@")
        || ["github.com/", "bitbucket.org/", "gitlab.com/"].iter().any(|it| text.starts_with(it));
    if remote { Source::Remote } else { Source::Unclear }
}

/// Three words, or a host and three words; hosts of forges are no registries.
fn is_registry(text: &str) -> bool {
    let (text, _) = text.split_once("//").unwrap_or((text, ""));
    let parts: Vec<&str> = text.split('/').collect();
    let word = |part: &&str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    match &parts[..] {
        words @ [_, _, _] => words.iter().all(word),
        [host, words @ ..] if words.len() == 3 => {
            let forge = ["github.com", "bitbucket.org", "gitlab.com"].contains(host);
            host.contains('.') && !forge && words.iter().all(word)
        }
        _ => false,
    }
}

/// The clean path of a folder beneath or beside another.
pub(super) fn join(dir: &str, source: &str) -> String {
    let rooted = dir.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in dir.split('/').chain(source.split('/')) {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                None if rooted => {}
                None | Some(&"..") => parts.push(".."),
                Some(_) => {
                    parts.pop();
                }
            },
            _ => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_clean() {
        let check = |dir: &str, source: &str, expect: &str| assert_eq!(join(dir, source), expect);
        check(".", "./child", "child");
        check(".", "../other", "../other");
        check("a/b", "../c", "a/c");
        check("..", "../x", "../../x");
        check("a", "../", ".");
        check("/root/a", "../../../x", "/x");
        check("a", ".//b/./c/", "a/b/c");
    }

    #[test]
    fn kinds_of_sources() {
        let check = |text: &str, expect: Source| assert_eq!(read(text), expect, "{text}");
        check("./foo", Source::Local("./foo".to_owned()));
        check("..\\foo", Source::Local("../foo".to_owned()));
        check("hashicorp/bar/aws", Source::Registry);
        check("example.com/a/b/c//sub", Source::Registry);
        check("git::https://example.com/", Source::Remote);
        check("github.com/a/b", Source::Remote);
        check("/abs/path", Source::Remote);
        check("foo", Source::Unclear);
    }
}
