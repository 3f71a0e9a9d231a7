//! The build scripts of reloadable crates, and the contents that each read when it last ran.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{Inputs, Kind};
use crate::base::contents::{Contents, Digested};

/// What a script read when it last ran.
#[derive(Clone, Debug, Default)]
pub(super) struct RanOn {
    contents: Contents,
    /// The files that changed while it ran.
    unsettled: BTreeSet<PathBuf>,
}

impl Inputs {
    /// Sets the files that the script of a package reads. New ones were read just now.
    pub(crate) fn set_script(&mut self, package: &str, files: Vec<PathBuf>) {
        let waits = |kind: Option<&Kind>| matches!(kind, Some(Kind::VersionControl(_)));
        for path in files {
            if waits(self.kinds.get(&path)) {
                continue;
            }
            if !self.kinds.contains_key(&path) {
                let kind = Kind::ScriptInput(package.to_owned());
                self.running.insert(path.clone(), Digested::of(&path));
                self.kinds.insert(path.clone(), kind);
            }
            let now = self.now(&path);
            let script = self.scripts.entry(package.to_owned()).or_default();
            script.contents.entry(path).or_insert(now);
        }
    }

    /// Adds a new file to those that a script reads. It has not read it yet.
    pub(crate) fn add_to_script(&mut self, package: &str, path: &Path) {
        let script = self.scripts.entry(package.to_owned()).or_default();
        let contents = &mut script.contents;
        contents.entry(path.to_owned()).or_insert(Digested::Missing);
    }

    /// The packages whose script must run again, because a file that it reads has changed.
    pub(crate) fn stale_scripts(&self) -> Vec<String> {
        let is_stale = |(path, ran_on): (&PathBuf, &Digested)| {
            let now = self.now(path);
            now != *ran_on && !self.waits(path, now)
        };
        let scripts = self.scripts.iter();
        let stale = scripts.filter(|(_, script)| script.contents.iter().any(is_stale));
        stale.map(|(package, _)| package.clone()).collect()
    }

    /// The script of a package ran, and its output is the same as before. Returns the files that change
    /// whenever it runs, because it writes them itself.
    pub(crate) fn script_ran(&mut self, package: &str, read: Contents) -> Vec<PathBuf> {
        let mut script = self.scripts.remove(package).unwrap_or_default();
        let (mut unsettled, mut written) = (BTreeSet::new(), Vec::new());
        for (path, mut content) in read {
            if content == Digested::Unknown {
                if script.unsettled.contains(&path) {
                    content = Digested::of(&path);
                    written.push(path.clone());
                }
                unsettled.insert(path.clone());
            }
            if matches!(self.kinds.get(&path), Some(Kind::ScriptInput(_))) {
                // Nothing else reads it.
                self.running.insert(path.clone(), content);
                self.look_at([&path].into_iter());
            }
            script.contents.insert(path, content);
        }
        script.unsettled = unsettled;
        self.scripts.insert(package.to_owned(), script);
        written
    }

    fn now(&self, path: &Path) -> Digested {
        let now = self.changed.get(path).or_else(|| self.running.get(path));
        now.copied().unwrap_or(Digested::Missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_script_is_stale_until_it_ran_on_what_is_there() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("words");
        let mut inputs = Inputs::default();
        let edit = |inputs: &mut Inputs, text: &str| {
            fs::write(&path, text).unwrap();
            inputs.look_at([&path].into_iter());
        };
        let stale = ["pages".to_owned()];
        fs::write(&path, "one").unwrap();
        inputs.set_script("pages", vec![path.clone()]);
        assert!(inputs.stale_scripts().is_empty());
        edit(&mut inputs, "two");
        assert_eq!(inputs.stale_scripts(), stale);
        assert_eq!(inputs.changed().count(), 1);
        let ran = |content| Contents::from([(path.clone(), content)]);
        assert!(
            inputs
                .script_ran("pages", ran(Digested::of(&path)))
                .is_empty()
        );
        assert!(inputs.stale_scripts().is_empty());
        assert_eq!(inputs.changed().count(), 0);
        // It changes while the script runs. The first time, that may be an edit.
        assert!(
            inputs
                .script_ran("pages", ran(Digested::Unknown))
                .is_empty()
        );
        assert_eq!(inputs.stale_scripts(), stale);
        let written = inputs.script_ran("pages", ran(Digested::Unknown));
        assert_eq!(written, std::slice::from_ref(&path));
        assert!(inputs.stale_scripts().is_empty());
        assert_eq!(inputs.changed().count(), 0);
        edit(&mut inputs, "three");
        assert_eq!(inputs.stale_scripts(), stale);
        // A refused change waits.
        assert!(inputs.put_off());
        assert!(inputs.stale_scripts().is_empty());
    }
}
