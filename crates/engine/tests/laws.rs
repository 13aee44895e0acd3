//! The laws of refinement (ENGINE §9), through the real planner and the real applier, over 1,000 made-up stacks.
//!
//! The provider is monotone: the more it is told, the more it says, and it takes nothing back. So is every configuration
//! made here. What a law says may stop is told by [`never_implied`]: a delete or a replacement of what was left for later.

mod support;

use addr::ResourceInstance;
use engine::{Deferral, GivenVariable, halves};
use lang::graph::StaticGraph;
use plan::refine::{Difference, Ended, Item, Row, Shown, refines};
use plan::{Action, DeferredReason, Plan};
use support::cloud::Unconfigured;
use support::made_up::{Dice, blurred, configuration, inputs};
use support::{Between, Cut, Order, Stack, without_errors};

const SEEDS: u64 = 1_000;

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
    stack.deferral =
        Deferral::Allowed { defer_providers: Vec::new(), absent_providers: Vec::new() };
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

/// What stands in published outputs, as text.
fn published(stack: &Stack) -> String {
    let values = stack.state.outputs.values().map(|output| output.decode().expect("a value"));
    values.map(|value| format!("{value:?}")).collect()
}

#[test]
fn the_lead_destroys_nothing_that_was_published() {
    let (mut trails, mut broken) = (0, 0);
    for seed in 0..SEEDS {
        let mut dice = Dice::new(seed + 11);
        dice.below(2);
        let [first, second] = [(); 2].map(|()| configuration(&mut dice).replace(".out }", ".id }"));
        let mut stack = Stack::new(&first);
        stack.deferral =
            Deferral::Allowed { defer_providers: Vec::new(), absent_providers: Vec::new() };
        stack.variables = inputs(&mut dice);
        for _ in 0..6 {
            let outcome = stack.plan();
            assert_planned(seed, &first, &outcome.diags);
            stack.apply(outcome.plan);
        }
        let before = published(&stack);
        let mut stack = stack.reconfigured(&second);
        stack.variables = inputs(&mut dice);
        stack.wired = stack.config.root().def.outputs.iter().map(|one| one.name.clone()).collect();
        let outcome = stack.plan();
        // Where two resources changed places, what depended on which before and now closes a circle.
        if outcome.diags.iter().any(|one| one.code.0 == "order-circle") {
            continue;
        }
        assert_planned(seed, &second, &outcome.diags);
        let plan = outcome.plan;
        let graph = StaticGraph::build(&stack.config, &mut diag::Diags::new());
        let split = halves(&stack.config, &graph, &plan, &stack.readers());
        if !split.breaks.is_empty() {
            broken += 1;
            continue;
        }
        stack.between = Between::Stop;
        let used: Vec<String> = stack
            .cloud
            .things
            .keys()
            .filter(|id| before.contains(&format!("{id:?}")))
            .cloned()
            .collect();
        trails += usize::from(!split.is_all_lead());
        stack.apply(plan);
        let gone: Vec<&String> =
            used.iter().filter(|id| !stack.cloud.things.contains_key(*id)).collect();
        assert!(gone.is_empty(), "seed {seed}: {gone:?} of {before}\n{first}\n{second}");
    }
    assert!(trails > 200 && broken > 50, "{trails} trails, {broken} break");
}
