//! The plan file, version 1: plans of one or more stacks with the configuration that they were made from.
//!
//! Magic and version, a SHA-256 of what follows, then the envelope. Not sealed: who keeps it seals it.
//! Invariant: a file that was changed or cut is refused; a file of a later version is refused by name.

mod bytes;
mod document;
mod impure;
mod parts;
mod values;

use std::sync::Arc;

use state::Digest;

use self::bytes::{In, Out, Read};
pub use self::bytes::Unreadable;
use crate::plan::Plan;

/// What every plan file begins with.
const MAGIC: &[u8; 8] = b"STRATAPL";

/// The version of the format.
const VERSION: u8 = 1;

/// Plans as they are kept.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// Of what they are plans.
    pub kind: EnvelopeKind,
    /// The id by which people name them, such as `p-7Q4K9Z`.
    pub id: Arc<str>,
    /// When they were made, in milliseconds since 1970 (UTC).
    pub created_ms: u64,
    /// One for each stack.
    pub stacks: Vec<EnvelopeStack>,
}

/// Of what plans are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvelopeKind {
    /// Of a plain root module.
    Root,
    /// Of an environment of an estate.
    Estate {
        /// The estate's id.
        estate_id: Arc<str>,
        /// The environment.
        environment: Arc<str>,
    },
}

/// A stack's plan, and its configuration.
#[derive(Clone, Debug)]
pub struct EnvelopeStack {
    /// The stack instance's address; empty for a plain root module.
    pub address: Arc<str>,
    /// Its plan.
    pub plan: Plan,
    /// The files that the plan was made from: path relative to the root module, and text.
    pub configuration: Vec<(String, Arc<str>)>,
}

impl Envelope {
    /// The file's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut body = Out::default();
        match &self.kind {
            EnvelopeKind::Root => body.byte(0),
            EnvelopeKind::Estate { estate_id, environment } => {
                body.byte(1);
                body.text(estate_id);
                body.text(environment);
            }
        }
        body.text(&self.id);
        body.number(self.created_ms);
        body.list(&self.stacks, |out, stack| {
            out.text(&stack.address);
            out.blob(&document::write(&stack.plan));
            out.list(&stack.configuration, |out, (path, text)| {
                out.text(path);
                out.text(text);
            });
        });
        let mut file = Vec::with_capacity(body.bytes.len() + 41);
        file.extend_from_slice(MAGIC);
        file.push(VERSION);
        file.extend_from_slice(&Digest::of(&body.bytes).0);
        file.extend_from_slice(&body.bytes);
        file
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Where it is no plan file, of a later version, changed or cut.
    pub fn decode(file: &[u8]) -> Result<Envelope, Unreadable> {
        let mut input = In::new(file);
        if input.take(MAGIC.len()).ok() != Some(MAGIC) {
            return In::new(file).fail("it does not begin as a plan file does");
        }
        let version = input.byte()?;
        if version != VERSION {
            return input.fail(format!("it is of version {version} of the format, and {VERSION} is known"));
        }
        let digest = input.take(32)?;
        let body = &file[MAGIC.len() + 33..];
        if Digest::of(body).0 != digest {
            return input.fail("it was changed or cut after it was written");
        }
        read(&mut In::new(body))
    }
}

fn read(input: &mut In<'_>) -> Read<Envelope> {
    let kind = match input.byte()? {
        0 => EnvelopeKind::Root,
        1 => EnvelopeKind::Estate { estate_id: input.text()?, environment: input.text()? },
        other => return input.fail(format!("{other} is no kind of plan file")),
    };
    let envelope = Envelope {
        kind,
        id: input.text()?,
        created_ms: input.number()?,
        stacks: input.list(|input| {
            Ok(EnvelopeStack {
                address: input.text()?,
                plan: document::read(input.blob()?)?,
                configuration: input
                    .list(|input| Ok((input.text()?.to_string(), input.text()?)))?,
            })
        })?,
    };
    match input.is_done() {
        true => Ok(envelope),
        false => input.fail("something follows the plans"),
    }
}

/// What a signature, a journal or a run binds a plan by.
pub(super) fn digest(plan: &Plan) -> Digest {
    Digest::of(&document::write(plan))
}

#[cfg(test)]
mod tests;
