//! The table of actions: what a later plan may say where an action was approved.
//!
//! Only actions; values, identities and paths are compared elsewhere.
//! Invariant: every pair of actions has exactly one answer, and whatever the table does not name stops.

use crate::action::Action;

/// What the table says of a pair of actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Allowed, and the planned values are compared.
    Compare,
    /// Allowed whatever the values: nothing is done that is not done already.
    Allowed,
    /// Allowed only if the journal has the end of its create under this approval.
    IfCreated,
    /// Allowed only if the journal has the end of its delete half under this approval; then values are compared.
    IfDestroyed,
    /// Not allowed.
    Stop,
}

/// What `later` may be where `approved` was approved; `None` is an item that a plan does not have.
pub(super) fn verdict(approved: Option<Action>, later: Option<Action>) -> Verdict {
    use Action::{
        Create, CreateThenDelete, Delete, DeleteThenCreate, Forget, ForgetThenCreate, NoOp, Read,
        Update,
    };
    use Verdict::{Allowed, Compare, IfCreated, IfDestroyed, Stop};
    match (approved, later) {
        (None | Some(NoOp | Read), None | Some(NoOp | Read)) => Allowed,
        (Some(Create), Some(Create)) => Compare,
        (Some(Create), Some(NoOp)) => IfCreated,
        (Some(Update), Some(Update | NoOp)) => Compare,
        (Some(DeleteThenCreate), Some(DeleteThenCreate | Update | NoOp))
        | (Some(CreateThenDelete), Some(CreateThenDelete | Update | NoOp))
        | (Some(ForgetThenCreate), Some(ForgetThenCreate | Update | NoOp)) => Compare,
        (Some(DeleteThenCreate | CreateThenDelete | ForgetThenCreate), Some(Create)) => IfDestroyed,
        (Some(Delete), Some(Delete) | None) | (Some(Forget), Some(Forget) | None) => Allowed,
        (Some(Delete | Forget), Some(NoOp)) => IfDestroyed,
        _ => Stop,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Option<Action>; 10] = [
        None,
        Some(Action::NoOp),
        Some(Action::Read),
        Some(Action::Create),
        Some(Action::Update),
        Some(Action::DeleteThenCreate),
        Some(Action::CreateThenDelete),
        Some(Action::Delete),
        Some(Action::Forget),
        Some(Action::ForgetThenCreate),
    ];

    fn letter(verdict: Verdict) -> char {
        match verdict {
            Verdict::Compare => 'c',
            Verdict::Allowed => 'a',
            Verdict::IfCreated => 'C',
            Verdict::IfDestroyed => 'D',
            Verdict::Stop => '.',
        }
    }

    #[test]
    fn the_table_whole() {
        let rows: Vec<String> = ALL
            .iter()
            .map(|approved| ALL.iter().map(|later| letter(verdict(*approved, *later))).collect())
            .collect();
        // Columns, later: none no-op read create update -/+ +/- delete forget forget/+
        assert_eq!(
            rows,
            [
                "aaa.......", // none
                "aaa.......", // no-op
                "aaa.......", // read
                ".C.c......", // create
                ".c..c.....", // update
                ".c.Dcc....", // delete, then create
                ".c.Dc.c...", // create, then delete
                "aD.....a..", // delete
                "aD......a.", // forget
                ".c.Dc....c", // forget, then create
            ]
        );
    }

    #[test]
    fn every_action_allows_itself() {
        for action in ALL {
            assert_ne!(verdict(action, action), Verdict::Stop, "{action:?}");
        }
    }
}
