//! The members of an rlib: rustc's objects, and objects of bundled native libraries. Their names
//! differ, see [`OBJECT`].

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use ar_archive_writer::{ArchiveKind, DEFAULT_OBJECT_READER, NewArchiveMember};
use object::read::archive::ArchiveFile;

use crate::base::mmap::map;
use crate::cargo::artifact::OBJECT;

/// The objects in an rlib, or in a static library.
#[derive(Default)]
pub(crate) struct Members<'a> {
    pub(crate) rust: Vec<(String, &'a [u8])>,
    pub(crate) native: Vec<(String, &'a [u8])>,
}

impl<'a> Members<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> object::read::Result<Self> {
        let mut members = Members::default();
        for member in ArchiveFile::parse(bytes)?.members() {
            let member = member?;
            let name = String::from_utf8_lossy(member.name()).into_owned();
            let data = member.data(bytes)?;
            if name.ends_with(OBJECT) {
                members.rust.push((name, data));
            } else if !name.ends_with(".rmeta") && object::File::parse(data).is_ok() {
                // Nested archives, which rustc unpacks for a link, and bitcode are not object
                // files.
                members.native.push((name, data));
            }
        }
        Ok(members)
    }
}

/// Writes the native objects of an rlib into a static library; `false` if it has none.
pub(crate) fn write_native(rlib: &Path, library: &Path) -> io::Result<bool> {
    let bytes = map(rlib)?;
    let native = Members::of(&bytes).map_err(io::Error::other)?.native;
    if native.is_empty() {
        return Ok(false);
    }
    let objects = native.into_iter();
    let objects: Vec<_> = objects
        .map(|(name, data)| NewArchiveMember::new(data, &DEFAULT_OBJECT_READER, name))
        .collect();
    let mut file = File::create(library)?;
    ar_archive_writer::write_archive_to_stream(&mut file, &objects, ArchiveKind::Gnu, false, None)?;
    Ok(true)
}

/// Writes rustc's objects of an rlib into a folder. Writes none if the rlib has no other members.
pub(crate) fn unpack_rust(rlib: &Path, folder: &Path) -> io::Result<Vec<PathBuf>> {
    let bytes = map(rlib)?;
    let members = Members::of(&bytes).map_err(io::Error::other)?;
    if members.native.is_empty() {
        return Ok(Vec::new());
    }
    let write = |(name, data): (String, &[u8])| {
        let object = folder.join(name);
        fs::write(&object, data)?;
        Ok(object)
    };
    members.rust.into_iter().map(write).collect()
}
