//! The laws of refinement (ENGINE §9), through the real planner and the real applier, over 1,000 made-up stacks.
//!
//! The provider is monotone: the more it is told, the more it says, and it takes nothing back. So is every configuration
//! made here. What a law says may stop is told by [`never_implied`]: a delete or a replacement of what was left for later.

mod support;

use addr::ResourceInstance;
use engine::{Deferral, GivenVariable};
use plan::refine::{Difference, Ended, Item, Row, Shown, refines};
use plan::{Action, DeferredReason, Plan};
use support::cloud::Unconfigured;
use support::{Cut, Order, Stack, without_errors};
use value::{Refinement, Type, Value};

const SEEDS: u64 = 1_000;

/// Numbers that follow from a seed.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn one_in(&mut self, of: u64) -> bool {
        self.below(of) == 0
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[usize::try_from(self.below(of.len() as u64)).expect("a small number")]
    }
}

/// How a resource is repeated, as far as references to it care.
#[derive(Clone, Copy, PartialEq)]
enum Repeat {
    One,
    Several,
}

/// A configuration: up to six things that derive from variables and from one another.
fn configuration(dice: &mut Dice) -> String {
    let mut text = String::from(
        "variable \"a\" { type = string }\nvariable \"b\" { type = string }\nvariable \"size\" { type = number }\n\
         variable \"n\" { type = number }\nvariable \"keys\" { type = set(string) }\nvariable \"region\" { type = string }\n",
    );
    if dice.one_in(2) {
        text.push_str("provider \"test\" { region = var.region }\n");
    }
    let mut made: Vec<Repeat> = Vec::new();
    for at in 0..2 + dice.below(5) {
        let (repeat, kind) = repetition(dice, &made);
        let name = name(dice, &made);
        let mut body = format!("{repeat}  name = {name}\n");
        match dice.below(5) {
            0 => body.push_str("  size = var.size\n"),
            1 => body.push_str("  size = 1\n"),
            2 => body.push_str("  tags = { b = var.b }\n"),
            _ => {}
        }
        if dice.one_in(4) && at > 0 {
            body.push_str(&format!("  depends_on = [test_thing.t{}]\n", dice.below(at)));
        }
        if dice.one_in(4) {
            body.push_str("  lifecycle {\n create_before_destroy = true\n }\n");
        }
        text.push_str(&format!("resource \"test_thing\" \"t{at}\" {{\n{body}}}\n"));
        made.push(kind);
    }
    for (at, kind) in made.iter().enumerate() {
        let value = match kind {
            Repeat::One => format!("test_thing.t{at}.out"),
            Repeat::Several => format!("[for one in test_thing.t{at} : one.id]"),
        };
        text.push_str(&format!("output \"o{at}\" {{ value = {value} }}\n"));
    }
    text
}

fn repetition(dice: &mut Dice, made: &[Repeat]) -> (String, Repeat) {
    let text = match dice.below(7) {
        0 => "  for_each = var.keys\n".to_owned(),
        1 => "  count = var.n\n".to_owned(),
        2 => "  for_each = { k = var.a, l = \"l\" }\n".to_owned(),
        3 => match earlier(dice, made, Repeat::One) {
            Some(at) => format!("  for_each = toset([test_thing.t{at}.out])\n"),
            None => return (String::new(), Repeat::One),
        },
        4 => match earlier(dice, made, Repeat::Several) {
            Some(at) => format!("  count = length(test_thing.t{at})\n"),
            None => return (String::new(), Repeat::One),
        },
        _ => return (String::new(), Repeat::One),
    };
    (text, Repeat::Several)
}

fn name(dice: &mut Dice, made: &[Repeat]) -> String {
    match dice.below(6) {
        0 => "var.a".to_owned(),
        1 => "\"${var.a}-${var.b}\"".to_owned(),
        2 => match earlier(dice, made, Repeat::One) {
            Some(at) => format!("test_thing.t{at}.id"),
            None => "\"first\"".to_owned(),
        },
        3 => match earlier(dice, made, Repeat::Several) {
            Some(at) => format!("join(\",\", [for one in test_thing.t{at} : one.out])"),
            None => "var.b".to_owned(),
        },
        _ => format!("\"{}\"", dice.pick(&["x", "y"])),
    }
}

fn earlier(dice: &mut Dice, made: &[Repeat], kind: Repeat) -> Option<usize> {
    let fits: Vec<usize> = (0..made.len()).filter(|at| made[*at] == kind).collect();
    (!fits.is_empty()).then(|| fits[usize::try_from(dice.below(fits.len() as u64)).expect("few")])
}

/// Inputs that are wholly known.
fn inputs(dice: &mut Dice) -> Vec<GivenVariable> {
    let keys: Vec<Value> =
        ["k", "l", "m"].iter().filter(|_| dice.one_in(2)).map(|key| Value::string(*key)).collect();
    let size = 1 + i64::try_from(dice.below(2)).expect("a small number");
    let n = i64::try_from(dice.below(3)).expect("a small number");
    vec![
        given("a", Value::string(dice.pick(&["a1", "a2"]))),
        given("b", Value::string(dice.pick(&["b1", "b2"]))),
        given("size", Value::int(size)),
        given("n", Value::int(n)),
        given("keys", Value::set(Type::STRING, keys)),
        given("region", Value::string("eu")),
    ]
}

fn given(name: &str, value: Value) -> GivenVariable {
    GivenVariable { name: name.into(), value }
}

/// Some of the inputs less known.
fn blurred(dice: &mut Dice, inputs: &[GivenVariable]) -> Vec<GivenVariable> {
    let blur = |dice: &mut Dice, one: &GivenVariable| {
        let value = &one.value;
        let known = value.range();
        let value = match (dice.below(5), value.is_known()) {
            (0, _) => Value::unknown(value.ty()),
            (1, true) if value.ty() == Type::NUMBER => {
                let most = Refinement::NOT_NULL.at_most(value::Number::from(4), true);
                Value::unknown_with(Type::NUMBER, most)
            }
            (1, true) if value.ty().is_set() => {
                let most = known.length_max.unwrap_or(0) + 1;
                Value::unknown_with(value.ty(), Refinement::NOT_NULL.shorter_than_or(most))
            }
            (1, true) => Value::unknown_not_null(value.ty()),
            _ => value.clone(),
        };
        given(&one.name, value)
    };
    inputs.iter().map(|one| blur(dice, one)).collect()
}

/// A stack, possibly with objects of an earlier configuration of its inputs, and inputs that are known better and better.
struct Case {
    seed: u64,
    text: String,
    stack: Stack,
    inputs: [Vec<GivenVariable>; 3],
}

fn case(seed: u64) -> Case {
    let mut dice = Dice::new(seed + 1);
    dice.below(2);
    let text = configuration(&mut dice);
    let mut stack = Stack::new(&text);
    stack.deferral = Deferral::Allowed { defer_providers: Vec::new() };
    stack.order = if dice.one_in(2) { Order::First } else { Order::Last };
    let unconfigured = match dice.below(3) {
        0 => Unconfigured::RefusesIt,
        1 => Unconfigured::CannotPlan,
        _ => Unconfigured::Plans,
    };
    if dice.one_in(2) {
        stack.variables = inputs(&mut dice);
        for _ in 0..8 {
            let outcome = stack.plan();
            assert_planned(seed, &text, &outcome.diags);
            if !outcome.plan.has_changes() {
                break;
            }
            stack.apply(outcome.plan);
        }
        stack.records.clear();
    }
    stack.cloud.unconfigured = unconfigured;
    let known = inputs(&mut dice);
    let dim = blurred(&mut dice, &known);
    let dimmer = blurred(&mut dice, &dim);
    Case { seed, text, stack, inputs: [dimmer, dim, known] }
}

fn assert_planned(seed: u64, text: &str, diags: &diag::Diags) {
    let failed = diags.iter().find(|one| one.is_error());
    assert!(failed.is_none(), "seed {seed}: {failed:?}\n{text}");
}

impl Case {
    fn plan(&mut self, level: usize) -> Plan {
        self.stack.variables = self.inputs[level].clone();
        let outcome = self.stack.plan();
        assert_planned(self.seed, &self.text, &outcome.diags);
        let mut plan = outcome.plan;
        plan.bound_deferred(20);
        plan
    }

    /// The later plan refines the approved one, but for what is never implied; tells whether it does altogether.
    fn refines(&self, law: &str, approved: &Plan, later: &Plan, ended: &Ended) -> bool {
        let Err(differences) = refines(approved, later, ended) else { return true };
        for one in &differences {
            assert!(
                never_implied(approved, later, one),
                "seed {}, {law}: {one:#?}\n{}\napproved:\n{}\n{}\nlater:\n{}\n{}",
                self.seed,
                self.text,
                support::show::changes(approved),
                support::show::deferred(approved),
                support::show::changes(later),
                support::show::deferred(later),
            );
        }
        false
    }
}

/// A delete or a replacement of something that was left for later: a person has to see it first.
fn never_implied(approved: &Plan, later: &Plan, difference: &Difference) -> bool {
    let left = |at: &ResourceInstance| approved.deferred.iter().any(|one| one.what.covers(at));
    match (&difference.item, difference.row, &difference.now) {
        (Item::Object(address, _), Row::Action, Shown::Action(action)) => {
            let previous = later.changes.iter().find(|change| change.address == *address);
            let previous = previous.and_then(|change| change.previous_address.as_ref());
            action.destroys() && (left(address) || previous.is_some_and(left))
        }
        _ => false,
    }
}

#[test]
fn every_plan_refines_itself() {
    let mut deferring = 0;
    for seed in 0..SEEDS {
        let mut case = case(seed);
        let plan = case.plan(0);
        deferring += usize::from(!plan.deferred.is_empty());
        assert_eq!(refines(&plan, &plan, &Ended::default()), Ok(()), "seed {seed}");
    }
    assert!(deferring > 300, "only {deferring} plans leave something");
}

#[test]
fn inputs_that_refine_give_plans_that_refine_and_refining_is_transitive() {
    let (mut whole, mut provisional, mut upstream, mut known) = (0, 0, 0, 0);
    for seed in 0..SEEDS {
        let mut case = case(seed);
        let plans = [case.plan(0), case.plan(1), case.plan(2)];
        let none = Ended::default();
        let first = case.refines("one step", &plans[0], &plans[1], &none);
        let second = case.refines("another step", &plans[1], &plans[2], &none);
        let both = case.refines("both steps", &plans[0], &plans[2], &none);
        assert!(both || !(first && second), "seed {seed}: refining is not transitive");
        whole += usize::from(both);
        let any = |plan: &Plan, reason| plan.deferred.iter().any(|one| one.reason == reason);
        upstream += usize::from(any(&plans[0], DeferredReason::Upstream));
        known += usize::from(any(&plans[0], DeferredReason::KeysUnknown));
        let from_schema = |one: &plan::Change| one.provisional == plan::Provisional::Yes;
        provisional += usize::from(plans[0].changes.iter().any(from_schema));
    }
    assert!(whole > 600, "only {whole} refine altogether");
    assert!(provisional > 50, "only {provisional} are planned from the schema");
    assert!(upstream > 100 && known > 200, "{upstream} {known}");
}

#[test]
fn a_plan_after_a_crash_refines_the_approved_one() {
    let (mut stopped, mut halves) = (0, 0);
    for seed in 0..SEEDS {
        let mut case = case(seed);
        let approved = case.plan(0);
        let carried = case.plan(2);
        if !case.refines("before the crash", &approved, &carried, &Ended::default()) {
            continue;
        }
        let mut dice = Dice::new(seed + 7);
        let calls = usize::try_from(dice.below(5)).expect("few");
        let cut = if dice.one_in(2) { Cut::AfterEnd } else { Cut::BeforeEnd };
        stopped += usize::from(case.stack.crash(carried.clone(), calls, cut));
        let ended = engine::ended(&case.stack.records);
        halves += usize::from(!ended.destroyed.is_empty());
        let later = case.plan(2);
        case.refines("after the crash", &carried, &later, &ended);
        case.refines("after the crash, of the approved", &approved, &later, &ended);
    }
    assert!(stopped > 300, "only {stopped} were stopped on the way");
    assert!(halves > 50, "only {halves} had destroyed something");
}

#[test]
fn each_round_of_what_was_left_refines_until_nothing_is_left() {
    let mut rounds = 0;
    for seed in 0..SEEDS {
        let mut case = case(seed);
        let approved = case.plan(0);
        for round in 0..8 {
            let plan = case.plan(2);
            let ended = engine::ended(&case.stack.records);
            if !case.refines("a round", &approved, &plan, &ended) || !plan.has_changes() {
                break;
            }
            // A circle that is told: see `deferral-circle`.
            if plan.changes.iter().all(|change| change.action == Action::NoOp) {
                break;
            }
            assert!(round < 7, "seed {seed}: no end\n{}", case.text);
            rounds += usize::from(!plan.deferred.is_empty());
            let outcome = case.stack.apply(plan);
            without_errors(&outcome.diags);
        }
    }
    assert!(rounds > 50, "only {rounds} rounds left something");
}
