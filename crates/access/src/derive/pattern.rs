//! Names of resources as patterns: what of a name is the cloud's own, so not worth learning, and what many have in common.
//!
//! Not here: what a pattern covers (`glob`).

/// A resource with `*` for each part of it that the cloud made up: a run of the same stack has another there.
pub(super) fn lasting(resource: &str) -> String {
    let Some((head, name)) = split(resource) else { return resource.to_owned() };
    let mut out = String::with_capacity(resource.len());
    let mut part = String::new();
    for letter in name.chars() {
        if matches!(letter, '/' | ':') {
            out.push_str(&settled(&part));
            out.push(letter);
            part.clear();
        } else {
            part.push(letter);
        }
    }
    out.push_str(&settled(&part));
    format!("{head}{out}")
}

/// The part before a resource's name, up to the account, and the name.
fn split(resource: &str) -> Option<(&str, &str)> {
    let at = resource.match_indices(':').nth(4)?.0;
    Some(resource.split_at(at + 1))
}

/// One step of a name, without what is made up.
fn settled(part: &str) -> String {
    if is_uuid(part) {
        return "*".to_owned();
    }
    if let Some((_, tail)) = part.rsplit_once('-')
        && is_id(tail)
    {
        return "*".to_owned(); // the words before an id only say of what it is
    }
    // A prefix with the time and a number behind it, as providers make names from prefixes.
    let digits =
        part.len() - part.trim_end_matches(|letter: char| letter.is_ascii_hexdigit()).len();
    if digits >= 26 {
        return format!("{}*", &part[..part.len() - 26]);
    }
    part.to_owned()
}

/// The ids of the cloud: 17 hexadecimal digits, or 8 in old ones, which are never digits alone here: those are dates.
fn is_id(tail: &str) -> bool {
    let hex = |letter: u8| letter.is_ascii_digit() || (b'a'..=b'f').contains(&letter);
    let dated = tail.bytes().all(|letter| letter.is_ascii_digit());
    tail.bytes().all(hex) && (tail.len() == 17 || (tail.len() == 8 && !dated))
}

fn is_uuid(part: &str) -> bool {
    let steps: Vec<&str> = part.split('-').collect();
    let lengths: Vec<usize> = steps.iter().map(|step| step.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && part.chars().all(|letter| letter == '-' || letter.is_ascii_hexdigit())
}

/// Names of one kind by what they have in common, where they are many: the longest beginning that ends a word.
pub(super) fn gathered(resources: &[String]) -> Vec<String> {
    let mut kinds: Vec<(&str, Vec<&str>)> = Vec::new();
    for resource in resources {
        let (kind, name) = resource.split_at(kind_end(resource));
        match kinds.iter_mut().find(|(other, _)| *other == kind) {
            Some((_, names)) => names.push(name),
            None => kinds.push((kind, vec![name])),
        }
    }
    let mut out: Vec<String> = Vec::new();
    for (kind, names) in kinds {
        let common = common(&names);
        if names.len() >= MANY && !common.is_empty() {
            out.push(format!("{kind}{common}*"));
        } else {
            out.extend(names.iter().map(|name| format!("{kind}{name}")));
        }
    }
    out.sort();
    out.dedup();
    out
}

/// So many names of one kind in one statement are written as their common beginning.
const MANY: usize = 4;

/// Where the kind ends and the name begins: behind the last `/` or `:` before the name's own first letter; a step that is `*`
/// counts as part of the kind.
fn kind_end(resource: &str) -> usize {
    let Some((head, name)) = split(resource) else { return 0 };
    let at = name.find(['/', ':']).map_or(0, |at| at + 1);
    let starred = if name[at..].starts_with("*/") { 2 } else { 0 };
    head.len() + at + starred
}

fn common(names: &[&str]) -> String {
    let Some(first) = names.first() else { return String::new() };
    let shared = names.iter().fold(first.len(), |len, name| {
        first.bytes().zip(name.bytes()).take(len).take_while(|(a, b)| a == b).count()
    });
    let shared = &first[..shared];
    let end = shared.rfind(['-', '/', '_', '.']).map_or(0, |at| at + 1);
    shared[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_do_not_last_and_names_do() {
        for (resource, expect) in [
            ("arn:aws:ec2:r:1:vpc/vpc-0a1b2c3d4e5f60718", "arn:aws:ec2:r:1:vpc/*"),
            ("arn:aws:ec2:r:1:vpc/vpc-1234abcd", "arn:aws:ec2:r:1:vpc/*"),
            ("arn:aws:kms:r:1:key/0a1b2c3d-0000-1111-2222-333344445555", "arn:aws:kms:r:1:key/*"),
            ("arn:aws:kms:r:1:alias/acme-dev-store", "arn:aws:kms:r:1:alias/acme-dev-store"),
            ("arn:aws:rds:r:1:cluster:acme-dev-orders", "arn:aws:rds:r:1:cluster:acme-dev-orders"),
            (
                "arn:aws:s3:::acme-dev-artifacts-111111111111",
                "arn:aws:s3:::acme-dev-artifacts-111111111111",
            ),
            (
                "arn:aws:eks:r:1:nodegroup/a/general-2026112421000000000000000a/x",
                "arn:aws:eks:r:1:nodegroup/a/general-*/x",
            ),
            ("arn:aws:s3:::logs-20261124", "arn:aws:s3:::logs-20261124"),
            ("*", "*"),
        ] {
            assert_eq!(lasting(resource), expect, "{resource}");
        }
    }

    #[test]
    fn many_names_become_their_beginning() {
        let role = |name: &str| format!("arn:aws:iam::1:role/{name}");
        let few = [role("a-x"), role("a-y")];
        assert_eq!(gathered(&few), few);
        let many = ["acme-dev-a", "acme-dev-b", "acme-dev-c-x", "acme-dev-d"].map(role);
        assert_eq!(gathered(&many), [role("acme-dev-*")]);
        let unlike = ["a", "b", "c", "d"].map(role);
        assert_eq!(gathered(&unlike), unlike, "what has nothing in common stays apart");
    }
}
