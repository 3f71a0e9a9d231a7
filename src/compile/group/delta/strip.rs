//! The text of a source file without the bodies that a delta does not need.
//!
//! A *stub* takes the place of a body. It calls [`STUB`], which no object of the link defines, so a
//! library that contains a stub can't be linked.
//!
//! All other code stays at its line and its column, because code can contain its position.

use std::fmt::Write as _;

use crate::compile::group::interface::{Body, Source};

/// The function that stubs call.
pub(super) const STUB: &str = "__hotmod_stub";

/// The beginning of a stub. In every function that has a stub, it can be named like this.
const CALL: &str = "{ crate::__hotmod_stub()";

/// The file without the bodies that were neither edited nor moved; `None` if it can't be changed.
pub(super) fn strip(source: &Source, is_root: bool) -> Option<String> {
    let text = &source.text;
    // The parser leaves these out, so its positions are off.
    if text.starts_with('\u{feff}') || text.starts_with("#!") && !text.starts_with("#![") {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (body, is_kept) in &source.bodies {
        let whole = text.get(body.range.clone())?;
        if !whole.starts_with('{') || !whole.ends_with('}') {
            return None;
        }
        if *is_kept || !has_room(body) {
            continue;
        }
        out.push_str(text.get(at..body.range.start)?);
        let (from, lines) = match body.end.line - body.start.line {
            0 => (body.start.column + CALL.len(), 0),
            lines => (0, lines),
        };
        out.push_str(CALL);
        out.extend(std::iter::repeat_n('\n', lines));
        out.extend(std::iter::repeat_n(' ', body.end.column - from));
        out.push('}');
        at = body.range.end;
    }
    out.push_str(text.get(at..)?);
    if is_root {
        let _ = write!(out, "\npub(crate) fn {STUB}() -> ! {{ loop {{}} }}\n");
    }
    Some(out)
}

/// Whether a stub fits into the lines of a body. What does not is quickly compiled.
fn has_room(body: &Body) -> bool {
    body.start.line < body.end.line || body.start.column + CALL.len() <= body.end.column
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::base::contents::{Contents, Digested};
    use crate::compile::group::interface::Outlines;

    /// The file after an edit, stripped; `None` if the edit changed more than bodies.
    fn stripped(was: &str, now: &str) -> Option<String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lib.rs");
        std::fs::write(&path, was).unwrap();
        let read = Contents::from([(path.clone(), Digested::of(&path))]);
        let outlines = Outlines::of(Some(&path), "hotmod", &read);
        std::fs::write(&path, now).unwrap();
        source(&outlines, &path)
    }

    fn source(outlines: &Outlines, path: &Path) -> Option<String> {
        strip(&outlines.source(path, "hotmod")?, false)
    }

    #[test]
    fn unchanged_bodies_are_left_out_and_nothing_moves() {
        for (source, expected) in [
            (
                "fn f() -> u8 {\n    let é = 1;\n    é\n} const A: u8 = 2;\n",
                "fn f() -> u8 { crate::__hotmod_stub()\n\n\n} const A: u8 = 2;\n",
            ),
            (
                "impl S {\n    fn f(&self) {\n        g();\n    }\n}\n",
                "impl S {\n    fn f(&self) { crate::__hotmod_stub()\n\n    }\n}\n",
            ),
            (
                "fn é() { \"ééé long enough for a stub\" } fn b() {}\n",
                "fn é() { crate::__hotmod_stub()       } fn b() {}\n",
            ),
            // There is no room.
            ("fn f() { 1 }\n", "fn f() { 1 }\n"),
            ("fn f() {}\n", "fn f() {}\n"),
            // Other code depends on these.
            ("fn f<T>() {\n    g()\n}\n", "fn f<T>() {\n    g()\n}\n"),
            (
                "const fn f() -> u8 {\n    1\n}\n",
                "const fn f() -> u8 {\n    1\n}\n",
            ),
            (
                "async fn f() {\n    g()\n}\n",
                "async fn f() {\n    g()\n}\n",
            ),
            (
                "fn f() -> impl A {\n    1\n}\n",
                "fn f() -> impl A {\n    1\n}\n",
            ),
            (
                "#[inline]\nfn f() {\n    1\n}\n",
                "#[inline]\nfn f() {\n    1\n}\n",
            ),
            (
                "#[instrument]\nfn f() {\n    1\n}\n",
                "#[instrument]\nfn f() {\n    1\n}\n",
            ),
            (
                "fn f() {\n    impl A for B {}\n}\n",
                "fn f() {\n    impl A for B {}\n}\n",
            ),
            (
                "fn f() {\n    static A: u8 = 1;\n}\n",
                "fn f() {\n    static A: u8 = 1;\n}\n",
            ),
            (
                "fn f() {\n    unknown!();\n}\n",
                "fn f() {\n    unknown!();\n}\n",
            ),
            (
                "trait A {\n    fn f() {\n        1\n    }\n}\n",
                "trait A {\n    fn f() {\n        1\n    }\n}\n",
            ),
            (
                "impl<T> S<T> {\n    fn f() {\n        1\n    }\n}\n",
                "impl<T> S<T> {\n    fn f() {\n        1\n    }\n}\n",
            ),
            (
                "make! {\n    fn f() {\n        1\n    }\n}\n",
                "make! {\n    fn f() {\n        1\n    }\n}\n",
            ),
            // With Windows' line ends.
            (
                "fn f() {\r\n    g();\r\n}\r\nfn g() {}\r\n",
                "fn f() { crate::__hotmod_stub()\n\n}\r\nfn g() {}\r\n",
            ),
        ] {
            let stripped = stripped(source, source);
            assert_eq!(stripped.as_deref(), Some(expected), "{source}");
        }
    }

    #[test]
    fn edited_and_moved_bodies_stay() {
        let was = "fn a() {\n    1;\n}\nfn b() {\n    2;\n}\nfn c() {\n    3;\n}\n";
        let edited = was.replace('2', "4");
        let expected = "fn a() { crate::__hotmod_stub()\n\n}\nfn b() {\n    4;\n}\nfn c() { \
                        crate::__hotmod_stub()\n\n}\n";
        assert_eq!(stripped(was, &edited).as_deref(), Some(expected));
        let longer = was.replace("    2;", "    2;\n    4;");
        let expected = "fn a() { crate::__hotmod_stub()\n\n}\nfn b() {\n    2;\n    4;\n}\nfn c() \
                        {\n    3;\n}\n";
        assert_eq!(stripped(was, &longer).as_deref(), Some(expected));
        for other in [
            was.replace("fn a", "pub fn a"),
            was.replace("1;", "static A: u8 = 1;"),
            was.replace("fn c() {\n    3;\n}\n", ""),
            was.replace("fn c() {", "fn c() {}\nfn d() {"),
            "not rust".to_owned(),
        ] {
            assert_eq!(stripped(was, &other), None, "{other}");
        }
    }

    #[test]
    fn a_file_whose_positions_are_off_is_not_changed() {
        for start in ["\u{feff}", "#!/usr/bin/env run\n"] {
            let source = format!("{start}fn f() {{\n    1;\n}}\n");
            assert_eq!(stripped(&source, &source), None);
        }
        let source = "#![allow(unused)]\nfn f() {\n    1;\n}\n";
        assert!(stripped(source, source).is_some());
    }

    #[test]
    fn the_root_defines_what_stubs_call() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lib.rs");
        std::fs::write(&path, "// no line end").unwrap();
        let read = Contents::from([(path.clone(), Digested::of(&path))]);
        let outlines = Outlines::of(Some(&path), "hotmod", &read);
        let source = outlines.source(&path, "hotmod").unwrap();
        let expected = "// no line end\npub(crate) fn __hotmod_stub() -> ! { loop {} }\n";
        assert_eq!(strip(&source, true).as_deref(), Some(expected));
    }
}
