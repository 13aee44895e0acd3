//! Functions that need the world: what they ask as data, and the pure step from the answer to the result. Who answers,
//! and how often the world is asked, is the engine's and the driver's matter.
//! Invariant: a request is the whole key of its answer; the same file asked for by two functions is one request.

use std::sync::Arc;

use value::Value;

use crate::call::prepare;
use crate::function::{Body, FuncError, Function, Outcome};
pub use crate::plain::glob::Depth;

/// What an impure function asks the world.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Request {
    /// The bytes of a file. Answered by [`Answer::Bytes`].
    ReadFile {
        /// As written: relative to the folder the program works in; a leading `~` is the home folder.
        path: Arc<str>,
    },
    /// What stands at a path. Answered by [`Answer::Kind`].
    FileKind {
        /// As in [`Request::ReadFile`].
        path: Arc<str>,
    },
    /// The regular files below a folder, links followed. Answered by [`Answer::Files`].
    ListFiles {
        /// The folder, relative to the folder the program works in. It may be missing: then there are no files.
        folder: Arc<str>,
        /// How far below the folder to look.
        depth: Depth,
    },
    /// The absolute path of the folder the program works in. Answered by [`Answer::Text`].
    WorkingFolder,
    /// The path with a leading `~` replaced by the home folder. Answered by [`Answer::Text`].
    ExpandHome {
        /// The path as written; it begins with `~`.
        path: Arc<str>,
    },
    /// The time now. Answered by [`Answer::Seconds`].
    Now,
    /// The time at which the plan was made. Answered by [`Answer::Seconds`].
    PlanTime,
    /// 128 random bits, others for each call. Answered by [`Answer::Random`].
    Random,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The content of a file.
    Bytes(Arc<[u8]>),
    /// What stands at a path.
    Kind(FileKind),
    /// Paths of files relative to the folder that was asked for, with slashes, in any order.
    Files(Vec<String>),
    /// A path.
    Text(String),
    /// Seconds since 1970-01-01T00:00:00Z.
    Seconds(i64),
    /// Random bits.
    Random(u128),
    /// The world did not answer.
    Failed(WorldFault),
}

impl Answer {
    /// The outcome of an answer that is not what was asked for.
    pub(crate) fn unfit(self, wanted: &str) -> Outcome {
        match self {
            Answer::Failed(WorldFault::NotFound) => Err(FuncError::call("it was not found")),
            Answer::Failed(WorldFault::Other(what)) => Err(FuncError::call(what)),
            answer => panic!("BUG: {wanted} is due, not {answer:?}"),
        }
    }
}

/// Why the world did not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorldFault {
    /// There is no such file.
    NotFound,
    /// Anything else, in words: lower case, no full stop.
    Other(String),
}

/// What stands at a path, links followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Nothing.
    Missing,
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A device.
    Device,
    /// A named pipe.
    Pipe,
    /// A socket.
    Socket,
    /// Something else.
    Other,
}

/// How an impure function asks and concludes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Impure {
    /// What to ask, from arguments that have been prepared, or the result where nothing need be asked.
    pub(crate) ask: fn(&[Value]) -> Outcome<Step>,
    /// The result, from the same arguments and the answer.
    pub(crate) finish: fn(&[Value], Answer) -> Outcome,
    /// Whether the plan may know the answer.
    pub(crate) when: When,
}

/// When an impure function is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Whenever it is evaluated.
    Always,
    /// Not before the apply: in a plan the result is unknown (`timestamp`, `uuid`, `bcrypt`).
    AtApply,
}

/// The first half of an impure call.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// The result needs no answer: an argument is unknown, or nothing need be asked.
    Value(Value),
    /// This must be answered first.
    Ask(Request),
}

/// When an impure function is answered; `None` for others.
#[must_use]
pub fn when(function: &Function) -> Option<When> {
    match &function.body {
        Body::Impure(impure) => Some(impure.when),
        Body::Pure(_) | Body::Evaluates => None,
    }
}

/// What a call of an impure function asks.
///
/// # Errors
/// When the arguments do not fit, or the function refuses them.
///
/// # Panics
/// For a function that is not impure; see [`Function::purity`].
pub fn request(function: &Function, args: &[Value]) -> Outcome<Step> {
    let prepared = prepare(function, args)?;
    if let Some(unknown) = prepared.unknown(function) {
        return Ok(Step::Value(unknown));
    }
    Ok(match (impure(function).ask)(&prepared.args)? {
        Step::Value(value) => Step::Value(value.with_marks(prepared.marks)),
        ask => ask,
    })
}

/// The result of a call whose request has been answered.
///
/// # Errors
/// When the arguments do not fit, or nothing can be made of the answer.
///
/// # Panics
/// For a function that is not impure, or an answer to another kind of request.
pub fn finish(function: &Function, args: &[Value], answer: Answer) -> Outcome {
    let prepared = prepare(function, args)?;
    prepared.result(function, |args, _| (impure(function).finish)(args, answer))
}

fn impure(function: &Function) -> &Impure {
    match &function.body {
        Body::Impure(impure) => impure,
        Body::Pure(_) | Body::Evaluates => panic!("BUG: {} is not impure", function.name),
    }
}
