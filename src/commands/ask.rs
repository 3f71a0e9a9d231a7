//! `cargo hotmod reload`, `restart`, `rollback` and `wait`: asks the running session, and prints its answer.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use serde_json::json;

use crate::error::Error;
use crate::report::Screen;

use crate::control::{Answer, Outcome, Request};
use crate::control::{Chosen, Running};

/// Format of the answer, named as for cargo's `--message-format`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum MessageFormat {
    /// Text, on stderr
    #[default]
    Human,
    /// Cargo's JSON messages, on stdout
    Json,
}

/// A request, the session to ask, and how to print the answer.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) chosen: Chosen,
    pub(crate) request: Request,
    pub(crate) format: MessageFormat,
    /// How long to wait for the answer; by default without a limit.
    pub(crate) timeout: Option<Duration>,
}

/// Asks the session, prints the answer, and returns its exit code.
pub(crate) fn ask(question: &Question, screen: &mut Screen) -> Result<u8, Error> {
    let running = Running::find(&question.chosen)?;
    ask_of(&running, question, screen)
}

/// The same of a session that was found.
pub(super) fn ask_of(
    running: &Running,
    question: &Question,
    screen: &mut Screen,
) -> Result<u8, Error> {
    let answer = converse(running, question)?;
    let is_live = answer.outcome == Outcome::Live;
    if question.request == Request::WaitChecked && is_live && answer.check.is_none() {
        return Err(Error::NoChecks);
    }
    match question.format {
        MessageFormat::Human => show(&answer, question.request, screen),
        MessageFormat::Json => print(&answer)?,
    }
    Ok(match (question.request, answer.outcome) {
        (Request::Rollback, Outcome::RolledBack) => 0,
        _ => answer.exit_code(),
    })
}

fn converse(running: &Running, question: &Question) -> Result<Answer, Error> {
    // If the connection fails, the session has just ended.
    let mut stream = UnixStream::connect(running.socket()).map_err(|_| Error::SessionEnded)?;
    stream.set_read_timeout(question.timeout)?;
    let mut text = serde_json::to_vec(&question.request).map_err(io::Error::from)?;
    text.push(b'\n');
    stream.write_all(&text)?;
    let mut line = String::new();
    match BufReader::new(stream).read_line(&mut line) {
        Ok(0) => Err(Error::SessionEnded),
        Ok(_) => serde_json::from_str(&line).map_err(|_| Error::OtherVersion),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(Error::TimedOut(
            question.timeout.unwrap_or_default().as_secs_f64(),
        )),
        Err(_) => Err(Error::SessionEnded),
    }
}

fn show(answer: &Answer, request: Request, screen: &mut Screen) {
    let where_it_runs = match (answer.generation, answer.pid) {
        (Some(generation), Some(pid)) => format!("gen {generation} · pid {pid}"),
        _ => String::new(),
    };
    if let Some(check) = &answer.check {
        screen.rendered(&answer.rendered);
        if answer.has_failed_check() && answer.rendered.is_empty() {
            // What it printed is all there is.
            screen.rendered(&check.diagnostics.join("\n"));
        }
        if answer.has_failed_check() {
            let help = format!("the saved code is live: {where_it_runs}");
            let message = format!("the check of the workspace found {}", check.words());
            let message = match check.errors {
                0 => "the check of the workspace failed",
                _ => &message,
            };
            return screen.error(message, Some(&help));
        }
        let text = format!("{where_it_runs} · checked: {}", check.words());
        return screen.say("Live", &text);
    }
    if answer.outcome == Outcome::Live {
        return screen.say("Live", &where_it_runs);
    }
    if (request, answer.outcome) == (Request::Rollback, Outcome::RolledBack) {
        return screen.say("Rolled back", &where_it_runs);
    }
    screen.rendered(&answer.rendered);
    let reason = answer
        .reason
        .as_deref()
        .unwrap_or("the code could not be built");
    let where_it_runs = Some(where_it_runs).filter(|it| !it.is_empty());
    let goes_on = where_it_runs.map(|it| format!("the old code keeps running: {it}"));
    let help = answer.help.clone().or(goes_on);
    screen.error(reason, help.as_deref());
}

/// Prints cargo's messages, one with the session's answer, and cargo's closing message.
fn print(answer: &Answer) -> io::Result<()> {
    let of_session = json!({
        "reason": "hotmod",
        "outcome": answer.outcome,
        "generation": answer.generation,
        "pid": answer.pid,
        "message": answer.reason,
        "help": answer.help,
        "reasons": answer.reasons,
        "not_called": answer.not_called,
        "check": answer.check,
    });
    let end = json!({
        "reason": "build-finished",
        "success": answer.exit_code() == 0,
    });
    let mut text = String::new();
    for message in answer.messages.iter().chain([&of_session, &end]) {
        text += &message.to_string();
        text.push('\n');
    }
    let mut stdout = io::stdout();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}
