//! Conditions of statements: operators over the keys of a call's context, and the variables that policies write into texts.
//!
//! Invariant: a key of which the question says nothing makes a condition open; only a key that is known to be absent counts
//! as absent.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::document::Condition;
use crate::answer::Claim;
use crate::glob::{self, Case};

/// What is known of a call's context.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    /// Values by key in small letters; none: the key is absent.
    known: BTreeMap<String, Vec<Arc<str>>>,
    /// Beginnings of keys of which all that are not known are absent.
    complete: Vec<&'static str>,
}

/// What stands under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Under<'k> {
    Values(&'k [Arc<str>]),
    Absent,
    Unknown,
}

impl Keys {
    /// Gives a key its values; a key that has some keeps them.
    pub(crate) fn give(&mut self, key: &str, values: Vec<Arc<str>>) {
        self.known.entry(key.to_ascii_lowercase()).or_insert(values);
    }

    /// Says that all keys with this beginning, in small letters, are known.
    pub(crate) fn complete(&mut self, beginning: &'static str) {
        self.complete.push(beginning);
    }

    fn under(&self, key: &str) -> Under<'_> {
        let key = key.to_ascii_lowercase();
        match self.known.get(&key) {
            Some(values) if values.is_empty() => Under::Absent,
            Some(values) => Under::Values(values),
            None if self.complete.iter().any(|one| key.starts_with(one)) => Under::Absent,
            None => Under::Unknown,
        }
    }
}

/// Whether all conditions of a statement hold.
pub(crate) fn all(conditions: &[Condition], keys: &Keys) -> Claim {
    conditions.iter().fold(Claim::yes(), |claim, one| claim.and(holds(one, keys)))
}

/// How several values of the context are taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Set {
    Plain,
    ForAll,
    ForAny,
}

fn holds(condition: &Condition, keys: &Keys) -> Claim {
    let written = condition.operator.to_ascii_lowercase();
    let (set, rest) = match written.split_once(':') {
        Some(("forallvalues", rest)) => (Set::ForAll, rest),
        Some(("foranyvalue", rest)) => (Set::ForAny, rest),
        _ => (Set::Plain, written.as_str()),
    };
    let (operator, if_exists) = match rest.strip_suffix("ifexists") {
        Some(operator) => (operator, true),
        None => (rest, false),
    };
    let under = keys.under(&condition.key);
    if operator == "null" {
        let wants_absent =
            condition.values.first().is_some_and(|one| one.eq_ignore_ascii_case("true"));
        return match under {
            Under::Unknown => Claim::on_condition(words(condition)),
            Under::Absent => Claim::from_bool(wants_absent),
            Under::Values(_) => Claim::from_bool(!wants_absent),
        };
    }
    let Some(operator) = Operator::parse(operator) else {
        return Claim::doubtful(format!("`{}` is no operator that is known", condition.operator));
    };
    let values = match under {
        Under::Unknown => return Claim::on_condition(words(condition)),
        // A negated operator asks that the value be none of these, and there is none.
        Under::Absent => {
            return Claim::from_bool(
                if_exists || set == Set::ForAll || (operator.negated && set == Set::Plain),
            );
        }
        Under::Values(values) => values,
    };
    let one = |actual: &Arc<str>| compare(&operator, actual, condition, keys);
    match set {
        Set::ForAll => values.iter().fold(Claim::yes(), |claim, actual| claim.and(one(actual))),
        // Of a negated operator all values have to be none of these, where no set operator says otherwise.
        Set::Plain if operator.negated => {
            values.iter().fold(Claim::yes(), |claim, actual| claim.and(one(actual)))
        }
        Set::Plain | Set::ForAny => {
            values.iter().fold(Claim::no(), |claim, actual| claim.or(one(actual)))
        }
    }
}

/// A condition in words.
fn words(condition: &Condition) -> String {
    format!("{} {} {}", condition.key, condition.operator, condition.values.join(" or "))
}

struct Operator {
    test: Test,
    negated: bool,
}

#[derive(Clone, Copy)]
enum Test {
    Equals(Case),
    Like,
    Arn,
    Number(Order),
    Date(Order),
    Bool,
    Address,
}

#[derive(Clone, Copy)]
enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Operator {
    fn parse(text: &str) -> Option<Operator> {
        let (test, negated) = match text {
            "stringequals" | "binaryequals" => (Test::Equals(Case::Counts), false),
            "stringnotequals" => (Test::Equals(Case::Counts), true),
            "stringequalsignorecase" => (Test::Equals(Case::Ignored), false),
            "stringnotequalsignorecase" => (Test::Equals(Case::Ignored), true),
            "stringlike" => (Test::Like, false),
            "stringnotlike" => (Test::Like, true),
            "arnequals" | "arnlike" => (Test::Arn, false),
            "arnnotequals" | "arnnotlike" => (Test::Arn, true),
            "bool" => (Test::Bool, false),
            "ipaddress" => (Test::Address, false),
            "notipaddress" => (Test::Address, true),
            _ => {
                let (kind, order) = match text.strip_prefix("numeric") {
                    Some(order) => (Test::Number as fn(Order) -> Test, order),
                    None => (Test::Date as fn(Order) -> Test, text.strip_prefix("date")?),
                };
                let (order, negated) = match order {
                    "equals" => (Order::Equal, false),
                    "notequals" => (Order::Equal, true),
                    "lessthan" => (Order::Less, false),
                    "lessthanequals" => (Order::LessOrEqual, false),
                    "greaterthan" => (Order::Greater, false),
                    "greaterthanequals" => (Order::GreaterOrEqual, false),
                    _ => return None,
                };
                (kind(order), negated)
            }
        };
        Some(Operator { test, negated })
    }
}

/// Whether one value of the context fits one of the condition's; for a negated operator, none of them.
fn compare(operator: &Operator, actual: &str, condition: &Condition, keys: &Keys) -> Claim {
    let fits = condition.values.iter().fold(Claim::no(), |claim, expected| {
        let (expected, written) = substituted(expected, keys);
        let fits = match written {
            Some(variable) => Claim::on_condition(format!(
                "{} ({variable} is that of the call)",
                words(condition)
            )),
            None => test(operator.test, actual, &expected),
        };
        claim.or(fits)
    });
    if operator.negated { fits.unless(|words| format!("not {words}")) } else { fits }
}

fn test(test: Test, actual: &str, expected: &str) -> Claim {
    Claim::from_bool(match test {
        Test::Equals(Case::Counts) => actual == expected,
        Test::Equals(Case::Ignored) => actual.eq_ignore_ascii_case(expected),
        Test::Like => glob::covers(expected, actual, Case::Counts),
        Test::Arn => arn_fits(expected, actual),
        Test::Bool => actual.eq_ignore_ascii_case(expected),
        Test::Number(order) => match (actual.parse::<f64>(), expected.parse::<f64>()) {
            (Ok(actual), Ok(expected)) => ordered(order, &actual, &expected),
            _ => false,
        },
        Test::Date(order) => match (moment(actual), moment(expected)) {
            (Some(actual), Some(expected)) => ordered(order, &actual, &expected),
            _ => {
                return Claim::doubtful(format!(
                    "`{actual}` and `{expected}` are not both times of the form 2026-01-31T00:00:00Z"
                ));
            }
        },
        Test::Address => in_network(actual, expected),
    })
}

fn ordered<T: PartialOrd>(order: Order, actual: &T, expected: &T) -> bool {
    match order {
        Order::Equal => actual == expected,
        Order::Less => actual < expected,
        Order::LessOrEqual => actual <= expected,
        Order::Greater => actual > expected,
        Order::GreaterOrEqual => actual >= expected,
    }
}

/// A time in UTC as text that sorts as times do.
fn moment(text: &str) -> Option<String> {
    let day =
        |text: &str| text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
    match text.split_once('T') {
        None if day(text) => Some(format!("{text}T00:00:00")),
        Some((date, time)) if day(date) => {
            let time = time.strip_suffix('Z')?;
            (time.len() >= 8).then(|| format!("{date}T{time}"))
        }
        _ => None,
    }
}

/// Each part of an ARN is a pattern of its own: `*` does not reach over a colon but in the last.
pub(crate) fn arn_fits(pattern: &str, arn: &str) -> bool {
    let (patterns, parts): (Vec<&str>, Vec<&str>) =
        (pattern.splitn(6, ':').collect(), arn.splitn(6, ':').collect());
    if patterns.len() != 6 || parts.len() != 6 {
        return pattern == "*" || pattern == arn;
    }
    patterns.iter().zip(parts).all(|(pattern, part)| glob::covers(pattern, part, Case::Counts))
}

fn in_network(address: &str, network: &str) -> bool {
    let (base, bits) = match network.split_once('/') {
        Some((base, bits)) => (base, bits.parse::<u32>().ok()),
        None => (network, Some(u32::MAX)),
    };
    let (Ok(address), Ok(base), Some(bits)) = (address.parse(), base.parse(), bits) else {
        return false;
    };
    match (address, base) {
        (IpAddr::V4(address), IpAddr::V4(base)) => {
            let mask = mask(bits.min(32), 32) as u32;
            u32::from(address) & mask == u32::from(base) & mask
        }
        (IpAddr::V6(address), IpAddr::V6(base)) => {
            let mask = mask(bits.min(128), 128);
            u128::from(address) & mask == u128::from(base) & mask
        }
        _ => false,
    }
}

fn mask(bits: u32, of: u32) -> u128 {
    let all = if of == 128 { u128::MAX } else { (1 << of) - 1 };
    if bits == 0 { 0 } else { all << (of - bits) & all }
}

/// A text of a policy with its variables replaced; a variable whose value is not known is `*`, and is told.
pub(crate) fn substituted(text: &str, keys: &Keys) -> (String, Option<String>) {
    let (mut out, mut open, mut rest) = (String::new(), None, text);
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let Some((inside, behind)) = after.split_once('}') else {
            out.push_str("${");
            rest = after;
            continue;
        };
        let (key, default) = match inside.split_once(',') {
            Some((key, default)) => (key.trim(), Some(default.trim().trim_matches('\''))),
            None => (inside.trim(), None),
        };
        match (keys.under(key), default) {
            // The escapes for the letters that patterns are made of.
            _ if matches!(key, "*" | "?" | "$") => out.push_str(key),
            (Under::Values([one]), _) => out.push_str(one),
            (Under::Absent, Some(default)) => out.push_str(default),
            _ => {
                out.push('*');
                open = Some(format!("${{{key}}}"));
            }
        }
        rest = behind;
    }
    out.push_str(rest);
    (out, open)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Answer;

    fn keys() -> Keys {
        let mut keys = Keys::default();
        keys.give("aws:RequestedRegion", vec!["eu-west-1".into()]);
        keys.give("aws:SourceIp", vec!["10.1.2.3".into()]);
        keys.give("aws:TagKeys", vec!["a".into(), "b".into()]);
        keys.give("aws:MultiFactorAuthPresent", vec!["true".into()]);
        keys.give("aws:username", vec!["ada".into()]);
        keys.give("s3:max-keys", vec!["10".into()]);
        keys.give("aws:CurrentTime", vec!["2026-05-01T12:00:00Z".into()]);
        keys.give("aws:PrincipalArn", vec!["arn:aws:iam::1:role/a/b".into()]);
        keys.complete("aws:resourcetag/");
        keys
    }

    #[test]
    fn operators_follow_the_published_rules() {
        let check = |operator: &str, key: &str, values: &[&str], expect: Answer| {
            let values = values.iter().map(|one| Arc::from(*one)).collect();
            let condition = Condition { operator: operator.into(), key: key.into(), values };
            assert_eq!(holds(&condition, &keys()).answer(), expect, "{condition:?}");
        };
        use Answer::{If, May, No, Yes};
        check("StringEquals", "aws:requestedregion", &["eu-west-1", "x"], Yes);
        check("StringEquals", "aws:RequestedRegion", &["EU-WEST-1"], No);
        check("StringEqualsIgnoreCase", "aws:RequestedRegion", &["EU-WEST-1"], Yes);
        check("StringNotEquals", "aws:RequestedRegion", &["us-east-1"], Yes);
        check("StringNotEquals", "aws:RequestedRegion", &["us-east-1", "eu-west-1"], No);
        check("StringLike", "aws:RequestedRegion", &["eu-*"], Yes);
        check("StringNotLike", "aws:RequestedRegion", &["eu-*"], No);
        // What is known to be absent.
        check("StringEquals", "aws:ResourceTag/x", &["y"], No);
        check("StringNotEquals", "aws:ResourceTag/x", &["y"], Yes);
        check("StringEqualsIfExists", "aws:ResourceTag/x", &["y"], Yes);
        check("ForAnyValue:StringNotEquals", "aws:ResourceTag/x", &["y"], No);
        check("Null", "aws:ResourceTag/x", &["true"], Yes);
        check("Null", "aws:RequestedRegion", &["true"], No);
        // What nobody said.
        check("StringEquals", "aws:PrincipalOrgID", &["o-1"], If);
        check("Null", "aws:PrincipalOrgID", &["false"], If);
        check("StrangeEquals", "aws:RequestedRegion", &["x"], May);
        // Sets.
        check("ForAllValues:StringEquals", "aws:TagKeys", &["a", "b", "c"], Yes);
        check("ForAllValues:StringEquals", "aws:TagKeys", &["a"], No);
        check("ForAnyValue:StringEquals", "aws:TagKeys", &["a"], Yes);
        check("Bool", "aws:MultiFactorAuthPresent", &["True"], Yes);
        check("IpAddress", "aws:SourceIp", &["10.1.0.0/16"], Yes);
        check("NotIpAddress", "aws:SourceIp", &["10.1.0.0/16"], No);
        check("IpAddress", "aws:SourceIp", &["2001:db8::/32"], No);
        check("NumericLessThanEquals", "s3:max-keys", &["10"], Yes);
        check("NumericGreaterThan", "s3:max-keys", &["10"], No);
        check("DateLessThan", "aws:CurrentTime", &["2026-06-01"], Yes);
        check("DateGreaterThan", "aws:CurrentTime", &["2026-06-01T00:00:00Z"], No);
        check("DateGreaterThan", "aws:CurrentTime", &["soon"], May);
        check("ArnLike", "aws:PrincipalArn", &["arn:aws:iam::*:role/*"], Yes);
        check("ArnLike", "aws:PrincipalArn", &["arn:*:role/*"], No);
        check("StringEquals", "aws:username", &["${aws:username}"], Yes);
        check("StringLike", "aws:username", &["${aws:PrincipalTag/team}"], If);
    }

    #[test]
    fn variables_are_replaced() {
        for (text, expect, open) in [
            ("b/${aws:username}/*", "b/ada/*", false),
            ("b/${aws:ResourceTag/x, 'none'}", "b/none", false),
            ("b/${*}", "b/*", false),
            ("b/${aws:userid}", "b/*", true),
            ("b/${", "b/${", false),
        ] {
            let (got, told) = substituted(text, &keys());
            assert_eq!((got.as_str(), told.is_some()), (expect, open), "{text}");
        }
    }
}
