//! Which steps are tried: `crashes`, `crashes:N`, `crashes:1/N`.

use diag::Diagnostic;

use crate::make::Key;

/// Which steps of a run are crashed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Each.
    All,
    /// This one, by its number from 1.
    One(u64),
    /// One of so many, drawn by the seed.
    OneIn(u64),
}

impl Which {
    /// Reads `crashes`, `crashes:N` or `crashes:1/N`.
    ///
    /// # Errors
    /// Where it is none of these.
    pub fn parse(text: &str) -> Result<Which, Diagnostic> {
        let positive = |text: &str| text.parse::<u64>().ok().filter(|number| *number > 0);
        let read = match text.split_once(':') {
            None => (text == "crashes").then_some(Which::All),
            Some(("crashes", rest)) => match rest.strip_prefix("1/") {
                Some(many) => positive(many).map(Which::OneIn),
                None => positive(rest).map(Which::One),
            },
            Some(_) => None,
        };
        read.ok_or_else(|| {
            Diagnostic::error("explore-unknown", format!("--explore={text} explores nothing"))
                .detail("A rehearsal explores `crashes`.")
                .remedy("Write crashes; crashes:N for one step alone, crashes:1/N for one step of N, drawn by the seed.")
        })
    }

    /// Whether a step is among them.
    pub fn takes(self, seed: u64, step: u64) -> bool {
        match self {
            Which::All => true,
            Which::One(number) => number == step,
            Which::OneIn(many) => {
                Key::new(seed, &["explore", &step.to_string()]).below("taken", many) == 0
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_explored_is_read() {
        let check = |text, expect| assert_eq!(Which::parse(text).ok(), expect, "{text}");
        check("crashes", Some(Which::All));
        check("crashes:7", Some(Which::One(7)));
        check("crashes:1/20", Some(Which::OneIn(20)));
        for text in ["", "crash", "crashes:", "crashes:0", "crashes:1/0", "crashes:2/3", "x:1"] {
            check(text, None);
        }
    }

    #[test]
    fn one_in_many_is_about_so_many_and_always_the_same() {
        let taken = |seed| (1..=1000).filter(|step| Which::OneIn(10).takes(seed, *step)).count();
        assert!((60..140).contains(&taken(0)), "{}", taken(0));
        assert_eq!(taken(3), taken(3));
        assert!(Which::One(2).takes(0, 2) && !Which::One(2).takes(0, 3));
    }
}
