//! The listing as text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::report::Status;

use super::{Host, Listing, Session};

impl Listing {
    /// `now_ms` has the same epoch as the status. With `verbose`, each package has a line with its
    /// reason; otherwise each package is shown once, and those with the same reason share a line.
    pub(crate) fn text(&self, now_ms: u64, verbose: bool) -> String {
        let mut text = String::new();
        let Host {
            name,
            kind,
            package,
        } = &self.host;
        let _ = writeln!(text, "host: `{name}`, {kind} of `{package}`");
        let session = match &self.session {
            None => "none".to_owned(),
            Some(Session::Unknown {}) => "running, without a status file".to_owned(),
            Some(Session::Known(status)) => of_session(status),
        };
        let _ = writeln!(text, "session: {session}");
        if let Some(Session::Known(status)) = &self.session {
            let verdicts = status.verdicts.iter().rev().map(|it| {
                let ago = ago(now_ms.saturating_sub(it.at_ms));
                (ago, format!("{:7}  {}", it.verdict, it.reason))
            });
            section(&mut text, "last verdicts", verdicts);
            if !status.notes.is_empty() {
                section(&mut text, "notes", bare(&status.notes));
            }
        }
        let reloadable = self.reloadable.iter().map(|it| {
            let why = it.between.as_ref();
            let why = why.map(|(base, top)| format!("joined: between `{base}` and `{top}`"));
            (
                it.package.clone(),
                why.unwrap_or_else(|| "marked".to_owned()),
            )
        });
        section(&mut text, "reloadable", reloadable);
        if verbose {
            section(&mut text, "shared with the host", bare(&self.shared));
            let others = self.not_reloadable.iter();
            let others = others.map(|it| (it.package.clone(), it.reason.clone()));
            section(&mut text, "not reloadable", others);
        } else {
            let shared = Some(self.shared.join(", ")).filter(|it| !it.is_empty());
            section(&mut text, "shared with the host", bare(&shared));
            section(&mut text, "not reloadable", self.others().into_iter());
        }
        let Some(entry_points) = &self.built.entry_points else {
            text.push_str(
                "\nunknown before the first build: entry points, direct uses by the host, state\n\
                 `cargo hotmod run` builds the program\n",
            );
            return text;
        };
        section(&mut text, "entry points", bare(entry_points));
        let redirected = self.built.redirected.iter().flatten();
        let heading = "called by the host without a mark (reloaded, too)";
        section(&mut text, heading, bare(redirected));
        let uses = self.built.direct_uses.iter().flatten().map(|it| {
            let way = it.by_way_of.as_ref();
            let way = way.map_or_else(String::new, |way| format!(" through `{way}`"));
            let program = if it.is_program { "the program " } else { "" };
            (it.item.clone(), format!("by {program}`{}`{way}", it.user))
        });
        let heading = "used by the host without an entry point (an edit restarts the host)";
        section(&mut text, heading, uses);
        let state = self.built.state.iter().flatten();
        section(&mut text, "reset by every reload", bare(state));
        let caches = self.built.caches.iter().flatten();
        section(&mut text, "filled again after every reload", bare(caches));
        let run = self.built.runs_when_loaded.iter().flatten();
        section(&mut text, "runs again on every reload", bare(run));
        text
    }

    /// The packages that are neither the host nor shared, by reason.
    fn others(&self) -> Vec<(String, String)> {
        let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for it in &self.not_reloadable {
            if it.package != self.host.package && !self.shared.contains(&it.package) {
                by_reason.entry(&it.reason).or_default().push(&it.package);
            }
        }
        let others = by_reason.into_iter();
        others
            .map(|(reason, packages)| (format!("{reason}:"), packages.join(", ")))
            .collect()
    }
}

/// The line of a session, and a line for its retired generations.
fn of_session(status: &Status) -> String {
    let mut parts = match (status.pid, status.generation, &status.build_id) {
        (Some(pid), Some(generation), Some(build)) => vec![
            "running".to_owned(),
            match status.rolled_back_to {
                Some(earlier) => format!("gen {generation}, the code of gen {earlier} again"),
                None => format!("gen {generation}"),
            },
            format!("build {build}"),
            format!("pid {pid}"),
        ],
        _ => vec!["no host is running".to_owned()],
    };
    if status.building {
        parts.push("building".to_owned());
    } else if status.last_build_failed {
        parts.push("the last build failed".to_owned());
    }
    if status.paused {
        parts.push("paused".to_owned());
    }
    let mut text = parts.join(" · ");
    for reason in &status.restart_due {
        let _ = write!(text, "\n  restart due: {reason}");
    }
    if !status.not_called.is_empty() {
        let _ = write!(text, "\n  not called yet: {}", status.not_called.join(", "));
    }
    if let Some(check) = &status.check {
        let _ = write!(text, "\n  check: {}", check.words());
        for line in &check.diagnostics {
            let _ = write!(text, "\n    {line}");
        }
    }
    if !status.retired.is_empty() {
        let numbers = status.retired.iter().map(ToString::to_string);
        let numbers = numbers.collect::<Vec<_>>().join(", ");
        let (count, megabytes) = (status.kept_generations, status.kept_bytes as f64 / 1e6);
        let _ = write!(
            text,
            "\n  retired: gen {numbers} · {count} kept besides the baseline, in {megabytes:.1} MB"
        );
    }
    text
}

/// How long ago something happened, roughly.
fn ago(ms: u64) -> String {
    match ms / 1000 {
        seconds @ 0..120 => format!("{seconds} s ago"),
        seconds @ 120..7200 => format!("{} min ago", seconds / 60),
        seconds => format!("{} h ago", seconds / 3600),
    }
}

fn bare<'a>(names: impl IntoIterator<Item = &'a String>) -> impl Iterator<Item = (String, String)> {
    names.into_iter().map(|it| (it.clone(), String::new()))
}

/// A heading, and below it a line for each item with its comment.
fn section(text: &mut String, heading: &str, items: impl Iterator<Item = (String, String)>) {
    let items: Vec<_> = items.collect();
    let _ = writeln!(text, "\n{heading}:");
    let width = items.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, comment) in &items {
        let line = format!("  {name:width$}  {comment}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if items.is_empty() {
        text.push_str("  none\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Check, CheckState};

    #[test]
    fn a_session_is_described_in_one_line() {
        let of_build = |id: &str, generation| Status {
            pid: Some(7),
            generation: Some(generation),
            build_id: Some(id.to_owned()),
            ..Status::default()
        };
        for (status, expected) in [
            (Status::default(), "no host is running"),
            (
                Status {
                    building: true,
                    last_build_failed: true,
                    ..Status::default()
                },
                "no host is running · building",
            ),
            (
                Status {
                    last_build_failed: true,
                    ..of_build("00", 0)
                },
                "running · gen 0 · build 00 · pid 7 · the last build failed",
            ),
            (
                Status {
                    paused: true,
                    ..of_build("00", 0)
                },
                "running · gen 0 · build 00 · pid 7 · paused",
            ),
            (
                Status {
                    restart_due: vec!["`a.rs` changed".to_owned(), "`B` changed".to_owned()],
                    ..of_build("ab", 1)
                },
                "running · gen 1 · build ab · pid 7\n  restart due: `a.rs` changed\n  \
                 restart due: `B` changed",
            ),
            (
                Status {
                    not_called: vec!["game::Plugin::build".to_owned(), "game::draw".to_owned()],
                    ..of_build("ab", 1)
                },
                "running · gen 1 · build ab · pid 7\n  not called yet: game::Plugin::build, \
                 game::draw",
            ),
            (
                Status {
                    check: Some(Check {
                        state: CheckState::Failed,
                        errors: 1,
                        warnings: 2,
                        diagnostics: vec!["a.rs:1:1: error: no".to_owned()],
                    }),
                    ..of_build("ab", 1)
                },
                "running · gen 1 · build ab · pid 7\n  check: 1 error, 2 warnings\n    \
                 a.rs:1:1: error: no",
            ),
            (
                Status {
                    retired: [0, 1].into(),
                    kept_generations: 1,
                    kept_bytes: 1_250_000,
                    ..of_build("ab", 2)
                },
                "running · gen 2 · build ab · pid 7\n  retired: gen 0, 1 · 1 kept besides the \
                 baseline, \
                 in 1.2 MB",
            ),
        ] {
            assert_eq!(of_session(&status), expected);
        }
    }

    #[test]
    fn times_are_rounded() {
        for (ms, expected) in [
            (999, "0 s ago"),
            (119_999, "119 s ago"),
            (120_000, "2 min ago"),
            (7_200_000, "2 h ago"),
        ] {
            assert_eq!(ago(ms), expected);
        }
    }
}
