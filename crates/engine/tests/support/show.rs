//! Plans as short text, for expectations.

use plan::{Action, Change, Deferred, Op, OpKind, Plan};

/// One line for each change that is not a no-op, and for each output that changes.
pub(crate) fn changes(plan: &Plan) -> String {
    let mut lines: Vec<String> =
        plan.changes.iter().filter(|change| change.action != Action::NoOp).map(change).collect();
    for output in plan.outputs.iter().filter(|output| output.action != Action::NoOp) {
        lines.push(format!("output.{} {}", output.name, output.action.words().join("/")));
    }
    lines.join("\n")
}

fn change(change: &Change) -> String {
    let mut line = change.address.to_string();
    if let Some(key) = &change.deposed {
        line.push_str(&format!(" ({key})"));
    }
    line.push_str(&format!(" {}", change.action.words().join("/")));
    if let Some(reason) = change.reason.word() {
        line.push_str(&format!(" {reason}"));
    }
    for path in &change.replace_paths {
        line.push_str(&format!(" {path}"));
    }
    line
}

/// One line for each thing that is left for later: why, what it waits for, how many there can be.
pub(crate) fn deferred(plan: &Plan) -> String {
    let line = |one: &Deferred| {
        let max = one.creates_max.map_or(String::new(), |max| format!(" at most {max}"));
        format!("{} {:?} {}{max}", one.what, one.reason, one.waits_for.join(" "))
    };
    plan.deferred.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// One line for each object of a state, with its attributes.
pub(crate) fn state(state: &state::State) -> String {
    let line = |(at, row): (state::ObjectAddr, state::Row)| {
        let text = row.object.attributes.as_json().expect("JSON");
        let text = String::from_utf8_lossy(text).replace(",\"stamp\":null", "");
        let text = text.replace(",\"password\":null", "");
        let tainted = if row.object.status == state::Status::Tainted { " tainted" } else { "" };
        format!("{at}{tainted} {text}")
    };
    state.rows().map(line).collect::<Vec<_>>().join("\n")
}

/// One line for each op: its number, what it does, what it follows.
pub(crate) fn ops(plan: &Plan) -> String {
    plan.ops.iter().enumerate().map(|(at, op)| line(plan, at, op)).collect::<Vec<_>>().join("\n")
}

fn line(plan: &Plan, at: usize, op: &Op) -> String {
    let of = |index: &plan::ChangeIndex| {
        let change = plan.change(*index);
        match &change.deposed {
            Some(_) => format!("{} (deposed)", change.address),
            None => change.address.to_string(),
        }
    };
    let what = match &op.kind {
        OpKind::Configure(provider) => format!("configure {}", provider.0),
        OpKind::Read(change) => format!("read {}", of(change)),
        OpKind::Change(change) => format!("change {}", of(change)),
        OpKind::Destroy(change) => format!("destroy {}", of(change)),
        OpKind::Forget(change) => format!("forget {}", of(change)),
        OpKind::Record(change) => format!("record {}", of(change)),
        OpKind::Check(change) => format!("check {}", of(change)),
        OpKind::Output { name, .. } => format!("output {name}"),
        OpKind::Join => "join".to_owned(),
    };
    let after: Vec<String> = op.after.iter().map(|id| id.0.to_string()).collect();
    match after.is_empty() {
        true => format!("{at} {what}"),
        false => format!("{at} {what} after {}", after.join(" ")),
    }
}
