//! Drift as findings, for SARIF.

use super::{DriftReport, Gravity};
use crate::findings::{Finding, Level};

/// What drifted, gravest first: lost data and wider access are errors, the rest warnings.
pub fn drift_findings(report: &DriftReport<'_>) -> Vec<Finding> {
    let all = report.by_gravity().into_iter();
    all.map(|one| {
        let mut detail = one.meanings();
        detail.push(match &one.by {
            Some(by) => format!("changed by {} ({}, {})", by.who, by.what, by.at),
            None => "no trail tells who did it".to_owned(),
        });
        let gravity = one.gravity();
        Finding {
            rule: gravity.rule().to_owned(),
            level: match gravity {
                Gravity::DataGone | Gravity::WidensAccess => Level::Error,
                Gravity::Data | Gravity::Security | Gravity::Other => Level::Warning,
            },
            summary: format!("{} {}", one.address(), one.what()),
            detail: detail.join("; "),
            remedy: "Revert it, accept it, or ignore it for a while: strata drift.".to_owned(),
            address: one.address(),
            place: one.place.clone(),
        }
    })
    .collect()
}
