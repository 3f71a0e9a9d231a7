//! Gives back the disk space of a retired generation's debug information.
//!
//! A generation's file stays as long as the host maps it, and most of it is debug information,
//! which the loader never maps. When no debugger is likely to ask for it any more, its blocks are
//! freed: the file keeps its length and everything that is loaded, and its section headers say that
//! these sections have no data.
//!
//! What must hold: no byte is changed on a page that the loader maps. Only ranges of sections
//! behind the last page of the last loaded segment are freed, and only fields of section headers
//! there are written. A file in another form stays as it is.

use std::fs::{File, OpenOptions};
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use object::elf::{FileHeader32, FileHeader64, SHF_ALLOC, SHT_NOBITS, SHT_PROGBITS};
use object::endian::U32;
use object::read::elf::{FileHeader, SectionHeader as _};
use object::{Endianness, FileKind, ReadRef};
use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::Errno;
use rustix::param::page_size;

use crate::base::elf::loaded_end;
use crate::base::mmap::map;

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reclaimed {
    /// Its debug information takes no space any more.
    Yes,
    /// The file system can't free a part of a file.
    Unsupported,
}

/// Frees the space of a library's debug information, but not its symbols.
pub(crate) fn reclaim(library: &Path) -> io::Result<Reclaimed> {
    let sections = {
        let bytes = map(library)?;
        freeable(&*bytes).map_err(io::Error::other)?
    };
    let file = OpenOptions::new().write(true).open(library)?;
    for section in &sections {
        if !free(&file, &section.content)? {
            return Ok(Reclaimed::Unsupported);
        }
    }
    for section in &sections {
        file.write_all_at(&section.no_data, section.kind_at)?;
    }
    Ok(Reclaimed::Yes)
}

/// Whether the file system can do it.
fn free(file: &File, range: &Range<u64>) -> io::Result<bool> {
    let flags = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
    match fallocate(file, flags, range.start, range.end - range.start) {
        Ok(()) => Ok(true),
        Err(Errno::OPNOTSUPP | Errno::NOSYS) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// A section that can be freed.
#[derive(Debug)]
struct Freeable {
    content: Range<u64>,
    /// Where its header has its type, and what to write there.
    kind_at: u64,
    no_data: [u8; 4],
}

fn freeable<'a, R: ReadRef<'a>>(data: R) -> object::read::Result<Vec<Freeable>> {
    match FileKind::parse(data)? {
        FileKind::Elf32 => freeable_of::<FileHeader32<Endianness>, _>(data),
        _ => freeable_of::<FileHeader64<Endianness>, _>(data),
    }
}

fn freeable_of<'a, Elf, R>(data: R) -> object::read::Result<Vec<Freeable>>
where
    Elf: FileHeader<Endian = Endianness>,
    R: ReadRef<'a>,
{
    let header = Elf::parse(data)?;
    let endian = header.endian()?;
    let free_from = loaded_end(header, endian, data)?.next_multiple_of(page_size() as u64);
    let headers_at: u64 = header.e_shoff(endian).into();
    let header_size = u64::from(header.e_shentsize(endian));
    if headers_at < free_from {
        return Ok(Vec::new());
    }
    let sections = header.sections(endian, data)?;
    let mut freeable = Vec::new();
    for (index, section) in sections.iter().enumerate() {
        let flags: u64 = section.sh_flags(endian).into();
        let is_data = section.sh_type(endian) == SHT_PROGBITS && flags & u64::from(SHF_ALLOC) == 0;
        let Some((offset, size)) = section.file_range(endian) else {
            continue;
        };
        let is_behind = offset >= free_from && size > 0;
        if is_data && is_behind && is_for_debuggers(sections.section_name(endian, section)?) {
            // In both classes the type follows the name, which is a word.
            let kind_at = headers_at + index as u64 * header_size + 4;
            freeable.push(Freeable {
                content: offset..offset.saturating_add(size),
                kind_at,
                no_data: object::pod::bytes_of(&U32::new(endian, SHT_NOBITS))
                    .try_into()
                    .unwrap_or_default(),
            });
        }
    }
    Ok(freeable)
}

/// Whether only a debugger reads a section. Symbols stay: code of a retired generation may still
/// run, and the backtraces of its panics name its functions.
fn is_for_debuggers(name: &[u8]) -> bool {
    name.starts_with(b".debug_")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::MetadataExt as _;

    use object::{Object as _, ObjectSection as _, ObjectSegment as _};

    use super::*;

    /// The tests' own executable, which has debug information.
    fn copy(folder: &Path) -> std::path::PathBuf {
        let file = folder.join("library.so");
        fs::copy(std::env::current_exe().unwrap(), &file).unwrap();
        // Blocks are counted once they are written.
        File::open(&file).unwrap().sync_all().unwrap();
        file
    }

    #[test]
    fn debug_information_is_freed_and_all_that_is_loaded_stays() {
        let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap();
        let file = copy(folder.path());
        let (before, size_before) = (fs::read(&file).unwrap(), fs::metadata(&file).unwrap());
        assert_eq!(reclaim(&file).unwrap(), Reclaimed::Yes);
        let (after, size_after) = (fs::read(&file).unwrap(), fs::metadata(&file).unwrap());
        assert_eq!(after.len(), before.len());
        assert!(size_after.blocks() < size_before.blocks() / 2);

        let (was, is) = (&*before, &*after);
        let was = object::File::parse(was).unwrap();
        let is = object::File::parse(is).unwrap();
        let page = page_size();
        let mut loaded = 0;
        for segment in was.segments() {
            let (offset, size) = segment.file_range();
            let (start, end) = (offset as usize, (offset + size) as usize);
            let pages = start / page * page..end.next_multiple_of(page);
            loaded = loaded.max(pages.end as u64);
            assert_eq!(before[pages.clone()], after[pages]);
        }
        for section in was.sections() {
            let name = section.name().unwrap();
            let now = is.section_by_name(name).unwrap().data().unwrap();
            // Rust programs have a section for gdb that is loaded, and one may begin on the last page.
            let is_behind = section.file_range().is_some_and(|(at, _)| at >= loaded);
            let is_freed = name.starts_with(".debug_") && is_behind;
            let expected = if is_freed {
                &[]
            } else {
                section.data().unwrap()
            };
            assert!(now == expected, "{name}");
        }
        assert_eq!(was.symbols().count(), is.symbols().count());
        // There is nothing more to free.
        assert_eq!(reclaim(&file).unwrap(), Reclaimed::Yes);
        assert_eq!(fs::read(&file).unwrap(), after);
    }

    #[test]
    fn a_file_of_another_form_is_not_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("library.so");
        for bytes in [&b""[..], b"not a library", b"\x7fELF\x02\x01\x01"] {
            fs::write(&file, bytes).unwrap();
            assert!(reclaim(&file).is_err());
            assert_eq!(fs::read(&file).unwrap(), bytes);
        }
    }
}
