//! IP networks in CIDR notation: hosts, subnets, containment. Octets may have leading zeros, as OpenTofu still allows.
//! Invariant: the address of a network has no bit beyond its prefix set, unless a negative extension made it so.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use num_bigint::{BigInt, Sign};

/// An IP network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    pub(crate) address: Address,
    /// How many leading bits name the network.
    pub(crate) prefix: u32,
}

/// An IP address: the bits of an IPv4 address stand in the lowest 32.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Address {
    bits: u128,
    family: Family,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    V4,
    V6,
}

impl Family {
    /// Bits of an address.
    pub(crate) fn width(self) -> u32 {
        match self {
            Family::V4 => 32,
            Family::V6 => 128,
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Family::V4 => "IPv4",
            Family::V6 => "IPv6",
        })
    }
}

/// `bits` ones, at most 128.
fn ones(bits: u32) -> u128 {
    if bits >= 128 { u128::MAX } else { (1 << bits) - 1 }
}

impl Address {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some(bits) = parse_v4(text) {
            return Some(Address { bits: bits.into(), family: Family::V4 });
        }
        let address: Ipv6Addr = text.parse().ok()?;
        Some(Address { bits: address.into(), family: Family::V6 })
    }

    /// The IPv4 address, also of one that is mapped into IPv6.
    fn as_v4(self) -> Option<Ipv4Addr> {
        match self.family {
            Family::V4 => Some(u32::try_from(self.bits).expect("BUG: 32 bits").into()),
            Family::V6 => Ipv6Addr::from(self.bits).to_ipv4_mapped(),
        }
    }

    fn unmapped(self) -> Self {
        match self.as_v4() {
            Some(address) => Address { bits: u32::from(address).into(), family: Family::V4 },
            None => self,
        }
    }

    pub(crate) fn is_v4(self) -> bool {
        self.as_v4().is_some()
    }
}

fn parse_v4(text: &str) -> Option<u32> {
    let mut bits = 0;
    let mut octets = 0;
    for octet in text.split('.') {
        if octet.is_empty() || !octet.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let significant = octet.trim_start_matches('0');
        let octet: u8 = if significant.is_empty() { 0 } else { significant.parse().ok()? };
        bits = bits << 8 | u32::from(octet);
        octets += 1;
        if octets > 4 {
            return None;
        }
    }
    (octets == 4).then_some(bits)
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_v4() {
            Some(address) => address.fmt(f),
            None => Ipv6Addr::from(self.bits).fmt(f),
        }
    }
}

impl Network {
    /// The network that `text` names; bits of the host are dropped.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not an address block like \"10.0.0.0/16\"");
        let (address, prefix) = text.split_once('/').ok_or_else(wrong)?;
        let address = Address::parse(address).ok_or_else(wrong)?;
        let is_number = !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_digit());
        let prefix: u32 = prefix.parse().ok().filter(|_| is_number).ok_or_else(wrong)?;
        let width = address.family.width();
        if prefix > width {
            return Err(format!("the prefix of {text:?} is longer than {width} bits"));
        }
        let network = Network { address, prefix };
        Ok(network.at(address.bits & !network.host_mask()))
    }

    pub(crate) fn family(self) -> Family {
        self.address.family
    }

    fn at(self, bits: u128) -> Self {
        Network { address: Address { bits, ..self.address }, ..self }
    }

    fn host_mask(self) -> u128 {
        ones(self.family().width() - self.prefix)
    }

    /// The address whose bits say which belong to the network.
    pub(crate) fn mask(self) -> Address {
        let bits = ones(self.family().width()) & !self.host_mask();
        Address { bits, family: self.family() }
    }

    fn last(self) -> u128 {
        self.address.bits | self.host_mask()
    }

    /// Host number `number`; a negative one counts from the end.
    pub(crate) fn host(self, number: &BigInt) -> Result<Address, String> {
        let max = BigInt::from(self.host_mask());
        let index = match number.sign() {
            Sign::Minus => &max + 1_u8 + number,
            Sign::NoSign | Sign::Plus => number.clone(),
        };
        let index = u128::try_from(&index).ok().filter(|index| *index <= self.host_mask());
        let index =
            index.ok_or_else(|| format!("{self} has no room for a host with number {number}"))?;
        Ok(Address { bits: self.address.bits | index, family: self.family() })
    }

    /// Subnet number `number` among those with `bits` more bits of prefix.
    pub(crate) fn subnet(self, bits: i64, number: &BigInt) -> Result<Self, String> {
        let width = self.family().width();
        let prefix = i64::from(self.prefix).checked_add(bits);
        let prefix = prefix.and_then(|prefix| u32::try_from(prefix).ok());
        let prefix = prefix.filter(|prefix| *prefix <= width).ok_or_else(|| {
            format!("{self} cannot be extended by {bits} bits: its addresses have {width}")
        })?;
        // With fewer bits than before every number would do; it is limited by the address alone.
        let room = u32::try_from(bits).map_or(prefix, |bits| bits);
        let index = u128::try_from(number).ok().filter(|index| *index <= ones(room));
        let index = index.ok_or_else(|| {
            format!("{self} extended by {bits} bits has no subnet with number {number}")
        })?;
        let shifted = if prefix == 0 { 0 } else { index << (width - prefix) };
        Ok(Network { prefix, ..self.at(self.address.bits | shifted) })
    }

    /// The first network with `prefix` that begins behind the end of `self`; `None` where addresses end.
    pub(crate) fn next(self, prefix: u32) -> Option<Self> {
        let wider = Network { prefix, ..self };
        let last = self.last() | wider.host_mask();
        let bits = last.checked_add(1).filter(|bits| *bits <= ones(self.family().width()))?;
        Some(wider.at(bits))
    }

    /// The first network with `prefix` that begins not before `self`, which begins on its border.
    pub(crate) fn first(self, prefix: u32) -> Self {
        Network { prefix, ..self }
    }

    /// Whether `address` lies in it. Addresses of the other family do not; those of IPv4 that are mapped into IPv6 count as
    /// IPv4.
    pub(crate) fn contains(self, address: Address) -> bool {
        let (network, address) = (self.unmapped(), address.unmapped());
        address.family == network.family()
            && address.bits & !network.host_mask() == network.address.bits
    }

    fn unmapped(self) -> Self {
        let address = self.address.unmapped();
        let is_mapped = address.family != self.family() && self.prefix >= 96;
        if is_mapped { Network { address, prefix: self.prefix - 96 } } else { self }
    }

    /// Whether all of `other` lies in it.
    pub(crate) fn contains_network(self, other: Network) -> bool {
        self.contains(other.address)
            && self.contains(Address { bits: other.last(), ..other.address })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mapped = self.family() == Family::V6 && self.address.is_v4();
        let prefix = if mapped { self.prefix.saturating_sub(96) } else { self.prefix };
        write!(f, "{}/{prefix}", self.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        Network::parse(text).expect(text)
    }

    #[test]
    fn networks_are_read_and_masked() {
        for (text, expect) in [
            ("10.1.2.3/16", "10.1.0.0/16"),
            ("010.001.2.3/8", "10.0.0.0/8"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("2001:DB8::1/32", "2001:db8::/32"),
            ("::/0", "::/0"),
            ("::ffff:10.0.0.1/120", "10.0.0.0/24"),
        ] {
            assert_eq!(network(text).to_string(), expect, "{text}");
        }
        for text in
            ["10.0.0.0", "10.0.0/8", "10.0.0.256/8", "10.0.0.0/33", "::/129", "x/8", "10.0.0.0/+8"]
        {
            assert!(Network::parse(text).is_err(), "{text}");
        }
        assert_eq!(network("172.16.0.0/12").mask().to_string(), "255.240.0.0");
        assert_eq!(network("0.0.0.0/0").mask().to_string(), "0.0.0.0");
    }

    #[test]
    fn hosts_count_from_both_ends() {
        let host = |text: &str, number: i64| network(text).host(&BigInt::from(number));
        let check = |text: &str, number, expect: &str| {
            assert_eq!(host(text, number).expect(text).to_string(), expect);
        };
        check("10.12.112.0/20", 16, "10.12.112.16");
        check("10.12.112.0/20", -1, "10.12.127.255");
        check("10.12.112.0/20", -4096, "10.12.112.0");
        check("fd00:fd12:3456:7890:00a2::/72", 34, "fd00:fd12:3456:7890::22");
        assert!(host("10.12.112.0/20", 4096).is_err());
        assert!(host("10.12.112.0/20", -4097).is_err());
        let big = "18446744073709551616".parse().expect("a number");
        assert_eq!(network("fd00::/8").host(&big).expect("room").to_string(), "fd00:0:0:1::");
    }

    #[test]
    fn subnets_by_number() {
        let check = |text: &str, bits, number: i64, expect: &str| {
            let subnet = network(text).subnet(bits, &BigInt::from(number));
            assert_eq!(subnet.expect(text).to_string(), expect);
        };
        check("192.168.2.0/20", 4, 6, "192.168.6.0/24");
        check("fe80::/48", 16, 6, "fe80:0:0:6::/64");
        check("fe80::/48", 33, 6, "fe80::3:0:0:0/81");
        check("10.0.0.0/8", 0, 0, "10.0.0.0/8");
        assert!(network("10.0.0.0/8").subnet(25, &BigInt::from(0)).is_err());
        assert!(network("10.0.0.0/8").subnet(2, &BigInt::from(4)).is_err());
        assert!(network("10.0.0.0/8").subnet(2, &BigInt::from(-1)).is_err());
    }

    #[test]
    fn next_networks_and_containment() {
        let first = network("10.0.0.0/8").first(16);
        assert_eq!(first.to_string(), "10.0.0.0/16");
        assert_eq!(first.next(24).expect("room").to_string(), "10.1.0.0/24");
        assert_eq!(network("10.2.0.0/24").next(16).expect("room").to_string(), "10.3.0.0/16");
        assert_eq!(network("255.255.255.0/24").next(24), None);
        let outer = network("192.168.1.0/24");
        assert!(outer.contains_network(network("192.168.1.128/25")));
        assert!(!outer.contains_network(network("192.168.0.0/23")));
        assert!(!outer.contains(Address::parse("::1").expect("an address")));
        let mapped = network("::ffff:10.0.0.0/104");
        assert!(mapped.contains(Address::parse("10.0.0.1").expect("an address")));
    }
}
