//! Crashes at every durable step, through the program itself.

use serde_json::Value as Json;

use crate::support::Estate;

#[test]
fn nothing_is_lost_or_doubled_wherever_it_crashes() {
    let shop = Estate::copy_of("scenarios/shop");
    let told = shop.expect(&["rehearse", "--explore", "crashes", "-json"], 0);
    let told: Json = serde_json::from_str(&told).expect("JSON");
    let told = &told["explored"][0];
    let number = |name: &str| told[name].as_u64().expect("a number");
    assert_eq!([number("lost"), number("doubled"), number("not_recovered")], [0, 0, 0], "{told:#}");
    assert_eq!(number("steps"), number("crashes"));
    assert!(number("steps") > 150, "{told:#}");
    for how in ["by_reading", "exists", "absent"] {
        assert!(told["in_doubt"][how].as_u64() > Some(5), "{how}: {told:#}");
    }
    assert!(!shop.path(".strata").exists(), "it works in memory alone");
}

#[test]
fn one_step_alone_is_the_same_each_time() {
    let shop = Estate::copy_of("scenarios/shop");
    let one = ["rehearse", "--explore", "crashes:12", "--seed=3"];
    let first = shop.expect(&one, 0);
    assert!(first.contains("durable steps, 1 crashes"), "{first}");
    assert_eq!(shop.expect(&one, 0), first);
    shop.fails(&["rehearse", "--explore", "fires"], "explore-unknown", "crashes");
}
