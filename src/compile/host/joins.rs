//! Checks that a program joins the session that starts it.

use std::path::Path;

use object::read::elf::ElfFile64;
use object::{LittleEndian, Object as _, ObjectSymbol};

use crate::base::mmap::map;
use crate::compile::host::HostError;

/// Whether a program calls the runtime's `start`, which is in the shared dylib.
pub(crate) fn joins_session(executable: &Path) -> Result<bool, HostError> {
    // The path `hotmod::live::start::start`, which is the same in rustc's legacy and v0 mangling.
    const START: &[u8] = b"6hotmod4live5start5start";
    let bytes = map(executable)?;
    let unreadable = |error| HostError::Unreadable(executable.to_owned(), error);
    let file = ElfFile64::<LittleEndian>::parse(&*bytes).map_err(unreadable)?;
    Ok(file
        .dynamic_symbols()
        .filter(ObjectSymbol::is_undefined)
        .any(|symbol| {
            symbol
                .name_bytes()
                .is_ok_and(|name| memchr::memmem::find(name, START).is_some())
        }))
}
