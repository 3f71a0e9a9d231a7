//! The files of modules that stand in a source as `mod name;`.

use std::path::{Path, PathBuf};

use super::interface::{Detail, Part};
use super::reach::Reach;

/// The files that the modules of a source may be in, whether they exist or not.
pub(crate) fn files(source: &Path, reach: &Reach) -> Vec<PathBuf> {
    let Some(folder) = source.parent() else {
        return Vec::new();
    };
    let stem = source.file_stem().unwrap_or_default();
    let parts = reach.interface.parts.iter();
    let modules = parts.filter_map(|(part, details)| match part {
        Part::Module { name } => Some((name, details)),
        _ => None,
    });
    let files = modules.flat_map(|(name, details)| {
        let apart = details.iter().filter(|it| it.is_apart);
        apart.flat_map(move |detail| {
            if let Some(path) = written_path(detail) {
                return vec![folder.join(path)];
            }
            // A crate's root and `mod.rs` have theirs beside them, and any may be in a module of the same file.
            let beside = folder.join(&detail.of);
            let below = folder.join(stem).join(&detail.of);
            let places = [beside, below].into_iter();
            let files = places.flat_map(|it| {
                let file = it.join(format!("{name}.rs"));
                [file, it.join(name).join("mod.rs")]
            });
            files.collect()
        })
    });
    files.collect()
}

/// That of `#[path = "…"]`.
fn written_path(detail: &Detail) -> Option<&str> {
    let (_, rest) = detail.tokens.split_once("path = \"")?;
    Some(rest.split_once('"')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_where_rustc_looks_for_them() {
        let source = "mod a; mod inside { mod b; } #[path = \"x/y.rs\"] mod c; mod d {}";
        let reach = Reach::of_text(source);
        let found = |source: &str| files(Path::new(source), &reach);
        for (source, file) in [
            ("src/lib.rs", "src/a.rs"),
            ("src/lib.rs", "src/a/mod.rs"),
            ("src/lib.rs", "src/inside/b.rs"),
            ("src/lib.rs", "src/x/y.rs"),
            ("src/m.rs", "src/m/a.rs"),
            ("src/m.rs", "src/m/inside/b.rs"),
            ("src/m/mod.rs", "src/m/a/mod.rs"),
        ] {
            assert!(found(source).contains(&file.into()), "{file} of {source}");
        }
        assert!(!found("src/lib.rs").contains(&"src/d.rs".into()));
    }
}
