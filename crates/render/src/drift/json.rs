//! Drift for programs, version 1.0 of the document (`docs/drift.md`).

use serde_json::{Value as Json, json};
use value::Value;

use super::{DriftReport, DriftSecurity, Drifted};
use crate::value::{Secrets, one_line};

/// The report as JSON. Nothing sensitive is in it.
pub fn drift_json(report: &DriftReport<'_>) -> String {
    let document = json!({
        "format_version": "1.0",
        "environment": report.title,
        "stacks": report.stacks,
        "failed": report.failed,
        "drift": report.by_gravity().into_iter().map(drifted).collect::<Vec<_>>(),
        "ignored": report.ignored.iter().map(|one| json!({
            "address": one.address,
            "reason": one.reason,
            "date": one.date,
            "until": one.until,
        })).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

fn drifted(one: &Drifted<'_>) -> Json {
    let (security, widens, narrows) = match &one.security {
        DriftSecurity::Untouched => (false, &[][..], &[][..]),
        DriftSecurity::Touched { widens, narrows } => (true, &widens[..], &narrows[..]),
    };
    let shown = |value: &Value, name: &str| {
        value.as_object().and_then(|_| value.attr(name)).map(|one| one_line(one, Secrets::Hidden))
    };
    let attributes: Vec<Json> = one
        .attributes
        .iter()
        .map(|name| {
            json!({
                "name": name,
                "before": shown(&one.change.before, name),
                "after": shown(&one.change.after, name),
            })
        })
        .collect();
    json!({
        "address": one.address(),
        "stack": one.stack,
        "resource": one.change.address.to_string(),
        "type": &*one.change.address.resource.type_name,
        "layer": one.layer,
        "owners": one.owners,
        "what": if one.is_gone() { "gone" } else { "changed" },
        "attributes": attributes,
        "class": one.gravity().rule(),
        "data_bearing": one.data.is_some(),
        "holds": one.data,
        "protection": one.protection,
        "security": security,
        "widens": widens,
        "narrows": narrows,
        "by": one.by.as_ref().map(|by| json!({ "who": by.who, "call": by.what, "at": by.at })),
        "place": one.place.as_ref().map(|place| json!({ "file": place.file, "line": place.line })),
        "ignored_until": one.ended,
    })
}
