//! What impure functions asked while planning, and the answers.
//!
//! Invariant: a request and its answer stand together, as they came.

use funcs::{Answer, Depth, FileKind, Request, WorldFault};

use super::error::{PlanFileFault, Taken};
use super::wire::{Reader, Wire, Writer, wire_struct, wire_words};
use crate::Impure;

wire_struct!(Impure { request, answer });
wire_words!(FileKind, "kind of file" {
    0 => FileKind::Missing,
    1 => FileKind::File,
    2 => FileKind::Folder,
    3 => FileKind::Device,
    4 => FileKind::Pipe,
    5 => FileKind::Socket,
    6 => FileKind::Other,
});

impl Wire for Depth {
    fn put(&self, to: &mut Writer) {
        match self {
            Depth::All => to.byte(0),
            Depth::Levels(levels) => {
                to.byte(1);
                to.length(*levels);
            }
        }
    }

    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        match from.byte()? {
            0 => Ok(Depth::All),
            1 => {
                let start = from.offset();
                let levels = usize::try_from(from.number()?);
                let fault = from.fault_at(start, PlanFileFault::Number);
                levels.map(Depth::Levels).map_err(|_| fault)
            }
            tag => Err(from.no_tag("depth", tag)),
        }
    }
}

impl Wire for Request {
    fn put(&self, to: &mut Writer) {
        match self {
            Request::ReadFile { path } => {
                to.byte(0);
                path.put(to);
            }
            Request::FileKind { path } => {
                to.byte(1);
                path.put(to);
            }
            Request::ListFiles { folder, depth } => {
                to.byte(2);
                folder.put(to);
                depth.put(to);
            }
            Request::WorkingFolder => to.byte(3),
            Request::ExpandHome { path } => {
                to.byte(4);
                path.put(to);
            }
            Request::Now => to.byte(5),
            Request::PlanTime => to.byte(6),
            Request::Random => to.byte(7),
        }
    }

    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        Ok(match from.byte()? {
            0 => Request::ReadFile { path: Wire::take(from)? },
            1 => Request::FileKind { path: Wire::take(from)? },
            2 => Request::ListFiles { folder: Wire::take(from)?, depth: Wire::take(from)? },
            3 => Request::WorkingFolder,
            4 => Request::ExpandHome { path: Wire::take(from)? },
            5 => Request::Now,
            6 => Request::PlanTime,
            7 => Request::Random,
            tag => return Err(from.no_tag("request", tag)),
        })
    }
}

impl Wire for Answer {
    fn put(&self, to: &mut Writer) {
        match self {
            Answer::Bytes(bytes) => {
                to.byte(0);
                bytes.put(to);
            }
            Answer::Kind(kind) => {
                to.byte(1);
                kind.put(to);
            }
            Answer::Files(files) => {
                to.byte(2);
                files.put(to);
            }
            Answer::Text(text) => {
                to.byte(3);
                text.put(to);
            }
            Answer::Seconds(seconds) => {
                to.byte(4);
                seconds.put(to);
            }
            Answer::Random(bits) => {
                to.byte(5);
                to.out.extend_from_slice(&bits.to_be_bytes());
            }
            Answer::Failed(WorldFault::NotFound) => to.byte(6),
            Answer::Failed(WorldFault::Other(what)) => {
                to.byte(7);
                what.put(to);
            }
        }
    }

    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        Ok(match from.byte()? {
            0 => Answer::Bytes(Wire::take(from)?),
            1 => Answer::Kind(Wire::take(from)?),
            2 => Answer::Files(Wire::take(from)?),
            3 => Answer::Text(Wire::take(from)?),
            4 => Answer::Seconds(Wire::take(from)?),
            5 => Answer::Random(u128::from_be_bytes(from.fixed()?)),
            6 => Answer::Failed(WorldFault::NotFound),
            7 => Answer::Failed(WorldFault::Other(Wire::take(from)?)),
            tag => return Err(from.no_tag("answer", tag)),
        })
    }
}
