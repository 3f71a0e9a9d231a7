//! The part of a library that the host's loader maps, which an offer describes.
//!
//! The rest, and most of a library, is debug information for debuggers. It is only checked to
//! exist.

use std::io;
use std::path::Path;

use hotmod_protocol::{BUILD_SYMBOL, BuildId};
use object::elf::{FileHeader32, FileHeader64, SHT_DYNSYM};
use object::read::elf::{FileHeader, Sym as _};
use object::{Endianness, FileKind, ReadRef};

use crate::base::elf::loaded_end;
use crate::base::library::Library;
use crate::base::mmap::map;

/// The part of a library that is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Image {
    pub(crate) length: u64,
    pub(crate) digest: u64,
}

/// Why a library is not offered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImageError {
    #[error("could not read the linker's output: {0}")]
    Unreadable(#[from] io::Error),
    #[error("the linker's output is damaged: {0}")]
    Damaged(#[from] object::read::Error),
    #[error("the linker's output is not build {0}")]
    Other(BuildId),
}

impl Image {
    /// Reads the loaded part of a library that was just linked.
    pub(crate) fn of(library: &Library) -> Result<Self, ImageError> {
        let (image, build) = Self::read(&library.path)?;
        let is_it = build == Some(library.build);
        is_it
            .then_some(image)
            .ok_or(ImageError::Other(library.build))
    }

    /// The loaded part, and the build id in it.
    fn read(library: &Path) -> Result<(Self, Option<BuildId>), ImageError> {
        let file = map(library)?;
        let (length, build) = match FileKind::parse(&*file)? {
            FileKind::Elf32 => headers_of::<FileHeader32<Endianness>, _>(&*file)?,
            _ => headers_of::<FileHeader64<Endianness>, _>(&*file)?,
        };
        // If the file is shorter, the host detects that it is truncated.
        let loaded = usize::try_from(length).ok().and_then(|end| file.get(..end));
        let loaded = loaded.unwrap_or(&file);
        let digest = hotmod_protocol::digest(loaded);
        Ok((Image { length, digest }, build))
    }
}

/// The end of the loaded part, and the build id.
fn headers_of<'a, Elf, R>(data: R) -> object::read::Result<(u64, Option<BuildId>)>
where
    Elf: FileHeader<Endian = Endianness>,
    R: ReadRef<'a>,
{
    let header = Elf::parse(data)?;
    let endian = header.endian()?;
    let end = loaded_end(header, endian, data)?;
    // The section headers are at the end of the file, and are zero if writing was interrupted.
    let symbols = header
        .sections(endian, data)?
        .symbols(endian, data, SHT_DYNSYM)?;
    let is_build = |symbol: &&Elf::Sym| {
        let name = symbol.name(endian, symbols.strings());
        name.is_ok_and(|name| name == BUILD_SYMBOL.as_bytes())
    };
    let build = symbols.iter().find(is_build);
    Ok((end, build.map(|it| BuildId(it.st_value(endian).into()))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn an_invalid_or_truncated_library_is_not_offered() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("library.so");
        // The test executable has the same headers.
        let whole = fs::read(std::env::current_exe().unwrap()).unwrap();
        fs::write(&file, &whole).unwrap();
        let (image, build) = Image::read(&file).unwrap();
        assert_eq!(build, None);
        assert!(image.length < whole.len() as u64, "debug info is read");
        let loaded = &whole[..usize::try_from(image.length).unwrap()];
        assert_eq!(image.digest, hotmod_protocol::digest(loaded));

        let error_of = |bytes: &[u8]| {
            fs::write(&file, bytes).unwrap();
            Image::read(&file).unwrap_err().to_string()
        };
        // Section headers come after the loaded part.
        let cut = &whole[..whole.len() - 1];
        for bytes in [
            b"",
            &b"not a library"[..],
            &whole[..20],
            &whole[..64],
            loaded,
            cut,
        ] {
            let error = error_of(bytes);
            let expected = "the linker's output is damaged: ";
            assert!(error.starts_with(expected), "{error}");
        }
        fs::remove_file(&file).unwrap();
        let error = Image::read(&file).unwrap_err().to_string();
        let expected = "could not read the linker's output: ";
        assert!(error.starts_with(expected), "{error}");
    }
}
