//! The binary form of journal entries.

use super::{Code, CodecError, Decoded, Input, code_struct, code_words, put_bytes, put_number};
use crate::journal::{
    Action, Begin, Closing, Doubt, End, Entry, InDoubt, Look, OpId, OpRef, Open, Outcome,
    OutputChange, RowChange, Rows, RowsCause, RunId,
};

code_words!(Action { 0 => Action::Create, 1 => Action::Update, 2 => Action::Delete });
code_words!(RowsCause {
    0 => RowsCause::Refresh,
    1 => RowsCause::Upgrade,
    2 => RowsCause::Move,
    3 => RowsCause::Import,
    4 => RowsCause::Record,
});
code_struct!(RowChange { at, row });
code_struct!(Rows { cause, changes });
code_struct!(Open { lineage, base_serial, base, plan, fence, owner });
code_struct!(Look { id, found });
code_struct!(Begin { op, at, action, provider, prior, planned, look_before });
code_struct!(End { op, at, outcome });
code_struct!(Closing { serial, digest });
code_struct!(OpRef { run, op });
code_struct!(InDoubt { run, begin, set_aside, doubt });

impl Code for OpId {
    fn put(&self, out: &mut Vec<u8>) {
        put_number(out, u64::from(self.0));
    }
    fn take(input: &mut Input<'_>) -> Decoded<Self> {
        u32::try_from(input.number()?).map(OpId).map_err(|_| CodecError::Number)
    }
}

impl Code for RunId {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(out, self.as_str().as_bytes());
    }
    fn take(input: &mut Input<'_>) -> Decoded<Self> {
        let text = input.text()?;
        if text.len() > RunId::BYTES_MAX { Err(CodecError::Long) } else { Ok(RunId::new(text)) }
    }
}

impl Code for Outcome {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Outcome::Object(row) => {
                out.push(0);
                row.put(out);
            }
            Outcome::Gone => out.push(1),
            Outcome::Unreadable { raw, private, schema_version } => {
                out.push(2);
                raw.put(out);
                private.put(out);
                schema_version.put(out);
            }
        }
    }
    fn take(input: &mut Input<'_>) -> Decoded<Self> {
        Ok(match input.byte()? {
            0 => Outcome::Object(Code::take(input)?),
            1 => Outcome::Gone,
            2 => Outcome::Unreadable {
                raw: Code::take(input)?,
                private: Code::take(input)?,
                schema_version: Code::take(input)?,
            },
            tag => return Err(CodecError::Tag(tag)),
        })
    }
}

impl Code for Doubt {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Doubt::NoEnd => out.push(0),
            Doubt::Unreadable { raw, private, schema_version } => {
                out.push(1);
                raw.put(out);
                private.put(out);
                schema_version.put(out);
            }
        }
    }
    fn take(input: &mut Input<'_>) -> Decoded<Self> {
        Ok(match input.byte()? {
            0 => Doubt::NoEnd,
            1 => Doubt::Unreadable {
                raw: Code::take(input)?,
                private: Code::take(input)?,
                schema_version: Code::take(input)?,
            },
            tag => return Err(CodecError::Tag(tag)),
        })
    }
}

impl Code for OutputChange {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            OutputChange::Set(name, output) => {
                out.push(0);
                name.put(out);
                output.put(out);
            }
            OutputChange::Removed(name) => {
                out.push(1);
                name.put(out);
            }
            OutputChange::Stale(name) => {
                out.push(2);
                name.put(out);
            }
        }
    }
    fn take(input: &mut Input<'_>) -> Decoded<Self> {
        Ok(match input.byte()? {
            0 => OutputChange::Set(Code::take(input)?, Code::take(input)?),
            1 => OutputChange::Removed(Code::take(input)?),
            2 => OutputChange::Stale(Code::take(input)?),
            tag => return Err(CodecError::Tag(tag)),
        })
    }
}

impl Code for Entry {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Entry::Open(open) => put_tagged(out, 1, open),
            Entry::InDoubt(doubt) => put_tagged(out, 2, doubt),
            Entry::Rows(rows) => put_tagged(out, 3, rows),
            Entry::Begin(begin) => put_tagged(out, 4, begin),
            Entry::Deposed { op, address, key } => {
                put_tagged(out, 5, op);
                address.put(out);
                key.put(out);
            }
            Entry::End(end) => put_tagged(out, 6, end),
            Entry::Provisioned { op } => put_tagged(out, 7, op),
            Entry::Outputs(changes) => put_tagged(out, 8, changes),
            Entry::Checks(results) => put_tagged(out, 9, results),
            Entry::Resolved { op, outcome } => {
                put_tagged(out, 10, op);
                outcome.put(out);
            }
            Entry::Closing(closing) => put_tagged(out, 11, closing),
        }
    }

    fn take(input: &mut Input<'_>) -> Decoded<Self> {
        Ok(match input.byte()? {
            1 => Entry::Open(Code::take(input)?),
            2 => Entry::InDoubt(Code::take(input)?),
            3 => Entry::Rows(Code::take(input)?),
            4 => Entry::Begin(Code::take(input)?),
            5 => Entry::Deposed {
                op: Code::take(input)?,
                address: Code::take(input)?,
                key: Code::take(input)?,
            },
            6 => Entry::End(Code::take(input)?),
            7 => Entry::Provisioned { op: Code::take(input)? },
            8 => Entry::Outputs(Code::take(input)?),
            9 => Entry::Checks(Code::take(input)?),
            10 => Entry::Resolved { op: Code::take(input)?, outcome: Code::take(input)? },
            11 => Entry::Closing(Code::take(input)?),
            tag => return Err(CodecError::Tag(tag)),
        })
    }
}

fn put_tagged(out: &mut Vec<u8>, tag: u8, thing: &impl Code) {
    out.push(tag);
    thing.put(out);
}
