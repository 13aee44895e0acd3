//! What is written of findings.

use super::{Case, Finding, FindingPlace, Level, Outcome, Suite, junit, sarif};

fn finding() -> Finding {
    Finding {
        rule: "drift".to_owned(),
        level: Level::Warning,
        summary: "An object was changed".to_owned(),
        detail: "`tags` is no longer what was applied".to_owned(),
        remedy: "Accept it: strata drift accept.".to_owned(),
        address: "prod/network//aws_vpc.main".to_owned(),
        place: Some(FindingPlace { file: "./stacks/a b/main.tf".to_owned(), line: 3, column: 1 }),
    }
}

fn parsed(findings: &[Finding]) -> serde_json::Value {
    let text = sarif(findings, "drift/prod", "strata.hcl", "1.2.3");
    serde_json::from_str(&text).expect("it is JSON")
}

#[test]
fn a_finding_has_rule_place_and_address() {
    let document = parsed(&[finding()]);
    let run = &document["runs"][0];
    let result = &run["results"][0];
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "drift");
    assert_eq!(result["ruleIndex"], 0);
    assert_eq!(result["level"], "warning");
    assert_eq!(
        result["message"]["text"],
        "An object was changed. `tags` is no longer what was applied. Accept it: strata drift accept."
    );
    let location = &result["locations"][0];
    assert_eq!(location["physicalLocation"]["artifactLocation"]["uri"], "stacks/a%20b/main.tf");
    assert_eq!(location["physicalLocation"]["region"]["startLine"], 3);
    assert_eq!(location["logicalLocations"][0]["fullyQualifiedName"], "prod/network//aws_vpc.main");
}

#[test]
fn what_has_no_place_is_shown_at_the_estates_file() {
    let document = parsed(&[Finding { place: None, ..finding() }]);
    let location = &document["runs"][0]["results"][0]["locations"][0];
    assert_eq!(location["physicalLocation"]["artifactLocation"]["uri"], "strata.hcl");
}

#[test]
fn a_finding_is_the_same_when_its_line_moves() {
    let moved = Finding {
        place: finding().place.map(|place| FindingPlace { line: 30, ..place }),
        ..finding()
    };
    let other = Finding { address: "prod/network//aws_vpc.other".to_owned(), ..finding() };
    let document = parsed(&[finding(), moved, other]);
    let print =
        |at: usize| document["runs"][0]["results"][at]["partialFingerprints"]["strata/v1"].clone();
    assert_eq!(print(0), print(1));
    assert_ne!(print(0), print(2));
}

#[test]
fn no_text_breaks_out_of_the_xml() {
    let case = |outcome: Outcome| Case {
        class: "prod".to_owned(),
        name: "prod/\"<x>\"".to_owned(),
        outcome,
        output: String::new(),
    };
    let suites = [Suite {
        name: "plan acme/prod & more".to_owned(),
        cases: vec![
            case(Outcome::Passed),
            case(Outcome::Skipped("not chosen".to_owned())),
            case(Outcome::Failed(
                "data-refused".to_owned(),
                "]]></failure>\u{1b}\nline".to_owned(),
            )),
            case(Outcome::Broken("port".to_owned(), "no answer".to_owned())),
        ],
    }];
    insta::assert_snapshot!(junit(&suites), @r##"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites>
      <testsuite name="plan acme/prod &amp; more" tests="4" failures="1" errors="1" skipped="1">
        <testcase classname="prod" name="prod/&quot;&lt;x&gt;&quot;"/>
        <testcase classname="prod" name="prod/&quot;&lt;x&gt;&quot;">
          <skipped message="not chosen"/>
        </testcase>
        <testcase classname="prod" name="prod/&quot;&lt;x&gt;&quot;">
          <failure type="data-refused" message="]]&gt;&lt;/failure&gt;�">]]&gt;&lt;/failure&gt;�
    line</failure>
        </testcase>
        <testcase classname="prod" name="prod/&quot;&lt;x&gt;&quot;">
          <error type="port" message="no answer">no answer</error>
        </testcase>
      </testsuite>
    </testsuites>
    "##);
}
