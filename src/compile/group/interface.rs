//! The interface of a base crate, which its dependents are compiled against, and whether an edit
//! changes it.
//!
//! Cargo rebuilds every dependent of an edited crate. If only bodies of plain functions changed,
//! the dependents' code would be the same, so only the crate itself is compiled, and the group is
//! linked again. Dependents keep using the old metadata, because they record the exact hash of each
//! dependency, and rustc rejects a mix of two (E0460).
//!
//! In doubt, an interface counts as changed.
//!
//! - [`outline`]: the parts of a file that other crates may compile
//! - [`body`]: whether a function body is among these parts
//! - [`attributes`], [`names`]: whether names in the source have their usual meaning
//! - [`macros`]: which macros of the group a body may call; [`standard`]: those that are recognised by their
//!   names
//! - [`modules`]: the outlines of a crate's modules

mod attributes;
mod body;
mod macros;
mod modules;
mod names;
mod outline;
mod standard;
#[cfg(test)]
mod tests;
mod tokens;

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::base::atomic_file::write_whole;
use crate::base::content_hash::Digest;
use crate::base::stamp::Stamp;

pub(crate) use modules::{Outlines, Source};
pub(crate) use outline::Body;

/// An interface: the metadata of one compilation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Interface {
    /// The compilation that wrote it.
    pub(crate) stamp: Stamp,
    /// The digest of the file.
    written: u64,
}

impl Interface {
    /// A placeholder, for a crate without dependents.
    pub(crate) fn unknown(stamp: Stamp) -> Self {
        Interface { stamp, written: 0 }
    }

    /// The interface in this file.
    pub(crate) fn of(stamp: Stamp, rlib: &Path) -> io::Result<Self> {
        let written = Digest::of_written(rlib)?;
        Ok(Interface { stamp, written })
    }

    /// Whether the file still contains this interface.
    pub(crate) fn is_at(&self, rlib: &Path) -> bool {
        Digest::of_written(rlib).is_ok_and(|written| written == self.written)
    }
}

/// Writes metadata as an archive with a single member.
///
/// rustc accepts such an rlib for `--extern`, also for a crate that is linked. The format is `ar`
/// in the System V variant: a line, then for each member a header of 60 bytes and its content.
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
