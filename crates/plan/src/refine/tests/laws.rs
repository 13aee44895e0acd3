//! The laws: over a pool of values whole, over generated values, and over plans of a small simulated world.

use proptest::prelude::*;
use value::{Type, Value};

use super::super::{Ended, refines, value_refines};
use super::lines;
use super::pool::{Picks, blurred, known, pool};
use super::simulated::{Place, Thing, Wish, applied, planned};

fn refined(approved: &Value, now: &Value) -> bool {
    value_refines(approved, now).is_ok()
}

#[test]
fn every_value_refines_itself() {
    for value in pool() {
        assert!(refined(&value, &value), "{value:?}");
    }
}

#[test]
fn refining_values_is_transitive() {
    let pool = pool();
    let mut chains = 0;
    for a in &pool {
        for b in pool.iter().filter(|b| refined(a, b)) {
            for c in pool.iter().filter(|c| refined(b, c)) {
                chains += usize::from(a != b && b != c);
                assert!(refined(a, c), "{a:?} -> {b:?} -> {c:?}");
            }
        }
    }
    assert!(chains > 200, "{chains} chains say little");
}

#[test]
fn values_that_refine_each_other_are_the_same() {
    let pool = pool();
    for a in &pool {
        for b in pool.iter().filter(|b| refined(a, b) && refined(b, a)) {
            assert_eq!(a, b);
        }
    }
}

fn inputs() -> impl Strategy<Value = (Value, Value)> {
    let input = || prop_oneof![Just(Value::unknown(Type::STRING)), "[ab]".prop_map(Value::string)];
    (input(), input())
}

fn places() -> impl Strategy<Value = Vec<Place>> {
    let wish = prop_oneof![Just(Wish::DeleteFirst), Just(Wish::CreateFirst), Just(Wish::Gone)];
    let thing = ("[ab]", "[ab]").prop_map(|(name, size)| Thing { id: "old".into(), name, size });
    let place = (wish, proptest::option::of(thing));
    let place = place.prop_map(|(wish, now)| Place { wish, now, aside: None });
    proptest::collection::vec(place, 0..4)
}

/// What an input comes to when more is known.
fn settled(value: &Value, text: &str) -> String {
    value.as_str().unwrap_or(text).to_owned()
}

fn without_files() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(without_files())]

    #[test]
    fn a_value_that_is_more_known_refines(
        sharp in known(),
        one in proptest::collection::vec(any::<u8>(), 0..40),
        two in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let dim = blurred(&sharp, &mut Picks(&one));
        let dimmer = blurred(&dim, &mut Picks(&two));
        prop_assert!(refined(&sharp, &sharp));
        prop_assert!(refined(&dim, &dim));
        prop_assert!(refined(&dim, &sharp), "{:?} -> {:?}", dim, sharp);
        prop_assert!(refined(&dimmer, &dim), "{:?} -> {:?}", dimmer, dim);
        prop_assert!(refined(&dimmer, &sharp), "{:?} -> {:?} -> {:?}", dimmer, dim, sharp);
    }

    #[test]
    fn every_plan_refines_itself((name, size) in inputs(), places in places()) {
        let plan = planned(&places, &name, &size);
        prop_assert_eq!(refines(&plan, &plan, &Ended::default()), Ok(()));
    }

    #[test]
    fn inputs_that_refine_give_plans_that_refine(
        (name, size) in inputs(),
        (named, sized) in ("[ab]", "[ab]"),
        places in places(),
    ) {
        let approved = planned(&places, &name, &size);
        let name = Value::string(settled(&name, &named));
        let later = planned(&places, &name, &size);
        let size = Value::string(settled(&size, &sized));
        let last = planned(&places, &name, &size);
        let none = Ended::default();
        prop_assert_eq!(lines(&approved, &later, &none), Vec::<String>::new());
        prop_assert_eq!(lines(&later, &last, &none), Vec::<String>::new());
        prop_assert_eq!(lines(&approved, &last, &none), Vec::<String>::new());
    }

    #[test]
    fn refining_plans_is_transitive(
        all in proptest::collection::vec(inputs(), 3),
        places in places(),
    ) {
        let plans: Vec<_> = all.iter().map(|(name, size)| planned(&places, name, size)).collect();
        let holds = |a: usize, b: usize| refines(&plans[a], &plans[b], &Ended::default()).is_ok();
        if holds(0, 1) && holds(1, 2) {
            prop_assert!(holds(0, 2));
        }
    }

    #[test]
    fn a_plan_after_a_crash_refines_the_approved_one(
        (name, size) in inputs(),
        (named, sized) in ("[ab]", "[ab]"),
        places in places(),
        halves in proptest::collection::vec(0usize..3, 4),
    ) {
        let approved = planned(&places, &name, &size);
        let (named, sized) = (settled(&name, &named), settled(&size, &sized));
        let (name, size) = (Value::string(named.as_str()), Value::string(sized.as_str()));
        let carried = planned(&places, &name, &size);
        let (left, ended) = applied(&places, &carried, &halves, (&named, &sized));
        let later = planned(&left, &name, &size);
        prop_assert_eq!(lines(&approved, &later, &ended), Vec::<String>::new());
        prop_assert_eq!(lines(&carried, &later, &ended), Vec::<String>::new());
    }
}
