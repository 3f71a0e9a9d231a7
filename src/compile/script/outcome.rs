//! Compares the output of a build script with its previous output.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::base::walk;

/// A difference in the output of a build script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub(crate) enum ScriptChange {
    LineAdded { line: String },
    LineRemoved { line: String },
    LinesReordered,
    FileAdded { file: PathBuf },
    FileRemoved { file: PathBuf },
    FileChanged { file: PathBuf },
}

/// The directives that affect the build of the script's crate: not those about inputs and warnings.
pub(crate) fn directives(output: &str) -> Vec<&str> {
    let lines = output.lines().map(str::trim);
    let told = lines.filter(|line| {
        let directive = line.strip_prefix("cargo::");
        let directive = directive.or_else(|| line.strip_prefix("cargo:"));
        directive.is_some_and(|it| !it.starts_with("rerun-if-") && !it.starts_with("warning="))
    });
    told.collect()
}

/// The first difference between the directives in a script's output and those in the files where
/// cargo may have stored its previous output.
pub(crate) fn other_directives(kept: &[String], output: &str) -> Option<ScriptChange> {
    let new = directives(output);
    let mut kept: Vec<Vec<&str>> = kept.iter().map(|it| directives(it)).collect();
    // An output without directives must not be confused with a file that is not an output.
    kept.sort_by_key(|it| std::cmp::Reverse(it.len()));
    let longest = kept.first().cloned().unwrap_or_default();
    let is_kept = match new.is_empty() {
        true => longest.is_empty(),
        false => kept.contains(&new),
    };
    if is_kept {
        return None;
    }
    let added = new.iter().find(|it| !longest.contains(it));
    let removed = longest.iter().find(|it| !new.contains(it));
    Some(match (added, removed) {
        (Some(line), _) => ScriptChange::LineAdded {
            line: (*line).to_owned(),
        },
        (None, Some(line)) => ScriptChange::LineRemoved {
            line: (*line).to_owned(),
        },
        (None, None) => ScriptChange::LinesReordered,
    })
}

/// The first difference between a copy of a script's folder and the folder itself. If a file
/// contains the path of the copy, it is treated as the path of the folder.
pub(crate) fn other_files(folder: &Path, copy: &Path) -> Option<ScriptChange> {
    let names = |root: &Path| -> BTreeSet<PathBuf> {
        let files = walk::whole(root);
        let names = files.filter_map(|file| Some(file.strip_prefix(root).ok()?.to_owned()));
        names.collect()
    };
    let (was, is) = (names(folder), names(copy));
    let mut all = was.union(&is);
    all.find_map(|name| {
        let file = name.clone();
        match (was.contains(name), is.contains(name)) {
            (true, false) => Some(ScriptChange::FileRemoved { file }),
            (false, true) => Some(ScriptChange::FileAdded { file }),
            _ => {
                let was = content(&folder.join(name));
                let is = content(&copy.join(name));
                let is = is.map(|it| with_path(&it, copy, folder));
                (was != is).then_some(ScriptChange::FileChanged { file })
            }
        }
    })
}

/// The content of a file, or the target of a link.
fn content(file: &Path) -> Option<Vec<u8>> {
    match fs::read_link(file) {
        Ok(to) => Some(to.into_os_string().into_encoded_bytes()),
        Err(_) => fs::read(file).ok(),
    }
}

/// The bytes with one path replaced by another.
pub(crate) fn with_path(bytes: &[u8], from: &Path, to: &Path) -> Vec<u8> {
    let (from, to) = (
        from.as_os_str().as_encoded_bytes(),
        to.as_os_str().as_encoded_bytes(),
    );
    let mut changed = Vec::with_capacity(bytes.len());
    let mut rest = 0;
    for at in memchr::memmem::find_iter(bytes, from) {
        changed.extend_from_slice(&bytes[rest..at]);
        changed.extend_from_slice(to);
        rest = at + from.len();
    }
    changed.extend_from_slice(&bytes[rest..]);
    changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn what_a_crate_is_built_with_is_compared() {
        let output = "hello\ncargo:rerun-if-changed=a\ncargo::rustc-env=A=1\n  cargo:rustc-cfg=b\n";
        let told = ["cargo::rustc-env=A=1", "cargo:rustc-cfg=b"];
        assert_eq!(directives(output), told);
        let kept = [
            "".to_owned(),
            output.to_owned(),
            "warning: cargo".to_owned(),
        ];
        for same in [
            output,
            "cargo::rustc-env=A=1\ncargo:rustc-cfg=b\ncargo::warning=no\n",
        ] {
            assert_eq!(other_directives(&kept, same), None, "{same}");
        }
        let added = |line: &str| ScriptChange::LineAdded {
            line: line.to_owned(),
        };
        let removed = |line: &str| ScriptChange::LineRemoved {
            line: line.to_owned(),
        };
        for (other, expected) in [
            (
                "cargo::rustc-env=A=2\ncargo:rustc-cfg=b",
                added("cargo::rustc-env=A=2"),
            ),
            ("cargo::rustc-env=A=1", removed("cargo:rustc-cfg=b")),
            ("", removed("cargo::rustc-env=A=1")),
            (
                "cargo:rustc-cfg=b\ncargo::rustc-env=A=1",
                ScriptChange::LinesReordered,
            ),
            (
                "cargo::rustc-env=A=1\ncargo:rustc-cfg=b\ncargo:root=/x",
                added("cargo:root=/x"),
            ),
        ] {
            assert_eq!(other_directives(&kept, other), Some(expected));
        }
        assert_eq!(other_directives(&[String::new()], ""), None);
    }

    #[test]
    fn files_are_compared_but_for_where_they_are() {
        let directory = tempfile::tempdir().unwrap();
        let (folder, copy) = (directory.path().join("out"), directory.path().join("cop"));
        let fill = |root: &Path| {
            let _ = fs::remove_dir_all(root);
            fs::create_dir_all(root.join("deep")).unwrap();
            let named = format!("\0{0}/a {0}\0", root.display());
            fs::write(root.join("deep/a.o"), named).unwrap();
            symlink(root.join("deep"), root.join("link")).unwrap();
        };
        fill(&folder);
        type Change<'a> = &'a dyn Fn();
        let file = |name: &str| PathBuf::from(name);
        let changes: [(Change<'_>, Option<ScriptChange>); 5] = [
            (&|| {}, None),
            (
                &|| fs::write(copy.join("deep/a.o"), "b").unwrap(),
                Some(ScriptChange::FileChanged {
                    file: file("deep/a.o"),
                }),
            ),
            (
                &|| fs::write(copy.join("b"), "").unwrap(),
                Some(ScriptChange::FileAdded { file: file("b") }),
            ),
            (
                &|| fs::remove_file(copy.join("deep/a.o")).unwrap(),
                Some(ScriptChange::FileRemoved {
                    file: file("deep/a.o"),
                }),
            ),
            (
                &|| {
                    fs::remove_file(copy.join("link")).unwrap();
                    symlink("/elsewhere", copy.join("link")).unwrap();
                },
                Some(ScriptChange::FileChanged { file: file("link") }),
            ),
        ];
        for (change, expected) in changes {
            fill(&copy);
            change();
            assert_eq!(other_files(&folder, &copy), expected);
        }
    }
}
