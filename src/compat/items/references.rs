//! The paths in tokens.

use crate::base::words::is_of_word;

/// A path in tokens that refers to an item: `a::B`, `B`, or `<T as A>::B`, of which only `B` is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reference<'a> {
    /// The names in it; the first one is empty if there is no name before the first `::`.
    pub(crate) names: Vec<&'a str>,
    /// Whether it is the name of a function in its declaration, or of a field or an argument before its
    /// colon.
    pub(crate) is_declared: bool,
}

/// The paths in printed tokens, with or without spaces between them.
pub(crate) fn references(tokens: &str) -> Vec<Reference<'_>> {
    let mut found: Vec<Reference<'_>> = Vec::new();
    // The number of colons since the last other token, and whether that was a name.
    let (mut colons, mut is_after_name) = (0, false);
    let mut rest = tokens;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => length_of_string(rest),
            '\'' => length_of_quoted(rest),
            _ if is_of_word(first) => {
                let end = rest.find(|it| !is_of_word(it)).unwrap_or(rest.len());
                let (word, after) = rest.split_at(end);
                match length_of_raw(after) {
                    Some(string) if matches!(word, "r" | "br" | "cr") => end + string,
                    _ => {
                        if !after.starts_with('"') && !first.is_ascii_digit() {
                            add(&mut found, word, colons, is_after_name);
                            (colons, is_after_name) = (0, true);
                        }
                        rest = after;
                        continue;
                    }
                }
            }
            _ => first.len_utf8(),
        };
        let token = &rest[..length];
        rest = &rest[length..];
        if token == ":" {
            colons += 1;
        } else if !token.trim().is_empty() {
            declare(&mut found, colons, is_after_name);
            (colons, is_after_name) = (0, false);
        }
    }
    declare(&mut found, colons, is_after_name);
    found.retain(|it| it.names != [""]);
    found
}

fn add<'a>(found: &mut Vec<Reference<'a>>, word: &'a str, colons: usize, is_after_name: bool) {
    // `x: ::a::B` has three.
    let is_path = colons >= 2;
    match found.last_mut() {
        Some(last) if is_path && is_after_name && colons == 2 => last.names.push(word),
        _ => {
            declare(found, colons, is_after_name);
            let is_tail = colons == 2;
            let is_function = is_after_name && found.last().is_some_and(|it| it.names == ["fn"]);
            found.push(Reference {
                names: if is_tail { vec!["", word] } else { vec![word] },
                is_declared: is_function,
            });
        }
    }
}

/// Marks the last name if a single colon follows it.
fn declare(found: &mut [Reference<'_>], colons: usize, is_after_name: bool) {
    if let (true, 1 | 3, Some(last)) = (is_after_name, colons, found.last_mut()) {
        last.is_declared = last.names.len() == 1;
    }
}

/// The length of a string, including its quotes.
fn length_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            '"' if !is_escaped => return at + 1,
            '\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    text.len()
}

/// The length of a raw string, after the `r`.
fn length_of_raw(text: &str) -> Option<usize> {
    let hashes = text.bytes().take_while(|it| *it == b'#').count();
    let string = text[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = string.find(&end).map_or(string.len(), |at| at + end.len());
    Some(hashes + 1 + length)
}

/// The length of a lifetime or a character literal, including the quote at the beginning.
fn length_of_quoted(text: &str) -> usize {
    let inside = &text[1..];
    let first = inside.chars().next().map_or(0, char::len_utf8);
    if inside.starts_with('\\') {
        return inside[first + 1..]
            .find('\'')
            .map_or(text.len(), |at| first + at + 3);
    }
    if inside[first..].starts_with('\'') {
        return first + 2;
    }
    // A printed lifetime may have a space after its quote.
    let name = inside.trim_start_matches(' ');
    let length = name.find(|it| !is_of_word(it)).unwrap_or(name.len());
    text.len() - name.len() + length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(tokens: &str) -> Vec<String> {
        let all = references(tokens);
        let shown = |it: &Reference<'_>| {
            let sign = if it.is_declared { ":" } else { "" };
            format!("{}{sign}", it.names.join("::"))
        };
        all.iter().map(shown).collect()
    }

    #[test]
    fn paths_are_read_with_and_without_spaces() {
        for (tokens, paths) in [
            ("a::b::C", vec!["a::b::C"]),
            ("a : : b : : C", vec!["a::b::C"]),
            ("x : A", vec!["x:", "A"]),
            ("fn a(b: fn(C))", vec!["fn", "a:", "b:", "fn", "C"]),
            ("x : : : a : : B", vec!["x:", "a::B"]),
            ("::a::B", vec!["::a::B"]),
            ("<T as A>::B", vec!["T", "as", "A", "::B"]),
            ("Vec<a::B>", vec!["Vec", "a::B"]),
            ("& ' a str , & 'b S", vec!["str", "S"]),
            ("f('x', '\\'', \"a B\", r#\"C \"D\" \"#, E)", vec!["f", "E"]),
            ("b\"A\" , 1u8 , [B; 2]", vec!["B"]),
        ] {
            assert_eq!(written(tokens), paths, "{tokens}");
        }
    }
}
