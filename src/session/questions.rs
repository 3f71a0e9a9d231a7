//! Questions of other processes and of the host, until they are answered.

use std::collections::BTreeMap;
use std::sync::mpsc::Sender;

use crate::control::{Answer, Asked, Request};

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

/// The questions that have no answer yet.
#[derive(Debug, Default)]
pub(super) struct Questions {
    /// How many were asked.
    asked: u64,
    /// Where to send the answers, by the numbers of the questions.
    askers: BTreeMap<u64, Asker>,
}

impl Questions {
    /// Adds a question, and returns its number.
    fn add(&mut self, asker: Asker) -> u64 {
        self.asked += 1;
        self.askers.insert(self.asked, asker);
        self.asked
    }

    /// Forgets the questions of a host that has ended.
    pub(super) fn forget_host(&mut self) {
        self.askers.retain(|_, it| matches!(it, Asker::Client(_)));
    }
}

impl Session {
    pub(super) fn asked(&mut self, asked: Asked) {
        self.ask(asked.request, Asker::Client(asked.answer));
    }

    /// Passes a question on to the core.
    pub(super) fn ask(&mut self, request: Request, asker: Asker) {
        let question = self.questions.add(asker);
        self.step(Input::Asked { question, request });
    }

    /// Answers a question.
    pub(super) fn answer(&mut self, question: u64, answer: Answer) {
        match self.questions.askers.remove(&question) {
            // It may be gone.
            Some(Asker::Client(asker)) => drop(asker.send(answer)),
            Some(Asker::Host { channel, question }) => {
                self.host.answer(channel, question);
                self.tell_outcome();
            }
            None => {}
        }
    }
}
