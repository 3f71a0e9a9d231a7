//! A file as memory, which is read without a copy.

#![expect(unsafe_code, reason = "std can't map files")]

use std::fs::File;
use std::io;
use std::ops::Deref;
use std::os::fd::AsRawFd as _;
use std::ptr::{NonNull, null_mut};
use std::slice;

/// The content of a file.
pub(super) struct Mapping {
    begin: NonNull<u8>,
    length: usize,
}

// SAFETY: it is memory that nobody writes to.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps a file.
    ///
    /// # Safety
    ///
    /// Nobody writes to the file any more, nor makes it shorter.
    pub(super) unsafe fn of_complete(file: &File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        let length = usize::try_from(length).map_err(io::Error::other)?;
        if length == 0 {
            let begin = NonNull::dangling();
            return Ok(Mapping { begin, length });
        }
        let descriptor = file.as_raw_fd();
        // SAFETY: it maps new memory, at an address that the kernel chooses.
        let begin = unsafe {
            libc::mmap(
                null_mut(),
                length,
                libc::PROT_READ,
                libc::MAP_PRIVATE,
                descriptor,
                0,
            )
        };
        match NonNull::new(begin.cast()).filter(|_| begin != libc::MAP_FAILED) {
            Some(begin) => Ok(Mapping { begin, length }),
            None => Err(io::Error::last_os_error()),
        }
    }
}

impl Deref for Mapping {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: the memory is mapped as long as this value exists, and the caller of `of_complete`
        // ensures that the file does not change. For an empty file, any pointer that is not null will do.
        unsafe { slice::from_raw_parts(self.begin.as_ptr(), self.length) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        if self.length > 0 {
            // SAFETY: it was mapped with this length, and nobody refers to it any more.
            unsafe { libc::munmap(self.begin.as_ptr().cast(), self.length) };
        }
    }
}
