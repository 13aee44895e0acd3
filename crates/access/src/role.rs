//! Roles that stacks give by name: those that the estate defines, else those of a cloud's catalogue.
//!
//! Invariant: a role that is in neither is not known, so what it may grant stays "may".

use std::collections::BTreeMap;
use std::sync::Arc;

use value::Value;

use crate::answer::Claim;
use crate::class::Class;
use crate::object::{Object, Seen, known_text};
use crate::picture::Note;

/// What a role of a cloud lets do.
pub(crate) trait Role: Sized {
    /// The role of the catalogue with this name.
    fn of_catalogue(name: &str) -> Option<Arc<Self>>;

    /// The role that an object defines.
    fn of_object(value: &Value) -> Self;

    /// What is told of a name that neither the estate nor the catalogue has, as a sentence without its stop.
    fn unknown(name: &str) -> String;

    /// Whether it lets do an action, or some action that fits a pattern.
    fn allows(&self, action: &str) -> Claim;

    /// Its classes; what it does not have is left out.
    fn classes(&self) -> Vec<(Class, Claim)>;
}

/// A role as it is given to somebody; or why it is not known.
#[derive(Clone, Debug)]
pub(crate) struct Given<R> {
    pub(crate) name: Arc<str>,
    role: Result<Arc<R>, Arc<str>>,
}

impl<R: Role> Given<R> {
    /// Whether it lets do an action.
    pub(crate) fn allows(&self, action: &str) -> Claim {
        match &self.role {
            Ok(role) => role.allows(action),
            Err(doubt) => Claim::doubtful(Arc::clone(doubt)),
        }
    }

    /// The classes that it has; all of them may be, where it is not known.
    pub(crate) fn classes(&self) -> Vec<(Class, Claim)> {
        let doubted = |doubt: &Arc<str>| {
            let of = |class| (class, Claim::doubtful(Arc::clone(doubt)));
            Class::ALL.into_iter().map(of).collect()
        };
        self.role.as_ref().map_or_else(doubted, |role| role.classes())
    }
}

/// The roles that the estate defines, by all their names.
pub(crate) struct Roles<R>(BTreeMap<Arc<str>, Arc<R>>);

impl<R: Role> Roles<R> {
    /// Reads the objects that define roles; `names` are the attributes by which others name them.
    pub(crate) fn read<'o>(objects: impl Iterator<Item = &'o Object>, names: &[&str]) -> Roles<R> {
        let mut own = BTreeMap::new();
        for object in objects {
            let role = Arc::new(R::of_object(&object.value));
            let names = names.iter().filter_map(|name| known_text(&object.value, name));
            own.extend(names.map(|name| (name, Arc::clone(&role))));
        }
        Roles(own)
    }

    /// The role that an object gives; one that is not known is noted.
    pub(crate) fn given(
        &self,
        name: Seen<Arc<str>>,
        object: &Object,
        notes: &mut Vec<Note>,
    ) -> Given<R> {
        let Seen::Is(name) = name else {
            return Given { name: "a role".into(), role: Err("its role is not known yet".into()) };
        };
        let known = self.0.get(&name).cloned().or_else(|| R::of_catalogue(&name));
        let role = known.ok_or_else(|| {
            let what = R::unknown(&name);
            notes.push(Note::unknown_role(&object.source(), &what));
            Arc::from(what)
        });
        Given { name, role }
    }
}
