//! The files that require a new plan when they change.
//!
//! Sources are not among them; the *stale* stage handles those. No file is read. Files that don't
//! exist are included only where it is worth watching for them.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};

use super::LocalPackage;

/// Files that configure cargo or rustup in their folder and below.
const CONFIGURATION: [&str; 4] = [
    ".cargo/config.toml",
    ".cargo/config",
    "rust-toolchain.toml",
    "rust-toolchain",
];

/// The files to watch: manifests first, each file once.
pub(super) fn watched(workspace_root: &Path, local: &[LocalPackage]) -> Vec<PathBuf> {
    let mut files = vec![workspace_root.join("Cargo.toml")];
    files.extend(local.iter().map(|package| package.manifest_path.clone()));
    // Cargo uses a new `build.rs` as soon as it exists.
    files.extend(local.iter().map(|package| package.dir.join("build.rs")));
    files.push(workspace_root.join("Cargo.lock"));
    // In the workspace, such a file may be created during a session. Above it, watching for a new
    // file is not worth a watch on folders such as `/`.
    files.extend(CONFIGURATION.iter().map(|name| workspace_root.join(name)));
    // Cargo searches from the current directory upwards, which can be anywhere with
    // `--manifest-path`.
    let here = env::current_dir().unwrap_or_default();
    let above = workspace_root.ancestors().skip(1).chain(here.ancestors());
    let above = above.flat_map(|folder| CONFIGURATION.iter().map(|name| folder.join(name)));
    files.extend(
        above
            .chain(cargo_home_config())
            .filter(|file| file.is_file()),
    );
    let mut seen = BTreeSet::new();
    files.retain(|file| seen.insert(file.clone()));
    files
}

/// Cargo's configuration for all workspaces.
fn cargo_home_config() -> Vec<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    home.map(|home| vec![home.join("config.toml"), home.join("config")])
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn files_above_the_root_count_only_if_they_exist() {
        let temp = tempfile::tempdir().expect("a temporary folder");
        let root = temp.path().join("workspace");
        fs::create_dir_all(temp.path().join(".cargo")).expect("a folder");
        fs::write(temp.path().join(".cargo/config.toml"), "").expect("a file");
        let package = LocalPackage {
            name: "app".to_owned(),
            package_id: "app".to_owned(),
            dir: root.clone(),
            manifest_path: root.join("Cargo.toml"),
        };

        let files = watched(&root, &[package]);

        let relative: Vec<_> = files
            .iter()
            .filter_map(|file| file.strip_prefix(temp.path()).ok())
            .collect();
        let expected = [
            "workspace/Cargo.toml",
            "workspace/build.rs",
            "workspace/Cargo.lock",
            "workspace/.cargo/config.toml",
            "workspace/.cargo/config",
            "workspace/rust-toolchain.toml",
            "workspace/rust-toolchain",
            ".cargo/config.toml",
        ];
        assert_eq!(relative, expected.map(Path::new));
    }
}
