//! The values of `keep!`, by the paths of their statics, and the statics that read them.
//!
//! Statics with the same path read the same value while its type stays the same. When the type changes,
//! the migrated value is a new *version*: earlier generations keep the old version, and later ones read
//! the new one. A generation's statics get their version when the generation is proposed. The version of
//! the live generation is the current one.
//!
//! `tests/loom.rs` runs this file under loom.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use super::kept_static::{KeptStatic, Value};
use super::sync::{Mutex, MutexGuard, const_unless_loom};

pub(super) struct Versions(Mutex<Names>);

struct Names {
    /// The statics of all generations so far, by path.
    statics: BTreeMap<&'static str, Known>,
    /// The names of the other values that are carried across restarts. A static that is carried has none
    /// of them.
    carried: BTreeSet<String>,
}

/// The versions of a path.
#[derive(Default)]
struct Known {
    versions: Vec<Version>,
    /// The version of the live generation, or of the last one that had the static.
    current: Option<usize>,
}

struct Version {
    /// The first static that reads it.
    layout: KeptStatic,
    /// All statics that read it, by their addresses.
    statics: Vec<usize>,
    /// `None` until it is read.
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

/// A value to migrate.
pub(super) struct Old {
    /// The static that can serialise it.
    pub(super) layout: KeptStatic,
    pub(super) value: Value,
    /// The version of the new value.
    version: usize,
}

impl Versions {
    const_unless_loom! {
        /// No statics yet.
        pub(super) fn new() -> Self {
            Versions(Mutex::new(Names {
                statics: BTreeMap::new(),
                carried: BTreeSet::new(),
            }))
        }
    }

    fn lock(&self) -> MutexGuard<'_, Names> {
        // Each change is a single insertion or assignment, so a panic can't leave it half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value that a static reads. It is created at the first read.
    ///
    /// # Panics
    /// If the static is read before its generation was checked, and its type differs from that of the
    /// value.
    pub(super) fn find(&self, kept: &KeptStatic, make: impl FnOnce() -> Value) -> Value {
        let mut names = self.lock();
        let known = names.statics.entry(kept.name()).or_default();
        let version = match (known.version_of(kept), known.current) {
            (Some(version), _) => version,
            // It is read while its library is being loaded, before its type was compared.
            (None, Some(current)) if kept.migration.is_none() => {
                if let Err(reason) = kept.check(&known.versions[current].layout) {
                    drop(names);
                    panic!("{reason}");
                }
                known.join(kept, current)
            }
            (None, _) => known.begin(kept),
        };
        *known.versions[version].value.get_or_insert_with(make)
    }

    /// Refuses a generation that would read a kept value as another type. Otherwise, its statics read
    /// the current values, except for those in `changed`, whose type changed according to the tool.
    pub(super) fn propose(&self, statics: &[KeptStatic], changed: &[String]) -> Result<(), String> {
        let is_changed = |kept: &KeptStatic| changed.iter().any(|path| kept.is_called(path));
        let unknown = |path: &&String| !statics.iter().any(|kept| kept.is_called(path));
        if let Some(path) = changed.iter().find(unknown) {
            return Err(format!(
                "the type of the kept static `{path}` changed, but the new code has no static of that name"
            ));
        }
        let mut names = self.lock();
        let is_taken =
            |kept: &&KeptStatic| kept.migration.is_some() && names.carried.contains(kept.name());
        if let Some(kept) = statics.iter().find(is_taken) {
            return Err(name_is_taken(kept.name()));
        }
        for kept in statics {
            let Some(known) = names.statics.get(kept.name()) else {
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
            let known = names.statics.entry(kept.name()).or_default();
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

    /// Refuses a generation that was live before if a value has been migrated to another type since.
    pub(super) fn require_current(&self, statics: &[KeptStatic]) -> Result<(), String> {
        let names = self.lock();
        let is_current = |kept: &&KeptStatic| {
            let known = names.statics.get(kept.name());
            known.is_none_or(|known| known.version_of(kept) == known.current)
        };
        match statics.iter().find(|kept| !is_current(kept)) {
            Some(kept) => Err(format!(
                "the value of the kept static `{}` was migrated to another type since",
                kept.name()
            )),
            None => Ok(()),
        }
    }

    /// The value to migrate for a proposed static, if its type changed.
    pub(super) fn to_migrate(&self, kept: &KeptStatic) -> Option<Old> {
        let names = self.lock();
        let known = names.statics.get(kept.name())?;
        let version = known.version_of(kept)?;
        let current = known.current().filter(|_| Some(version) != known.current)?;
        Some(Old {
            layout: current.layout,
            value: current.value?,
            version,
        })
    }

    /// Takes the migrated value, unless the static has created its own in the meantime.
    pub(super) fn migrated(
        &self,
        kept: &KeptStatic,
        old: &Old,
        value: Value,
    ) -> Result<(), String> {
        let mut names = self.lock();
        let known = names.statics.entry(kept.name()).or_default();
        let place = &mut known.versions[old.version].value;
        if place.is_some() {
            return Err(read_too_early(kept));
        }
        *place = Some(value);
        Ok(())
    }

    /// Takes the name for a value that is carried across restarts, or says why not.
    pub(super) fn take_name(&self, name: &str) -> Result<(), String> {
        let mut names = self.lock();
        let known = names.statics.get(name);
        let mut statics = known.iter().flat_map(|it| &it.versions);
        let is_static = statics.any(|it| it.layout.migration.is_some());
        if is_static || !names.carried.insert(name.to_owned()) {
            return Err(name_is_taken(name));
        }
        Ok(())
    }

    /// There is no value of that name after all.
    pub(super) fn free_name(&self, name: &str) {
        self.lock().carried.remove(name);
    }

    /// The current values that can be serialised, with the statics that can do that.
    pub(super) fn migratable(&self) -> Vec<(KeptStatic, Value)> {
        let names = self.lock();
        let current = names.statics.values().filter_map(Known::current);
        let values = current.filter(|it| it.layout.migration.is_some());
        values
            .filter_map(|it| Some((it.layout, it.value?)))
            .collect()
    }

    /// Takes the value of the process before for a static of the baseline, unless it has been read.
    pub(super) fn begin_with(&self, kept: &KeptStatic, value: Value) -> Result<(), String> {
        let mut names = self.lock();
        let known = names.statics.entry(kept.name()).or_default();
        let version = known.version_of(kept).unwrap_or_else(|| known.begin(kept));
        let place = &mut known.versions[version].value;
        if place.is_some() {
            return Err(format!(
                "the kept static `{}` was read before `main`",
                kept.name()
            ));
        }
        *place = Some(value);
        Ok(())
    }

    /// Makes the versions of these statics the current ones, because their generation goes live.
    pub(super) fn admit(&self, statics: &[KeptStatic]) {
        let mut names = self.lock();
        for kept in statics {
            let known = names.statics.entry(kept.name()).or_default();
            let version = known.version_of(kept);
            known.current = Some(version.unwrap_or_else(|| known.begin(kept)));
        }
    }
}

fn name_is_taken(name: &str) -> String {
    format!("this program already carries a value named `{name}`: each needs a name of its own")
}

fn read_too_early(kept: &KeptStatic) -> String {
    let name = kept.name();
    format!("the kept static `{name}` was read before its generation was set up")
}
