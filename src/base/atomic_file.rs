//! Atomic file writes, second names for files, and removals of files that may not be there.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Removes a file, unless it does not exist.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Gives a file a second name. The other name must not exist.
pub(crate) fn link_or_copy(file: &Path, other: &Path) -> io::Result<()> {
    // Some file systems have no hard links.
    fs::hard_link(file, other).or_else(|_| fs::copy(file, other).map(drop))
}

/// Writes a file atomically: neither a reader nor a crash sees a partial file. Only the owner may
/// read it, because recorded commands can contain secrets.
pub(crate) fn write_whole(path: &Path, contents: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    let mut file = tempfile::Builder::new()
        .permissions(fs::Permissions::from_mode(0o600))
        .tempfile_in(directory)?;
    io::Write::write_all(&mut file, contents)?;
    file.persist(path)?;
    Ok(())
}
