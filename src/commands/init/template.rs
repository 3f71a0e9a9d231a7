//! Templates in the tool's binary: workspaces and editor settings.
//!
//! The suffix `.in` of a file name is removed. It prevents cargo from treating a template as a
//! package. `{{…}}` is a placeholder for a value that is filled in when the file is written.

use std::path::{Path, PathBuf};

use include_dir::Dir;

/// A template's files: their relative paths and contents.
pub(crate) fn files(template: &Dir<'_>, values: &[(&str, &str)]) -> Vec<(PathBuf, String)> {
    let files = template.find("**/*").into_iter().flatten();
    let mut files: Vec<_> = files
        .filter_map(|entry| entry.as_file())
        .map(|file| {
            // Paths in the binary include the template's own folder.
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

/// A library of this version of the tool, such as `hotmod`, as the keys of a dependency: a path if
/// the tool was built from a clone.
pub(crate) fn dependency(name: &str) -> String {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("crates")
        .join(name);
    if checkout.join("Cargo.toml").exists() {
        format!("path = {:?}", checkout)
    } else {
        format!("version = {:?}", concat!("=", env!("CARGO_PKG_VERSION")))
    }
}
