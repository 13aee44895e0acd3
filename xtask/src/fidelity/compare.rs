//! Two observations beside each other: what agrees, and the list of what does not.
//!
//! Invariant: only resources that both have are compared; of those, every path that either has.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::form;
use super::observe::{Forms, Observed, Resource};

/// Figures of a type.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Figures {
    pub(crate) agreed: usize,
    pub(crate) all: usize,
    /// What does not agree: what was looked at, the path, on real parts, rehearsed; and how often.
    pub(crate) differences: BTreeMap<(&'static str, String, String, String), usize>,
}

/// The outcome.
#[derive(Debug, Default)]
pub(crate) struct Report {
    types: BTreeMap<String, Figures>,
    /// Resources that only one side has.
    alone: BTreeSet<String>,
}

impl Report {
    /// Compares.
    pub(crate) fn of(real: &Observed, rehearsed: &Observed) -> Report {
        let mut report = Report::default();
        for (key, one) in &real.resources {
            match rehearsed.resources.get(key) {
                Some(other) => report.resource(one, other),
                None => drop(report.alone.insert(format!("{key}: on real parts only"))),
            }
        }
        let only = rehearsed.resources.keys().filter(|key| !real.resources.contains_key(*key));
        report.alone.extend(only.map(|key| format!("{key}: rehearsed only")));
        report
    }

    fn resource(&mut self, real: &Resource, rehearsed: &Resource) {
        let figures = self.types.entry(real.kind.clone()).or_default();
        if !real.plan.is_empty() && !rehearsed.plan.is_empty() {
            figures.forms("plan", &real.plan, &rehearsed.plan);
        }
        if !real.state.is_empty() && !rehearsed.state.is_empty() {
            figures.forms("state", &real.state, &rehearsed.state);
        }
        let names: BTreeSet<&String> = real.edits.keys().chain(rehearsed.edits.keys()).collect();
        for name in names {
            let said =
                |one: &Resource| one.edits.get(name).cloned().unwrap_or_else(|| "stays".into());
            figures.one("edit", name.clone(), said(real), said(rehearsed));
        }
    }

    /// How much agrees, of a hundred.
    pub(crate) fn percent(&self) -> f64 {
        let (agreed, all) = self
            .types
            .values()
            .fold((0, 0), |(agreed, all), one| (agreed + one.agreed, all + one.all));
        percent(agreed, all)
    }

    /// For the developer.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for (kind, figures) in &self.types {
            let share = percent(figures.agreed, figures.all);
            let _ = writeln!(text, "{kind}: {share:.1} % ({} of {})", figures.agreed, figures.all);
            for ((what, path, real, rehearsed), count) in &figures.differences {
                let _ = writeln!(
                    text,
                    "    {what} {path}: real {real}; rehearsed {rehearsed} ({count})"
                );
            }
        }
        for one in &self.alone {
            let _ = writeln!(text, "not compared: {one}");
        }
        let all: usize = self.types.values().map(|one| one.all).sum();
        let _ = writeln!(
            text,
            "fidelity: {:.1} % of {all}, {} types",
            self.percent(),
            self.types.len()
        );
        text
    }

    /// For the committed file.
    pub(crate) fn figures(&self) -> String {
        let mut text = format!(
            "# Written by `cargo xtask fidelity`: types that were measured on real parts, and how many of the things looked\n\
             # at (known in the plan, form in the state, what edits do) were the same in a rehearsal. All: {:.1} %.\n",
            self.percent()
        );
        for (kind, figures) in self.types.iter().filter(|(_, figures)| figures.all > 0) {
            let _ = write!(
                text,
                "\n[[type]]\nname = \"{kind}\"\nagreed = {}\nof = {}\n",
                figures.agreed, figures.all
            );
        }
        text
    }
}

impl Figures {
    fn forms(&mut self, what: &'static str, real: &Forms, rehearsed: &Forms) {
        let absent = || BTreeSet::from([form::NOTHING.to_owned()]);
        let paths: BTreeSet<&String> = real.keys().chain(rehearsed.keys()).collect();
        for path in paths {
            let said = |forms: &Forms| {
                let forms = forms.get(path).cloned().unwrap_or_else(absent);
                forms.into_iter().collect::<Vec<_>>().join(" or ")
            };
            self.one(what, path.clone(), said(real), said(rehearsed));
        }
    }

    fn one(&mut self, what: &'static str, path: String, real: String, rehearsed: String) {
        self.all += 1;
        if real == rehearsed {
            self.agreed += 1;
        } else {
            *self.differences.entry((what, path, real, rehearsed)).or_default() += 1;
        }
    }
}

fn percent(agreed: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { agreed as f64 * 100.0 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_listed_and_counted() {
        let forms = |list: &[(&str, &str)]| {
            list.iter()
                .map(|(path, form)| ((*path).to_owned(), BTreeSet::from([(*form).to_owned()])))
                .collect::<Forms>()
        };
        let of = |id: &str| {
            let mut seen = Observed::default();
            let state = forms(&[("id", id), ("name", "text")]);
            seen.resources
                .insert("a".into(), Resource { kind: "t".into(), state, ..Resource::default() });
            seen
        };
        let report = Report::of(&of("id vpc-"), &of("hex"));
        assert_eq!(report.percent(), 50.0);
        assert!(report.text().contains("state id: real id vpc-; rehearsed hex (1)"));
        assert!(report.figures().contains("agreed = 1\nof = 2"));
    }
}
