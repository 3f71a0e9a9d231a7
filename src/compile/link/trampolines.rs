//! The object with the trampolines of a host, for `x86_64`. `live/redirects.rs` in the runtime describes what they do
//! and what they read.
//!
//! A trampoline may only change `r11`: all other registers may contain arguments. It needs no stack, so
//! unwinding passes through it as long as it is described as a function without a frame.

use object::elf::{
    R_X86_64_64, R_X86_64_GOTPCREL, R_X86_64_GOTTPOFF, R_X86_64_PC32, R_X86_64_PLT32, SHF_ALLOC,
    SHF_GNU_RETAIN, SHF_WRITE,
};
use object::write::{
    Object, Relocation, SectionId, StandardSection, Symbol, SymbolId, SymbolSection,
};
use object::{
    Architecture, BinaryFormat, Endianness, RelocationFlags, SectionFlags, SectionKind,
    SymbolFlags, SymbolKind, SymbolScope,
};

use crate::compat::symbols::{Redirect, digest_of};

/// ```text
///  0   mov  r11, [rip + hotmod_pins@GOTTPOFF]
///  7   mov  r11, fs:[r11]          ; the call pin
/// 11   test r11, r11
/// 14   jz   35
/// 16   mov  r11, [r11]             ; the generation's table
/// 19   test r11, r11
/// 22   jz   FUNCTION
/// 28   jmp  [r11 + 8 * NUMBER]
/// 35   mov  r11, [rip + hotmod_pins@GOTTPOFF]
/// 42   mov  r11, fs:[r11 + 8]      ; the other pin
/// 47   test r11, r11
/// 50   jnz  16
/// 52   mov  r11, [rip + hotmod_live@GOTPCREL]
/// 59   mov  r11, [r11]             ; the live generation
/// 62   jmp  16
/// ```
const TRAMPOLINE: [u8; 64] = [
    0x4c, 0x8b, 0x1d, 0, 0, 0, 0, //
    0x64, 0x4d, 0x8b, 0x1b, //
    0x4d, 0x85, 0xdb, //
    0x74, 19, //
    0x4d, 0x8b, 0x1b, //
    0x4d, 0x85, 0xdb, //
    0x0f, 0x84, 0, 0, 0, 0, //
    0x41, 0xff, 0xa3, 0, 0, 0, 0, //
    0x4c, 0x8b, 0x1d, 0, 0, 0, 0, //
    0x64, 0x4d, 0x8b, 0x5b, 8, //
    0x4d, 0x85, 0xdb, //
    0x75, 0xdc, //
    0x4c, 0x8b, 0x1d, 0, 0, 0, 0, //
    0x4d, 0x8b, 0x1b, //
    0xeb, 0xd0,
];

/// The positions in it of the references to pins, to the live generation, and to the function.
const PINS: [u64; 2] = [3, 38];
const LIVE: u64 = 55;
const FUNCTION: u64 = 24;

/// The position of `8 * NUMBER`.
const ENTRY: usize = 31;

/// ```text
///  0   mov  byte [r11 + 8 * (2 * COUNT + NUMBER)], 1
///  8   jmp  [r11 + 8 * (COUNT + NUMBER)]
/// 15   nop
/// ```
const STUB: [u8; 16] = [
    0x41, 0xc6, 0x83, 0, 0, 0, 0, 1, //
    0x41, 0xff, 0xa3, 0, 0, 0, 0, //
    0x90,
];

/// The positions in it of the two offsets.
const CALLED: usize = 3;
const TARGET: usize = 11;

/// The distance from the position of a reference to the end of its instruction.
const TO_END: i64 = -4;

/// An object file with the trampolines for these functions, in this order.
pub(super) fn trampolines(redirects: &[Redirect]) -> object::write::Result<Vec<u8>> {
    let mut file = Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little);
    let pins = undefined(&mut file, "hotmod_pins", SymbolKind::Tls);
    let live = undefined(&mut file, "hotmod_live", SymbolKind::Data);
    let text = file.section_id(StandardSection::Text);
    for (number, redirect) in redirects.iter().enumerate() {
        let function = undefined(&mut file, &redirect.symbol, SymbolKind::Text);
        let mut code = TRAMPOLINE;
        put(&mut code, ENTRY, offset(number));
        let at = file.append_section_data(text, &code, 16);
        for pin in PINS {
            refer(&mut file, text, at + pin, pins, R_X86_64_GOTTPOFF, TO_END)?;
        }
        refer(&mut file, text, at + LIVE, live, R_X86_64_GOTPCREL, TO_END)?;
        refer(
            &mut file,
            text,
            at + FUNCTION,
            function,
            R_X86_64_PLT32,
            TO_END,
        )?;
        let size = code.len() as u64;
        define(&mut file, &redirect.symbol[1..], text, at, size);
    }
    let count = redirects.len();
    let stubs_at = file.append_section_data(text, &[], 16);
    for number in 0..count {
        let mut code = STUB;
        put(&mut code, CALLED, offset(2 * count + number));
        put(&mut code, TARGET, offset(count + number));
        file.append_section_data(text, &code, 16);
    }
    let length = file.append_section_data(text, &[], 1);
    add_frames(&mut file, text, length)?;
    add_description(&mut file, redirects, (text, stubs_at))?;
    file.add_section(Vec::new(), b".note.GNU-stack".to_vec(), SectionKind::Other);
    file.write()
}

/// Adds the `Trampolines` of the runtime, and the record by which it finds them.
fn add_description(
    file: &mut Object<'_>,
    redirects: &[Redirect],
    (text, stubs_at): (SectionId, u64),
) -> object::write::Result<()> {
    let texts = file.section_id(StandardSection::ReadOnlyData);
    let data = file.section_id(StandardSection::ReadOnlyDataWithRel);
    let [texts_symbol, data_symbol, text_symbol] =
        [texts, data, text].map(|it| file.section_symbol(it));
    let mut places = Vec::new();
    for redirect in redirects {
        let path = redirect.path.as_bytes();
        places.push((file.append_section_data(texts, path, 1), path.len() as u64));
    }
    let mut names = Vec::new();
    for (_, length) in &places {
        names.extend([0, *length].map(u64::to_le_bytes).concat());
    }
    let names_at = file.append_section_data(data, &names, 8);
    for (index, (place, _)) in (0..).zip(&places) {
        let at = names_at + 16 * index;
        refer(
            file,
            data,
            at,
            texts_symbol,
            R_X86_64_64,
            place.cast_signed(),
        )?;
    }
    let words = [digest_of(redirects), redirects.len() as u64, 0, 0];
    let at = file.append_section_data(data, &words.map(u64::to_le_bytes).concat(), 8);
    refer(
        file,
        data,
        at + 16,
        text_symbol,
        R_X86_64_64,
        stubs_at.cast_signed(),
    )?;
    refer(
        file,
        data,
        at + 24,
        data_symbol,
        R_X86_64_64,
        names_at.cast_signed(),
    )?;

    let records = file.add_section(Vec::new(), b"hotmod_entries".to_vec(), SectionKind::Data);
    *file.section_flags_mut(records) = SectionFlags::Elf {
        sh_flags: u64::from(SHF_ALLOC | SHF_WRITE | SHF_GNU_RETAIN),
    };
    let record = file.append_section_data(records, &[0; 16], 8);
    let description = at.cast_signed();
    refer(
        file,
        records,
        record + 8,
        data_symbol,
        R_X86_64_64,
        description,
    )
}

/// Describes the code as a function without a frame, in the format of DWARF's call frame information as
/// `.eh_frame` has it (Linux Standard Base, "Exception Frames").
fn add_frames(file: &mut Object<'_>, text: SectionId, length: u64) -> object::write::Result<()> {
    #[rustfmt::skip]
    let mut frames = vec![
        // A common information entry: version 1, relative addresses, the return address is column 16.
        20, 0, 0, 0,  0, 0, 0, 0,  1, b'z', b'R', 0,  1, 0x78, 16, 1,  0x1b,
        // The frame begins at rsp + 8, and the return address is the word before that.
        0x0c, 7, 8,  0x90, 1,  0, 0,
        // A frame description entry: its code, no augmentation, no instructions.
        16, 0, 0, 0,  28, 0, 0, 0,  0, 0, 0, 0,  0, 0, 0, 0,  0,  0, 0, 0,
    ];
    put(&mut frames, 36, i32::try_from(length).unwrap_or(i32::MAX));
    let section = file.section_id(StandardSection::EhFrame);
    let at = file.append_section_data(section, &frames, 8);
    let text = file.section_symbol(text);
    refer(file, section, at + 32, text, R_X86_64_PC32, 0)
}

/// The offset of a word in a table.
fn offset(word: usize) -> i32 {
    i32::try_from(8 * word).expect("there are at most a few thousand")
}

fn put(code: &mut [u8], at: usize, value: i32) {
    code[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

fn undefined(file: &mut Object<'_>, name: &str, kind: SymbolKind) -> SymbolId {
    file.add_symbol(symbol(name, kind, SymbolSection::Undefined, 0, 0))
}

fn define(file: &mut Object<'_>, name: &str, section: SectionId, at: u64, size: u64) {
    let section = SymbolSection::Section(section);
    file.add_symbol(symbol(name, SymbolKind::Text, section, at, size));
}

fn symbol(name: &str, kind: SymbolKind, section: SymbolSection, value: u64, size: u64) -> Symbol {
    let scope = match section {
        SymbolSection::Undefined => SymbolScope::Unknown,
        // The executable does not export it.
        _ => SymbolScope::Linkage,
    };
    Symbol {
        name: name.as_bytes().to_vec(),
        value,
        size,
        kind,
        scope,
        weak: false,
        section,
        flags: SymbolFlags::None,
    }
}

fn refer(
    file: &mut Object<'_>,
    section: SectionId,
    offset: u64,
    symbol: SymbolId,
    r_type: u32,
    addend: i64,
) -> object::write::Result<()> {
    let flags = RelocationFlags::Elf { r_type };
    let relocation = Relocation {
        offset,
        symbol,
        addend,
        flags,
    };
    file.add_relocation(section, relocation)
}
