//! Whether a word can be the name of a new crate.
//!
//! As `cargo new` judges it, and stricter where cargo only warns: a crate that hides `std` from
//! its host is no beginning.

use crate::discover::RUNTIME;

use super::InitError;

/// Of all editions, and those that are reserved: a crate's name is written in paths.
const KEYWORDS: [&str; 54] = [
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "_",
];

/// What comes with the compiler.
const BUILT_IN: [&str; 5] = ["alloc", "core", "proc_macro", "std", "test"];

/// What Windows takes for a device, in any folder.
const DEVICES: [&str; 4] = ["aux", "con", "nul", "prn"];

pub(super) fn check(name: &str) -> Result<(), InitError> {
    let in_paths = name.replace('-', "_");
    let is_allowed = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let why = if name.is_empty() {
        "it is empty".to_owned()
    } else if let Some(bad) = name.chars().find(|c| !is_allowed(*c)) {
        format!("`{bad}` is neither a letter, a digit, `_` nor `-`")
    } else if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        "it does not begin with a letter or `_`".to_owned()
    } else if KEYWORDS.contains(&name) || in_paths.chars().all(|c| c == '_') {
        "it is a keyword of Rust".to_owned()
    } else if BUILT_IN.contains(&in_paths.as_str()) {
        "a crate that comes with the compiler is called so".to_owned()
    } else if DEVICES.contains(&name.to_ascii_lowercase().as_str()) {
        "it is the name of a device on Windows".to_owned()
    } else if RUNTIME.contains(&in_paths.replace('_', "-").as_str()) {
        "the runtime is called so".to_owned()
    } else {
        return Ok(());
    };
    Err(InitError::BadName {
        name: name.to_owned(),
        why,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged_as_cargo_judges_them() {
        for name in ["screens", "my-screens", "_private", "x2", "größe", "looped"] {
            assert!(check(name).is_ok(), "{name}");
        }
        for name in [
            "",
            "2d",
            "-a",
            "a b",
            "a/b",
            "a.b",
            "fn",
            "gen",
            "Self",
            "_",
            "--",
            "std",
            "test",
            "proc-macro",
            "nul",
            "CON",
            "hotmod",
            "hotmod-macros",
            "hotmod_macros",
            "a@1",
        ] {
            assert!(check(name).is_err(), "{name}");
        }
    }
}
