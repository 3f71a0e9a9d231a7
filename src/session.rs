//! One session, from start to Ctrl-C: the loop that knows all stages and owns the order of events.
//!
//! What happens in other threads (file events, the host's words and end, builds, signals) comes
//! in as an [`Incoming`], one after the other. The loop never waits for anything else, but for
//! a host to end that it stops.
//!
//! What is on disk is judged against what runs, not event by event: an edit that was missed
//! while a build ran, or was taken back, comes out right at the next look.

mod job;
mod timing;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Instant;

use hotmod_protocol::Message;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::build::{BuildError, Builder, Built, HostBuild, HostError, Toolchain, Workshop};
use crate::discover::{self, Plan, Selection};
use crate::error::Error;
use crate::report::{ColorChoice, Event, Events, Outcome, Phases, Reporter, Screen, Verbosity};
use crate::signal::{Channel, Connection, HostProcess, HostSettings, Signal};
use crate::stale::{Inputs, Kind, Verdict, Watcher, verdict};

use job::{Done, Job, Task};
use timing::Quiet;

/// What a session is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) selection: Selection,
    /// For the host.
    pub(crate) arguments: Vec<OsString>,
    /// For the host.
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) events: Option<PathBuf>,
    pub(crate) color: ColorChoice,
    pub(crate) verbosity: Verbosity,
    /// Cargo's own flags for its output.
    pub(crate) cargo_display: Vec<String>,
}

/// All that can happen.
#[derive(Debug)]
enum Incoming {
    Files(Result<Vec<PathBuf>, String>),
    Host(Signal),
    Done(Box<Done>),
    Unix(i32),
}

impl From<Signal> for Incoming {
    fn from(signal: Signal) -> Self {
        Incoming::Host(signal)
    }
}

/// Runs a session to its end and returns the exit code.
pub(crate) fn run(settings: Settings) -> Result<u8, Error> {
    let start = Instant::now();
    let toolchain = Toolchain::of(settings.selection.target.as_deref())?;
    let plan = discover::discover(&settings.selection)?;
    let events = match &settings.events {
        Some(path) => Some(Events::open(path, start).map_err(|error| Error::File {
            path: path.clone(),
            done: "opened",
            error,
        })?),
        None => None,
    };
    let reporter = Reporter {
        screen: Screen::new(settings.color, settings.verbosity),
        events,
    };
    let (sender, incoming) = channel();
    let mut session = Session::new(settings, toolchain, plan, reporter, sender)?;
    let code = session.run(&incoming);
    session.end();
    Ok(code)
}

struct Session {
    builder: Builder,
    reporter: Reporter,
    sender: Sender<Incoming>,
    watcher: Watcher,
    _channel: Channel,
    host_settings: HostSettings,
    /// Removed at the end, with the generations in it.
    _generations: tempfile::TempDir,

    host: Option<HostProcess>,
    connection: Option<Connection>,
    build: Option<HostBuild>,
    inputs: Inputs,
    job: Option<Job>,
    offer: Option<Offer>,
    /// The number of the live generation, and the last one that was offered.
    live: u32,
    offered: u32,
    /// Why the host has to be built, however little changed since.
    restart: Option<String>,
    quiet: Quiet,
    /// Whether a file appeared that may be what the last build lacked.
    new_files: bool,
    notes_said: BTreeSet<String>,
}

/// A built generation on its way to the host.
struct Offer {
    generation: u32,
    built: Built,
    detected: Option<Instant>,
    begun: Instant,
    sent: bool,
}

impl Session {
    fn new(
        settings: Settings,
        toolchain: Toolchain,
        plan: Plan,
        reporter: Reporter,
        sender: Sender<Incoming>,
    ) -> Result<Self, Error> {
        let workshop = Workshop::of(&plan);
        std::fs::create_dir_all(&workshop.state).map_err(|error| Error::File {
            path: workshop.state.clone(),
            done: "made",
            error,
        })?;
        let generations = tempfile::Builder::new()
            .prefix("generations-")
            .tempdir_in(&workshop.state)?;
        let watcher = Watcher::new(
            vec![plan.target_directory.clone()],
            sender.clone(),
            Incoming::Files,
        )?;
        let channel = Channel::open(sender.clone())?;
        let signals = sender.clone();
        let mut caught = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
        std::thread::spawn(move || {
            for signal in caught.forever() {
                let _ = signals.send(Incoming::Unix(signal));
            }
        });
        let mut session = Session {
            host_settings: HostSettings {
                arguments: settings.arguments,
                environment: settings.environment,
                socket: channel.socket(),
                directory: generations.path().to_owned(),
            },
            builder: Builder {
                plan,
                selection: settings.selection,
                toolchain,
                display: settings.cargo_display,
            },
            reporter,
            sender,
            watcher,
            _channel: channel,
            _generations: generations,
            host: None,
            connection: None,
            build: None,
            inputs: Inputs::default(),
            job: None,
            offer: None,
            live: 0,
            offered: 0,
            restart: None,
            quiet: Quiet::default(),
            new_files: false,
            notes_said: BTreeSet::new(),
        };
        session.watch_plan()?;
        Ok(session)
    }

    fn run(&mut self, incoming: &Receiver<Incoming>) -> u8 {
        let plan = &self.builder.plan;
        self.reporter.report(&Event::SessionStarted {
            host: plan.host.target.clone(),
            reloadable: plan.group.iter().map(|it| it.package.clone()).collect(),
        });
        let mut notes = plan.notes.clone();
        match self.builder.notes() {
            Ok(more) => notes.extend(more),
            Err(error) => self.error(&error.to_string()),
        }
        self.say_notes(notes);
        self.start(Task::Host { replan: false });
        loop {
            let next = match self.quiet.remaining() {
                Some(remaining) => incoming.recv_timeout(remaining),
                None => incoming.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match next {
                Ok(Incoming::Files(Ok(paths))) => self.noticed(paths),
                Ok(Incoming::Files(Err(error))) => {
                    self.error(&format!("files can't be watched: {error}"));
                }
                Ok(Incoming::Host(signal)) => self.signalled(signal),
                Ok(Incoming::Done(done)) => self.done(*done),
                Ok(Incoming::Unix(signal)) => return 128 + u8::try_from(signal).unwrap_or(0),
                Err(RecvTimeoutError::Timeout) => self.judge(),
                Err(RecvTimeoutError::Disconnected) => return Error::FAILED,
            }
        }
    }

    fn end(&mut self) {
        if let Some(job) = self.job.take() {
            job.cancel();
        }
        if let Some(host) = self.host.take() {
            host.stop();
        }
        self.reporter.report(&Event::SessionEnded);
    }

    // --- what changed on disk ---

    /// Files were touched. They are judged when it has been quiet for a moment.
    fn noticed(&mut self, mut paths: Vec<PathBuf>) {
        paths.extend(self.watcher.follow(&paths));
        let plan = &self.builder.plan;
        let others = plan.shared.iter().chain(&plan.host_side);
        let mut folders = plan
            .group
            .iter()
            .map(|it| &it.dir)
            .chain(others.map(|it| &it.dir));
        let mut concerns = |path: &PathBuf| {
            self.inputs.contains(path) || folders.any(|folder| path.starts_with(folder))
        };
        let paths: BTreeSet<PathBuf> = paths.into_iter().filter(|path| concerns(path)).collect();
        if !paths.is_empty() {
            self.quiet.touch(paths);
        }
    }

    /// Judges what is there now, and acts on it.
    fn judge(&mut self) {
        let Some((touched, detected)) = self.quiet.settle(&self.inputs) else {
            return;
        };
        let changed = self.inputs.look_at(touched.iter());
        let appeared: Vec<PathBuf> = touched
            .iter()
            .filter(|path| !self.inputs.contains(path) && path.is_file())
            .cloned()
            .collect();
        self.new_files |= !appeared.is_empty();
        let known: Vec<PathBuf> = touched
            .into_iter()
            .filter(|path| self.inputs.contains(path))
            .collect();
        let is_broken = self.inputs.last_build_failed() || self.build.is_none();
        let may_mend = !appeared.is_empty() && is_broken;
        if known.is_empty() && !may_mend {
            return;
        }
        self.reporter.report(&Event::Edit { paths: known });
        if let Some(job) = &mut self.job {
            // What it builds from is no longer what is there.
            let matters = !changed.is_empty() || may_mend;
            job.touch(changed.into_iter().chain(appeared));
            if matters && job.outdated() {
                job.cancel();
            }
            return;
        }
        self.decide(Some(detected));
    }

    /// What is on disk asks for something, or not.
    fn decide(&mut self, detected: Option<Instant>) {
        if self.offer.as_ref().is_some_and(|offer| offer.sent) {
            // The host's answer decides what runs, and brings us back here.
            return;
        }
        let new_files = std::mem::take(&mut self.new_files);
        let retry = new_files || !self.inputs.failed_on_this();
        let found = match (&self.host, &self.build, self.restart.clone()) {
            (_, None, _) => Verdict::Restart {
                reason: "there is no program yet".to_owned(),
            },
            (None, _, _) => Verdict::Restart {
                reason: "the host is not running".to_owned(),
            },
            (_, _, Some(reason)) => Verdict::Restart { reason },
            _ => verdict(&self.inputs, &self.builder.plan.workspace_root),
        };
        let (outcome, reason, task) = match found {
            Verdict::Nothing { reason } => {
                self.inputs.forget_failure();
                (Outcome::Nothing, reason, None)
            }
            _ if !retry => {
                let reason = "nothing changed since the build that failed".to_owned();
                (Outcome::Nothing, reason, None)
            }
            Verdict::Reload { reason } => (Outcome::Reload, reason, Some(Task::Reload)),
            Verdict::Restart { reason } => {
                let replan = self
                    .inputs
                    .changed()
                    .any(|(_, kind)| *kind == Kind::Manifest)
                    || self.build.is_none();
                self.restart = Some(reason.clone());
                (Outcome::Restart, reason, Some(Task::Host { replan }))
            }
        };
        self.reporter.report(&Event::Verdict {
            verdict: outcome,
            reason,
        });
        if let Some(task) = task {
            self.start_at(task, detected);
        }
    }

    // --- builds ---

    fn start(&mut self, task: Task) {
        self.start_at(task, None);
    }

    fn start_at(&mut self, task: Task, detected: Option<Instant>) {
        let what = match &task {
            Task::Host { .. } => Some("host"),
            Task::Reload => Some("group"),
            Task::Ahead => None,
        };
        if let Some(what) = what {
            let what = what.to_owned();
            self.reporter.report(&Event::Building { what });
        }
        let directory = &self.host_settings.directory;
        let group = self.build.as_ref().map(|build| Arc::clone(&build.group));
        let show_status = self.host.is_none();
        let done = self.sender.clone();
        self.job = Some(Job::start(
            task,
            detected,
            &self.builder,
            group,
            directory,
            show_status,
            move |outcome| {
                let _ = done.send(Incoming::Done(Box::new(outcome)));
            },
        ));
    }

    fn done(&mut self, done: Done) {
        let Some(job) = self.job.take() else {
            return;
        };
        match done {
            Done::Host(Ok((plan, build))) => self.host_built(*plan, *build, &job),
            Done::Host(Err(error)) => self.host_failed(error),
            Done::Group(Ok(built)) => self.group_built(built, &job),
            Done::Group(Err(error)) => self.group_failed(error, &job),
        }
        // What was saved while it was built was only looked at.
        if self.job.is_none() && job.was_outdated() {
            self.decide(job.detected());
        }
    }

    fn host_built(&mut self, plan: Plan, build: HostBuild, job: &Job) {
        self.builder.plan = plan;
        let reason = self.restart.take();
        self.say_notes(self.builder.plan.notes.clone());
        self.say_notes(build.notes.clone());
        let touched = job.touched().clone();
        if self.host.is_some() && !build.compiled {
            // Whatever was saved, cargo found nothing in it to build.
            self.reporter.report(&Event::Verdict {
                verdict: Outcome::Nothing,
                reason: "cargo found nothing to build".to_owned(),
            });
            self.take(build, &touched);
            return;
        }
        if let Some(host) = self.host.take() {
            host.stop();
        }
        self.connection = None;
        self.offer = None;
        (self.live, self.offered) = (0, 0);
        let signals = self.sender.clone();
        match HostProcess::start(&build.executable, &self.host_settings, signals) {
            Ok(host) => {
                let pid = host.pid;
                let is_first = self.build.is_none();
                self.reporter.report(&match reason {
                    Some(reason) if !is_first => Event::Restarted { reason, pid },
                    _ => Event::HostStarted { pid },
                });
                self.host = Some(host);
            }
            Err(error) => {
                self.error(&format!("`{}`: {error}", build.executable.display()));
            }
        }
        self.take(build, &touched);
        if !job.was_outdated() {
            self.start(Task::Ahead);
        }
    }

    /// What was built is what runs.
    fn take(&mut self, build: HostBuild, touched: &BTreeSet<PathBuf>) {
        match self.inputs_of(&build, touched) {
            Ok(inputs) => self.inputs = inputs,
            Err(error) => self.error(&format!(
                "what the program was made of is not known: {error}"
            )),
        }
        self.build = Some(build);
        if let Err(error) = self.watch_plan() {
            self.error(&error.to_string());
        }
    }

    fn host_failed(&mut self, error: job::HostFailure) {
        match error {
            job::HostFailure::Build(HostError::Cancelled) => return,
            job::HostFailure::Build(HostError::Failed { rendered }) => {
                self.reporter.report(&Event::CompileError { rendered });
            }
            job::HostFailure::Build(error) => self.error(&error.to_string()),
            job::HostFailure::Plan(error) => self.reporter.report(&Event::Error {
                message: error.to_string(),
                help: error.help(),
            }),
        }
        self.inputs.mark_failed();
        if self.build.is_none() {
            self.note("waiting for a change");
        }
    }

    fn group_built(&mut self, built: Built, job: &Job) {
        if job.is_ahead() || self.host.is_none() {
            let _ = std::fs::remove_file(&built.library.path);
            return;
        }
        self.offered += 1;
        self.offer = Some(Offer {
            generation: self.offered,
            built,
            detected: job.detected(),
            begun: job.begun(),
            sent: false,
        });
        self.send_offer();
    }

    fn group_failed(&mut self, error: BuildError, job: &Job) {
        match error {
            BuildError::Cancelled => return,
            // What is built ahead is built again when it is needed, and is said then.
            _ if job.is_ahead() => return,
            BuildError::Compile { rendered, .. } => {
                self.reporter.report(&Event::CompileError { rendered });
            }
            error => self.error(&error.to_string()),
        }
        self.inputs.mark_failed();
    }

    // --- the host ---

    fn send_offer(&mut self) {
        let (Some(offer), Some(connection)) = (&mut self.offer, &mut self.connection) else {
            // It is sent when the host joins.
            return;
        };
        let library = &offer.built.library;
        offer.sent = true;
        if let Err(error) = connection.offer(offer.generation, library.build, &library.path) {
            // The host is about to be gone; its exit will be told.
            self.offer = None;
            self.error(&format!("the host can't be reached: {error}"));
        }
    }

    fn signalled(&mut self, signal: Signal) {
        let expected = self.host.as_ref().map(|host| host.pid);
        match signal {
            Signal::Joined { pid, stream } if Some(pid) == expected => {
                self.connection = Some(Connection::new(pid, stream));
                self.send_offer();
            }
            Signal::Joined { pid, .. } => {
                self.error(&format!("process {pid} is not the session's host"));
            }
            Signal::Said { pid, message } => {
                if self.connection.as_ref().is_some_and(|it| it.pid == pid) {
                    self.answered(message);
                }
            }
            Signal::TurnedAway { reason } => {
                self.error(&format!("somebody on the socket was turned away: {reason}"));
            }
            Signal::Exited { pid, status } if Some(pid) == expected => self.exited(status),
            // A host that the session stopped.
            Signal::Exited { .. } => {}
        }
    }

    fn answered(&mut self, message: Message) {
        let answer = match &message {
            Message::Live { generation, .. } | Message::Refused { generation, .. } => *generation,
            Message::Hello { .. } | Message::Offer { .. } => return,
        };
        let Some(offer) = self.offer.take_if(|offer| offer.generation == answer) else {
            return;
        };
        match message {
            Message::Live { build, micros, .. } if build == offer.built.library.build => {
                self.went_live(offer, micros);
            }
            Message::Refused { reason, .. } => {
                let generation = offer.generation;
                self.reporter.report(&Event::Refused {
                    generation,
                    reason: reason.clone(),
                });
                self.restart = Some(reason);
            }
            _ => self.error("the host says that another build is live than the one it was offered"),
        }
        if self.job.is_none() && (self.restart.is_some() || self.inputs.changed().next().is_some())
        {
            self.decide(None);
        }
    }

    fn went_live(&mut self, offer: Offer, micros: u64) {
        let Some(host) = &self.host else {
            return;
        };
        let now = Instant::now();
        let begun = offer.detected.unwrap_or(offer.begun);
        let ms = |duration: std::time::Duration| duration.as_secs_f64() * 1000.0;
        self.reporter.report(&Event::Live {
            generation: offer.generation,
            crates: offer.built.compiled.clone(),
            build_id: offer.built.library.build.to_string(),
            ms: Phases {
                detect: ms(offer.begun - begun),
                compile: ms(offer.built.compile),
                link: ms(offer.built.link),
                swap: micros as f64 / 1000.0,
                total: ms(now - begun),
            },
            pid: host.pid,
        });
        self.reporter.report(&Event::Retired {
            generation: self.live,
        });
        self.live = offer.generation;
        self.inputs.take_live(offer.built.inputs);
        if let Err(error) = self.watch_inputs() {
            self.error(&error.to_string());
        }
    }

    fn exited(&mut self, status: ExitStatus) {
        self.host = None;
        self.connection = None;
        self.offer = None;
        self.reporter.report(&Event::HostExited {
            code: status.code(),
            signal: status.signal(),
            generation: self.live,
        });
    }

    // --- what is watched and said ---

    fn inputs_of(&self, build: &HostBuild, touched: &BTreeSet<PathBuf>) -> std::io::Result<Inputs> {
        let plan = &self.builder.plan;
        let mut kinds: BTreeMap<PathBuf, Kind> = BTreeMap::new();
        for path in build.group.baseline_inputs()? {
            kinds.insert(path, Kind::Reloadable);
        }
        // What both sides are made of is not reloadable.
        for (path, package) in &build.inputs {
            kinds.insert(path.clone(), Kind::Unmarked(package.clone()));
        }
        for path in &plan.manifests {
            kinds.insert(path.clone(), Kind::Manifest);
        }
        Ok(Inputs::of_host(kinds, touched))
    }

    fn watch_plan(&mut self) -> Result<(), Error> {
        let plan = &self.builder.plan;
        let group = plan.group.iter().map(|member| &member.dir);
        let others = plan.shared.iter().chain(&plan.host_side);
        let folders: Vec<PathBuf> = group.chain(others.map(|it| &it.dir)).cloned().collect();
        let steering: Vec<PathBuf> = plan
            .manifests
            .iter()
            .filter_map(|path| Some(path.parent()?.to_owned()))
            .collect();
        for folder in folders {
            self.watcher.add_tree(&folder)?;
        }
        for folder in steering {
            self.watcher.add(&folder)?;
        }
        self.watch_inputs()
    }

    fn watch_inputs(&mut self) -> Result<(), Error> {
        for folder in self.inputs.folders() {
            self.watcher.add(folder)?;
        }
        Ok(())
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
