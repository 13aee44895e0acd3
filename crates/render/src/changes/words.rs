//! What happens to an object, and why, in words.

use plan::{Action, Reason};

/// What happens, in a word or two.
pub(crate) fn verb(action: Action) -> &'static str {
    match action {
        Action::NoOp => "stays",
        Action::Read => "read during apply",
        Action::Create => "create",
        Action::Update => "update in place",
        Action::DeleteThenCreate => "DELETE, then create",
        Action::CreateThenDelete => "create, then DELETE",
        Action::Delete => "DELETE",
        Action::Forget => "forget",
        Action::ForgetThenCreate => "forget, then create",
    }
}

/// Why an object is replaced or goes, where the reason alone says it.
pub(crate) fn reason(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::ReplaceBecauseTainted => "it is tainted: an earlier create or provisioner failed",
        Reason::ReplaceByRequest => "-replace names it",
        Reason::ReplaceByTriggers => "replace_triggered_by names something that changes",
        Reason::DeleteBecauseNoResourceConfig => "no configuration has it any more",
        Reason::DeleteBecauseWrongRepetition => {
            "its resource changed between count, for_each and neither"
        }
        Reason::DeleteBecauseCountIndex => "its index is past count",
        Reason::DeleteBecauseEachKey => "for_each no longer has its key",
        Reason::DeleteBecauseEnabledFalse => "its resource is switched off",
        Reason::DeleteBecauseNoModule => "its module is gone",
        Reason::DeleteBecauseNoMoveTarget => "what it was to move to is not there",
        Reason::ReadBecauseConfigUnknown => "its arguments are not known yet",
        Reason::ReadBecauseDependencyPending => "what it depends on changes first",
        Reason::None
        | Reason::ReplaceBecauseCannotUpdate
        | Reason::ForgotBecauseLifecycleDestroyInState
        | Reason::ForgotBecauseLifecycleDestroyInConfig => return None,
    })
}
