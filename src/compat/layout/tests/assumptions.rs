//! What the checks assume of debug information, and what they do where it does not hold.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use object::read::elf::ElfFile64;
use object::{LittleEndian, Object as _, ObjectSection as _};

use super::super::{self as layout, Crate, Wanted};
use super::program::{RUNTIME, compile, read, read_as};
use super::types::entry;
use crate::compat::keepers::Keepers;

/// A program with one entry point, whose type has a union in it.
fn source() -> String {
    let describe = "pub mod at { #[used] static DESCRIBE: fn() = __hotmod_describe;\n\
                    pub fn __hotmod_describe() {} }";
    let types = "pub union U { a: u8, b: u8 }\npub struct T0 { u: U }";
    format!("{types}\n{describe}\n{}", entry(0))
}

#[test]
fn an_entry_point_that_is_described_under_another_name_is_missed() {
    let folder = tempfile::tempdir().unwrap();
    let renamed = |text: &str| text.replace("entry_types", "types_of_entry");
    read(&compile(folder.path(), RUNTIME, &source())).unwrap();
    let program = compile(folder.path(), &renamed(RUNTIME), &renamed(&source()));
    assert_eq!(
        read(&program).unwrap_err().to_string(),
        "its symbols name 1 entry points of `pages`, but its debug information describes only 0"
    );
}

#[test]
fn a_crate_may_have_no_linked_code_but_not_the_whole_group() {
    let folder = tempfile::tempdir().unwrap();
    let program = compile(folder.path(), RUNTIME, &source());
    let of = |name: &str| Crate {
        name: name.to_owned(),
        root: folder.path().join(name).with_extension("rs"),
    };
    let (pages, constants) = (of("pages"), of("constants"));
    let keepers = Keepers::default();
    let wanted = |siblings| Wanted {
        crates: vec![&constants],
        siblings,
        others: &[],
        group: &[],
        keepers: &keepers,
        redirected: BTreeMap::new(),
    };
    assert!(
        layout::read(&program, &wanted(vec![&pages]))
            .unwrap()
            .is_empty()
    );
    let error = layout::read(&program, &wanted(Vec::new())).unwrap_err();
    assert_eq!(error.to_string(), "its debug information has no types");
}

#[test]
fn unknown_parts_of_types_are_no_layout() {
    let folder = tempfile::tempdir().unwrap();
    let program = compile(folder.path(), RUNTIME, &source());
    let changed = folder.path().join("changed");
    for (from, to, error) in [
        (
            gimli::DW_TAG_union_type,
            gimli::DW_TAG_class_type,
            "describes `U` by DW_TAG_class_type",
        ),
        (
            gimli::DW_TAG_member,
            gimli::DW_TAG_inheritance,
            "by DW_TAG_inheritance",
        ),
        (
            gimli::DW_TAG_pointer_type,
            gimli::DW_TAG_reference_type,
            "by DW_TAG_reference_type",
        ),
    ] {
        change_tags(&program, &changed, from, to);
        let found = read_as(&changed, &program).unwrap_err().to_string();
        assert!(found.contains(error), "{found}");
    }
}

/// Copies a program, with another tag in all abbreviations that have this one.
fn change_tags(program: &Path, copy: &Path, from: gimli::DwTag, to: gimli::DwTag) {
    let mut bytes = fs::read(program).unwrap();
    let file = ElfFile64::<LittleEndian>::parse(&*bytes).unwrap();
    let section = file.section_by_name(".debug_abbrev").unwrap();
    let (start, length) = section.file_range().unwrap();
    let mut at = usize::try_from(start).unwrap();
    let end = at + usize::try_from(length).unwrap();
    let mut tags = Vec::new();
    while at < end {
        if number(&bytes, &mut at) == 0 {
            continue;
        }
        tags.push(at);
        number(&bytes, &mut at);
        at += 1;
        loop {
            let (attribute, form) = (number(&bytes, &mut at), number(&bytes, &mut at));
            if form == u64::from(gimli::DW_FORM_implicit_const.0) {
                number(&bytes, &mut at);
            }
            if (attribute, form) == (0, 0) {
                break;
            }
        }
    }
    let small = |tag: gimli::DwTag| u8::try_from(tag.0).unwrap();
    tags.retain(|at| bytes[*at] == small(from));
    assert!(!tags.is_empty());
    tags.into_iter().for_each(|at| bytes[at] = small(to));
    fs::write(copy, bytes).unwrap();
}

/// A number in LEB128.
fn number(bytes: &[u8], at: &mut usize) -> u64 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = bytes[*at];
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte < 0x80 {
            return value;
        }
    }
}
