//! Who waits for whom in a run (ENGINE §8).
//!
//! Applying: the lead of a lower stack goes before that of an upper one, the trail of an upper stack before that of a lower
//! one. Destroying: an upper stack before a lower one, each whole; what is forgotten with its host holds nobody back, since
//! it makes no call of its own, and those that read it are waited for in its place.
//!
//! Invariant: nobody waits, through any number of others, for itself.

use super::input::{Direction, Leaves, RunInput, StackId};

/// What another stack has to have reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Until {
    /// Its outputs are there.
    LeadOver,
    /// It has ended.
    End,
}

/// What each stack waits for, sorted, none twice.
pub(super) struct Needs {
    /// Before it is planned.
    pub(super) begin: Vec<Vec<(StackId, Until)>>,
    /// Before its trail goes.
    pub(super) trail: Vec<Vec<StackId>>,
}

/// The waits of a run.
///
/// # Panics
/// Where a stack reads one that does not stand before it.
pub(super) fn needs(input: &RunInput) -> Needs {
    let readers = readers(input);
    match input.direction {
        Direction::Apply => Needs {
            begin: input
                .stacks
                .iter()
                .map(|stack| {
                    sorted(stack.reads.iter().map(|read| (*read, Until::LeadOver)).collect())
                })
                .collect(),
            trail: readers,
        },
        Direction::Destroy => destroying(input, &readers),
    }
}

/// The stacks that stand on each: by what they read, or what they have read.
fn readers(input: &RunInput) -> Vec<Vec<StackId>> {
    let mut readers = vec![Vec::new(); input.stacks.len()];
    for (at, stack) in input.stacks.iter().enumerate() {
        let own = id(at);
        assert!(
            stack.reads.iter().all(|read| *read < own),
            "BUG: a stack reads one that is not before it"
        );
        for below in stack.reads.iter().chain(stack.stood_on.iter().filter(|below| **below < own)) {
            readers[below.at()].push(own);
        }
    }
    readers.into_iter().map(sorted).collect()
}

fn destroying(input: &RunInput, readers: &[Vec<StackId>]) -> Needs {
    let count = input.stacks.len();
    let mut begin: Vec<Vec<(StackId, Until)>> = vec![Vec::new(); count];
    // From the top down, so that what the readers of a stack wait for is known.
    for at in (0..count).rev() {
        let mut waits = Vec::new();
        for reader in &readers[at] {
            match host(input, *reader) {
                None => waits.push((*reader, Until::End)),
                Some(host) => {
                    let above = begin[reader.at()].iter().filter(|(other, _)| *other != host);
                    waits.extend(above.copied());
                    // Not before the host is gone, either, unless this stands on the host itself.
                    waits.extend((host.at() > at).then_some((host, Until::End)));
                }
            }
        }
        waits.extend(host(input, id(at)).map(|host| (host, Until::End)));
        begin[at] = sorted(waits);
    }
    Needs { begin, trail: vec![Vec::new(); count] }
}

/// The stack whose destruction takes this one along: its host, or what takes that along.
fn host(input: &RunInput, stack: StackId) -> Option<StackId> {
    let mut found = None;
    let mut at = stack;
    while let Leaves::WithHost(host) = input.stacks[at.at()].leaves {
        assert!(host < at, "BUG: a host does not stand before what it hosts");
        found = Some(host);
        at = host;
    }
    found
}

fn sorted<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort_unstable();
    items.dedup();
    items
}

fn id(at: usize) -> StackId {
    StackId(u32::try_from(at).expect("BUG: too many stacks"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::RunStack;

    /// Stacks as `reads` or `reads@host`, each a list of digits.
    fn input(direction: Direction, stacks: &[&str]) -> RunInput {
        let ids = |text: &str| {
            text.bytes().map(|digit| StackId(u32::from(digit - b'0'))).collect::<Vec<_>>()
        };
        let stacks = stacks.iter().map(|text| {
            let (reads, host) = text.split_once('@').unwrap_or((text, ""));
            let leaves = ids(host).first().map_or(Leaves::Itself, |host| Leaves::WithHost(*host));
            RunStack { reads: ids(reads), stood_on: Vec::new(), leaves }
        });
        RunInput { direction, stacks: stacks.collect(), rounds_max: 1, width: 9 }
    }

    fn check(direction: Direction, stacks: &[&str], expect: &[&str]) {
        let needs = needs(&input(direction, stacks));
        let text = |waits: &Vec<(StackId, Until)>| {
            waits.iter().map(|(other, _)| other.0.to_string()).collect::<String>()
        };
        let found: Vec<String> = needs.begin.iter().map(text).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn applying_waits_for_what_is_read_and_destroying_for_readers() {
        check(Direction::Apply, &["", "0", "01"], &["", "0", "01"]);
        check(Direction::Destroy, &["", "0", "01"], &["12", "2", ""]);
    }

    #[test]
    fn what_is_forgotten_waits_for_its_host_and_holds_nobody_back() {
        // 1 is the host of 3, which reads 2 and is read by 4.
        check(Direction::Destroy, &["", "0", "1", "12@1", "3"], &["1", "24", "4", "14", ""]);
    }

    #[test]
    fn a_trail_waits_for_those_that_have_read_it_too() {
        let mut input = input(Direction::Apply, &["", "", ""]);
        input.stacks[2].stood_on = vec![StackId(0)];
        // Turned round: what stands after it now is left out of account.
        input.stacks[0].stood_on = vec![StackId(1)];
        assert_eq!(needs(&input).trail, [vec![StackId(2)], vec![], vec![]]);
    }
}
