//! Envelopes: of a root module, of stacks, packed and not.

use std::sync::Arc;

use super::{PlanFileFault, checked, encode, is_plan_file, sample};
use crate::format::v1::frame::HEAD_BYTES;
use crate::format::v1::{Envelope, EnvelopeKind, EnvelopeStack, PACK_BYTES_MIN, decode};

fn root() -> Envelope {
    let configuration = vec![("main.tf".to_owned(), Arc::from("# nothing\n"))];
    let stack = EnvelopeStack { address: "".into(), plan: sample::every_variant(), configuration };
    Envelope {
        kind: EnvelopeKind::Root,
        id: "p-7Q4K9Z".into(),
        created_ms: 1_700_000_000_000,
        stacks: vec![stack],
    }
}

/// Three stacks; two share a text in memory, one has an equal one of its own.
fn estate() -> Envelope {
    let text: Arc<str> = "# long\n".repeat(PACK_BYTES_MIN / 7 + 1).into();
    let own: Arc<str> = (*text).into();
    let stack = |address: &str, text: &Arc<str>| EnvelopeStack {
        address: address.into(),
        plan: sample::empty(),
        configuration: vec![
            ("main.tf".to_owned(), text.clone()),
            (format!("{address}.tf"), Arc::from(address)),
        ],
    };
    let environment = "prod".into();
    Envelope {
        kind: EnvelopeKind::Estate { estate_id: "e-1".into(), environment },
        stacks: vec![stack("prod/a", &text), stack("prod/b", &text), stack("prod/c:k", &own)],
        ..root()
    }
}

fn fault(bytes: &[u8]) -> PlanFileFault {
    Envelope::decode(bytes).expect_err("bytes that are no plan file").fault
}

#[test]
fn an_envelope_comes_back_as_it_was() {
    for envelope in [root(), estate()] {
        let bytes = envelope.encode();
        assert!(is_plan_file(&bytes));
        let back = Envelope::decode(&bytes).expect("a plan file");
        assert_eq!(format!("{back:?}"), format!("{envelope:?}"));
        assert_eq!(back.encode(), bytes);
    }
}

#[test]
fn a_text_stands_once_and_is_shared_again() {
    let bytes = estate().encode();
    let back = Envelope::decode(&bytes).expect("a plan file");
    let texts: Vec<_> = back.stacks.iter().map(|stack| &stack.configuration[0].1).collect();
    assert!(Arc::ptr_eq(texts[0], texts[1]) && Arc::ptr_eq(texts[0], texts[2]));
    let unpacked = u64::from_le_bytes(bytes[20..28].try_into().expect("eight bytes"));
    assert!(unpacked < 2 * PACK_BYTES_MIN as u64, "{unpacked} bytes");
}

#[test]
fn only_what_is_long_is_packed() {
    let packed = |envelope: &Envelope| envelope.encode()[11] == 1;
    assert!(!packed(&root()));
    assert!(packed(&estate()));
    assert!(estate().encode().len() < PACK_BYTES_MIN / 8);
}

#[test]
fn an_envelope_is_no_plan_and_a_plan_no_envelope() {
    let error = decode(&root().encode()).expect_err("an envelope");
    assert_eq!((error.fault, error.offset), (PlanFileFault::Content(2), 10));
    assert_eq!(fault(&encode(&sample::empty())), PlanFileFault::Content(1));
}

#[test]
fn an_envelope_cut_or_changed_anywhere_is_refused() {
    for envelope in [root(), estate()] {
        let bytes = envelope.encode();
        for at in 0..bytes.len() {
            assert!(Envelope::decode(&bytes[..at]).is_err(), "cut at {at}");
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            assert!(Envelope::decode(&changed).is_err(), "byte {at} changed");
        }
    }
}

#[test]
fn a_changed_byte_of_an_envelope_under_a_right_checksum_never_panics() {
    let envelope = Envelope { stacks: Vec::new(), ..root() };
    for bytes in [envelope.encode(), estate().encode()] {
        for at in HEAD_BYTES..bytes.len() - 4 {
            for mask in [1, 0x80, 0xff] {
                let mut changed = bytes.clone();
                changed[at] ^= mask;
                let _ = Envelope::decode(&checked(changed));
            }
        }
    }
}

/// No room is made for more than the bytes that are there can unpack to.
#[test]
fn packed_bytes_unpack_to_what_the_head_says() {
    let bytes = estate().encode();
    let unpacked = u64::from_le_bytes(bytes[20..28].try_into().expect("eight bytes"));
    let with = |length: u64| {
        let mut changed = bytes.clone();
        changed[20..28].copy_from_slice(&length.to_le_bytes());
        fault(&checked(changed))
    };
    assert_eq!(with(unpacked + 1), PlanFileFault::Packing);
    assert_eq!(with(unpacked - 1), PlanFileFault::Packing);
    assert_eq!(with(1 << 31), PlanFileFault::Length(1 << 31));
}

/// Offsets in a plan inside an envelope count from the start of the file.
#[test]
fn faults_inside_are_placed_in_the_whole_file() {
    let mut envelope = root();
    envelope.stacks[0].plan.changes[0].provider = crate::ProviderIndex(9);
    let bytes = envelope.encode();
    let error = Envelope::decode(&bytes).expect_err("a bad index");
    assert_eq!((error.fault, error.part), (PlanFileFault::Index(9), "the changes"));
    assert_eq!(bytes[error.offset], 9);
}
