//! Published crates, copied so that tests can edit them.

mod packages;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;
use syn::Item;

pub use packages::PACKAGES;

/// A library, and statements that use it and print what they observe, with [`SHOW`].
///
/// [`SHOW`]: Package::SHOW
#[derive(Clone, Copy, Debug)]
pub struct Package {
    /// Its name.
    pub name: &'static str,
    version: &'static str,
    /// The other keys of the dependency, as in a manifest.
    options: &'static str,
    /// Statements of the program.
    pub direct: &'static str,
    /// Statements that the program calls through an entry point. They use more of the library.
    pub behind_entry_point: &'static str,
}

impl Package {
    /// The macro in these statements: it prints a value, or the message of a panic.
    pub const SHOW: &str = r#"macro_rules! show {
    ($($code:tt)*) => {
        match std::panic::catch_unwind(|| format!("{:?}", { $($code)* })) {
            Ok(value) => println!("{value}"),
            Err(panic) => {
                let message = panic.downcast_ref::<String>().map(|it| &**it);
                println!("panic: {:?}", message.or(panic.downcast_ref::<&str>().copied()));
            }
        }
    };
}
"#;

    /// The dependency on the registry's crate, as a line of a manifest.
    pub fn in_registry(&self) -> String {
        self.dependency("version", self.version)
    }

    /// The dependency on a copy, as a line of a manifest.
    pub fn at(&self, path: &str) -> String {
        self.dependency("path", path)
    }

    fn dependency(&self, key: &str, value: &str) -> String {
        format!("{} = {{ {key} = {value:?}{} }}\n", self.name, self.options)
    }

    /// The name of its library.
    pub fn library(&self) -> String {
        self.name.replace('-', "_")
    }
}

/// Where cargo keeps the sources of these packages, which it downloads if it has to.
pub fn folders(packages: &[Package]) -> Vec<PathBuf> {
    let folder = tempfile::tempdir().unwrap();
    let lines: String = packages.iter().map(Package::in_registry).collect();
    let manifest = format!(
        "[package]\nname = \"lookup\"\nedition = \"2024\"\n[lib]\npath = \"lib.rs\"\n[dependencies]\n{lines}"
    );
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.path().join("lib.rs"), "").unwrap();
    let metadata = MetadataCommand::new().current_dir(folder.path()).exec();
    let metadata = metadata.unwrap();
    let folder_of = |package: &Package| {
        let mut all = metadata.packages.iter();
        let found = all.find(|it| *it.name == *package.name).unwrap();
        found.manifest_path.parent().unwrap().into()
    };
    packages.iter().map(folder_of).collect()
}

/// Copies the library of a package to a folder. The copy has no tests, benches and examples, so
/// that nothing of what these depend on is needed.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (from, name) = entry.map(|it| (it.path(), it.file_name())).unwrap();
        let to = to.join(&name);
        if name == "src" {
            copy_all(&from, &to);
        } else if name == "Cargo.toml" {
            fs::write(to, library_only(&fs::read_to_string(from).unwrap())).unwrap();
        } else if from.extension() == Some(OsStr::new("md")) {
            // A library may include it as its documentation.
            fs::copy(from, to).unwrap();
        }
    }
    // Code that an edit adds may use all of std, even if the crate does not.
    let root = to.join("src/lib.rs");
    let text = fs::read_to_string(&root).unwrap();
    let first = syn::parse_file(&text).unwrap().items.swap_remove(0);
    let at = syn::spanned::Spanned::span(&first).byte_range().start;
    let (head, rest) = text.split_at(at);
    fs::write(
        root,
        format!("{head}extern crate std as hotmod_std; {rest}"),
    )
    .unwrap();
}

/// A manifest as cargo publishes it, without the sections of other targets than the library.
fn library_only(manifest: &str) -> String {
    let mut is_kept = true;
    let mut kept = String::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            let others = [
                "dev-dependencies",
                "[[test",
                "[[bench",
                "[[example",
                "[[bin",
            ];
            is_kept = !others.iter().any(|it| line.contains(it));
        }
        if is_kept {
            kept += &format!("{line}\n");
        }
    }
    kept
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let copy = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy_all(&entry.path(), &copy),
            false => drop(fs::copy(entry.path(), copy).unwrap()),
        }
    }
}

/// Whether an item means the same after the next one. Macros count from where they are defined, and files
/// of modules are found by their place.
pub fn is_movable(item: &Item) -> bool {
    matches!(
        item,
        Item::Const(_)
            | Item::Enum(_)
            | Item::Fn(_)
            | Item::Impl(_)
            | Item::Struct(_)
            | Item::Type(_)
    )
}
