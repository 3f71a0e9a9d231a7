//! The signals that end a program, noted while files are written, so that all of them can be taken
//! back first.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use signal_hook::flag;

use crate::base::termination::ENDING;

use super::InitError;

/// The last of them that came, 0 if none did.
#[derive(Debug)]
pub(crate) struct Interrupt(Arc<AtomicUsize>);

impl Interrupt {
    /// From here on none of them ends the process. Cargo, which is waited for, is ended by the
    /// terminal's.
    pub(crate) fn note() -> io::Result<Self> {
        let came = Arc::new(AtomicUsize::new(0));
        for signal in ENDING {
            let number = usize::try_from(signal).unwrap_or_default();
            flag::register_usize(signal, Arc::clone(&came), number)?;
        }
        Ok(Interrupt(came))
    }

    pub(crate) fn check(&self) -> Result<(), InitError> {
        // Relaxed: nothing but the number is handed over.
        match self.0.load(Ordering::Relaxed) {
            0 => Ok(()),
            signal => Err(InitError::Interrupted(signal)),
        }
    }
}
