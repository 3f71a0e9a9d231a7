//! The part of a library that the host's loader maps: what an offer says of it.
//!
//! The rest is debug information, which only a debugger reads, and is most of a library.

use std::io;
use std::path::Path;

use object::elf::{FileHeader32, FileHeader64, PT_LOAD};
use object::read::elf::{FileHeader, ProgramHeader as _};
use object::{Endianness, FileKind, ReadRef};

use crate::mapped::map;

/// A library's loaded part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Image {
    pub(crate) length: u64,
    pub(crate) digest: u64,
}

/// Why a library is not offered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImageError {
    #[error("the library that the linker made can't be read: {0}")]
    Unreadable(#[from] io::Error),
    #[error("the library that the linker made is damaged: {0}")]
    Damaged(#[from] object::read::Error),
    #[error("the library that the linker made is cut short: {is} of at least {expected} bytes")]
    CutShort { is: u64, expected: u64 },
}

impl Image {
    /// Reads a library as far as it is loaded.
    pub(crate) fn of(library: &Path) -> Result<Self, ImageError> {
        let file = map(library)?;
        let length = match FileKind::parse(&*file)? {
            FileKind::Elf32 => end_of_segments::<FileHeader32<Endianness>, _>(&*file)?,
            _ => end_of_segments::<FileHeader64<Endianness>, _>(&*file)?,
        };
        let loaded = usize::try_from(length).ok().and_then(|end| file.get(..end));
        match loaded {
            Some(loaded) => Ok(Image {
                length,
                digest: hotmod_protocol::digest(loaded),
            }),
            None => Err(ImageError::CutShort {
                is: file.len() as u64,
                expected: length,
            }),
        }
    }
}

fn end_of_segments<'a, Elf, R>(data: R) -> object::read::Result<u64>
where
    Elf: FileHeader<Endian = Endianness>,
    R: ReadRef<'a>,
{
    let header = Elf::parse(data)?;
    let endian = header.endian()?;
    let segments = header.program_headers(endian, data)?.iter();
    let loaded = segments.filter(|segment| segment.p_type(endian) == PT_LOAD);
    let ends = loaded.map(|segment| {
        let (offset, size) = segment.file_range(endian);
        offset.saturating_add(size)
    });
    Ok(ends.max().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_library_that_is_no_library_or_was_cut_short_is_not_offered() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("library.so");
        // The tests' own executable has the same headers.
        let whole = fs::read(std::env::current_exe().unwrap()).unwrap();
        fs::write(&file, &whole).unwrap();
        let image = Image::of(&file).unwrap();
        assert!(image.length < whole.len() as u64, "debug info is read");
        let loaded = &whole[..usize::try_from(image.length).unwrap()];
        assert_eq!(image.digest, hotmod_protocol::digest(loaded));

        let error_of = |bytes: &[u8]| {
            fs::write(&file, bytes).unwrap();
            Image::of(&file).unwrap_err().to_string()
        };
        let length = loaded.len();
        assert_eq!(
            error_of(&loaded[..length - 1]),
            format!(
                "the library that the linker made is cut short: {} of at least {length} bytes",
                length - 1
            )
        );
        for bytes in [&b""[..], &b"not a library"[..], &whole[..20], &whole[..64]] {
            let error = error_of(bytes);
            let expected = "the library that the linker made is damaged: ";
            assert!(error.starts_with(expected), "{error}");
        }
        fs::remove_file(&file).unwrap();
        let error = Image::of(&file).unwrap_err().to_string();
        let expected = "the library that the linker made can't be read: ";
        assert!(error.starts_with(expected), "{error}");
    }
}
