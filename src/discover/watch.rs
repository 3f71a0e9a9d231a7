//! Files that a crate reads without dep-info listing them, such as templates.

use std::path::{Path, PathBuf};

/// An entry of `watch`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Watch {
    /// A file or a folder, absolute. It need not exist.
    Path(PathBuf),
    /// A `globset` glob that is matched against paths relative to [`GroupCrate::dir`](super::GroupCrate::dir).
    Glob(String),
}

impl Watch {
    /// The folder that contains all matches, for a package in `directory`. For a glob, that is the
    /// path up to the first component with a wildcard.
    pub(crate) fn folder(&self, directory: &Path) -> PathBuf {
        let is_plain = |name: &&str| !name.contains(['*', '?', '[', '{', '\\']);
        match self {
            Watch::Path(path) => path.clone(),
            Watch::Glob(glob) => {
                let folders = glob.rsplit_once('/').map_or("", |(folders, _)| folders);
                let plain = folders.split('/').take_while(is_plain);
                plain.fold(directory.to_owned(), |folder, name| match name {
                    "" => folder,
                    name => folder.join(name),
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_matches_below_its_plain_folders() {
        for (glob, folder) in [
            (".sqlx/**", "/p/.sqlx"),
            ("templates/*/a.html", "/p/templates"),
            ("a/b/c.txt", "/p/a/b"),
            ("a/{b,c}/d.txt", "/p/a"),
            ("**/*.html", "/p"),
            ("*.html", "/p"),
        ] {
            let found = Watch::Glob(glob.to_owned()).folder(Path::new("/p"));
            assert_eq!(found, Path::new(folder), "{glob}");
        }
    }
}
