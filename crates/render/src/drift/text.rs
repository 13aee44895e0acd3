//! Drift for a terminal.

use std::fmt::Write as _;

use super::{DriftReport, Drifted, Gravity};
use crate::changes::{Showing, drift_lines};
use crate::clean::clean;
use crate::estate::Wires;
use crate::paint::Paint;
use crate::value::Secrets;

/// The report as text. Nothing sensitive is shown.
pub fn drift_text(report: &DriftReport<'_>, paint: Paint) -> String {
    let mut out = format!("{}\n", paint.bold(&clean(&report.headline())));
    for one in report.by_gravity() {
        drifted(one, paint, &mut out);
    }
    ignored(report, &mut out);
    let ways = report.ways_out();
    if !ways.is_empty() {
        out.push('\n');
    }
    for (name, how) in ways {
        let _ = writeln!(out, "{name}: {}", clean(&how));
    }
    out
}

fn drifted(one: &Drifted<'_>, paint: Paint, out: &mut String) {
    let what = clean(&one.what());
    let what = match one.gravity() {
        Gravity::DataGone | Gravity::WidensAccess => paint.red(&what),
        _ => paint.yellow(&what),
    };
    let _ = writeln!(out, "\n  {}  {what}", paint.bold(&clean(&one.address())));
    for meaning in one.meanings() {
        let _ = writeln!(out, "    means  {}", clean(&meaning));
    }
    let owners = match one.owners.as_slice() {
        [] => "owned by nobody".to_owned(),
        owners => format!("owned by {}", owners.join(", ")),
    };
    let _ = writeln!(out, "    layer  {}, {}", clean(&one.layer), clean(&owners));
    let by = one.by.as_ref().map_or_else(
        || "nobody that a trail tells of".to_owned(),
        |by| format!("{}, {}, {}", by.who, by.what, by.at),
    );
    let _ = writeln!(out, "    by     {}", clean(&by));
    if let Some(ended) = &one.ended {
        let _ = writeln!(out, "    note   a drift block about it ran out on {}", clean(ended));
    }
    let wires = Wires::default();
    let how = Showing { wires: &wires, secrets: Secrets::Hidden, paint };
    out.push_str(&drift_lines(one.change, &one.attributes, how));
}

fn ignored(report: &DriftReport<'_>, out: &mut String) {
    if !report.ignored.is_empty() {
        let _ = writeln!(out, "\nignored, by drift blocks: {}", report.ignored.len());
    }
    for one in &report.ignored {
        let until = one.until.as_ref().map_or_else(String::new, |day| format!(", until {day}"));
        let line = format!("{}  {} ({}{until})", one.address, one.reason, one.date);
        let _ = writeln!(out, "  {}", clean(&line));
    }
}
