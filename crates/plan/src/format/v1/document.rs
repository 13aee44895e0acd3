//! One plan as bytes.
//!
//! Head, then the prior state as a version 4 file, then a table of types, then all that holds values.
//! Invariant: equal plans give equal bytes, and what is read is equal to what was written.

use std::sync::Arc;

use state::{CheckKind, CheckObject, CheckResult, CheckStatus, Digest, State, v4};

use super::bytes::{In, Out, Read};
use super::impure;
use super::parts::{Reader, Writer, read_op, write_op};
use super::values::{self, TypesOut};
use crate::change::Sensitive;
use crate::plan::{
    Base, Completeness, Digests, Mode, Options, Plan, Refresh, RelevantAttribute, Variable,
};

/// Writes a plan.
pub(super) fn write(plan: &Plan) -> Vec<u8> {
    let (mut body, mut types) = (Out::default(), TypesOut::default());
    let mut writer = Writer { out: &mut body, types: &mut types };
    writer.list(&plan.variables, write_variable);
    writer.list(&plan.changes, Writer::change);
    writer.list(&plan.drift, Writer::change);
    writer.list(&plan.outputs, Writer::output);
    writer.list(&plan.deferred, Writer::deferred);
    writer.list(&plan.relevant, |writer, one| {
        writer.out.text(&one.resource);
        writer.path(&one.path);
    });
    let mut out = Out::default();
    write_head(&mut out, plan);
    out.list(&plan.providers, |out, provider| out.show(provider));
    out.list(&plan.checks, write_check);
    out.list(&plan.ops, write_op);
    out.list(&plan.impure, impure::write);
    out.option((!plan.prior.lineage.is_empty()).then_some(&plan.prior), |out, prior| {
        out.blob(&v4::write(prior));
    });
    types.write(&mut out);
    out.bytes.extend_from_slice(&body.bytes);
    out.bytes
}

/// Reads a plan.
pub(super) fn read(bytes: &[u8]) -> Read<Plan> {
    let mut input = In::new(bytes);
    let head = read_head(&mut input)?;
    let providers = input.list(|input| input.parsed("provider"))?;
    let checks = input.list(read_check)?;
    let ops = input.list(read_op)?;
    let impure = input.list(impure::read)?;
    let prior = input.option(|input| {
        let file = input.blob()?;
        v4::read(file).or_else(|error| input.fail(format!("the state in it: {error}")))
    })?;
    let types = values::types(&mut input)?;
    let mut reader = Reader { input: &mut input, types: &types };
    let plan = Plan {
        options: head.options,
        completeness: head.completeness,
        base: head.base,
        digests: head.digests,
        time_s: head.time_s,
        variables: reader.list(read_variable)?,
        providers,
        changes: reader.list(Reader::change)?,
        drift: reader.list(Reader::change)?,
        outputs: reader.list(Reader::output)?,
        checks,
        deferred: reader.list(Reader::deferred)?,
        ops,
        prior: Arc::new(prior.unwrap_or_else(State::new)),
        relevant: reader.list(|reader| {
            Ok(RelevantAttribute { resource: reader.input.text()?, path: reader.path()? })
        })?,
        impure,
    };
    if !input.is_done() {
        return input.fail("something follows the plan");
    }
    within_tables(&plan).or_else(|what| input.fail(format!("{what} points nowhere")))?;
    Ok(plan)
}

/// Whether every index points into its table, and each op follows earlier ones only.
fn within_tables(plan: &Plan) -> Result<(), &'static str> {
    let providers = plan.providers.len();
    let known = |change: &crate::Change| (change.provider.0 as usize) < providers;
    if !plan.changes.iter().chain(&plan.drift).all(known) {
        return Err("a change");
    }
    for (at, op) in plan.ops.iter().enumerate() {
        let change = op.kind.change().is_none_or(|index| (index.0 as usize) < plan.changes.len());
        let provider = match op.kind {
            crate::OpKind::Configure(index) => (index.0 as usize) < providers,
            _ => true,
        };
        if !change || !provider || op.after.iter().any(|before| before.0 as usize >= at) {
            return Err("an op");
        }
    }
    Ok(())
}

struct Head {
    options: Options,
    completeness: Completeness,
    base: Base,
    digests: Digests,
    time_s: i64,
}

fn write_head(out: &mut Out, plan: &Plan) {
    out.byte(match plan.options.mode {
        Mode::Normal => 0,
        Mode::Destroy => 1,
        Mode::RefreshOnly => 2,
    });
    out.flag(plan.options.refresh == Refresh::Yes);
    out.list(&plan.options.targets, |out, target| out.show(target));
    out.list(&plan.options.excludes, |out, target| out.show(target));
    out.list(&plan.options.replace, |out, instance| out.show(instance));
    out.byte(match plan.completeness {
        Completeness::Whole => 0,
        Completeness::Partial => 1,
        Completeness::Errored => 2,
    });
    out.text(&plan.base.lineage);
    out.number(plan.base.serial);
    let digests = &plan.digests;
    for digest in [plan.base.digest, digests.configuration, digests.locks, digests.policies] {
        out.bytes.extend_from_slice(&digest.0);
    }
    out.signed(plan.time_s);
}

fn read_head(input: &mut In<'_>) -> Read<Head> {
    let mode = match input.byte()? {
        0 => Mode::Normal,
        1 => Mode::Destroy,
        2 => Mode::RefreshOnly,
        other => return input.fail(format!("{other} is no mode")),
    };
    let refresh = if input.flag()? { Refresh::Yes } else { Refresh::No };
    let options = Options {
        mode,
        refresh,
        targets: input.list(|input| input.parsed("target"))?,
        excludes: input.list(|input| input.parsed("target"))?,
        replace: input.list(|input| input.parsed("address"))?,
    };
    let completeness = match input.byte()? {
        0 => Completeness::Whole,
        1 => Completeness::Partial,
        2 => Completeness::Errored,
        other => return input.fail(format!("{other} is no completeness")),
    };
    let (lineage, serial) = (input.text()?, input.number()?);
    let base = Base { lineage, serial, digest: digest(input)? };
    let digests =
        Digests { configuration: digest(input)?, locks: digest(input)?, policies: digest(input)? };
    Ok(Head { options, completeness, base, digests, time_s: input.signed()? })
}

fn digest(input: &mut In<'_>) -> Read<Digest> {
    let bytes = input.take(32)?;
    Ok(Digest(bytes.try_into().expect("BUG: 32 bytes were taken")))
}

fn write_variable(writer: &mut Writer<'_>, variable: &Variable) {
    writer.out.text(&variable.name);
    writer.value(&variable.value);
    writer.out.flag(variable.sensitive == Sensitive::Yes);
    writer.out.flag(variable.set_by_caller);
}

fn read_variable(reader: &mut Reader<'_, '_>) -> Read<Variable> {
    Ok(Variable {
        name: reader.input.text()?,
        value: reader.value()?,
        sensitive: if reader.input.flag()? { Sensitive::Yes } else { Sensitive::No },
        set_by_caller: reader.input.flag()?,
    })
}

fn write_check(out: &mut Out, check: &CheckResult) {
    out.text(check.kind.word());
    out.text(&check.address);
    out.text(check.status.word());
    out.list(&check.objects, |out, object| {
        out.text(&object.address);
        out.text(object.status.word());
        out.list(&object.failures, |out, text| out.text(text));
    });
}

fn read_check(input: &mut In<'_>) -> Read<CheckResult> {
    let kind = input.text()?;
    let Some(kind) = CheckKind::from_word(&kind) else {
        return input.fail(format!("{kind:?} carries no conditions"));
    };
    Ok(CheckResult {
        kind,
        address: input.text()?,
        status: CheckStatus::from_word(&input.text()?),
        objects: input.list(|input| {
            Ok(CheckObject {
                address: input.text()?,
                status: CheckStatus::from_word(&input.text()?),
                failures: input.list(In::text)?,
            })
        })?,
    })
}
