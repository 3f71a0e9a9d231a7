//! Objects for other systems and processors, which rustc compiles without a linker and without a standard library.

use std::fs;
use std::process::Command;

use crate::compat::code::Code;
use crate::compat::code::compare::compare_once;

const TARGETS: [&str; 6] = [
    "aarch64-apple-darwin",
    "aarch64-pc-windows-msvc",
    "aarch64-unknown-linux-gnu",
    "x86_64-apple-darwin",
    "x86_64-pc-windows-gnu",
    "x86_64-pc-windows-msvc",
];

/// What rustc needs of `core`.
const CORE: &str = r#"
#![feature(no_core, lang_items)]
#![no_core]
#[lang = "pointee_sized"] pub trait PointeeSized {}
#[lang = "meta_sized"] pub trait MetaSized: PointeeSized {}
#[lang = "sized"] pub trait Sized: MetaSized {}
#[lang = "copy"] pub trait Copy {}
#[lang = "sync"] pub trait Sync {}
#[lang = "drop_in_place"] unsafe fn drop_in_place<T: PointeeSized>(_: *mut T) {}
impl Copy for u32 {}
impl Sync for u32 {}
impl<'a, T> Sync for &'a T {}
"#;

/// A function that calls another one with a constant behind a pointer, and one beside it.
const PROGRAM: &str = r#"
unsafe extern "C" { fn other(x: u32) -> u32; fn another(x: u32) -> u32; }
static NUMBER: u32 = 40;
static SECOND: u32 = 50;
static PLACE: &u32 = &NUMBER;
#[inline(never)] fn inner(x: &u32) -> u32 { unsafe { other(*x) } }
#[unsafe(no_mangle)] pub fn outer() -> u32 { inner(PLACE) }
#[unsafe(no_mangle)] pub fn beside() -> u32 { inner(&SECOND); 7 }
"#;

fn compile(program: &str, target: &str) -> Code {
    let folder = tempfile::tempdir().unwrap();
    let (source, object) = (folder.path().join("it.rs"), folder.path().join("it.o"));
    fs::write(&source, format!("{CORE}{program}")).unwrap();
    let mut rustc = Command::new("rustc");
    // For `no_core`.
    rustc.env("RUSTC_BOOTSTRAP", "1");
    rustc.args([
        "--edition=2024",
        "--crate-type=lib",
        "--emit=obj",
        "-Awarnings",
    ]);
    rustc.args(["-Cpanic=abort", "-Cdebuginfo=2", "--target", target, "-o"]);
    let output = rustc.args([&object, &source]).output().unwrap();
    assert!(
        output.status.success(),
        "{target}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Code::read([&*object], []).unwrap()
}

/// The symbols with other code after an edit.
fn differences(target: &str, [from, to]: [&str; 2]) -> Vec<String> {
    assert!(PROGRAM.contains(from), "no {from}");
    let [before, after] = [PROGRAM.to_owned(), PROGRAM.replace(from, to)];
    let [before, after] = [before, after].map(|it| compile(&it, target));
    let found = compare_once(&before, &after).0;
    found.into_iter().map(|it| it.symbol).collect()
}

#[test]
fn code_for_other_systems_is_compared() {
    for target in TARGETS {
        for (edit, expected) in [
            (["pub fn outer", "/* longer */ pub fn outer"], &[][..]),
            (["other(*x)", "{ other(*x); another(*x) }"], &["it::inner"]),
            (["other(*x)", "another(*x)"], &["it::inner"]),
            (["SECOND); 7", "SECOND); 8"], &["beside"]),
            (["u32 = 40", "u32 = 41"], &["it::NUMBER"]),
            (["inner(PLACE)", "inner(&SECOND)"], &["outer"]),
        ] {
            assert_eq!(differences(target, edit), expected, "{target}: {edit:?}");
        }
    }
}

/// Where a function is in its section does not matter.
#[test]
fn an_order_of_functions_makes_no_difference() {
    let (start, beside) = PROGRAM.split_at(PROGRAM.rfind("#[unsafe").unwrap());
    let (start, outer) = start.split_at(start.rfind("#[unsafe").unwrap());
    let moved = format!("{start}{beside}{outer}");
    for target in TARGETS {
        let [before, after] = [PROGRAM, &moved].map(|it| compile(it, target));
        assert_eq!(compare_once(&before, &after).0, [], "{target}");
    }
}
