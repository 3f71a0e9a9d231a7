//! `cargo hotmod list`: what a session of a program is about, as far as it is known without one.
//!
//! It builds nothing. What only a build can tell is what the last one of a session told.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::{self, File, TryLockError};
use std::io::Write as _;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::build::Workshop;
use crate::check::symbols::HostSymbols;
use crate::discover::{self, HostKind, Membership, Plan, RUNTIME, Selection};
use crate::error::Error;

/// The answer; its JSON is documented in the README, and kept stable.
#[derive(Debug, Serialize)]
struct Listing {
    host: Host,
    reloadable: Vec<Reloadable>,
    /// Unmarked packages that host and group share.
    shared: Vec<String>,
    #[serde(flatten)]
    built: Built,
    session: Option<Session>,
}

#[derive(Debug, Serialize)]
struct Host {
    name: String,
    kind: &'static str,
    package: String,
}

#[derive(Debug, Serialize)]
struct Reloadable {
    package: String,
    /// The packages that it stands between, if it is not marked itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    between: Option<(String, String)>,
}

/// What a build tells; nothing if there was none.
#[derive(Debug, Default, Serialize)]
struct Built {
    entry_points: Option<BTreeSet<String>>,
    direct_uses: Option<Vec<DirectUse>>,
    state: Option<BTreeSet<String>>,
    runs_when_loaded: Option<BTreeSet<String>>,
}

#[derive(Debug, Serialize)]
struct DirectUse {
    item: String,
    user: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_way_of: Option<String>,
}

/// What a session that runs says of itself, once its host runs.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Session {
    #[serde(skip_serializing_if = "Option::is_none")]
    pid: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    generation: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_generations: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_bytes: Option<u64>,
}

/// Prints what there is to know of the selected program.
pub(crate) fn run(selection: &Selection, as_json: bool) -> Result<u8, Error> {
    let listing = Listing::of(discover::discover(selection)?);
    let text = match as_json {
        true => serde_json::to_string_pretty(&listing).map_err(std::io::Error::from)? + "\n",
        false => listing.text(),
    };
    // Nobody is there to be told that stdout is closed.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(0)
}

impl Listing {
    fn of(plan: Plan) -> Self {
        let workshop = Workshop::of(&plan);
        let symbols: Option<HostSymbols> = read(&workshop.symbols());
        let reloadable = plan.group.into_iter().map(|member| Reloadable {
            package: member.package,
            between: match member.membership {
                Membership::Marked => None,
                Membership::Sandwiched { between } => Some(between),
            },
        });
        // In a checkout the runtime is a folder of the user's.
        let shared = plan.shared.into_iter().map(|it| it.name);
        let shared = shared.filter(|it| !RUNTIME.contains(&&**it));
        Listing {
            host: Host {
                name: plan.host.target,
                kind: match plan.host.kind {
                    HostKind::Bin => "binary",
                    HostKind::Example => "example",
                },
                package: plan.host.package,
            },
            reloadable: reloadable.collect(),
            shared: shared.collect(),
            built: symbols.map(Built::of).unwrap_or_default(),
            session: is_locked(&workshop.lock())
                .then(|| read(&workshop.status()).unwrap_or_default()),
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let Host {
            name,
            kind,
            package,
        } = &self.host;
        let _ = writeln!(text, "host: `{name}`, {kind} of `{package}`");
        let _ = writeln!(
            text,
            "session: {}",
            self.session
                .as_ref()
                .map_or_else(|| "none".to_owned(), Session::text)
        );
        let reloadable = self.reloadable.iter().map(|it| {
            let why = it.between.as_ref();
            let why = why.map(|(base, top)| format!("joined: between `{base}` and `{top}`"));
            (
                it.package.clone(),
                why.unwrap_or_else(|| "marked".to_owned()),
            )
        });
        section(&mut text, "reloadable", reloadable);
        section(&mut text, "shared with the host", bare(&self.shared));
        let Some(entry_points) = &self.built.entry_points else {
            text.push_str(
                "\nnot known before the first build: entry points, what the host uses without one, state\n\
                 `cargo hotmod run` builds the program\n",
            );
            return text;
        };
        section(&mut text, "entry points", bare(entry_points));
        let uses = self.built.direct_uses.iter().flatten().map(|it| {
            let way = it.by_way_of.as_ref();
            let way = way.map_or_else(String::new, |way| format!(" by way of `{way}`"));
            (it.item.clone(), format!("by `{}`{way}", it.user))
        });
        let heading = "used without an entry point, so that an edit restarts the host";
        section(&mut text, heading, uses);
        let state = self.built.state.iter().flatten();
        section(&mut text, "starts anew with each generation", bare(state));
        let run = self.built.runs_when_loaded.iter().flatten();
        section(&mut text, "runs once more with each generation", bare(run));
        text
    }
}

impl Built {
    fn of(symbols: HostSymbols) -> Self {
        let uses = symbols.shown_uses().map(|(item, its)| DirectUse {
            item,
            user: its.user,
            by_way_of: its.by_way_of,
        });
        Built {
            direct_uses: Some(uses.collect()),
            entry_points: Some(symbols.shown_entry_points()),
            state: Some(symbols.state),
            runs_when_loaded: Some(symbols.initialisers),
        }
    }
}

impl Session {
    fn text(&self) -> String {
        let mut parts = vec!["runs".to_owned()];
        parts.extend(self.generation.map(|it| format!("gen {it}")));
        parts.extend(self.pid.map(|it| format!("pid {it}")));
        let kept = self.kept_generations.zip(self.kept_bytes);
        parts.extend(kept.map(|(count, bytes)| {
            format!("{count} generations kept in {:.1} MB", bytes as f64 / 1e6)
        }));
        parts.join(" · ")
    }
}

fn bare<'a>(names: impl IntoIterator<Item = &'a String>) -> impl Iterator<Item = (String, String)> {
    names.into_iter().map(|it| (it.clone(), String::new()))
}

/// A heading, and below it a line for each item, with what there is to say of it.
fn section(text: &mut String, heading: &str, items: impl Iterator<Item = (String, String)>) {
    let items: Vec<_> = items.collect();
    let _ = writeln!(text, "\n{heading}:");
    let width = items.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, said) in &items {
        let line = format!("  {name:width$}  {said}");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if items.is_empty() {
        text.push_str("  none\n");
    }
}

/// A file that another process may be about to write, or never wrote.
fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Whether a session runs: it holds its lock for as long.
pub(crate) fn is_locked(lock: &Path) -> bool {
    // A shared lock, so that two lists at a time are no session to each other.
    File::open(lock)
        .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_tells_what_it_knows() {
        for (status, expected) in [
            ("{}", "runs"),
            (r#"{"generation":3,"pid":7}"#, "runs · gen 3 · pid 7"),
            (
                r#"{"generation":3,"pid":7,"kept_generations":2,"kept_bytes":1250000,"new":1}"#,
                "runs · gen 3 · pid 7 · 2 generations kept in 1.2 MB",
            ),
        ] {
            let session: Session = serde_json::from_str(status).unwrap();
            assert_eq!(session.text(), expected);
        }
    }
}
