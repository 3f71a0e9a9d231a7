//! The values of `keep!`, by the paths of their statics, and which statics read which.
//!
//! Statics of one path read one value for as long as its type stays the same. When the type changes,
//! the value is migrated, and becomes another *version*: earlier generations keep to theirs, later
//! ones read the new one. A generation's statics belong to a version from when the generation is
//! proposed; the version of the live generation is the current one.
//!
//! `tests/loom.rs` runs this file under loom.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use super::kept_static::{KeptStatic, Value};
use super::sync::{Mutex, MutexGuard, const_unless_loom};

/// All statics that ever were, by path.
pub(super) struct Versions(Mutex<Paths>);

type Paths = BTreeMap<&'static str, Known>;

/// Everything that is known of a path.
#[derive(Default)]
struct Known {
    versions: Vec<Version>,
    /// The live generation's, or that of the last one that had the static.
    current: Option<usize>,
}

struct Version {
    /// The first static that reads it.
    layout: KeptStatic,
    /// All statics that read it, by their addresses.
    statics: Vec<usize>,
    /// Once somebody asked for it.
    value: Option<Value>,
}

impl Known {
    fn version_of(&self, kept: &KeptStatic) -> Option<usize> {
        let mut versions = self.versions.iter();
        versions.position(|it| it.statics.contains(&kept.at))
    }

    fn current(&self) -> Option<&Version> {
        Some(&self.versions[self.current?])
    }

    fn begin(&mut self, kept: &KeptStatic) -> usize {
        self.versions.push(Version {
            layout: *kept,
            statics: vec![kept.at],
            value: None,
        });
        self.versions.len() - 1
    }

    fn join(&mut self, kept: &KeptStatic, version: usize) -> usize {
        self.versions[version].statics.push(kept.at);
        version
    }
}

/// A value that is to be migrated.
pub(super) struct Old {
    /// The static that can write it.
    pub(super) layout: KeptStatic,
    pub(super) value: Value,
    /// The version that the new value is for.
    version: usize,
}

impl Versions {
    const_unless_loom! {
        /// No statics yet.
        pub(super) fn new() -> Self {
            Versions(Mutex::new(BTreeMap::new()))
        }
    }

    fn lock(&self) -> MutexGuard<'_, Paths> {
        // Every change is a single insertion or field, so a panic between two leaves it whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value that a static reads, made now unless it was before.
    ///
    /// # Panics
    /// If the static is read before its generation was checked, and its type is another than that of
    /// the value.
    pub(super) fn find(&self, kept: &KeptStatic, make: impl FnOnce() -> Value) -> Value {
        let mut paths = self.lock();
        let known = paths.entry(kept.name()).or_default();
        let version = match (known.version_of(kept), known.current) {
            (Some(version), _) => version,
            // It is read while its library is loaded, and nothing said yet whether its type is the same.
            (None, Some(current)) if kept.migration.is_none() => {
                if let Err(reason) = kept.check(&known.versions[current].layout) {
                    drop(paths);
                    panic!("{reason}");
                }
                known.join(kept, current)
            }
            (None, _) => known.begin(kept),
        };
        *known.versions[version].value.get_or_insert_with(make)
    }

    /// Refuses a generation that would read a kept value as another type; else has its statics read
    /// the current values, except those that the tool names in `changed`: their type is another.
    pub(super) fn propose(&self, statics: &[KeptStatic], changed: &[String]) -> Result<(), String> {
        let is_changed = |kept: &KeptStatic| changed.iter().any(|path| kept.is_called(path));
        let unknown = |path: &&String| !statics.iter().any(|kept| kept.is_called(path));
        if let Some(path) = changed.iter().find(unknown) {
            return Err(format!(
                "the type of the kept static `{path}` changed, but the new code has no static of that name"
            ));
        }
        let mut paths = self.lock();
        for kept in statics {
            let Some(known) = paths.get(kept.name()) else {
                continue;
            };
            let Some(current) = known.current() else {
                continue;
            };
            let version = known.version_of(kept);
            if version.is_some_and(|it| Some(it) != known.current || is_changed(kept)) {
                return Err(read_too_early(kept));
            }
            if !is_changed(kept) {
                kept.check(&current.layout)?;
            }
        }
        for kept in statics {
            let known = paths.entry(kept.name()).or_default();
            match (known.version_of(kept), known.current) {
                (Some(_), _) => {}
                (None, Some(current)) if !is_changed(kept) => {
                    known.join(kept, current);
                }
                (None, _) => {
                    known.begin(kept);
                }
            }
        }
        Ok(())
    }

    /// The value that must be migrated for a static that was proposed, if its type changed.
    pub(super) fn to_migrate(&self, kept: &KeptStatic) -> Option<Old> {
        let paths = self.lock();
        let known = paths.get(kept.name())?;
        let version = known.version_of(kept)?;
        let current = known.current().filter(|_| Some(version) != known.current)?;
        Some(Old {
            layout: current.layout,
            value: current.value?,
            version,
        })
    }

    /// Takes the migrated value, unless the static has made one of its own meanwhile.
    pub(super) fn migrated(
        &self,
        kept: &KeptStatic,
        old: &Old,
        value: Value,
    ) -> Result<(), String> {
        let mut paths = self.lock();
        let known = paths.entry(kept.name()).or_default();
        let place = &mut known.versions[old.version].value;
        if place.is_some() {
            return Err(read_too_early(kept));
        }
        *place = Some(value);
        Ok(())
    }

    /// Makes the versions of these statics the current ones: their generation goes live.
    pub(super) fn admit(&self, statics: &[KeptStatic]) {
        let mut paths = self.lock();
        for kept in statics {
            let known = paths.entry(kept.name()).or_default();
            let version = known.version_of(kept);
            known.current = Some(version.unwrap_or_else(|| known.begin(kept)));
        }
    }
}

fn read_too_early(kept: &KeptStatic) -> String {
    let name = kept.name();
    format!("the kept static `{name}` was read before its generation was set up")
}
