//! The paths of the checkout, the tool under test and the folder for temporary files.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

const NAME: &str = "cargo-hotmod";

/// The checkout.
pub fn repository() -> &'static Path {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    crates.and_then(Path::parent).unwrap()
}

/// The tool under test: the one that cargo names, or the one beside a test that runs without cargo.
pub fn tool() -> &'static Path {
    static TOOL: LazyLock<PathBuf> = LazyLock::new(|| {
        if let Some(tool) = std::env::var_os(format!("CARGO_BIN_EXE_{NAME}")) {
            return tool.into();
        }
        let test = std::env::current_exe().unwrap();
        let mut beside = test.ancestors().map(|folder| folder.join(NAME));
        beside
            .find(|it| it.is_file())
            .expect("the tool was not built")
    });
    &TOOL
}

/// Cargo's folder for temporary files of tests. They stay there, so that the next run is fast.
pub fn temporary() -> PathBuf {
    let target = tool().parent().and_then(Path::parent).unwrap();
    target.join("tmp")
}
