//! `cargo hotmod list`: what a session of a program is about, as far as it is known without one.
//!
//! It builds nothing. What only a build can tell is what the last one of a session told. [`text`] is
//! how people are shown it.

mod text;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::base::locked_dir as scratch;
use crate::compat::symbols::HostSymbols;
use crate::discover::{self, HostKind, Membership, Outsider, Plan, RUNTIME, Selection};
use crate::error::Error;
use crate::report::{Status, now_ms};

/// The answer; its JSON is documented in the reference, and kept stable.
#[derive(Debug, Serialize)]
struct Listing {
    host: Host,
    reloadable: Vec<Reloadable>,
    /// Unmarked packages that host and group share.
    shared: Vec<String>,
    /// Other members, with the reason.
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

/// A session that runs.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Session {
    Known(Status),
    /// It has not written its file, or could not.
    Unknown {},
}

/// Prints what there is to know of the selected program.
pub(crate) fn run(selection: &Selection, as_json: bool) -> Result<u8, Error> {
    let listing = Listing::of_selected(selection)?;
    let text = match as_json {
        true => serde_json::to_string_pretty(&listing).map_err(std::io::Error::from)? + "\n",
        false => listing.text(now_ms()),
    };
    // Nobody is there to be told that stdout is closed.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(0)
}

/// The same, for the session's own screen.
pub(crate) fn describe(selection: &Selection) -> Result<String, Error> {
    Ok(Listing::of_selected(selection)?.text(now_ms()))
}

impl Listing {
    fn of_selected(selection: &Selection) -> Result<Self, Error> {
        let survey = discover::survey(selection)?;
        Ok(Listing::of(survey.plan?, survey.outsiders))
    }

    fn of(plan: Plan, outsiders: Vec<Outsider>) -> Self {
        let workshop = plan.workshop();
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
            not_reloadable: outsiders,
            built: symbols.map(Built::of).unwrap_or_default(),
            // Without the lock, the file is of a session that was killed.
            session: scratch::is_held(&workshop.lock())
                .then(|| read(&workshop.status()).map_or(Session::Unknown {}, Session::Known)),
        }
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

/// A file that another process may be about to write, or never wrote.
fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}
