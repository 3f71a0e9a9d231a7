//! Modules import each other as `ARCHITECTURE.md` says, without cycles.

mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use imports::{Imports, Module};

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The table of `ARCHITECTURE.md`: each module of the tool with those that it imports.
fn table(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let names = |cell: &str| -> Vec<String> {
        let quoted = cell.split('`').skip(1).step_by(2);
        quoted.map(str::to_owned).collect()
    };
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| `")?.split('|').collect();
        let [module, _, imported, ""] = cells[..] else {
            panic!("not a row of the table: {line}");
        };
        let module = module.trim().trim_end_matches('`').to_owned();
        Some((module, names(imported).into_iter().collect()))
    });
    rows.collect()
}

fn sources(files: &[(&str, &str)]) -> Imports {
    let module = |path: &str| -> Module { path.split("::").map(str::to_owned).collect() };
    Imports::of(files.iter().map(|(path, text)| (module(path), *text)))
}

#[test]
fn the_modules_of_the_tool_import_what_the_table_says() {
    let text = fs::read_to_string(repository().join("ARCHITECTURE.md")).unwrap();
    let table = table(&text);
    let imports = Imports::of_crate(&repository().join("src"));
    let found = imports.in_module(&Module::new());
    let modules: Vec<&String> = found.keys().collect();
    assert_eq!(modules, table.keys().collect::<Vec<_>>());
    for (module, imported) in &found {
        let allowed = &table[module];
        let forbidden = imported.iter().filter(|(it, _)| !allowed.contains(*it));
        let forbidden: Vec<_> = forbidden.map(|(_, example)| example).collect();
        assert!(forbidden.is_empty(), "not in the table: {forbidden:#?}");
        let unused = allowed.iter().filter(|it| !imported.contains_key(*it));
        let unused: Vec<_> = unused.collect();
        assert!(unused.is_empty(), "`{module}` no longer imports {unused:?}");
    }
}

#[test]
fn imports_have_no_cycles() {
    for folder in [
        "src",
        "crates/hotmod/src",
        "crates/hotmod-macros/src",
        "crates/hotmod-protocol/src",
        "crates/hotmod-web/src",
    ] {
        let circles = Imports::of_crate(&repository().join(folder)).circles();
        let circles = circles.join("\n\n  ");
        assert!(circles.is_empty(), "circles in {folder}:\n  {circles}");
    }
}

#[test]
fn an_import_is_found_however_it_is_written() {
    for code in [
        "use crate::b::c::Item;",
        "use crate::{b::c::Item, std};",
        "use crate::b::{self, c};",
        "use super::b::c::*;",
        "fn f() { crate::b::c::g(1) }",
        "fn f() -> super::b::c::Item { g!(1) }",
        "fn f() { println!(\"{}\", crate::b::c::g()) }",
        "mod inner { use super::super::b::c::Item; }",
        "use crate::b::PassedOn;",
        "use crate::d::Item;",
    ] {
        let imports = sources(&[
            ("a", code),
            ("b", "mod c;\npub(crate) use c::Item as PassedOn;"),
            ("b::c", "pub(crate) struct Item;"),
            ("d", "pub(crate) use super::b::PassedOn as Item;"),
        ]);
        let found = imports.in_module(&Module::new());
        let imported: Vec<_> = found["a"].keys().collect();
        assert_eq!(imported, ["b"], "{code}");
        assert!(imports.circles().is_empty(), "{code}");
    }
    for code in [
        "// crate::b::c",
        "const A: &str = \"use crate::b;\";",
        "use std::b;",
        "#[cfg(test)]\nmod tests { use crate::b::B; }",
    ] {
        let imports = sources(&[("a", code), ("b", "")]);
        assert!(imports.in_module(&Module::new())["a"].is_empty(), "{code}");
    }
}

#[test]
fn cycles_are_found_on_each_level() {
    let of_two = sources(&[("a", "use crate::b::B;"), ("b", "fn f() { crate::a::g() }")]);
    assert_eq!(of_two.circles(), ["a imports b\n  b imports a"]);
    let of_three = sources(&[
        ("x::a", "use super::b::B;\n#[cfg(test)]\nmod tests;"),
        ("x::b", "use crate::x::c;"),
        ("x::c::d", "mod inner { use super::super::super::a; }"),
        ("x::a::tests", "use crate::x::c::C;"),
        ("x::c", "mod d;"),
        ("x", "mod a;\nmod b;\nmod c;\nuse a::A;"),
    ]);
    let expected = "x::a imports x::b\n  x::b imports x::c\n  x::c::d imports x::a";
    assert_eq!(of_three.circles(), [expected]);
}
