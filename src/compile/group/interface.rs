//! What the dependants of a base crate were compiled against, and whether an edit keeps it.
//!
//! Cargo rebuilds every dependant of an edited crate. When only bodies of plain functions changed,
//! the dependants' code would be the same again, so the crate alone is compiled and the group is
//! linked anew. The metadata that dependants are compiled against stays as it was, since a crate
//! records the exact hash of each one that it names: rustc would refuse to mix two (E0460).
//!
//! Whatever is not surely kept is taken for changed.
//!
//! - [`outline`]: what of a file other crates may have compiled in
//! - [`body`]: whether what is in a body is part of that
//! - [`attributes`], [`names`]: whether what is written means what it seems to
//! - [`modules`]: which files are a crate's modules

mod attributes;
mod body;
mod modules;
mod names;
mod outline;
#[cfg(test)]
mod tests;
mod tokens;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::base::atomic_file::write_whole;
use crate::base::content_hash::{ContentHash, Digest};
use crate::base::contents::{Contents, Digested};
use crate::base::parse::look_at_file;
use crate::base::stamp::Stamp;

/// An interface: the metadata of one compilation, and the sources that it is the interface of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Interface {
    /// Of the compilation that wrote it.
    pub(crate) stamp: Stamp,
    /// Of the file that it was written to.
    written: u64,
    /// Outlines of the crate's modules; of none if one of them can't be judged by its text.
    outlines: BTreeMap<PathBuf, u64>,
}

impl Interface {
    /// One that no edit keeps, and nobody is compiled against.
    pub(crate) fn unknown(stamp: Stamp) -> Self {
        Interface {
            stamp,
            written: 0,
            outlines: BTreeMap::new(),
        }
    }

    /// The interface in this file, of a crate that was compiled from these contents.
    pub(crate) fn of(
        stamp: Stamp,
        rlib: &Path,
        root: Option<&Path>,
        runtime: &str,
        read: &Contents,
    ) -> io::Result<Self> {
        let outlines = root.and_then(|root| modules::outlines(root, runtime, read));
        Ok(Interface {
            stamp,
            written: Digest::of_written(rlib)?,
            outlines: outlines.unwrap_or_default(),
        })
    }

    /// Whether it is this one that the file holds.
    pub(crate) fn is_at(&self, rlib: &Path) -> bool {
        Digest::of_written(rlib).is_ok_and(|written| written == self.written)
    }

    /// Whether it is still that of the crate when files have these contents instead.
    pub(crate) fn is_kept<'a>(
        &self,
        runtime: &str,
        mut changed: impl Iterator<Item = (&'a PathBuf, &'a Digested)>,
    ) -> bool {
        changed.all(|(path, content)| {
            let Some(outline) = self.outlines.get(path) else {
                return false;
            };
            let Ok(text) = fs::read_to_string(path) else {
                return false;
            };
            *content == Digested::Content(ContentHash::new(text.as_bytes()))
                && look_at_file(&text, |file| outline::outline(file, runtime)).flatten()
                    == Some(*outline)
        })
    }
}

/// Writes metadata as an archive that holds nothing else.
///
/// rustc takes an rlib for whatever names a crate, a library that is to be linked too. The format
/// is `ar`'s of System V: a line, then for each member a header of 60 bytes and its content.
pub(crate) fn write_as_rlib(metadata: &Path, rlib: &Path) -> io::Result<()> {
    let content = fs::read(metadata)?;
    let mut archive = b"!<arch>\n".to_vec();
    archive.extend(
        format!(
            "{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n",
            "lib.rmeta/",
            0,
            0,
            0,
            644,
            content.len()
        )
        .bytes(),
    );
    archive.extend(&content);
    if content.len() % 2 == 1 {
        archive.push(b'\n');
    }
    write_whole(rlib, &archive)
}
