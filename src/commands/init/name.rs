//! Checks the name of a new crate.
//!
//! The rules are those of `cargo new`, but stricter where cargo only warns or says nothing. A crate
//! that shadows `std` in its host, or that rustc warns about or rejects, would be a bad start.

use crate::discover::RUNTIME;

use super::InitError;

/// The keywords of all editions, including reserved ones, which can't be used in paths.
const KEYWORDS: [&str; 54] = [
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "_",
];

/// Crates that come with the compiler.
const BUILT_IN: [&str; 5] = ["alloc", "core", "proc_macro", "std", "test"];

/// Names of devices on Windows, in any folder.
const DEVICES: [&str; 4] = ["aux", "con", "nul", "prn"];

pub(crate) fn check(name: &str) -> Result<(), InitError> {
    let in_paths = name.replace('-', "_");
    let is_allowed = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut instead = None;
    let why = if name.is_empty() {
        "it is empty".to_owned()
    } else if let Some(bad) = name.chars().find(|c| !is_allowed(*c)) {
        format!("`{bad}` is neither a letter, a digit, `_` nor `-`")
    } else if let Some(bad) = name.chars().find(|c| !c.is_ascii()) {
        format!("`{bad}` is not ASCII, and rustc requires ASCII crate names")
    } else if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        "it does not start with a letter or `_`".to_owned()
    } else if KEYWORDS.contains(&name) || in_paths.chars().all(|c| c == '_') {
        "it is a Rust keyword".to_owned()
    } else if BUILT_IN.contains(&in_paths.as_str()) {
        "it is the name of a crate that comes with the compiler".to_owned()
    } else if DEVICES.contains(&name.to_ascii_lowercase().as_str()) {
        "it is the name of a device on Windows".to_owned()
    } else if RUNTIME.contains(&in_paths.replace('_', "-").as_str()) {
        "it is the name of the runtime".to_owned()
    } else if triggers_lint(&in_paths) {
        instead = Some(snake_case(name)).filter(|it| check(it).is_ok());
        "rustc warns about crate names that are not in snake case".to_owned()
    } else {
        return Ok(());
    };
    Err(InitError::BadName {
        name: name.to_owned(),
        why,
        instead,
    })
}

/// Whether rustc's lint `non_snake_case` warns about a crate's name.
fn triggers_lint(in_paths: &str) -> bool {
    in_paths.chars().any(char::is_uppercase) || in_paths.trim_matches('_').contains("__")
}

/// The name in snake case.
fn snake_case(name: &str) -> String {
    let separator = if name.contains('-') { '-' } else { '_' };
    let mut snake = String::new();
    let mut last = separator;
    for c in name.chars() {
        let begins = c.is_uppercase() && (last.is_lowercase() || last.is_ascii_digit());
        if begins || (matches!(c, '-' | '_') && !matches!(last, '-' | '_')) {
            snake.push(separator);
        }
        if !matches!(c, '-' | '_') {
            snake.extend(c.to_lowercase());
        }
        last = c;
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked_as_by_cargo() {
        for name in ["screens", "my-screens", "_private", "x2", "my__", "looped"] {
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
            "hotmod-web",
            "a@1",
            "größe",
            "écran",
            "名",
        ] {
            assert!(check(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_name_that_rustc_warns_about_is_replaced() {
        for (name, expected) in [
            ("A", Some("a")),
            ("Screens", Some("screens")),
            ("MyScreens", Some("my_screens")),
            ("My-Screens", Some("my-screens")),
            ("HTTPServer2Go", Some("httpserver2_go")),
            ("my--screens", Some("my-screens")),
            ("my__screens", Some("my_screens")),
            ("my-_screens", Some("my-screens")),
            ("Match", None),
            ("STD", None),
        ] {
            let Err(InitError::BadName { instead, .. }) = check(name) else {
                panic!("{name}");
            };
            assert_eq!(instead.as_deref(), expected, "{name}");
        }
    }
}
