//! ELF program headers.

use object::ReadRef;
use object::elf::PT_LOAD;
use object::read::elf::{FileHeader, ProgramHeader as _};

/// The end of the part of a file that the loader maps.
pub(crate) fn loaded_end<'a, Elf, R>(
    header: &Elf,
    endian: Elf::Endian,
    data: R,
) -> object::read::Result<u64>
where
    Elf: FileHeader,
    R: ReadRef<'a>,
{
    let segments = header.program_headers(endian, data)?.iter();
    let loaded = segments.filter(|segment| segment.p_type(endian) == PT_LOAD);
    let ends = loaded.map(|segment| {
        let (offset, size) = segment.file_range(endian);
        offset.saturating_add(size)
    });
    Ok(ends.max().unwrap_or(0))
}
