//! What the formats of object files express differently: ELF, Mach-O and COFF.

use object::{
    Architecture, BinaryFormat, Object as _, ObjectSection as _, RelocationFlags, SectionFlags,
    SectionKind, elf, macho, pe,
};

pub(super) type File<'a> = object::File<'a>;
type FileSection<'a, 'f> = object::Section<'a, 'f>;

/// The flags of a section that say what a program may do with it.
#[derive(Clone, Copy)]
pub(super) struct Loaded {
    pub(super) is_code: bool,
    pub(super) is_writable: bool,
    /// The size of one constant, and whether they are texts that end with a zero, if a linker merges
    /// equal ones.
    pub(super) merged: Option<(u64, bool)>,
}

/// Those of a section that is loaded with a program, without tables for unwinding and notes.
pub(super) fn loaded(file: &File<'_>, section: &FileSection<'_, '_>, name: &str) -> Option<Loaded> {
    match section.flags() {
        SectionFlags::Elf { sh_flags } => {
            let has = |flag: u32| sh_flags & u64::from(flag) != 0;
            let is_unwinding = name == ".eh_frame" || name.starts_with(".gcc_except_table");
            let is_note = name.starts_with(".note") || name == ".debug_gdb_scripts";
            let is_merged = has(elf::SHF_MERGE);
            let is_loaded = has(elf::SHF_ALLOC) && !is_unwinding && !is_note;
            is_loaded.then(|| Loaded {
                is_code: has(elf::SHF_EXECINSTR),
                is_writable: has(elf::SHF_WRITE),
                merged: is_merged.then(|| (entry_size(file, section), has(elf::SHF_STRINGS))),
            })
        }
        SectionFlags::MachO { flags } => {
            let is_unwinding = ["__eh_frame", "__compact_unwind", "__gcc_except_tab"];
            let is_debug = flags & macho::S_ATTR_DEBUG != 0;
            let is_loaded = !is_debug && !is_unwinding.contains(&name);
            is_loaded.then(|| Loaded {
                is_code: section.kind() == SectionKind::Text,
                is_writable: is_writable(section.kind()),
                merged: match flags & macho::SECTION_TYPE {
                    macho::S_CSTRING_LITERALS => Some((1, true)),
                    macho::S_4BYTE_LITERALS => Some((4, false)),
                    macho::S_8BYTE_LITERALS => Some((8, false)),
                    macho::S_16BYTE_LITERALS => Some((16, false)),
                    _ => None,
                },
            })
        }
        SectionFlags::Coff { characteristics } => {
            let has = |flag: u32| characteristics & flag != 0;
            let is_unwinding = [".pdata", ".xdata", ".eh_frame"];
            let is_unwinding = is_unwinding.iter().any(|it| name.starts_with(it));
            let is_left_out = pe::IMAGE_SCN_LNK_REMOVE | pe::IMAGE_SCN_LNK_INFO;
            let is_debug = has(pe::IMAGE_SCN_MEM_DISCARDABLE);
            let is_loaded = !has(is_left_out) && !is_debug && !is_unwinding;
            is_loaded.then(|| Loaded {
                is_code: has(pe::IMAGE_SCN_MEM_EXECUTE),
                is_writable: has(pe::IMAGE_SCN_MEM_WRITE),
                merged: None,
            })
        }
        _ => None,
    }
}

fn entry_size(file: &File<'_>, section: &FileSection<'_, '_>) -> u64 {
    let object::File::Elf64(file) = file else {
        return 1;
    };
    let header = file.elf_section_table().section(section.index());
    header.map_or(1, |it| it.sh_entsize.get(file.endian()).max(1))
}

fn is_writable(kind: SectionKind) -> bool {
    use SectionKind::{Common, Data, Tls, TlsVariables, UninitializedData, UninitializedTls};
    let writable = [
        Common,
        Data,
        Tls,
        TlsVariables,
        UninitializedData,
        UninitializedTls,
    ];
    writable.contains(&kind)
}

/// Whether every symbol begins a part. In Mach-O, and in COFF for the GNU toolchain, all functions are in one
/// section, and no symbol has a size.
pub(super) fn has_atoms(file: &File<'_>) -> bool {
    file.format() != BinaryFormat::Elf
}

/// Whether functions can be compared instruction by instruction.
pub(super) fn has_known_instructions(file: &File<'_>) -> bool {
    file.format() == BinaryFormat::Elf && file.architecture() == Architecture::X86_64
}

/// The name of a symbol in the source. Mach-O has an underscore before each.
pub(super) fn plain_name<'a>(file: &File<'_>, name: &'a [u8]) -> &'a [u8] {
    match file.format() {
        BinaryFormat::MachO => name.strip_prefix(b"_").unwrap_or(name),
        _ => name,
    }
}

/// The type of a relocation, with a number of its own for each format.
pub(super) fn relocation_type(flags: RelocationFlags) -> Option<u32> {
    Some(match flags {
        RelocationFlags::Elf { r_type } => r_type,
        RelocationFlags::MachO {
            r_type,
            r_pcrel,
            r_length,
        } => 1 << 16 | u32::from(r_pcrel) << 15 | u32::from(r_length) << 8 | u32::from(r_type),
        RelocationFlags::Coff { typ } => 1 << 17 | u32::from(typ),
        _ => return None,
    })
}
