//! The files that the tool carries with it: whole workspaces, and settings of editors.
//!
//! A file that is named `….in` loses that ending, which keeps cargo from taking a template for a
//! package, and `{{…}}` in any file stands for a value that is known when it is written.

use std::path::{Path, PathBuf};

use include_dir::Dir;

/// A template's files with their paths, which are relative, and what stands in them.
pub(crate) fn files(template: &Dir<'_>, values: &[(&str, &str)]) -> Vec<(PathBuf, String)> {
    let files = template.find("**/*").into_iter().flatten();
    let mut files: Vec<_> = files
        .filter_map(|entry| entry.as_file())
        .map(|file| {
            // Paths stand in a template's own folder of the binary, not of the repository.
            let path = file.path().strip_prefix(template.path());
            let path = target(path.unwrap_or(file.path()));
            let text = file.contents_utf8().unwrap_or_default().to_owned();
            let fill = |text: String, (name, value): &(&str, &str)| {
                text.replace(&format!("{{{{{name}}}}}"), value)
            };
            (path, values.iter().fold(text, fill))
        })
        .collect();
    files.sort();
    files
}

fn target(path: &Path) -> PathBuf {
    match path.to_str().and_then(|path| path.strip_suffix(".in")) {
        Some("gitignore") => PathBuf::from(".gitignore"),
        Some(path) => PathBuf::from(path),
        None => path.to_owned(),
    }
}

/// The runtime that belongs to this tool, as keys of a dependency: the checkout's, where the tool
/// was built from one.
pub(crate) fn hotmod_dependency() -> String {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/hotmod");
    if checkout.join("Cargo.toml").exists() {
        format!("path = {:?}", checkout)
    } else {
        format!("version = {:?}", concat!("=", env!("CARGO_PKG_VERSION")))
    }
}
