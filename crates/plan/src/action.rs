//! What a plan says is to happen to one object.
//!
//! Only the word; why stands in [`Reason`](crate::Reason) and [`Cause`](crate::Cause).
//! Invariant: the words printed are those of OpenTofu's plan document.

/// What is to happen to one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Nothing.
    NoOp,
    /// A data source is read while applying.
    Read,
    /// An object is made.
    Create,
    /// The object is changed in place.
    Update,
    /// The object is deleted, then another one made in its stead.
    DeleteThenCreate,
    /// Another object is made, then this one deleted.
    CreateThenDelete,
    /// The object is deleted.
    Delete,
    /// The object stays and is no longer kept in the state.
    Forget,
    /// The object stays, no longer kept in the state, and another one is made in its stead.
    ForgetThenCreate,
}

impl Action {
    /// Whether the object is replaced, in either order.
    pub fn is_replace(self) -> bool {
        matches!(self, Action::DeleteThenCreate | Action::CreateThenDelete)
    }

    /// Whether an object that exists ceases to.
    pub fn destroys(self) -> bool {
        self == Action::Delete || self.is_replace()
    }

    /// Whether an object comes into being.
    pub fn creates(self) -> bool {
        matches!(self, Action::Create | Action::ForgetThenCreate) || self.is_replace()
    }

    /// Whether it sets off replacements of resources that name it in `replace_triggered_by`.
    pub fn triggers_replacement(self) -> bool {
        self == Action::Update || self.creates()
    }

    /// The words of the plan document's `actions`.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Action::NoOp => &["no-op"],
            Action::Read => &["read"],
            Action::Create => &["create"],
            Action::Update => &["update"],
            Action::DeleteThenCreate => &["delete", "create"],
            Action::CreateThenDelete => &["create", "delete"],
            Action::Delete => &["delete"],
            Action::Forget => &["forget"],
            Action::ForgetThenCreate => &["forget", "create"],
        }
    }
}

/// Why this action and no other, in the words of the plan document's `action_reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// Nothing to tell beyond the action.
    None,
    /// Replaced: the object is tainted.
    ReplaceBecauseTainted,
    /// Replaced: asked for by `-replace`.
    ReplaceByRequest,
    /// Replaced: something in `replace_triggered_by` changes.
    ReplaceByTriggers,
    /// Replaced: the provider cannot change it in place.
    ReplaceBecauseCannotUpdate,
    /// Deleted: its resource block is gone.
    DeleteBecauseNoResourceConfig,
    /// Deleted: its key is of another kind than its resource's repetition gives.
    DeleteBecauseWrongRepetition,
    /// Deleted: its index is beyond `count`.
    DeleteBecauseCountIndex,
    /// Deleted: its key is not in `for_each`.
    DeleteBecauseEachKey,
    /// Deleted: its `enabled` is false.
    DeleteBecauseEnabledFalse,
    /// Deleted: its module instance is gone.
    DeleteBecauseNoModule,
    /// Deleted: it was moved to an address that is not in configuration.
    DeleteBecauseNoMoveTarget,
    /// Read while applying: its configuration is not known yet.
    ReadBecauseConfigUnknown,
    /// Read while applying: something it depends on changes.
    ReadBecauseDependencyPending,
    /// Forgotten: the state says that its `lifecycle` block had `destroy = false`.
    ForgotBecauseLifecycleDestroyInState,
    /// Forgotten: its `lifecycle` block says `destroy = false`.
    ForgotBecauseLifecycleDestroyInConfig,
}

impl Reason {
    /// The word of the plan document; `None` where it says nothing.
    pub fn word(self) -> Option<&'static str> {
        Some(match self {
            Reason::None => return None,
            Reason::ReplaceBecauseTainted => "replace_because_tainted",
            Reason::ReplaceByRequest => "replace_by_request",
            Reason::ReplaceByTriggers => "replace_by_triggers",
            Reason::ReplaceBecauseCannotUpdate => "replace_because_cannot_update",
            Reason::DeleteBecauseNoResourceConfig => "delete_because_no_resource_config",
            Reason::DeleteBecauseWrongRepetition => "delete_because_wrong_repetition",
            Reason::DeleteBecauseCountIndex => "delete_because_count_index",
            Reason::DeleteBecauseEachKey => "delete_because_each_key",
            Reason::DeleteBecauseEnabledFalse => "delete_because_enabled_false",
            Reason::DeleteBecauseNoModule => "delete_because_no_module",
            Reason::DeleteBecauseNoMoveTarget => "delete_because_no_move_target",
            Reason::ReadBecauseConfigUnknown => "read_because_config_unknown",
            Reason::ReadBecauseDependencyPending => "read_because_dependency_pending",
            Reason::ForgotBecauseLifecycleDestroyInState => {
                "forgot_because_lifecycle_destroy_in_state"
            }
            Reason::ForgotBecauseLifecycleDestroyInConfig => {
                "forgot_because_lifecycle_destroy_in_config"
            }
        })
    }
}
