//! Crates outside the group that may store values of its types type-erased, such as an entity store
//! that finds values by `TypeId`.
//!
//! In unoptimised code, each use of a `TypeId` leaves an instance of `TypeId::of` in the debug information
//! ([`layout`](super::layout)), unless it is in a constant. Optimised crates inline it. So a crate is a
//! keeper if its sources can recover a value whose type was erased, and it is optimised or may do that in
//! a constant. If the group's own code is optimised, or other code that names its types, any instance may
//! have been optimised away, and each type counts as held.

mod constants;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use memchr::memmem;

use crate::base::words::mentions;
use constants::Constants;

/// The crates that may hold type-erased values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Keepers {
    /// Their names. They may hold the group's types that appear in their generic instances.
    pub(crate) crates: BTreeSet<String>,
    /// Whether to assume that every type is held, because instances may have been optimised away.
    pub(crate) hold_all: bool,
    /// Whether a `TypeId` may be taken without a trace in the debug information.
    pub(crate) hide_type_ids: bool,
}

/// A compiled crate of the host that is no library of the group.
#[derive(Clone, Debug)]
pub(crate) struct Unmarked {
    /// Its name in sources.
    pub(crate) name: String,
    pub(crate) is_optimised: bool,
    /// Whether its sources [can recover](can_recover_values) a value whose type was erased.
    pub(crate) is_keeper: bool,
}

impl Keepers {
    /// The keepers among the crates of a host in which the code that names the group's types is not optimised.
    pub(crate) fn among(crates: impl IntoIterator<Item = Unmarked>) -> Self {
        let mut keepers = Keepers::default();
        for unmarked in crates {
            keepers.hide_type_ids |= unmarked.is_optimised;
            if unmarked.is_keeper {
                keepers.crates.insert(unmarked.name);
            }
        }
        keepers
    }

    /// For a host in which the code that names the group's types is optimised.
    pub(crate) fn of_all() -> Self {
        Keepers {
            hold_all: true,
            hide_type_ids: true,
            ..Keepers::default()
        }
    }
}

/// Whether a crate can recover a value whose type was erased. `sources` are the files that rustc read, if
/// that is known.
pub(crate) fn can_recover_values(is_optimised: bool, sources: Option<&[PathBuf]>) -> bool {
    match is_optimised {
        true => sources.is_none_or(may_keep),
        false => sources.is_none_or(may_keep_by_constant),
    }
}

/// Whether sources can recover a value whose type was erased, by the id of its type. The unsafe code may be in
/// another crate, such as one with a vector of bytes. Code that uses the name of a type needs unsafe code in the
/// same crate, or a `dyn Any`, whose vtable shows its type.
fn may_keep(sources: &[PathBuf]) -> bool {
    let (mut is_unchecked, mut names_types) = (false, false);
    any_source(sources, |text| {
        is_unchecked |= code_lines(text).any(|line| mentions(line, "unsafe"));
        names_types |= code_lines(text).any(|line| names(line, b"typename"));
        names_id(text) || is_unchecked && names_types
    })
}

/// Whether sources may take the id of a type in a constant, which leaves no instance even in unoptimised code.
fn may_keep_by_constant(sources: &[PathBuf]) -> bool {
    // Nearly all crates have none.
    if !any_source(sources, names_id) {
        return false;
    }
    let mut constants = Constants::default();
    any_source(sources, |text| !constants.add(text)) || constants.take_id()
}

/// Whether `is` holds for one of the Rust files. A file that can't be read counts.
fn any_source(sources: &[PathBuf], mut is: impl FnMut(&str) -> bool) -> bool {
    let is_rust = |path: &&PathBuf| path.extension().is_some_and(|it| it == "rs");
    let mut sources = sources.iter().filter(is_rust);
    sources.any(|source| match fs::read(source) {
        Ok(text) => is(&String::from_utf8_lossy(&text)),
        Err(_) => true,
    })
}

fn names_id(text: &str) -> bool {
    // Most files contain none of these letters, and searching for words is slower.
    const SPELLINGS: [&[u8]; 6] = [
        b"TypeId", b"type_id", b"typeid", b"TYPE_ID", b"TypeID", b"TYPEID",
    ];
    let mut spellings = SPELLINGS.into_iter();
    spellings.any(|it| memmem::find(text.as_bytes(), it).is_some())
        && code_lines(text).any(|line| names(line, b"typeid"))
}

fn code_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|it| !it.trim_start().starts_with("//"))
}

/// Whether a line contains a word with this prefix, in any case and with or without `_`: `TypeId`,
/// `type_id`, `typeid::of`, `TypeIdMap`.
fn names(line: &str, word: &[u8]) -> bool {
    let mut starts = line.match_indices(['t', 'T']);
    starts.any(|(at, _)| {
        let letters = line[at..].bytes().filter(|it| *it != b'_');
        let mut letters = letters.map(|it| it.to_ascii_lowercase());
        word.iter().all(|it| letters.next() == Some(*it))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(is_optimised: bool, sources: Option<&[PathBuf]>) -> Unmarked {
        Unmarked {
            name: "store".to_owned(),
            is_optimised,
            is_keeper: can_recover_values(is_optimised, sources),
        }
    }

    #[test]
    fn keepers_are_optimised_and_can_forget_a_type() {
        let folder = tempfile::tempdir().unwrap();
        let source = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let cast = source("cast.rs", "fn get(at: *mut ()) { unsafe { &*at.cast() }; }");
        let id = source("id.rs", "use std::any::TypeId;");
        let own_id = source("own_id.rs", "fn f<T>() { typeid::of::<T>() }");
        let constant_id = source("constant_id.rs", "fn f<T: Kind>() { T::TYPE_ID }");
        let name = source(
            "name.rs",
            "fn f<T>() -> &'static str { any::type_name::<T>() }",
        );
        let safe = source(
            "safe.rs",
            "#![forbid(unsafe_code)]\n// An unsafe `TypeId` is not there.\nfn typed() {}",
        );
        let text = source("notes.md", "TypeId unsafe");
        let gone = folder.path().join("gone.rs");
        for (sources, expected) in [
            (Some(vec![&cast, &id]), true),
            (Some(vec![&own_id, &cast]), true),
            (Some(vec![&name, &cast]), true),
            (Some(vec![&constant_id]), true),
            (Some(vec![&cast, &safe, &text]), false),
            (Some(vec![&id, &safe]), true),
            (Some(vec![&name, &safe]), false),
            (Some(vec![&gone]), true),
            (Some(vec![]), false),
            (None, true),
        ] {
            let sources: Option<Vec<PathBuf>> = sources.map(|it| it.into_iter().cloned().collect());
            let unmarked = |is_optimised| store(is_optimised, sources.as_deref());
            let optimised = Keepers::among([unmarked(true)]);
            assert_eq!(optimised.crates.contains("store"), expected, "{sources:?}");
            assert!(optimised.hide_type_ids);
            let is_known = sources.as_ref().is_some_and(|it| !it.contains(&gone));
            if is_known {
                assert_eq!(Keepers::among([unmarked(false)]), Keepers::default());
            }
        }
    }

    #[test]
    fn a_constant_hides_an_id_from_code_that_is_not_optimised() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lib.rs");
        for (text, is_keeper) in [
            // Through functions, however they are called.
            (
                "struct Key(TypeId);
                 impl Key { const fn of<T>() -> Key { Key(TypeId::of::<T>()) } }
                 trait Kind { const KEY: Key = key::<Self>(); }
                 const fn key<T>() -> Key { Key::of::<T>() }",
                true,
            ),
            (
                "macro_rules! id { ($t:ty) => { const ID: TypeId = TypeId::of::<$t>(); } }",
                true,
            ),
            (
                "const STATE: usize = 1; const fn one() -> u8 { 1 } const ONE: u8 = one();
                 fn is<T>(at: *const u8) -> bool { TypeId::of::<T>() == id() }",
                false,
            ),
            (
                "struct Few<const N: usize>; fn f() { TypeId::of::<u8>(); }",
                false,
            ),
            ("const ID: TypeId = \"", true),
            (
                "fn f<T: 'static>() { g(const { TypeId::of::<T>() }) }",
                true,
            ),
            ("let id = const {\n    TypeId::of::<T>()\n};", true),
            ("const ID: TypeId = TypeId::of::<Self>();", true),
            ("const fn id() -> TypeId { TypeId::of::<u8>() }", false),
            ("fn id() -> TypeId { TypeId::of::<u8>() }", false),
            ("const OTHER: u8 = 1;", false),
            ("const OTHER: u8 = 1;\n// type_id", false),
        ] {
            fs::write(&file, text).unwrap();
            let found = Keepers::among([store(false, Some(std::slice::from_ref(&file)))]);
            assert_eq!(found.crates.contains("store"), is_keeper, "{text}");
            assert!(!found.hide_type_ids);
        }
    }
}
