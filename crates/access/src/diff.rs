//! What one picture lets be that another does not: by identity, class and place; and who may newly become whom.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::answer::Answer;
use crate::cell::Cell;
use crate::class::Class;
use crate::table::{Realm, Row};

/// A change of who may do what.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Where the identity is known.
    pub realm: Realm,
    /// Who.
    pub who: Arc<str>,
    /// What changes.
    pub what: Changed,
    /// The answer before.
    pub before: Answer,
    /// The answer after.
    pub after: Answer,
    /// What it comes from: the cell after, or before where it is gone.
    pub cell: Cell,
}

/// What changes of an identity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Changed {
    /// A class of actions at a place.
    Holds(Class, Arc<str>),
    /// Somebody may become it.
    TakenBy(Arc<str>),
}

impl Difference {
    /// Whether somebody may do more than before, or may.
    pub fn widens(&self) -> bool {
        self.after > self.before
    }
}

/// All differences, what widens first.
pub fn differences(before: &[Row], after: &[Row]) -> Vec<Difference> {
    let (old, new) = (keyed(before), keyed(after));
    let mut found = Vec::new();
    let all: std::collections::BTreeSet<_> = old.keys().chain(new.keys()).cloned().collect();
    for key in all {
        let (one, other) = (old.get(&key), new.get(&key));
        let answer = |cell: Option<&Cell>| cell.map_or(Answer::No, |cell| cell.decision.answer);
        let (was, is) = (answer(one), answer(other));
        let Some(cell) = other.or(one) else { continue };
        if was != is {
            let (realm, who, what) = key;
            found.push(Difference { realm, who, what, before: was, after: is, cell: cell.clone() });
        }
    }
    found.sort_by_key(|one| !one.widens());
    found
}

type Key = (Realm, Arc<str>, Changed);

fn keyed(rows: &[Row]) -> BTreeMap<Key, Cell> {
    let mut all: BTreeMap<Key, Cell> = BTreeMap::new();
    let mut put = |key: Key, cell: Cell| match all.get(&key) {
        Some(known) if known.decision.answer >= cell.decision.answer => {}
        _ => drop(all.insert(key, cell)),
    };
    for row in rows {
        for cell in &row.cells {
            let what = Changed::Holds(cell.class, Arc::clone(&cell.place));
            put((row.realm, Arc::clone(&row.who), what), cell.clone());
        }
        for comer in &row.comers {
            let cell = Cell {
                class: Class::Become,
                place: Arc::clone(&comer.who),
                what: "sts:AssumeRole".into(),
                decision: comer.decision.clone(),
            };
            put((row.realm, Arc::clone(&row.who), Changed::TakenBy(Arc::clone(&comer.who))), cell);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Picture;
    use crate::testing::objects;

    fn rows(policy: &str) -> Vec<Row> {
        let text = format!(
            r#"[{{"type": "aws_iam_role", "value": {{"name": "r", "arn": "arn:aws:iam::1:role/r", "assume_role_policy": "{{\"Statement\":[]}}"}}}},
                {{"type": "aws_iam_role_policy", "value": {{"name": "p", "role": "r", "policy": "{policy}"}}}}]"#
        );
        Picture::read(&objects(&text)).rows("dev")
    }

    #[test]
    fn what_widens_comes_first_and_unknown_may_widen() {
        let reads = r#"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:List*\",\"ec2:Delete*\"],\"Resource\":\"*\"}]}"#;
        let deletes = r#"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:List*\",\"s3:DeleteBucket\"],\"Resource\":\"*\"}]}"#;
        let told = |before: &str, after: &str| {
            let all = differences(&rows(before), &rows(after));
            all.iter()
                .map(|one| format!("{:?} {} -> {}", one.what, one.before, one.after))
                .collect::<Vec<_>>()
        };
        assert_eq!(told(reads, reads), Vec::<String>::new());
        assert_eq!(
            told(reads, deletes),
            ["Holds(Delete, \"s3\") no -> yes", "Holds(Delete, \"ec2\") yes -> no"]
        );
        assert!(
            told(reads, "?").iter().any(|one| one.ends_with("no -> may")),
            "{:?}",
            told(reads, "?")
        );
    }
}
