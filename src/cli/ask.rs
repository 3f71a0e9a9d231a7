//! `cargo hotmod reload`, `restart`, `rollback` and `wait`.

use std::time::Duration;

use clap::Args;

use crate::commands::ask::{MessageFormat, Question, ask};
use crate::control::Request;
use crate::report::{ColorChoice, Screen, Verbosity};

use super::selection::SessionArgs;
use super::{Failure, Outcome};

pub(super) const RELOAD: &str = concat!(
    "Example, as an editor's save hook:\n  cargo hotmod reload --message-format json\n\n",
    codes!()
);
pub(super) const RESTART: &str = concat!(
    "Example, for carried state that has gone bad:\n  cargo hotmod restart --fresh\n\n",
    codes!()
);
pub(super) const ROLLBACK: &str = concat!(
    "Example, after a reload that made the program hang:\n  cargo hotmod rollback\n\n",
    "Exit codes: 0 the earlier code is live, 3 no session is running, 5 it can't go live again, 6 the program is \
     not running, 8 timeout"
);
pub(super) const WAIT: &str = concat!(
    "Example, for a test that needs the new code:\n  \
     cargo hotmod wait --timeout 60 && curl http://127.0.0.1:3000/\n\n",
    codes!(),
    "; after `rollback` 10 the program runs earlier code; with --checked also 9 the saved code is live, but the check of the workspace failed"
);

#[derive(Debug, Args)]
pub(super) struct AskArgs {
    #[command(flatten)]
    session: SessionArgs,
    /// Format of the answer
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    message_format: MessageFormat,
    /// Give up after this time
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = seconds)]
    timeout: Option<Duration>,
    /// Show only errors
    #[arg(short, long)]
    quiet: bool,
    /// When to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: ColorChoice,
}

#[derive(Debug, Args)]
pub(super) struct WaitArgs {
    /// Also wait until the session has checked the workspace, if the saved code is live. The session needs
    /// `run --check`
    #[arg(long)]
    checked: bool,
    #[command(flatten)]
    ask: AskArgs,
}

impl WaitArgs {
    pub(super) fn run(self) -> Outcome {
        self.ask.run(match self.checked {
            true => Request::WaitChecked,
            false => Request::Wait,
        })
    }
}

#[derive(Debug, Args)]
pub(super) struct RestartArgs {
    /// Start without the values that the program carries across restarts
    #[arg(long)]
    fresh: bool,
    #[command(flatten)]
    ask: AskArgs,
}

impl RestartArgs {
    pub(super) fn run(self) -> Outcome {
        self.ask.run(match self.fresh {
            true => Request::RestartFresh,
            false => Request::Restart,
        })
    }
}

impl AskArgs {
    pub(super) fn run(self, request: Request) -> Outcome {
        let verbosity = match self.quiet {
            true => Verbosity::Quiet,
            false => Verbosity::Normal,
        };
        let question = Question {
            chosen: self.session.into(),
            request,
            format: self.message_format,
            timeout: self.timeout,
        };
        let mut screen = Screen::new(self.color, verbosity);
        Outcome {
            color: self.color,
            verbosity,
            result: ask(&question, &mut screen).map_err(Failure::from),
        }
    }
}

/// A timeout: more than zero.
fn seconds(typed: &str) -> Result<Duration, String> {
    let seconds: f64 = typed.parse().map_err(|_| "not a number".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if !time.is_zero() => Ok(time),
        _ => Err("must be a positive number of seconds".to_owned()),
    }
}
