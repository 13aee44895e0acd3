//! The file that `plan -out` and an estate's plan write: plans of one or more stacks, with their configurations.
//!
//! Not sealed here, and not judged: whether a plan may still be applied is for others.
//! Invariant: each text of a configuration stands once, however many stacks share it, and is shared again when read.

use std::collections::HashMap;
use std::sync::Arc;

use super::error::{PlanFileFault, Taken};
use super::frame::{self, Content, HEAD_BYTES};
use super::wire::{Reader, Wire, Writer};
use super::{PlanFileError, STACKS_MAX, sections};
use crate::Plan;

/// What the plans of a file are of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvelopeKind {
    /// One root module.
    Root,
    /// Stacks of an estate.
    Estate {
        /// The estate's id.
        estate_id: Arc<str>,
        /// The environment.
        environment: Arc<str>,
    },
}

/// The plan of one stack and what it was made from.
#[derive(Clone, Debug)]
pub struct EnvelopeStack {
    /// The stack's address; empty for a root module.
    pub address: Arc<str>,
    /// Its plan.
    pub plan: Plan,
    /// Its configuration: file names with their texts, in the order given.
    pub configuration: Vec<(String, Arc<str>)>,
}

/// A plan file.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// What the plans are of.
    pub kind: EnvelopeKind,
    /// The file's id, such as `p-7Q4K9Z`.
    pub id: Arc<str>,
    /// When it was made, in milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: u64,
    /// The stacks, at most [`STACKS_MAX`], in the order given.
    pub stacks: Vec<EnvelopeStack>,
}

impl Envelope {
    /// The file's bytes; packed where they are more than [`PACK_BYTES_MIN`](super::PACK_BYTES_MIN).
    ///
    /// # Panics
    /// Where there are more than [`STACKS_MAX`] stacks.
    pub fn encode(&self) -> Vec<u8> {
        let Envelope { kind, id, created_ms, stacks } = self;
        assert!(stacks.len() <= STACKS_MAX, "BUG: a plan file of {} stacks", stacks.len());
        let mut to = Writer::default();
        let start = frame::begin(&mut to.out, Content::Envelope);
        kind.put(&mut to);
        id.put(&mut to);
        created_ms.put(&mut to);
        let mut texts = Texts::default();
        let numbers: Vec<usize> = stacks
            .iter()
            .flat_map(|stack| &stack.configuration)
            .map(|(_, text)| texts.number(text))
            .collect();
        to.length(texts.order.len());
        texts.order.iter().for_each(|text| to.text(text));
        let mut numbers = numbers.into_iter();
        to.length(stacks.len());
        for stack in stacks {
            put_stack(&mut to, stack, &mut numbers);
        }
        frame::close(&mut to.out, start);
        frame::pack(to.out, Content::Envelope)
    }

    /// Reads a plan file.
    ///
    /// # Errors
    /// Where the bytes are not what [`Envelope::encode`] gives.
    pub fn decode(file: &[u8]) -> Result<Envelope, PlanFileError> {
        let content = frame::open(file, 0, Content::Envelope)?;
        let mut from = Reader::new(&content, HEAD_BYTES, "the envelope");
        let (kind, id, created_ms) =
            (Wire::take(&mut from)?, Wire::take(&mut from)?, Wire::take(&mut from)?);
        let texts: Vec<Arc<str>> = Wire::take(&mut from)?;
        let start = from.offset();
        let length = from.length()?;
        if length > STACKS_MAX {
            let limit = PlanFileFault::Limit { what: "stacks", max: STACKS_MAX as u64 };
            return Err(from.fault_at(start, limit));
        }
        let stacks = (0..length).map(|_| take_stack(&mut from, &texts)).collect::<Taken<_>>()?;
        from.finish()?;
        Ok(Envelope { kind, id, created_ms, stacks })
    }
}

/// The texts of configurations, each once, in the order in which stacks name them.
#[derive(Default)]
struct Texts<'e> {
    by_place: HashMap<(*const u8, usize), usize>,
    by_content: HashMap<&'e str, usize>,
    order: Vec<&'e str>,
}

impl<'e> Texts<'e> {
    fn number(&mut self, text: &'e str) -> usize {
        let Texts { by_place, by_content, order } = self;
        *by_place.entry((text.as_ptr(), text.len())).or_insert_with(|| {
            *by_content.entry(text).or_insert_with(|| {
                order.push(text);
                order.len() - 1
            })
        })
    }
}

fn put_stack(to: &mut Writer, stack: &EnvelopeStack, texts: &mut impl Iterator<Item = usize>) {
    let EnvelopeStack { address, plan, configuration } = stack;
    address.put(to);
    to.length(configuration.len());
    for ((name, _), text) in configuration.iter().zip(texts) {
        name.put(to);
        to.length(text);
    }
    to.bytes(&sections::put(plan));
}

fn take_stack(from: &mut Reader<'_>, texts: &[Arc<str>]) -> Taken<EnvelopeStack> {
    let address = Wire::take(from)?;
    let configuration = from.sequence(|from| {
        let name = Wire::take(from)?;
        Ok((name, texts[from.index(texts.len())?].clone()))
    })?;
    let length = from.length()?;
    let offset = from.offset();
    let plan = sections::take(from.exactly(length)?, offset)?;
    Ok(EnvelopeStack { address, plan, configuration })
}

impl Wire for EnvelopeKind {
    fn put(&self, to: &mut Writer) {
        match self {
            EnvelopeKind::Root => to.byte(0),
            EnvelopeKind::Estate { estate_id, environment } => {
                to.byte(1);
                estate_id.put(to);
                environment.put(to);
            }
        }
    }

    fn take(from: &mut Reader<'_>) -> Taken<Self> {
        Ok(match from.byte()? {
            0 => EnvelopeKind::Root,
            1 => EnvelopeKind::Estate {
                estate_id: Wire::take(from)?,
                environment: Wire::take(from)?,
            },
            tag => return Err(from.no_tag("kind of envelope", tag)),
        })
    }
}
