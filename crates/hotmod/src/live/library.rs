//! The dynamic loader.
//!
//! This uses `libc` instead of `libloading`, because the runtime is compiled into users' programs. Most of
//! them depend on `libc` already, so a first session compiles no additional crate.

#![expect(unsafe_code, reason = "the dynamic loader is a C interface")]

use std::ffi::{CStr, CString, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// A loaded library. It is never unloaded, because nothing can prove that no reference to it is left.
pub(super) struct Library(*mut c_void);

impl Library {
    /// Loads a library, resolves all its references, and makes its symbols invisible to other libraries.
    ///
    /// # Safety
    /// The file is complete and does not change, and its initialisers may run in this process.
    pub(super) unsafe fn open(path: &Path) -> Result<Library, String> {
        let name = CString::new(path.as_os_str().as_bytes())
            .map_err(|_| format!("`{}` has a zero byte in it", path.display()))?;
        // SAFETY: the caller guarantees it.
        let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        if handle.is_null() {
            return Err(last_error());
        }
        Ok(Library(handle))
    }

    /// The address of a symbol of the library.
    pub(super) fn symbol(&self, name: &str) -> Option<*mut c_void> {
        let name = CString::new(name).ok()?;
        // SAFETY: the handle is of a library that is never closed; the name ends in a zero byte.
        let value = unsafe { libc::dlsym(self.0, name.as_ptr()) };
        (!value.is_null()).then_some(value)
    }
}

fn last_error() -> String {
    // SAFETY: the message is null or a string that is valid until the next call on this thread.
    let message = unsafe { libc::dlerror() };
    if message.is_null() {
        return "the dynamic loader gave no reason".to_owned();
    }
    // SAFETY: as above.
    let message = unsafe { CStr::from_ptr(message) };
    message.to_string_lossy().into_owned()
}
