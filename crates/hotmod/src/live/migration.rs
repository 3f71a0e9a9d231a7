//! Migrates the values of `keep!` whose types changed, and carries them across restarts: the old code
//! serialises them, and the new code deserialises them.

#![expect(
    unsafe_code,
    reason = "a value is written by the code of its own generation"
)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::call::{live, pin_call};
use super::generation::Generation;
use super::globals::VERSIONS;
use super::kept_static::{KeptStatic, Value};
use super::panic_message::panic_message;

/// Migrates the values of a proposed generation's statics whose types changed.
///
/// This runs user code, without a lock.
pub(super) fn migrate(generation: &'static Generation) -> Result<(), String> {
    for kept in generation.kept() {
        let Some(old) = VERSIONS.to_migrate(kept) else {
            continue;
        };
        let name = kept.name();
        let (Some(writer), Some(reader)) = (old.layout.migration, kept.migration) else {
            return Err(format!(
                "the type of the kept static `{name}` changed; \
                 help: mark it `#[migrate]`: later type changes then migrate the value instead of restarting"
            ));
        };
        let bytes = {
            let _pin = pin_call(live());
            // SAFETY: the static that wrote the value says how to write it.
            guarded(|| unsafe { (writer.write)(old.value) })
        };
        let bytes =
            bytes.map_err(|it| format!("the kept static `{name}` can't be written: {it}"))?;
        let value = {
            let _pin = pin_call(generation);
            guarded(|| (reader.read)(&bytes))
        };
        let value = value.map_err(|it| {
            format!("the kept static `{name}` can't be read as its new type: {it}")
        })?;
        VERSIONS.migrated(kept, &old, value)?;
    }
    Ok(())
}

/// Serialises a value for the next process.
pub(super) fn write(kept: &KeptStatic, value: Value) -> Result<Vec<u8>, String> {
    let migration = kept.migration.ok_or("it has no `#[migrate]`")?;
    let _pin = pin_call(live());
    // SAFETY: the static that wrote the value says how to write it.
    guarded(|| unsafe { (migration.write)(value) })
}

/// Deserialises the value of the process before.
pub(super) fn read(kept: &KeptStatic, bytes: &[u8]) -> Result<(), String> {
    let migration = kept.migration.ok_or("it has no `#[migrate]`")?;
    let value = guarded(|| (migration.read)(bytes))?;
    VERSIONS.begin_with(kept, value)
}

/// Runs the program's code, and turns a panic into an error.
pub(super) fn guarded<T>(run: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    // As with any thread that panics, others see shared values as this code left them.
    let outcome = catch_unwind(AssertUnwindSafe(run));
    outcome.unwrap_or_else(|panic| Err(format!("it panicked: {}", panic_message(&*panic))))
}
