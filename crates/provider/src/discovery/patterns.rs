//! Patterns over provider addresses: `hashicorp/*`, `example.com/*/*`, `*/*/*`.

use addr::ProviderAddr;

/// One pattern; none of a part stands for any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    host: Option<String>,
    namespace: Option<String>,
    name: Option<String>,
}

/// The registry that is meant where none is named.
const DEFAULT_HOST: &str = "registry.opentofu.org";

impl Pattern {
    /// Reads a pattern of two or three parts, or says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Pattern, String> {
        let parts: Vec<&str> = text.split('/').collect();
        let (host, namespace, name) = match parts.as_slice() {
            [namespace, name] => (DEFAULT_HOST, *namespace, *name),
            [host, namespace, name] => (*host, *namespace, *name),
            _ => {
                return Err(format!(
                    "{text:?} has to have two or three parts separated by slashes"
                ));
            }
        };
        let part = |text: &str| (text != "*").then(|| text.to_ascii_lowercase());
        let pattern = Pattern { host: part(host), namespace: part(namespace), name: part(name) };
        if pattern.host.is_none() && (pattern.namespace.is_some() || pattern.name.is_some()) {
            return Err(format!(
                "in {text:?} any host is meant, so namespace and name have to be any too"
            ));
        }
        if pattern.namespace.is_none() && pattern.name.is_some() {
            return Err(format!(
                "in {text:?} any namespace is meant, so the name has to be any too"
            ));
        }
        Ok(pattern)
    }

    pub(super) fn matches(&self, provider: &ProviderAddr) -> bool {
        let is =
            |part: &Option<String>, actual: &str| part.as_deref().is_none_or(|part| part == actual);
        is(&self.host, &provider.host)
            && is(&self.namespace, &provider.namespace)
            && is(&self.name, &provider.name)
    }
}

/// Which providers a way of installing is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    pub(super) include: Vec<Pattern>,
    pub(super) exclude: Vec<Pattern>,
}

impl Filter {
    /// Excluding goes before including; with nothing to include, all are.
    pub(super) fn admits(&self, provider: &ProviderAddr) -> bool {
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(provider));
        !any(&self.exclude) && (self.include.is_empty() || any(&self.include))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(include: &[&str], exclude: &[&str], provider: &str) -> bool {
        let read =
            |texts: &[&str]| texts.iter().map(|text| Pattern::parse(text).unwrap()).collect();
        Filter { include: read(include), exclude: read(exclude) }.admits(&provider.parse().unwrap())
    }

    #[test]
    fn what_is_admitted() {
        assert!(check(&[], &[], "hashicorp/aws"));
        assert!(check(&["hashicorp/*"], &[], "hashicorp/aws"));
        assert!(!check(&["hashicorp/*"], &["hashicorp/aws"], "hashicorp/aws"));
        assert!(!check(&["example.com/*/*"], &[], "hashicorp/aws"));
        assert!(check(&["*/*/*"], &[], "example.com/a/b"));
        assert!(!check(&[], &["*/*"], "hashicorp/aws"));
        assert!(check(&[], &["*/*"], "example.com/a/b"));
    }

    #[test]
    fn faulty_patterns() {
        for text in ["aws", "*/hashicorp/aws", "*/aws", "a/b/c/d"] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }
}
