//! `cargo hotmod list`: what a session of a program reloads, shares and restarts for.
//!
//! It builds nothing. Facts that need a build come from the last build of a session. [`text`]
//! renders the listing, and [`watch`] prints it again when it changes.

mod text;
mod watch;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::base::locked_dir as scratch;
use crate::compat::symbols::{HostSymbols, shown};
use crate::discover::{self, HostKind, Membership, Outsider, Plan, RUNTIME, Selection};
use crate::error::Error;
use crate::report::{Status, now_ms};

/// The result. The reference documents its JSON, which is kept stable.
#[derive(Debug, Serialize)]
struct Listing {
    host: Host,
    reloadable: Vec<Reloadable>,
    /// Unmarked packages that the host and the group share.
    shared: Vec<String>,
    /// All other members, with the reason.
    not_reloadable: Vec<Outsider>,
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
    /// The packages that it sits between, if it is not marked itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    between: Option<(String, String)>,
}

/// Facts from the last build; empty before the first.
#[derive(Debug, Default, Serialize)]
struct Built {
    entry_points: Option<BTreeSet<String>>,
    /// Functions without a mark whose calls from the host go to the live generation.
    redirected: Option<BTreeSet<String>>,
    direct_uses: Option<Vec<DirectUse>>,
    state: Option<BTreeSet<String>>,
    caches: Option<BTreeSet<String>>,
    runs_when_loaded: Option<BTreeSet<String>>,
}

#[derive(Debug, Serialize)]
struct DirectUse {
    item: String,
    user: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_program: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_way_of: Option<String>,
}

/// A running session.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Session {
    Known(Box<Status>),
    /// It has no status file, or could not write one.
    Unknown {},
}

/// How the listing is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Short,
    Verbose,
    Json,
}

/// Prints the listing of the selected program. With `watches`, goes on until it is interrupted.
pub(crate) fn run(selection: &Selection, style: Style, watches: bool) -> Result<u8, Error> {
    if watches {
        return watch::run(selection, style);
    }
    let listing = Listing::of_selected(selection)?;
    let text = match style {
        Style::Json => serde_json::to_string_pretty(&listing).map_err(std::io::Error::from)? + "\n",
        _ => listing.text(now_ms(), style == Style::Verbose),
    };
    // If stdout is closed, the listing has no reader.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(0)
}

/// Returns the listing as text, for the session's own screen.
pub(crate) fn describe(selection: &Selection) -> Result<String, Error> {
    Ok(Listing::of_selected(selection)?.text(now_ms(), false))
}

impl Listing {
    fn of_selected(selection: &Selection) -> Result<Self, Error> {
        let survey = discover::survey(selection)?;
        Ok(Listing::of(survey.plan?, survey.outsiders))
    }

    fn of(plan: Plan, outsiders: Vec<Outsider>) -> Self {
        let directories = plan.directories();
        let symbols: Option<HostSymbols> = read(&directories.symbols());
        let reloadable = plan.group.into_iter().map(|member| Reloadable {
            package: member.package,
            between: match member.membership {
                Membership::Marked => None,
                Membership::Sandwiched { between } => Some(between),
            },
        });
        // In a clone, the runtime is a local package too.
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
            not_reloadable: outsiders,
            built: symbols.map(Built::of).unwrap_or_default(),
            // Without the lock, the status file was left by a session that was killed.
            session: scratch::is_held(&directories.lock()).then(|| {
                let status = read(&directories.status()).map(Box::new);
                status.map_or(Session::Unknown {}, Session::Known)
            }),
        }
    }
}

impl Built {
    fn of(symbols: HostSymbols) -> Self {
        let uses = symbols.shown_uses().map(|(item, its)| DirectUse {
            item,
            user: its.user,
            is_program: its.is_program,
            by_way_of: its.by_way_of,
        });
        let redirected = symbols.redirects.iter().map(|it| shown(&it.path));
        Built {
            redirected: Some(redirected.collect()),
            direct_uses: Some(uses.collect()),
            entry_points: Some(symbols.shown_entry_points()),
            state: Some(symbols.state),
            caches: Some(symbols.caches),
            runs_when_loaded: Some(symbols.initialisers),
        }
    }
}

/// Reads a file that another process may not have written yet.
fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}
