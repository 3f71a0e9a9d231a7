//! Reads a metadata table, with errors that name the manifest, the table and the key.
//!
//! It reads cargo's JSON without serde, because serde's type errors use JSON's terms and don't say
//! where the error is.

use std::path::Path;

use globset::Glob;
use serde_json::{Map, Value};

use super::{DiscoverError, Watch};
use crate::base::nearest::nearest;

/// `[package.metadata.hotmod]` of one package.
#[derive(Default)]
pub(super) struct PackageTable {
    /// `Some(false)` excludes a package that the workspace's list names; `None` does not.
    pub(super) reloadable: Option<bool>,
    pub(super) watch: Vec<Watch>,
}

/// Whether an entry is a glob instead of a name.
pub(crate) fn is_glob(entry: &str) -> bool {
    entry.contains(['*', '?', '[', '{'])
}

/// A table, and the names for its error messages.
pub(super) struct Table<'a> {
    entries: &'a Map<String, Value>,
    manifest: &'a Path,
    name: &'static str,
}

impl<'a> Table<'a> {
    pub(super) fn read(
        metadata: &'a Value,
        manifest: &'a Path,
        name: &'static str,
        known: &'static [&'static str],
    ) -> Result<Option<Self>, DiscoverError> {
        let Some(value) = metadata.get("hotmod") else {
            return Ok(None);
        };
        let Some(entries) = value.as_object() else {
            return Err(DiscoverError::WrongType {
                manifest: manifest.to_owned(),
                table: name.trim_end_matches(".hotmod"),
                key: "hotmod".to_owned(),
                expected: "a table",
                found: kind(value),
            });
        };
        if let Some(key) = entries.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(DiscoverError::UnknownKey {
                manifest: manifest.to_owned(),
                table: name,
                key: key.clone(),
                nearest: nearest(key, known.iter().copied()),
                known,
            });
        }
        Ok(Some(Table {
            entries,
            manifest,
            name,
        }))
    }

    pub(super) fn package(&self) -> Result<PackageTable, DiscoverError> {
        let mut watch = Vec::new();
        for entry in self.strings("watch")? {
            watch.push(self.watch(entry)?);
        }
        Ok(PackageTable {
            reloadable: self.boolean("reloadable")?,
            watch,
        })
    }

    fn watch(&self, entry: String) -> Result<Watch, DiscoverError> {
        if !is_glob(&entry) {
            return Ok(Watch::Path(self.manifest.with_file_name("").join(entry)));
        }
        match Glob::new(&entry) {
            Ok(_) => Ok(Watch::Glob(entry)),
            Err(error) => Err(invalid_glob(
                self.manifest,
                self.name,
                "watch",
                entry,
                &error,
            )),
        }
    }

    fn boolean(&self, key: &str) -> Result<Option<bool>, DiscoverError> {
        let Some(value) = self.entries.get(key) else {
            return Ok(None);
        };
        value
            .as_bool()
            .map(Some)
            .ok_or_else(|| self.wrong_type(key, "`true` or `false`", kind(value)))
    }

    pub(super) fn strings(&self, key: &str) -> Result<Vec<String>, DiscoverError> {
        const EXPECTED: &str = "an array of strings";
        let Some(value) = self.entries.get(key) else {
            return Ok(Vec::new());
        };
        let entries = value
            .as_array()
            .ok_or_else(|| self.wrong_type(key, EXPECTED, kind(value)))?;
        let string = |entry: &Value| match entry.as_str() {
            Some(text) => Ok(text.to_owned()),
            None => Err(self.wrong_type(key, EXPECTED, kind_in_array(entry))),
        };
        entries.iter().map(string).collect()
    }

    fn wrong_type(&self, key: &str, expected: &'static str, found: &'static str) -> DiscoverError {
        let (manifest, key) = (self.manifest.to_owned(), key.to_owned());
        DiscoverError::WrongType {
            manifest,
            table: self.name,
            key,
            expected,
            found,
        }
    }
}

pub(super) fn invalid_glob(
    manifest: &Path,
    table: &'static str,
    key: &'static str,
    pattern: String,
    error: &globset::Error,
) -> DiscoverError {
    let (manifest, reason) = (manifest.to_owned(), error.kind().to_string());
    DiscoverError::InvalidGlob {
        manifest,
        table,
        key,
        pattern,
        reason,
    }
}

/// TOML's name for the type of a JSON value.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "a table",
    }
}

fn kind_in_array(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "an array that contains a boolean",
        Value::Number(_) => "an array that contains a number",
        Value::Array(_) => "an array that contains an array",
        _ => "an array that contains a table",
    }
}
