//! Memory-mapped files: programs and libraries are large, and only small parts of them are read.

#![expect(unsafe_code, reason = "a mapped file can change while it is read")]

use std::fs::File;
use std::io;
use std::path::Path;

use memmap2::Mmap;

/// Maps a program or library that is complete and will not be written to again.
pub(crate) fn map(path: &Path) -> io::Result<Mmap> {
    let file = File::open(path)?;
    // SAFETY: what is mapped must not change. Linkers and cargo make such files anew, under new
    // inodes, and the tool writes to none that it still reads (`build::reclaim`). Somebody who cuts
    // one short by hand ends the tool, as they would by a signal.
    unsafe { Mmap::map(&file) }
}
