//! Whether a symbol is that of a plain function: not generic, no closure, and compiled once.
//!
//! The grammar of symbols is in RFC 2603, <https://rust-lang.github.io/rfcs/2603-rust-symbol-name-mangling-v0.html>.

use rustc_demangle::{demangle, try_demangle};

/// A function, or a method of an impl, of which there is one instance. A method of a type with generic arguments
/// may belong to a generic impl, so it doesn't count. Neither does a provided method, which is compiled for each
/// type, where it is used.
pub(super) fn is_plain(symbol: &[u8]) -> bool {
    let Ok(symbol) = std::str::from_utf8(symbol) else {
        return false;
    };
    let Some(rest) = symbol.strip_prefix("_RNv") else {
        return false;
    };
    let parent = match rest.as_bytes().first() {
        Some(b'M' | b'X') => after_disambiguator(&rest[1..]),
        Some(b'C') => rest,
        Some(b'N') if rest.starts_with("Nt") => rest,
        _ => return false,
    };
    // What is inside of a function has a number instead of a name.
    let is_inside = parent.starts_with("Nv") || parent.starts_with("NC") || rest.contains("NtNv");
    // A suffix of LLVM, or of another compiler.
    if is_inside || rest.contains('.') {
        return false;
    }
    let Ok(name) = try_demangle(symbol) else {
        return false;
    };
    let name = format!("{name:#}");
    let (of, path) = match name.strip_prefix('<').and_then(|it| it.split_once('>')) {
        Some((of, path)) => (of, path),
        None => ("", &*name),
    };
    !of.contains('<') && !path.contains(['<', '{']) && !of.contains('{')
}

/// The text after the number of an impl, if it has one.
fn after_disambiguator(text: &str) -> &str {
    let rest = text.strip_prefix('s').and_then(|it| it.split_once('_'));
    rest.map_or(text, |(_, rest)| rest)
}

/// The full name of a symbol, with the hashes of crates, but without the numbers of impls.
pub(super) fn full_path(symbol: &str) -> String {
    demangle(symbol).to_string()
}

/// The full name of the function that a redirected reference means: the link removes the first character of its
/// symbol.
pub(crate) fn redirected_name(symbol: &str) -> Option<String> {
    let is_redirected = symbol.starts_with("RNv");
    is_redirected.then(|| full_path(&format!("_{symbol}")))
}
