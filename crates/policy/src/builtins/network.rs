//! Ranges of addresses, by arithmetic alone: nothing is looked up.
//!
//! Invariant: what is no range is undefined; IPv4 and IPv6 never contain one another.

use std::net::IpAddr;

use super::{Builtin, whole};
use crate::value::V;

pub(super) const TABLE: &[Builtin] = &[
    whole("net.cidr_contains", 2, |args| {
        let (outer, inner) = (range(args[0].as_str()?)?, range(args[1].as_str()?)?);
        Some(V::Bool(outer.holds(&inner)))
    }),
    whole("net.cidr_intersects", 2, |args| {
        let (a, b) = (range(args[0].as_str()?)?, range(args[1].as_str()?)?);
        Some(V::Bool(a.holds(&b) || b.holds(&a)))
    }),
    whole("net.cidr_is_valid", 1, |args| {
        let valid =
            args[0].as_str().is_some_and(|text| text.contains('/') && range(text).is_some());
        Some(V::Bool(valid))
    }),
];

/// The bits of an address, how many of them are fixed, and how many there are.
struct Range {
    bits: u128,
    fixed: u32,
    of: u32,
}

impl Range {
    fn holds(&self, other: &Range) -> bool {
        let shift = self.of - self.fixed;
        let head = |bits: u128| bits.checked_shr(shift).unwrap_or(0);
        self.of == other.of && self.fixed <= other.fixed && head(self.bits) == head(other.bits)
    }
}

/// `10.0.0.0/8`, or an address alone.
fn range(text: &str) -> Option<Range> {
    let (address, fixed) = match text.split_once('/') {
        Some((address, fixed)) => (address, Some(fixed.parse::<u32>().ok()?)),
        None => (text, None),
    };
    let (bits, of) = match address.parse::<IpAddr>().ok()? {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    };
    let fixed = fixed.unwrap_or(of);
    (fixed <= of).then_some(Range { bits, fixed, of })
}
