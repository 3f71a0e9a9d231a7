//! What the world does for the core.

use std::path::PathBuf;

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
                self.goes_back = false;
                self.waits = false;
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
                self.truth.went_live(generation, self.running, is_delta);
                format!("live {generation}")
            }
            Effect::TakeBack { generation } => {
                let host = self.host.as_ref().expect("no host");
                assert_eq!(host.offered, Some(generation), "it is not there");
                assert!(self.waits, "it does not wait");
                self.waits = false;
                format!("take back {generation}")
            }
            Effect::RollBack {
                generation,
                earlier,
            } => {
                let host = self.host.as_mut().expect("no host");
                assert!(host.has_joined && host.offered.is_none());
                host.offered = Some(generation);
                self.goes_back = true;
                self.waits = false;
                format!("go back to {earlier} as {generation}")
            }
            Effect::WentBack {
                generation,
                earlier,
                ..
            } => {
                let host = self.host.as_ref().expect("no host");
                assert_eq!(host.confirmed, generation, "the host has not said so");
                self.truth.went_back(generation, earlier);
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
}
