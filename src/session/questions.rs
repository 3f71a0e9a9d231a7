//! Requests of other processes, and the files by which they find the session and what it prints.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::Sender;

use crate::control::{Answer, Asked, Detached, Record, Request};
use crate::discover::HostKind;
use crate::error::Error;

use super::Session;
use super::core::Input;

/// Who waits for the answer to a question.
#[derive(Debug)]
pub(super) enum Asker {
    /// Another process.
    Client(Sender<Answer>),
    /// The host at the other end of this channel, which gave the question a number of its own.
    Host { channel: u64, question: u64 },
}

/// The prefix of the name of a cookie.
const COOKIE: &str = "cookie-";

impl Session {
    /// Lets other processes find the session. The program to start is known once it was built.
    pub(super) fn tell_others(&self, program: Option<PathBuf>) -> io::Result<()> {
        let plan = &self.builder.plan;
        let record = Record {
            pid: std::process::id(),
            workspace_root: plan.workspace_root.clone(),
            folders: plan.package_dirs().cloned().collect(),
            package: plan.host.package.clone(),
            target: plan.host.target.clone(),
            is_example: plan.host.kind == HostKind::Example,
            output: plan.directories().output(),
            generations: self.host_settings.directory.clone(),
            program,
        };
        record.store(self.rendezvous.path())
    }

    /// Prints to a file if the session is detached. No other session's output stays, since `logs` would show it.
    pub(super) fn begin_output(&self, detached: Option<&Detached>) -> Result<(), Error> {
        let output = self.builder.plan.directories().output();
        match detached {
            Some(detached) => detached
                .begin(&output)
                .map_err(Error::file(&output, "written")),
            None => {
                let _ = fs::remove_file(output);
                Ok(())
            }
        }
    }

    pub(super) fn asked(&mut self, asked: Asked) {
        self.ask(asked.request, Asker::Client(asked.answer));
    }

    /// Passes a question on to the core.
    pub(super) fn ask(&mut self, request: Request, asker: Asker) {
        self.questions += 1;
        let question = self.questions;
        self.askers.insert(question, asker);
        self.step(Input::Asked { question, request });
    }

    /// Answers a question.
    pub(super) fn answer(&mut self, question: u64, answer: Answer) {
        match self.askers.remove(&question) {
            // It may be gone.
            Some(Asker::Client(asker)) => drop(asker.send(answer)),
            Some(Asker::Host { channel, question }) => self.answer_host(channel, question),
            None => {}
        }
    }

    /// A file whose event arrives after those of all earlier saves.
    pub(super) fn cookie(&self, number: u64) -> PathBuf {
        self.rendezvous.path().join(format!("{COOKIE}{number}"))
    }

    /// Takes the cookies out of the noticed paths, and returns their numbers.
    pub(super) fn take_cookies(&self, paths: &mut Vec<PathBuf>) -> Vec<u64> {
        let place = self.rendezvous.path();
        let noticed = paths.extract_if(.., |path| path.starts_with(place));
        let mut numbers: Vec<u64> = noticed
            .filter_map(|path| {
                let name = path.file_name()?.to_str()?;
                let number = name.strip_prefix(COOKIE)?.parse().ok()?;
                // If this fails, it is removed with its folder.
                let _ = std::fs::remove_file(&path);
                Some(number)
            })
            .collect();
        numbers.dedup();
        numbers
    }
}
