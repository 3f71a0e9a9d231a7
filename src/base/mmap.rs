//! Memory-mapped files: programs and libraries are large, and only small parts of them are read.

#![expect(unsafe_code, reason = "a mapped file can change while it is read")]

use std::fs::File;
use std::io;
use std::path::Path;

use memmap2::Mmap;

/// Maps a program or library that is complete and will not be written to again.
pub(crate) fn map(path: &Path) -> io::Result<Mmap> {
    let file = File::open(path)?;
    // SAFETY: a mapped file must not change. Linkers and cargo create a new file, with a new inode,
    // and the tool never writes to a file that it still reads (`build::reclaim`). If a user truncates
    // one by hand, a signal ends the tool.
    unsafe { Mmap::map(&file) }
}
