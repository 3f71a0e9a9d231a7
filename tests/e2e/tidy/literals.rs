//! String literals: several spaces in the middle of a sentence are a line break without its `\`.

use std::fs;

use proc_macro2::{TokenStream, TokenTree};
use syn::LitStr;

use super::{repository, sources};

/// The string literals of code that is not a test's, without doc comments.
fn literals(tokens: TokenStream, found: &mut Vec<String>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(word) if word == "mod" => {
                let is_tests = tokens.next().is_some_and(|it| it.to_string() == "tests");
                tokens.next_if(|_| is_tests);
            }
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                let is_doc = |it: &TokenTree| it.to_string().starts_with("[doc =");
                tokens.next_if(is_doc);
            }
            TokenTree::Group(group) => literals(group.stream(), found),
            TokenTree::Literal(literal) => {
                let literal = syn::parse_str::<LitStr>(&literal.to_string());
                found.extend(literal.map(|it| it.value()));
            }
            _ => {}
        }
    }
}

/// A line with a run of spaces between two words. Indented lines are laid out on purpose, and so is what
/// is beside a placeholder.
fn broken_line(text: &str) -> Option<&str> {
    text.lines().find(|line| {
        let inside = line.trim();
        let is_laid_out = line.starts_with(' ') || line.starts_with('\x1b');
        let mut runs = inside.match_indices("  ");
        !is_laid_out
            && runs.any(|(at, run)| {
                !inside[..at].trim_end().ends_with('}')
                    && !inside[at + run.len()..].trim_start().starts_with('{')
            })
    })
}

#[test]
fn no_message_has_a_run_of_spaces() {
    let mut broken = Vec::new();
    for file in ["src", "crates"]
        .iter()
        .flat_map(|it| sources(&repository().join(it)))
    {
        let name = file
            .strip_prefix(repository())
            .unwrap()
            .display()
            .to_string();
        if name.contains("/tests/") || name.ends_with("/tests.rs") {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let mut found = Vec::new();
        literals(text.parse().unwrap(), &mut found);
        for line in found.iter().filter_map(|it| broken_line(it)) {
            broken.push(format!("{name}: {line:?}"));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_lost_backslash_is_found() {
    for (code, expected) in [
        (
            r#"say("mark it, and         the next")"#,
            Some("mark it, and         the next"),
        ),
        ("say(\"mark it, and\n         the next\")", None),
        ("say(\"mark it, and \\\n         the next\")", None),
        (r#"say("{name:10}  {value}")"#, None),
        (r#"say("  run     the program")"#, None),
        (r#"mod tests { const A: &str = "a  b"; }"#, None),
        ("/// A  doc.\nstruct A;", None),
    ] {
        let mut found = Vec::new();
        literals(code.parse().unwrap(), &mut found);
        let line = found.iter().find_map(|it| broken_line(it));
        assert_eq!(line, expected, "{code}");
    }
}
