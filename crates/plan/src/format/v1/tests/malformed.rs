//! Plans that would mislead whoever indexes into them are refused, with what is wrong and where.

use super::{PlanFileFault, checked, encode, refused, sample};
use crate::format::v1::frame::HEAD_BYTES;
use crate::{ChangeIndex, Op, OpId, OpKind, Plan, ProviderIndex};

fn fault(plan: &Plan) -> (PlanFileFault, &'static str) {
    let error = refused(&encode(plan));
    (error.fault, error.part)
}

#[test]
fn an_index_beyond_its_table_is_refused() {
    let mut plan = sample::every_variant();
    plan.changes[0].provider = ProviderIndex(2);
    assert_eq!(fault(&plan), (PlanFileFault::Index(2), "the changes"));
    let mut plan = sample::every_variant();
    plan.drift[0].provider = ProviderIndex(7);
    assert_eq!(fault(&plan), (PlanFileFault::Index(7), "the drift"));
    let mut plan = sample::empty();
    plan.ops = vec![Op { kind: OpKind::Record(ChangeIndex(0)), after: Vec::new() }];
    assert_eq!(fault(&plan), (PlanFileFault::Index(0), "the ops"));
}

#[test]
fn ops_follow_earlier_ops_only_each_once() {
    let plan = |after: &[u32]| {
        let join = |after| Op { kind: OpKind::Join, after };
        let last = join(after.iter().map(|&id| OpId(id)).collect());
        Plan { ops: vec![join(Vec::new()), join(Vec::new()), last], ..sample::empty() }
    };
    assert_eq!(fault(&plan(&[2])), (PlanFileFault::Index(2), "the ops"));
    assert_eq!(fault(&plan(&[1, 0])), (PlanFileFault::Order, "the ops"));
    assert_eq!(fault(&plan(&[1, 1])), (PlanFileFault::Order, "the ops"));
    super::check(&plan(&[0, 1]));
}

#[test]
fn lengths_that_cannot_be_are_refused() {
    let bytes = encode(&sample::empty());
    let with = |at: usize, length: u64| {
        let mut changed = bytes.clone();
        changed[at..at + 8].copy_from_slice(&length.to_le_bytes());
        let error = refused(&checked(changed));
        (error.fault, error.offset)
    };
    assert_eq!(with(12, u64::MAX), (PlanFileFault::Length(u64::MAX), 12));
    assert_eq!(with(20, u64::MAX), (PlanFileFault::Length(u64::MAX), 20));
    assert_eq!(with(20, 1), (PlanFileFault::Length(1), 20));
    let section = HEAD_BYTES + 1;
    assert_eq!(with(section, 1 << 40), (PlanFileFault::Truncated, section + 8));
}

#[test]
fn a_section_in_another_place_is_refused() {
    let mut bytes = encode(&sample::empty());
    bytes[HEAD_BYTES] = 3;
    let error = refused(&checked(bytes));
    let fault = PlanFileFault::Tag { what: "section in this place", tag: 3 };
    assert_eq!((error.fault, error.offset), (fault, HEAD_BYTES));
}

#[test]
fn a_wrong_checksum_is_told_as_such() {
    let mut bytes = encode(&sample::empty());
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    let error = refused(&bytes);
    assert_eq!((error.fault, error.offset), (PlanFileFault::Checksum, last - 3));
}
