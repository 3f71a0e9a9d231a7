//! Adds an entry to a table of dependencies, in the right place.

use std::collections::BTreeSet;

use toml_edit::{Item, Key, TableLike};

/// Inserts in alphabetical order if the table is sorted, otherwise at the end.
///
/// If comments or blank lines divide the table into groups, a path dependency goes to a group of
/// path dependencies, and any other to a group of others. It should not end up below a comment on
/// others.
pub(crate) fn insert(table: &mut dyn TableLike, key: &str, item: Item) {
    let has_path = |item: &Item| item.get("path").is_some();
    let is_divided = table
        .iter()
        .skip(1)
        .any(|(key, _)| starts_group(table, key));
    let all: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
    let like = table.iter().enumerate();
    let like: Vec<(usize, &str)> = like
        .filter(|(_, (_, other))| !is_divided || has_path(other) == has_path(&item))
        .map(|(index, (key, _))| (index, key))
        .collect();
    let is_sorted = like.is_sorted_by_key(|(_, key)| *key);
    let smaller = like.iter().rfind(|(_, other)| *other < key);
    let place = match (smaller, like.first(), like.last()) {
        (Some((before, _)), ..) if is_sorted => before + 1,
        // A comment above the first entry may be about the whole table.
        (_, Some((first, _)), _) if is_sorted && !is_divided => *first,
        (_, _, Some((last, _))) => last + 1,
        (_, _, None) => all.len(),
    };
    let is_alone = like.is_empty() && !all.is_empty();
    // toml_edit can't insert at a position, so remove the later entries and add them again.
    let mut later = Vec::new();
    for key in &all[place..] {
        let formatted = table.key(key).cloned();
        later.extend(formatted.zip(table.remove(key)));
    }
    let column = column(table, &later);
    table.insert(key, item);
    if let Some(column) = column {
        align(table, key, column);
    }
    if let Some(mut key) = table.key_mut(key).filter(|_| is_alone) {
        key.leaf_decor_mut().set_prefix("\n");
    }
    for (key, item) in later {
        table.entry_format(&key).or_insert(item);
    }
}

/// The column of the `=` signs, if there are several in one column and spaces align them.
fn column(table: &dyn TableLike, later: &[(Key, Item)]) -> Option<usize> {
    let later = later.iter().map(|(key, item)| (key, item));
    let entries = table
        .iter()
        .filter_map(|(name, item)| Some((table.key(name)?, item)));
    let mut ends = BTreeSet::new();
    let mut widths = BTreeSet::new();
    for (key, item) in entries.chain(later) {
        let (width, spaces) = width(key, item)?;
        widths.insert(width);
        ends.insert(width + spaces);
    }
    let is_aligned = ends.len() == 1 && widths.len() > 1;
    ends.pop_first().filter(|_| is_aligned)
}

/// The widths of an entry's keys and of the spaces between them and the `=`; `None` if they are not
/// plain, such as the header of a table.
fn width(key: &Key, item: &Item) -> Option<(usize, usize)> {
    let own = key.display_repr().chars().count();
    match item {
        Item::Value(_) => {
            let spaces = key.leaf_decor().suffix().and_then(|it| it.as_str());
            Some((own, spaces.unwrap_or(" ").len()))
        }
        Item::Table(table) if table.is_dotted() && table.len() == 1 => {
            let (name, item) = table.iter().next()?;
            let (inner, spaces) = width(table.key(name)?, item)?;
            Some((own + ".".len() + inner, spaces))
        }
        _ => None,
    }
}

/// Moves the `=` of an entry to a column, with at least one space before it.
fn align(table: &mut dyn TableLike, name: &str, column: usize) {
    let Some(keys) = table.key(name).zip(table.get(name)) else {
        return;
    };
    let Some((width, _)) = width(keys.0, keys.1) else {
        return;
    };
    let spaces = " ".repeat(column.saturating_sub(width).max(1));
    if let Some(dotted) = table.get_mut(name).and_then(Item::as_table_mut) {
        for (mut key, _) in dotted.iter_mut() {
            key.leaf_decor_mut().set_suffix(&*spaces);
        }
    } else if let Some(mut key) = table.key_mut(name) {
        key.leaf_decor_mut().set_suffix(spaces);
    }
}

/// Whether a comment or a blank line precedes an entry.
fn starts_group(table: &dyn TableLike, key: &str) -> bool {
    let prefix = table.key(key).and_then(|key| key.leaf_decor().prefix());
    let prefix = prefix.and_then(|it| it.as_str()).unwrap_or_default();
    // For `a.workspace = true`, the last key has the prefix.
    let inner = table.get(key).and_then(Item::as_table_like);
    let inner = inner.filter(|it| it.is_dotted());
    prefix.contains('\n')
        || inner.is_some_and(|inner| inner.iter().any(|(key, _)| starts_group(inner, key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "# ours\nb = { path = \"b\" }\nd = { path = \"d\" } # big\n";
    const THEIRS: &str = "# theirs\naxum = \"1\"\nserde = \"1\"\n";

    fn after(before: &str, key: &str, value: &str) -> String {
        let text = format!("[dependencies]\n{before}");
        let mut document: toml_edit::DocumentMut = text.parse().unwrap();
        let table = document["dependencies"].as_table_mut().unwrap();
        insert(table, key, Item::Value(value.parse().unwrap()));
        document.to_string().replacen("[dependencies]\n", "", 1)
    }

    #[test]
    fn a_path_dependency_is_added_to_the_others() {
        const PATH: &str = "{ path = \"x\" }";
        for blank in ["", "\n"] {
            for key in ["e", "x"] {
                let before = format!("{OURS}{blank}{THEIRS}");
                let expected = format!("{OURS}{key} = {PATH}\n{blank}{THEIRS}");
                assert_eq!(after(&before, key, PATH), expected);
                let before = format!("{THEIRS}{blank}{OURS}");
                let expected = format!("{THEIRS}{blank}{OURS}{key} = {PATH}\n");
                assert_eq!(after(&before, key, PATH), expected);
            }
            let before = format!("{OURS}{blank}{THEIRS}");
            let between = OURS.replace("d =", &format!("c = {PATH}\nd ="));
            assert_eq!(
                after(&before, "c", PATH),
                format!("{between}{blank}{THEIRS}")
            );
            assert_eq!(
                after(&before, "a", PATH),
                format!("{OURS}a = {PATH}\n{blank}{THEIRS}")
            );
            let theirs = THEIRS.replace("serde", "hotmod = \"1\"\nserde");
            assert_eq!(
                after(&before, "hotmod", "\"1\""),
                format!("{OURS}{blank}{theirs}")
            );
        }
    }

    #[test]
    fn without_a_similar_entry_it_becomes_a_separate_group() {
        let before = "# web\naxum = \"1\"\n# text\nserde = \"1\"\n";
        assert_eq!(
            after(before, "a", "{ path = \"a\" }"),
            format!("{before}\na = {{ path = \"a\" }}\n")
        );
        let before = "# web\naxum.workspace = true\n# text\nserde.workspace = true\n";
        assert_eq!(
            after(before, "a", "{ path = \"a\" }"),
            format!("{before}\na = {{ path = \"a\" }}\n")
        );
    }

    #[test]
    fn equals_signs_stay_in_one_column() {
        for (before, key, expected) in [
            (
                "axum  = \"1\"\nserde = \"1\"\n",
                "bar",
                "axum  = \"1\"\nbar   = \"1\"\nserde = \"1\"\n",
            ),
            // A key that is too long moves no other line.
            (
                "axum  = \"1\"\nserde = \"1\"\n",
                "hotmod",
                "axum  = \"1\"\nhotmod = \"1\"\nserde = \"1\"\n",
            ),
            // Keys of the same width are not aligned, and neither are keys in several columns.
            (
                "axum  = \"1\"\nhttp  = \"1\"\n",
                "b",
                "axum  = \"1\"\nb = \"1\"\nhttp  = \"1\"\n",
            ),
            (
                "axum  = \"1\"\nserde  = \"1\"\n",
                "b",
                "axum  = \"1\"\nb = \"1\"\nserde  = \"1\"\n",
            ),
            (
                "axum.workspace  = true\nserde.workspace = true\n",
                "base",
                "axum.workspace  = true\nbase            = \"1\"\nserde.workspace = true\n",
            ),
        ] {
            assert_eq!(after(before, key, "\"1\""), expected);
        }
    }

    #[test]
    fn an_inherited_dependency_is_aligned_too() {
        let text = "[dependencies]\naxum.workspace  = true\nserde.workspace = true\n";
        let mut document: toml_edit::DocumentMut = text.parse().unwrap();
        let mut inherited = toml_edit::Table::new();
        inherited.set_dotted(true);
        inherited.insert("workspace", toml_edit::value(true));
        let table = document["dependencies"].as_table_mut().unwrap();
        insert(table, "base", Item::Table(inherited));
        let added = "base.workspace  = true\nserde";
        assert_eq!(document.to_string(), text.replace("serde", added));
    }

    #[test]
    fn a_table_without_groups_keeps_its_order() {
        for (before, expected) in [
            ("z = \"1\"\n", "m = \"1\"\nz = \"1\"\n"),
            (
                "z = \"1\"\na = \"1\"\n",
                "z = \"1\"\na = \"1\"\nm = \"1\"\n",
            ),
            (
                "a = { path = \"a\" }\nz = \"1\"\n",
                "a = { path = \"a\" }\nm = \"1\"\nz = \"1\"\n",
            ),
            ("", "m = \"1\"\n"),
        ] {
            assert_eq!(after(before, "m", "\"1\""), expected);
        }
    }
}
