//! Catches the signals that end a program while `init` writes files, so that it can revert them
//! first.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use signal_hook::flag;

use crate::base::termination::ENDING;

use super::InitError;

/// The last signal that arrived, or 0.
#[derive(Debug)]
pub(crate) struct Interrupt(Arc<AtomicUsize>);

impl Interrupt {
    /// From now on, these signals don't end the process. A Ctrl-C in the terminal still ends cargo,
    /// for which `init` waits.
    pub(crate) fn note() -> io::Result<Self> {
        let came = Arc::new(AtomicUsize::new(0));
        for signal in ENDING {
            let number = usize::try_from(signal).unwrap_or_default();
            flag::register_usize(signal, Arc::clone(&came), number)?;
        }
        Ok(Interrupt(came))
    }

    pub(crate) fn check(&self) -> Result<(), InitError> {
        // Relaxed: no other memory is synchronised by it.
        match self.0.load(Ordering::Relaxed) {
            0 => Ok(()),
            signal => Err(InitError::Interrupted(signal)),
        }
    }
}
