//! The sentences for notes.

use std::fmt::{self, Display, Formatter};

use super::layout::fits;
use crate::cargo::profile::{Overridden, Wrapper};
use crate::compat::symbols::shown;
use crate::report::{NotCarried, Note};
use crate::{compile, discover};

/// Without its full stop.
impl Display for Note {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Note::Plan(note) => f.write_str(&of_plan(note)),
            Note::Build(note) => f.write_str(&of_build(note)),
            Note::Toolchain { name } => {
                write!(f, "everything is compiled with `{name}` from now on")
            }
            Note::WaitingForChange => f.write_str("waiting for a change"),
            Note::WaitsForAdvance { generation } => write!(
                f,
                "gen {generation} waits until the program calls `hotmod::advance`, which it has not done for a second"
            ),
            Note::Paused => {
                f.write_str("paused: edits wait until you press `r` to reload or `p` to resume")
            }
            Note::Resumed => f.write_str("resumed"),
            Note::NotRestarted => {
                f.write_str("no restart is needed: the program's code is unchanged")
            }
            Note::LayoutFits { of, changes } => f.write_str(&fits(of, changes)),
            Note::StoredCode { generation, of } => write!(
                f,
                "gen {generation}: code of `{of}` changed, which is stored under its `TypeId`: if \
                 the program keeps the code that it stored first, run `cargo hotmod restart`"
            ),
            Note::HeldCode {
                generation,
                functions,
            } => f.write_str(&of_held_code(*generation, functions)),
            Note::StateReset { statics } => f.write_str(&of_state(statics)),
            Note::RunsOnLoad { item } => write!(
                f,
                "`{item}` runs code when it is loaded, so every reload runs that code again; if it \
                 registers something, collect that in a reloadable crate, so that each generation \
                 has its own"
            ),
            Note::WaitsForRestart { path, package } => write!(
                f,
                "`{path}` changed, which the build of `{package}` reads: the change shows after \
                 the next restart"
            ),
            Note::WrittenByBuild { path } => write!(
                f,
                "`{}` changes in each build, so it seems that a build script writes it: hotmod no \
                 longer rebuilds the program for that. If you saved it yourself, save it once more",
                path.display()
            ),
            Note::WrittenByFailedBuilds { builds, paths } => write!(
                f,
                "the build failed {builds} times in a row, and each time something wrote {}: a \
                 build script should write to `OUT_DIR`; the next edit tries again",
                listed(paths.iter().map(|path| path.display()))
            ),
            Note::OtherProcess => f.write_str(
                "the program started another process of itself, such as a worker: only the host is \
                 reloaded, other processes keep the code that the host was built with",
            ),
            Note::ReplacedByExec => f.write_str(
                "the program replaced itself by `exec`, and starts with the code it was built with",
            ),
            Note::HostLeft => f.write_str(
                "the host left the session: the program closed its connection, and the next edit \
                 restarts it",
            ),
            Note::NotCreatedInTime => f.write_str(
                "the new process has not reached its first carried value in time, \
                 so the old one is stopped now",
            ),
            Note::NotJoinedInTime => f.write_str(
                "the new process has not connected to the session in time, so the old one is stopped now",
            ),
            Note::Killed { signal, after } => write!(
                f,
                "the program has not ended {} s after {signal}, so it is killed",
                after.as_secs_f64()
            ),
            Note::NotEndedByItself { signal, after } => write!(
                f,
                "the program has not ended {} s after `yield_to_restart` returned `true`, so it gets {signal}",
                after.as_secs_f64()
            ),
            Note::ValueCarried { name, dropped } => {
                write!(f, "the carried value `{name}` was read")?;
                match &dropped[..] {
                    [] => Ok(()),
                    dropped => write!(f, ", without {}", listed(dropped)),
                }
            }
            Note::ValueReset(NotCarried { name, reason }) => {
                write!(f, "the carried value `{name}` was reset: {reason}")
            }
            Note::ValueNotSaved(NotCarried { name, reason }) => write!(
                f,
                "the carried value `{name}` was not saved, so a restart takes it back to the last \
                 time it was: {reason}"
            ),
            Note::CodeNotKept { error } => {
                write!(f, "the program's code can't be compared: {error}")
            }
            Note::CodeNotCompared { why } => write!(
                f,
                "the program's code can't be compared with a clean build: {why}"
            ),
            Note::DeltaNotCompared { package, why } => write!(
                f,
                "the quick compilation (`--delta`) of `{package}` can't be compared with the full one: {why}"
            ),
            Note::LayoutsNotCompared { why } => write!(
                f,
                "type layouts can't be compared ({why}), so every change of a type restarts the \
                 program"
            ),
            Note::NotWritten { path, error } => {
                write!(f, "could not write `{}`: {error}", path.display())
            }
            Note::StatusNotWritten { error } => write!(
                f,
                "cannot write the status file, so `cargo hotmod list` will not show this session: \
                 {error}"
            ),
            Note::NoWatchesLeft => f.write_str(
                "the system has no watches left (`fs.inotify.max_user_watches`): files in other \
                 folders are checked every half second; `cargo hotmod doctor` says how to raise \
                 the limit",
            ),
            Note::Polled { path, file_system } => write!(
                f,
                "`{}` is on {file_system}, where edits made on another machine send no events: files are \
                 checked every half second",
                path.display()
            ),
            Note::DebugInfoStays { error: None } => f.write_str(
                "this file system can't free parts of a file: each generation keeps its debug \
                 information on the disk until the host ends; help: `--debuginfo lines` makes that \
                 smaller",
            ),
            Note::DebugInfoStays { error: Some(error) } => write!(
                f,
                "old generations keep their debug information on the disk until the host ends: \
                 {error}"
            ),
            Note::MuchMemory => f.write_str(
                "old generations use a lot of memory; restart the session when convenient",
            ),
        }
    }
}

fn of_held_code(generation: u32, functions: &[String]) -> String {
    /// How many to name.
    const NAMED: usize = 3;
    let named: Vec<String> = functions
        .iter()
        .take(NAMED)
        .map(|it| format!("`{}`", shown(it)))
        .collect();
    let more = match functions.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "gen {generation}: the program's memory still has pointers to the earlier code of {}{more}; calls through \
         them don't run the new code. To replace them, run `cargo hotmod restart`",
        named.join(", ")
    )
}

fn of_plan(note: &discover::Note) -> String {
    use discover::Note::{NoWebDependency, NotAMember, NotLinked, Sandwiched};
    match note {
        NotAMember { package } => format!(
            "`{package}` is marked as reloadable, but ignored because it is not a member of this \
             workspace"
        ),
        NotLinked { package, host } => format!(
            "`{package}` is marked as reloadable, but ignored because it is not linked into `{host}`"
        ),
        Sandwiched { package, base, top } => format!(
            "`{package}` is reloaded too: it depends on `{base}`, and `{top}` depends on it"
        ),
        NoWebDependency { package, host } => format!(
            "`hotmod_web::wrap` does nothing in `{package}`: it needs `hotmod-web` in the \
             dependencies of `{host}` too"
        ),
    }
}

fn of_build(note: &compile::Note) -> String {
    use compile::Note;
    match note {
        Note::SettingOverridden(overridden) => of_overridden(overridden),
        Note::WrapperNotUsed(wrapper) => of_wrapper(wrapper),
        Note::AllocatorOff => "the host's `#[global_allocator]` is off in this session: host, \
                               group and libstd must share one, and libstd's is the system's"
            .to_owned(),
        Note::SectionIncomplete { section } => format!(
            "`{section}` is incomplete in this session: it lacks what crates add to it that the \
             program and the reloadable crates share; move that to a crate which only the program \
             uses"
        ),
        Note::SectionOfGroup { section } => format!(
            "`{section}` is collected when the program starts: what a reloadable crate adds to it \
             later, or takes away, counts from the next restart on"
        ),
        Note::CargoWarning { warning } => format!("cargo warns: {warning}"),
        Note::ScriptNotWatched { package } => format!(
            "the build script of `{package}` names no file that it reads, and can't be run by the \
             session: a reload of the crate's sources does not run it; \
             `cargo::rerun-if-changed=build.rs` in it makes that so for cargo too"
        ),
    }
}

/// A setting of a profile that does not work in a session.
pub(crate) fn of_overridden(overridden: &Overridden) -> String {
    let Overridden {
        key,
        value,
        replacement,
        origin,
    } = overridden;
    format!(
        "`{key} = {value}` in `{}` does not work in a session, which is built with \
         `{key} = {replacement}`",
        origin.display()
    )
}

/// A rustc wrapper that a session does not run.
pub(crate) fn of_wrapper(wrapper: &Wrapper) -> String {
    let setting = &wrapper.setting;
    match &wrapper.file {
        Some(file) => format!(
            "`{setting}` of `{}` is not used in a session",
            file.display()
        ),
        None => format!("`{setting}` is not used in a session"),
    }
}

fn of_state(statics: &[String]) -> String {
    let (they, are, them) = match statics {
        [_] => ("it", "is", "it"),
        _ => ("they", "are", "them"),
    };
    format!(
        "{} {are} reset by every reload: if {they} {are} state, keep {them} with `hotmod::keep!`, \
         or move {them} to a crate that is not reloadable",
        listed(statics)
    )
}

fn listed<T: Display>(all: impl IntoIterator<Item = T>) -> String {
    let all: Vec<String> = all.into_iter().map(|it| format!("`{it}`")).collect();
    all.join(", ")
}
