//! What the world does for the core.

use std::path::PathBuf;

use crate::base::contents::Digested;
use crate::compat::items::{Item, ItemKind, Unreachable};
use crate::stale::{Change, Changed, Of};

use super::words::{told, word_of};
use super::world::*;
use super::*;

impl World {
    pub(super) fn perform(&mut self, effect: Effect) -> Option<Input> {
        self.promises.performed(&effect);
        self.truth.performed(&effect, self.now);
        let word = match effect {
            Effect::Look { at_all, is_patient } => {
                return Some(Input::Looked(self.look(at_all, is_patient)));
            }
            Effect::Examine { number, is_patient } => {
                return Some(Input::Examined(Box::new(self.examine(number, is_patient))));
            }
            Effect::Build { task, .. } => {
                let word = format!("build {}", word_of(&task));
                let saw = self.seen;
                // What cargo says is of what was seen.
                let read = match task {
                    Task::AskCargo => saw,
                    _ => self.disk(),
                };
                assert!(self.job.is_none(), "two builds at a time");
                self.promises.build_begins(&task, saw);
                self.job = Some(Job {
                    task,
                    read,
                    read_test: self.test,
                    is_cancelled: false,
                });
                word
            }
            Effect::CancelBuild => {
                // It ends when the test wants it to.
                if let Some(job) = &mut self.job {
                    job.is_cancelled = true;
                }
                "cancel".to_owned()
            }
            Effect::TakeHost => {
                self.running = self.finished.take().unwrap();
                self.baseline = self.running;
                self.ran_on = self.running[WORDS];
                self.asked_of = self.running[MANIFEST];
                self.compared_items = items_of(self.running[PAGE]);
                self.same_model = None;
                self.put_off = [None; 4];
                self.seen = self.disk();
                self.is_built = true;
                return None;
            }
            Effect::TakeSame => {
                let read = self.finished.take().unwrap();
                self.truth.is_same(read == self.disk());
                self.same_model = Some(read[MODEL]);
                return None;
            }
            Effect::TakePlan => {
                let read = self.finished.take().unwrap();
                self.asked_of = read[MANIFEST];
                if read[MANIFEST].is_multiple_of(2) {
                    self.running[MANIFEST] = read[MANIFEST];
                    self.baseline[MANIFEST] = read[MANIFEST];
                    self.seen[MANIFEST] = self.disk()[MANIFEST];
                }
                return None;
            }
            Effect::TakeScripts => {
                let read = self.finished.take().unwrap();
                if self.is_output_same {
                    self.ran_on = read[WORDS];
                    self.running[WORDS] = read[WORDS];
                    self.seen[WORDS] = self.disk()[WORDS];
                }
                return None;
            }
            Effect::TakeAhead => {
                let read = self.finished.take().unwrap();
                assert_eq!(read[PAGE], self.running[PAGE], "not what runs");
                "take ahead".to_owned()
            }
            Effect::Inspect => {
                let fit = self.fit.take().unwrap_or(Fit::Yes);
                assert!(self.promises.is_for_this_host(), "it is for another host");
                if matches!(fit, Fit::Yes) {
                    self.offer = self.finished.take();
                } else {
                    self.promises.trigger();
                }
                return Some(Input::Inspected(fit));
            }
            Effect::Discard => {
                self.finished = None;
                return None;
            }
            Effect::Offer { generation } => {
                assert!(self.offer.is_some(), "there is nothing to offer");
                let host = self.host.as_mut().expect("no host");
                assert!(host.has_joined && host.offered.is_none());
                host.offered = Some(generation);
                format!("offer {generation}")
            }
            Effect::GoLive {
                generation,
                retired,
                ..
            } => {
                let host = self.host.as_ref().expect("no host");
                assert_eq!(host.confirmed, generation, "the host has not said so");
                assert!(retired < generation);
                let offer = self.offer.take().unwrap();
                self.running[PAGE] = offer[PAGE];
                // The build of a generation does not read it.
                let saw = self.promises.saw[MODEL];
                let same = self.same_model.take().filter(|it| *it == saw);
                self.running[MODEL] = same.unwrap_or(self.running[MODEL]);
                self.seen = self.disk();
                let is_delta = std::mem::take(&mut self.is_delta);
                self.truth.went_live(self.running, is_delta);
                format!("live {generation}")
            }
            Effect::Withdraw { .. } => {
                self.offer = None;
                return None;
            }
            Effect::AskToStop | Effect::StopHost if !self.stops_slowly => {
                return Some(self.ended());
            }
            Effect::KillHost => {
                self.log.push("kill".to_owned());
                return Some(self.ended());
            }
            Effect::AskToStop => {
                self.offer = None;
                if let Some(host) = &mut self.host {
                    host.offered = None;
                }
                "ask to stop".to_owned()
            }
            Effect::StopHost => "stop".to_owned(),
            Effect::AskToSave => "ask to save".to_owned(),
            Effect::ForgetCarried => "forget carried".to_owned(),
            Effect::ClearHost => {
                self.host = None;
                self.offer = None;
                return None;
            }
            Effect::StartHost => {
                if !self.can_start {
                    self.promises.is_said();
                    self.log.push("no start".to_owned());
                    return Some(Input::Host(HostInput::NotStarted));
                }
                self.begin_host();
                self.promises.started();
                let (pid, is_known) = (self.pid, !self.has_runner);
                self.log.push("start".to_owned());
                return Some(Input::Host(HostInput::Started { pid, is_known }));
            }
            Effect::StartSuccessor => {
                assert!(self.host.is_some() && self.successor.is_none());
                if !self.can_start {
                    self.log.push("no start".to_owned());
                    return Some(SuccessorInput::NotStarted.into());
                }
                self.successor = Some(false);
                self.truth.successor_began = Some(self.now);
                self.log.push("start next".to_owned());
                let (pid, is_known) = (self.pid + 1, !self.has_runner);
                return Some(SuccessorInput::Started { pid, is_known }.into());
            }
            Effect::HoldSuccessor { runs } => {
                let may_run = self.core.policy.handover == Handover::AtFirstCarried;
                let expected = may_run && self.truth.carries;
                assert_eq!(runs, expected, "until its first carried value");
                if runs { "hold later" } else { "hold" }.to_owned()
            }
            Effect::TakeSuccessor { waits_before_main } => {
                assert!(self.host.is_none(), "two hosts");
                let has_joined = self.successor.take().expect("nobody waits");
                self.begin_host();
                self.promises.started();
                self.truth.carries = self.truth.successor_carries;
                if !waits_before_main {
                    self.truth.began = self.truth.successor_began;
                }
                if let Some(host) = &mut self.host {
                    host.has_joined = has_joined;
                }
                "take over".to_owned()
            }
            Effect::AwaitHost { reason } => {
                format!("await {:?}", reason.map(|it| it.to_string()))
            }
            Effect::Adopt => {
                self.begin_host();
                if let Some(host) = &mut self.host {
                    host.has_joined = true;
                }
                return None;
            }
            Effect::TurnAway => "turn away".to_owned(),
            Effect::Welcome => {
                assert!(self.successor.is_none(), "two hosts are live");
                "welcome".to_owned()
            }
            Effect::WelcomeAtBaseline => {
                self.running = self.baseline;
                self.ran_on = self.baseline[WORDS];
                self.seen = self.disk();
                "welcome at baseline".to_owned()
            }
            Effect::Disconnect => return None,
            Effect::PutOff => {
                let changed = self.changed();
                let mut is_any = false;
                for file in [MANIFEST, MODEL, WORDS] {
                    if changed.contains_key(&PathBuf::from(FILES[file])) {
                        self.put_off[file] = Some(self.seen[file]);
                        is_any = true;
                    }
                }
                if is_any {
                    // What can be reloaded has an outcome of its own.
                    self.promises.trigger();
                }
                return Some(Input::PutOff { is_any });
            }
            Effect::TellState | Effect::WatchForFix | Effect::ClearDiagnostics => return None,
            Effect::TellWritten { count, .. } => format!("written {count}"),
            Effect::MakeCookie { number } => {
                assert!(!self.cookies.contains(&number), "two have one number");
                self.cookies.push(number);
                return None;
            }
            Effect::Answer { question, answer } => {
                self.answered(question, &answer);
                let outcome = format!("answer {:?}", answer.outcome).to_lowercase();
                match &answer.reasons[..] {
                    [] if answer.has_failed_check() => format!("{outcome}, check failed"),
                    [] if answer.check.is_some() => format!("{outcome}, checked"),
                    [] => outcome,
                    reasons => format!("{outcome} for {}", reasons.join(" and ")),
                }
            }
            Effect::Tell(event) => {
                if let Event::Checked { .. } = event {
                    self.checked = Some(self.check_read);
                }
                told(event)?
            }
        };
        self.log.push(word);
        None
    }

    /// The host that was stopped has ended.
    fn ended(&mut self) -> Input {
        Input::Host(HostInput::Exited {
            code: None,
            signal: Some(15),
            has_saved: true,
            is_last: false,
        })
    }

    fn look(&mut self, at_all: bool, is_patient: bool) -> Looked {
        let disk = self.disk();
        if at_all {
            let touched =
                std::array::from_fn(|file| self.is_touched[file] || disk[file] != self.seen[file]);
            self.is_touched = touched;
        }
        let is_empty = |file: usize| self.is_touched[file] && disk[file] == EMPTY;
        if is_patient && (0..FILES.len()).any(is_empty) {
            return Looked::HalfSaved;
        }
        let mut edited = Vec::new();
        let mut is_changed = false;
        for file in 0..FILES.len() {
            let is_news = self.is_touched[file] && self.written[file] != self.judged[file];
            if is_news {
                edited.push(PathBuf::from(FILES[file]));
                is_changed |= disk[file] != self.seen[file];
                self.judged[file] = self.written[file];
                self.seen[file] = disk[file];
            }
        }
        self.is_touched = [false; 4];
        let is_same_code = std::mem::take(&mut self.is_comment) && !self.core.is_building();
        if is_same_code {
            self.running = disk;
            self.truth.runs = disk;
        }
        let has_new_files = std::mem::take(&mut self.has_new_file);
        if has_new_files && self.core.is_broken() {
            edited.push(PathBuf::from("new.rs"));
        }
        Looked::Found(Found {
            edited,
            is_changed,
            has_new_files,
            is_same_code,
            changed: self.changed(),
        })
    }

    /// What differs from what runs.
    fn changed(&self) -> Changed {
        let differs = |file: &usize| {
            let seen = self.seen[*file];
            seen != self.running[*file] && self.put_off[*file] != Some(seen)
        };
        let files = (0..FILES.len()).filter(differs);
        let entry = |file: usize| {
            (
                PathBuf::from(FILES[file]),
                Digested::Content(self.seen[file].into()),
            )
        };
        files.map(entry).collect()
    }

    fn examine(&mut self, number: u64, is_patient: bool) -> Examined {
        let changed = self.changed();
        let has_changed = |file: usize| changed.contains_key(&PathBuf::from(FILES[file]));
        let of = [
            Of::Cargo { concern: None },
            Of::Unmarked {
                package: "model".to_owned(),
                program: None,
            },
            Of::Reloadable {
                retyped: None,
                outside: (self.seen[PAGE] == SUSPECTED).then(|| Unreachable::Named {
                    item: Item::new(ItemKind::Fn, "page"),
                    user: PathBuf::from("main.rs"),
                    macros_of: None,
                }),
            },
            Of::ScriptInput,
        ];
        let changes = of.into_iter().enumerate();
        let changes = changes.filter(|(file, _)| has_changed(*file));
        let changes = changes.map(|(file, of)| Change {
            path: FILES[file].to_owned(),
            of,
        });
        let disk = self.disk();
        let is_empty = |file: &usize| has_changed(*file) && disk[*file] == EMPTY;
        let half_saved = (0..FILES.len()).filter(is_empty);
        let half_saved: Vec<usize> = half_saved.filter(|_| is_patient).collect();
        for file in &half_saved {
            self.is_touched[*file] = true;
            self.judged[*file] = 0;
        }
        let is_stale = has_changed(WORDS) && self.seen[WORDS] != self.ran_on;
        let is_source = |file: usize| [MODEL, PAGE].contains(&file);
        let sources = changed.iter().filter(|(path, _)| {
            let mut files = (0..FILES.len()).filter(|it| is_source(*it));
            files.any(|it| path.as_path() == std::path::Path::new(FILES[it]))
        });
        Examined {
            sources: sources.map(|(path, it)| (path.clone(), *it)).collect(),
            number,
            is_half_saved: !half_saved.is_empty(),
            changes: changes.collect(),
            needs_cargo: has_changed(MANIFEST) && self.seen[MANIFEST] != self.asked_of,
            stale_scripts: is_stale.then(|| "pages".to_owned()).into_iter().collect(),
            has_layouts: true,
            needs_shadow: items_of(self.running[PAGE]) != self.compared_items,
            has_put_off: (0..FILES.len()).any(|file| {
                let seen = self.seen[file];
                seen != self.running[file] && self.put_off[file] == Some(seen)
            }),
            changed,
        }
    }
}
