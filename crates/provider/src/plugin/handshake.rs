//! The line by which a plugin says that it is there, and the environment by which it is asked to.
//!
//! Form: `CORE|PROTOCOL|NETWORK|ADDRESS|TRANSPORT|CERTIFICATE`, the last in unpadded base64 of DER. Facts of the
//! plugin library; pure.

use std::path::PathBuf;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::wire::Protocol;

/// Name and value of the variable by which a provider knows that it is not run by a person.
pub(super) const MAGIC_COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

/// The protocols that we speak, as the plugin library is told.
pub(super) const PROTOCOL_VERSIONS: (&str, &str) = ("PLUGIN_PROTOCOL_VERSIONS", "5,6");

/// The variable that holds our certificate as PEM: the plugin then answers with its own and speaks TLS.
pub(super) const CLIENT_CERT: &str = "PLUGIN_CLIENT_CERT";

/// Variables of the plugin library that are set for every plugin: ports for systems without Unix sockets.
pub(super) const PORTS: [(&str, &str); 2] =
    [("PLUGIN_MIN_PORT", "10000"), ("PLUGIN_MAX_PORT", "25000")];

/// The version of the plugin library's own protocol.
const CORE_PROTOCOL: &str = "1";

/// Greatest length of the line, in bytes: a certificate has about 1,000.
pub(super) const LINE_BYTES_MAX: usize = 64 << 10;

/// Where and how a plugin listens.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Handshake {
    pub(super) protocol: Protocol,
    pub(super) address: Address,
    /// The certificate that the plugin shows, as DER; none where it speaks without TLS.
    pub(super) certificate: Option<Vec<u8>>,
}

/// What a plugin listens on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Address {
    Unix(PathBuf),
    Tcp(String),
}

/// Reads the line, or says what is wrong with it.
pub(super) fn parse(line: &str) -> Result<Handshake, String> {
    let parts: Vec<&str> = line.trim().split('|').collect();
    let [core, protocol, network, address, rest @ ..] = parts.as_slice() else {
        return Err(format!(
            "it printed {line:?} where it should tell its address: not a provider, or not for this system"
        ));
    };
    if *core != CORE_PROTOCOL {
        return Err(format!(
            "it speaks version {core:?} of the plugin library's protocol; 1 is spoken here"
        ));
    }
    let protocol = match *protocol {
        "5" => Protocol::V5,
        "6" => Protocol::V6,
        other => return Err(format!("it speaks plugin protocol {other}; 5 and 6 are spoken here")),
    };
    let address = match *network {
        "unix" => Address::Unix(PathBuf::from(address)),
        "tcp" => Address::Tcp((*address).to_owned()),
        other => return Err(format!("it listens on a network of kind {other:?}")),
    };
    let (transport, certificate) = match rest {
        [] => ("netrpc", ""),
        [transport] => (*transport, ""),
        [transport, certificate, ..] => (*transport, *certificate),
    };
    if transport != "grpc" {
        return Err(format!(
            "it speaks {transport:?} and not gRPC: a provider of protocol 4 or older"
        ));
    }
    Ok(Handshake { protocol, address, certificate: decode_certificate(certificate)? })
}

fn decode_certificate(text: &str) -> Result<Option<Vec<u8>>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    match GeneralPurpose::new(&STANDARD, config).decode(text) {
        Ok(der) => Ok(Some(der)),
        Err(error) => Err(format!("its certificate is not base64: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_providers() {
        let parsed = parse("1|6|unix|/tmp/plugin1|grpc|AQID\n").unwrap();
        assert_eq!(parsed.protocol, Protocol::V6);
        assert_eq!(parsed.address, Address::Unix("/tmp/plugin1".into()));
        assert_eq!(parsed.certificate, Some(vec![1, 2, 3]));
        let parsed = parse("1|5|tcp|127.0.0.1:1234|grpc").unwrap();
        assert_eq!(parsed.address, Address::Tcp("127.0.0.1:1234".into()));
        assert_eq!(parsed.certificate, None);
        assert_eq!(
            parse("1|5|unix|/x|grpc|AQIDBA|true").unwrap().certificate,
            Some(vec![1, 2, 3, 4])
        );
    }

    #[test]
    fn what_is_no_such_line_is_told() {
        for line in [
            "",
            "hello",
            "2|5|unix|/x|grpc",
            "1|4|unix|/x|grpc",
            "1|5|unix|/x",
            "1|5|pipe|/x|grpc",
            "1|5|unix|/x|grpc|?",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
