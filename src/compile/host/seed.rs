//! A session's target directory begins as a copy of the user's, so that a warm workspace compiles
//! no crate of a registry again.
//!
//! There is no record yet that says where cargo put what, and its layout changes. So the folder of
//! a profile is copied whole, except rustc's incremental state.
//!
//! Large artefacts are hard links: rustc and linkers replace such files, they never write into
//! them. Cargo's own small files are copied, since cargo does write into them, and the user's
//! must stay as they are. Modification times are kept: cargo's freshness rests on them.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Seeds the session's directory for one profile (`debug`, or `TRIPLE/debug`) from the user's,
/// unless there is one already or nothing to take.
pub(crate) fn seed(user: &Path, session: &Path, profile: &Path) -> io::Result<()> {
    let (from, to) = (user.join(profile), session.join(profile));
    if to.exists() || !from.is_dir() {
        return Ok(());
    }
    let parent = to.parent().unwrap_or(session);
    fs::create_dir_all(parent)?;
    // Made aside and moved into place: a copy that was cut off is no target directory.
    let scratch = tempfile::Builder::new()
        .prefix("seeding-")
        .tempdir_in(parent)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        // Files beside the folders are cargo's locks, and what the user asked cargo for.
        if entry.file_type()?.is_dir() && entry.file_name() != INCREMENTAL {
            copy_tree(&entry.path(), &scratch.path().join(entry.file_name()))?;
        }
    }
    fs::rename(scratch.keep(), &to)
}

/// Where rustc keeps its incremental state. It is of the workspace's own crates, and large.
const INCREMENTAL: &str = "incremental";

fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let metadata = match entry.metadata() {
            Ok(metadata) => metadata,
            // Another cargo may be at work here; what it removes is not needed.
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

/// Whether nobody writes into it: a library, or a program with rustc's dep-info beside it. A program
/// that a build script made is copied, since the script may run again.
fn is_artefact(path: &Path, metadata: &Metadata) -> bool {
    const LIBRARIES: [&str; 4] = ["rlib", "rmeta", "so", "a"];
    match path.extension() {
        Some(extension) => LIBRARIES.iter().any(|it| extension == *it),
        None => metadata.permissions().mode() & 0o111 != 0 && path.with_extension("d").exists(),
    }
}
