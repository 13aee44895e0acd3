//! A better spelling for an unknown name, by edit distance, as HCL suggests names.
//! Invariant: a suggestion is at most two edits away.

/// Most single-letter edits between a name and what is suggested for it.
const EDITS_MAX: usize = 2;

/// The first of `known` that is nearest to `given`, if it is near enough.
pub(crate) fn nearest<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let given: Vec<char> = given.chars().collect();
    let distances = known.map(|name| (distance(&given, name), name));
    let (edits, name) = distances.min_by_key(|(edits, _)| *edits)?;
    (edits <= EDITS_MAX).then_some(name)
}

/// The fewest insertions, removals and changes of single letters from one to the other.
fn distance(from: &[char], to: &str) -> usize {
    let mut row: Vec<usize> = (0..=from.len()).collect();
    for (line, letter) in to.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for at in 0..from.len() {
            let above = row[at + 1];
            let change = diagonal + usize::from(from[at] != letter);
            row[at + 1] = change.min(above + 1).min(row[at] + 1);
            diagonal = above;
        }
    }
    row[from.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested() {
        let known = ["upper", "lower", "split"];
        let check = |given: &str, expect: Option<&str>| {
            assert_eq!(nearest(given, known.into_iter()), expect, "{given}");
        };
        check("uper", Some("upper"));
        check("Lower", Some("lower"));
        check("plits", Some("split"));
        check("nothing", None);
    }
}
