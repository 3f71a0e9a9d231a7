//! Finds the functions of a crate that a program calls and that need a mark.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::Package;

use super::manifests::folder_of;
use super::workspace::{Workspace, program};
use crate::base::parse::look_at_file;
use crate::base::walk;
use crate::base::words::words;
use crate::compat::items::async_functions;

/// The `async` functions of these packages whose names the host's sources have, as `PATH:LINE`. Each line is
/// that of the function, or of its impl block.
pub(crate) fn find(workspace: &Workspace, packages: &[&Package], host: &Package) -> Vec<String> {
    let own: Vec<String> = sources_of_host(packages, host)
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok())
        .collect();
    let called: BTreeSet<&str> = own.iter().flat_map(|text| words(text)).collect();
    let mut places = Vec::new();
    for package in packages {
        for path in sources(&folder_of(package)) {
            let text = fs::read_to_string(&path).unwrap_or_default();
            let found = look_at_file(&text, async_functions).unwrap_or_default();
            let found = found.iter().filter(|(name, _)| called.contains(&**name));
            let lines: BTreeSet<usize> = found.map(|(_, place)| place.line).collect();
            let shown = path
                .strip_prefix(workspace.root())
                .unwrap_or(&path)
                .display();
            places.extend(lines.iter().map(|line| format!("{shown}:{line}")));
        }
    }
    places
}

/// All sources of the host's package, or the file of its program if its library is one of these packages.
fn sources_of_host(packages: &[&Package], host: &Package) -> Vec<PathBuf> {
    match packages.iter().any(|it| it.id == host.id) {
        true => program(host)
            .map(|target| target.src_path.clone().into_std_path_buf())
            .into_iter()
            .collect(),
        false => sources(&folder_of(host)),
    }
}

/// The Rust files of a package.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let folder = folder.join("src");
    let mut files: Vec<_> = walk::files(&walk::sources(&folder))
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .collect();
    files.sort();
    files
}
