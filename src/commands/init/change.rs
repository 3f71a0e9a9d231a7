//! What is to be written, as a list that is made in full before anything is.
//!
//! A change says what stands in a file before and after, and nothing is written over a file that
//! says something else. So taking changes back is applying them the other way round.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::InitError;

/// One file, before and after; `None` where it is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) path: PathBuf,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

impl Change {
    /// A file that is not there yet.
    pub(crate) fn create(path: PathBuf, text: String) -> Self {
        Change {
            path,
            before: None,
            after: Some(text),
        }
    }

    /// What takes this one back.
    pub(crate) fn reversed(&self) -> Self {
        Change {
            path: self.path.clone(),
            before: self.after.clone(),
            after: self.before.clone(),
        }
    }

    fn apply(&self) -> io::Result<()> {
        if read(&self.path)? != self.before {
            return Err(io::Error::other("it is not what it was a moment ago"));
        }
        match &self.after {
            None => fs::remove_file(&self.path),
            Some(text) => self.write(text),
        }
    }

    fn write(&self, text: &str) -> io::Result<()> {
        // A manifest may be a link, and stays one.
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
                left: take_back(&changes[..index], &folders),
            });
        }
    }
    Ok(())
}

/// Takes back what was applied, and returns the files for which that failed.
pub(crate) fn take_back(changes: &[Change], folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut left = Vec::new();
    for change in changes.iter().rev() {
        if change.reversed().apply().is_err() {
            left.push(change.path.clone());
        }
    }
    remove_empty(folders);
    left
}

/// Removes folders, inner ones first. What somebody has put something into stays.
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

/// The folders that are made for these files, outer ones first.
pub(crate) fn missing_folders<'a>(files: impl IntoIterator<Item = &'a Path>) -> Vec<PathBuf> {
    let above = files.into_iter().flat_map(|it| it.ancestors().skip(1));
    let missing = above.filter(|it| !it.as_os_str().is_empty() && !it.exists());
    // An outer one comes before all that begin with it.
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
    fn all_is_written_and_can_be_taken_back() {
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

        assert!(take_back(&changes, &folders).is_empty());
        assert_eq!(fs::read_to_string(&old).unwrap(), "before");
        assert!(!root.path().join("a").exists());
    }

    #[test]
    fn what_is_in_the_way_undoes_what_went_before() {
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
    fn a_link_stays_one() {
        let root = tempfile::tempdir().unwrap();
        let (real, link) = (root.path().join("real"), root.path().join("link"));
        fs::write(&real, "before").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        apply(&[modify(link.clone(), "before", "after")]).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "after");
    }
}
