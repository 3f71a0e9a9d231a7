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
    let outlines = Outlines::of(Some(&root), "hotmod", &contents);
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
    let outlines = Outlines::of(Some(&root), "hotmod", &contents);
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
