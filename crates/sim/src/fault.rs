//! What is to go wrong: `--fault 'TYPE.NAME-PATTERN:VERB:KIND'` and `--drift 'ADDRESS-PATTERN:attribute=value'`.
//!
//! Only what they say and whom they mean; what comes of them is in `behave` and `drift`. Invariant: a fault that was
//! read names a verb and a kind that there are.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use addr::ResourceInstance;
use diag::Diagnostic;

use crate::log::Verb;

/// In which way a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// It is refused, and nothing happened.
    Error,
    /// No answer comes in time; it happened or not, as the seed decides.
    Timeout,
    /// It happened, and yet the answer is an error.
    Partial,
    /// The cloud asks to go slower; tried again it works.
    Throttle,
}

/// A pattern of addresses, with `*` for any text. Before a `/` stands a pattern of the stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whom {
    stack: Option<String>,
    address: String,
}

impl Whom {
    /// `ADDRESS`, `STACK//ADDRESS` as every report prints it, or `STACK/ADDRESS`.
    fn parse(text: &str) -> Whom {
        let before_key = &text[..text.find('[').unwrap_or(text.len())];
        if let Some((stack, _)) = before_key.split_once("//") {
            let address = text[stack.len() + 2..].to_owned();
            return Whom { stack: Some(stack.to_owned()), address };
        }
        let before_type = &text[..text.find('.').unwrap_or(text.len())];
        match before_type.rfind('/') {
            Some(at) => {
                Whom { stack: Some(text[..at].to_owned()), address: text[at + 1..].to_owned() }
            }
            None => Whom { stack: None, address: text.to_owned() },
        }
    }

    /// Whether an instance is meant: by its whole address, without its key, or without its modules.
    pub fn means(&self, stack: &str, address: &ResourceInstance) -> bool {
        if self.stack.as_ref().is_some_and(|pattern| !like(pattern, stack)) {
            return false;
        }
        let resource = address.resource.to_string();
        like(&self.address, &address.to_string())
            || like(&self.address, &resource)
            || like(&self.address, &format!("{resource}{}", address.key))
    }
}

/// Whether a text is like a pattern with `*` for any text.
fn like(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// A call that is to go wrong.
#[derive(Debug)]
pub struct Fault {
    text: String,
    whom: Whom,
    verb: Verb,
    kind: FaultKind,
    struck: AtomicBool,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Fault {
    /// Reads what `--fault` was given.
    ///
    /// # Errors
    /// Where it is no fault.
    pub fn parse(text: &str) -> Result<Fault, Diagnostic> {
        let wrong = |detail: String| {
            Diagnostic::error("fault-invalid", "A fault cannot be read")
                .detail(format!("--fault {text:?}: {detail}."))
                .remedy(
                    "Write TYPE.NAME:VERB:KIND, as in 'aws_eks_cluster.*:create:error'. Verbs: create, update, delete, \
                     read, data, import. Kinds: error, timeout, partial, throttle.",
                )
        };
        let mut pieces = text.rsplitn(3, ':');
        let (Some(kind), Some(verb), Some(whom)) = (pieces.next(), pieces.next(), pieces.next())
        else {
            return Err(wrong("it has not three parts".to_owned()));
        };
        let kind = match kind {
            "error" => FaultKind::Error,
            "timeout" => FaultKind::Timeout,
            "partial" => FaultKind::Partial,
            "throttle" => FaultKind::Throttle,
            other => return Err(wrong(format!("there is no kind {other:?}"))),
        };
        let Some(verb) = Verb::parse(verb) else {
            return Err(wrong(format!("there is no verb {verb:?}")));
        };
        if !whom.contains('.') {
            return Err(wrong(format!("{whom:?} is no address or pattern of one")));
        }
        let whom = Whom::parse(whom);
        Ok(Fault { text: text.to_owned(), whom, verb, kind, struck: AtomicBool::new(false) })
    }

    /// Whether it is about this instance, whatever is done to it.
    pub fn names(&self, stack: &str, address: &ResourceInstance) -> bool {
        self.whom.means(stack, address)
    }

    /// Its kind, where it strikes this call.
    pub(crate) fn strikes(
        &self,
        stack: &str,
        address: &ResourceInstance,
        verb: Verb,
    ) -> Option<FaultKind> {
        let strikes = self.verb == verb && self.names(stack, address);
        if strikes {
            self.struck.store(true, Ordering::Relaxed);
        }
        strikes.then_some(self.kind)
    }

    /// Whether it struck a call.
    pub fn has_struck(&self) -> bool {
        self.struck.load(Ordering::Relaxed)
    }

    /// That it names nothing.
    pub fn names_nothing(&self) -> Diagnostic {
        Diagnostic::error("fault-names-nothing", "A fault names nothing")
            .detail(format!("--fault {:?}: no resource of the plan is like it.", self.text))
            .remedy("Write the address as the plan shows it; * stands for any text.")
    }
}

/// A change of the world that nobody planned.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    pub(crate) text: String,
    pub(crate) whom: Whom,
    pub(crate) change: Change,
}

/// What drifts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Change {
    /// The attribute at this path has another value.
    Set(Vec<String>, serde_json::Value),
    /// The object is gone.
    Gone,
}

impl Drift {
    /// Reads what `--drift` was given: `ADDRESS:attribute=value` or `ADDRESS:gone`. The value is JSON, or else a text.
    ///
    /// # Errors
    /// Where it is no drift.
    pub fn parse(text: &str) -> Result<Drift, Diagnostic> {
        let wrong = |detail: &str| {
            Diagnostic::error("drift-invalid", "A drift cannot be read")
                .detail(format!("--drift {text:?}: {detail}."))
                .remedy(
                    "Write ADDRESS:attribute=value or ADDRESS:gone, as in \
                     'aws_security_group.db:description=\"open\"'; the value is JSON or a text.",
                )
        };
        if let Some(whom) = text.strip_suffix(":gone") {
            return Ok(Drift { text: text.into(), whom: Whom::parse(whom), change: Change::Gone });
        }
        let (left, value) = text.split_once('=').ok_or_else(|| wrong("it has no ="))?;
        let (whom, path) =
            left.rsplit_once(':').ok_or_else(|| wrong("it has no : before the ="))?;
        if !whom.contains('.') || path.is_empty() || path.split('.').any(str::is_empty) {
            return Err(wrong("it needs an address and an attribute"));
        }
        let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
        let path = path.split('.').map(str::to_owned).collect();
        Ok(Drift { text: text.into(), whom: Whom::parse(whom), change: Change::Set(path, value) })
    }

    /// That it names nothing.
    pub(crate) fn names_nothing(&self, why: &str) -> Diagnostic {
        Diagnostic::error("drift-names-nothing", "A drift names nothing")
            .detail(format!("--drift {:?}: {why}.", self.text))
            .remedy(
                "Write the address of an object that exists, and a path of attributes that it has.",
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> ResourceInstance {
        text.parse().unwrap()
    }

    #[test]
    fn faults_mean_instances_by_pattern() {
        let check = |fault: &str, stack: &str, at: &str, expect: bool| {
            let fault = Fault::parse(fault).unwrap();
            assert_eq!(fault.names(stack, &address(at)), expect, "{fault} {stack} {at}");
        };
        check("aws_eks_cluster.*:create:error", "prod/cluster", "aws_eks_cluster.this", true);
        check("aws_eks_cluster.*:create:error", "", "module.eks.aws_eks_cluster.this[0]", true);
        check("aws_eks_cluster.main:create:error", "", "aws_eks_cluster.this", false);
        check("prod/*/aws_vpc.main:delete:partial", "prod/network", "aws_vpc.main", true);
        check("prod/*/aws_vpc.main:delete:partial", "dev/network", "aws_vpc.main", false);
        check("prod/network/aws_vpc.main:delete:partial", "prod/network", "aws_vpc.main", true);
        check("prod/network/aws_vpc.main:delete:partial", "dev/network", "aws_vpc.main", false);
        check("prod/network//aws_vpc.main:delete:partial", "prod/network", "aws_vpc.main", true);
        check("prod/network//aws_vpc.main:delete:partial", "dev/network", "aws_vpc.main", false);
        check("prod/a:eu.1//module.m.a_b.c:read:error", "prod/a:eu.1", "module.m.a_b.c", true);
        check("a_b.c[\"x:y\"]:read:throttle", "", "a_b.c[\"x:y\"]", true);
        check("a_b.c[\"s3://x\"]:read:throttle", "", "a_b.c[\"s3://x\"]", true);
    }

    #[test]
    fn what_is_no_fault_is_refused() {
        for (text, expect) in [
            ("aws_vpc.main", "three parts"),
            ("aws_vpc.main:create:explode", "no kind \"explode\""),
            ("aws_vpc.main:grow:error", "no verb \"grow\""),
            ("aws_vpc:create:error", "no address"),
        ] {
            let wrong = Fault::parse(text).unwrap_err();
            assert!(wrong.detail.contains(expect) && !wrong.remedy.is_empty(), "{wrong:?}");
        }
        for text in ["a_b.c:x", "x=1", "a_b.c:=1", "a:x=1"] {
            assert!(Drift::parse(text).is_err(), "{text}");
        }
        let drift = Drift::parse("a_b.c[\"k\"]:x.0.y=[1]").unwrap();
        assert_eq!(
            drift.change,
            Change::Set(["x", "0", "y"].map(String::from).to_vec(), serde_json::json!([1]))
        );
    }
}
