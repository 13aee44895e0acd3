//! Arguments resolved to what `run` takes: each group of options by a function of its own.

use std::time::Duration;

use addr::{ResourceInstance, Target};
use diag::{Diagnostic, Diags};
use plan::{Mode, Options, Refresh};
use run::variables::CommandLine;

use crate::args::PlanningArgs;

/// Most provider calls of one stack at a time.
const PARALLELISM_MAX: u32 = 10_000;

/// What is to be planned.
pub(crate) fn options(args: &PlanningArgs, destroy: bool, diags: &mut Diags) -> Options {
    let mode = match (destroy, args.refresh_only) {
        (true, true) => {
            diags.push(
                Diagnostic::error(
                    "options-conflict",
                    "-destroy and -refresh-only exclude each other",
                )
                .detail("One destroys everything, the other changes nothing.")
                .remedy("Give one of the two."),
            );
            Mode::Destroy
        }
        (true, false) => Mode::Destroy,
        (false, true) => Mode::RefreshOnly,
        (false, false) => Mode::Normal,
    };
    if mode == Mode::RefreshOnly && !args.refresh {
        diags.push(
            Diagnostic::error(
                "options-conflict",
                "-refresh-only and -refresh=false exclude each other",
            )
            .detail("There would be nothing to do.")
            .remedy("Give one of the two."),
        );
    }
    if !args.target.is_empty() && !args.exclude.is_empty() {
        diags.push(
            Diagnostic::error("options-conflict", "-target and -exclude exclude each other")
                .detail("One says what to take in, the other what to leave out.")
                .remedy("Give one of the two."),
        );
    }
    Options {
        mode,
        refresh: if args.refresh { Refresh::Yes } else { Refresh::No },
        targets: targets("-target", &args.target, diags),
        excludes: targets("-exclude", &args.exclude, diags),
        replace: args.replace.iter().filter_map(|text| instance("-replace", text, diags)).collect(),
        drift: plan::DriftChoice::Taken,
    }
}

fn targets(option: &str, texts: &[String], diags: &mut Diags) -> Vec<Target> {
    let one = |text: &String, diags: &mut Diags| match text.parse::<Target>() {
        Ok(target) => Some(target),
        Err(error) => {
            diags.push(bad_address(option, text, &error.to_string()));
            None
        }
    };
    texts.iter().filter_map(|text| one(text, diags)).collect()
}

/// The address of a resource instance.
pub(crate) fn instance(option: &str, text: &str, diags: &mut Diags) -> Option<ResourceInstance> {
    match text.parse::<ResourceInstance>() {
        Ok(instance) => Some(instance),
        Err(error) => {
            diags.push(bad_address(option, text, &error.to_string()));
            None
        }
    }
}

fn bad_address(option: &str, text: &str, why: &str) -> Diagnostic {
    let remedy = match text.split_once("//") {
        Some((stack, address)) => {
            format!(
                "{option} counts in every stack that is chosen. Choose the stack beside it: {stack} {option}={address}"
            )
        }
        None => "Write it as plans do: module.NAME[KEY].TYPE.NAME[KEY].".to_owned(),
    };
    Diagnostic::error("bad-address", format!("{option} names `{text}`, which is no address"))
        .detail(format!("{why}."))
        .remedy(remedy)
}

/// The variables of the command line in the order in which they were typed: `-var` and `-var-file` interleave.
pub(crate) fn command_line(raw: &[String]) -> Vec<CommandLine> {
    let mut found = Vec::new();
    let mut args = raw.iter();
    while let Some(arg) = args.next() {
        let (name, value) = match arg.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
            _ => (arg.as_str(), None),
        };
        let mut value = || value.clone().or_else(|| args.next().cloned()).unwrap_or_default();
        match name {
            "--var" => found.push(CommandLine::Pair(value())),
            "--var-file" => found.push(CommandLine::File(value())),
            _ => {}
        }
    }
    found
}

/// Calls at a time, bounded.
pub(crate) fn parallelism(args: &PlanningArgs, diags: &mut Diags) -> usize {
    if !(1..=PARALLELISM_MAX).contains(&args.parallelism) {
        diags.push(
            Diagnostic::error(
                "options-parallelism",
                format!("-parallelism={} is out of range", args.parallelism),
            )
            .detail(format!("It takes 1 to {PARALLELISM_MAX} calls at a time."))
            .remedy("Leave it out for 10."),
        );
    }
    if !(1..=PARALLELISM_MAX).contains(&args.calls_max) {
        diags.push(
            Diagnostic::error(
                "options-calls-max",
                format!("-calls-max={} is out of range", args.calls_max),
            )
            .detail(format!("It takes 1 to {PARALLELISM_MAX} calls at a time."))
            .remedy("Leave it out for 64."),
        );
    }
    args.parallelism as usize
}

/// A duration as `tofu` writes it: `10s`, `5m`, `1h30m`, `500ms`, `0`.
pub(crate) fn patience(text: &str, diags: &mut Diags) -> Duration {
    duration(text).unwrap_or_else(|| {
        diags.push(
            Diagnostic::error("options-duration", format!("-lock-timeout={text} is no duration"))
                .detail("A duration is numbers with units, without spaces.")
                .remedy("Write for example 10s, 5m or 1h30m."),
        );
        Duration::ZERO
    })
}

fn duration(text: &str) -> Option<Duration> {
    let mut total = Duration::ZERO;
    let mut rest = text;
    if rest == "0" {
        return Some(total);
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let unit = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let seconds = match &rest[..unit] {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return None,
        };
        rest = &rest[unit..];
        total += Duration::try_from_secs_f64(number * seconds).ok()?;
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_writes_them() {
        let check = |text: &str, millis: Option<u64>| {
            assert_eq!(duration(text), millis.map(Duration::from_millis), "{text}");
        };
        check("0", Some(0));
        check("0s", Some(0));
        check("1h30m", Some(5_400_000));
        check("1.5s", Some(1_500));
        check("500ms", Some(500));
        check("5", None);
        check("", None);
        check("5 m", None);
    }

    #[test]
    fn variables_keep_their_order() {
        let raw = ["strata", "plan", "--var", "a=1", "--var-file=x", "--out=p", "--var=b=2"];
        let raw: Vec<String> = raw.map(str::to_owned).to_vec();
        let pair = |text: &str| CommandLine::Pair(text.to_owned());
        assert_eq!(command_line(&raw), [pair("a=1"), CommandLine::File("x".into()), pair("b=2")]);
    }
}
