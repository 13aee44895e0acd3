//! Putting marks on values and taking them off, at the top or at all depths.

use super::{Aggregate, Body, Repr, Value, View};
use crate::{Marks, Path, Step};

impl Value {
    /// The value with these marks added to its own.
    #[must_use]
    pub fn with_marks(mut self, marks: Marks) -> Self {
        *self.marks_mut() |= marks;
        self
    }

    fn marks_mut(&mut self) -> &mut Marks {
        match &mut self.0 {
            Repr::Null(marks, _)
            | Repr::Unknown(marks, _, _)
            | Repr::Refined(marks, _)
            | Repr::Bool(marks, _)
            | Repr::Number(marks, _)
            | Repr::String(marks, _)
            | Repr::Aggregate(marks, _) => marks,
        }
    }

    /// The value without its own marks, and those marks.
    #[must_use]
    pub fn unmark(mut self) -> (Self, Marks) {
        let marks = std::mem::take(self.marks_mut());
        (self, marks)
    }

    /// The value without marks at any depth, and all of them united. Costs nothing where there are
    /// none.
    #[must_use]
    pub fn unmark_deep(self) -> (Self, Marks) {
        let marks = self.deep_marks();
        if marks.is_empty() {
            (self, marks)
        } else {
            (without_marks(&self, Marks::from_bits(u8::MAX)), marks)
        }
    }

    /// The value without some marks at any depth.
    #[must_use]
    pub fn without_deep(self, marks: Marks) -> Self {
        if self.deep_marks().intersects(marks) { without_marks(&self, marks) } else { self }
    }

    /// The value without marks, and where they were, outside before inside and in the order of the
    /// parts. Nothing stands below a set: its marks are its own.
    #[must_use]
    pub fn unmark_deep_with_paths(self) -> (Self, Vec<(Path, Marks)>) {
        let mut found = Vec::new();
        collect(&self, &mut Path::new(), &mut found);
        (self.unmark_deep().0, found)
    }

    /// The value with marks added at paths. What a path does not lead to in this value (a null on
    /// the way, an index too large) marks the last value on the way that is there. A step into a
    /// set marks the set.
    #[must_use]
    pub fn mark_with_paths<'p>(self, marks: impl IntoIterator<Item = (&'p Path, Marks)>) -> Self {
        marks.into_iter().fold(self, |value, (path, marks)| mark_at(value, path.steps(), marks))
    }
}

fn without_marks(value: &Value, marks: Marks) -> Value {
    let mut bare = value.clone();
    let own = bare.marks_mut();
    *own = own.without(marks);
    if let Repr::Aggregate(_, aggregate) = &mut bare.0
        && aggregate.marks.intersects(marks)
    {
        let body = match &aggregate.body {
            Body::Values(values) => {
                Body::Values(values.iter().map(|part| without_marks(part, marks)).collect())
            }
            Body::Entries(entries) => Body::Entries(
                entries
                    .iter()
                    .map(|(key, part)| (key.clone(), without_marks(part, marks)))
                    .collect(),
            ),
        };
        *aggregate = Aggregate::new(aggregate.ty, body);
    }
    bare
}

fn collect(value: &Value, path: &mut Path, found: &mut Vec<(Path, Marks)>) {
    if value.deep_marks().is_empty() {
        return;
    }
    if !value.marks().is_empty() {
        found.push((path.clone(), value.marks()));
    }
    let mut within = |step: Step, part: &Value| {
        if !part.deep_marks().is_empty() {
            path.push(step);
            collect(part, path, found);
            path.pop();
        }
    };
    match value.view() {
        View::List(parts) | View::Tuple(parts) => {
            for (at, part) in parts.iter().enumerate() {
                within(Step::Index(Value::int(at as i64)), part);
            }
        }
        View::Map(entries) => {
            for (key, part) in entries {
                within(Step::Index(Value::string_normal(key.clone())), part);
            }
        }
        View::Object(object, parts) => {
            for (name, part) in object.names().iter().zip(parts) {
                within(Step::Attr(name.clone()), part);
            }
        }
        _ => {}
    }
}

fn mark_at(value: Value, steps: &[Step], marks: Marks) -> Value {
    let Some((step, rest)) = steps.split_first() else { return value.with_marks(marks) };
    let Some(at) = part_of(&value, step) else { return value.with_marks(marks) };
    let Repr::Aggregate(own, aggregate) = value.0 else {
        panic!("BUG: a value that is no aggregate has a part");
    };
    let body = match &aggregate.body {
        Body::Values(values) => {
            let mut values = values.clone();
            let part = std::mem::replace(&mut values[at], Value::DYNAMIC);
            values[at] = mark_at(part, rest, marks);
            Body::Values(values)
        }
        Body::Entries(entries) => {
            let mut entries = entries.clone();
            let part = std::mem::replace(&mut entries[at].1, Value::DYNAMIC);
            entries[at].1 = mark_at(part, rest, marks);
            Body::Entries(entries)
        }
    };
    Value(Repr::Aggregate(own, Aggregate::new(aggregate.ty, body)))
}

/// The position of the part that a step leads to.
fn part_of(value: &Value, step: &Step) -> Option<usize> {
    let name = match step {
        Step::Attr(name) => Some(&**name),
        Step::Index(key) => key.as_str(),
    };
    match value.view() {
        View::Object(object, _) => object.slot(name?),
        View::Map(entries) => {
            let name = name?;
            entries.binary_search_by(|(key, _)| (**key).cmp(name)).ok()
        }
        View::List(parts) | View::Tuple(parts) => match step {
            Step::Index(key) => {
                let at = usize::try_from(key.as_number()?.to_i64()?).ok()?;
                (at < parts.len()).then_some(at)
            }
            Step::Attr(_) => None,
        },
        _ => None,
    }
}
