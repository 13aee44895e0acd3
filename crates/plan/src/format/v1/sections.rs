//! One plan: its parts, each a section with its tag and its length in bytes.
//!
//! The order is fixed and every section is there. Types stand last, since they are known when all else is written.
//! Invariant: what is read points only into its own tables, and uses each section up.

use std::sync::Arc;

use super::error::{PlanFileFault, Taken};
use super::frame::{self, Content, HEAD_BYTES};
use super::wire::{Reader, Tables, Wire, Writer};
use super::{ops, types};
use crate::Plan;

/// The sections by tag, as messages name them.
const NAMES: [&str; SECTIONS] = [
    "the header",
    "the variables",
    "the providers",
    "the changes",
    "the drift",
    "the outputs",
    "the checks",
    "the deferrals",
    "the ops",
    "the prior state",
    "the relevant attributes",
    "the answers of impure functions",
    "the types",
];
const SECTIONS: usize = 13;
const LENGTH_BYTES: usize = 8;

/// The bytes of a plan, frame and all.
pub(super) fn put(plan: &Plan) -> Vec<u8> {
    let Plan {
        options,
        completeness,
        base,
        digests,
        time_s,
        variables,
        providers,
        changes,
        drift,
        outputs,
        checks,
        deferred,
        ops,
        prior,
        relevant,
        impure,
    } = plan;
    let mut to = Writer::default();
    let start = frame::begin(&mut to.out, Content::Plan);
    let mut tag = 0;
    let mut section = |put: &dyn Fn(&mut Writer)| {
        to.byte(tag);
        tag += 1;
        let length_at = to.out.len();
        to.out.extend_from_slice(&[0; LENGTH_BYTES]);
        put(&mut to);
        let body_at = length_at + LENGTH_BYTES;
        let length = (to.out.len() - body_at) as u64;
        to.out[length_at..body_at].copy_from_slice(&length.to_le_bytes());
    };
    section(&|to| {
        options.put(to);
        completeness.put(to);
        base.put(to);
        digests.put(to);
        time_s.put(to);
    });
    section(&|to| variables.put(to));
    section(&|to| providers.put(to));
    section(&|to| changes.put(to));
    section(&|to| drift.put(to));
    section(&|to| outputs.put(to));
    section(&|to| {
        to.length(checks.len());
        checks.iter().for_each(|check| to.coded(check));
    });
    section(&|to| deferred.put(to));
    section(&|to| ops::put(to, ops));
    section(&|to| prior.put(to));
    section(&|to| relevant.put(to));
    section(&|to| impure.put(to));
    section(&types::put);
    frame::close(&mut to.out, start);
    to.out
}

/// Reads a plan from a file whose first byte has this offset.
pub(super) fn take(file: &[u8], offset: usize) -> Taken<Plan> {
    let content = frame::open(file, offset, Content::Plan)?;
    let mut sections = split(&content, offset + HEAD_BYTES)?;
    let [
        header,
        variables,
        providers,
        changes,
        drift,
        outputs,
        checks,
        deferred,
        ops,
        prior,
        relevant,
        impure,
        last,
    ] = &mut sections;
    let types = whole(last, Tables::default(), types::take)?;
    let mut tables = Tables { types: &types, ..Tables::default() };
    let (options, completeness, base, digests, time_s) = whole(header, tables, |from| {
        Ok((
            Wire::take(from)?,
            Wire::take(from)?,
            Wire::take(from)?,
            Wire::take(from)?,
            Wire::take(from)?,
        ))
    })?;
    let providers: Vec<_> = whole(providers, tables, Wire::take)?;
    tables.providers = providers.len();
    let changes: Vec<_> = whole(changes, tables, Wire::take)?;
    tables.changes = changes.len();
    Ok(Plan {
        options,
        completeness,
        base,
        digests,
        time_s,
        variables: whole(variables, tables, Wire::take)?,
        providers,
        changes,
        drift: whole(drift, tables, Wire::take)?,
        outputs: whole(outputs, tables, Wire::take)?,
        checks: whole(checks, tables, |from| from.sequence(Reader::coded))?,
        deferred: whole(deferred, tables, Wire::take)?,
        ops: whole(ops, tables, ops::take)?,
        prior: Arc::new(whole(prior, tables, Wire::take)?),
        relevant: whole(relevant, tables, Wire::take)?,
        impure: whole(impure, tables, Wire::take)?,
    })
}

/// Finds the sections, each in its place.
fn split(content: &[u8], offset: usize) -> Taken<[Reader<'_>; SECTIONS]> {
    let mut from = Reader::new(content, offset, "the list of sections");
    let mut found = Vec::with_capacity(SECTIONS);
    for (expected, name) in NAMES.iter().enumerate() {
        let tag = from.byte()?;
        if usize::from(tag) != expected {
            return Err(from.no_tag("section in this place", tag));
        }
        let at = from.offset();
        let length = u64::from_le_bytes(from.fixed()?);
        let fits = usize::try_from(length);
        let length = fits.map_err(|_| from.fault_at(at, PlanFileFault::Length(length)))?;
        let begins = from.offset();
        found.push(Reader::new(from.exactly(length)?, begins, name));
    }
    from.finish()?;
    let found: Result<[Reader<'_>; SECTIONS], _> = found.try_into();
    Ok(found.unwrap_or_else(|_| panic!("BUG: another number of sections than names")))
}

/// Reads a section to its end.
fn whole<'a, T>(
    section: &mut Reader<'a>,
    tables: Tables<'a>,
    take: impl FnOnce(&mut Reader<'a>) -> Taken<T>,
) -> Taken<T> {
    section.tables = tables;
    let thing = take(section)?;
    section.finish()?;
    Ok(thing)
}
