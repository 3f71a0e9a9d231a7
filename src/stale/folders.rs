//! Which folders can hold an input, and what is in them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use crate::base::walk;
use crate::discover::{Plan, Watch};

/// How much of a folder is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Depth {
    /// Only its own entries.
    Folder,
    /// Everything below it, except for hidden files and files that git ignores.
    Sources,
    /// Everything below it: the user or a build script named it.
    All,
}

impl Depth {
    /// Whether a new folder below a watched one is watched too.
    pub(super) fn takes_in(self, watched: &Path, folder: &Path) -> bool {
        let Ok(below) = folder.strip_prefix(watched) else {
            return false;
        };
        match self {
            Depth::Folder => false,
            Depth::Sources => {
                let parent = folder.parent().unwrap_or(folder);
                let mut names = below.components();
                let is_hidden = names.any(|it| is_hidden(it.as_os_str().as_encoded_bytes()));
                // The walk knows what git ignores.
                !is_hidden && is_in(parent, folder)
            }
            Depth::All => true,
        }
    }
}

fn is_hidden(name: &[u8]) -> bool {
    name.starts_with(b".")
}

/// Whether a walk of the sources in `parent` finds `folder`.
fn is_in(parent: &Path, folder: &Path) -> bool {
    let mut walk = walk(parent, Depth::Sources);
    let found = walk.max_depth(Some(1)).build().flatten();
    found.into_iter().any(|it| it.path() == folder)
}

/// The folders in which inputs of a plan may appear. They are known before a build has listed its
/// inputs.
pub(crate) fn of_plan(plan: &Plan) -> BTreeMap<PathBuf, Depth> {
    let mut folders = BTreeMap::new();
    let mut add = |folder: &Path, depth: Depth| {
        let known = folders.entry(folder.to_owned()).or_insert(depth);
        *known = depth.max(*known);
    };
    for package in plan.package_dirs() {
        add(package, Depth::Folder);
        add(&package.join("src"), Depth::Sources);
    }
    let roots = plan.group.iter().map(|it| &it.src_path);
    for root in roots.chain([&plan.host.src_path]) {
        if let Some(folder) = root.parent() {
            add(folder, Depth::Sources);
        }
    }
    for manifest in &plan.manifests {
        if let Some(folder) = manifest.parent() {
            add(folder, Depth::Folder);
        }
    }
    for member in &plan.group {
        for watch in &member.watch {
            match watch {
                Watch::Path(path) if path.is_file() => {
                    add(path.parent().unwrap_or(path), Depth::Folder);
                }
                watch => add(&watch.folder(&member.dir), Depth::All),
            }
        }
    }
    folders
}

/// A folder and those below it that are watched.
pub(crate) fn folders_below(directory: &Path, depth: Depth) -> Vec<PathBuf> {
    if depth == Depth::Folder {
        return vec![directory.to_owned()];
    }
    let found = walk(directory, depth).build().flatten();
    let folders = found.filter(|it| it.file_type().is_some_and(|it| it.is_dir()));
    folders.map(ignore::DirEntry::into_path).collect()
}

/// Adds the files in a folder and in those below it that are watched.
pub(crate) fn files_below(directory: &Path, depth: Depth, found: &mut Vec<PathBuf>) {
    let mut walk = walk(directory, depth);
    if depth == Depth::Folder {
        walk.max_depth(Some(1));
    }
    let entries = walk.build().flatten();
    let files = entries.filter(|it| it.file_type().is_some_and(|it| it.is_file()));
    found.extend(files.map(ignore::DirEntry::into_path));
}

fn walk(directory: &Path, depth: Depth) -> WalkBuilder {
    match depth {
        Depth::Sources => walk::sources(directory),
        Depth::Folder | Depth::All => walk::all(directory),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn below(root: &Path, depth: Depth) -> Vec<String> {
        let mut found: Vec<String> = folders_below(root, depth)
            .iter()
            .map(|it| it.strip_prefix(root).unwrap().display().to_string())
            .collect();
        found.sort();
        found
    }

    #[test]
    fn what_git_ignores_and_what_is_hidden_holds_no_sources() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        for folder in [
            ".git/objects",
            ".hidden",
            "node_modules/a/b",
            "out/debug",
            "target",
            "module/target/deep",
        ] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        fs::write(root.join(".gitignore"), "node_modules/\n").unwrap();
        fs::write(root.join("out/CACHEDIR.TAG"), "").unwrap();
        fs::write(root.join("target/CACHEDIR.TAG"), "").unwrap();
        let sources = ["", "module", "module/target", "module/target/deep"];
        assert_eq!(below(root, Depth::Sources), sources);
        let all = [
            "",
            ".hidden",
            "module",
            "module/target",
            "module/target/deep",
            "node_modules",
            "node_modules/a",
            "node_modules/a/b",
        ];
        assert_eq!(below(root, Depth::All), all);
        assert_eq!(below(root, Depth::Folder), [""]);

        let takes_in = |depth: Depth, folder: &str| depth.takes_in(root, &root.join(folder));
        for (folder, sources) in [
            ("module", true),
            ("node_modules", false),
            (".hidden", false),
        ] {
            assert_eq!(takes_in(Depth::Sources, folder), sources, "{folder}");
            assert!(takes_in(Depth::All, folder), "{folder}");
            assert!(!takes_in(Depth::Folder, folder), "{folder}");
        }
        assert!(!Depth::All.takes_in(&root.join("module"), &root.join("out")));
    }
}
