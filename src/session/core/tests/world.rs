//! A world for the core: files, cargo, a host and people, of which each does what a test wants.
//!
//! It performs the effects at once, as the session does, and checks what must hold whatever happens.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::compat::code::ChangedCode;
use crate::compile::CheckReport;
use crate::control::Request;
use crate::decide::{Action, Reason};

use super::promises::Promises;
use super::truth::Truth;
use super::*;

/// What the workspace consists of, in the order of the files' paths.
pub(super) const FILES: [&str; 4] = ["Cargo.toml", "model.rs", "page.rs", "words.txt"];
pub(super) const MANIFEST: usize = 0;
pub(super) const MODEL: usize = 1;
pub(super) const PAGE: usize = 2;
pub(super) const WORDS: usize = 3;

pub(super) const EMPTY: u64 = 0;
pub(super) const BROKEN: u64 = 7;

/// The items of a page, apart from the bodies of functions.
pub(super) fn items_of(content: u64) -> u64 {
    content / 6
}

/// An item of a page that the host may contain.
pub(super) const SUSPECTED: u64 = 9;

pub(super) fn is_broken(content: u64) -> bool {
    content.is_multiple_of(7)
}

#[derive(Debug)]
pub(super) struct Job {
    pub(super) task: Task,
    /// What the files were when they were read.
    pub(super) read: Files,
    /// How often the test was written when it was read.
    pub(super) read_test: u64,
    pub(super) is_cancelled: bool,
}

#[derive(Debug)]
pub(super) struct Host {
    pub(super) has_joined: bool,
    pub(super) offered: Option<u32>,
    /// The generation that it says is live.
    pub(super) confirmed: u32,
}

#[derive(Debug)]
pub(super) struct Asked {
    pub(super) number: u64,
    /// How many versions of the disk there were when it was asked.
    pub(super) versions: usize,
    pub(super) test: u64,
    pub(super) wants_check: bool,
}

pub(super) struct World {
    pub(super) core: Core,
    pub(super) now: Instant,
    /// Each version of the disk; the last one is what is there.
    pub(super) versions: Vec<Files>,
    /// How often each file was written, and how often at the last look.
    pub(super) written: [u64; 4],
    pub(super) judged: [u64; 4],
    pub(super) is_touched: [bool; 4],
    pub(super) has_new_file: bool,
    /// How often a source was written that the program does not contain, and how often when the session was told.
    pub(super) test: u64,
    pub(super) told_test: u64,
    /// What the check read that ended last, and the one that was shown last.
    pub(super) check_read: (Files, u64),
    pub(super) checked: Option<(Files, u64)>,
    /// What the next one finds.
    pub(super) check_finds: Option<CheckReport>,
    /// Whether what is saved next leaves the tokens as they are.
    pub(super) is_comment: bool,
    /// As of the last look.
    pub(super) seen: Files,
    pub(super) running: Files,
    pub(super) baseline: Files,
    pub(super) put_off: [Option<u64>; 4],
    /// What cargo was asked of, and what scripts ran on.
    pub(super) asked_of: u64,
    pub(super) ran_on: u64,
    /// Whether the scripts that ran last gave what they gave before.
    pub(super) is_output_same: bool,
    pub(super) is_built: bool,
    pub(super) job: Option<Job>,
    pub(super) finished: Option<Files>,
    pub(super) offer: Option<Files>,
    /// Whether the host was told to go back.
    pub(super) goes_back: bool,
    /// Whether the host said that the generation waits for a frame.
    pub(super) waits: bool,
    pub(super) host: Option<Host>,
    /// The next host, and whether it has joined.
    pub(super) successor: Option<bool>,
    /// The next of these is what a build or a comparison comes to.
    pub(super) fit: Option<Fit>,
    pub(super) group_failure: Option<GroupFailure>,
    pub(super) scripts: Option<ScriptsEnd>,
    /// Whether the next generation that goes live has a delta, and what the full compilation says of it.
    pub(super) is_delta: bool,
    pub(super) follow_end: Option<FollowEnd>,
    /// Whether the next host that is built has the code of the one that runs.
    pub(super) is_same_host: bool,
    /// What the next comparison with a clean build finds.
    pub(super) compared: Option<Result<Reason, Failure>>,
    /// The items of the page that were compared last.
    pub(super) compared_items: u64,
    /// The content of an unmarked file that leaves the host's code as it is.
    pub(super) same_model: Option<u64>,
    /// Whether hosts can be started, and what starts them has a runner.
    pub(super) can_start: bool,
    pub(super) has_runner: bool,
    /// Whether hosts take time to stop.
    pub(super) stops_slowly: bool,
    /// Which process a host is.
    pub(super) pid: u32,
    pub(super) asked: Vec<Asked>,
    pub(super) questions: u64,
    pub(super) cookies: Vec<u64>,
    /// What was done since somebody looked.
    pub(super) log: Vec<String>,
    /// Whether what happens is in it, too.
    pub(super) is_traced: bool,
    pub(super) promises: Promises,
    pub(super) truth: Truth,
}

impl World {
    pub(super) fn new(policy: Policy) -> Self {
        World {
            core: Core::new(policy),
            now: Instant::now(),
            versions: vec![[1; 4]],
            written: [0; 4],
            judged: [0; 4],
            is_touched: [false; 4],
            has_new_file: false,
            test: 0,
            told_test: 0,
            check_read: ([1; 4], 0),
            checked: None,
            check_finds: None,
            is_comment: false,
            seen: [1; 4],
            running: [1; 4],
            baseline: [1; 4],
            put_off: [None; 4],
            asked_of: 1,
            ran_on: 1,
            is_output_same: true,
            is_built: false,
            job: None,
            finished: None,
            offer: None,
            goes_back: false,
            waits: false,
            host: None,
            successor: None,
            fit: None,
            group_failure: None,
            scripts: None,
            is_delta: false,
            follow_end: None,
            is_same_host: false,
            compared: None,
            compared_items: items_of(1),
            same_model: None,
            can_start: true,
            has_runner: false,
            stops_slowly: false,
            pid: 100,
            asked: Vec::new(),
            questions: 0,
            cookies: Vec::new(),
            log: Vec::new(),
            is_traced: false,
            promises: Promises::new(policy),
            truth: Truth::default(),
        }
    }

    pub(super) fn disk(&self) -> Files {
        self.versions[self.versions.len() - 1]
    }

    // What happens.

    pub(super) fn step(&mut self, input: Input) {
        if self.is_traced {
            self.log.push(format!("> {input:?}"));
        }
        let mut inputs = std::collections::VecDeque::from([input]);
        let mut rounds = 0;
        while let Some(input) = inputs.pop_front() {
            rounds += 1;
            self.truth.is_tick = matches!(input, Input::Tick);
            assert!(rounds < 50, "it goes round and round: {:?}", self.core);
            for effect in self.core.step(input, self.now) {
                inputs.extend(self.perform(effect));
            }
        }
        self.promises.concludes(&self.core);
        if self.core.is_at_rest() {
            self.truth.settles(self.core.answer().outcome);
        }
    }

    /// The new code of the live generation is known: it runs through this entry point.
    pub(super) fn new_code(&mut self, entry_point: &str) {
        let entry_points = BTreeSet::from([entry_point.to_owned()]);
        self.step(Input::NewCode(NewCode {
            generation: self.core.generation().unwrap(),
            changed: vec![ChangedCode {
                name: entry_point.to_owned(),
                entry_points: entry_points.clone(),
            }],
            entry_points,
            stored: BTreeSet::new(),
        }));
    }

    /// Files are written, and the system says so.
    pub(super) fn save(&mut self, file: usize, content: u64) {
        self.write(file, content);
        self.touch(file);
    }

    /// A file is written; the system has yet to say so.
    pub(super) fn write(&mut self, file: usize, content: u64) {
        let mut files = self.disk();
        if self.is_traced {
            self.log.push(format!("> {} = {content}", FILES[file]));
        }
        if files[file] != content {
            self.promises.trigger();
        }
        files[file] = content;
        self.versions.push(files);
        self.written[file] += 1;
    }

    /// A file is another one for a moment, in which the build that runs reads it.
    pub(super) fn flicker(&mut self, file: usize, content: u64) {
        let before = self.disk()[file];
        self.write(file, content);
        self.read_late();
        self.write(file, before);
    }

    pub(super) fn touch(&mut self, file: usize) {
        self.is_touched[file] = true;
        self.step(Input::Touched { at_once: true });
    }

    /// A file appears that is no input.
    pub(super) fn new_file(&mut self) {
        self.has_new_file = true;
        self.promises.trigger();
        self.step(Input::Touched { at_once: false });
    }

    /// A source is written that the program does not contain.
    pub(super) fn write_test(&mut self) {
        self.test += 1;
    }

    /// The session is told.
    pub(super) fn notice_test(&mut self) {
        if self.told_test != self.test {
            self.told_test = self.test;
            self.step(Input::CheckedTouched);
        }
    }

    pub(super) fn overflow(&mut self) {
        self.is_touched = [true; 4];
        self.told_test = self.test;
        // One of them may be new.
        self.promises.trigger();
        self.step(Input::Overflowed);
    }

    pub(super) fn ask(&mut self, request: Request) {
        if !matches!(request, Request::Wait | Request::WaitChecked) {
            self.promises.requested();
        }
        if request == Request::RestartFresh {
            self.truth.fresh_asked += 1;
        }
        self.questions += 1;
        let question = self.questions;
        self.asked.push(Asked {
            number: question,
            versions: self.versions.len(),
            test: self.test,
            wants_check: request == Request::WaitChecked,
        });
        self.step(Input::Asked { question, request });
    }

    /// The system tells of the oldest cookie, and of all that was written before.
    pub(super) fn notice_cookie(&mut self) {
        if self.cookies.is_empty() {
            return;
        }
        let number = self.cookies.remove(0);
        self.is_touched = std::array::from_fn(|it| self.written[it] != self.judged[it]);
        self.notice_test();
        if self.is_touched.contains(&true) {
            self.step(Input::Touched { at_once: true });
        }
        self.promises.requested();
        self.step(Input::CookieSeen { number });
    }

    pub(super) fn act(&mut self, action: Action) {
        self.promises.requested();
        self.step(Input::Action(action));
    }

    /// A restart without values is requested by a key.
    pub(super) fn restart_fresh(&mut self) {
        self.promises.requested();
        self.truth.fresh_asked += 1;
        self.truth.is_fresh_due = true;
        self.step(Input::RestartFresh);
    }

    /// A key is pressed to go back one generation.
    pub(super) fn roll_back(&mut self) {
        self.promises.requested();
        self.step(Input::RollBack);
    }

    /// Edits wait from now on, or no longer do.
    pub(super) fn toggle_pause(&mut self) {
        self.promises.trigger();
        self.step(Input::TogglePause);
    }

    /// Time passes, as much as until the next deadline, if there is one.
    pub(super) fn tick(&mut self) -> bool {
        let Some(due) = self.core.deadline() else {
            return false;
        };
        self.pass(due.saturating_duration_since(self.now));
        true
    }

    pub(super) fn pass(&mut self, time: Duration) {
        self.now += time;
        if self.core.deadline().is_some_and(|due| due <= self.now) {
            if !self.cookies.is_empty() {
                // A cookie may be overdue.
                self.promises.requested();
            }
            self.step(Input::Tick);
        }
    }

    pub(super) fn is_building(&self) -> bool {
        self.job.is_some()
    }

    /// The build that runs reads its files now, and not when it began.
    pub(super) fn read_late(&mut self) {
        let disk = self.disk();
        if let Some(job) = self.job.as_mut().filter(|it| it.task != Task::AskCargo) {
            job.read = disk;
            job.read_test = self.test;
        }
    }
}
