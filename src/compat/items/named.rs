//! Whether a source outside the group may use an item of the group, by the item's name.
//!
//! Only the compiler knows which item a name means. Here, it counts if it may mean the item.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;

use crate::base::parse::look_at_tokens;
use crate::base::words::mentions;

/// Whether a source may use an item of another crate by this name: at the end of a path or of an
/// import. If there is a glob import, or the source can't be parsed, any whole word counts.
pub(crate) fn may_use(source: &str, name: &str) -> bool {
    match Found::of(source, name) {
        Some(found) => found.is_in_path || (found.has_glob && mentions(source, name)),
        None => mentions(source, name),
    }
}

/// Whether a source may call a method of this name of one of these types or traits.
pub(crate) fn may_call(source: &str, name: &str, of: &[&str]) -> bool {
    let Some(found) = Found::of(source, name) else {
        return mentions(source, name);
    };
    // There may be no name before it: `<T as Trait>::name`.
    let is_one = |before: &Option<String>| before.as_ref().is_none_or(|it| of.contains(&&**it));
    found.is_method || found.before.iter().any(is_one)
}

/// Where a name is found.
#[derive(Default)]
struct Found {
    /// After a `::`.
    is_in_path: bool,
    /// The name before the `::`.
    before: Vec<Option<String>>,
    /// After a `.`.
    is_method: bool,
    /// Whether a glob import brings in other names.
    has_glob: bool,
}

impl Found {
    fn of(source: &str, name: &str) -> Option<Self> {
        look_at_tokens(source, |tokens| {
            let mut found = Found::default();
            found.read(tokens, name, false);
            found
        })
    }

    /// Reads tokens, including those in macro calls. `in_path` means that they follow a `::`.
    fn read(&mut self, tokens: TokenStream, name: &str, in_path: bool) {
        let (mut colons, mut dots) = (0, 0);
        let mut before: Option<Ident> = None;
        for token in tokens {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                TokenTree::Punct(punct) => {
                    self.has_glob |= colons == 2 && punct.as_char() == '*';
                    dots = if punct.as_char() == '.' { dots + 1 } else { 0 };
                    before = None;
                    colons = 0;
                    continue;
                }
                TokenTree::Ident(ident) if ident.unraw() == name => {
                    if colons == 2 {
                        self.before.push(before.map(|it| it.unraw().to_string()));
                    }
                    self.is_in_path |= colons == 2 || in_path;
                    self.is_method |= dots == 1;
                    before = Some(ident);
                }
                TokenTree::Ident(ident) => {
                    self.has_glob |= ident == "macro_use";
                    before = Some(ident);
                }
                TokenTree::Group(group) => {
                    self.read(group.stream(), name, colons == 2);
                    before = None;
                }
                TokenTree::Literal(_) => before = None,
            }
            (colons, dots) = (0, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_imported_or_named_by_its_path_may_be_used() {
        for source in [
            "fn f() { a::card(1) }",
            "fn f() { println!(\"{}\", a::card()) }",
            "use a::{b, card};",
            "use a::b::card as c;",
            "use a::*; fn f() { card() }",
            "#[macro_use] extern crate a; card!();",
            "unbalanced ( card",
        ] {
            assert!(may_use(source, "card"), "{source}");
        }
        for source in [
            "fn f(card: u8) { card }",
            "// a::card",
            "use a::*;",
            "x.card()",
        ] {
            assert!(!may_use(source, "card"), "{source}");
        }
    }

    #[test]
    fn what_is_called_as_a_method_or_by_its_type_may_be_called() {
        for source in [
            "fn f() { a.card() }",
            "fn f() { x(a.b().card(1)) }",
            "fn f() { Deck::card() }",
            "fn f() { a::Deck::card }",
            "fn f() { Show::card(a) }",
            "fn f() { <a::Deck as a::Show>::card() }",
            "unbalanced ( card",
        ] {
            assert!(may_call(source, "card", &["Deck", "Show"]), "{source}");
        }
        for source in [
            "fn f(card: u8) { 0..card }",
            "fn f() { Box::card() }",
            "// .card()",
        ] {
            assert!(!may_call(source, "card", &["Deck", "Show"]), "{source}");
        }
    }
}
