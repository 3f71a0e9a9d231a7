//! Changes to files, which are collected completely before anything is written.
//!
//! A change has a file's text before and after. It is applied only if the file still has the text
//! before. Applying the reversed change reverts it.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::InitError;

/// One file, before and after; `None` if it does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) path: PathBuf,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

impl Change {
    /// Creates a file.
    pub(crate) fn create(path: PathBuf, text: String) -> Self {
        Change {
            path,
            before: None,
            after: Some(text),
        }
    }

    /// The change that reverts this one.
    pub(crate) fn reversed(&self) -> Self {
        Change {
            path: self.path.clone(),
            before: self.after.clone(),
            after: self.before.clone(),
        }
    }

    fn apply(&self) -> io::Result<()> {
        if read(&self.path)? != self.before {
            return Err(io::Error::other("the file has changed meanwhile"));
        }
        match &self.after {
            None => fs::remove_file(&self.path),
            Some(text) => self.write(text),
        }
    }

    fn write(&self, text: &str) -> io::Result<()> {
        // Keep a manifest that is a symbolic link.
        let path = match self.before {
            Some(_) => self.path.canonicalize()?,
            None => self.path.clone(),
        };
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new()
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        if self.before.is_some() {
            file.as_file()
                .set_permissions(fs::metadata(&path)?.permissions())?;
            file.persist(&path)?;
        } else {
            file.persist_noclobber(&path)?;
        }
        Ok(())
    }
}

/// Applies all changes or none.
pub(crate) fn apply(changes: &[Change]) -> Result<(), InitError> {
    let folders = missing_folders(changes.iter().map(|it| it.path.as_path()));
    for (index, change) in changes.iter().enumerate() {
        if let Err(error) = change.apply() {
            return Err(InitError::Write {
                path: change.path.clone(),
                error,
                left: revert(&changes[..index], &folders),
            });
        }
    }
    Ok(())
}

/// Reverts applied changes, and returns the files for which that failed.
pub(crate) fn revert(changes: &[Change], folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut left = Vec::new();
    for change in changes.iter().rev() {
        if change.reversed().apply().is_err() {
            left.push(change.path.clone());
        }
    }
    remove_empty(folders);
    left
}

/// Removes empty folders, inner ones first.
pub(crate) fn remove_empty(folders: &[PathBuf]) {
    for folder in folders.iter().rev() {
        let _ = fs::remove_dir(folder);
    }
}

/// A file's text, `None` if there is no such file.
pub(crate) fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The folders that must be created for these files, outer ones first.
pub(crate) fn missing_folders<'a>(files: impl IntoIterator<Item = &'a Path>) -> Vec<PathBuf> {
    let above = files.into_iter().flat_map(|it| it.ancestors().skip(1));
    let missing = above.filter(|it| !it.as_os_str().is_empty() && !it.exists());
    // In this order, a folder comes before the folders in it.
    let missing: BTreeSet<_> = missing.map(Path::to_owned).collect();
    missing.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modify(path: PathBuf, before: &str, after: &str) -> Change {
        Change {
            path,
            before: Some(before.to_owned()),
            after: Some(after.to_owned()),
        }
    }

    #[test]
    fn all_changes_are_written_and_can_be_reverted() {
        let root = tempfile::tempdir().unwrap();
        let old = root.path().join("old");
        fs::write(&old, "before").unwrap();
        fs::set_permissions(&old, Permissions::from_mode(0o600)).unwrap();
        let new = root.path().join("a/b/new");
        let changes = [
            modify(old.clone(), "before", "after"),
            Change::create(new.clone(), "new".to_owned()),
        ];

        let folders = missing_folders([&*old, &*new]);
        apply(&changes).unwrap();

        assert_eq!(folders, [root.path().join("a"), root.path().join("a/b")]);
        assert_eq!(fs::read_to_string(&old).unwrap(), "after");
        assert_eq!(
            fs::metadata(&old).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(fs::read_to_string(&new).unwrap(), "new");
        assert_eq!(
            fs::metadata(&new).unwrap().permissions().mode() & 0o700,
            0o600
        );

        assert!(revert(&changes, &folders).is_empty());
        assert_eq!(fs::read_to_string(&old).unwrap(), "before");
        assert!(!root.path().join("a").exists());
    }

    #[test]
    fn an_obstacle_reverts_the_changes_before_it() {
        let root = tempfile::tempdir().unwrap();
        let old = root.path().join("old");
        fs::write(&old, "before").unwrap();
        for name in ["file/inner", "file", "edited"] {
            fs::write(root.path().join("file"), "in the way").unwrap();
            fs::write(root.path().join("edited"), "something else").unwrap();
            let last = match name {
                "edited" => modify(root.path().join(name), "what it was", "after"),
                name => Change::create(root.path().join(name), String::new()),
            };
            let changes = [
                modify(old.clone(), "before", "after"),
                Change::create(root.path().join("a/new"), String::new()),
                last.clone(),
            ];

            let error = apply(&changes).unwrap_err();

            assert!(
                matches!(&error, InitError::Write { path, left, .. }
                    if *path == last.path && left.is_empty()),
                "{error:?}"
            );
            assert_eq!(fs::read_to_string(&old).unwrap(), "before");
            assert!(!root.path().join("a").exists());
        }
    }

    #[test]
    fn a_link_stays_a_link() {
        let root = tempfile::tempdir().unwrap();
        let (real, link) = (root.path().join("real"), root.path().join("link"));
        fs::write(&real, "before").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        apply(&[modify(link.clone(), "before", "after")]).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "after");
    }
}
