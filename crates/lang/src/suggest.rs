//! "Did you mean": the candidate nearest to a name that is not there.
//!
//! Invariant: a suggestion differs from the given name by at most two letters, as OpenTofu suggests.

/// Most letters by which a suggestion may differ.
const DISTANCE_MAX: usize = 2;

/// The first candidate that differs least from `given`, if it differs by at most two letters.
pub(crate) fn nearest<'a>(
    given: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .filter(|candidate| *candidate != given)
        .map(|candidate| (distance(given, candidate), candidate))
        .filter(|(distance, _)| *distance <= DISTANCE_MAX)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The nearest candidate as a sentence that follows another, or nothing.
pub fn sentence<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(given, candidates) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => String::new(),
    }
}

/// Levenshtein distance in characters; above [`DISTANCE_MAX`] any greater number.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    if a.chars().count().abs_diff(b.len()) > DISTANCE_MAX {
        return DISTANCE_MAX + 1;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_within_two_letters() {
        let names = ["variable", "resource", "output"];
        assert_eq!(nearest("varyable", names), Some("variable"));
        assert_eq!(nearest("resourse", names), Some("resource"));
        assert_eq!(nearest("outp", names), Some("output"));
        assert_eq!(nearest("out", names), None);
        assert_eq!(distance("kitten", "sitten"), 1);
        assert_eq!(distance("", "ab"), 2);
    }
}
