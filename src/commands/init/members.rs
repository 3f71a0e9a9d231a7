//! Adds a folder to a workspace's `members`, and keeps the format of the list.

use toml_edit::{Array, Value};

/// Adds a folder: in alphabetical order if the list is sorted, otherwise at the end.
pub(crate) fn add(members: &mut Array, folder: &str) {
    let names: Vec<&str> = members.iter().filter_map(Value::as_str).collect();
    let place = names.iter().position(|name| *name > folder);
    let place = place.filter(|_| names.is_sorted()).unwrap_or(members.len());
    let before_next = match members.get(place) {
        Some(next) => prefix(next),
        None => tail(members),
    };
    // A comment after a comma belongs to the entry before the comma.
    let (own, rest) = match before_next.find('\n') {
        Some(end) => before_next.split_at(end),
        None => ("", before_next.as_str()),
    };
    let is_one_line = rest.is_empty() || !rest.contains('\n');
    let mut value = Value::from(folder);
    if is_one_line {
        let blank = if place == 0 { "" } else { " " };
        value.decor_mut().set_prefix(blank);
        if let Some(next) = members.get_mut(place) {
            next.decor_mut().set_prefix(" ");
        }
        members.insert_formatted(place, value);
        return;
    }
    let indent = indent(members);
    match members.get_mut(place) {
        Some(next) => {
            next.decor_mut().set_prefix(rest);
            value.decor_mut().set_prefix(format!("{own}\n{indent}"));
        }
        // Comments at the end of the list stay above the new entry.
        None => {
            let comments = rest.rfind('\n').map_or("", |end| &rest[..end]);
            let end = rest[comments.len()..].to_owned();
            value
                .decor_mut()
                .set_prefix(format!("{own}{comments}\n{indent}"));
            if let Some(last) = place.checked_sub(1).and_then(|it| members.get_mut(it)) {
                last.decor_mut().set_suffix("");
            }
            members.set_trailing(end);
            members.set_trailing_comma(true);
        }
    }
    members.insert_formatted(place, value);
}

/// The text before a value, from the comma or the bracket on.
fn prefix(value: &Value) -> String {
    let prefix = value.decor().prefix().and_then(|it| it.as_str());
    prefix.unwrap_or_default().to_owned()
}

/// The text between the last value, or its comma, and the closing bracket.
fn tail(members: &Array) -> String {
    let suffix = members.iter().last().and_then(|it| it.decor().suffix());
    let suffix = suffix.and_then(|it| it.as_str()).unwrap_or_default();
    let trailing = members.trailing().as_str().unwrap_or_default();
    format!("{suffix}{trailing}")
}

/// The indentation of the list's lines.
fn indent(members: &Array) -> String {
    let own_lines = members.iter().map(prefix).filter(|it| it.contains('\n'));
    let lines: Vec<_> = own_lines.collect();
    match lines.first().and_then(|line| line.rsplit('\n').next()) {
        Some(indent) => indent.to_owned(),
        None => "    ".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(list: &str, folder: &str) -> String {
        let mut document: toml_edit::DocumentMut = format!("members = {list}\n").parse().unwrap();
        add(document["members"].as_array_mut().unwrap(), folder);
        let text = document.to_string();
        text["members = ".len()..].trim_end().to_owned()
    }

    #[test]
    fn a_list_on_one_line_stays_on_it() {
        for (before, expected) in [
            ("[]", r#"["m"]"#),
            (r#"["a"]"#, r#"["a", "m"]"#),
            (r#"["z"]"#, r#"["m", "z"]"#),
            (r#"["a", "z"]"#, r#"["a", "m", "z"]"#),
            (r#"["z", "a"]"#, r#"["z", "a", "m"]"#),
        ] {
            assert_eq!(after(before, "m"), expected);
        }
    }

    #[test]
    fn a_line_is_added_to_a_list_of_lines() {
        for (before, expected) in [
            ("[\n  \"a\",\n]", "[\n  \"a\",\n  \"m\",\n]"),
            ("[\n    \"a\"\n]", "[\n    \"a\",\n    \"m\",\n]"),
            ("[\n\t\"z\",\n]", "[\n\t\"m\",\n\t\"z\",\n]"),
            (
                "[\n    \"z\",\n    \"a\",\n]",
                "[\n    \"z\",\n    \"a\",\n    \"m\",\n]",
            ),
            (
                "[ # all\n    \"z\", # the last\n]",
                "[ # all\n    \"m\",\n    \"z\", # the last\n]",
            ),
            (
                "[\n    \"a\", # first\n    # then\n    \"z\", # last\n]",
                "[\n    \"a\", # first\n    \"m\",\n    # then\n    \"z\", # last\n]",
            ),
            (
                "[\n    \"a\", # first\n    # more to come\n]",
                "[\n    \"a\", # first\n    # more to come\n    \"m\",\n]",
            ),
            (
                "[\n    \"a\" # first\n]",
                "[\n    \"a\", # first\n    \"m\",\n]",
            ),
            ("[\n]", "[\n    \"m\",\n]"),
        ] {
            assert_eq!(after(before, "m"), expected);
        }
    }
}
