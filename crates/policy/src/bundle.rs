//! Bundles: the files of one, read into a program, and the rules of it that decide.
//!
//! A rule decides by its name: `deny`, `violation`, `approve` and `warn`, each with `_SOMETHING` behind it, too. Invariant: the
//! digest of a bundle moves with each file that can change what it finds, and with no other.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use crate::fault::{Fault, FaultKind};
use crate::finding::Severity;
use crate::fixture::Fixture;
use crate::ir::{Place, Program, RuleId};
use crate::value::V;
use crate::{lower, parse};

/// Most files of a bundle.
const FILES_MAX: usize = 2_000;

/// A file of a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleFile {
    /// Its path within the bundle, with `/`.
    pub name: Arc<str>,
    /// Its text.
    pub text: Arc<str>,
}

/// A bundle that was read.
#[derive(Debug)]
pub struct Bundle {
    pub(crate) program: Program,
    pub(crate) data: V,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) tests: Vec<RuleId>,
    pub(crate) fixtures: Vec<Fixture>,
    digest: [u8; 32],
}

/// A rule that decides.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    pub(crate) rule: RuleId,
    pub(crate) severity: Severity,
}

/// A rule that decides, for lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deciding {
    /// Its path, as `main.deny`.
    pub path: Arc<str>,
    /// The package.
    pub package: Arc<str>,
    /// What its findings come to.
    pub severity: Severity,
    /// Where it stands first.
    pub place: Option<Place>,
}

impl Bundle {
    /// Whether a file of this name is part of a bundle.
    pub fn takes(name: &str) -> bool {
        name.ends_with(".rego") || is_data(name) || name.ends_with(".fixture.json")
    }

    /// Reads the files of a bundle; of them those that [`Bundle::takes`] names count.
    ///
    /// # Errors
    /// Where a file is not what it should be, or names what is not there.
    pub fn read(files: &[BundleFile]) -> Result<Bundle, Vec<Fault>> {
        let mut files: Vec<&BundleFile> =
            files.iter().filter(|one| Bundle::takes(&one.name)).collect();
        files.sort_by(|a, b| a.name.cmp(&b.name));
        if files.len() > FILES_MAX {
            return Err(vec![Fault::new(FaultKind::Limit, "it has more than 2,000 files")]);
        }
        let (mut modules, mut faults) = (Vec::new(), Vec::new());
        let (mut data, mut fixtures) = (BTreeMap::new(), Vec::new());
        for file in &files {
            if file.name.ends_with(".rego") {
                match parse::module(&file.name, &file.text) {
                    Ok(module) => modules.push((file.name.clone(), module)),
                    Err(fault) => faults.push(fault),
                }
                continue;
            }
            match (json(file), is_data(&file.name)) {
                (Err(fault), _) => faults.push(fault),
                (Ok(json), true) => put(&mut data, &file.name, &json),
                (Ok(json), false) => match Fixture::read(&file.name, &json) {
                    Ok(fixture) => fixtures.push(fixture),
                    Err(fault) => faults.push(fault),
                },
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let inputs = fixtures.iter().map(|one| (V::text(&one.name), one.input.value.clone()));
        let inputs: BTreeMap<V, V> = inputs.collect();
        if !inputs.is_empty() {
            data.insert(V::text("fixtures"), V::object(inputs));
        }
        let program = lower::program(&modules)?;
        let decisions = decisions(&program);
        let tests = (0..program.rules.len()).filter(|id| name(&program, *id).starts_with("test_"));
        Ok(Bundle {
            tests: tests.collect(),
            decisions,
            program,
            data: V::object(data),
            fixtures,
            digest: digest(&files),
        })
    }

    /// The digest of the files that decide.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The rules that decide, in the order of their paths.
    pub fn deciding(&self) -> Vec<Deciding> {
        let of = |one: &Decision| {
            let rule = &self.program.rules[one.rule];
            Deciding {
                path: rule.path.clone(),
                package: rule.package.clone(),
                severity: one.severity,
                place: rule.definitions.first().map(|one| one.place.clone()),
            }
        };
        let mut all: Vec<Deciding> = self.decisions.iter().map(of).collect();
        all.sort_by(|a, b| a.path.cmp(&b.path));
        all
    }

    /// The packages that have rules.
    pub fn has_package(&self, package: &str) -> bool {
        self.program.rules.iter().any(|rule| &*rule.package == package)
    }
}

fn is_data(name: &str) -> bool {
    name.rsplit('/').next() == Some("data.json")
}

fn is_test(name: &str) -> bool {
    name.ends_with("_test.rego") || name.ends_with(".fixture.json")
}

fn json(file: &BundleFile) -> Result<Json, Fault> {
    serde_json::from_str(&file.text).map_err(|error| {
        let place = Place {
            file: file.name.clone(),
            line: u32::try_from(error.line()).unwrap_or(1).max(1),
            column: u32::try_from(error.column()).unwrap_or(1).max(1),
        };
        Fault::at(&place, FaultKind::Syntax, "it is no JSON")
    })
}

/// A `data.json` is what `data` holds under the names of the folders that it stands in.
fn put(data: &mut BTreeMap<V, V>, name: &str, json: &Json) {
    let mut folders: Vec<&str> = name.split('/').collect();
    folders.pop();
    let value = folders
        .into_iter()
        .rev()
        .fold(V::from(json), |value, folder| V::object([(V::text(folder), value)].into()));
    if let V::Object(members) = value {
        merge(data, &members.all);
    }
}

fn merge(into: &mut BTreeMap<V, V>, from: &BTreeMap<V, V>) {
    for (key, value) in from {
        match (into.get(key), value) {
            (Some(V::Object(own)), V::Object(other)) => {
                let mut all = own.all.clone();
                merge(&mut all, &other.all);
                into.insert(key.clone(), V::object(all));
            }
            _ => drop(into.insert(key.clone(), value.clone())),
        }
    }
}

/// The last name of a rule's path, where it stands directly in its package; nothing otherwise.
fn name(program: &Program, id: RuleId) -> &str {
    let rule = &program.rules[id];
    let name = rule.path.strip_prefix(&*rule.package).and_then(|rest| rest.strip_prefix('.'));
    name.filter(|name| !name.contains('.')).unwrap_or_default()
}

fn decisions(program: &Program) -> Vec<Decision> {
    let words = [
        ("deny", Severity::Deny),
        ("violation", Severity::Deny),
        ("approve", Severity::Approve),
        ("warn", Severity::Warn),
    ];
    let severity = |name: &str| {
        let is = |word: &str| {
            name == word || name.strip_prefix(word).is_some_and(|rest| rest.starts_with('_'))
        };
        words.into_iter().find(|(word, _)| is(word)).map(|(_, severity)| severity)
    };
    let of = |rule: RuleId| {
        let is_function = program.rules[rule].kind == crate::ir::RuleKind::Function;
        let severity = severity(name(program, rule)).filter(|_| !is_function)?;
        Some(Decision { rule, severity })
    };
    (0..program.rules.len()).filter_map(of).collect()
}

fn digest(files: &[&BundleFile]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"strata policy bundle 1\0");
    for file in files.iter().filter(|file| !is_test(&file.name)) {
        for part in [&file.name, &file.text] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> BundleFile {
        BundleFile { name: name.into(), text: text.into() }
    }

    const DENY: &str = "package main\ndeny contains \"x\" if input.a\n";

    #[test]
    fn rules_decide_by_their_names() {
        let text = "package main\ndeny_a contains 1 if true\nviolation[m] { m := 1 }\n";
        let newer = "package more\nwarn contains 1 if true\napprove contains 1 if true\ndenying contains 1 if true\nhelp.deny contains 1 if true\ndeny_of(x) := x\n";
        let bundle = Bundle::read(&[
            file("b.rego", newer),
            file("a.rego", text.replace("deny_a contains 1 if true\n", "").as_str()),
        ]);
        let bundle = bundle.expect("a bundle");
        let all: Vec<String> = bundle
            .deciding()
            .iter()
            .map(|one| format!("{} {}", one.path, one.severity.word()))
            .collect();
        assert_eq!(all, ["main.violation deny", "more.approve approve", "more.warn warn"]);
    }

    #[test]
    fn the_digest_moves_with_what_decides_alone() {
        let of = |files: &[BundleFile]| Bundle::read(files).expect("a bundle").digest();
        let base = of(&[file("a.rego", DENY)]);
        assert_eq!(
            of(&[
                file("a.rego", DENY),
                file("README.md", "x"),
                file("a_test.rego", "package main_test\ntest_a if true")
            ]),
            base
        );
        assert_ne!(of(&[file("b.rego", DENY)]), base);
        assert_ne!(of(&[file("a.rego", &format!("{DENY}\n"))]), base);
        assert_ne!(of(&[file("a.rego", DENY), file("data.json", "{}")]), base);
    }

    #[test]
    fn data_stands_under_its_folders() {
        let text = "package main\ndeny contains m if { some m in data.lists.words }\n";
        let files = [file("a.rego", text), file("lists/data.json", r#"{"words": ["x"]}"#)];
        assert!(Bundle::read(&files).is_ok());
    }

    fn faults(text: &str) -> String {
        match Bundle::read(&[file("a.rego", text)]) {
            Ok(_) => String::new(),
            Err(faults) => faults.iter().map(|one| format!("{one}\n")).collect(),
        }
    }

    #[test]
    fn what_is_not_there_is_told_when_a_bundle_is_read() {
        let check = |body: &str, expect: &str| {
            let told = faults(&format!("package main\n{body}\n"));
            assert!(told.contains(expect), "{body}: {told}");
        };
        check(
            "deny contains 1 if strartswith(\"a\", \"b\")",
            "a.rego:2:20: no function is called `strartswith`",
        );
        check("deny contains 1 if http.send({})", "a policy asks no network");
        check("deny contains m if true", "nothing binds the variable `m`");
        check("deny contains 1 if not input.a[i] == i", "nothing binds the variable `i`");
        check("deny contains 1 if x == y", "nothing binds the variable");
        check("deny contains 1 if lower(\"a\", \"b\", \"c\")", "`lower` has 1 arguments");
        check("f(x) := 1\ndeny contains f(1, 2) if true", "`f` has 1 arguments");
        check("deny := 1\ndeny contains 2 if true", "defined as two things");
        check("import foo.bar\ndeny contains 1 if true", "");
        check("deny contains 1 if data.main", "a whole package");
    }
}
