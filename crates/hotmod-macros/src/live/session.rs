//! Which crate is being compiled, as the tool's rustc wrapper says it in the environment.

use std::env;

use super::template::template;
use super::tokens::{Ident, Span, TokenStream, TokenTree};

/// The three ways to compile a crate in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flavour {
    /// The program that runs: `#[main]` acts, `#[hot]` does not.
    Host,
    /// A reloadable crate as it is linked into the host: an entry point asks where to go.
    Baseline,
    /// A reloadable crate as part of a generation: an entry point is the plain function, and says where it is.
    Group,
}

/// What an expansion depends on besides its item.
pub(super) struct Session {
    pub(super) flavour: Flavour,
    /// What the host is built with, as the tool numbers it; 0 if it doesn't say.
    pub(super) identity: u64,
    runtime: Ident,
}

impl Session {
    /// `None` outside a session, and for a flavour that this version does not know.
    pub(super) fn from_env() -> Option<Self> {
        let flavour = match env::var("HOTMOD_FLAVOUR").ok()?.as_str() {
            "host" => Flavour::Host,
            "baseline" => Flavour::Baseline,
            "group" => Flavour::Group,
            _ => return None,
        };
        let runtime = env::var("HOTMOD_CRATE").unwrap_or_default();
        let identity = env::var("HOTMOD_IDENTITY").unwrap_or_default();
        Some(Self {
            identity: u64::from_str_radix(&identity, 16).unwrap_or_default(),
            ..Self::new(flavour, &runtime)
        })
    }

    /// `runtime` is the name under which the crate knows `hotmod`, as its manifest may rename it.
    pub(super) fn new(flavour: Flavour, runtime: &str) -> Self {
        let tokens = runtime.replace('-', "_").parse::<TokenStream>();
        let runtime = match tokens.unwrap_or_default().into_iter().next() {
            Some(TokenTree::Ident(name)) => name,
            _ => Ident::new("hotmod", Span::call_site()),
        };
        Self {
            flavour,
            identity: 0,
            runtime,
        }
    }

    /// The path of the runtime's half of the expansions.
    pub(super) fn private(&self) -> TokenStream {
        let runtime = &self.runtime;
        template!({ ::#runtime::__private }, runtime)
    }
}
