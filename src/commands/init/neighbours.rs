//! A table of dependencies: the place for one more.

use toml_edit::{Item, TableLike};

/// Inserts in alphabetical order if that is the order there, else at the end.
///
/// Where comments or blank lines divide the table, what comes from a folder stands with its like, and
/// so does what does not: it should not stand below a comment on others.
pub(crate) fn insert(table: &mut dyn TableLike, key: &str, item: Item) {
    let has_path = |item: &Item| item.get("path").is_some();
    let is_divided = table.iter().skip(1).any(|(key, _)| is_apart(table, key));
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
        // What stands above the first one may be said of all of them.
        (_, Some((first, _)), _) if is_sorted && !is_divided => *first,
        (_, _, Some((last, _))) => last + 1,
        (_, _, None) => all.len(),
    };
    let is_alone = like.is_empty() && !all.is_empty();
    // There is no insertion at a place: what comes after it is taken out and put back.
    let mut later = Vec::new();
    for key in &all[place..] {
        let formatted = table.key(key).cloned();
        later.extend(formatted.zip(table.remove(key)));
    }
    table.insert(key, item);
    if let Some(mut key) = table.key_mut(key).filter(|_| is_alone) {
        key.leaf_decor_mut().set_prefix("\n");
    }
    for (key, item) in later {
        table.entry_format(&key).or_insert(item);
    }
}

/// Whether a comment or a blank line stands above an entry.
fn is_apart(table: &dyn TableLike, key: &str) -> bool {
    let prefix = table.key(key).and_then(|key| key.leaf_decor().prefix());
    let prefix = prefix.and_then(|it| it.as_str()).unwrap_or_default();
    // Of `a.workspace = true` the last word has it.
    let inner = table.get(key).and_then(Item::as_table_like);
    let inner = inner.filter(|it| it.is_dotted());
    prefix.contains('\n')
        || inner.is_some_and(|inner| inner.iter().any(|(key, _)| is_apart(inner, key)))
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
    fn what_comes_from_a_folder_stands_with_its_like() {
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
    fn where_nothing_is_like_it_it_stands_apart() {
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
    fn a_table_that_is_not_divided_keeps_its_order() {
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
