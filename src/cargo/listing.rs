//! The files of a package as cargo lists them. They are the inputs of a build script that names
//! none.
//!
//! The rules are those of `include` and `exclude` in cargo's reference: with `include`, the files
//! that it matches; otherwise all files except those that git ignores or `exclude` matches. Hidden
//! files count only in a repository. Nested packages are excluded. Unlike cargo, this module does
//! not list files that git both tracks and ignores.

use std::fs;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use toml::{Table, Value};

use crate::base::walk;

/// Which files belong to a package.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    directory: PathBuf,
    include: Option<Gitignore>,
    exclude: Gitignore,
    is_in_repository: bool,
}

impl Listing {
    /// For the package in `directory`. Its manifest may inherit the rules from the one in `root`.
    pub(crate) fn of(directory: &Path, root: &Path) -> Self {
        let include = rules("include", directory, root);
        let mut exclude = rules("exclude", directory, root).unwrap_or_default();
        let mut folders = directory.ancestors();
        let is_in_repository =
            include.is_none() && folders.any(|folder| folder.join(".git").exists());
        if include.is_none() && !is_in_repository {
            exclude.push(".*".to_owned());
        }
        Listing {
            include: include.map(|rules| matcher(directory, &rules)),
            exclude: matcher(directory, &exclude),
            is_in_repository,
            directory: directory.to_owned(),
        }
    }

    /// The files that exist.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        self.walk(None)
    }

    /// Whether an existing file is listed.
    pub(crate) fn contains(&self, file: &Path) -> bool {
        file.starts_with(&self.directory) && !self.walk(Some(file)).is_empty()
    }

    /// The files that exist, or only one of them.
    fn walk(&self, only: Option<&Path>) -> Vec<PathBuf> {
        let mut walk = WalkBuilder::new(&self.directory);
        walk.standard_filters(false).follow_links(true);
        if self.is_in_repository {
            walk.parents(true)
                .git_ignore(true)
                .git_exclude(true)
                .git_global(true);
        }
        let listing = self.clone();
        let only = only.map(Path::to_owned);
        walk.filter_entry(move |entry| {
            let path = entry.path();
            let is_folder = entry.file_type().is_some_and(|it| it.is_dir());
            let is_on_the_way = only.as_ref().is_none_or(|file| file.starts_with(path));
            is_on_the_way && (entry.depth() == 0 || listing.takes(path, is_folder, entry.depth()))
        });
        walk::files(&walk).collect()
    }

    fn takes(&self, path: &Path, is_folder: bool, depth: usize) -> bool {
        let name = path.file_name().unwrap_or_default();
        let is_other = || {
            let is_package = path.join("Cargo.toml").exists();
            is_package || name == ".git" || (depth == 1 && name == "target")
        };
        if is_folder && is_other() {
            return false;
        }
        let relative = path.strip_prefix(&self.directory).unwrap_or(path);
        match &self.include {
            None => {
                let found = self
                    .exclude
                    .matched_path_or_any_parents(relative, is_folder);
                !found.is_ignore()
            }
            Some(_) if is_folder => true,
            Some(include) => {
                let found = include.matched_path_or_any_parents(relative, false);
                found.is_ignore() || relative == Path::new("Cargo.toml")
            }
        }
    }
}

fn matcher(directory: &Path, rules: &[String]) -> Gitignore {
    let mut builder = GitignoreBuilder::new(directory);
    for rule in rules {
        // Cargo rejects a manifest with an invalid rule.
        let _ = builder.add_line(None, rule);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// The rules of a key, if the package has it.
fn rules(key: &str, directory: &Path, root: &Path) -> Option<Vec<String>> {
    let read = |folder: &Path| -> Option<Table> {
        let text = fs::read_to_string(folder.join("Cargo.toml")).ok()?;
        text.parse().ok()
    };
    let list = |value: &Value| -> Option<Vec<String>> {
        let list = value.as_array()?.iter();
        Some(
            list.filter_map(|it| Some(it.as_str()?.to_owned()))
                .collect(),
        )
    };
    let manifest = read(directory)?;
    let own = manifest.get("package")?.get(key)?;
    let is_inherited = own
        .get("workspace")
        .is_some_and(|it| it.as_bool() == Some(true));
    let rules = match is_inherited {
        false => list(own),
        true => list(read(root)?.get("workspace")?.get("package")?.get(key)?),
    };
    rules.filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The listed files of a package with these lines in its manifest.
    fn listed(root: &Path, lines: &str) -> Vec<String> {
        let package = root.join("package");
        fs::write(package.join("Cargo.toml"), format!("[package]\n{lines}")).unwrap();
        let listing = Listing::of(&package, root);
        let mut files = listing.files();
        files.sort();
        for file in &files {
            assert!(listing.contains(file), "{}", file.display());
        }
        for file in ["target/a", "inner/src/lib.rs", "none"] {
            assert!(!listing.contains(&package.join(file)), "{file}");
        }
        let names = files.iter().map(|it| it.strip_prefix(&package).unwrap());
        let names = names.map(|it| it.display().to_string());
        names.filter(|it| it != "Cargo.toml").collect()
    }

    #[test]
    fn files_are_listed_as_cargo_does() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        for file in [
            "src/lib.rs",
            "src/target/a.rs",
            "data/one.txt",
            "data/two.log",
            ".hidden/a",
            "target/a",
            "inner/Cargo.toml",
            "inner/src/lib.rs",
        ] {
            let file = root.join("package").join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "").unwrap();
        }
        fs::write(
            root.join("Cargo.toml"),
            "[workspace.package]\nexclude = ['*.txt']\n",
        )
        .unwrap();
        fs::write(root.join(".gitignore"), "*.log\n").unwrap();
        let sources = ["src/lib.rs", "src/target/a.rs"];
        let data = ["data/one.txt", "data/two.log"];
        assert_eq!(listed(root, ""), [&data[..], &sources].concat());
        assert_eq!(
            listed(root, "exclude = ['*.log', '/src/target']"),
            ["data/one.txt", "src/lib.rs"]
        );
        assert_eq!(
            listed(root, "exclude.workspace = true"),
            ["data/two.log", "src/lib.rs", "src/target/a.rs"]
        );
        assert_eq!(listed(root, "include = ['data']"), data);
        assert_eq!(
            listed(root, "include = ['src/**/*.rs', '!src/target/*']"),
            ["src/lib.rs"]
        );
        // The last rule that matches the file decides, not a rule for its folder.
        assert_eq!(
            listed(root, "include = ['src/**/*.rs', '!src/target']"),
            sources
        );

        fs::create_dir(root.join(".git")).unwrap();
        let in_repository = [&[".hidden/a", "data/one.txt"][..], &sources].concat();
        assert_eq!(listed(root, ""), in_repository);
        assert_eq!(listed(root, "include = ['data']"), data);
    }
}
