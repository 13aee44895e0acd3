//! Which events are asked for.

use addr::glob;
use diag::Diagnostic;
use host::Timestamp;
use store::Event;

use crate::args::AuditLogArgs;

/// What an event has to be.
pub(super) struct Filter<'a> {
    args: &'a AuditLogArgs,
    since_ms: u64,
    until_ms: u64,
}

impl<'a> Filter<'a> {
    /// Reads the options, at this time.
    pub(super) fn new(args: &'a AuditLogArgs, now_ms: u64) -> Result<Filter<'a>, Diagnostic> {
        let time = |text: &Option<String>, otherwise| {
            text.as_deref()
                .map_or(Ok(otherwise), |text| moment(text, now_ms).ok_or_else(|| no_time(text)))
        };
        let (since_ms, until_ms) = (time(&args.since, 0)?, time(&args.until, u64::MAX)?);
        Ok(Filter { args, since_ms, until_ms })
    }

    /// Whether an event is asked for.
    pub(super) fn takes(&self, event: &Event) -> bool {
        let AuditLogArgs { env, stack, who, what, plan, .. } = self.args;
        let is = |wanted: &Option<String>, found: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| found == Some(wanted))
        };
        (self.since_ms..self.until_ms).contains(&event.at_ms)
            && is(env, event.about_environment())
            && is(plan, event.plan.as_deref())
            && stack.as_deref().is_none_or(|pattern| {
                event.stack.as_deref().is_some_and(|stack| glob(pattern, stack))
            })
            && who.as_deref().is_none_or(|who| event.who.as_str().contains(who))
            && (what.is_empty() || what.iter().any(|pattern| glob(pattern, &event.what)))
    }
}

/// Milliseconds since 1970 of a date, a moment in UTC, or a time ago.
fn moment(text: &str, now_ms: u64) -> Option<u64> {
    if let Some((count, unit)) = text.char_indices().next_back().map(|(at, _)| text.split_at(at))
        && let Ok(count) = count.parse::<u64>()
    {
        let unit_ms = match unit {
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        return Some(now_ms.saturating_sub(count.checked_mul(unit_ms)?));
    }
    let (date, time) = text.split_once('T').unwrap_or((text, "00:00:00Z"));
    let mut parts = date.split('-').map(|part| part.parse::<u64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let mut parts = time.strip_suffix('Z')?.split(':').map(|part| part.parse::<u64>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    Timestamp::of_utc((year, month, day), (hour, minute, second)).map(Timestamp::millis)
}

fn no_time(text: &str) -> Diagnostic {
    Diagnostic::error("audit-time", format!("`{text}` is no time"))
        .detail("Times are dates, moments in UTC, or so long ago.")
        .remedy("Write 2026-11-24, 2026-11-24T18:00:00Z, 90m, 24h or 7d.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_dates_moments_or_so_long_ago() {
        let check = |text: &str, expect| assert_eq!(moment(text, 100_000_000), expect, "{text}");
        check("1970-01-02", Some(86_400_000));
        check("2026-11-24T18:00:01Z", Some(1_795_543_201_000));
        check("1970-01-01T00:01Z", Some(60_000));
        check("24h", Some(13_600_000));
        check("10m", Some(99_400_000));
        check("99d", Some(0));
        check("1970-13-01", None);
        check("yesterday", None);
        check("5y", None);
        check("", None);
        check("é", None);
    }

    #[test]
    fn all_options_have_to_fit() {
        let event = Event::new(5, "oidc:https://i repo:a/b", "apply").of_stack("prod/net");
        let args = |stack: Option<&str>, who: Option<&str>, what: &[&str]| AuditLogArgs {
            env: Some("prod".into()),
            stack: stack.map(str::to_owned),
            who: who.map(str::to_owned),
            what: what.iter().map(|word| (*word).to_owned()).collect(),
            plan: None,
            since: None,
            until: None,
            last: None,
        };
        let check = |args: AuditLogArgs, expect| {
            assert_eq!(Filter::new(&args, 9).expect("options").takes(&event), expect);
        };
        check(args(None, None, &[]), true);
        check(args(Some("prod/*"), Some("repo:a"), &["plan", "apply"]), true);
        check(args(Some("dev/*"), None, &[]), false);
        check(args(None, Some("repo:c"), &[]), false);
        check(args(None, None, &["plan"]), false);
        check(AuditLogArgs { until: Some("9d".into()), ..args(None, None, &[]) }, false);
    }
}
