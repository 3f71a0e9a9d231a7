//! Seeds a session's target directory with a copy of the user's, so that registry crates are not
//! recompiled.
//!
//! Cargo's layout can change, and there are no records yet that say where files are. So the whole
//! folder of a profile is copied, except rustc's incremental state.
//!
//! Large artifacts are hard links: rustc and linkers replace such files, and never modify them.
//! Cargo's own small files are copied, because cargo modifies them, and the user's must not change.
//! Modification times are kept, because cargo uses them to decide what is fresh.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Seeds the session's directory for one profile (`debug`, or `TRIPLE/debug`) from the user's,
/// unless it exists already or the user has none.
pub(crate) fn seed(user: &Path, session: &Path, profile: &Path) -> io::Result<()> {
    let (from, to) = (user.join(profile), session.join(profile));
    if to.exists() || !from.is_dir() {
        return Ok(());
    }
    let parent = to.parent().unwrap_or(session);
    fs::create_dir_all(parent)?;
    // Created under another name and renamed, so that an interrupted copy is not used.
    let scratch = tempfile::Builder::new()
        .prefix("seeding-")
        .tempdir_in(parent)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        // Files next to the folders are cargo's locks and final artifacts.
        if entry.file_type()?.is_dir() && entry.file_name() != INCREMENTAL {
            copy_tree(&entry.path(), &scratch.path().join(entry.file_name()))?;
        }
    }
    fs::rename(scratch.keep(), &to)
}

/// rustc's incremental state, which is large and only for workspace members.
const INCREMENTAL: &str = "incremental";

fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let metadata = match entry.metadata() {
            Ok(metadata) => metadata,
            // Another cargo may be running here. Files that it removes are not needed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        if metadata.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else if metadata.is_file() {
            copy_file(&entry.path(), &target, &metadata)?;
        }
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path, metadata: &Metadata) -> io::Result<()> {
    if is_artefact(from, metadata) && fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    match fs::copy(from, to) {
        Ok(_) => fs::File::options()
            .append(true)
            .open(to)?
            .set_modified(metadata.modified()?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Whether a file is never modified: a library, or a program with rustc's dep-info next to it. A
/// program that a build script created is copied, because the script may write to it again.
fn is_artefact(path: &Path, metadata: &Metadata) -> bool {
    const LIBRARIES: [&str; 4] = ["rlib", "rmeta", "so", "a"];
    match path.extension() {
        Some(extension) => LIBRARIES.iter().any(|it| extension == *it),
        None => metadata.permissions().mode() & 0o111 != 0 && path.with_extension("d").exists(),
    }
}
