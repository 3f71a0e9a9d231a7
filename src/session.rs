//! One session, from start to Ctrl-C: the loop that knows all stages and owns the order of events.
//!
//! What happens in other threads (file events, the host's words and end, builds, signals) comes
//! in as an [`Incoming`], one after the other. The loop never waits for anything else, but for
//! a host to end that it stops.
//!
//! What is on disk is judged against what runs, not event by event: an edit that was missed
//! while a build ran, or was taken back, comes out right at the next look.

mod asked;
mod builds;
mod edits;
mod failures;
mod generations;
mod host;
mod incoming;
mod job;
mod join;
mod keys;
mod manifests;
mod offer;
mod patience;
mod scripts;
mod settings;
mod start;
mod state;
mod status;
mod timing;
mod watching;

use std::collections::BTreeSet;
use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Instant, SystemTime};

use signal_hook::iterator::Signals;

use crate::base::locked_dir::Scratch;
use crate::base::stamp::Stamp;
use crate::base::termination::ENDING;
use crate::cargo::settings::CargoSettings;
use crate::cargo::toolchain::Toolchain;
use crate::compat::Loaded;
use crate::compile::{Builder, HostBuild};
use crate::control::{self, Answer};
use crate::decide::Wish;
use crate::discover::{self, Plan};
use crate::error::Error;
use crate::host::{Connection, HostProcess, HostSettings, open_channel, socket};
use crate::report::{Event, Events, Reporter, Screen, Standing, StatusFile, Terminal};
use crate::stale::{CompiledSources, Inputs, Noticed, Watcher};

use asked::Mark;
use failures::Failures;
use generations::Generations;
use incoming::Incoming;
use job::{Job, Task};
use join::Baseline;
use offer::Offer;
use patience::Patience;
pub(crate) use settings::Settings;
use state::State;
use status::Status;
use timing::Quiet;

/// Runs a session to its end and returns the exit code.
pub(crate) fn run(settings: Settings) -> Result<u8, Error> {
    let start = Instant::now();
    let mut screen = Screen::new(settings.color, settings.verbosity);
    // To know the program, cargo may have to download what it depends on.
    screen.building();
    let toolchain = Toolchain::of(settings.selection.target.as_deref())?;
    let plan = discover::discover(&settings.selection)?;
    CargoSettings::read(&plan.manifests)?.check_profile(settings.selection.profile())?;
    screen.built();
    let events = match &settings.events {
        Some(path) => Some(Events::open(path, start).map_err(Error::file(path, "opened"))?),
        None => None,
    };
    let reporter = Reporter {
        screen,
        events,
        standing: Standing::default(),
        status: None,
    };
    let (sender, incoming) = channel();
    let mut session = Session::new(settings, toolchain, plan, reporter, sender)?;
    let code = session.run(&incoming);
    session.end();
    Ok(code)
}

struct Session {
    /// Set in the signal's handler: Ctrl-C goes to the host too, whose end may come in first.
    ending: Arc<AtomicBool>,
    builder: Builder,
    reporter: Reporter,
    sender: Sender<Incoming>,
    watcher: Watcher,
    /// Where others find it; removed at the end, with the sockets in it.
    rendezvous: Scratch,
    host_settings: HostSettings,
    generations: Generations,
    /// Whether the keyboard is the session's.
    takes_keys: bool,
    /// Held open: two sessions of one program would take each other's objects away.
    _lock: File,

    host: Option<HostProcess>,
    /// Dropped after the host, which may have changed its mode.
    terminal: Option<Terminal>,
    connection: Option<Connection>,
    /// The host that ended last.
    ended: Option<u32>,
    /// Why the host was started, or nothing at the first start, until that is said.
    unannounced: Option<Option<String>>,
    /// Whether the host that runs closed its end of the channel.
    has_left: bool,
    /// When it did, until it is known whether that was its end.
    left_at: Option<Instant>,
    /// The executable that the host was started from.
    started: Option<FileStamp>,
    build: Option<HostBuild>,
    /// What the host that runs has in memory.
    loaded: Option<Arc<Loaded>>,
    are_layouts_readable: bool,
    may_restart: bool,
    waits_for_host: bool,
    inputs: Inputs,
    /// What they were when the host was built.
    baseline: Baseline,
    /// What cargo built last.
    compiled: CompiledSources,
    job: Option<Job>,
    offer: Option<Offer>,
    /// The number of the live generation, and the last one that was offered.
    live: u32,
    offered: u32,
    /// What the live generation was made of; before the first, what had been compiled already.
    made: Vec<(String, Stamp)>,
    /// What cargo said last of changed manifests.
    asked: manifests::Asked,
    /// Why the host has to be built, however little changed since.
    restart: Option<String>,
    /// Why it is being built, or was until that was cancelled.
    restarting: Option<String>,
    quiet: Quiet,
    patience: Patience,
    /// Whether files that are no inputs were touched since the last build began: one of them may
    /// be what it lacks.
    new_files: bool,
    /// What the last build that failed said.
    complaint: String,
    failures: Failures,
    /// When the last build began, by the clock that file systems use.
    build_begun: SystemTime,
    notes_said: BTreeSet<String>,
    state: State,
    /// What somebody asked for, and has yet to be begun.
    wish: Option<Wish>,
    /// Whether edits wait until somebody asks.
    is_paused: bool,
    /// Those who asked, until what was saved before has been noticed.
    marks: Vec<Mark>,
    marks_made: u64,
    /// Those who asked, and wait for what comes of it.
    waiting: Vec<Sender<Answer>>,
}

/// Tells one file at a path from the next: inode, time of the last write, length.
type FileStamp = (u64, SystemTime, u64);

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
        let workshop = plan.workshop();
        let state = &workshop.state;
        std::fs::create_dir_all(state).map_err(Error::session_folder(state))?;
        let lock = workshop.lock();
        let lock = File::create(&lock).map_err(Error::session_folder(&lock))?;
        if lock.try_lock().is_err() {
            return Err(Error::Busy(plan.host.target.clone()));
        }
        let claimed = workshop.claim(&plan.workspace_root);
        if let Some(elsewhere) = claimed.map_err(Error::file(&workshop.target, "taken over"))? {
            return Err(Error::BusyElsewhere(elsewhere));
        }
        if reporter.screen.is_quiet() {
            let log = workshop.log();
            let opened = reporter.screen.log_to(&log);
            opened.map_err(Error::file(&log, "written"))?;
        }
        let generations = Scratch::new(&workshop.state, "generations-")?;
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
        let mut session = Session {
            takes_keys: settings.takes_keys,
            host_settings: HostSettings {
                arguments: settings.arguments,
                socket: socket(rendezvous.path()),
                directory: generations.path().to_owned(),
                has_stdin: !settings.takes_keys,
                sockets: settings.sockets,
            },
            ending,
            builder: Builder {
                plan,
                selection: settings.selection,
                toolchain,
                display: settings.cargo_display,
                debuginfo: settings.debuginfo,
            },
            reporter,
            sender,
            watcher,
            rendezvous,
            generations: Generations::new(generations),
            _lock: lock,
            host: None,
            terminal,
            connection: None,
            ended: None,
            unannounced: None,
            has_left: false,
            left_at: None,
            started: None,
            build: None,
            loaded: None,
            are_layouts_readable: true,
            may_restart: settings.may_restart,
            waits_for_host: settings.waits_for_host,
            inputs: Inputs::default(),
            baseline: Baseline::default(),
            compiled: CompiledSources::load(&workshop.sources()),
            job: None,
            offer: None,
            live: 0,
            offered: 0,
            made: Vec::new(),
            asked: manifests::Asked::default(),
            restart: None,
            restarting: None,
            quiet: Quiet::default(),
            patience: Patience::default(),
            new_files: false,
            complaint: String::new(),
            failures: Failures::default(),
            build_begun: SystemTime::now(),
            notes_said: BTreeSet::new(),
            state: State::default(),
            wish: None,
            is_paused: false,
            marks: Vec::new(),
            marks_made: 0,
            waiting: Vec::new(),
        };
        session.reporter.status = Some(StatusFile::new(workshop.status()));
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
        let mut notes = plan.notes.clone();
        match self.builder.notes() {
            Ok(more) => notes.extend(more),
            Err(error) => self.error(&error.to_string()),
        }
        self.say_notes(notes);
        if self.takes_keys {
            self.tell_keys();
        }
        self.start(Task::Host { replan: false });
        loop {
            let is_building = self.job.as_ref().is_some_and(|job| !job.is_ahead());
            self.reporter.settle(is_building);
            let due = [
                self.quiet.remaining(),
                self.joining(),
                self.ending(),
                self.marking(),
            ];
            let next = match due.into_iter().flatten().min() {
                Some(remaining) => incoming.recv_timeout(remaining),
                None => incoming.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match next {
                Ok(Incoming::Files(Noticed::Paths(mut paths))) => {
                    self.take_marks(&mut paths);
                    self.noticed(paths);
                }
                Ok(Incoming::Files(Noticed::Lost)) => self.lost_count(),
                Ok(Incoming::Files(Noticed::Failed(error))) => {
                    self.error(&format!("files can't be watched: {error}"));
                }
                Ok(Incoming::Host(signal)) => self.signalled(signal),
                Ok(Incoming::Said(said)) => self.reporter.screen.said(said),
                Ok(Incoming::Done(done)) => self.done(*done),
                Ok(Incoming::Asked(asked)) => self.asked(asked),
                Ok(Incoming::Key(key)) => {
                    if let Some(code) = self.pressed(key) {
                        return code;
                    }
                }
                Ok(Incoming::Unix(signal)) => return 128 + u8::try_from(signal).unwrap_or(0),
                Err(RecvTimeoutError::Timeout) => {
                    self.await_host();
                    self.await_end();
                    if self.quiet.remaining().is_some_and(|it| it.is_zero()) {
                        self.judge();
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return Error::FAILED,
            }
            self.pass_marks();
            self.grant_wish();
            self.answer_waiting();
        }
    }

    fn end(&mut self) {
        if let Some(mut job) = self.job.take() {
            job.cancel();
        }
        self.reporter.screen.built();
        // What another process started goes on without a session.
        if self.host.as_ref().is_some_and(HostProcess::is_adopted) {
            self.host = None;
        }
        self.stop_host();
        if let Some(status) = self.reporter.status.take() {
            status.remove();
        }
        self.reporter.report(&Event::SessionEnded);
    }

    fn say_notes(&mut self, notes: Vec<String>) {
        for message in notes {
            if self.notes_said.insert(message.clone()) {
                self.note(&message);
            }
        }
    }

    fn note(&mut self, message: &str) {
        let message = message.to_owned();
        self.reporter.report(&Event::Note { message });
    }

    fn error(&mut self, message: &str) {
        let message = message.to_owned();
        self.reporter.report(&Event::Error {
            message,
            help: None,
        });
    }
}
