//! Functions on files and their paths. Looking at the disk is the driver's work; here are the question and the conclusion.
//! Invariant: messages show a path only if it is not sensitive.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use value::{Marks, Type, Value};

use crate::args::{shown, string, text};
use crate::crypto;
use crate::function::{FuncError, Function, Outcome, Param, Returns};
use crate::impure::{Answer, FileKind, Impure, Request, Step, When, WorldFault};
use crate::plain::glob::Glob;
use crate::plain::path;

const PATH: &[Param] = &[Param::text("path")];
const MARKED_PATH: &[Param] = &[Param::text("path").marked()];

fn to_text() -> Type {
    Type::STRING
}

fn arc(value: &Value) -> Arc<str> {
    Arc::clone(value.as_arc_str().expect("BUG: a known string is due"))
}

fn read_file(args: &[Value]) -> Outcome<Step> {
    Ok(Step::Ask(Request::ReadFile { path: arc(&args[0]) }))
}

/// The bytes of the file that was asked for.
fn content(args: &[Value], answer: Answer) -> Outcome<Arc<[u8]>> {
    let shown = shown(text(&args[0]), args[0].marks());
    match answer {
        Answer::Bytes(bytes) => Ok(bytes),
        Answer::Failed(WorldFault::NotFound) => Err(FuncError::argument(
            0,
            format!(
                "there is no file {shown}; only files that belong to the configuration can be read, \
                 not those that its resources make"
            ),
        )),
        Answer::Failed(WorldFault::Other(what)) => {
            Err(FuncError::argument(0, format!("{shown} cannot be read: {what}")))
        }
        answer => panic!("BUG: the bytes of a file are due, not {answer:?}"),
    }
}

pub(crate) static FILE: Function = Function::impure(
    "file",
    MARKED_PATH,
    Returns::Always(to_text),
    Impure {
        ask: read_file,
        finish: |args, answer| {
            let bytes = content(args, answer)?;
            let text = std::str::from_utf8(&bytes).map_err(|_| {
                let shown = shown(text(&args[0]), args[0].marks());
                let message = format!(
                    "{shown} is not UTF-8, and so no string; filebase64 and the hashes of files take any bytes"
                );
                FuncError::call(message)
            })?;
            Ok(Value::string(text).with_marks(args[0].marks()))
        },
        when: When::Always,
    },
);

pub(crate) static FILEBASE64: Function = Function::impure(
    "filebase64",
    MARKED_PATH,
    Returns::Always(to_text),
    Impure {
        ask: read_file,
        finish: |args, answer| {
            let encoded = STANDARD.encode(content(args, answer)?);
            Ok(Value::string(encoded).with_marks(args[0].marks()))
        },
        when: When::Always,
    },
);

macro_rules! file_digest {
    ($name:ident, $text:literal, $digest:expr) => {
        pub(crate) static $name: Function = Function::impure(
            $text,
            PATH,
            Returns::Always(to_text),
            Impure {
                ask: read_file,
                finish: |args, answer| string($digest(&content(args, answer)?)),
                when: When::Always,
            },
        );
    };
}

file_digest!(FILEBASE64SHA256, "filebase64sha256", crypto::base64::<Sha256>);
file_digest!(FILEBASE64SHA512, "filebase64sha512", crypto::base64::<Sha512>);
file_digest!(FILEMD5, "filemd5", crypto::hex::<Md5>);
file_digest!(FILESHA1, "filesha1", crypto::hex::<Sha1>);
file_digest!(FILESHA256, "filesha256", crypto::hex::<Sha256>);
file_digest!(FILESHA512, "filesha512", crypto::hex::<Sha512>);

pub(crate) static FILEEXISTS: Function = Function::impure(
    "fileexists",
    MARKED_PATH,
    Returns::Always(|| Type::BOOL),
    Impure {
        ask: |args| Ok(Step::Ask(Request::FileKind { path: arc(&args[0]) })),
        finish: |args, answer| {
            let marks = args[0].marks();
            let what = match answer {
                Answer::Kind(FileKind::Missing) => return Ok(Value::FALSE.with_marks(marks)),
                Answer::Kind(FileKind::File) => return Ok(Value::TRUE.with_marks(marks)),
                Answer::Kind(FileKind::Folder) => "is a folder, not a file".to_owned(),
                Answer::Kind(FileKind::Device) => "is a device, not a file".to_owned(),
                Answer::Kind(FileKind::Pipe) => "is a named pipe, not a file".to_owned(),
                Answer::Kind(FileKind::Socket) => "is a socket, not a file".to_owned(),
                Answer::Kind(FileKind::Other) => "is not a regular file".to_owned(),
                Answer::Failed(WorldFault::Other(what)) => format!("cannot be looked at: {what}"),
                answer => return answer.unfit("what stands at a path"),
            };
            Err(FuncError::argument(0, format!("{} {what}", shown(text(&args[0]), marks))))
        },
        when: When::Always,
    },
);

pub(crate) static FILESET: Function = Function::impure(
    "fileset",
    &[Param::text("path").marked(), Param::text("pattern").marked()],
    Returns::Always(|| Type::set(Type::STRING)),
    Impure {
        ask: |args| {
            let glob = pattern(args)?;
            let folder = path::join(text(&args[0]), &glob.folder());
            Ok(Step::Ask(Request::ListFiles { folder: folder.into(), depth: glob.depth() }))
        },
        finish: |args, answer| {
            let glob = pattern(args)?;
            let marks = marks_of(args);
            let files = match answer {
                Answer::Files(files) => files,
                Answer::Failed(WorldFault::NotFound) => Vec::new(),
                Answer::Failed(WorldFault::Other(what)) => {
                    let shown = shown(text(&args[0]), marks);
                    let message = format!("{shown} cannot be listed: {what}");
                    return Err(FuncError::argument(0, message));
                }
                answer => return answer.unfit("a list of files"),
            };
            let folder = glob.folder();
            let found = files
                .iter()
                .map(
                    |file| {
                        if folder.is_empty() { file.clone() } else { format!("{folder}/{file}") }
                    },
                )
                .filter(|file| glob.matches(file))
                .map(Value::string);
            Ok(Value::set(Type::STRING, found.collect()).with_marks(marks))
        },
        when: When::Always,
    },
);

fn marks_of(args: &[Value]) -> Marks {
    args[0].marks() | args[1].marks()
}

fn pattern(args: &[Value]) -> Outcome<Glob> {
    Glob::parse(text(&args[1])).map_err(|_| {
        let shown = shown(text(&args[1]), marks_of(args));
        FuncError::argument(1, format!("{shown} is not a pattern of file names"))
    })
}

pub(crate) static ABSPATH: Function = Function::impure(
    "abspath",
    PATH,
    Returns::Always(to_text),
    Impure {
        ask: |args| {
            let given = text(&args[0]);
            Ok(if given.starts_with('/') {
                Step::Value(Value::string(path::clean(given)))
            } else {
                Step::Ask(Request::WorkingFolder)
            })
        },
        finish: |args, answer| match answer {
            Answer::Text(folder) => string(path::join(&folder, text(&args[0]))),
            answer => answer.unfit("the working folder"),
        },
        when: When::Always,
    },
);

pub(crate) static PATHEXPAND: Function = Function::impure(
    "pathexpand",
    PATH,
    Returns::Always(to_text),
    Impure {
        ask: |args| {
            Ok(if text(&args[0]).starts_with('~') {
                Step::Ask(Request::ExpandHome { path: arc(&args[0]) })
            } else {
                Step::Value(args[0].clone())
            })
        },
        finish: |_, answer| match answer {
            Answer::Text(path) => string(path),
            answer => answer.unfit("the home folder"),
        },
        when: When::Always,
    },
);

pub(crate) static BASENAME: Function =
    Function::to_text("basename", PATH, |args, _| string(path::base(text(&args[0]))));

pub(crate) static DIRNAME: Function =
    Function::to_text("dirname", PATH, |args, _| string(path::dir(text(&args[0]))));
