//! Tests of a bundle: rules whose names begin with `test_`, and fixtures: plans with what is to be found in them.
//!
//! Invariant: a test whose outcome depends on something unknown has not passed.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::bundle::Bundle;
use crate::eval::{Machine, Outcome, Stop};
use crate::fault::{Fault, FaultKind};
use crate::finding::{Decided, Finding};
use crate::input::{Beside, Input};
use crate::ir::Place;
use crate::value::{Answer, V};

/// A plan, and what is to be found in it. A file `NAME.fixture.json` with the members `plan`, `strata`,
/// `variables_unknown` and `expect`.
#[derive(Clone, Debug)]
pub(crate) struct Fixture {
    pub(crate) name: Arc<str>,
    pub(crate) file: Arc<str>,
    pub(crate) input: Input,
    expect: Option<Vec<Expected>>,
}

/// A finding that is expected.
#[derive(Clone, Debug)]
struct Expected {
    rule: String,
    /// A part of its text; any where it is empty.
    text: String,
    is_decided: bool,
}

/// What came of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    /// The rule or the fixture.
    pub name: String,
    /// Where it stands.
    pub place: Option<Place>,
    /// What came of it.
    pub came: Came,
}

/// How a test came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// As it should.
    Passed,
    /// Not as it should, and why.
    Failed(String),
}

impl Fixture {
    pub(crate) fn read(file: &Arc<str>, json: &Json) -> Result<Fixture, Fault> {
        let place = Place { file: file.clone(), line: 1, column: 1 };
        let wrong = |text: &str| Fault::at(&place, FaultKind::Syntax, text);
        let known = ["plan", "strata", "variables_unknown", "expect"];
        let object = json.as_object().ok_or_else(|| wrong("a fixture is an object"))?;
        if let Some(name) = object.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(wrong(&format!("a fixture has no member `{name}`")));
        }
        let plan = object.get("plan").ok_or_else(|| wrong("a fixture has a member `plan`"))?;
        let beside = Beside {
            strata: object.get("strata").cloned().unwrap_or(Json::Null),
            variables_unknown: match object.get("variables_unknown") {
                Some(Json::Object(masks)) => masks.clone(),
                _ => Map::new(),
            },
            ..Beside::default()
        };
        let expect = match object.get("expect") {
            None => None,
            Some(Json::Array(all)) => {
                Some(all.iter().map(Expected::read).collect::<Option<_>>().ok_or_else(|| {
                    wrong("`expect` holds objects with `rule` and, where wanted, `text` and `decided`")
                })?)
            }
            Some(_) => return Err(wrong("`expect` is a list")),
        };
        let base = file.rsplit('/').next().unwrap_or(file);
        let name = base.strip_suffix(".fixture.json").unwrap_or(base);
        Ok(Fixture {
            name: name.into(),
            file: file.clone(),
            input: Input::new(plan, &beside),
            expect,
        })
    }
}

impl Expected {
    fn read(json: &Json) -> Option<Expected> {
        Some(Expected {
            rule: json.get("rule")?.as_str()?.to_owned(),
            text: json.get("text").and_then(Json::as_str).unwrap_or_default().to_owned(),
            is_decided: json.get("decided").and_then(Json::as_bool).unwrap_or(true),
        })
    }

    fn fits(&self, finding: &Finding) -> bool {
        *finding.rule == *self.rule
            && finding.text.contains(&self.text)
            && (finding.decided == Decided::Yes) == self.is_decided
    }

    fn text(&self) -> String {
        let decided = if self.is_decided { "" } else { " (not yet decided)" };
        format!("{}: {}{decided}", self.rule, self.text)
    }
}

impl Bundle {
    /// Runs the tests: rules first, then fixtures.
    pub fn test(&self) -> Vec<Tested> {
        let rules = self.tests.iter().map(|id| {
            let rule = &self.program.rules[*id];
            let mut machine =
                Machine::new(&self.program, V::object(Default::default()), self.data.clone());
            let came = match machine.rule(*id) {
                Err(Stop::Fault(fault)) => Came::Failed(fault.text),
                Err(Stop::Enough) | Ok(Outcome::Undefined) => {
                    Came::Failed("it does not hold".to_owned())
                }
                Ok(Outcome::Maybe(_, cause)) => Came::Failed(format!(
                    "whether it holds depends on {}, which is unknown",
                    cause.0
                )),
                Ok(Outcome::Is(value)) => match value.truth() {
                    Answer::Yes => Came::Passed,
                    Answer::No => Came::Failed("it is false".to_owned()),
                    Answer::Maybe(cause) => Came::Failed(format!(
                        "whether it holds depends on {}, which is unknown",
                        cause.0
                    )),
                },
            };
            let place = rule.definitions.first().map(|one| one.place.clone());
            Tested { name: rule.path.to_string(), place, came }
        });
        let fixtures = self.fixtures.iter().filter_map(|fixture| {
            let expect = fixture.expect.as_ref()?;
            let came = match self.judge(&fixture.input, None) {
                Err(fault) => Came::Failed(fault.text),
                Ok(found) => compared(expect, &found),
            };
            let place = Place { file: fixture.file.clone(), line: 1, column: 1 };
            Some(Tested { name: fixture.name.to_string(), place: Some(place), came })
        });
        rules.chain(fixtures).collect()
    }
}

/// Each expected finding once, and no other.
fn compared(expect: &[Expected], found: &[Finding]) -> Came {
    let mut left: Vec<&Finding> = found.iter().collect();
    let mut missing = Vec::new();
    for one in expect {
        match left.iter().position(|finding| one.fits(finding)) {
            Some(at) => drop(left.remove(at)),
            None => missing.push(format!("not found: {}", one.text())),
        }
    }
    let more = left.iter().map(|one| {
        let decided = if one.decided == Decided::Yes { "" } else { " (not yet decided)" };
        format!("found beside: {}: {}{decided}", one.rule, one.text)
    });
    let all: Vec<String> = missing.into_iter().chain(more).collect();
    if all.is_empty() { Came::Passed } else { Came::Failed(all.join("; ")) }
}
