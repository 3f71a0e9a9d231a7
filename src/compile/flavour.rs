//! The flavour of a crate, which decides how its attributes expand.

use super::record::Role;
use crate::cargo::invocation::Invocation;

impl Role {
    pub(crate) fn flavour(self) -> Option<&'static str> {
        match self {
            Role::Host => Some("host"),
            Role::Baseline => Some("baseline"),
            Role::Unmarked => None,
        }
    }
}

/// Sets the flavour for a crate's attributes.
pub(crate) fn set_flavour(invocation: &mut Invocation, flavour: &str, runtime: Option<&str>) {
    let environment = &mut invocation.environment;
    environment.insert("HOTMOD_FLAVOUR".to_owned(), flavour.to_owned());
    if let Some(runtime) = runtime {
        environment.insert("HOTMOD_CRATE".to_owned(), runtime.to_owned());
    }
    // A symbol then names one instance of one function, which legacy symbols don't.
    invocation.push(["-C", "symbol-mangling-version=v0"]);
    // The attributes generate unsafe code, which `#![forbid(unsafe_code)]` would reject. Cargo does
    // not pass `--cap-lints` for workspace members, but `RUSTFLAGS` may.
    if invocation.values("--cap-lints").next().is_none() {
        invocation.push(["--cap-lints", "warn"]);
    }
}
