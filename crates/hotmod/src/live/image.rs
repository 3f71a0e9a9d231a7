//! A library's file, before it is loaded: it must be the session's own, and whole.
//!
//! The loader maps a file and believes what it says. A file that was cut short would end the
//! process by SIGBUS when the missing part is touched, and a damaged one in any way: so what the
//! loader is going to map is read and compared first.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use hotmod_protocol::{DIRECTORY_VARIABLE, Offer, digest};

/// The path of the offered file, if its loaded part is what was offered.
pub(super) fn verify(offer: &Offer) -> Result<PathBuf, String> {
    let path = inside_session(Path::new(&offer.path))?;
    let shown = path.display();
    let read = || {
        let file = File::open(&path)?;
        let length = file.metadata()?.len().min(offer.length);
        let mut loaded = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
        file.take(offer.length).read_to_end(&mut loaded)?;
        Ok(loaded)
    };
    let loaded = read().map_err(|error: std::io::Error| format!("`{shown}`: {error}"))?;
    let (is, expected) = (loaded.len() as u64, offer.length);
    if is < expected {
        return Err(format!("`{shown}` is cut short: {is} of {expected} bytes"));
    }
    if digest(&loaded) != offer.digest {
        return Err(format!(
            "`{shown}` is damaged: its bytes are not those that were offered"
        ));
    }
    Ok(path)
}

/// The path, if it is one of a file in the session's own directory.
fn inside_session(path: &Path) -> Result<PathBuf, String> {
    let directory = std::env::var_os(DIRECTORY_VARIABLE)
        .ok_or_else(|| format!("`{DIRECTORY_VARIABLE}` is not set"))?;
    let directory = Path::new(&directory)
        .canonicalize()
        .map_err(|error| format!("`{}`: {error}", Path::new(&directory).display()))?;
    let real = path
        .canonicalize()
        .map_err(|error| format!("`{}`: {error}", path.display()))?;
    if !real.starts_with(&directory) {
        return Err(format!(
            "`{}` is outside the session's directory `{}`",
            path.display(),
            directory.display()
        ));
    }
    Ok(real)
}
