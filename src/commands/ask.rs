//! `cargo hotmod reload`, `restart` and `wait`: asks the running session, and says what it answers.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use serde_json::json;

use crate::error::Error;
use crate::report::Screen;

use crate::control::{Answer, Outcome, Request};
use crate::control::{Chosen, Running};

/// How the answer is printed; the words are those of cargo's `--message-format`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum MessageFormat {
    /// For people, on stderr
    #[default]
    Human,
    /// Cargo's JSON messages, on stdout
    Json,
}

/// What is asked of whom, and how.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) chosen: Chosen,
    pub(crate) request: Request,
    pub(crate) format: MessageFormat,
    /// How long to wait for an answer, if not for ever.
    pub(crate) timeout: Option<Duration>,
}

/// Asks, prints the answer, and returns the exit code that says the same.
pub(crate) fn ask(question: &Question, screen: &mut Screen) -> Result<u8, Error> {
    let running = Running::find(&question.chosen)?;
    let answer = converse(&running, question)?;
    match question.format {
        MessageFormat::Human => show(&answer, screen),
        MessageFormat::Json => print(&answer)?,
    }
    Ok(answer.outcome.exit_code())
}

fn converse(running: &Running, question: &Question) -> Result<Answer, Error> {
    // It may be about to end.
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

fn show(answer: &Answer, screen: &mut Screen) {
    let where_it_runs = match (answer.generation, answer.pid) {
        (Some(generation), Some(pid)) => format!("gen {generation} · pid {pid}"),
        _ => String::new(),
    };
    if answer.outcome == Outcome::Live {
        return screen.say("Live", &where_it_runs);
    }
    screen.rendered(&answer.rendered);
    let reason = answer.reason.as_deref().unwrap_or("it could not be built");
    screen.error(
        reason,
        (!where_it_runs.is_empty())
            .then(|| format!("the old code goes on: {where_it_runs}"))
            .as_deref(),
    );
}

/// Cargo's messages, one with what the session says, and the one that cargo ends with.
fn print(answer: &Answer) -> io::Result<()> {
    let of_session = json!({
        "reason": "hotmod",
        "outcome": answer.outcome,
        "generation": answer.generation,
        "pid": answer.pid,
        "message": answer.reason,
    });
    let end = json!({
        "reason": "build-finished",
        "success": answer.outcome == Outcome::Live,
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
