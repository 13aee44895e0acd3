//! `--kill-at`: the program ends at an op as a crash would end it.
//!
//! Invariant: the cloud has done what it was asked, and nobody was told: the worst moment there is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use addr::ProviderInstance;
use diag::Diagnostic;
use engine::About;
use plan::Digest;
use provider::{BoxFuture, Provider, Wanted};
use run::cloud::Cloud;
use schema::ProviderSchema;
use schema::protocol::{Answer, Call};
use schema::version::Constraints;

/// How a program ends that was killed by signal 9.
const KILLED: i32 = 137;

/// At which op.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Op {
    /// The n-th that changes an object, from 1.
    Number(u64),
    /// That of an object: `STACK//ADDRESS`.
    Object(String),
}

impl Op {
    /// What `--kill-at` was given.
    fn parse(text: &str) -> Option<Op> {
        match text.parse::<u64>() {
            Ok(0) => None,
            Ok(number) => Some(Op::Number(number)),
            Err(_) => text.contains("//").then(|| Op::Object(text.to_owned())),
        }
    }
}

/// The cloud, under a program that ends at an op where one is named.
///
/// # Errors
/// Where the op is none.
pub(super) fn at(cloud: Arc<dyn Cloud>, op: Option<&str>) -> Result<Arc<dyn Cloud>, Diagnostic> {
    let Some(text) = op else { return Ok(cloud) };
    let op = Op::parse(text).ok_or_else(|| no_op(text))?;
    Ok(Arc::new(Ending { cloud, op, count: Arc::default() }))
}

/// That the program is still there, though it was to end.
pub(crate) fn not_reached(op: &str) -> Diagnostic {
    Diagnostic::error("kill-at", format!("--kill-at={op} was not reached"))
        .detail("The command came to its end: there was no such op in it.")
        .remedy("Name one that the plan shows, or a smaller number.")
}

fn no_op(text: &str) -> Diagnostic {
    Diagnostic::error("kill-at", format!("--kill-at={text} is no op"))
        .detail("An op is the number of a change, from 1, or the address of the object that it changes.")
        .remedy("Write a number, or ENV/STACK//ADDRESS.")
}

struct Ending {
    cloud: Arc<dyn Cloud>,
    op: Op,
    count: Arc<AtomicU64>,
}

impl Cloud for Ending {
    fn schemas(
        &self,
        stack: &str,
        provider: &addr::ProviderAddr,
        constraints: &Constraints,
        wanted: &Wanted,
    ) -> Result<ProviderSchema, Diagnostic> {
        self.cloud.schemas(stack, provider, constraints, wanted)
    }

    fn digest(&self) -> Digest {
        self.cloud.digest()
    }

    fn provider(
        &self,
        stack: &str,
        provider: &ProviderInstance,
        about: &About,
    ) -> Arc<dyn Provider> {
        let inner = self.cloud.provider(stack, provider, about);
        let At { ends, count } = match (&self.op, about) {
            (Op::Number(number), _) => At { ends: *number, count: self.count.clone() },
            (Op::Object(object), About::Instance { address, .. })
                if *object == format!("{stack}//{address}") =>
            {
                At { ends: 1, count: Arc::default() }
            }
            (Op::Object(_), _) => return inner,
        };
        Arc::new(Last { inner, at: At { ends, count } })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "it is to end as a crash does: nothing runs after it"
)]
fn end() -> ! {
    std::process::exit(KILLED)
}

/// After how many changes the program ends, and how many there were.
struct At {
    ends: u64,
    count: Arc<AtomicU64>,
}

/// A provider whose caller may not live to hear it.
struct Last {
    inner: Arc<dyn Provider>,
    at: At,
}

impl Provider for Last {
    fn call(&self, call: Call) -> BoxFuture<'_, Answer> {
        if !matches!(call, Call::Apply { .. }) {
            return self.inner.call(call);
        }
        let number = self.at.count.fetch_add(1, Ordering::SeqCst) + 1;
        let ends = number == self.at.ends;
        Box::pin(async move {
            let answer = self.inner.call(call).await;
            if ends { end() } else { answer }
        })
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        self.inner.stop()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.inner.close()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_op_is_a_number_or_an_object() {
        let check = |text: &str, expect: Option<Op>| assert_eq!(Op::parse(text), expect, "{text}");
        check("3", Some(Op::Number(3)));
        check("prod/app//aws_vpc.x", Some(Op::Object("prod/app//aws_vpc.x".into())));
        check("0", None);
        check("aws_vpc.x", None);
        check("-1", None);
    }
}
