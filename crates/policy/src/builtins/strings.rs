//! Functions of strings.
//!
//! Positions and lengths are in characters. Invariant: what is no string is undefined, never converted.

use super::{Builtin, itself, whole};
use crate::value::{Num, V};

/// Most bytes of a string that a function makes.
const BYTES_MAX: usize = 16 << 20;

pub(super) const TABLE: &[Builtin] = &[
    whole("lower", 1, |args| text(args[0].as_str()?.to_lowercase())),
    whole("upper", 1, |args| text(args[0].as_str()?.to_uppercase())),
    whole("startswith", 2, |args| is(args[0].as_str()?.starts_with(args[1].as_str()?))),
    whole("endswith", 2, |args| is(args[0].as_str()?.ends_with(args[1].as_str()?))),
    whole("contains", 2, |args| is(args[0].as_str()?.contains(args[1].as_str()?))),
    whole("trim", 2, |args| {
        let cut: Vec<char> = args[1].as_str()?.chars().collect();
        text(args[0].as_str()?.trim_matches(&cut[..]).to_owned())
    }),
    whole("trim_left", 2, |args| {
        let cut: Vec<char> = args[1].as_str()?.chars().collect();
        text(args[0].as_str()?.trim_start_matches(&cut[..]).to_owned())
    }),
    whole("trim_right", 2, |args| {
        let cut: Vec<char> = args[1].as_str()?.chars().collect();
        text(args[0].as_str()?.trim_end_matches(&cut[..]).to_owned())
    }),
    whole("trim_prefix", 2, |args| {
        let whole = args[0].as_str()?;
        text(whole.strip_prefix(args[1].as_str()?).unwrap_or(whole).to_owned())
    }),
    whole("trim_suffix", 2, |args| {
        let whole = args[0].as_str()?;
        text(whole.strip_suffix(args[1].as_str()?).unwrap_or(whole).to_owned())
    }),
    whole("trim_space", 1, |args| text(args[0].as_str()?.trim().to_owned())),
    whole("split", 2, split),
    whole("replace", 3, |args| {
        text(args[0].as_str()?.replace(args[1].as_str()?, args[2].as_str()?))
    }),
    whole("strings.replace_n", 2, replace_n),
    whole("strings.reverse", 1, |args| text(args[0].as_str()?.chars().rev().collect())),
    whole("strings.count", 2, |args| {
        Some(V::int(args[0].as_str()?.matches(args[1].as_str()?).count()))
    }),
    whole("indexof", 2, |args| {
        let (whole, part) = (args[0].as_str()?, args[1].as_str()?);
        let at = whole.find(part).map(|at| whole[..at].chars().count() as i128);
        Some(V::Num(Num::Int(at.unwrap_or(-1))))
    }),
    whole("substring", 3, substring),
    itself("concat", 2, concat),
    whole("strings.any_prefix_match", 2, |args| {
        any(&args[0], &args[1], |text, part| text.starts_with(part))
    }),
    whole("strings.any_suffix_match", 2, |args| {
        any(&args[0], &args[1], |text, part| text.ends_with(part))
    }),
];

fn is(yes: bool) -> Option<V> {
    Some(V::Bool(yes))
}

fn text(text: String) -> Option<V> {
    (text.len() <= BYTES_MAX).then(|| V::Str(text.into()))
}

fn split(args: &[V]) -> Option<V> {
    let (whole, by) = (args[0].as_str()?, args[1].as_str()?);
    Some(V::array(match by {
        "" => whole.chars().map(|one| V::text(one.encode_utf8(&mut [0; 4]))).collect(),
        by => whole.split(by).map(V::text).collect(),
    }))
}

fn replace_n(args: &[V]) -> Option<V> {
    let V::Object(patterns) = &args[0] else { return None };
    let mut out = args[1].as_str()?.to_owned();
    for (from, to) in &patterns.all {
        out = out.replace(from.as_str()?, to.as_str()?);
        if out.len() > BYTES_MAX {
            return None;
        }
    }
    text(out)
}

fn substring(args: &[V]) -> Option<V> {
    let whole = args[0].as_str()?;
    let (V::Num(Num::Int(from)), V::Num(Num::Int(length))) = (&args[1], &args[2]) else {
        return None;
    };
    let from = usize::try_from(*from).ok()?;
    let rest = whole.chars().skip(from);
    text(match usize::try_from(*length) {
        Ok(length) => rest.take(length).collect(),
        Err(_) => rest.collect(),
    })
}

/// Joins strings; what is not known among them stands in words in what is shown.
fn concat(args: &[V]) -> Option<V> {
    let by = args[0].as_str().map(str::to_owned);
    let items: Vec<V> = match &args[1] {
        V::Array(members) => members.all.clone(),
        V::Set(members) => members.all.iter().cloned().collect(),
        other => return other.murk().map(|cause| V::computed(cause.clone())),
    };
    let cause = args.iter().find_map(V::murk).cloned();
    let joined = by.map(|by| items.iter().map(V::shown).collect::<Vec<_>>().join(&by));
    match cause {
        Some(cause) => Some(match joined {
            Some(joined) => V::computed_text(cause, joined),
            None => V::computed(cause),
        }),
        None => {
            items.iter().map(V::as_str).collect::<Option<Vec<_>>>()?;
            text(joined?)
        }
    }
}

fn any(texts: &V, parts: &V, fits: fn(&str, &str) -> bool) -> Option<V> {
    let all = |value: &V| -> Option<Vec<String>> {
        match value {
            V::Str(text) => Some(vec![text.to_string()]),
            V::Array(members) => {
                members.all.iter().map(|one| one.as_str().map(str::to_owned)).collect()
            }
            V::Set(members) => {
                members.all.iter().map(|one| one.as_str().map(str::to_owned)).collect()
            }
            _ => None,
        }
    };
    let (texts, parts) = (all(texts)?, all(parts)?);
    is(texts.iter().any(|text| parts.iter().any(|part| fits(text, part))))
}
