//! The paths of items in symbols.
//!
//! Both of rustc's manglings contain more than the item: generic arguments, closures, shims. Here they are
//! reduced to a path, such as `pages::footer`, `pages::Guard::new` or
//! `<pages::Guard as core::ops::drop::Drop>::drop`, which all code compiled from the item has in common.
//!
//! A path does not name the file of the item, so an edited item is found by its [`key`](super::key).

use std::collections::BTreeSet;

use memchr::memmem;
use rustc_demangle::try_demangle;

use crate::base::words::is_of_word;

/// The crates whose items are looked for.
#[derive(Debug, Default)]
pub(crate) struct Crates {
    /// The crates of the group.
    pub(crate) group: BTreeSet<String>,
    /// The crates that may use the group. An impl with one of their items in its header belongs to them.
    pub(crate) outside: BTreeSet<String>,
}

impl Crates {
    /// The path of the item that a symbol was compiled from, if it belongs to the group.
    pub(crate) fn item(&self, symbol: &[u8]) -> Result<Option<String>, UnknownMangling> {
        // Most symbols belong to other crates, and demangling is slow.
        let mut names = self.group.iter();
        if !names.any(|name| memmem::find(symbol, name.as_bytes()).is_some()) {
            return Ok(None);
        }
        let Ok(symbol) = std::str::from_utf8(symbol) else {
            return Ok(None);
        };
        match try_demangle(symbol) {
            Ok(name) => Ok(self.item_of(symbol, &format!("{name:#}"))),
            // No symbol of C or C++ begins with `_R`. mold adds `$got` and `$plt` to names.
            Err(_) if symbol.starts_with("_R") && !symbol.contains('$') => {
                Err(UnknownMangling(symbol.to_owned()))
            }
            Err(_) => Ok(None),
        }
    }

    fn item_of(&self, symbol: &str, text: &str) -> Option<String> {
        // A blanket impl does not belong to the crate whose type it was compiled for.
        if crate_of_own_impl(symbol).is_some_and(|it| !self.group.contains(it)) {
            return None;
        }
        let mut path = path(text, is_provided(symbol))?;
        // In `impl From<Rgb> for u32`, only the argument of the trait belongs to the group.
        let its_crate = crate_of_impl(symbol, text).filter(|it| self.group.contains(*it));
        if let (Some(its_crate), Some(_)) = (its_crate, qualified(&path))
            && !heads(&path).contains(&its_crate)
        {
            path = format!("{its_crate}::{path}");
        }
        let heads = heads(&path);
        let is_ours = heads.iter().any(|it| self.group.contains(*it))
            && !heads.iter().any(|it| self.outside.contains(*it));
        is_ours.then_some(path)
    }
}

/// Whether a symbol is a provided method of a trait. In the older mangling, the demangled name shows
/// that.
fn is_provided(symbol: &str) -> bool {
    symbol.starts_with("_R") && symbol.contains("NvY")
}

/// The demangled name of a symbol, without hashes.
pub(crate) fn full_name(symbol: &str) -> String {
    match try_demangle(symbol) {
        Ok(name) if is_provided(symbol) => format!("{name:#} (provided)"),
        Ok(name) => format!("{name:#}"),
        Err(_) => symbol.to_owned(),
    }
}

/// The path of an entry point in the name that the runtime knows it by: that of its type.
pub(crate) fn path_of_entry_point(type_name: &str) -> String {
    path(type_name, false).unwrap_or_else(|| type_name.to_owned())
}

/// The path of the entry point that a symbol of the runtime's macros describes.
pub(crate) fn described(symbol: &str) -> Option<String> {
    let name = try_demangle(symbol).ok()?;
    entry_point(&path(&format!("{name:#}"), false)?)
}

/// The entry point that an item of the runtime's macros describes.
pub(super) fn entry_point(path: &str) -> Option<String> {
    const BESIDE_METHOD: &str = "__hotmod_in_trait_impls_put_hot_on_the_whole_block_";
    const BESIDE: &str = "__hotmod_describe_";
    let (parent, name) = path.rsplit_once("::")?;
    let of_name = name
        .strip_prefix(BESIDE_METHOD)
        .or_else(|| name.strip_prefix(BESIDE));
    match of_name {
        Some(name) => Some(format!("{parent}::{name}")),
        None => (name == "__hotmod_describe").then(|| parent.to_owned()),
    }
}

/// The name of the item that a symbol was compiled from, for people.
pub(crate) fn shown_symbol(symbol: &str) -> String {
    let Ok(name) = try_demangle(symbol) else {
        return symbol.to_owned();
    };
    let name = format!("{name:#}");
    if let Some((_, dropped)) = name.split_once("core::ptr::drop_in_place") {
        return format!("drop_in_place::{}", dropped.trim_start_matches("::"));
    }
    path(&name, is_provided(symbol)).map_or(name, |it| shown(&it))
}

/// A symbol of rustc that can't be demangled.
#[derive(Debug, thiserror::Error)]
#[error(
    "the symbol `{0}` has no name that can be read\n\
     help: cargo-hotmod does not know this Rust version yet: use an older toolchain, or a newer cargo-hotmod"
)]
pub(crate) struct UnknownMangling(String);

/// The crate with the impl for a type of another crate, if the symbol of a method shows it.
fn crate_of_impl<'a>(symbol: &'a str, text: &'a str) -> Option<&'a str> {
    let Some(rest) = symbol.strip_prefix("_R") else {
        let [path, _] = split_once(text, "::<impl ")?;
        return path.split("::").next();
    };
    let (_, rest) = rest.split_once("NvX")?;
    first_crate(rest)
}

/// The crate with the impl that contains the symbol's function or closure. An impl in its generic arguments
/// does not count. The older mangling does not show it.
fn crate_of_own_impl(symbol: &str) -> Option<&str> {
    let mut rest = symbol.strip_prefix("_R")?;
    while let Some(inner) = ["I", "NC", "NS"]
        .iter()
        .find_map(|it| rest.strip_prefix(it))
    {
        rest = inner;
    }
    first_crate(rest.strip_prefix("NvX")?)
}

/// The crate in the path of an impl. It comes before the type, so it contains no backreference.
fn first_crate(mut rest: &str) -> Option<&str> {
    loop {
        let (is_crate, next) = match rest.as_bytes() {
            [b'C', ..] => (true, &rest[1..]),
            [b'N', _, ..] => (false, &rest[2..]),
            _ => (false, rest),
        };
        // The disambiguator.
        rest = match next.strip_prefix('s') {
            Some(number) => number.split_once('_')?.1,
            None if next.len() == rest.len() => return None,
            None => next,
        };
        if is_crate {
            let digits = rest.find(|c: char| !c.is_ascii_digit())?;
            let (length, name) = rest.split_at(digits);
            let name = name.strip_prefix('_').unwrap_or(name);
            return name.get(..length.parse().ok()?);
        }
    }
}

/// Whether the runtime's macros generated an item.
pub(crate) fn is_of_runtime(path: &str) -> bool {
    path.contains("__hotmod") || path.contains("__HOTMOD")
}

/// Whether an item may belong to this crate: an impl to that of its type or of its trait.
pub(crate) fn is_of(path: &str, crate_name: &str) -> bool {
    heads(path).contains(&crate_name)
}

/// A path for people, without the modules of its trait.
pub(crate) fn shown(path: &str) -> String {
    match qualified(path) {
        Some((of, by, rest)) => format!("<{of} as {}>::{rest}", last_name(by)),
        None => path.to_owned(),
    }
}

/// The placeholder in a key for a type without a name, such as a slice.
pub(crate) const UNNAMED: &str = "_";

/// The last name in the path of a type or a trait.
pub(super) fn last_name(path: &str) -> &str {
    let path = path.strip_prefix("dyn ").unwrap_or(path);
    let is_named = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '#');
    match path.rsplit("::").next() {
        Some(last) if path.chars().all(is_named) => last,
        _ => UNNAMED,
    }
}

/// The crates in a path: one, or those of the type and of the trait.
pub(crate) fn heads(path: &str) -> Vec<&str> {
    match qualified(path) {
        Some(_) if !path.starts_with('<') => head(path).into_iter().collect(),
        Some((of, by, _)) => [of, by].into_iter().filter_map(head).collect(),
        None => head(path).into_iter().collect(),
    }
}

/// The crate at the beginning of a path. Primitive types and parameters have none.
fn head(path: &str) -> Option<&str> {
    let path = path.trim_start_matches(|c| !is_of_word(c));
    let words = ["mut ", "const ", "dyn "];
    let path = words
        .iter()
        .fold(path, |path, it| path.strip_prefix(it).unwrap_or(path));
    Some(path.split_once("::")?.0)
}

/// The type, the trait and the rest of the path of an item in a trait impl. If the impl belongs to neither
/// one's crate, its crate comes first in the path.
pub(super) fn qualified(path: &str) -> Option<(&str, &str, &str)> {
    let block = &path[path.find('<')?..];
    let [block, rest] = split_once(block, "::")?;
    let [of, by] = split_once(inside(block)?, " as ")?;
    Some((of, by, rest))
}

/// The path of the item in a demangled name. A provided method belongs to the trait, whatever type it was
/// compiled for.
fn path(name: &str, is_provided: bool) -> Option<String> {
    let mut found = String::new();
    let mut rest = Some(name);
    while let Some(text) = rest {
        let (segment, next) = match split_once(text, "::") {
            Some([segment, next]) => (segment, Some(next)),
            None => (text, None),
        };
        rest = next;
        let of_impl = inside(segment).map(|it| it.strip_prefix("impl ").unwrap_or(it));
        let block = of_impl.and_then(|it| {
            let pair = split_once(it, " as ");
            pair.or_else(|| split_once(it, " for ").map(|[by, of]| [of, by]))
        });
        match (of_impl, block) {
            (_, Some([_, by])) if is_provided => found = without_arguments(by),
            // This replaces the module that contains the block.
            (_, Some([of, by])) => {
                found = format!("<{} as {}>", without_arguments(of), without_arguments(by));
            }
            (Some(of), None) if found.is_empty() || segment.starts_with("<impl ") => {
                found = without_arguments(of);
            }
            // Generic arguments.
            (Some(_), None) => {}
            // A closure, or a shim.
            (None, _) if segment.starts_with('{') => {}
            // A helper that `thread_local!` generates inside a static.
            (None, _) if segment.starts_with("__RUST_STD_INTERNAL") => break,
            (None, _) => {
                if !found.is_empty() {
                    found.push_str("::");
                }
                found.push_str(&without_arguments(segment));
            }
        }
    }
    (!found.is_empty()).then_some(found)
}

/// The text between angle brackets.
fn inside(segment: &str) -> Option<&str> {
    segment.strip_prefix('<')?.strip_suffix('>')
}

/// A path without generic arguments. Of `dyn A + B`, only `A` is kept.
fn without_arguments(path: &str) -> String {
    let mut depth = 0;
    let mut before = ' ';
    let mut out = String::new();
    for c in path.chars() {
        match c {
            '<' => depth += 1,
            '>' if before != '-' => depth -= 1,
            _ if depth == 0 => out.push(c),
            _ => {}
        }
        before = c;
    }
    if let Some((first, _)) = out.split_once('+').filter(|_| out.starts_with("dyn ")) {
        out.truncate(first.trim_end().len());
    }
    out
}

/// Splits a text at the first `at` outside of brackets.
fn split_once<'a>(text: &'a str, at: &str) -> Option<[&'a str; 2]> {
    let mut depth = 0;
    let mut before = ' ';
    for (index, c) in text.char_indices() {
        match c {
            '<' | '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '>' if before != '-' => depth -= 1,
            _ if depth == 0 && text[index..].starts_with(at) => {
                return Some([&text[..index], &text[index + at.len()..]]);
            }
            _ => {}
        }
        before = c;
    }
    None
}

#[cfg(test)]
mod tests;
