//! Edits a `Cargo.toml`: adds entries where its author would have put them, and keeps every other
//! line byte for byte.

use std::path::{Path, PathBuf};

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use crate::error::Error;

use super::change::{Change, read};
use super::{InitError, lines, members, neighbours};

/// A manifest, before and after the edits.
#[derive(Debug)]
pub(crate) struct Manifest {
    path: PathBuf,
    original: String,
    document: DocumentMut,
}

/// The source of a dependency.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// Inherited from `[workspace.dependencies]`.
    Workspace,
    /// A value in the manifest itself.
    Own(Value),
}

impl Source {
    /// From the keys of an inline table.
    pub(crate) fn from_keys(keys: &str) -> Self {
        let table: Value = format!("{{ {keys} }}").parse().expect("an inline table");
        Source::Own(table)
    }

    pub(crate) fn from_path(path: &Path) -> Self {
        Self::from_keys(&format!("path = {:?}", path.display().to_string()))
    }
}

impl Manifest {
    pub(crate) fn open(path: &Path) -> Result<Self, InitError> {
        let text = read(path).map_err(Error::file(path, "read"))?;
        Self::parse(path, text.unwrap_or_default())
    }

    pub(crate) fn parse(path: &Path, original: String) -> Result<Self, InitError> {
        let (_, text) = split_bom(&original);
        let parsed = text.replace("\r\n", "\n").parse();
        let document = parsed.map_err(|error: toml_edit::TomlError| InitError::NotToml {
            path: path.to_owned(),
            error: error.to_string().trim_end().to_owned(),
        })?;
        Ok(Manifest {
            path: path.to_owned(),
            original,
            document,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn text(&self) -> String {
        let (bom, original) = split_bom(&self.original);
        let text = lines::with_endings_of(original, &self.document.to_string());
        format!("{bom}{text}")
    }

    /// The change to write, if anything was added.
    pub(crate) fn change(&self) -> Option<Change> {
        let after = self.text();
        (after != self.original).then(|| Change {
            path: self.path.clone(),
            before: Some(self.original.clone()),
            after: Some(after),
        })
    }

    /// The item at this path of keys.
    pub(crate) fn get(&self, keys: &[&str]) -> Option<&Item> {
        keys.iter()
            .try_fold(self.document.as_item(), |item, key| item.get(key))
    }

    /// The keys of the table at this path of keys.
    pub(crate) fn keys(&self, keys: &[&str]) -> Vec<&str> {
        let table = self.get(keys).and_then(Item::as_table_like);
        table
            .map(|table| table.iter().map(|(key, _)| key).collect())
            .unwrap_or_default()
    }

    pub(crate) fn members(&self) -> Vec<&str> {
        let members = self.get(&["workspace", "members"]).and_then(Item::as_array);
        members
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// Adds a folder to the members, and turns a package without a workspace into one.
    pub(crate) fn add_member(&mut self, folder: &str) -> Result<(), InitError> {
        let workspace = table(&mut self.document, &["workspace"]);
        let workspace = workspace.and_then(Item::as_table_like_mut);
        let members = workspace.and_then(|workspace| {
            let members = workspace.entry("members");
            let empty = Item::Value(Value::Array(Array::new()));
            members.or_insert(empty).as_array_mut()
        });
        match members {
            Some(members) => {
                members::add(members, folder);
                Ok(())
            }
            None => Err(self.unusual("workspace.members", "an array")),
        }
    }

    /// Adds a dependency to the table at `keys`.
    pub(crate) fn add_dependency(
        &mut self,
        keys: &[&str],
        name: &str,
        source: &Source,
    ) -> Result<(), InitError> {
        let place = table(&mut self.document, keys);
        let Some(table) = place.and_then(Item::as_table_like_mut) else {
            return Err(self.unusual(&keys.join("."), "a table"));
        };
        let item = match source {
            Source::Own(value) => Item::Value(value.clone()),
            Source::Workspace if inherits_inline(table) => {
                Item::Value("{ workspace = true }".parse().expect("an inline table"))
            }
            Source::Workspace => {
                let mut inherited = Table::new();
                inherited.set_dotted(true);
                inherited.insert("workspace", toml_edit::value(true));
                Item::Table(inherited)
            }
        };
        neighbours::insert(table, name, item);
        self.tidy_inline(keys);
        Ok(())
    }

    /// Marks the package as reloadable.
    pub(crate) fn mark(&mut self) -> Result<(), InitError> {
        const KEYS: [&str; 3] = ["package", "metadata", "hotmod"];
        let place = table(&mut self.document, &KEYS);
        let Some(table) = place.and_then(Item::as_table_like_mut) else {
            return Err(self.unusual(&KEYS.join("."), "a table"));
        };
        match table.get_mut("reloadable").and_then(Item::as_value_mut) {
            Some(value) => {
                let decor = value.decor().clone();
                *value = true.into();
                *value.decor_mut() = decor;
            }
            None => {
                table.insert("reloadable", toml_edit::value(true));
            }
        }
        self.tidy_inline(&KEYS);
        Ok(())
    }

    /// Adds the spaces in an inline table that the inserted entries lack.
    fn tidy_inline(&mut self, keys: &[&str]) {
        for depth in 1..=keys.len() {
            let item = table(&mut self.document, &keys[..depth]);
            if let Some(inline) = item.and_then(Item::as_inline_table_mut) {
                inline.fmt();
            }
        }
    }

    fn unusual(&self, key: &str, expected: &'static str) -> InitError {
        InitError::Unusual {
            path: self.path.clone(),
            key: key.to_owned(),
            expected,
        }
    }
}

/// The byte order mark, which some editors on Windows write, and the text after it. The TOML editor
/// would drop the mark.
fn split_bom(text: &str) -> (&str, &str) {
    text.split_at(text.len() - text.trim_start_matches('\u{feff}').len())
}

/// The item at this path of keys, created as a table if missing; `None` if the path leads through
/// something else than tables.
fn table<'d>(document: &'d mut DocumentMut, keys: &[&str]) -> Option<&'d mut Item> {
    let mut item = document.as_item_mut();
    for (depth, key) in keys.iter().enumerate() {
        let is_inline = item.is_inline_table();
        let parent = item.as_table_like_mut()?;
        item = parent.entry(key).or_insert_with(|| {
            if is_inline {
                return Item::Value(Value::InlineTable(InlineTable::new()));
            }
            let mut table = Table::new();
            // Only the innermost table gets a header.
            table.set_implicit(depth + 1 < keys.len());
            Item::Table(table)
        });
    }
    Some(item)
}

/// Whether most inherited dependencies are written as `{ workspace = true }` here.
fn inherits_inline(dependencies: &dyn TableLike) -> bool {
    let inherited = dependencies.iter().filter(|(_, item)| {
        let table = item.as_table_like();
        table.is_some_and(|table| table.len() == 1 && table.contains_key("workspace"))
    });
    let (inline, dotted): (Vec<_>, Vec<_>) = inherited.partition(|(_, it)| it.is_inline_table());
    inline.len() > dotted.len()
}

#[cfg(test)]
mod tests;
