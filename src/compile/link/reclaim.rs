//! Frees the disk space of a retired generation's debug information.
//!
//! A generation's file stays while the host maps it. Most of it is debug information, which the
//! loader does not map. When a debugger is unlikely to need it, its blocks are freed: the file
//! keeps its length and its loaded parts, and its section headers say that these sections have no
//! data.
//!
//! Invariant: no byte is changed on a page that the loader maps. Only ranges of sections after the
//! last page of the last loaded segment are freed, and only section headers after that page are
//! changed. A file with another structure is not changed.

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

/// The result for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reclaimed {
    /// The debug information was freed.
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

/// Whether the file system supports it.
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
    /// The position of the type in its header, and the new value.
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
            // In 32-bit and 64-bit files, the type follows the name, which is a word.
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

/// Whether only debuggers read a section. Symbols stay, because code of a retired generation may
/// still be running, and panic backtraces need the names of its functions.
fn is_for_debuggers(name: &[u8]) -> bool {
    name.starts_with(b".debug_")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::MetadataExt as _;

    use object::{Object as _, ObjectSection as _, ObjectSegment as _};

    use super::*;

    /// The test executable, which has debug information.
    fn copy(folder: &Path) -> std::path::PathBuf {
        let file = folder.join("library.so");
        fs::copy(std::env::current_exe().unwrap(), &file).unwrap();
        // The file system counts blocks only after they are written.
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
            // A debug section for gdb is loaded, and another section can start on the last loaded
            // page.
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
        // A second call finds nothing to free.
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
