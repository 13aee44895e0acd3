//! The store's tests that use it as others do.
//!
//! One binary: it is also the children that `processes` starts.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

/// One test for each law and each kind of store.
macro_rules! laws {
    ($kinds:tt $($law:ident),+ $(,)?) => { $(laws!(@one $kinds $law);)+ };
    (@one [$($kind:ident $name:ident),+] $law:ident) => {
        mod $law { $(
            #[test]
            fn $name() {
                let kind = crate::support::Kind::$kind;
                match crate::support::Bench::new(kind) {
                    Some(bench) => super::$law(&bench),
                    None => crate::server::skipped(module_path!()),
                }
            }
        )+ }
    };
}

mod audit;
mod contract;
mod estate;
mod file;
mod postgres;
mod processes;
mod proxy;
mod server;
mod sqlite;
mod support;
mod transfer;
