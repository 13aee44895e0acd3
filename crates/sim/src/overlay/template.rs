//! Templates: texts with holes, each of which holds alternatives (`docs/specs/overlays.md`).
//!
//! Read here, evaluated in `make`. Invariant: what is read can be evaluated; nothing about its form is left to find out.

use std::sync::Arc;

use super::path::Pattern;

/// A text with holes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(pub(crate) Vec<Part>);

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Stands as it is.
    Text(Arc<str>),
    /// The first of these that has a value.
    Hole(Vec<Alternative>),
}

/// Where a value may come from, and what is done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Alternative {
    pub(crate) source: Source,
    pub(crate) filters: Vec<Filter>,
}

/// Which characters are made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Letters {
    Hex,
    Digits,
    Alnum,
    UpperAlnum,
    Base64,
    Lower,
}

/// Where a value may come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Letters(Letters, usize),
    Uuid,
    Ipv4,
    Time,
    Fingerprint,
    Number(i64, i64),
    Attr(Pattern),
    Provider(Pattern),
    Found(Pattern),
    Each(Pattern),
    About(AboutPart),
    Revision,
    Special(Special),
    Arg(usize),
    Text(Arc<str>),
    Named(Arc<str>),
}

/// What is made by code, for what templates cannot say (`make::special`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Special {
    /// The random bytes of a `random_id`, written in a way.
    Bytes(BytesAs),
    /// A number between the object's `min` and `max`.
    Integer,
    /// A password of the object's `length` and classes of characters.
    Password,
    /// Words.
    Pet,
    /// A part of the object's `rfc3339`.
    TimePart(TimePart),
    /// The JSON of an `aws_iam_policy_document`.
    IamPolicyDocument,
}

/// How bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BytesAs {
    Hex,
    Base64,
    Base64Url,
    Decimal,
}

/// A part of an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimePart {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Unix,
}

/// What a template may say of whom it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AboutPart {
    Name,
    Address,
    Stack,
    Type,
}

/// What is done with a value's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    Lower,
    Upper,
    Last(char),
    First(char),
    Base64,
    Sha256,
    Sha256Base64,
    Sha512,
    Sha512Base64,
    Sha1,
    Md5,
    Max(usize),
    Dashes,
    Yaml(Pattern),
    Json,
    Len,
}

/// Most characters that one alternative makes up.
const LETTERS_MAX: usize = 4_096;

impl Template {
    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence.
    pub fn parse(text: &str) -> Result<Template, String> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                plain.push_str(brace);
                rest = after;
                continue;
            }
            if brace == "}" {
                return Err("has a } without its {; }} stands for a brace".to_owned());
            }
            let end = hole_end(rest).ok_or("has a { without its }; {{ stands for a brace")?;
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain).into()));
            }
            let alternatives = split(&rest[..end], '|').into_iter().map(alternative);
            parts.push(Part::Hole(alternatives.collect::<Result<_, _>>()?));
            rest = &rest[end + 1..];
        }
        plain.push_str(rest);
        if !plain.is_empty() || parts.is_empty() {
            parts.push(Part::Text(plain.into()));
        }
        Ok(Template(parts))
    }

    /// The empty text.
    pub(crate) fn empty() -> Template {
        Template(vec![Part::Text("".into())])
    }

    /// The attributes of the object that it names.
    pub fn attrs(&self) -> impl Iterator<Item = &Pattern> {
        self.sources().filter_map(|source| match source {
            Source::Attr(pattern) => Some(pattern),
            _ => None,
        })
    }

    /// The `[names]` that it names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.sources().filter_map(|source| match source {
            Source::Named(name) => Some(name),
            _ => None,
        })
    }

    fn sources(&self) -> impl Iterator<Item = &Source> {
        let holes = self.0.iter().filter_map(|part| match part {
            Part::Hole(alternatives) => Some(alternatives),
            Part::Text(_) => None,
        });
        holes.flatten().map(|alternative| &alternative.source)
    }
}

/// Where the hole that begins the text ends: the first `}` outside of quotes.
fn hole_end(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(at, one)| {
        quoted ^= one == '\'';
        (one == '}' && !quoted).then_some(at)
    })
}

/// The pieces between separators that stand outside of quotes.
fn split(text: &str, separator: char) -> Vec<&str> {
    let mut quoted = false;
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, one) in text.char_indices() {
        quoted ^= one == '\'';
        if one == separator && !quoted {
            pieces.push(&text[start..at]);
            start = at + one.len_utf8();
        }
    }
    pieces.push(&text[start..]);
    pieces
}

fn alternative(text: &str) -> Result<Alternative, String> {
    let mut pieces = split(text, '>').into_iter();
    let source = source(pieces.next().unwrap_or_default().trim())?;
    let filters = pieces.map(|piece| filter(piece.trim())).collect::<Result<_, _>>()?;
    Ok(Alternative { source, filters })
}

fn source(text: &str) -> Result<Source, String> {
    if let Some(text) = text.strip_prefix('\'') {
        let text = text.strip_suffix('\'').ok_or("has a quote without its end")?;
        return Ok(Source::Text(text.into()));
    }
    let (word, rest) = text.split_once(':').map_or((text, None), |(word, rest)| (word, Some(rest)));
    let path = |rest: &str| {
        Pattern::parse(rest).ok_or_else(|| format!("holds {text:?}, which has no path"))
    };
    let letters = |letters: Letters, rest: &str| match rest.parse() {
        Ok(many) if (1..=LETTERS_MAX).contains(&many) => Ok(Source::Letters(letters, many)),
        _ => Err(format!("holds {text:?}, which needs a number from 1 to {LETTERS_MAX}")),
    };
    Ok(match (word, rest) {
        ("hex", Some(rest)) => letters(Letters::Hex, rest)?,
        ("digits", Some(rest)) => letters(Letters::Digits, rest)?,
        ("alnum", Some(rest)) => letters(Letters::Alnum, rest)?,
        ("ALNUM", Some(rest)) => letters(Letters::UpperAlnum, rest)?,
        ("base64", Some(rest)) => letters(Letters::Base64, rest)?,
        ("letters", Some(rest)) => letters(Letters::Lower, rest)?,
        ("number", Some(rest)) => range(rest).ok_or_else(|| {
            format!("holds {text:?}, which needs two numbers, the lesser first: number:1-9")
        })?,
        ("attr", Some(rest)) => Source::Attr(path(rest)?),
        ("provider", Some(rest)) => Source::Provider(path(rest)?),
        ("found", Some(rest)) => Source::Found(path(rest)?),
        ("each", Some(rest)) => Source::Each(path(rest)?),
        ("arg", Some(rest)) => {
            Source::Arg(rest.parse().map_err(|_| format!("holds {text:?}, which has no number"))?)
        }
        ("special", Some(word)) => Source::Special(
            special(word).ok_or_else(|| format!("holds {text:?}, and there is no such special"))?,
        ),
        ("uuid", None) => Source::Uuid,
        ("ipv4", None) => Source::Ipv4,
        ("time", None) => Source::Time,
        ("fingerprint", None) => Source::Fingerprint,
        ("id", None) => Source::Attr(path("id")?),
        ("name", None) => Source::About(AboutPart::Name),
        ("address", None) => Source::About(AboutPart::Address),
        ("stack", None) => Source::About(AboutPart::Stack),
        ("type", None) => Source::About(AboutPart::Type),
        ("revision", None) => Source::Revision,
        (name, None) if addr::is_identifier(name) => Source::Named(name.into()),
        _ => return Err(format!("holds {text:?}, which is none of the forms")),
    })
}

fn special(word: &str) -> Option<Special> {
    Some(match word {
        "bytes_hex" => Special::Bytes(BytesAs::Hex),
        "bytes_base64" => Special::Bytes(BytesAs::Base64),
        "bytes_base64url" => Special::Bytes(BytesAs::Base64Url),
        "bytes_decimal" => Special::Bytes(BytesAs::Decimal),
        "integer" => Special::Integer,
        "password" => Special::Password,
        "pet" => Special::Pet,
        "year" => Special::TimePart(TimePart::Year),
        "month" => Special::TimePart(TimePart::Month),
        "day" => Special::TimePart(TimePart::Day),
        "hour" => Special::TimePart(TimePart::Hour),
        "minute" => Special::TimePart(TimePart::Minute),
        "second" => Special::TimePart(TimePart::Second),
        "unix" => Special::TimePart(TimePart::Unix),
        "iam_policy_document" => Special::IamPolicyDocument,
        _ => return None,
    })
}

fn range(text: &str) -> Option<Source> {
    let (low, high) = text.split_once('-')?;
    let (low, high) = (low.parse().ok()?, high.parse().ok()?);
    (low <= high).then_some(Source::Number(low, high))
}

fn filter(text: &str) -> Result<Filter, String> {
    let one = |rest: &str| {
        let mut chars = rest.chars();
        match (chars.next(), chars.next()) {
            (Some(one), None) => Ok(one),
            _ => Err(format!("has the filter {text:?}, which needs one character")),
        }
    };
    Ok(match text.split_once(':').map_or((text, None), |(word, rest)| (word, Some(rest))) {
        ("lower", None) => Filter::Lower,
        ("upper", None) => Filter::Upper,
        ("last", None) => Filter::Last('/'),
        ("last", Some(rest)) => Filter::Last(one(rest)?),
        ("first", Some(rest)) => Filter::First(one(rest)?),
        ("base64", None) => Filter::Base64,
        ("sha256", None) => Filter::Sha256,
        ("sha256base64", None) => Filter::Sha256Base64,
        ("sha512", None) => Filter::Sha512,
        ("sha512base64", None) => Filter::Sha512Base64,
        ("sha1", None) => Filter::Sha1,
        ("md5", None) => Filter::Md5,
        ("max", Some(rest)) => Filter::Max(
            rest.parse().map_err(|_| format!("has the filter {text:?}, which needs a number"))?,
        ),
        ("yaml", Some(rest)) => Filter::Yaml(
            Pattern::parse(rest)
                .ok_or_else(|| format!("has the filter {text:?}, which has no path"))?,
        ),
        ("dashes", None) => Filter::Dashes,
        ("json", None) => Filter::Json,
        ("len", None) => Filter::Len,
        _ => return Err(format!("has the filter {text:?}, which is none")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let got = match Template::parse(text) {
            Ok(template) => format!("{} parts", template.0.len()),
            Err(message) => message,
        };
        assert_eq!(got, expect, "{text}");
    }

    #[test]
    fn templates_are_read() {
        check("", "1 parts");
        check("vpc-{hex:17}", "2 parts");
        check("{{{id}}}", "3 parts");
        check("arn:aws:ec2:{region}:{account}:vpc/{id}", "6 parts");
        check("{provider:region|'eu|}x'|region>lower>max:8}", "1 parts");
        check("{number:1-9}", "1 parts");
    }

    #[test]
    fn what_is_none_is_refused() {
        check("{hex:17", "has a { without its }; {{ stands for a brace");
        check("a}", "has a } without its {; }} stands for a brace");
        check("{hex}", "1 parts"); // a name, which the file has to define
        check("{hex:0}", "holds \"hex:0\", which needs a number from 1 to 4096");
        check("{roll:6}", "holds \"roll:6\", which is none of the forms");
        check("{id>loud}", "has the filter \"loud\", which is none");
        check(
            "{number:9-1}",
            "holds \"number:9-1\", which needs two numbers, the lesser first: number:1-9",
        );
    }
}
