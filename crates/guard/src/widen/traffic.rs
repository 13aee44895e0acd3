//! Traffic that a rule lets through: direction, protocol, ports, and the other end.

use std::net::IpAddr;
use std::sync::Arc;

/// Traffic that is let through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Traffic {
    /// Whether it comes in or goes out.
    pub(super) direction: Direction,
    /// The protocol in lower case; `all` for every one.
    pub(super) protocol: Arc<str>,
    /// The ports, first and last; `None` for all.
    pub(super) ports: Option<(i64, i64)>,
    /// The other end.
    pub(super) peer: Peer,
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// In.
    In,
    /// Out.
    Out,
}

/// The other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Peer {
    /// A network: its first address and how many bits of it count.
    Network(IpAddr, u32),
    /// A group, a list, a tag, or what is not known yet.
    Named(Arc<str>),
}

impl Peer {
    /// The other end that a text names; the words that clouds have for anywhere are the network of all.
    pub(super) fn parse(text: &str) -> Peer {
        let named = || Peer::Named(text.into());
        let text = match text {
            "*" | "Internet" | "Any" | "any" | "internet" => "0.0.0.0/0",
            text => text,
        };
        let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
        let Ok(address) = address.parse::<IpAddr>() else { return named() };
        let most = if address.is_ipv4() { 32 } else { 128 };
        match bits.map_or(Ok(most), str::parse::<u32>) {
            Ok(bits) if bits <= most => Peer::Network(address, bits),
            _ => named(),
        }
    }

    fn covers(&self, narrow: &Peer) -> bool {
        match (self, narrow) {
            (Peer::Network(IpAddr::V4(a), wide), Peer::Network(IpAddr::V4(b), bits)) => {
                let differ = (u32::from(*a) ^ u32::from(*b)).checked_shr(32 - wide).unwrap_or(0);
                wide <= bits && differ == 0
            }
            (Peer::Network(IpAddr::V6(a), wide), Peer::Network(IpAddr::V6(b), bits)) => {
                let differ = (u128::from(*a) ^ u128::from(*b)).checked_shr(128 - wide).unwrap_or(0);
                wide <= bits && differ == 0
            }
            (Peer::Named(one), Peer::Named(other)) => one == other,
            _ => false,
        }
    }

    fn words(&self) -> String {
        match self {
            Peer::Network(_, 0) => "anywhere".to_owned(),
            Peer::Network(address, bits) => format!("{address}/{bits}"),
            Peer::Named(name) => name.to_string(),
        }
    }
}

impl Traffic {
    /// Whether this lets through all that the other does.
    pub(super) fn covers(&self, narrow: &Traffic) -> bool {
        let protocol = &*self.protocol == "all" || self.protocol == narrow.protocol;
        let ports = match (self.ports, narrow.ports) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some((from, to)), Some((first, last))) => from <= first && last <= to,
        };
        self.direction == narrow.direction && protocol && ports && self.peer.covers(&narrow.peer)
    }

    /// As `in: tcp 22 from anywhere`.
    pub(super) fn words(&self) -> String {
        let (way, end) = match self.direction {
            Direction::In => ("in", "from"),
            Direction::Out => ("out", "to"),
        };
        let ports = match self.ports {
            None => String::new(),
            Some((from, to)) if from == to => format!(" {from}"),
            Some((from, to)) => format!(" {from}-{to}"),
        };
        let protocol = match &*self.protocol {
            "all" => "all traffic",
            protocol => protocol,
        };
        format!("{way}: {protocol}{ports} {end} {}", self.peer.words())
    }
}

/// The name of a protocol: `-1`, `*` and the like are all.
pub(super) fn protocol(text: &str) -> Arc<str> {
    match text.to_ascii_lowercase().as_str() {
        "-1" | "*" | "all" | "" => "all".into(),
        "6" => "tcp".into(),
        "17" => "udp".into(),
        "1" => "icmp".into(),
        other => other.into(),
    }
}

/// Ports as `22`, `20-30` or `*`.
pub(super) fn ports(text: &str) -> Option<(i64, i64)> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    Some((from.trim().parse().ok()?, to.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_cover() {
        for (wide, narrow, expect) in [
            ("0.0.0.0/0", "10.0.0.0/8", true),
            ("10.0.0.0/8", "10.1.0.0/16", true),
            ("10.1.0.0/16", "10.0.0.0/8", false),
            ("10.0.0.0/8", "11.0.0.0/8", false),
            ("10.0.0.1", "10.0.0.1/32", true),
            ("::/0", "2001:db8::/32", true),
            ("2001:db8::/32", "::/0", false),
            ("0.0.0.0/0", "::/0", false),
            ("sg-1", "sg-1", true),
            ("sg-1", "sg-2", false),
            ("0.0.0.0/0", "sg-1", false),
            ("10.0.0.0/33", "10.0.0.0/33", true),
        ] {
            assert_eq!(Peer::parse(wide).covers(&Peer::parse(narrow)), expect, "{wide} {narrow}");
        }
    }

    #[test]
    fn ports_and_protocols_cover() {
        let traffic = |protocol: &str, ports: &str| Traffic {
            direction: Direction::In,
            protocol: super::protocol(protocol),
            ports: super::ports(ports),
            peer: Peer::parse("0.0.0.0/0"),
        };
        assert!(traffic("-1", "").covers(&traffic("tcp", "22")));
        assert!(traffic("tcp", "20-30").covers(&traffic("tcp", "22")));
        assert!(!traffic("tcp", "22").covers(&traffic("tcp", "20-30")));
        assert!(!traffic("tcp", "22").covers(&traffic("udp", "22")));
        assert!(!traffic("tcp", "22").covers(&traffic("tcp", "*")));
        assert_eq!(traffic("6", "22").words(), "in: tcp 22 from anywhere");
        assert_eq!(traffic("-1", "*").words(), "in: all traffic from anywhere");
    }
}
