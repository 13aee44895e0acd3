//! Diagnostics and attribute paths, from the wire.

use schema::protocol::{Deferred, ProviderDiagnostic, ProviderSeverity};
use value::{Path, Step, Value};

use super::proto::{Content, Wire};

pub(crate) fn diagnostic(content: Content<'_>) -> Wire<ProviderDiagnostic> {
    let mut diagnostic = ProviderDiagnostic {
        severity: ProviderSeverity::Error, // a severity that is not said is not taken lightly
        summary: String::new(),
        detail: String::new(),
        attribute: Path::new(),
    };
    for field in content.fields()? {
        match field? {
            (1, content) if content.number()? == 2 => {
                diagnostic.severity = ProviderSeverity::Warning
            }
            (2, content) => diagnostic.summary = lossy(content)?,
            (3, content) => diagnostic.detail = lossy(content)?,
            (4, content) => diagnostic.attribute = path(content)?,
            _ => {}
        }
    }
    Ok(diagnostic)
}

/// Text of a message for people: broken UTF-8 is no reason to lose it.
pub(crate) fn lossy(content: Content<'_>) -> Wire<String> {
    Ok(String::from_utf8_lossy(content.bytes()?).into_owned())
}

pub(crate) fn path(content: Content<'_>) -> Wire<Path> {
    let mut path = Path::new();
    for field in content.fields()? {
        if let (1, step) = field? {
            for selector in step.fields()? {
                match selector? {
                    (1, name) => path.push(Step::Attr(name.text()?.into())),
                    (2, key) => path.push(Step::Index(Value::string(key.text()?))),
                    (3, index) => path.push(Step::Index(Value::int(index.signed()?))),
                    _ => {}
                }
            }
        }
    }
    Ok(path)
}

pub(crate) fn deferred(content: Content<'_>) -> Wire<Deferred> {
    let mut reason = Deferred::Unknown;
    for field in content.fields()? {
        if let (1, content) = field? {
            reason = match content.number()? {
                1 => Deferred::ResourceConfigUnknown,
                2 => Deferred::ProviderConfigUnknown,
                3 => Deferred::AbsentPrerequisite,
                _ => Deferred::Unknown,
            };
        }
    }
    Ok(reason)
}
