//! The messages to the session's loop, from all its threads.

use crate::cargo::progress::BuildOutput;
use crate::control::{Asked, Key};
use crate::host::Signal;
use crate::stale::Noticed;

use super::code::HeldCode;
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
