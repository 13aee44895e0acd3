//! Tables of access as JSON: `format_version` 1.0, as docs/access.md tells it.

use access::aws::Comer;
use access::{Cell, Changed, Decision, Difference, Holder, Note, NoteKind, Rights, Row, Step};
use serde_json::{Map, Value, json};

/// What teams may do with a stack, by right.
pub(super) fn rights(one: &Rights) -> Value {
    let rights: Map<String, Value> =
        one.rights.iter().map(|(right, told)| (right.word().to_owned(), decision(told))).collect();
    json!({"stack": &*one.stack, "layer": &*one.layer, "team": &*one.team, "rights": rights})
}

/// What an identity holds.
pub(super) fn row(row: &Row) -> Value {
    json!({
        "realm": row.realm.word(),
        "who": &*row.who,
        "name": &*row.name,
        "holds": row.cells.iter().map(cell).collect::<Vec<_>>(),
        "taken_by": row.comers.iter().map(comer).collect::<Vec<_>>(),
    })
}

/// Somebody who may do what was asked.
pub(super) fn holder(one: &Holder) -> Value {
    let mut told = decision(&one.decision);
    let more = [
        ("realm", json!(one.realm.word())),
        ("who", json!(&*one.who)),
        ("name", json!(&*one.name)),
        ("outside", json!(one.outside)),
        ("taken_by", one.comers.iter().map(comer).collect()),
    ];
    if let Value::Object(map) = &mut told {
        map.extend(more.map(|(name, value)| (name.to_owned(), value)));
    }
    told
}

/// A change of who may do what.
pub(super) fn difference(one: &Difference) -> Value {
    let what = match &one.what {
        Changed::Holds(class, place) => {
            json!({"class": class.word(), "place": &**place, "what": &*one.cell.what})
        }
        Changed::TakenBy(who) => json!({"taken_by": &**who}),
    };
    json!({
        "realm": one.realm.word(),
        "who": &*one.who,
        "change": what,
        "widens": one.widens(),
        "before": one.before.word(),
        "after": one.after.word(),
        "grant": decision(&one.cell.decision),
    })
}

/// Something that is not known.
pub(super) fn note(note: &Note) -> Value {
    let kind = match note.kind {
        NoteKind::NotUnderstood => "not-understood",
        NoteKind::UnknownPolicy => "unknown-policy",
        NoteKind::UnknownRole => "unknown-role",
        NoteKind::NotRead => "not-read",
    };
    json!({"kind": kind, "stack": &*note.source.stack, "address": &*note.source.address, "what": &*note.what})
}

fn cell(cell: &Cell) -> Value {
    let mut told = decision(&cell.decision);
    if let Value::Object(map) = &mut told {
        map.insert("class".to_owned(), json!(cell.class.word()));
        map.insert("place".to_owned(), json!(&*cell.place));
        map.insert("what".to_owned(), json!(&*cell.what));
    }
    told
}

fn comer(one: &Comer) -> Value {
    json!({
        "who": &*one.who,
        "outside": one.outside,
        "answer": one.decision.answer.word(),
        "conditions": texts(&one.decision.conditions),
        "not_known": texts(&one.decision.doubts),
        "path": one.decision.path.iter().map(step).collect::<Vec<_>>(),
    })
}

pub(super) fn decision(one: &Decision) -> Value {
    json!({
        "answer": one.answer.word(),
        "path": one.path.iter().map(step).collect::<Vec<_>>(),
        "conditions": texts(&one.conditions),
        "not_known": texts(&one.doubts),
    })
}

fn step(step: &Step) -> Value {
    match &step.source {
        None => json!({"what": &*step.what}),
        Some(source) => json!({
            "what": &*step.what,
            "stack": &*source.stack,
            "address": &*source.address,
            "standing": match source.standing {
                access::Standing::Applied => "applied",
                access::Standing::Planned => "planned",
            },
        }),
    }
}

fn texts(all: &[std::sync::Arc<str>]) -> Vec<&str> {
    all.iter().map(|one| &**one).collect()
}
