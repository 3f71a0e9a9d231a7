//! The copy of a crate's sources from which a delta is compiled.
//!
//! Each file has its absolute path below the folder of the copy, so relative paths in sources lead
//! from one copied file to another. Files that are not modules are symbolic links.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::padding::Padding;
use super::strip::{added_to_root, strip};
use crate::base::atomic_file::{remove_if_there, write_whole};
use crate::base::content_hash::{ContentHash, Digest};
use crate::cargo::invocation::Invocation;
use crate::compile::group::interface::{Outlines, Source};

/// The files of a copy.
#[derive(Debug, Default)]
pub(super) struct Copy(BTreeMap<PathBuf, Copied>);

/// A source file in a copy.
#[derive(Debug, Default)]
struct Copied {
    /// The content and the bodies from which it was made; `None` if the file may be another one.
    made_from: Option<(ContentHash, u64)>,
    padding: Padding,
    /// The dependencies that the source seems to name.
    crates: BTreeSet<String>,
    /// What was added, to the root.
    added: Option<String>,
}

impl Copy {
    /// Writes a source without the bodies that a delta does not need. Returns `false` if that is not
    /// possible. `crates` are the names of the dependencies. The root comes last.
    pub(super) fn write(
        &mut self,
        folder: &Path,
        source: &Source,
        crates: &[&str],
        is_root: bool,
    ) -> io::Result<bool> {
        let kept = source.bodies.iter().map(|(_, is_kept)| *is_kept);
        let made_from = Some((source.content, digest(kept)));
        let named = crates.iter().filter(|it| names(&source.text, it));
        let named = named.map(|&it| it.to_owned()).collect();
        self.0.entry(source.path.clone()).or_default().crates = named;
        let added = is_root.then(|| self.added());
        let copied = self.0.entry(source.path.clone()).or_default();
        let path = below(folder, &source.path);
        if copied.made_from == made_from && copied.added == added && path.exists() {
            return Ok(true);
        }
        copied.made_from = None;
        copied.padding.resize(source.bodies.len());
        let Some(mut text) = strip(source, &mut copied.padding) else {
            return Ok(false);
        };
        text.push_str(added.as_deref().unwrap_or_default());
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        // It may be a link to the source, which must not be written to.
        write_whole(&path, text.as_bytes())?;
        copied.added = added;
        copied.made_from = made_from;
        Ok(true)
    }

    /// What to add to the root.
    fn added(&self) -> String {
        let crates: BTreeSet<&String> = self.0.values().flat_map(|it| &it.crates).collect();
        added_to_root(crates.into_iter().map(String::as_str))
    }

    /// Whether a source is there without any body, so that it need not be read.
    pub(super) fn is_stripped(
        &self,
        path: &Path,
        content: ContentHash,
        outlines: &Outlines,
        is_root: bool,
    ) -> bool {
        let kept = std::iter::repeat_n(false, outlines.bodies(path));
        let made_from = Some((content, digest(kept)));
        self.0.get(path).is_some_and(|it| {
            it.made_from == made_from && it.added == is_root.then(|| self.added())
        })
    }
}

/// Whether a word occurs in a text.
fn names(text: &str, word: &str) -> bool {
    let is_part = |it: char| it.is_alphanumeric() || it == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    })
}

/// The digest of which bodies of a source are kept.
fn digest(kept: impl Iterator<Item = bool>) -> u64 {
    let mut digest = Digest::new();
    kept.for_each(|is_kept| digest.number(u64::from(is_kept)));
    digest.finish()
}

/// Links a file that is not a module.
pub(super) fn link(folder: &Path, file: &Path) -> io::Result<()> {
    let path = below(folder, file);
    if fs::read_link(&path).is_ok_and(|target| target == file) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().unwrap_or(folder))?;
    remove_if_there(&path)?;
    symlink(file, path)
}

/// Lets a command compile the copy, and name the original files.
pub(super) fn use_copy(invocation: &mut Invocation, folder: &Path) {
    let is_root = |it: &&mut String| !it.starts_with('-') && it.ends_with(".rs");
    let Some(root) = invocation.arguments.iter_mut().find(is_root) else {
        return;
    };
    let original = invocation.directory.join(&*root);
    let (from, to) = match Path::new(&**root).is_absolute() {
        true => (folder.to_owned(), "/"),
        false => (below(folder, &invocation.directory), ""),
    };
    *root = below(folder, &original).to_string_lossy().into_owned();
    let from = from.display();
    invocation.push([format!("--remap-path-prefix={from}={to}")]);
}

/// The place of a file in the copy.
fn below(folder: &Path, file: &Path) -> PathBuf {
    folder.join(file.strip_prefix("/").unwrap_or(file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::contents::{Contents, Digested};

    /// A file can become a module, or stop being one.
    #[test]
    fn a_copied_file_takes_the_place_of_a_link_and_the_reverse() {
        let directory = tempfile::tempdir().unwrap();
        let (file, folder) = (directory.path().join("a.rs"), directory.path().join("copy"));
        let text = "fn f() {\n    1;\n}\n";
        fs::write(&file, text).unwrap();
        let read = Contents::from([(file.clone(), Digested::of(&file))]);
        let outlines = Outlines::of(Some(&file), "hotmod", &read, &|_| None);
        let mut copy = Copy::default();
        for _ in 0..2 {
            link(&folder, &file).unwrap();
            assert_eq!(fs::read_link(below(&folder, &file)).unwrap(), file);
            let source = outlines.source(&file, "hotmod").unwrap();
            copy.0.clear();
            assert!(copy.write(&folder, &source, &[], true).unwrap());
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
            let copied = fs::read_to_string(below(&folder, &file)).unwrap();
            assert!(copied.contains("__hotmod_stub"), "{copied}");
        }
    }

    #[test]
    fn crates_are_named_by_words() {
        for (text, expected) in [
            ("a::b()", true),
            ("use a;", true),
            ("ab::a_b", false),
            ("é_a b_a", false),
            ("(a)", true),
            ("éa", false),
        ] {
            assert_eq!(names(text, "a"), expected, "{text}");
        }
    }
}
