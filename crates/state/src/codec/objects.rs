//! The binary form of objects, outputs and results of conditions.

use std::collections::BTreeMap;
use std::sync::Arc;

use addr::ConfigResource;
use value::Path;

use super::{Code, CodecError, Decoded, Input, code_struct, code_words, put_bytes, put_number};
use crate::checks::{CheckKind, CheckObject, CheckResult, CheckStatus};
use crate::digest::Digest;
use crate::object::{Attributes, Identity, Object, Status};
use crate::output::Output;
use crate::place::ObjectAddr;
use crate::state::Row;
use crate::v4::paths;

code_words!(Status { 0 => Status::Ready, 1 => Status::Tainted });
code_words!(CheckKind {
    0 => CheckKind::Resource,
    1 => CheckKind::Output,
    2 => CheckKind::Check,
    3 => CheckKind::Variable,
});
code_words!(CheckStatus {
    0 => CheckStatus::Pass,
    1 => CheckStatus::Fail,
    2 => CheckStatus::Error,
    3 => CheckStatus::Unknown,
});
code_struct!(ObjectAddr { instance, deposed });
code_struct!(Identity { json, schema_version });
code_struct!(Object {
    status,
    schema_version,
    attributes,
    sensitive,
    private,
    identity,
    dependencies,
    create_before_destroy,
    skip_destroy,
});
code_struct!(Row { provider, object });
code_struct!(Output { value, ty, sensitive, deprecated });
code_struct!(CheckResult { kind, address, status, objects });
code_struct!(CheckObject { address, status, failures });

impl Code for Digest {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
    fn take(input: &mut Input<'_>) -> Decoded<Self> {
        let bytes = input.exactly(32)?;
        Ok(Digest(bytes.try_into().expect("BUG: 32 bytes were asked for")))
    }
}

impl Code for Arc<[Path]> {
    fn put(&self, out: &mut Vec<u8>) {
        let mut json = Vec::new();
        if !self.is_empty() {
            paths::write(&mut json, self);
        }
        put_bytes(out, &json);
    }
    fn take(input: &mut Input<'_>) -> Decoded<Self> {
        match input.bytes()? {
            [] => Ok(Arc::new([])),
            json => paths::read(json).map(Arc::from).map_err(|_| CodecError::Path),
        }
    }
}

impl Code for Arc<Object> {
    fn put(&self, out: &mut Vec<u8>) {
        (**self).put(out);
    }
    fn take(input: &mut Input<'_>) -> Decoded<Self> {
        Object::take(input).map(Arc::new)
    }
}

impl Code for Arc<[ConfigResource]> {
    fn put(&self, out: &mut Vec<u8>) {
        put_number(out, self.len() as u64);
        self.iter().for_each(|resource| resource.put(out));
    }
    fn take(input: &mut Input<'_>) -> Decoded<Self> {
        Vec::take(input).map(Arc::from)
    }
}

impl Code for Attributes {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Attributes::Json(json) => {
                out.push(0);
                json.put(out);
            }
            Attributes::Flat(flat) => {
                out.push(1);
                put_number(out, flat.len() as u64);
                for (key, text) in flat.iter() {
                    key.put(out);
                    text.put(out);
                }
            }
        }
    }
    fn take(input: &mut Input<'_>) -> Decoded<Self> {
        match input.byte()? {
            0 => Code::take(input).map(Attributes::Json),
            1 => {
                let length = input.length()?;
                let flat: Decoded<BTreeMap<_, _>> =
                    (0..length).map(|_| Ok((Code::take(input)?, Code::take(input)?))).collect();
                Ok(Attributes::Flat(Arc::new(flat?)))
            }
            tag => Err(CodecError::Tag(tag)),
        }
    }
}
