//! Messages to the host about the saved code: each change of its outcome, and answers to questions.

use std::sync::mpsc::Sender;

use hotmod_protocol::{MAX_FRAME, Message, Outcome};

use crate::control::{self, Answer};
use crate::host::Connection;
use crate::stale::Watcher;

use super::{Core, Incoming};

/// The longest text in an outcome. Besides the text, a frame has only a few bytes.
const LONGEST: usize = MAX_FRAME as usize - 1024;

/// The connection to a host that has joined, and the last messages on it.
#[derive(Debug)]
pub(super) struct Conversation {
    pub(super) connection: Connection,
    conclusion: Option<(u64, Option<u32>)>,
    told: LastOutcome,
    /// The last question that has an answer, until the host is told.
    question: Option<u64>,
    /// Whether the socket is full, and a thread waits until the host reads from it.
    awaits_room: bool,
}

/// The last outcome that a host was told, and the generation that was live.
#[derive(Debug, Default)]
struct LastOutcome(Option<(Option<u32>, Outcome)>);

impl LastOutcome {
    /// Whether the host has to be told this outcome. If new code goes live while an edit stays refused,
    /// it is told the refusal again.
    fn is_news(&mut self, generation: Option<u32>, outcome: &Outcome) -> bool {
        let news = Some((generation, outcome.clone()));
        let is_news = self.0 != news;
        self.0 = news;
        is_news
    }
}

impl Conversation {
    pub(super) fn new(connection: Connection) -> Self {
        Conversation {
            connection,
            conclusion: None,
            told: LastOutcome::default(),
            question: None,
            awaits_room: false,
        }
    }

    /// A question has an answer. That also answers all earlier ones.
    pub(super) fn answer(&mut self, question: u64) {
        self.question = self.question.max(Some(question));
    }

    /// Tells the host the outcome if it has changed, and answers its questions. If the socket is full,
    /// this happens when the host has read from it.
    pub(super) fn tell(&mut self, core: &Core, watcher: &mut Watcher, signals: &Sender<Incoming>) {
        if !core.is_welcome() || self.awaits_room {
            return;
        }
        let conclusion = Some(core.conclusion());
        let is_told = self.conclusion == conclusion;
        if is_told && self.question.is_none() {
            return;
        }
        if !self.connection.has_room() {
            // Without a thread, the next step tries again.
            self.awaits_room = self.connection.await_room(signals.clone()).is_ok();
            return;
        }
        if !is_told {
            self.conclusion = conclusion;
            let answer = core.answer();
            let generation = answer.generation;
            if let Some(outcome) = outcome_of(answer)
                && self.told.is_news(generation, &outcome)
            {
                self.connection.send(&Message::Outcome(outcome));
            }
        }
        if let Some(question) = self.question.take() {
            watcher.before_answer();
            self.connection.send(&Message::Settled { question });
        }
    }

    /// The host has read from its socket.
    pub(super) fn has_room(&mut self) {
        self.awaits_room = false;
    }

    /// Sends a message to a host that is about to be stopped or left alone. If its socket is full, it does
    /// not read, and nothing may wait for it.
    pub(super) fn tell_at_end(&mut self, message: &Message) {
        if self.connection.has_room() {
            self.connection.send(message);
        }
    }
}

/// An answer as a message of the protocol. There is none for a host that does not run.
fn outcome_of(answer: Answer) -> Option<Outcome> {
    let reasons = || match answer.reasons.is_empty() {
        true => answer.reason.clone().into_iter().collect(),
        false => answer.reasons.clone(),
    };
    Some(match answer.outcome {
        control::Outcome::Live => Outcome::Live {
            generation: answer.generation?,
        },
        control::Outcome::Failed if answer.rendered.is_empty() => Outcome::Failed {
            diagnostics: cut(&format!("error: {}\n", answer.reason?)),
        },
        control::Outcome::Failed => Outcome::Failed {
            diagnostics: cut(&answer.rendered),
        },
        control::Outcome::Refused | control::Outcome::Paused | control::Outcome::RolledBack => {
            let reasons = first_of(reasons());
            Outcome::Refused { reasons }
        }
        control::Outcome::Ended => return None,
    })
}

/// The first reasons, as many as fit into a message.
fn first_of(mut reasons: Vec<String>) -> Vec<String> {
    let total = reasons.len();
    let mut length = 0;
    let fitting = reasons.iter().take_while(|it| {
        // The length of a text is in the message, too.
        length += it.len() + size_of::<u64>();
        length < LONGEST
    });
    let fitting = fitting.count();
    reasons.truncate(fitting);
    if fitting < total {
        reasons.push(format!("and {} more", total - fitting));
    }
    reasons
}

/// A text that fits into a message. It is cut after a whole diagnostic, of which the next begins
/// after an empty line.
fn cut(text: &str) -> String {
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    let start = &text[..text.floor_char_boundary(LONGEST)];
    let end = start
        .rfind("\n\n")
        .map(|it| it + 2)
        .or_else(|| start.rfind('\n').map(|it| it + 1));
    let start = &start[..end.unwrap_or(start.len())];
    format!("{start}more output is in the terminal of `cargo hotmod run`\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_told_an_outcome_again_when_new_code_is_live() {
        let live = |generation| Outcome::Live { generation };
        let refused = |reason: &str| Outcome::Refused {
            reasons: vec![reason.to_owned()],
        };
        let mut told = LastOutcome::default();
        for (generation, outcome, expected) in [
            (0, live(0), true),
            (0, live(0), false),
            (0, refused("a"), true),
            (0, refused("a"), false),
            // Another edit was reloaded, and this one is still refused.
            (1, refused("a"), true),
            (1, refused("b"), true),
            (1, live(1), true),
        ] {
            let is_news = told.is_news(Some(generation), &outcome);
            assert_eq!(is_news, expected, "{generation} {outcome:?}");
        }
    }

    #[test]
    fn only_reasons_that_fit_are_told() {
        let reasons = |count: usize| vec!["x".repeat(1000); count];
        assert_eq!(first_of(reasons(3)), reasons(3));
        let told = first_of(reasons(100));
        assert_eq!(told.last().unwrap(), "and 37 more");
        let message = Message::Outcome(Outcome::Refused { reasons: told });
        let mut frame = Vec::new();
        hotmod_protocol::write_message(&mut frame, &message).unwrap();
        assert!(frame.len() < MAX_FRAME as usize);
    }

    #[test]
    fn long_output_is_cut_after_a_whole_diagnostic() {
        let one = |words: &str| format!("error: {words}\n --> a.rs:1:1\n\n");
        let short = one("x").repeat(3);
        assert_eq!(cut(&short), short);
        let long = one("x").repeat(LONGEST / 20);
        let found = cut(&long);
        let (kept, note) = found.trim_end().rsplit_once('\n').unwrap();
        assert_eq!(note, "more output is in the terminal of `cargo hotmod run`");
        assert!(long.starts_with(kept) && kept.ends_with("a.rs:1:1\n"));
        assert!(found.len() < MAX_FRAME as usize);
        // One diagnostic alone is too long.
        let lines = "line\n".repeat(LONGEST);
        assert!(cut(&lines).starts_with("line\n") && cut(&lines).len() < MAX_FRAME as usize);
        let line = "é".repeat(LONGEST);
        assert!(cut(&line).starts_with('é') && cut(&line).len() < MAX_FRAME as usize);
    }
}
