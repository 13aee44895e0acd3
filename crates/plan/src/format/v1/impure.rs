//! What impure functions asked and were answered while planning.
//!
//! Only what a second evaluation has to see again: files and folders.
//! Invariant: each `write` has its `read` beside it.

use funcs::{Answer, Depth, FileKind, Request, WorldFault};

use super::bytes::{In, Out, Read};
use crate::plan::Impure;

const KINDS: [FileKind; 7] = [
    FileKind::Missing,
    FileKind::File,
    FileKind::Folder,
    FileKind::Device,
    FileKind::Pipe,
    FileKind::Socket,
    FileKind::Other,
];

/// Writes a question and its answer.
pub(super) fn write(out: &mut Out, impure: &Impure) {
    match &impure.request {
        Request::ReadFile { path } => tagged(out, 0, path),
        Request::FileKind { path } => tagged(out, 1, path),
        Request::ListFiles { folder, depth } => {
            tagged(out, 2, folder);
            let levels = match depth {
                Depth::All => None,
                Depth::Levels(levels) => u64::try_from(*levels).ok(),
            };
            out.option(levels, Out::number);
        }
        Request::WorkingFolder => out.byte(3),
        Request::ExpandHome { path } => tagged(out, 4, path),
        Request::Now => out.byte(5),
        Request::PlanTime => out.byte(6),
        Request::Random => out.byte(7),
    }
    match &impure.answer {
        Answer::Bytes(bytes) => {
            out.byte(0);
            out.blob(bytes);
        }
        Answer::Kind(kind) => {
            out.byte(1);
            let number = KINDS.iter().position(|one| one == kind).expect("BUG: a kind without a number");
            out.length(number);
        }
        Answer::Files(files) => {
            out.byte(2);
            out.list(files, |out, file| out.text(file));
        }
        Answer::Text(text) => tagged(out, 3, text),
        Answer::Seconds(seconds) => {
            out.byte(4);
            out.signed(*seconds);
        }
        Answer::Random(bits) => {
            out.byte(5);
            out.blob(&bits.to_be_bytes());
        }
        Answer::Failed(WorldFault::NotFound) => out.byte(6),
        Answer::Failed(WorldFault::Other(text)) => tagged(out, 7, text),
    }
}

fn tagged(out: &mut Out, tag: u8, text: &str) {
    out.byte(tag);
    out.text(text);
}

/// Reads a question and its answer.
pub(super) fn read(input: &mut In<'_>) -> Read<Impure> {
    let request = match input.byte()? {
        0 => Request::ReadFile { path: input.text()? },
        1 => Request::FileKind { path: input.text()? },
        2 => Request::ListFiles {
            folder: input.text()?,
            depth: match input.option(In::small)? {
                None => Depth::All,
                Some(levels) => Depth::Levels(levels as usize),
            },
        },
        3 => Request::WorkingFolder,
        4 => Request::ExpandHome { path: input.text()? },
        5 => Request::Now,
        6 => Request::PlanTime,
        7 => Request::Random,
        other => return input.fail(format!("{other} is no question")),
    };
    let answer = match input.byte()? {
        0 => Answer::Bytes(input.blob()?.into()),
        1 => match KINDS.get(input.small()? as usize) {
            Some(kind) => Answer::Kind(*kind),
            None => return input.fail("a path is of no known kind"),
        },
        2 => Answer::Files(input.list(|input| Ok(input.text()?.to_string()))?),
        3 => Answer::Text(input.text()?.to_string()),
        4 => Answer::Seconds(input.signed()?),
        5 => match input.blob()?.try_into() {
            Ok(bits) => Answer::Random(u128::from_be_bytes(bits)),
            Err(_) => return input.fail("random bits are not 128"),
        },
        6 => Answer::Failed(WorldFault::NotFound),
        7 => Answer::Failed(WorldFault::Other(input.text()?.to_string())),
        other => return input.fail(format!("{other} is no answer")),
    };
    Ok(Impure { request, answer })
}
