//! Line endings of edited texts, lines with attributes, and diffs.

use std::path::Path;

use similar::{ChangeTag, TextDiff};

use super::change::Change;

/// Restores the original's line endings in an edited text: a line of the original keeps its own,
/// and an added line gets those of the file.
///
/// The edits themselves use `\n` only.
pub(crate) fn with_endings_of(original: &str, edited: &str) -> String {
    let crlf = original.matches("\r\n").count();
    if crlf == 0 {
        return edited.to_owned();
    }
    let is_crlf = crlf * 2 > original.matches('\n').count();
    let plain = original.replace("\r\n", "\n");
    let originals: Vec<&str> = original.split_inclusive('\n').collect();
    let diff = TextDiff::from_lines(plain.as_str(), edited);
    let mut text = String::new();
    for change in diff.iter_all_changes() {
        match (change.tag(), change.old_index()) {
            (ChangeTag::Delete, _) => {}
            (ChangeTag::Equal, Some(index)) => text += originals[index],
            _ if is_crlf => text += &change.value().replace('\n', "\r\n"),
            _ => text += change.value(),
        }
    }
    text
}

/// A Rust source with an attribute on a line of its own above `line`, which is counted from 1. `None` if
/// something else than an item or its attributes begins there.
pub(crate) fn with_attribute(source: &str, line: usize, attribute: &str) -> Option<String> {
    const BEGINNINGS: &[&str] = &[
        "#", "fn ", "pub", "async ", "unsafe ", "extern ", "const ", "impl",
    ];
    let index = line.checked_sub(1)?;
    let lines: Vec<&str> = source.split_inclusive('\n').collect();
    let below = *lines.get(index)?;
    let begin = below.trim_start();
    if !BEGINNINGS.iter().any(|it| begin.starts_with(it)) {
        return None;
    }
    let indent = &below[..below.len() - begin.len()];
    let end = if below.ends_with("\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    let (above, rest) = lines.split_at(index);
    Some(above.concat() + indent + attribute + end + &rest.concat())
}

/// A change as a unified diff, which `git apply` understands in the workspace's root.
pub(crate) fn diff(change: &Change, root: &Path) -> String {
    let path = change.path.strip_prefix(root).unwrap_or(&change.path);
    let name = |side: &str, text: &Option<String>| match text {
        Some(_) => format!("{side}/{}", path.display()),
        None => "/dev/null".to_owned(),
    };
    let header = (name("a", &change.before), name("b", &change.after));
    let (before, after) = (
        change.before.as_deref().unwrap_or_default(),
        change.after.as_deref().unwrap_or_default(),
    );
    TextDiff::from_lines(before, after)
        .unified_diff()
        .header(&header.0, &header.1)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_endings() {
        assert_eq!(with_endings_of("a\nb\n", "a\nx\nb\n"), "a\nx\nb\n");
        assert_eq!(
            with_endings_of("a\r\nb\r\n", "a\nx\nb\n"),
            "a\r\nx\r\nb\r\n"
        );
        assert_eq!(
            with_endings_of("a\r\nb\nc\n", "a\nb\nx\nc\n"),
            "a\r\nb\nx\nc\n"
        );
        assert_eq!(with_endings_of("a\r\nb\r\n", "b\n"), "b\r\n");
    }

    #[test]
    fn the_diff_of_a_new_file_names_it() {
        let change = Change::create("/w/crates/a.txt".into(), "one\n".to_owned());
        assert_eq!(
            diff(&change, Path::new("/w")),
            "--- /dev/null\n+++ b/crates/a.txt\n@@ -0,0 +1 @@\n+one\n"
        );
    }
}
