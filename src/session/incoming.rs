//! The messages to the session's loop, from all its threads.

use std::collections::BTreeSet;

use crate::cargo::progress::BuildOutput;
use crate::control::{Asked, Key};
use crate::host::Signal;
use crate::stale::Noticed;

use super::core::NewCode;
use super::job::Done;

/// A message to the session's loop.
#[derive(Debug)]
pub(super) enum Incoming {
    Files(Noticed),
    Host(Signal),
    /// Cargo's progress with the host.
    BuildOutput(BuildOutput),
    Done(Box<Done>),
    /// The new code of a generation that is live.
    NewCode(NewCode),
    /// Earlier code that the program holds on to.
    HeldCode(HeldCode),
    Asked(Asked),
    Key(Key),
    /// A signal that ends the session.
    Unix(i32),
}

/// Functions of earlier generations to which the program has pointers.
#[derive(Debug)]
pub(super) struct HeldCode {
    pub(super) generation: u32,
    pub(super) functions: BTreeSet<String>,
}

impl From<Signal> for Incoming {
    fn from(signal: Signal) -> Self {
        Incoming::Host(signal)
    }
}

impl From<Key> for Incoming {
    fn from(key: Key) -> Self {
        Incoming::Key(key)
    }
}

impl From<Asked> for Incoming {
    fn from(asked: Asked) -> Self {
        Incoming::Asked(asked)
    }
}
