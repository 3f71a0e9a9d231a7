//! What the tables say, apart from any workspace.

use std::path::Path;

use serde_json::{Value, json};

use crate::discover::metadata::PACKAGE_TABLE;
use crate::discover::table::{PackageTable, Table};
use crate::discover::{DiscoverError, Watch};

fn read(metadata: Value) -> Result<Option<PackageTable>, DiscoverError> {
    let table = Table::read(
        &metadata,
        Path::new("/w/Cargo.toml"),
        PACKAGE_TABLE,
        &["reloadable", "watch"],
    )?;
    table.map(|table| table.package()).transpose()
}

#[test]
fn absent_false_and_true_are_three_things() {
    assert!(read(Value::Null).is_ok_and(|table| table.is_none()));
    assert!(read(json!({ "other": 1 })).is_ok_and(|table| table.is_none()));
    let marked = |metadata| {
        read(metadata)
            .expect("a valid table")
            .expect("a table")
            .reloadable
    };
    assert_eq!(marked(json!({ "hotmod": {} })), None);
    assert_eq!(
        marked(json!({ "hotmod": { "reloadable": false } })),
        Some(false)
    );
    assert_eq!(
        marked(json!({ "hotmod": { "reloadable": true } })),
        Some(true)
    );
}

#[test]
fn watch_tells_paths_from_globs() {
    let metadata = json!({ "hotmod": { "watch": ["../sql", "templates/**/*.html"] } });
    let watch = read(metadata)
        .expect("a valid table")
        .expect("a table")
        .watch;
    assert_eq!(
        watch,
        [
            Watch::Path("/w/../sql".into()),
            Watch::Glob("templates/**/*.html".to_owned())
        ]
    );
}
