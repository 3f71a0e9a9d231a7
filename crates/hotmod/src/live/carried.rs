//! Values that survive restarts: what the program carries, and what the process before it saved.
//!
//! A value of the old process stays in the file until the new process has saved its own. So a process
//! that ends before it has read all values does not lose the others.
//!
//! The program's code runs without a lock of this module, except that only one thread at a time saves.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant};

use hotmod_protocol::{Carry, NotCarried, Saved};

use super::carried_file::{self, Bytes, NewFile, Values};
use super::globals::{BASELINE, VERSIONS};
use super::host;
use super::migration::{self, guarded};
use super::outbox;

/// A process that ends earlier than this has crashed at its start. It saves nothing by itself, so that
/// the values of the process before it stay.
const CRASH_WINDOW: Duration = Duration::from_secs(1);

static CARRIED: Mutex<Carried> = Mutex::new(Carried {
    file: None,
    before: None,
    unreadable: None,
    values: BTreeMap::new(),
});

/// Counts the steps of saving, to see whether it is stuck. It guards no data: `Relaxed`.
static STEPS: AtomicU64 = AtomicU64::new(0);

struct Carried {
    /// The file with the values, and when this process became the host.
    file: Option<(PathBuf, Instant)>,
    /// The values of the process before that this one has not made its own. `None` until the file is read.
    before: Option<Values>,
    /// Why they can't be read.
    unreadable: Option<String>,
    /// How to save each value.
    values: BTreeMap<String, Save>,
}

/// Writes the value to the file.
type Save = Arc<dyn Fn(&mut NewFile) -> Result<(), String> + Send + Sync>;

fn lock() -> MutexGuard<'static, Carried> {
    // Each change is one assignment or insertion, so a panic can't leave it half done.
    CARRIED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// This process joins the session whose values are in this file.
pub(super) fn open(file: PathBuf) {
    lock().file = Some((file, Instant::now()));
}

/// This process has become the host.
pub(super) fn begin() {
    if let Some((_, begun)) = &mut lock().file {
        *begun = Instant::now();
    }
}

/// Tells the tool that the program carries values, and waits until this process is the host. Returns
/// whether it is.
fn become_host() -> bool {
    static FIRST: Once = Once::new();
    FIRST.call_once(|| outbox::send(Carry::FirstValue));
    host::is_live_after_joining()
}

/// How often saving has made progress.
pub(super) fn steps() -> u64 {
    STEPS.load(Ordering::Relaxed)
}

/// Whether the program carries anything.
pub(super) fn is_any() -> bool {
    !lock().values.is_empty() || !VERSIONS.migratable().is_empty()
}

impl Carried {
    /// The values of the process before.
    fn before(&mut self) -> &mut Values {
        let (file, unreadable) = (self.file.as_ref(), &mut self.unreadable);
        self.before.get_or_insert_with(|| {
            let read = file.map(|(path, _)| carried_file::read(path));
            read.unwrap_or_else(|| Ok(Values::new()))
                .unwrap_or_else(|reason| {
                    *unreadable = Some(reason);
                    Values::new()
                })
        })
    }
}

/// A name that a value is being made for. If that panics, the name is free again.
struct Claim<'a>(&'a str);

impl<'a> Claim<'a> {
    /// # Panics
    /// If there is a value of this name.
    fn new(name: &'a str) -> Self {
        if let Err(reason) = VERSIONS.take_name(name) {
            panic!("{reason}");
        }
        Claim(name)
    }

    fn add(self, save: Save) {
        let mut carried = lock();
        carried.values.insert(self.0.to_owned(), save);
        carried.before().remove(self.0);
        std::mem::forget(self);
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        VERSIONS.free_name(self.0);
    }
}

/// Makes a carried value of what the process before saved, or else by `init`.
fn make<T: Send + Sync + 'static>(
    name: &str,
    init: impl FnOnce() -> T,
    save: impl Fn(&T, &mut NewFile) -> Result<(), String> + Send + Sync + 'static,
    load: impl FnOnce(&[u8]) -> Result<(T, Vec<String>), String>,
) -> Arc<T> {
    if !become_host() {
        return Arc::new(init());
    }
    let claim = Claim::new(name);
    let mut carried = lock();
    let bytes = carried.before().get(name).cloned();
    let unreadable = carried.unreadable.clone().map(Err);
    drop(carried);
    let read = |bytes: Bytes| {
        outbox::send(Carry::ReadBegan);
        guarded(|| load(&bytes))
    };
    let value = match bytes.map(read).or(unreadable) {
        Some(Ok((value, dropped))) => {
            let name = name.to_owned();
            outbox::send(Carry::ValueRead { name, dropped });
            value
        }
        Some(Err(reason)) => {
            let name = name.to_owned();
            outbox::send(Carry::Reset(NotCarried { name, reason }));
            init()
        }
        None => init(),
    };
    let value = Arc::new(value);
    let saved = Arc::clone(&value);
    claim.add(Arc::new(move |file| save(&saved, file)));
    value
}

#[cfg(feature = "serde")]
pub(crate) fn carry<T>(name: &str, init: impl FnOnce() -> T) -> Arc<T>
where
    T: serde::Serialize + serde::de::DeserializeOwned + Send + Sync + 'static,
{
    use hotmod_protocol::cbor::{read_value, write_value};
    make(
        name,
        init,
        |value, file| write_value(value, file),
        read_value,
    )
}

pub(crate) fn carry_with<T, E, D>(
    name: &str,
    init: impl FnOnce() -> T,
    save: impl Fn(&T) -> Result<Vec<u8>, E> + Send + Sync + 'static,
    load: impl FnOnce(&[u8]) -> Result<T, D>,
) -> Arc<T>
where
    T: Send + Sync + 'static,
    E: std::fmt::Display,
    D: std::fmt::Display,
{
    let save = move |value: &T, file: &mut NewFile| {
        let bytes = save(value).map_err(|error| error.to_string())?;
        file.write_all(&bytes).map_err(|error| error.to_string())
    };
    let load = |bytes: &[u8]| match load(bytes) {
        Ok(value) => Ok((value, Vec::new())),
        Err(error) => Err(error.to_string()),
    };
    make(name, init, save, load)
}

/// Reads the values of the baseline's statics that the process before saved.
pub(super) fn read_statics() {
    let statics = BASELINE.kept().iter().filter(|it| it.migration.is_some());
    let statics: Vec<_> = statics.collect();
    if statics.is_empty() || !become_host() {
        return;
    }
    for kept in statics {
        let name = kept.name().to_owned();
        let Some(bytes) = lock().before().remove(&name) else {
            continue;
        };
        outbox::send(Carry::ReadBegan);
        outbox::send(match migration::read(kept, &bytes) {
            Ok(()) => {
                let dropped = Vec::new();
                Carry::ValueRead { name, dropped }
            }
            Err(reason) => Carry::Reset(NotCarried { name, reason }),
        });
    }
}

pub(crate) fn checkpoint() {
    if host::is_live() && is_up() && is_any() {
        save();
    }
}

/// Whether this process has run so long that it no longer counts as crashed at its start.
pub(super) fn is_up() -> bool {
    let is_up = |(_, begun): &(_, Instant)| begun.elapsed() >= CRASH_WINDOW;
    lock().file.as_ref().is_some_and(is_up)
}

/// Saves the values, and tells the tool.
pub(super) fn save() {
    static SAVING: Mutex<()> = Mutex::new(());
    let _saving = SAVING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut carried = lock();
    let Some((path, _)) = carried.file.clone() else {
        return;
    };
    let before = carried.before().clone();
    let values = carried.values.clone();
    drop(carried);
    let statics = VERSIONS.migratable();
    let own = statics.iter().map(|(kept, _)| kept.name().to_owned());
    let own: Vec<String> = values.keys().cloned().chain(own).collect();
    let statics = statics.into_iter().map(|(kept, value)| {
        let name = kept.name().to_owned();
        let save = move |file: &mut NewFile| {
            let bytes = migration::write(&kept, value)?;
            file.write_all(&bytes).map_err(|error| error.to_string())
        };
        (name, Arc::new(save) as Save)
    });
    let values = values.into_iter().chain(statics);
    let saved = write(&path, &before, values).unwrap_or_else(|error| {
        let reason = error.to_string();
        let failed = own.into_iter().map(|name| NotCarried {
            name,
            reason: reason.clone(),
        });
        Saved {
            // The file is as it was.
            names: carried_file::read(&path)
                .unwrap_or_default()
                .into_keys()
                .collect(),
            failed: failed.collect(),
        }
    });
    outbox::send(Carry::Saved(saved));
}

/// Writes the values to the file.
fn write(
    path: &Path,
    before: &Values,
    values: impl Iterator<Item = (String, Save)>,
) -> io::Result<Saved> {
    let progress = || _ = STEPS.fetch_add(1, Ordering::Relaxed);
    let mut saved = Saved::default();
    let mut file = NewFile::create(path, progress)?;
    for (name, bytes) in before {
        file.add_bytes(name, bytes).map_err(io::Error::other)?;
        saved.names.push(name.clone());
    }
    for (name, save) in values {
        match guarded(|| file.add(&name, |file| save(file))) {
            Ok(()) => saved.names.push(name),
            Err(reason) => {
                // The value of the last time is better than none.
                if let Some(bytes) = carried_file::read(path).unwrap_or_default().get(&name) {
                    file.add_bytes(&name, bytes).map_err(io::Error::other)?;
                    saved.names.push(name.clone());
                }
                saved.failed.push(NotCarried { name, reason });
            }
        }
        progress();
    }
    file.finish()?;
    Ok(saved)
}
