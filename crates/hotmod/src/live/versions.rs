//! The values of `keep!`, by the paths of their statics, and which statics read which.
//!
//! Statics of one path read one value for as long as its type is what it was. When that changed, the
//! value is written and read, and becomes another *version* of it: generations before keep to theirs,
//! those to come read the new one. A generation's statics belong to a version from when the generation
//! is proposed; the version of the live generation is the current one.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::call::{live, pin_call};
use super::generation::Generation;
use super::hooks::words;
use super::kept::KeptStatic;

/// The address of a value that lives for ever.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value(*const ());

// SAFETY: it is only made of values that are `Sync`.
unsafe impl Send for Value {}

impl Value {
    pub(super) fn of<T: Sync + 'static>(value: T) -> Self {
        Value(std::ptr::from_ref::<T>(Box::leak(Box::new(value))).cast())
    }

    /// # Safety
    /// It was made of a value of a type that is this one, by whatever code.
    pub(super) unsafe fn get<T: Sync + 'static>(self) -> &'static T {
        // SAFETY: by the caller's word; it is never freed.
        unsafe { &*self.0.cast() }
    }
}

/// All that is known of a path.
#[derive(Default)]
struct Known {
    versions: Vec<Version>,
    /// The live generation's, or that of the last one that had the static.
    current: Option<usize>,
}

struct Version {
    /// What the first static says that reads it.
    layout: KeptStatic,
    /// All that read it, by their addresses.
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

/// The statics that there ever were, by name.
static ALL: Mutex<Option<HashMap<&'static str, Known>>> = Mutex::new(None);

fn lock() -> MutexGuard<'static, Option<HashMap<&'static str, Known>>> {
    // Every change is a single insertion or field, so a panic between two leaves it whole.
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The value that a static reads, made now unless it was before.
pub(super) fn find(kept: &KeptStatic, make: impl FnOnce() -> Value) -> Value {
    let mut all = lock();
    let known = all.get_or_insert_default().entry(kept.name()).or_default();
    let version = match (known.version_of(kept), known.current) {
        (Some(version), _) => version,
        // It is read while its library is loaded, and nobody said yet whether its type is the same.
        (None, Some(current)) if kept.migration.is_none() => {
            if let Err(reason) = kept.check(&known.versions[current].layout) {
                drop(all);
                panic!("{reason}");
            }
            known.join(kept, current)
        }
        (None, _) => known.begin(kept),
    };
    *known.versions[version].value.get_or_insert_with(make)
}

/// Refuses a generation that would take a kept value for another; else has its statics read the
/// current values, but for those that the tool names: their type is another.
pub(super) fn propose(statics: &[KeptStatic], changed: &[String]) -> Result<(), String> {
    let is_changed = |kept: &KeptStatic| changed.iter().any(|path| kept.is_called(path));
    let unknown = |path: &&String| !statics.iter().any(|kept| kept.is_called(path));
    if let Some(path) = changed.iter().find(unknown) {
        return Err(format!(
            "the type of the kept static `{path}` changed, and it is not found by that name"
        ));
    }
    let mut all = lock();
    let all = all.get_or_insert_default();
    for kept in statics {
        let Some(known) = all.get(kept.name()) else {
            continue;
        };
        let Some(current) = known.current() else {
            continue;
        };
        let version = known.version_of(kept);
        if version.is_some_and(|it| Some(it) != known.current || is_changed(kept)) {
            return Err(early(kept));
        }
        if !is_changed(kept) {
            kept.check(&current.layout)?;
        }
    }
    for kept in statics {
        let known = all.entry(kept.name()).or_default();
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

/// Makes the values of proposed statics whose type changed: what the code of the current ones
/// writes, theirs reads.
///
/// Runs code of the user's, with no lock held.
pub(super) fn migrate(generation: &'static Generation) -> Result<(), String> {
    for kept in generation.kept() {
        let Some((version, before)) = before(kept) else {
            continue;
        };
        let name = kept.name();
        let (Some(writer), Some(reader)) = (before.layout.migration, kept.migration) else {
            return Err(format!(
                "the type of the kept static `{name}` changed; help: mark it `#[migrate]`, and                  the next change of it is none for the program"
            ));
        };
        let bytes = {
            let _pin = pin_call(live());
            // SAFETY: it is a value of the type of the version whose static says how to write it.
            guarded(|| unsafe { (writer.write)(before.value) })
        };
        let bytes =
            bytes.map_err(|it| format!("the kept static `{name}` can't be written: {it}"))?;
        let value = {
            let _pin = pin_call(generation);
            guarded(|| (reader.read)(&bytes))
        };
        let value =
            value.map_err(|it| format!("the kept static `{name}` can't be read anew: {it}"))?;
        let mut all = lock();
        let known = all.get_or_insert_default().entry(name).or_default();
        let place = &mut known.versions[version].value;
        if place.is_some() {
            return Err(early(kept));
        }
        *place = Some(value);
    }
    Ok(())
}

struct Before {
    layout: KeptStatic,
    value: Value,
}

/// The value that is to be made over for a static, and the version that it is for.
fn before(kept: &KeptStatic) -> Option<(usize, Before)> {
    let all = lock();
    let known = all.as_ref()?.get(kept.name())?;
    let version = known.version_of(kept)?;
    let current = known.current().filter(|_| Some(version) != known.current)?;
    let (layout, value) = (current.layout, current.value?);
    Some((version, Before { layout, value }))
}

fn guarded<T>(run: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    // What it shares with others is seen as it left it, as with any thread that panics.
    let outcome = catch_unwind(AssertUnwindSafe(run));
    outcome.unwrap_or_else(|panic| Err(format!("it panicked: {}", words(&*panic))))
}

fn early(kept: &KeptStatic) -> String {
    let name = kept.name();
    format!("the kept static `{name}` was read before its generation was set up")
}

/// Has all generations to come keep to these: this one may make the values at any time.
pub(super) fn admit(statics: &[KeptStatic]) {
    let mut all = lock();
    for kept in statics {
        let known = all.get_or_insert_default().entry(kept.name()).or_default();
        let version = known.version_of(kept);
        known.current = Some(version.unwrap_or_else(|| known.begin(kept)));
    }
}
