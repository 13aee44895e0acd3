//! The limits of all three forms hold for any plan, and nothing of others gets out of its place.

use std::sync::Arc;

use addr::{ResourceInstance, StackAddr};
use plan::{
    Action, Base, Change, Completeness, CreateBeforeDestroy, Digests, Options, Plan, ProviderIndex,
    Provisional, Reason,
};
use proptest::prelude::*;
use state::{Digest, State};
use value::{Marks, Type, Value};

use crate::Paint;
use crate::estate::{
    DeferredPart, EstatePage, Foot, Force, Forced, Loss, LossApproval, MARKDOWN_BYTES_MAX, Need,
    PAGE_LINE_CHARS_MAX, PAGE_LINES_MAX, PolicyStanding, PolicyTold, Reach, Refusal, Refused,
    StackPart, Widening, Wires, estate_page, estate_page_json, estate_page_markdown,
};

/// What must never be read as Markdown or HTML.
const EVIL: &str = "EVIL";
/// What must be in no form at all.
const SECRET: &str = "hunter2";

fn plan_of(changes: Vec<Change>) -> Plan {
    Plan {
        options: Options::default(),
        completeness: Completeness::Whole,
        base: Base { lineage: "".into(), serial: 0, digest: Digest::default() },
        digests: Digests::default(),
        time_s: 0,
        variables: Vec::new(),
        providers: Vec::new(),
        changes,
        drift: Vec::new(),
        outputs: Vec::new(),
        checks: Vec::new(),
        deferred: Vec::new(),
        ops: Vec::new(),
        prior: Arc::new(State::new()),
        relevant: Vec::new(),
        impure: Vec::new(),
    }
}

fn create(address: &str, text: &str) -> Change {
    let address: ResourceInstance = address.parse().expect("an address");
    let after = Value::object([
        ("name".into(), Value::string(text.to_owned())),
        ("password".into(), Value::string(SECRET).with_marks(Marks::SENSITIVE)),
    ]);
    Change {
        address,
        previous_address: None,
        deposed: None,
        provider: ProviderIndex(0),
        action: Action::Create,
        reason: Reason::None,
        before: Value::null(Type::DYNAMIC),
        configuration: after.clone(),
        after,
        replace_paths: Vec::new(),
        planned_private: Arc::from([]),
        prior_identity: None,
        planned_identity: None,
        deposes: None,
        create_before_destroy: CreateBeforeDestroy::No,
        provisional: Provisional::No,
        causes: vec![plan::Cause::New],
    }
}

fn changes_of(count: usize, text: &str) -> Plan {
    plan_of((0..count).map(|n| create(&format!("aws_vpc.main[{n}]"), text)).collect())
}

/// Texts as an enemy would write them: the marker between whatever Markdown, HTML, terminals and shells listen to.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "`",
        "``",
        "```",
        "\n",
        "\r\n",
        "|",
        "<",
        ">",
        "</details>",
        "<!--",
        "&lt;",
        "*",
        "_",
        "~~~",
        "[x](http://e)",
        "![](x)",
        "@team",
        "#1",
        "\\",
        "\u{1b}[2J",
        "\u{202e}",
        " ",
        "    ",
        "\n\n# h\n",
        "é",
        "\"",
        "'",
        "$(x)",
    ]);
    prop::collection::vec(pieces, 0..12).prop_map(|all| {
        let (one, other) = all.split_at(all.len() / 2);
        format!("{}{EVIL}{}", one.concat(), other.concat())
    })
}

/// A page with this many stacks, losses and everything else, all texts hostile.
fn page<'a>(plans: &'a [Plan], losses: usize, refusals: usize, text: &str) -> EstatePage<'a> {
    let addr = |n: usize| {
        StackAddr::new("prod", &format!("s{n}"), Some("k|`<b>EVIL")).expect("an address")
    };
    let stacks = plans.iter().enumerate().map(|(n, plan)| StackPart {
        needs: vec![Need {
            groups: vec![text.to_owned()],
            of: 2,
            have: n as u32 % 3,
            force: Force::Refuses,
        }],
        refused: if n % 7 == 3 { Refused::Yes } else { Refused::No },
        widens: (0..n % 3)
            .map(|_| Widening { address: text.to_owned(), what: text.to_owned() })
            .collect(),
        causes: vec![text.to_owned(); 2],
        unknown_inputs: n % 2,
        deferred: (0..n % 4)
            .map(|_| DeferredPart {
                address: text.to_owned(),
                creates_max: u64::MAX,
                waits_for: vec![text.to_owned()],
            })
            .collect(),
        ..StackPart::of_plan(&addr(n), "apps", plan, &Wires::default(), 20)
    });
    let loss = |n| Loss {
        stack: addr(n),
        address: text.to_owned(),
        name: Some(text.to_owned()),
        action: Action::DeleteThenCreate,
        forced_by: vec![
            Forced {
                path: text.to_owned(),
                before: text.to_owned(),
                after: text.to_owned()
            };
            5
        ],
        why: vec![text.to_owned()],
        place: Some(text.to_owned()),
        origin: vec![text.to_owned()],
        guards: vec![text.to_owned(); 3],
        reaches: vec![Reach { output: text.to_owned(), readers: vec![text.to_owned(); 9] }; 6],
        keep: Some(text.to_owned()),
        approval: LossApproval::Missing,
    };
    let refusal = |n| Refusal {
        stack: (n % 2 == 0).then(|| addr(n)),
        force: if n % 3 == 0 { Force::Warns } else { Force::Refuses },
        code: text.to_owned(),
        text: text.to_owned(),
        remedy: text.to_owned(),
    };
    let policy = |n: usize| PolicyTold {
        about: text.to_owned(),
        policy: text.to_owned(),
        text: text.to_owned(),
        standing: match n % 3 {
            0 => PolicyStanding::Warns,
            1 => PolicyStanding::Needs(text.to_owned()),
            _ => PolicyStanding::NotYet { on: vec![text.to_owned(); n] },
        },
    };
    EstatePage {
        estate: text.to_owned(),
        environment: "prod".into(),
        stacks: stacks.collect(),
        losses: (0..losses).map(loss).collect(),
        refusals: (0..refusals).map(refusal).collect(),
        policies: (0..refusals).map(policy).collect(),
        foot: Foot {
            plan_id: Some("p-7Q4K".into()),
            commit: Some(text.to_owned()),
            onto: Some(text.to_owned()),
            serials: 3,
            drift_command: Some("strata plan -refresh-only".into()),
            next: Some("strata apply p-7Q4K".into()),
        },
    }
}

/// The Markdown without its code spans, fenced blocks and `<code>` elements, by CommonMark's rules for them: what a
/// reader of Markdown would read as Markdown or HTML.
fn outside_of_code(markdown: &str) -> String {
    let mut out = String::new();
    let mut fence: Option<usize> = None;
    for line in markdown.lines() {
        let ticks = line.chars().take_while(|c| *c == '`').count();
        match fence {
            Some(open) if ticks >= open && line[ticks..].trim().is_empty() => fence = None,
            Some(_) => {}
            None if ticks >= 3 && !line[ticks..].contains('`') => fence = Some(ticks),
            None if line.starts_with("<details>") => {
                let (before, rest) = line.split_once("<code>").expect("a summary");
                let (inside, after) = rest.split_once("</code>").expect("its end");
                assert!(!inside.contains(['<', '>']), "{inside}");
                out.push_str(&format!("{before}{after}\n"));
            }
            None => {
                spans_out(line, &mut out);
                out.push('\n');
            }
        }
    }
    assert_eq!(fence, None, "a fence that is open at the end");
    out
}

fn spans_out(line: &str, out: &mut String) {
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let run = rest.chars().take_while(|c| *c == '`').count();
        let after = &rest[run..];
        match end_of_run(after, run) {
            Some(end) => rest = &after[end..],
            None => {
                out.push_str(&rest[..run]);
                rest = after;
            }
        }
    }
    out.push_str(rest);
}

/// Where a run of exactly this many backticks ends.
fn end_of_run(text: &str, run: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text[at..].find('`') {
        let start = at + found;
        let length = text[start..].chars().take_while(|c| *c == '`').count();
        at = start + length;
        if length == run {
            return Some(at);
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn limits_hold_and_nothing_gets_out(
        stacks in 0_usize..320,
        changes in 0_usize..6,
        losses in 0_usize..40,
        refusals in 0_usize..20,
        text in hostile(),
    ) {
        let plans: Vec<Plan> = (0..stacks).map(|_| changes_of(changes, &text)).collect();
        let page = page(&plans, losses, refusals, &text);

        let shown = estate_page(&page, Paint::Plain);
        prop_assert!(shown.lines().count() <= PAGE_LINES_MAX, "{shown}");
        for line in shown.lines() {
            let is_command = line.contains("strata ");
            prop_assert!(is_command || line.chars().count() <= PAGE_LINE_CHARS_MAX, "{line}");
            prop_assert!(!line.contains(['\u{1b}', '\r', '\u{202e}']), "{line}");
        }

        let markdown = estate_page_markdown(&page);
        prop_assert!(markdown.len() <= MARKDOWN_BYTES_MAX);
        let read = outside_of_code(&markdown);
        prop_assert!(!read.contains(EVIL), "{read}");
        prop_assert!(!read.contains('`'), "{read}");
        let opened = read.matches("<details>").count();
        prop_assert_eq!(opened, read.matches("</details>").count());
        let cells = |line: &str| line.replace("\\|", "").matches('|').count();
        for line in markdown.lines().filter(|line| line.starts_with("| ")) {
            prop_assert_eq!(cells(line), 8, "{}", line);
        }

        let json = estate_page_json(&page);
        let document: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        prop_assert_eq!(document["stacks"].as_array().map(Vec::len), Some(stacks));
        prop_assert!(![&shown, &markdown, &json].iter().any(|form| form.contains(SECRET)));
    }
}

#[test]
fn three_hundred_stacks_fit_a_comment_and_say_what_was_cut() {
    let plans: Vec<Plan> = (0..300).map(|_| changes_of(10, "main")).collect();
    let page = page(&plans, 3, 3, "a name");
    let markdown = estate_page_markdown(&page);
    assert!(markdown.len() <= MARKDOWN_BYTES_MAX && markdown.len() > MARKDOWN_BYTES_MAX / 2);
    assert!(markdown.contains("Cut to fit: the changes of "), "{markdown}");
    assert!(markdown.contains("strata show p-7Q4K"), "{markdown}");
}
