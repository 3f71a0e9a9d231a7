//! What the attributes of a crate are expanded for.

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

/// Tells the attributes what they are expanded for.
pub(crate) fn set_flavour(invocation: &mut Invocation, flavour: &str, runtime: Option<&str>) {
    let environment = &mut invocation.environment;
    environment.insert("HOTMOD_FLAVOUR".to_owned(), flavour.to_owned());
    if let Some(runtime) = runtime {
        environment.insert("HOTMOD_CRATE".to_owned(), runtime.to_owned());
    }
    // What the attributes make is not what `#![forbid(unsafe_code)]` is about, and can't allow
    // itself otherwise. Cargo has the flag for no crate of a workspace; `RUSTFLAGS` may.
    if invocation.values("--cap-lints").next().is_none() {
        invocation.push(["--cap-lints", "warn"]);
    }
}
