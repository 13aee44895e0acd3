//! Tests of the plan file; `docs/specs/plan-file.md` names them.

mod canonical;
mod envelopes;
mod malformed;
mod numbers;
mod sample;
mod values;

use super::{MAGIC, PlanFileError, PlanFileFault, VERSION, decode, encode, is_plan_file};
use crate::{Op, Plan};

/// Property tests that leave no files behind.
fn without_files() -> proptest::test_runner::Config {
    proptest::test_runner::Config { failure_persistence: None, ..Default::default() }
}

/// The bytes of one frame with its checksum made right again.
fn checked(mut file: Vec<u8>) -> Vec<u8> {
    let end = file.len() - 4;
    let checksum = crc32fast::hash(&file[..end]);
    file[end..].copy_from_slice(&checksum.to_le_bytes());
    file
}

fn refused(bytes: &[u8]) -> PlanFileError {
    decode(bytes).expect_err("bytes that are no plan are read as one")
}

/// That a plan comes back as it was, in all its parts.
fn check(plan: &Plan) {
    let bytes = encode(plan);
    let back = decode(&bytes).expect("a plan that was encoded");
    assert_eq!(format!("{back:#?}"), format!("{plan:#?}"));
    assert_eq!(back.prior, plan.prior);
    assert_eq!(encode(&back), bytes);
}

#[test]
fn a_plan_comes_back_as_it_was() {
    check(&sample::every_variant());
    check(&sample::empty());
}

#[test]
fn equal_plans_have_equal_bytes_and_digests() {
    let (one, other) = (sample::every_variant(), sample::every_variant());
    assert_eq!(encode(&one), encode(&other));
    assert_eq!(super::super::digest(&one), super::super::digest(&other));
    let moved = Plan { time_s: one.time_s + 1, ..other };
    assert_ne!(super::super::digest(&one), super::super::digest(&moved));
}

/// A change of the format is a new version, not other bytes for this one. (Until the first release the digest may move.)
#[test]
fn the_bytes_of_version_1_stay() {
    let digest = super::super::digest(&sample::every_variant()).to_string();
    assert_eq!(digest, "4f8e2ad53ed8a60d12cd95fff54272e60b48ce6ebf8acd468410edc98f93bf47");
}

#[test]
fn what_is_in_doubt_comes_back() {
    let mut plan = sample::every_variant();
    plan.deferred[0].reason = crate::DeferredReason::InDoubt;
    let back = decode(&encode(&plan)).expect("a plan");
    assert_eq!(back.deferred, plan.deferred);
}

#[test]
fn a_file_is_known_by_how_it_begins() {
    assert!(is_plan_file(&encode(&sample::empty())));
    assert!(is_plan_file(&MAGIC));
    assert!(!is_plan_file(&MAGIC[..7]));
    assert!(!is_plan_file(b"PK\x03\x04"));
    assert!(!is_plan_file(b""));
}

#[test]
fn what_begins_otherwise_is_refused() {
    let error = refused(b"{\"format_version\":\"1.2\"}");
    assert_eq!((error.fault, error.offset), (PlanFileFault::NotAPlanFile, 0));
    assert_eq!(refused(b"").fault, PlanFileFault::NotAPlanFile);
}

#[test]
fn another_version_is_named_whatever_follows() {
    let mut bytes = encode(&sample::empty());
    bytes[8] = 2;
    for bytes in [&bytes[..], &bytes[..10]] {
        let error = refused(bytes);
        assert_eq!((&error.fault, error.offset), (&PlanFileFault::Version(2), 8));
        assert_eq!(
            error.to_string(),
            "It has version 2 of the format, and only 1 is read here, at byte 8, in the head"
        );
    }
    assert_eq!(VERSION, 1);
}

#[test]
fn a_file_cut_at_any_byte_is_refused() {
    let bytes = encode(&sample::every_variant());
    for length in 0..bytes.len() {
        let error = refused(&bytes[..length]);
        let expected = matches!(error.fault, PlanFileFault::Truncated)
            || (length == 0 && error.fault == PlanFileFault::NotAPlanFile);
        assert!(expected, "cut at {length}: {error}");
        assert!(error.offset <= length, "cut at {length}: {error}");
    }
}

#[test]
fn a_byte_changed_anywhere_is_found() {
    let bytes = encode(&sample::every_variant());
    for at in 0..bytes.len() {
        for mask in [1, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] ^= mask;
            assert!(decode(&changed).is_err(), "byte {at} changed by {mask:#x}");
        }
    }
}

#[test]
fn bytes_behind_the_end_are_refused() {
    let mut bytes = encode(&sample::empty());
    let length = bytes.len();
    bytes.push(0);
    let error = refused(&bytes);
    assert_eq!((error.fault, error.offset), (PlanFileFault::Trailing, length));
}

/// Whoever makes the checksum right may get an error or another plan, never a panic.
#[test]
fn a_changed_byte_under_a_right_checksum_never_panics() {
    let bytes = encode(&sample::every_variant());
    for at in super::frame::HEAD_BYTES..bytes.len() - 4 {
        let mut changed = bytes.clone();
        changed[at] ^= [1, 4, 0x80, 0xff][at % 4];
        if let Ok(plan) = decode(&checked(changed)) {
            indices_are_sound(&plan);
        }
    }
}

fn indices_are_sound(plan: &Plan) {
    for (own, Op { kind, after }) in plan.ops.iter().enumerate() {
        assert!(after.iter().all(|op| (op.0 as usize) < own));
        if let Some(change) = kind.change() {
            plan.provider(plan.change(change).provider);
        }
    }
}
