//! One session, from start to Ctrl-C: the loop that knows all stages and owns the order of events.
//!
//! Everything that happens in other threads (file events, messages of the host, its end, builds,
//! signals) arrives as an [`Incoming`], one after the other. The loop waits for nothing else, except
//! for the end of a host that it stops, and, with `--quiet`, until notes were read.
//!
//! The loop gathers facts, and the [`core`] decides: each event is an input of the core, which returns
//! a list of [effects](effects) to perform in order.
//!
//! The files on disk are compared with those of the running program, not with the last event. So an edit
//! that was missed during a build, or reverted, is found at the next look.

mod builds;
mod checks;
mod code;
mod core;
mod effects;
mod failures;
mod finished;
mod fit;
mod generations;
mod host;
mod incoming;
mod job;
mod join;
mod keys;
mod manifests;
mod offer;
mod overlap;
mod questions;
mod resets;
mod rollback;
mod saves;
mod scripts;
mod settings;
mod start;
mod stop;
mod swap_report;
mod tell_host;
mod watching;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Instant, SystemTime};

use signal_hook::iterator::Signals;

use crate::base::child_process::Cancel;
use crate::base::locked_dir::Scratch;
use crate::base::stamp::Stamp;
use crate::base::termination::ENDING;
use crate::cargo::settings::CargoSettings;
use crate::cargo::toolchain::Toolchain;
use crate::compat::Loaded;
use crate::compile::{Builder, HostBuild};
use crate::control;
use crate::discover::{self, Plan};
use crate::error::Error;
use crate::host::{Connection, HostProcess, HostSettings, open_channel, socket};
use crate::report::{Event, Events, Reporter, Screen, StatusFile, Terminal, Timings};
use crate::stale::{Changed, CompiledSources, Inputs, Watcher};

use checks::Checks;
use code::CodeComparer;
use core::{Core, Handover, Input, Policy};
use finished::Finished;
use generations::Generations;
use incoming::{HeldCode, Incoming};
use job::Job;
use join::{Baseline, Newcomer};
use manifests::CargoAnswer;
use offer::Offer;
use questions::Asker;
pub(crate) use settings::{Settings, ShadowPolicy};

pub(crate) use crate::compile::{Checker, DeltaPolicy};
use resets::Resets;
use rollback::Rollback;
use start::ExecutableId;
use stop::SavedBefore;
use swap_report::SwapReport;
use tell_host::ToldHost;

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
    let mut session = Session::new(settings, toolchain, plan, reporter, sender)?;
    session.begin_output(detached.as_ref())?;
    let code = session.run(&incoming);
    session.end();
    Ok(code)
}

struct Session {
    /// Set in the signal handler: Ctrl-C also reaches the host, and its end may arrive first.
    ending: Arc<AtomicBool>,
    builder: Builder,
    reporter: Reporter,
    sender: Sender<Incoming>,
    watcher: Watcher,
    /// The directory where other processes find the session, with its sockets. Removed at the end.
    rendezvous: Scratch,
    host_settings: HostSettings,
    generations: Generations,
    /// Whether the session reads the keyboard.
    takes_keys: bool,
    /// Held open. Two sessions of one program would remove each other's objects.
    _lock: File,

    /// Decides what to do.
    core: Core,

    host: Option<HostProcess>,
    /// Dropped after the host, which may have changed its mode.
    terminal: Option<Terminal>,
    connection: Option<Connection>,
    newcomer: Option<Newcomer>,
    /// The executable that the host was started from.
    started: Option<ExecutableId>,
    build: Option<HostBuild>,
    /// The types in the memory of the running host.
    loaded: Option<Arc<Loaded>>,
    are_layouts_readable: bool,
    /// When the host's code is compared with a clean build.
    shadow: ShadowPolicy,
    checks: Checks,
    /// The host's last report.
    swap: SwapReport,

    inputs: Inputs,
    /// The inputs from which the host was built.
    baseline: Baseline,
    /// The sources that cargo compiled last.
    compiled: CompiledSources,
    /// Files that were touched, until they are looked at.
    touched: BTreeSet<PathBuf>,
    /// Cargo's last answer about changed manifests.
    cargo_answer: CargoAnswer,
    /// The errors of the last failed build.
    complaint: String,

    /// The running build.
    job: Option<Job>,
    /// When it began, by the system's clock, which also stamps files.
    build_begun: SystemTime,
    /// The result of the build that has just ended.
    finished: Option<Finished>,
    /// Finds the code that is new in each generation.
    code: CodeComparer,
    /// The generation that fits, until the host has replied to its offer.
    offer: Option<Offer>,
    rollback: Option<Rollback>,
    /// The compilations in the live generation; before the first, those that existed already.
    made: Vec<(String, Stamp)>,
    /// Changed sources that leave the host's code as it is. They count as running once a generation is
    /// built with them.
    same_code: Changed,
    /// The crates that were compiled for it.
    compiled_last: Vec<String>,

    resets: Resets,
    /// How many questions were asked.
    questions: u64,
    /// Where to send the answers, by the numbers of the questions.
    askers: BTreeMap<u64, Asker>,
    /// What the host was told of the saved code.
    told: ToldHost,
    saved_before: SavedBefore,
}

impl Session {
    fn new(
        settings: Settings,
        toolchain: Toolchain,
        plan: Plan,
        mut reporter: Reporter,
        sender: Sender<Incoming>,
    ) -> Result<Self, Error> {
        let terminal = Terminal::find();
        if let Some(terminal) = &terminal {
            terminal.give_back_on_panic();
        }
        if settings.takes_keys {
            control::take_keyboard(terminal.as_ref(), sender.clone()).map_err(Error::NoKeyboard)?;
        }
        let directories = plan.directories();
        let state = &directories.state;
        std::fs::create_dir_all(state).map_err(Error::session_folder(state))?;
        let lock = directories.lock();
        let lock = File::create(&lock).map_err(Error::session_folder(&lock))?;
        if lock.try_lock().is_err() {
            return Err(Error::Busy(plan.host.target.clone()));
        }
        let claimed = directories.claim(&plan.workspace_root);
        if let Some(elsewhere) = claimed.map_err(Error::file(&directories.target, "taken over"))? {
            return Err(Error::BusyElsewhere(elsewhere));
        }
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
        let no_socket = |error| Error::NoSocket {
            place: control::place(),
            error,
        };
        let rendezvous = control::rendezvous().map_err(no_socket)?;
        open_channel(rendezvous.path(), sender.clone()).map_err(no_socket)?;
        control::serve(rendezvous.path(), sender.clone()).map_err(no_socket)?;
        let signals = sender.clone();
        let ending = Arc::new(AtomicBool::new(false));
        for signal in ENDING {
            signal_hook::flag::register(signal, Arc::clone(&ending))?;
        }
        let mut caught = Signals::new(ENDING)?;
        std::thread::spawn(move || {
            for signal in caught.forever() {
                let _ = signals.send(Incoming::Unix(signal));
            }
        });
        let code = sender.clone();
        let mut session = Session {
            takes_keys: settings.takes_keys,
            host_settings: HostSettings {
                arguments: settings.arguments,
                socket: socket(rendezvous.path()),
                directory: generations.path().to_owned(),
                workspace_root: plan.workspace_root.clone(),
                has_stdin: !settings.takes_keys,
                sockets: settings.sockets,
                stop: settings.stop,
            },
            ending,
            builder: Builder {
                plan: plan.into(),
                selection: settings.selection,
                toolchain,
                display: settings.cargo_display,
                debuginfo: settings.debuginfo,
                deltas: settings.deltas,
                searched: Default::default(),
            },
            reporter,
            sender,
            watcher,
            rendezvous,
            generations: Generations::new(generations),
            _lock: lock,
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
            host: None,
            terminal,
            connection: None,
            newcomer: None,
            started: None,
            build: None,
            loaded: None,
            are_layouts_readable: true,
            shadow: settings.shadow,
            checks: Checks::new(settings.checker),
            swap: SwapReport::default(),
            inputs: Inputs::default(),
            baseline: Baseline::default(),
            compiled: CompiledSources::load(&directories.sources()),
            touched: BTreeSet::new(),
            cargo_answer: CargoAnswer::default(),
            complaint: String::new(),
            job: None,
            build_begun: SystemTime::now(),
            finished: None,
            code: CodeComparer::new(code),
            offer: None,
            rollback: None,
            made: Vec::new(),
            same_code: Changed::new(),
            compiled_last: Vec::new(),
            resets: Resets::default(),
            questions: 0,
            askers: BTreeMap::new(),
            saved_before: SavedBefore::default(),
            told: ToldHost::default(),
        };
        session.reporter.status = Some(StatusFile::new(directories.status()));
        session.tell_others(None)?;
        session.watch_plan()?;
        Ok(session)
    }

    fn run(&mut self, incoming: &Receiver<Incoming>) -> u8 {
        let plan = &self.builder.plan;
        self.reporter.report(&Event::SessionStarted {
            host: plan.host.target.clone(),
            reloadable: plan.group.iter().map(|it| it.package.clone()).collect(),
            listen: self.host_settings.sockets.addresses(),
        });
        self.reporter.note_once(self.builder.plan.notes.clone());
        match self.builder.notes() {
            Ok(notes) => self.reporter.note_once(notes),
            Err(error) => self.reporter.error(&error.to_string()),
        }
        if self.takes_keys {
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
        if let Some(job) = self.job.take() {
            job.cancel();
        }
        self.reporter.screen.built();
        // One that has yet to take over.
        self.newcomer = None;
        // A host that another process started keeps running without a session.
        if self.host.as_ref().is_some_and(HostProcess::is_adopted) {
            self.host = None;
        }
        self.tell_end();
        self.stop_host();
        if let Some(status) = self.reporter.status.take() {
            status.remove();
        }
        self.reporter.report(&Event::SessionEnded);
        self.reporter.settle();
    }
}
