//! Events as text, in cargo's style: a right-aligned status word, then the message.
//!
//! A status line is shortened to the terminal's width if possible: it names fewer crates, and
//! leaves out the shortest phases of a reload. Reasons are never shortened.

mod checked;
mod fit;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::iter;

use console::{Style, measure_text_width};

use super::{BuildTarget, Carried, Comparison, Event, NextHost, Outcome, text};
use crate::decide::Reason;
pub(super) use fit::names;
use fit::reloaded;

/// The width of the status word and the space after it.
const INDENT: usize = 13;

/// What to know about new code that is not called.
const NOT_CALLED: &str = "closures, function pointers and trait objects from earlier calls keep \
                          the old code; if the program does not call it again, run \
                          `cargo hotmod restart`";

/// The importance of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// A step that led to an outcome: shown with `-v`.
    Detail,
    Outcome,
    /// A note or a warning: shown even by a session with `-q`.
    Note,
    /// An error: shown even with `-q`.
    Wrong,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Tone {
    Good,
    Notable,
    Bad,
}

/// Lines that are written at once.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    pub(super) level: Level,
    content: Content<'a>,
}

#[derive(Debug)]
enum Content<'a> {
    Status {
        tone: Tone,
        word: &'a str,
        text: Cow<'a, str>,
    },
    Labelled {
        tone: Tone,
        label: &'a str,
        message: Cow<'a, str>,
        help: Option<&'a str>,
    },
    /// A compiler's diagnostics, with colours.
    Rendered(Cow<'a, str>),
}

impl<'a> Lines<'a> {
    pub(super) fn status(tone: Tone, word: &'a str, text: impl Into<Cow<'a, str>>) -> Self {
        let level = match tone {
            Tone::Bad => Level::Wrong,
            Tone::Good | Tone::Notable => Level::Outcome,
        };
        let text = text.into();
        Lines {
            level,
            content: Content::Status { tone, word, text },
        }
    }

    fn detail(word: &'a str, text: impl Into<Cow<'a, str>>) -> Self {
        Lines {
            level: Level::Detail,
            ..Self::status(Tone::Good, word, text)
        }
    }

    pub(super) fn labelled(tone: Tone, label: &'a str, message: impl Into<Cow<'a, str>>) -> Self {
        let lines = Self::status(tone, "", "");
        Lines {
            level: match tone {
                Tone::Notable => Level::Note,
                Tone::Good | Tone::Bad => lines.level,
            },
            content: Content::Labelled {
                tone,
                label,
                message: message.into(),
                help: None,
            },
        }
    }

    pub(super) fn error(message: &'a str, help: Option<&'a str>) -> Self {
        let (tone, label) = (Tone::Bad, "error");
        Lines {
            level: Level::Wrong,
            content: Content::Labelled {
                tone,
                label,
                message: message.into(),
                help,
            },
        }
    }

    /// The lines of a verdict or an outcome, and what the user can do about its reason.
    fn with_help(self, reason: &Reason) -> Vec<Self> {
        let help = text::help(reason).map(|help| Self::labelled(Tone::Good, "help", help));
        iter::once(self).chain(help).collect()
    }

    pub(super) fn rendered(text: &'a str) -> Self {
        Lines {
            level: Level::Wrong,
            content: Content::Rendered(text.into()),
        }
    }

    /// The lines of an event, for a terminal of this width, if it is a terminal.
    pub(super) fn of_event(event: &'a Event, width: Option<usize>) -> Vec<Self> {
        vec![match event {
            Event::SessionStarted {
                host,
                reloadable,
                listen,
            } => {
                let begin = format!("`{host}` · reloadable: ");
                let end = match &**listen {
                    [] => String::new(),
                    listen => format!(" · listening on {}", listen.join(", ")),
                };
                let others = INDENT + measure_text_width(&begin) + measure_text_width(&end);
                let room = width.map(|it| it.saturating_sub(others));
                let text = begin + &names(reloadable, room) + &end;
                Self::status(Tone::Good, "Session", text)
            }
            Event::HostBuilt => Self::detail("Built", "the host"),
            Event::HostStarted { pid } => {
                Self::status(Tone::Good, "Started", format!("gen 0 · pid {pid}"))
            }
            Event::HostJoined { pid, stopped } => {
                let mut text = format!("gen 0 · pid {pid} · started by another process");
                if let Some(stopped) = stopped {
                    let _ = write!(text, ", replaces pid {stopped}");
                }
                Self::status(Tone::Good, "Joined", text)
            }
            Event::WaitingForHost { program, reason } => {
                let program = program.display();
                let text = match reason {
                    Some(reason) => format!("{reason}; start `{program}` again"),
                    None => format!(
                        "for another process to start `{program}` with the environment \
                                     from `cargo hotmod env`"
                    ),
                };
                Self::status(Tone::Notable, "Waiting", text)
            }
            Event::Verdict { verdict, reason } => match verdict {
                Outcome::Nothing => Self::status(Tone::Good, "Unchanged", reason.to_string()),
                Outcome::Reload => Self::detail("Reloading", reason.to_string()),
                Outcome::Restart => {
                    let restarting = Self::status(Tone::Notable, "Restarting", reason.to_string());
                    return restarting.with_help(reason);
                }
            },
            Event::CompileError { rendered, .. } => Self::rendered(rendered),
            Event::Live {
                generation,
                crates,
                ms,
                kept_generations,
                kept_bytes,
                restart_due,
                ..
            } => {
                let megabytes = *kept_bytes as f64 / 1e6;
                let kept = format!("{kept_generations} older generations · {megabytes:.1} MB");
                let reloaded = reloaded(*generation, crates, ms, width);
                let mut lines = vec![Self::status(Tone::Good, "Reloaded", reloaded)];
                let due = restart_due.iter();
                lines.extend(due.map(|it| Self::status(Tone::Notable, "Restart due", it)));
                lines.push(Self::detail("Kept", kept));
                return lines;
            }
            Event::NotCalled {
                generation,
                entry_points,
                is_usual,
            } => {
                let begin = format!("gen {generation} · live, not called yet: ");
                let room = width.map(|it| it.saturating_sub(INDENT + measure_text_width(&begin)));
                let text = begin + &names(entry_points, room);
                if *is_usual {
                    return vec![Self::detail("Waiting", text)];
                }
                return vec![
                    Self::status(Tone::Notable, "Waiting", text),
                    Self::labelled(Tone::Good, "help", NOT_CALLED),
                ];
            }
            Event::Called {
                generation,
                entry_points,
                is_usual,
            } => {
                let begin = format!("gen {generation} · ");
                let room = width.map(|it| it.saturating_sub(INDENT + measure_text_width(&begin)));
                let text = begin + &names(entry_points, room);
                match is_usual {
                    true => Self::detail("Called", text),
                    false => Self::status(Tone::Good, "Called", text),
                }
            }
            Event::Refused {
                generation,
                reason,
                restart,
            } => {
                let next = match restart {
                    true => "",
                    false => "; the old code keeps running until the next edit",
                };
                let text = format!("gen {generation} · {reason}{next}");
                return Self::status(Tone::Bad, "Refused", text).with_help(reason);
            }
            Event::Restarted {
                reason,
                pid,
                carried,
            } => {
                let text = format!("gen 0 · pid {pid} · {reason}{}", fate(carried));
                Self::status(Tone::Notable, "Restarted", text)
            }
            Event::HostExited {
                code,
                signal,
                generation,
                next,
            } => {
                let how = how_it_ended(*code, *signal);
                let next = match next {
                    NextHost::WithNextEdit => "; the next edit starts it again",
                    NextHost::Started => "; the new process takes over",
                    NextHost::Elsewhere => "",
                };
                let text = format!("the host {how} in gen {generation}{next}");
                Self::status(Tone::Bad, "Ended", text)
            }
            Event::Note(note) => Self::labelled(Tone::Notable, "note", note.to_string()),
            Event::Error { message, help } => Self::error(message, help.as_deref()),
            Event::Building { what } => {
                let what = match what {
                    BuildTarget::Host => "host",
                    BuildTarget::Group => "group",
                };
                Self::detail("Building", format!("the {what}"))
            }
            Event::Edit { paths } => {
                let paths: Vec<_> = paths.iter().map(|it| it.display().to_string()).collect();
                Self::detail("Edited", paths.join(", "))
            }
            Event::RolledBack {
                generation,
                earlier,
                ..
            } => {
                let text = format!(
                    "gen {generation} · the code of gen {earlier} again, until the next save"
                );
                Self::status(Tone::Notable, "Rolled back", text)
            }
            Event::Retired { generation } => Self::detail("Retired", format!("gen {generation}")),
            Event::HostCompared { outcome, .. } => {
                let text = match outcome {
                    Comparison::Same => "a clean build has the code that runs",
                    Comparison::Different => "a clean build has other code than what runs",
                    Comparison::Failed => "a clean build fails",
                    Comparison::Skipped => "nothing: a clean build was not needed",
                };
                Self::detail("Compared", text)
            }
            Event::Checked { checked, ms } => return checked::checked(checked, *ms),
            Event::DeltaCompared {
                crates, outcome, ..
            } => {
                let is = match outcome {
                    Comparison::Same => "is that of",
                    _ => "differs from",
                };
                let crates = crates.join(", ");
                let text = format!("the code of {crates} {is} the full compilation");
                Self::detail("Compared", text)
            }
            Event::SessionEnded => Self::detail("Session", "ended"),
        }]
    }

    /// The text to write, including the last newline.
    pub(super) fn paint(&self, colours: bool) -> String {
        match &self.content {
            Content::Status { tone, word, text } => {
                format!("{} {text}\n", tone.paint(&format!("{word:>12}"), colours))
            }
            Content::Labelled {
                tone,
                label,
                message,
                help,
            } => {
                let mut text = format!("{}: {message}\n", tone.paint(label, colours));
                if let Some(help) = help {
                    // Lines to copy into a file are shown below the help, without a label.
                    let help = help.replace('\n', "\n      ");
                    let _ = writeln!(text, "{}: {help}", Tone::Good.paint("help", colours));
                }
                text
            }
            Content::Rendered(rendered) => {
                let text = match colours {
                    true => Cow::Borrowed(&**rendered),
                    false => console::strip_ansi_codes(rendered),
                };
                let end = if text.ends_with('\n') { "" } else { "\n" };
                format!("{text}{end}")
            }
        }
    }
}

impl Tone {
    pub(super) fn paint(self, text: &str, colours: bool) -> String {
        let style = match self {
            Tone::Good => Style::new().green(),
            Tone::Notable => Style::new().yellow(),
            Tone::Bad => Style::new().red(),
        };
        let styled = style.bold().force_styling(colours).apply_to(text);
        styled.to_string()
    }
}

/// What became of the state of the previous process.
fn fate(carried: &Carried) -> String {
    let mut text = String::new();
    let mut add = |label: &str, names: &[String]| {
        if !names.is_empty() {
            let _ = write!(text, " · {label}: {}", names.join(", "));
        }
    };
    let label = match carried.lost_seconds {
        Some(seconds) => &format!("carried, as saved {seconds} s before the program ended"),
        None => "carried",
    };
    add(label, &carried.carried);
    add("dropped", &carried.dropped);
    let reset = carried.reset.iter();
    let reset: Vec<String> = reset
        .map(|it| format!("{} ({})", it.name, it.reason))
        .collect();
    add("reset", &reset);
    add("not read yet", &carried.not_read);
    match text.is_empty() {
        true => "; state in the process was lost".to_owned(),
        false => text,
    }
}

/// How a process ended, to follow its name.
pub(crate) fn how_it_ended(code: Option<i32>, signal: Option<i32>) -> String {
    match (code, signal) {
        (Some(code), _) => format!("exited with code {code}"),
        (None, Some(signal)) => format!("was killed by {}", signal_name(signal)),
        (None, None) => "ended".to_owned(),
    }
}

fn signal_name(signal: i32) -> String {
    signal_hook::low_level::signal_name(signal)
        .map_or_else(|| format!("signal {signal}"), str::to_owned)
}

#[cfg(test)]
mod tests;
