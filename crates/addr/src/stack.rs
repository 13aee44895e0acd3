//! Addresses in an estate: `ENV/STACK[:KEY]`, patterns with `*`, and resources across stacks, `ENV/STACK[:KEY]//ADDRESS`.
//! Whether such a stack exists is `estate`'s to say.
//! Invariant: names hold only ASCII letters, digits, `_` and `-`, and keys no `/` and no `*`, so that every address reads back.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::error::AddrError;
use crate::resource::ResourceInstance;

/// Longest name of an environment or a stack, in bytes.
const NAME_LENGTH_MAX: usize = 64;
/// Longest key of a stack instance, in bytes.
const KEY_LENGTH_MAX: usize = 128;

/// A stack instance: a stack in one environment, and for one key where the stack has `for_each`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StackAddr {
    /// Name of the environment.
    pub environment: Arc<str>,
    /// Name of the stack.
    pub stack: Arc<str>,
    /// Key of the instance, where the stack has `for_each`.
    pub key: Option<Arc<str>>,
}

impl StackAddr {
    /// The stack instance with these parts.
    ///
    /// # Errors
    /// When a name or the key holds what an address may not hold, or is too long.
    pub fn new(environment: &str, stack: &str, key: Option<&str>) -> Result<Self, StackAddrError> {
        Ok(StackAddr {
            environment: name(environment)?.into(),
            stack: name(stack)?.into(),
            key: key.map(instance_key).transpose()?.map(Into::into),
        })
    }

    /// The name of an environment or a stack, judged alone.
    ///
    /// # Errors
    /// When an address may not hold it.
    pub fn check_name(text: &str) -> Result<(), StackAddrError> {
        name(text).map(|_| ())
    }

    /// The key of a stack instance, judged alone.
    ///
    /// # Errors
    /// When an address may not hold it.
    pub fn check_key(text: &str) -> Result<(), StackAddrError> {
        instance_key(text).map(|_| ())
    }
}

fn name(text: &str) -> Result<&str, StackAddrError> {
    let begins_well = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_part = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if begins_well && text.bytes().all(is_part) && text.len() <= NAME_LENGTH_MAX {
        Ok(text)
    } else {
        Err(StackAddrError::Name(text.to_owned()))
    }
}

fn instance_key(text: &str) -> Result<&str, StackAddrError> {
    let is_bad = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | '*' | '"');
    if text.is_empty() || text.contains(is_bad) || text.len() > KEY_LENGTH_MAX {
        Err(StackAddrError::Key(text.to_owned()))
    } else {
        Ok(text)
    }
}

impl fmt::Display for StackAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.environment, self.stack)?;
        match &self.key {
            Some(key) => write!(f, ":{key}"),
            None => Ok(()),
        }
    }
}

impl FromStr for StackAddr {
    type Err = StackAddrError;

    fn from_str(text: &str) -> Result<Self, StackAddrError> {
        let (environment, stack, key) = parts(text)?;
        StackAddr::new(environment, stack, key)
    }
}

/// Cuts `ENV/STACK[:KEY]`; what the parts may hold is judged later.
fn parts(text: &str) -> Result<(&str, &str, Option<&str>), StackAddrError> {
    let (environment, rest) =
        text.split_once('/').ok_or_else(|| StackAddrError::Shape(text.to_owned()))?;
    let (stack, key) = match rest.split_once(':') {
        Some((stack, key)) => (stack, Some(key)),
        None => (rest, None),
    };
    Ok((environment, stack, key))
}

/// A choice of stack instances: an address in which `*` stands for any run of characters.
/// Without a key it covers the stack with all its instances.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StackPattern {
    environment: Arc<str>,
    stack: Arc<str>,
    key: Option<Arc<str>>,
}

impl StackPattern {
    /// Whether the pattern may cover stacks of this environment.
    #[must_use]
    pub fn matches_environment(&self, environment: &str) -> bool {
        glob(&self.environment, environment)
    }

    /// Whether the pattern covers `addr`.
    #[must_use]
    pub fn matches(&self, addr: &StackAddr) -> bool {
        glob(&self.environment, &addr.environment)
            && glob(&self.stack, &addr.stack)
            && match (&self.key, &addr.key) {
                (None, _) => true,
                (Some(pattern), Some(key)) => glob(pattern, key),
                (Some(_), None) => false,
            }
    }

    /// The one address that it names, if it holds no `*`.
    #[must_use]
    pub fn exact(&self) -> Option<StackAddr> {
        StackAddr::new(&self.environment, &self.stack, self.key.as_deref()).ok()
    }
}

impl fmt::Display for StackPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.environment, self.stack)?;
        match &self.key {
            Some(key) => write!(f, ":{key}"),
            None => Ok(()),
        }
    }
}

impl FromStr for StackPattern {
    type Err = StackAddrError;

    fn from_str(text: &str) -> Result<Self, StackAddrError> {
        let (environment, stack, key) = parts(text)?;
        // A pattern's part is good if it is good with a letter in place of each star.
        name(&environment.replace('*', "a"))
            .map_err(|_| StackAddrError::Name(environment.into()))?;
        name(&stack.replace('*', "a")).map_err(|_| StackAddrError::Name(stack.into()))?;
        if let Some(key) = key {
            instance_key(&key.replace('*', "a")).map_err(|_| StackAddrError::Key(key.into()))?;
        }
        Ok(StackPattern {
            environment: environment.into(),
            stack: stack.into(),
            key: key.map(Into::into),
        })
    }
}

/// Whether a text may choose resource instances: an address, or one with `*` in it for any run of characters.
///
/// # Errors
/// Where it is no address even with a name in place of each star.
pub fn check_resource_pattern(text: &str) -> Result<(), AddrError> {
    if text == "*" {
        return Ok(());
    }
    let whole = text.replace("[*]", "[0]").replace('*', "a");
    match whole.parse::<ResourceInstance>() {
        Ok(_) => Ok(()),
        // `module.x.*`: what stands for the type stands for the name, too.
        Err(error) => match text.strip_suffix('*') {
            Some(rest) => format!("{}a.a", rest.replace("[*]", "[0]").replace('*', "a"))
                .parse::<ResourceInstance>()
                .map(drop)
                .map_err(|_| error),
            None => Err(error),
        },
    }
}

/// Whether `text` matches `pattern`, in which `*` is any run of bytes, also none. Time is the product of the lengths.
#[must_use]
pub fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && pattern[p] == b'*' {
            last_star = Some((p, t));
            p += 1;
        } else if p < pattern.len() && pattern[p] == text[t] {
            p += 1;
            t += 1;
        } else if let Some((star, from)) = last_star {
            // The last star takes one byte more.
            last_star = Some((star, from + 1));
            p = star + 1;
            t = from + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|b| *b == b'*')
}

/// A resource instance across stacks: `prod/network:eu-west-1//aws_vpc.main`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StackResource {
    /// The stack instance.
    pub stack: StackAddr,
    /// The resource instance in it.
    pub instance: ResourceInstance,
}

impl fmt::Display for StackResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}//{}", self.stack, self.instance)
    }
}

impl FromStr for StackResource {
    type Err = StackAddrError;

    fn from_str(text: &str) -> Result<Self, StackAddrError> {
        let (stack, instance) =
            text.split_once("//").ok_or_else(|| StackAddrError::ResourceShape(text.to_owned()))?;
        let offset = stack.len() + 2;
        let stack = stack.parse()?;
        let instance = instance.parse().map_err(|error: AddrError| {
            StackAddrError::Instance(AddrError::new(error.offset + offset, error.reason))
        })?;
        Ok(StackResource { stack, instance })
    }
}

/// Why a text is no address in an estate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StackAddrError {
    /// Not of the shape `ENV/STACK[:KEY]`.
    Shape(String),
    /// Not of the shape `ENV/STACK[:KEY]//ADDRESS`.
    ResourceShape(String),
    /// Not the name of an environment or a stack.
    Name(String),
    /// Not the key of a stack instance.
    Key(String),
    /// What follows `//` is no resource instance.
    Instance(AddrError),
}

impl fmt::Display for StackAddrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StackAddrError::Shape(text) => {
                write!(f, "{text:?} is not of the form ENV/STACK or ENV/STACK:KEY")
            }
            StackAddrError::ResourceShape(text) => {
                write!(f, "{text:?} is not of the form ENV/STACK[:KEY]//ADDRESS")
            }
            StackAddrError::Name(text) => write!(
                f,
                "{text:?} is no name: a letter, then letters, digits, '_' and '-', at most {NAME_LENGTH_MAX}"
            ),
            StackAddrError::Key(text) => write!(
                f,
                "{text:?} is no key of a stack: 1 to {KEY_LENGTH_MAX} bytes without blanks, '/', '*' and '\"'"
            ),
            StackAddrError::Instance(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StackAddrError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Reason;

    #[test]
    fn stars_stand_for_any_letters() {
        let check = |pattern: &str, text: &str, expect| {
            assert_eq!(glob(pattern, text), expect, "{pattern} {text}");
        };
        check("prod/net", "prod/net", true);
        check("prod/net", "prod/network", false);
        check("prod/*", "prod/net:eu", true);
        check("*/net", "prod/net", true);
        check("*o*t", "prod/net", true);
        check("state-*", "store-copy", false);
        check("a*a", "a", false);
    }

    #[test]
    fn addresses_print_what_they_parse() {
        for text in ["prod/network", "prod/network:eu-west-1", "dev/a_b:x:y", "d1/s:1.2"] {
            assert_eq!(text.parse::<StackAddr>().expect(text).to_string(), text);
        }
        let text = "prod/network:eu-west-1//module.a[\"x//y\"].aws_vpc.main";
        assert_eq!(text.parse::<StackResource>().expect(text).to_string(), text);
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let check = |text: &str, expect: StackAddrError| {
            assert_eq!(text.parse::<StackAddr>(), Err(expect), "{text}");
        };
        check("prod", StackAddrError::Shape("prod".into()));
        check("/a", StackAddrError::Name(String::new()));
        check("prod/", StackAddrError::Name(String::new()));
        check("1/a", StackAddrError::Name("1".into()));
        check("prod/a/b", StackAddrError::Name("a/b".into()));
        check("prod/a*", StackAddrError::Name("a*".into()));
        check("prod/a:", StackAddrError::Key(String::new()));
        check("prod/a:b c", StackAddrError::Key("b c".into()));
        check("prod/a:b/c", StackAddrError::Key("b/c".into()));
        let long = "x".repeat(65);
        check(&format!("prod/{long}"), StackAddrError::Name(long.clone()));
        let error = "prod/a//b".parse::<StackResource>().expect_err("no resource");
        let inner = AddrError::new(9, Reason::ResourceNameExpected);
        assert_eq!(error, StackAddrError::Instance(inner));
    }

    #[test]
    fn patterns_cover_by_parts() {
        let check = |pattern: &str, addr: &str, expect: bool| {
            let pattern: StackPattern = pattern.parse().expect(pattern);
            assert_eq!(pattern.matches(&addr.parse().expect(addr)), expect, "{pattern} {addr}");
        };
        check("prod/network", "prod/network", true);
        check("prod/network", "prod/network:eu", true);
        check("prod/network:*", "prod/network:eu", true);
        check("prod/network:*", "prod/network", false);
        check("prod/network:eu-*-1", "prod/network:eu-west-1", true);
        check("prod/network:eu-*-1", "prod/network:eu-west-2", false);
        check("*/net*", "dev/network", true);
        check("*/net*k", "dev/networks", false);
        check("prod/*", "production/a", false);
        check("p*d/*a*b*", "prod/xaxxb", true);
        check("p*d/*a*b*", "prod/xbxxa", false);
        assert!("prod/*".parse::<StackPattern>().expect("a pattern").exact().is_none());
        assert!("prod/a:b".parse::<StackPattern>().expect("a pattern").exact().is_some());
        assert!("prod/a b".parse::<StackPattern>().is_err());
    }
}
