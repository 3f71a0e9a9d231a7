//! Whether two versions of a source are the same code: the same tokens outside tests.
//!
//! Comments and line breaks between tokens only change positions in panics, `Location`s and debug
//! information. Documentation counts, because it is an attribute, which derives can read. Positions
//! count in two cases:
//!
//! - A macro knows the positions of its tokens, and some read the text between them. So in the call of a
//!   macro other than std's, all positions count, relative to the call.
//! - `line!`, `column!`, and macros that read a source as a file.

use std::collections::BTreeSet;

use proc_macro2::{LineColumn, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, ImplItem, Item};

use super::cfg_test::{attributes, is_for_tests};
use super::syntax::is_hot;
use crate::base::content_hash::Digest;

/// The tokens of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tokens {
    /// One of each part.
    digests: Vec<u64>,
    /// Whether the code may use its own position.
    has_positions: bool,
    /// The names of sources that macros may read as files; `None` for any.
    reads: Option<BTreeSet<String>>,
}

impl Tokens {
    pub(crate) fn of(file: &syn::File) -> Self {
        let mut reader = Reader {
            digest: Digest::new(),
            found: Tokens::default(),
        };
        reader.add_all(&file.attrs);
        reader.items(&file.items);
        Tokens {
            digests: vec![reader.digest.finish()],
            ..reader.found
        }
    }

    /// Adds the next part of the source.
    pub(crate) fn add(&mut self, other: &Tokens) {
        self.digests.extend(&other.digests);
        self.has_positions |= other.has_positions;
        match (&mut self.reads, &other.reads) {
            (Some(all), Some(reads)) => all.extend(reads.iter().cloned()),
            (all, _) => *all = None,
        }
    }

    /// Whether another version is the same code.
    pub(crate) fn is_same(&self, other: &Tokens) -> bool {
        self.digests == other.digests && !self.has_positions
    }

    /// Whether a macro may read a source of this name as a file.
    pub(crate) fn may_read(&self, name: &str) -> bool {
        self.reads.as_ref().is_none_or(|it| it.contains(name))
    }
}

impl Default for Tokens {
    /// No tokens.
    fn default() -> Self {
        Tokens {
            digests: Vec::new(),
            has_positions: false,
            reads: Some(BTreeSet::new()),
        }
    }
}

struct Reader {
    digest: Digest,
    found: Tokens,
}

impl Reader {
    fn items(&mut self, items: &[Item]) {
        for item in items.iter().filter(|it| !is_for_tests(attributes(it))) {
            match item {
                Item::Mod(module) if module.content.is_some() => {
                    let items = module.content.iter().flat_map(|(_, items)| items);
                    let items: Vec<Item> = items.cloned().collect();
                    self.add_all(&module.attrs);
                    self.add(&module.vis);
                    self.add(&module.ident);
                    self.digest.text("{");
                    self.items(&items);
                    self.digest.text("}");
                }
                Item::Impl(block) if block.attrs.iter().all(is_plain) => {
                    let mut header = block.clone();
                    header
                        .items
                        .retain(|it| !is_for_tests(attributes_in_impl(it)));
                    self.add(&header);
                }
                item => self.add(item),
            }
        }
    }

    fn add_all(&mut self, attributes: &[Attribute]) {
        attributes.iter().for_each(|it| self.add(it));
    }

    fn add(&mut self, tokens: &impl ToTokens) {
        self.read(tokens.to_token_stream(), None);
        self.digest.text(";");
    }

    /// `call` is the position of the macro call that contains the tokens.
    fn read(&mut self, tokens: TokenStream, call: Option<LineColumn>) {
        let mut before: [Option<TokenTree>; 2] = [None, None];
        for token in tokens {
            if let Some(call) = call {
                let at = token.span().start();
                let line = at.line.saturating_sub(call.line);
                let indent = if line == 0 { call.column } else { 0 };
                self.digest.number(line as u64);
                self.digest.number(at.column.saturating_sub(indent) as u64);
            }
            match &token {
                TokenTree::Group(group) => {
                    let name = called(&before);
                    if let Some(name) = &name {
                        self.call(name, &group.stream());
                    }
                    let own = name.filter(|it| !is_of_std(it));
                    let own = own.map(|_| group.span_open().start());
                    self.digest.text(&format!("{:?}", group.delimiter()));
                    self.read(group.stream(), call.or(own));
                    self.digest.text("end");
                }
                TokenTree::Punct(punct) => {
                    self.digest
                        .text(&format!("{}{:?}", punct.as_char(), punct.spacing()));
                }
                token => self.digest.text(&token.to_string()),
            }
            before = [before[1].take(), Some(token)];
        }
    }

    /// Looks at the call of a macro.
    fn call(&mut self, name: &str, arguments: &TokenStream) {
        self.found.has_positions |= matches!(name, "column" | "line");
        let text = arguments.to_string();
        let files = text.split('"').filter(|it| it.ends_with(".rs"));
        let files: Vec<&str> = files.filter_map(|it| it.rsplit('/').next()).collect();
        let is_include = matches!(name, "include" | "include_bytes" | "include_str");
        match &mut self.found.reads {
            // The path is not a literal.
            _ if is_include && !text.contains('"') => self.found.reads = None,
            Some(reads) => reads.extend(files.into_iter().map(str::to_owned)),
            None => {}
        }
    }
}

/// The name of the called macro, if these tokens come before its arguments.
fn called(before: &[Option<TokenTree>; 2]) -> Option<String> {
    match before {
        [Some(TokenTree::Ident(name)), Some(TokenTree::Punct(sign))] if sign.as_char() == '!' => {
            Some(name.to_string())
        }
        _ => None,
    }
}

/// Whether this is the name of a macro of std that does not read the text between its tokens.
fn is_of_std(name: &str) -> bool {
    const NAMES: [&str; 15] = [
        "concat",
        "eprint",
        "eprintln",
        "format",
        "format_args",
        "matches",
        "panic",
        "print",
        "println",
        "todo",
        "unimplemented",
        "unreachable",
        "vec",
        "write",
        "writeln",
    ];
    NAMES.contains(&name)
}

/// Whether an attribute of an impl leaves its items as they are.
fn is_plain(attribute: &Attribute) -> bool {
    const PLAIN: [&str; 6] = ["allow", "cfg", "deny", "doc", "expect", "warn"];
    is_hot(attribute) || PLAIN.iter().any(|it| attribute.path().is_ident(it))
}

fn attributes_in_impl(item: &ImplItem) -> &[Attribute] {
    match item {
        ImplItem::Const(item) => &item.attrs,
        ImplItem::Fn(item) => &item.attrs,
        ImplItem::Macro(item) => &item.attrs,
        ImplItem::Type(item) => &item.attrs,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::parse::look_at_file;

    fn tokens(source: &str) -> Tokens {
        look_at_file(source, Tokens::of).unwrap()
    }

    #[test]
    fn comments_and_tests_are_not_code() {
        for (was, is) in [
            (
                "fn f() { vec![g(1), 2] }",
                "fn f() { vec![ g( 1 ), // a\n 2] }",
            ),
            ("fn f() { 1 }", "// a\n\nfn f() {\n    /* b */ 1 // c\n}"),
            ("fn f() { g(1) }", "fn f()\n{ g( 1 ) }"),
            (
                "fn f() {}",
                "fn f() {} #[cfg(test)] mod tests { fn g() {} }",
            ),
            (
                "mod m { #[cfg(test)] fn g() {} }",
                "mod m { #[cfg(test)] fn g() { 1 } }",
            ),
            ("impl S { #[cfg(test)] fn g() {} }", "impl S {}"),
            (
                "#[hot] impl S { #[cfg(all(test, a))] fn g() {} }",
                "#[hot] impl S {}",
            ),
            ("fn f() { g!(a, b) }", "// a\nfn f() {\n        g!(a, b)\n}"),
            (
                "macro_rules! m { () => { 1 } }",
                "macro_rules! m {\n    () => { 1 } // a\n}",
            ),
        ] {
            assert!(tokens(was).is_same(&tokens(is)), "{is}");
        }
    }

    #[test]
    fn all_else_is_code() {
        for (was, is) in [
            ("fn f() { 1 }", "fn f() { 2 }"),
            ("/// a\nfn f() {}", "/// b\nfn f() {}"),
            ("//! a\nfn f() {}", "//! b\nfn f() {}"),
            ("fn f() {}", "#[cfg(not(test))] fn f() {}"),
            (
                "#[cfg(any(test, a))] fn f() {}",
                "#[cfg(any(test, a))] fn f() { 1 }",
            ),
            ("fn f() { g!(a == b) }", "fn f() { g!(a = = b) }"),
            ("mod m { fn f() {} }", "mod m {} fn f() {}"),
            (
                "mod m { fn f() {} fn g() {} }",
                "mod m { fn f() {} } fn g() {}",
            ),
            // A macro may read the text between its tokens.
            ("fn f() { html!(a b) }", "fn f() { html!(a  b) }"),
            ("fn f() { html!(a\nb) }", "fn f() { html!(a\n// c\nb) }"),
            // Another macro may see the items.
            (
                "#[other] impl S { #[cfg(test)] fn g() {} }",
                "#[other] impl S {}",
            ),
            // It has its own position.
            ("fn f() { line!() }", "// a\nfn f() { line!() }"),
            (
                "fn f() { g(x!(column!())) }",
                "fn f() { g(x!(column!())) } // a",
            ),
        ] {
            assert!(!tokens(was).is_same(&tokens(is)), "{is}");
        }
    }

    #[test]
    fn a_source_that_a_macro_reads_as_a_file_is_named() {
        for (source, name, expected) in [
            ("const S: &str = include_str!(\"a/m.rs\");", "m.rs", true),
            ("const S: &str = include_str!(\"a/m.rs\");", "n.rs", false),
            ("const S: &str = include_str!(\"m.txt\");", "m.rs", false),
            (
                "include!(concat!(env!(\"OUT_DIR\"), \"/m.rs\"));",
                "m.rs",
                true,
            ),
            ("include!(PATH);", "m.rs", true),
            ("show_source!(\"m.rs\");", "m.rs", true),
            ("#[path = \"m.rs\"] mod m;", "m.rs", false),
        ] {
            assert_eq!(tokens(source).may_read(name), expected, "{source}");
        }
    }
}
