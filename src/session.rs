//! One session, from start to Ctrl-C: the loop that knows all stages and owns the order of events.
//!
//! Everything that happens in other threads (file events, messages of the host, its end, builds,
//! signals) arrives as an [`Incoming`], one after the other. The loop waits for nothing else, except
//! for the end of a host that it stops, and, with `--quiet`, until notes were read.
//!
//! The loop gathers facts, and the [`core`] decides: each event is an input of the core, which returns
//! a list of [effects](effects) to perform in order.
//!
//! What the loop knows and does is split into parts, which keep their fields to themselves:
//!
//! - [`files`]: the files that the program was built from, and what changed in them
//! - [`builds`]: the build that runs, its result, and the host that was built last
//! - [`generations`]: the libraries that the host was offered, their code, and the types in its memory
//! - [`host`]: the program's processes, and the conversation with them
//! - [`checks`]: the sources that only the check of the workspace reads
//! - [`questions`]: who waits for an answer; [`rendezvous`]: where other processes find the session
//!
//! What concerns several parts is a method of the session: [`effects`] performs what the core wants,
//! [`results`] starts builds and takes what they made, [`fit`] judges a generation, [`live`] takes one that is
//! live, [`signals`] takes what processes report, [`watching`] what the watcher reports, and
//! [`finished`] what builds report.
//!
//! The files on disk are compared with those of the running program, not with the last event. So an edit
//! that was missed during a build, or reverted, is found at the next look.

mod builds;
mod checks;
mod core;
mod effects;
mod files;
mod finished;
mod fit;
mod generations;
mod host;
mod incoming;
mod job;
mod keys;
mod live;
mod manifests;
mod questions;
mod rendezvous;
mod resets;
mod results;
mod settings;
mod signals;
mod terminal;
mod watching;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Instant;

use signal_hook::iterator::Signals;

use crate::base::child_process::Cancel;
use crate::base::locked_dir::Scratch;
use crate::base::termination::ENDING;
use crate::cargo::settings::CargoSettings;
use crate::cargo::toolchain::Toolchain;
use crate::compile::Builder;
use crate::control::Detached;
use crate::discover::{self, Plan};
use crate::error::Error;
use crate::host::{HostSettings, socket};
use crate::report::{Event, Events, Reporter, Screen, StatusFile, Timings};
use crate::stale::Watcher;

use builds::Builds;
use checks::Checks;
use core::{Core, Handover, Input, Policy};
use files::Files;
use generations::Generations;
use host::Host;
use incoming::Incoming;
use questions::Questions;
use rendezvous::Rendezvous;
pub(crate) use settings::{Settings, ShadowPolicy};

pub(crate) use crate::compile::{Checker, DeltaPolicy};
use resets::Resets;
use terminal::SharedTerminal;

/// Runs a session to its end and returns the exit code.
pub(crate) fn run(mut settings: Settings) -> Result<u8, Error> {
    let start = Instant::now();
    let mut screen = Screen::new(settings.color, settings.verbosity);
    // To find the program, cargo may have to download dependencies.
    screen.building();
    let toolchain = Toolchain::of(settings.selection.target.as_deref())?;
    let plan = discover::discover(&settings.selection, &Cancel::default())?;
    CargoSettings::read(&plan.manifests)?.check_profile(settings.selection.profile())?;
    screen.built();
    let events = match &settings.events {
        Some(path) => Some(Events::open(path).map_err(Error::file(path, "opened"))?),
        None => None,
    };
    let timings = settings.timings.then(|| Timings::of(&plan));
    let reporter = Reporter::new(start, screen, events, timings);
    let (sender, incoming) = channel();
    let detached = settings.detached.take();
    let output = plan.directories().output();
    let mut session = Session::new(settings, toolchain, plan, reporter, sender)?;
    begin_output(&output, detached.as_ref())?;
    let code = session.run(&incoming);
    session.end();
    Ok(code)
}

struct Session {
    /// Decides what to do.
    core: Core,
    reporter: Reporter,
    resets: Resets,
    files: Files,
    builds: Builds,
    generations: Generations,
    host: Host,
    checks: Checks,
    questions: Questions,
    rendezvous: Rendezvous,
    /// Held open. Two sessions of one program would remove each other's objects.
    _lock: File,
}

impl Session {
    fn new(
        settings: Settings,
        toolchain: Toolchain,
        plan: Plan,
        mut reporter: Reporter,
        sender: Sender<Incoming>,
    ) -> Result<Self, Error> {
        let terminal = SharedTerminal::find(settings.takes_keys, &sender);
        let terminal = terminal.map_err(Error::NoKeyboard)?;
        let directories = plan.directories();
        let lock = lock(&plan)?;
        if reporter.screen.is_quiet() {
            let log = directories.log();
            let opened = reporter.screen.log_to(&log);
            opened.map_err(Error::file(&log, "written"))?;
        }
        let generations = Scratch::new(&directories.state, "generations-")?;
        generations.allow_other_users()?;
        let watcher = Watcher::new(
            vec![plan.target_directory.clone()],
            settings.poll,
            sender.clone(),
            Incoming::Files,
        )?;
        let rendezvous = Rendezvous::new(&sender)?;
        let ending = catch_signals(&sender)?;
        let host_settings = HostSettings {
            arguments: settings.arguments,
            socket: socket(rendezvous.path()),
            directory: generations.path().to_owned(),
            workspace_root: plan.workspace_root.clone(),
            has_stdin: !settings.takes_keys,
            sockets: settings.sockets,
            stop: settings.stop,
        };
        let builder = Builder {
            plan: plan.into(),
            selection: settings.selection,
            toolchain,
            display: settings.cargo_display,
            debuginfo: settings.debuginfo,
            deltas: settings.deltas,
            searched: Default::default(),
        };
        let mut session = Session {
            core: Core::new(Policy {
                may_restart: settings.may_restart,
                checks: settings.checker.is_some(),
                waits_for_host: settings.waits_for_host,
                stop_signal: settings.stop.signal,
                stop_timeout: settings.stop.timeout,
                handover: match (settings.waits_for_host, settings.overlaps) {
                    (true, _) => Handover::AfterEnd,
                    (false, true) => Handover::AtFirstCarried,
                    (false, false) => Handover::AtMain,
                },
            }),
            reporter,
            resets: Resets::default(),
            files: Files::new(watcher, settings.shadow),
            builds: Builds::new(builder, sender.clone()),
            generations: Generations::new(generations, sender.clone()),
            host: Host::new(host_settings, rendezvous.path(), terminal, ending, sender),
            questions: Questions::default(),
            checks: Checks::new(settings.checker),
            rendezvous,
            _lock: lock,
        };
        session.reporter.status = Some(StatusFile::new(directories.status()));
        session.tell_others(None)?;
        session.watch_plan()?;
        Ok(session)
    }

    fn run(&mut self, incoming: &Receiver<Incoming>) -> u8 {
        let plan = self.builds.plan();
        self.reporter.report(&Event::SessionStarted {
            host: plan.host.target.clone(),
            reloadable: plan.group.iter().map(|it| it.package.clone()).collect(),
            listen: self.host.addresses(),
        });
        self.reporter.note_once(self.builds.plan().notes.clone());
        match self.builds.builder().notes() {
            Ok(notes) => self.reporter.note_once(notes),
            Err(error) => self.reporter.error(&error.to_string()),
        }
        if self.host.takes_keys() {
            self.tell_keys();
        }
        self.step(Input::Begin);
        loop {
            self.reporter.settle();
            let next = match self.core.deadline() {
                Some(due) => incoming.recv_timeout(due.saturating_duration_since(Instant::now())),
                None => incoming.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match next {
                Ok(Incoming::Files(noticed)) => self.noticed(noticed),
                Ok(Incoming::Host(signal)) => self.signalled(signal),
                Ok(Incoming::BuildOutput(output)) => self.reporter.screen.output(output),
                Ok(Incoming::Done(done)) => self.done(*done),
                Ok(Incoming::NewCode(new)) => self.found_new_code(new),
                Ok(Incoming::HeldCode(held)) => self.found_held_code(held),
                Ok(Incoming::Asked(asked)) => self.asked(asked),
                Ok(Incoming::Key(key)) => {
                    if let Some(code) = self.pressed(key) {
                        return code;
                    }
                }
                Ok(Incoming::Unix(signal)) => return 128 + u8::try_from(signal).unwrap_or(0),
                Err(RecvTimeoutError::Timeout) => self.step(Input::Tick),
                Err(RecvTimeoutError::Disconnected) => return Error::FAILED,
            }
        }
    }

    fn end(&mut self) {
        self.builds.cancel();
        self.reporter.screen.built();
        self.host.end(&mut self.reporter);
        if let Some(status) = self.reporter.status.take() {
            status.remove();
        }
        self.reporter.report(&Event::SessionEnded);
        self.reporter.settle();
    }
}

/// Makes sure that no other session runs the same program. The file is locked until it is closed.
fn lock(plan: &Plan) -> Result<File, Error> {
    let directories = plan.directories();
    let state = &directories.state;
    std::fs::create_dir_all(state).map_err(Error::session_folder(state))?;
    let lock = directories.lock();
    let lock = File::create(&lock).map_err(Error::session_folder(&lock))?;
    if lock.try_lock().is_err() {
        return Err(Error::Busy(plan.host.target.clone()));
    }
    let claimed = directories.claim(&plan.workspace_root);
    match claimed.map_err(Error::file(&directories.target, "taken over"))? {
        Some(elsewhere) => Err(Error::BusyElsewhere(elsewhere)),
        None => Ok(lock),
    }
}

/// Passes the signals that end the session to its loop. Returns a flag that is set in the signal handler.
fn catch_signals(sender: &Sender<Incoming>) -> Result<Arc<AtomicBool>, Error> {
    let ending = Arc::new(AtomicBool::new(false));
    for signal in ENDING {
        signal_hook::flag::register(signal, Arc::clone(&ending))?;
    }
    let mut caught = Signals::new(ENDING)?;
    let sender = sender.clone();
    std::thread::spawn(move || {
        for signal in caught.forever() {
            let _ = sender.send(Incoming::Unix(signal));
        }
    });
    Ok(ending)
}

/// Prints to a file if the session is detached. No other session's output stays, since `logs` would show it.
fn begin_output(output: &Path, detached: Option<&Detached>) -> Result<(), Error> {
    match detached {
        Some(detached) => detached
            .begin(output)
            .map_err(Error::file(output, "written")),
        None => {
            let _ = std::fs::remove_file(output);
            Ok(())
        }
    }
}
