//! Memory-mapped files: programs and libraries are large, and only small parts of them are read.

#![expect(unsafe_code, reason = "a mapped file can change while it is read")]

use std::fs::File;
use std::io;
use std::path::Path;

use memmap2::Mmap;

/// Maps a program or library that is complete.
pub(crate) fn map(path: &Path) -> io::Result<Mmap> {
    let file = File::open(path)?;
    // SAFETY: a mapped file must not change. Linkers and cargo create a new file, with a new inode.
    // Only `compile::link::reclaim` writes to an existing one, the library of an old generation, which
    // the tool no longer reads. If a user truncates a file by hand, a signal ends the tool.
    unsafe { Mmap::map(&file) }
}
