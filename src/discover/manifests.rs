//! The files whose change asks for a new plan.
//!
//! Sources are not among them: those are the business of the *stale* stage. It reads no file, and
//! asks for existence only where a file that is not there is not worth watching for.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};

use super::LocalPackage;

/// Files of a folder that steer cargo or rustup in it and below it.
const STEERING: [&str; 4] = [
    ".cargo/config.toml",
    ".cargo/config",
    "rust-toolchain.toml",
    "rust-toolchain",
];

/// Manifests first, each file once.
pub(super) fn of(workspace_root: &Path, local: &[LocalPackage]) -> Vec<PathBuf> {
    let mut files = vec![workspace_root.join("Cargo.toml")];
    files.extend(local.iter().map(|package| package.manifest_path.clone()));
    // Cargo takes one for the build script as soon as it is there.
    files.extend(local.iter().map(|package| package.dir.join("build.rs")));
    files.push(workspace_root.join("Cargo.lock"));
    // In the workspace a file may be made during a session; far above it, that is not worth a watch
    // on `/`.
    files.extend(STEERING.iter().map(|name| workspace_root.join(name)));
    // Cargo looks from the current directory upwards, which with `--manifest-path` may lie
    // anywhere.
    let here = env::current_dir().unwrap_or_default();
    let above = workspace_root.ancestors().skip(1).chain(here.ancestors());
    let above = above.flat_map(|folder| STEERING.iter().map(|name| folder.join(name)));
    files.extend(
        above
            .chain(cargo_home_config())
            .filter(|file| file.is_file()),
    );
    let mut seen = BTreeSet::new();
    files.retain(|file| seen.insert(file.clone()));
    files
}

/// Cargo reads it for every workspace, wherever that lies.
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

        let files = of(&root, &[package]);

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
