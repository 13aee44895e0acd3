//! Where a provider comes from: host, namespace and name, with the rules of a `source` argument.
//! Not which version, and not how it is configured.
//! Invariant: the parts are normal (lower case), so that equal providers are equal values.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The registry that is meant when a source names none.
pub const DEFAULT_HOST: &str = "registry.opentofu.org";
/// The namespace that is meant when a source names none.
pub const DEFAULT_NAMESPACE: &str = "hashicorp";
/// The host of providers that are part of the program.
pub const BUILTIN_HOST: &str = "terraform.io";
/// The namespace of providers that are part of the program.
pub const BUILTIN_NAMESPACE: &str = "builtin";
/// The namespace that stood for an unknown one in states of long ago.
pub const LEGACY_NAMESPACE: &str = "-";

const BUILTIN_HOST_RESERVED: &str = "opentofu.org";

/// A provider: `registry.opentofu.org/hashicorp/aws`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderAddr {
    /// Host of the registry, perhaps with a port.
    pub host: Arc<str>,
    /// Who publishes it.
    pub namespace: Arc<str>,
    /// Its name, which its resource types begin with.
    pub name: Arc<str>,
}

impl ProviderAddr {
    /// The provider that a name alone implies: `terraform` is built in, all others are `hashicorp`'s.
    ///
    /// # Errors
    /// When `name` may not name a provider.
    pub fn implied(name: &str) -> Result<Self, ProviderAddrError> {
        if name == "terraform" {
            return Ok(ProviderAddr::builtin(name));
        }
        let name = part(name).map_err(|fault| ProviderAddrError::new(name, Place::Name, fault))?;
        Ok(ProviderAddr::of(DEFAULT_HOST, DEFAULT_NAMESPACE, &name))
    }

    /// A provider that is part of the program.
    #[must_use]
    pub fn builtin(name: &str) -> Self {
        ProviderAddr::of(BUILTIN_HOST, BUILTIN_NAMESPACE, name)
    }

    fn of(host: &str, namespace: &str, name: &str) -> Self {
        ProviderAddr { host: host.into(), namespace: namespace.into(), name: name.into() }
    }

    /// Whether it is part of the program and never installed.
    #[must_use]
    pub fn is_builtin(&self) -> bool {
        &*self.namespace == BUILTIN_NAMESPACE
            && (&*self.host == BUILTIN_HOST || &*self.host == BUILTIN_HOST_RESERVED)
    }

    /// Whether it is `registry.opentofu.org/-/NAME`, as states before namespaces had it.
    #[must_use]
    pub fn is_legacy(&self) -> bool {
        &*self.namespace == LEGACY_NAMESPACE && &*self.host == DEFAULT_HOST
    }

    /// For people: without the host where it is the default.
    #[must_use]
    pub fn for_display(&self) -> String {
        if &*self.host == DEFAULT_HOST {
            format!("{}/{}", self.namespace, self.name)
        } else {
            self.to_string()
        }
    }
}

impl fmt::Display for ProviderAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.host, self.namespace, self.name)
    }
}

impl FromStr for ProviderAddr {
    type Err = ProviderAddrError;

    /// Reads a `source`: `NAME`, `NAMESPACE/NAME` or `HOST/NAMESPACE/NAME`.
    fn from_str(source: &str) -> Result<Self, ProviderAddrError> {
        let error = |place, fault| ProviderAddrError::new(source, place, fault);
        let parts: Vec<&str> = source.split('/').collect();
        let (given_host, given_namespace, given_name) = match parts[..] {
            [name] => (None, None, name),
            [namespace, name] => (None, Some(namespace), name),
            [host, namespace, name] => (Some(host), Some(namespace), name),
            _ => return Err(error(Place::Whole, Fault::Parts)),
        };
        if parts.contains(&"") {
            return Err(error(Place::Whole, Fault::Parts));
        }
        let name = part(given_name).map_err(|fault| error(Place::Name, fault))?;
        let Some(given_namespace) = given_namespace else {
            return Ok(ProviderAddr::of(DEFAULT_HOST, DEFAULT_NAMESPACE, &name));
        };
        let namespace = if given_namespace == LEGACY_NAMESPACE {
            LEGACY_NAMESPACE.to_owned()
        } else {
            part(given_namespace).map_err(|fault| error(Place::Namespace, fault))?
        };
        let host = match given_host {
            None => DEFAULT_HOST.to_owned(),
            Some(host) => hostname(host).map_err(|fault| error(Place::Host, fault))?,
        };
        if namespace == LEGACY_NAMESPACE && host != DEFAULT_HOST {
            return Err(error(Place::Namespace, Fault::LegacyElsewhere));
        }
        if name.starts_with("terraform-") || name.starts_with("opentofu-") {
            return Err(error(Place::Name, Fault::RedundantPrefix));
        }
        Ok(ProviderAddr::of(&host, &namespace, &name))
    }
}

/// Why a text is no provider's source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderAddrError {
    /// The text.
    pub source: String,
    /// A better source, where one can be guessed.
    pub suggestion: Option<String>,
    place: Place,
    fault: Fault,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Whole,
    Host,
    Namespace,
    Name,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Parts,
    Empty,
    Dot,
    DoubleDash,
    Dash,
    Character(char),
    NotAscii,
    Punycode,
    EmptyLabel,
    Port,
    Url,
    LegacyElsewhere,
    RedundantPrefix,
}

impl ProviderAddrError {
    fn new(source: &str, place: Place, fault: Fault) -> Self {
        let suggestion =
            (fault == Fault::RedundantPrefix).then(|| without_prefix(source)).flatten();
        ProviderAddrError { source: source.to_owned(), suggestion, place, fault }
    }
}

/// `acme/terraform-provider-x` means `acme/x`.
fn without_prefix(source: &str) -> Option<String> {
    let (before, name) = source.rsplit_once('/')?;
    let short = ["terraform-provider-", "opentofu-provider-"]
        .iter()
        .find_map(|prefix| name.to_ascii_lowercase().strip_prefix(prefix).map(str::to_owned))?;
    part(&short).ok().map(|short| format!("{before}/{short}"))
}

impl fmt::Display for ProviderAddrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.place {
            Place::Whole => "",
            Place::Host => "the host of ",
            Place::Namespace => "the namespace of ",
            Place::Name => "the name of ",
        };
        write!(f, "{place}provider source {:?}: ", self.source)?;
        match self.fault {
            Fault::Parts => f.write_str("expected [HOST/][NAMESPACE/]NAME"),
            Fault::Empty => f.write_str("it is empty"),
            Fault::Dot => f.write_str("it may hold no dot"),
            Fault::DoubleDash => f.write_str("it may hold no two dashes in a row"),
            Fault::Dash => f.write_str("it may not begin or end with a dash"),
            Fault::Character(c) => {
                write!(f, "only letters, digits and dashes are allowed, not {c:?}")
            }
            Fault::NotAscii => f.write_str("only ASCII letters are supported"),
            Fault::Punycode => f.write_str("a host must not be given in punycode (\"xn--\")"),
            Fault::EmptyLabel => f.write_str("it holds two dots in a row, or ends with one"),
            Fault::Port => f.write_str("the port must be a number of at most 65535"),
            Fault::Url => f.write_str("a host is needed, perhaps with a port, not a URL"),
            Fault::LegacyElsewhere => {
                write!(f, "the namespace \"-\" exists on {DEFAULT_HOST} only")
            }
            Fault::RedundantPrefix => {
                f.write_str("names do not begin with \"terraform-\" or \"opentofu-\"")
            }
        }?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; did you mean {suggestion:?}?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ProviderAddrError {}

/// A namespace or name in its normal form: the rules of a label in a host's name.
fn part(given: &str) -> Result<String, Fault> {
    if given.contains('.') {
        return Err(Fault::Dot);
    }
    if given.contains("--") {
        return Err(Fault::DoubleDash);
    }
    label(given)
}

fn label(given: &str) -> Result<String, Fault> {
    if given.is_empty() {
        return Err(Fault::Empty);
    }
    if !given.is_ascii() {
        return Err(Fault::NotAscii);
    }
    if let Some(c) = given.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-') {
        return Err(Fault::Character(c));
    }
    if given.starts_with('-') || given.ends_with('-') {
        return Err(Fault::Dash);
    }
    Ok(given.to_ascii_lowercase())
}

/// A host in its normal form: lower case, and without the port if it is 443.
fn hostname(given: &str) -> Result<String, Fault> {
    let (name, port) = match given.split_once(':') {
        Some((name, port)) => (name, port_suffix(port)),
        None => (given, Ok(String::new())),
    };
    if port.is_err() && matches!(name.to_ascii_lowercase().as_str(), "http" | "https") {
        return Err(Fault::Url);
    }
    let port = port?;
    if name.is_empty() {
        return Err(Fault::Empty);
    }
    let mut labels = Vec::new();
    for given in name.split('.') {
        if given.is_empty() {
            return Err(Fault::EmptyLabel);
        }
        if given.to_ascii_lowercase().starts_with("xn--") {
            return Err(Fault::Punycode);
        }
        // Dashes as third and fourth character mark encodings, of which punycode is the only one.
        if given.get(2..4) == Some("--") {
            return Err(Fault::DoubleDash);
        }
        labels.push(label(given)?);
    }
    Ok(labels.join(".") + &port)
}

fn port_suffix(text: &str) -> Result<String, Fault> {
    match text.parse::<u16>() {
        Ok(443) => Ok(String::new()),
        Ok(port) => Ok(format!(":{port}")),
        Err(_) => Err(Fault::Port),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expect: &str) {
        assert_eq!(source.parse::<ProviderAddr>().expect(source).to_string(), expect);
    }

    #[test]
    fn sources_are_completed_and_normal() {
        check("aws", "registry.opentofu.org/hashicorp/aws");
        check("AWS", "registry.opentofu.org/hashicorp/aws");
        check("terraform", "registry.opentofu.org/hashicorp/terraform");
        check("acme/Thing", "registry.opentofu.org/acme/thing");
        check("registry.opentofu.org/hashicorp/aws", "registry.opentofu.org/hashicorp/aws");
        check("Example.COM:443/a/b", "example.com/a/b");
        check("example.com:08443/a/b", "example.com:8443/a/b");
        check("localhost/a/b", "localhost/a/b");
        check("terraform.io/builtin/terraform", "terraform.io/builtin/terraform");
        check("-/aws", "registry.opentofu.org/-/aws");
    }

    #[test]
    fn kinds_of_providers() {
        let terraform = ProviderAddr::implied("terraform").expect("a name");
        assert!(terraform.is_builtin());
        assert_eq!(terraform.to_string(), "terraform.io/builtin/terraform");
        let aws = ProviderAddr::implied("aws").expect("a name");
        assert_eq!(aws.for_display(), "hashicorp/aws");
        assert_eq!(terraform.for_display(), "terraform.io/builtin/terraform");
        assert!("-/aws".parse::<ProviderAddr>().expect("an address").is_legacy());
    }

    #[test]
    fn wrong_sources_are_told_why() {
        let check = |source: &str, expect: &str| {
            let error = source.parse::<ProviderAddr>().expect_err(source).to_string();
            assert!(error.contains(expect), "{source}: {error}");
        };
        check("", "expected [HOST/]");
        check("a/b/c/d", "expected [HOST/]");
        check("a//b", "expected [HOST/]");
        check("a/b_c", "not '_'");
        check("a/b--c", "two dashes");
        check("a/-b", "begin or end");
        check("a.b/c", "no dot");
        check("é/c", "ASCII");
        check("example.com/-/c", "exists on registry.opentofu.org only");
        check("xn--bcher-kva.example/a/b", "punycode");
        check("a..b/c/d", "two dots");
        check("a:x/c/d", "port");
        check("https:/c/d", "not a URL");
        check("acme/terraform-provider-x", "did you mean \"acme/x\"?");
        check("acme/opentofu-x", "do not begin");
    }
}
