//! Performs the effects that the core returns, in their order. Nothing else does.

use std::collections::VecDeque;
use std::time::Instant;

use crate::compat::symbols::shown;
use crate::decide::Reason;
use crate::host::HostProcess;
use crate::report::{Event, Facts};

use super::Session;
use super::core::{Effect, HostInput, Input};

impl Session {
    /// Passes an input to the core, and performs the effects.
    pub(super) fn step(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let effects = self.core.step(input, Instant::now());
            self.reporter.know(self.facts());
            for effect in effects {
                inputs.extend(self.perform(effect));
            }
        }
        self.tell_outcome();
    }

    fn facts(&self) -> Facts {
        Facts {
            pid: self.core.pid(),
            generation: self.core.generation(),
            is_building: self.core.is_building(),
            last_build_failed: self.core.last_build_failed(),
            is_paused: self.core.is_paused(),
            restart_due: self.manual_restart_reasons(),
            rolled_back_to: self.core.earlier(),
            check: self.checks.state(&self.core),
            not_called: self.core.uncalled().map(|it| shown(it)).collect(),
        }
    }

    /// Why a restart is due that only the user may begin, in words.
    pub(super) fn manual_restart_reasons(&self) -> Vec<String> {
        let reasons = self.core.manual_restart_reasons();
        reasons.iter().map(ToString::to_string).collect()
    }

    /// Performs one effect. Its result, if any, is the next input.
    fn perform(&mut self, effect: Effect) -> Option<Input> {
        match effect {
            Effect::Look { at_all, is_patient } => {
                let looked = self.files.look(
                    at_all,
                    is_patient,
                    &self.core,
                    &mut self.builds,
                    &mut self.reporter,
                );
                return Some(Input::Looked(looked));
            }
            Effect::Examine { number, is_patient } => {
                let examined = self.files.examine(
                    number,
                    is_patient,
                    &self.builds.plan().workspace_root,
                    self.has_layouts(),
                );
                return Some(Input::Examined(Box::new(examined)));
            }
            Effect::Build { task, detected } => self.build(task, detected),
            Effect::CancelBuild => self.builds.cancel(),

            Effect::TakeHost => self.take_host(),
            Effect::TakeSame => self.take_same(),
            Effect::TakePlan => self.take_plan(),
            Effect::TakeScripts => self.take_scripts(),
            Effect::TakeAhead => self.take_ahead(),
            Effect::Inspect => return Some(Input::Inspected(self.inspect())),
            Effect::Discard => self.discard(),

            Effect::Offer { generation } => {
                let offered = self.generations.offer(generation, self.host.connection());
                let reason = offered.err()?;
                return Some(Input::Host(HostInput::Unreachable(reason)));
            }
            Effect::TellState => {
                if let Some(offer) = self.generations.offered() {
                    let plan = self.builds.plan();
                    self.resets
                        .tell_of_group(&offer.built, plan, &mut self.reporter);
                }
            }
            Effect::GoLive {
                generation,
                retired,
                uncalled,
            } => self.go_live(generation, retired, uncalled),
            Effect::TakeBack { generation } => {
                let host = self.host.connection();
                self.generations.take_back(generation, host);
            }
            Effect::RollBack {
                generation,
                earlier,
            } => {
                let host = self.host.connection();
                let told = self.generations.roll_back(generation, earlier, host);
                return Some(Input::Host(HostInput::Unreachable(told.err()?)));
            }
            Effect::WentBack {
                generation,
                earlier,
                retired,
            } => self.went_back(generation, earlier, retired),
            Effect::Withdraw { is_loaded } => {
                self.generations.withdraw(is_loaded, &mut self.reporter);
            }

            Effect::AskToStop => {
                self.host.ask_to_stop();
                self.forget_questions_of_host();
            }
            Effect::StopHost => self.host.signal(HostProcess::send_stop),
            Effect::AskToSave => self.host.ask_to_save(),
            Effect::KillHost => self.host.signal(HostProcess::send_kill),
            Effect::ClearHost => self.clear_host(),
            Effect::ForgetCarried => self.host.forget_carried(&mut self.reporter),
            Effect::StartHost => {
                let build = self.builds.host();
                let started = self.host.start(build, &mut self.reporter);
                return Some(Input::Host(started));
            }
            Effect::StartSuccessor => {
                let build = self.builds.host();
                return Some(self.host.start_successor(build, &mut self.reporter));
            }
            Effect::HoldSuccessor { runs } => self.host.hold_successor(runs),
            Effect::TakeSuccessor { waits_before_main } => {
                self.host
                    .take_successor(waits_before_main, &mut self.reporter);
            }
            Effect::AwaitHost { reason } => self.await_host(reason),
            Effect::Adopt => return self.adopt().map(Input::Host),
            Effect::TurnAway => self.host.turn_away(&mut self.reporter),
            Effect::Welcome => self.host.welcome(),
            Effect::WelcomeAtBaseline => self.welcome_at_baseline(),
            Effect::Disconnect => self.host.disconnect(),

            Effect::PutOff => {
                let is_any = self.files.inputs.put_off();
                return Some(Input::PutOff { is_any });
            }
            Effect::WatchForFix => {
                let reporter = &mut self.reporter;
                let written = self.files.watch_for_fix(&self.builds, reporter);
                let builds = &self.builds;
                return self.files.noticed(written, &self.core, builds, reporter);
            }
            Effect::TellWritten { count, files } => self.tell_written_by_builds(count, &files),
            Effect::ClearDiagnostics => self.reporter.screen.fixed(),

            Effect::MakeCookie { number } => {
                let is_made = self.rendezvous.make_cookie(number).is_ok();
                self.files.watcher.poll_now();
                return (!is_made).then_some(Input::CookieSeen { number });
            }
            Effect::Answer { question, answer } => self.answer(question, answer),
            Effect::Tell(event) => self.tell(&event),
        }
        None
    }

    /// Whether the layouts of types can be compared.
    fn has_layouts(&self) -> bool {
        let build = self.builds.host();
        build.is_some_and(|build| build.group.opaque().is_none()) && self.generations.have_layouts()
    }

    fn tell(&mut self, event: &Event) {
        match event {
            // The build may lack a file that the error names.
            Event::CompileError { rendered, .. } => self.builds.failed(rendered),
            Event::Refused {
                reason: Reason::Message { message },
                restart: false,
                ..
            } => self.builds.failed(message),
            _ => {}
        }
        self.reporter.report(event);
    }
}
