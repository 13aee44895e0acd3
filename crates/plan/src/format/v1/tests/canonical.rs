//! One thing has one form.

use std::sync::Arc;

use proptest::prelude::*;

use super::{PlanFileFault, decode, encode, sample, without_files};
use crate::format::v1::wire::{Reader, Writer};

#[test]
fn numbers_are_written_the_shortest_way() {
    let read = |bytes: &[u8]| Reader::new(bytes, 0, "the number").number();
    assert_eq!(read(&[0x80, 1]).ok(), Some(128));
    let longest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
    assert_eq!(read(&longest).ok(), Some(u64::MAX));
    let mut beyond = longest;
    beyond[9] = 2;
    for bytes in [&[0x80, 0][..], &[0xff, 0x80, 0], &beyond] {
        let error = read(bytes).expect_err("a number that is not written the shortest way");
        assert_eq!((error.fault, error.offset), (PlanFileFault::Number, 0));
    }
    assert_eq!(read(&[0x80]).expect_err("half a number").fault, PlanFileFault::Truncated);
}

#[test]
fn dependencies_are_shared_again() {
    let plan = sample::every_variant();
    let back = decode(&encode(&plan)).expect("a plan that was encoded");
    let mut lists: Vec<_> = back
        .prior
        .resources()
        .flat_map(|(_, resource)| resource.instances())
        .map(|instance| instance.object.dependencies.clone())
        .filter(|list| !list.is_empty())
        .collect();
    assert_eq!(lists.len(), 3);
    lists.dedup_by(|a, b| Arc::ptr_eq(a, b));
    assert_eq!(lists.len(), 1);
}

/// Whether lists are shared in memory does not show in the bytes.
#[test]
fn sharing_does_not_show_in_the_bytes() {
    let plan = sample::every_variant();
    let back = decode(&encode(&plan)).expect("a plan that was encoded");
    let mut apart = back.clone();
    let mut prior = (*back.prior).clone();
    for (at, row) in back.prior.rows() {
        let dependencies: Arc<[_]> = row.object.dependencies.to_vec().into();
        let object = Arc::new(state::Object { dependencies, ..state::Object::clone(&row.object) });
        prior.put(at, state::Row { object, ..row });
    }
    apart.prior = Arc::new(prior);
    assert_eq!(encode(&apart), encode(&plan));
}

proptest! {
    #![proptest_config(without_files())]

    #[test]
    fn all_integers_come_back(unsigned: u64, signed: i64) {
        let mut to = Writer::default();
        to.number(unsigned);
        to.signed(signed);
        let mut from = Reader::new(&to.out, 0, "the numbers");
        prop_assert_eq!(from.number().ok(), Some(unsigned));
        prop_assert_eq!(from.signed().ok(), Some(signed));
        prop_assert!(from.finish().is_ok());
    }
}
