//! Paths as texts: `basename`, `dirname` and the cleaning of `.` and `..`. Never a look at a disk.
//! Invariant: separators are slashes; the result of a cleaning is clean.

/// The last element of `path`; `.` for an empty path, `/` for one of slashes only.
pub(crate) fn base(path: &str) -> &str {
    if path.is_empty() {
        return ".";
    }
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() {
        return "/";
    }
    trimmed.rsplit_once('/').map_or(trimmed, |(_, last)| last)
}

/// All but the last element of `path`, cleaned.
pub(crate) fn dir(path: &str) -> String {
    clean(path.rfind('/').map_or("", |at| &path[..=at]))
}

/// The shortest path that means the same, judged by text alone; `.` for an empty one.
pub(crate) fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// `path` as seen from the folder `base`, cleaned; itself where it is absolute.
pub(crate) fn join(base: &str, path: &str) -> String {
    if path.starts_with('/') {
        return clean(path);
    }
    match (base.is_empty(), path.is_empty()) {
        (true, true) => String::new(),
        (true, false) => clean(path),
        (false, true) => clean(base),
        (false, false) => clean(&format!("{base}/{path}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_and_folders() {
        for (path, last, folder) in [
            ("", ".", "."),
            ("/", "/", "/"),
            ("a", "a", "."),
            ("a/b", "b", "a"),
            ("/a/b/", "b", "/a/b"),
            ("a/./c/../b.txt", "b.txt", "a"),
            ("../x", "x", ".."),
        ] {
            assert_eq!(base(path), last, "{path}");
            assert_eq!(dir(path), folder, "{path}");
        }
    }

    #[test]
    fn cleaning() {
        for (path, expect) in [
            ("", "."),
            ("./a//b/", "a/b"),
            ("a/../..", ".."),
            ("/../a", "/a"),
            ("../../a/..", "../.."),
        ] {
            assert_eq!(clean(path), expect, "{path}");
        }
        assert_eq!(join("mod", "./f.txt"), "mod/f.txt");
        assert_eq!(join(".", "f.txt"), "f.txt");
        assert_eq!(join("mod", "/etc/f"), "/etc/f");
    }
}
