//! A session's target directory begins as a copy of the user's, so that a warm workspace compiles
//! no crate of a registry again.
//!
//! Large artefacts are hard links: rustc and linkers replace such files, they never write into
//! them. Cargo's own small files are copied, since cargo does write into them, and the user's
//! must stay as they are. Modification times are kept: cargo's freshness rests on them.

use std::fs;
use std::io;
use std::path::Path;

/// Seeds the session's directory for one profile (`debug`, or `TRIPLE/debug`) from the user's,
/// unless there is one already or nothing to take.
pub(crate) fn seed(user: &Path, session: &Path, profile: &Path) -> io::Result<()> {
    let (from, to) = (user.join(profile), session.join(profile));
    if to.exists() || !from.join(".fingerprint").is_dir() {
        return Ok(());
    }
    let parent = to.parent().unwrap_or(session);
    fs::create_dir_all(parent)?;
    // Made aside and moved into place: a copy that was cut off is no target directory.
    let scratch = tempfile::Builder::new()
        .prefix("seeding-")
        .tempdir_in(parent)?;
    for part in [".fingerprint", "build", "deps"] {
        if from.join(part).is_dir() {
            copy_tree(&from.join(part), &scratch.path().join(part))?;
        }
    }
    fs::rename(scratch.keep(), &to)
}

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

fn copy_file(from: &Path, to: &Path, metadata: &fs::Metadata) -> io::Result<()> {
    const NEVER_WRITTEN_INTO: [&str; 4] = ["rlib", "rmeta", "so", "a"];
    let is_artefact = from
        .extension()
        .and_then(|it| it.to_str())
        .is_some_and(|it| NEVER_WRITTEN_INTO.contains(&it));
    if is_artefact && fs::hard_link(from, to).is_ok() {
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
