//! The versions of sources that were looked at.
//!
//! A source may be saved again while it is being compiled. So what a build was made of is compared by
//! the versions that it read, not by the current ones.

use std::path::{Path, PathBuf};

use super::Sources;
use crate::base::contents::{Contents, Digested};
use crate::compat::items::reach::Reach;

/// How many earlier versions of a source to keep. A build that read an older one is made again.
const EARLIER: usize = 16;

/// The content of a source, and its items.
pub(super) type Version = (Digested, Reach);

/// Which versions were exchanged, so that it can be undone.
#[must_use]
pub(crate) struct Exchanged(Vec<(PathBuf, usize)>);

impl Sources {
    /// The sources that were looked at.
    pub(crate) fn seen(&self) -> impl Iterator<Item = &PathBuf> {
        self.now.keys()
    }

    /// Reads the items of a source with this content. Returns `false` if the content has changed again.
    pub(crate) fn look_at(&mut self, path: &Path, content: Digested) -> bool {
        let is_seen = self.now.get(path).is_some_and(|(seen, _)| *seen == content);
        if is_seen && content != Digested::Unknown {
            return true;
        }
        let baseline = || self.known.get(path)?.baseline.as_ref();
        let before = self.now(path).or_else(baseline);
        let Some(reach) = Reach::of_file(path, content, before) else {
            return false;
        };
        let before = self.now.insert(path.to_owned(), (content, reach));
        if let Some(before) = before.or_else(|| self.baseline_version(path)) {
            let earlier = self.earlier.entry(path.to_owned()).or_default();
            earlier.insert(0, before);
            earlier.truncate(EARLIER);
        }
        true
    }

    /// The version from which the host was built, if its content is known.
    fn baseline_version(&self, path: &Path) -> Option<Version> {
        let (content, _) = self.running.get(path)?;
        let baseline = self.known.get(path)?.baseline.clone()?;
        Some((*content, baseline))
    }

    /// Whether the items of a source with this content are known. If it was never looked at, `running` is
    /// its content.
    pub(crate) fn has_seen(
        &self,
        path: &Path,
        content: Digested,
        running: Option<Digested>,
    ) -> bool {
        match self.now.contains_key(path) {
            _ if content == Digested::Unknown => false,
            true => self.version(path, content).is_some(),
            // No loaded code was built from a new file.
            false => running.is_none_or(|running| running == content),
        }
    }

    /// The items of a source when it had this content.
    pub(super) fn version(&self, path: &Path, content: Digested) -> Option<&Reach> {
        if content == Digested::Unknown {
            return None;
        }
        let earlier = self.earlier.get(path).into_iter().flatten();
        let mut all = self.now.get(path).into_iter().chain(earlier);
        let (_, reach) = all.find(|(seen, _)| *seen == content)?;
        Some(reach)
    }

    /// Makes the versions with these contents the current ones. Undo it with [`restore`](Self::restore).
    pub(crate) fn exchange(&mut self, contents: &Contents) -> Exchanged {
        let mut exchanged = Vec::new();
        for (path, content) in contents {
            let Some(now) = self.now.get_mut(path).filter(|(seen, _)| seen != content) else {
                continue;
            };
            let earlier = self.earlier.get_mut(path).map_or(&mut [][..], |it| it);
            if let Some(index) = earlier.iter().position(|(seen, _)| seen == content) {
                std::mem::swap(now, &mut earlier[index]);
                exchanged.push((path.clone(), index));
            }
        }
        Exchanged(exchanged)
    }

    /// Undoes an exchange.
    pub(crate) fn restore(&mut self, exchanged: Exchanged) {
        for (path, index) in exchanged.0 {
            let earlier = self.earlier.get_mut(&path).and_then(|it| it.get_mut(index));
            if let Some((now, earlier)) = self.now.get_mut(&path).zip(earlier) {
                std::mem::swap(now, earlier);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A file, and the contents that it had one after the other.
    fn versions(path: &Path, texts: &[&str], look: &mut dyn FnMut(Digested)) -> Vec<Digested> {
        let version = |text: &&str| {
            fs::write(path, text).unwrap();
            let content = Digested::of(path);
            look(content);
            content
        };
        texts.iter().map(version).collect()
    }

    #[test]
    fn a_build_is_compared_by_what_it_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = &folder.path().join("lib.rs");
        let mut sources = Sources::default();
        fs::write(path, "pub struct A(u32);").unwrap();
        let baseline = Digested::of(path);
        sources.add_baseline(path, baseline);
        let texts = ["pub struct A(u64);", "pub struct A(u32); fn f() {}"];
        let contents = versions(path, &texts, &mut |it| assert!(sources.look_at(path, it)));
        let is_retyped = |sources: &mut Sources, built: Digested| {
            let built = [(path.clone(), built)].into_iter().collect();
            let exchanged = sources.exchange(&built);
            let is_retyped = sources.retyped(path).is_some();
            sources.restore(exchanged);
            is_retyped
        };
        for (built, expected) in [(baseline, false), (contents[0], true), (contents[1], false)] {
            assert!(sources.has_seen(path, built, None));
            assert_eq!(is_retyped(&mut sources, built), expected);
        }
        assert!(sources.retyped(path).is_none());
        for other in [Digested::Missing, Digested::Unknown] {
            assert!(!sources.has_seen(path, other, None));
        }
        // A look at a content that is not known says nothing of other such contents.
        assert!(sources.look_at(path, Digested::Unknown));
        assert!(!sources.has_seen(path, Digested::Unknown, None));

        // The memory has values of this version, although the current one is as at the start.
        sources.take_live(path, contents[0]);
        assert_eq!(sources.changed().unwrap().last_name(), "A");
    }
}
