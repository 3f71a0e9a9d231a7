//! The text of a source file without the bodies that a delta does not need.
//!
//! A *stub* takes the place of a body. It calls [`STUB`], which no object of the link defines, so a
//! library that contains a stub can't be linked.
//!
//! All other code stays at its line and its column, because code can contain its position. It also stays at
//! its byte: rustc treats code that a macro generated as changed if the macro's call moves to another byte,
//! and compiles it again. So spaces follow each body, see [`Padding`].

use std::fmt::Write as _;

use super::padding::Padding;
use crate::base::parse::length_of_start;
use crate::compile::group::interface::{Body, Source};

/// The function that stubs call.
pub(super) const STUB: &str = "__hotmod_stub";

/// The beginning of a stub. In every function that has a stub, it can be named like this.
const CALL: &str = "{ crate::__hotmod_stub()";

/// The file without the bodies that were neither edited nor moved; `None` if it can't be changed.
pub(super) fn strip(source: &Source, padding: &mut Padding) -> Option<String> {
    let text = &source.text;
    // The parser leaves these out, so its positions are off.
    if length_of_start(text) > 0 {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut free = 0;
    for (index, (body, is_kept)) in source.bodies.iter().enumerate() {
        let whole = text.get(body.range.clone())?;
        if !whole.starts_with('{') || !whole.ends_with('}') {
            return None;
        }
        free = fill(&mut out, text.get(at..body.range.start)?, free);
        let begin = out.len();
        if *is_kept || !fits_stub(body) {
            out.push_str(whole);
        } else {
            stub(&mut out, body);
        }
        free += padding.spaces(index, length(whole), length(&out[begin..]));
        at = body.range.end;
    }
    free = fill(&mut out, text.get(at..)?, free);
    out.extend(std::iter::repeat_n(' ', free));
    Some(out)
}

/// How many bytes rustc counts: to it, a line ends with one.
fn length(text: &str) -> usize {
    text.len() - text.matches("\r\n").count()
}

/// What to add to the root: the function that stubs call, and these crates. rustc loads only crates that
/// are named, and compiles everything again when another one is loaded.
pub(super) fn added_to_root<'a>(crates: impl Iterator<Item = &'a str>) -> String {
    let mut added = format!("\npub(crate) fn {STUB}() -> ! {{ loop {{}} }}\n");
    for name in crates {
        let _ = writeln!(added, "extern crate {name} as _;");
    }
    added
}

/// Adds text that comes after a body, and so many spaces at the end of its first line if no code is
/// there. Returns how many spaces could not be added.
fn fill(out: &mut String, text: &str, spaces: usize) -> usize {
    let line = text.lines().next().unwrap_or_default();
    let code = line.trim_start_matches(|it: char| it.is_whitespace() || it == '}');
    if line.len() == text.len() || !code.is_empty() {
        out.push_str(text);
        return spaces;
    }
    out.push_str(line);
    out.extend(std::iter::repeat_n(' ', spaces));
    out.push_str(&text[line.len()..]);
    0
}

/// Adds a stub with as many lines as a body, and its last column.
fn stub(out: &mut String, body: &Body) {
    let (from, lines) = match body.end.line - body.start.line {
        0 => (body.start.column + CALL.len(), 0),
        lines => (0, lines),
    };
    out.push_str(CALL);
    out.extend(std::iter::repeat_n('\n', lines));
    out.extend(std::iter::repeat_n(' ', body.end.column - from));
    out.push('}');
}

/// Whether a stub fits into the lines of a body. What does not is quickly compiled.
fn fits_stub(body: &Body) -> bool {
    body.start.line < body.end.line || body.start.column + CALL.len() <= body.end.column
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::contents::{Contents, Digested};
    use crate::compile::group::interface::Outlines;

    /// The file after an edit, stripped, without spaces at line ends; `None` if the edit changed more than
    /// bodies.
    fn stripped(was: &str, now: &str) -> Option<String> {
        let text = stripped_in(&mut Padding::default(), was, now)?;
        let lines = text.split_inclusive('\n').map(|line| {
            let code = line.trim_end_matches(['\r', '\n']);
            format!("{}{}", code.trim_end_matches(' '), &line[code.len()..])
        });
        Some(lines.collect())
    }

    fn stripped_in(padding: &mut Padding, was: &str, now: &str) -> Option<String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lib.rs");
        std::fs::write(&path, was).unwrap();
        let read = Contents::from([(path.clone(), Digested::of(&path))]);
        let outlines = Outlines::of(Some(&path), "hotmod", &read, &|_| None);
        std::fs::write(&path, now).unwrap();
        let source = outlines.source(&path, "hotmod")?;
        padding.resize(source.bodies.len());
        strip(&source, padding)
    }

    /// Code that a macro made is compiled again if its call is at another byte.
    #[test]
    fn an_edit_leaves_the_code_after_it_at_its_byte() {
        let was = "impl A {\n    fn a() {\n        1;\n    }\n}\n\n#[derive(Debug)]\nstruct B;\n\nfn \
                   c() {\n    1;\n} // c\nfn d() {\n    1;\n}\nconst E: u8 = 1;\nfn f() {\n    1;\n}";
        for was in [was.to_owned(), was.replace('\n', "\r\n")] {
            check_that_code_stays(&was);
        }
    }

    fn check_that_code_stays(was: &str) {
        let padding = &mut Padding::default();
        let ends = |text: &str| {
            let text = text.replace("\r\n", "\n");
            let ends = ["#[derive(Debug)]", "const E"].map(|it| text.find(it).unwrap());
            (ends, text.len())
        };
        let expected = ends(&stripped_in(padding, was, was).unwrap());
        for body in ["2", "\"a longer text\"", "\"é\"", ""] {
            for at in [0, 1, 2, 4] {
                let (before, _) = was.match_indices("1;").nth(at).unwrap();
                let now = format!("{}{body}{}", &was[..before], &was[before + 1..]);
                let text = stripped_in(padding, was, &now).unwrap();
                assert_eq!(ends(&text), expected, "{text}");
                assert!(body.is_empty() || text.contains(body), "{text}");
            }
        }
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
            // A stub does not fit.
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
            (
                "macro_rules! own {\n    () => {\n        1\n    };\n}\nfn f() {\n    own!();\n}\n",
                "macro_rules! own {\n    () => {\n        1\n    };\n}\nfn f() { \
                 crate::__hotmod_stub()\n\n}\n",
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
    fn the_root_defines_what_stubs_call_and_names_crates() {
        let expected = "\npub(crate) fn __hotmod_stub() -> ! { loop {} }\nextern crate a as _;\n";
        assert_eq!(added_to_root(["a"].into_iter()), expected);
    }
}
