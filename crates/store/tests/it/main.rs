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
                super::$law(&crate::support::Bench::new(crate::support::Kind::$kind));
            }
        )+ }
    };
}

mod contract;
mod estate;
mod file;
mod processes;
mod sqlite;
mod support;
