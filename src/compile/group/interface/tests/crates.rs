//! Which files of a crate are judged by their text, and what dependants are given.

use std::fs;

use crate::base::contents::{Contents, Digested};
use crate::compile::group::interface::*;

/// A crate of these files, and the contents that it was compiled from.
fn crate_of(files: &[(&str, &str)]) -> (tempfile::TempDir, Contents) {
    let directory = tempfile::tempdir().unwrap();
    let mut contents = Contents::new();
    for (name, text) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        contents.insert(path.clone(), Digested::of(&path));
    }
    (directory, contents)
}

/// Whether an edit of the body in the last file keeps the crate's interface.
fn keeps_in_file(files: &[(&str, &str)]) -> bool {
    let (directory, contents) = crate_of(files);
    let root = directory.path().join(files[0].0);
    let outlines = Outlines::of(Some(&root), "hotmod", &contents, &|_| None);
    let (name, text) = files[files.len() - 1];
    let path = directory.path().join(name);
    let edited = text.replace("{ 1 }", "{ 2 }");
    assert_ne!(edited, text);
    fs::write(&path, edited).unwrap();
    let now = Digested::of(&path);
    let kept = outlines.kept("hotmod", [(&path, &now)].into_iter());
    kept.is_some_and(|all| {
        all[0].keeps_outline && all[0].bodies.iter().any(|(_, is_edited)| *is_edited)
    })
}

#[test]
fn files_of_modules_are_found_as_rustc_finds_them() {
    for files in [
        &[("lib.rs", "fn f() { 1 }")][..],
        &[("lib.rs", "mod a;"), ("a.rs", "fn f() { 1 }")],
        &[("lib.rs", "mod a;"), ("a/mod.rs", "fn f() { 1 }")],
        &[("lib.rs", "mod a { mod b; }"), ("a/b.rs", "fn f() { 1 }")],
        &[
            ("lib.rs", "#[cfg(x)] mod a; mod b;"),
            ("b.rs", "fn f() { 1 }"),
        ],
        &[
            ("lib.rs", "mod a;"),
            ("a.rs", "mod b;"),
            ("a/b.rs", "fn f() { 1 }"),
        ],
        &[
            ("lib.rs", "mod a;"),
            ("a/mod.rs", "mod b;"),
            ("a/b.rs", "fn f() { 1 }"),
        ],
        &[
            ("lib.rs", "#[macro_use] mod r#fn;"),
            ("fn.rs", "fn f() { 1 }"),
        ],
    ] {
        assert!(keeps_in_file(files), "{files:?}");
    }
}

#[test]
fn a_file_that_is_not_one_module_keeps_nothing() {
    for files in [
        &[
            ("lib.rs", "#[path = \"a.rs\"] mod b;"),
            ("a.rs", "fn f() { 1 }"),
        ][..],
        &[("lib.rs", "#[other] mod a;"), ("a.rs", "fn f() { 1 }")],
        &[("lib.rs", "make!(a);"), ("a.rs", "fn f() { 1 }")],
        &[
            ("lib.rs", "mod a; fn g() { include!(\"a.rs\") }"),
            ("a.rs", "fn f() { 1 }"),
        ],
        &[
            ("lib.rs", "mod a;"),
            ("a.rs", "mod b; mod c;"),
            ("a/b.rs", "not rust"),
            ("a/c.rs", "fn f() { 1 }"),
        ],
        &[("lib.rs", "mod a;"), ("a.txt", "fn f() { 1 }")],
    ] {
        assert!(!keeps_in_file(files), "{files:?}");
    }
}

#[test]
fn a_source_that_changed_while_it_was_read_keeps_nothing() {
    let (directory, mut contents) = crate_of(&[("lib.rs", "fn f() { 1 }")]);
    let root = directory.path().join("lib.rs");
    contents.insert(root.clone(), Digested::Unknown);
    let outlines = Outlines::of(Some(&root), "hotmod", &contents, &|_| None);
    let now = Digested::of(&root);
    let changed = [(&root, &now)].into_iter();
    assert!(outlines.kept("hotmod", changed).is_none());
}

#[test]
fn metadata_alone_makes_an_archive() {
    let directory = tempfile::tempdir().unwrap();
    let metadata = directory.path().join("a.rmeta");
    for content in [&b"odd"[..], b"even"] {
        fs::write(&metadata, content).unwrap();
        let rlib = directory.path().join("in/a.rlib");
        write_as_rlib(&metadata, &rlib).unwrap();
        let bytes = fs::read(&rlib).unwrap();
        let archive = object::read::archive::ArchiveFile::parse(&*bytes).unwrap();
        let members: Vec<_> = archive.members().map(|it| it.unwrap()).collect();
        assert_eq!(members.len(), 1);
        assert_eq!(members[0].name(), b"lib.rmeta");
        assert_eq!(members[0].data(&*bytes).unwrap(), content);
    }
}

#[test]
fn bodies_may_call_macros_of_the_crate_that_have_no_items() {
    let closed = ("m.rs", "macro_rules! own { () => { 1 }; }");
    let open = ("m.rs", "macro_rules! own { () => { fn g() {} }; }");
    let root = ("lib.rs", "#[macro_use] mod m; mod a;");
    let body = "fn f() { own!(); { 1 } }";
    for (definition, imports, expected) in [
        (closed, "", true),
        (open, "", false),
        (closed, "use crate::own;", true),
        (closed, "use other::own;", false),
        (closed, "use other::{b as own};", false),
        (closed, "use other::*;", false),
    ] {
        let file = format!("{imports} {body}");
        let files = [root, definition, ("a.rs", &*file)];
        assert_eq!(keeps_in_file(&files), expected, "{files:?}");
    }
    let root = ("lib.rs", "#[macro_use] extern crate other; mod a;");
    assert!(!keeps_in_file(&[root, ("a.rs", "fn f() { 1 }")]));
}

#[test]
fn a_body_may_not_call_macros_of_a_crate_whose_name_was_given_away() {
    for renames in [
        "extern crate other as tracing;",
        "use other as tracing;",
        "use other::{self as tracing};",
    ] {
        for (body, expected) in [
            ("fn f() { tracing::info!(); { 1 } }", false),
            ("fn f() { log::info!(); { 1 } }", true),
        ] {
            let root = format!("{renames} mod a;");
            let files = [("lib.rs", &*root), ("a.rs", body)];
            assert_eq!(keeps_in_file(&files), expected, "{files:?}");
        }
    }
}

#[test]
fn macros_of_another_crate_of_the_group_are_known() {
    let other = "#[macro_export] macro_rules! own { () => { 1 }; }";
    let (other_directory, contents) = crate_of(&[("lib.rs", other)]);
    let other_root = other_directory.path().join("lib.rs");
    let other = Outlines::of(Some(&other_root), "hotmod", &contents, &|_| None);
    let (directory, contents) = crate_of(&[(
        "lib.rs",
        "#[macro_use] extern crate other; fn f() { own!(); }",
    )]);
    let root = directory.path().join("lib.rs");
    for (exported, expected) in [(other.exported(), 1), (None, 0)] {
        let outlines = Outlines::of(Some(&root), "hotmod", &contents, &|_| exported.clone());
        assert_eq!(outlines.all_bodies(), expected);
    }
}
