//! `cargo hotmod doctor`: finds problems that prevent a session or slow it down, each with a fix.
//!
//! Each kind of check has its own file, and reports only what is certain: it tries things instead
//! of guessing. Without a workspace, only the machine is checked.
//!
//! - [`toolchain`], [`link`], [`socket`], [`watching`], [`disk`]: the machine
//! - [`workspace`]: whether there is a host and a group; [`settings`]: how cargo builds them;
//!   [`crates`] and [`doubles`]: their crates
//! - [`finding`]: the result of a check; [`text`]: its text

mod crates;
mod disk;
mod doubles;
mod finding;
mod link;
mod settings;
mod socket;
mod text;
mod toolchain;
mod watching;
mod workspace;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::cargo::settings::CargoSettings;
use crate::cargo::toolchain::{Toolchain, ToolchainError};
use crate::discover::{self, DiscoverError, Plan, Selection, Survey};
use crate::error::Error;
use crate::report::ColorChoice;

use finding::{Finding, Severity};

/// The input of the checks.
struct Subject<'a> {
    selection: &'a Selection,
    /// None without a workspace.
    survey: Option<Result<Survey, DiscoverError>>,
    /// Manifests and configuration files that control cargo.
    files: Vec<PathBuf>,
}

impl Subject<'_> {
    fn survey(&self) -> Option<&Survey> {
        self.survey.as_ref()?.as_ref().ok()
    }

    fn plan(&self) -> Option<&Plan> {
        self.survey()?.plan.as_ref().ok()
    }
}

/// The result. The reference documents its JSON, which is kept stable.
#[derive(Debug, Serialize)]
struct Diagnosis {
    errors: usize,
    warnings: usize,
    findings: Vec<Finding>,
}

/// Runs the checks, prints the findings, and returns whether a session can run as an exit code.
pub(crate) fn run(selection: &Selection, as_json: bool, color: ColorChoice) -> Result<u8, Error> {
    let findings = check(selection);
    let count = |severity| findings.iter().filter(|it| it.severity == severity).count();
    let diagnosis = Diagnosis {
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        findings,
    };
    let text = match as_json {
        true => serde_json::to_string_pretty(&diagnosis).map_err(std::io::Error::from)? + "\n",
        false => diagnosis.text(color.is_on_stdout()),
    };
    // If stdout is closed, the findings have no reader.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(match diagnosis.errors {
        0 => 0,
        _ => Error::FAILED,
    })
}

fn check(selection: &Selection) -> Vec<Finding> {
    let here = std::env::current_dir().unwrap_or_default();
    let survey = is_in_workspace(selection, &here).then(|| discover::survey(selection));
    let files = match &survey {
        Some(Ok(survey)) => survey.manifests.clone(),
        _ => discover::configuration_files(&here),
    };
    let subject = Subject {
        selection,
        survey,
        files,
    };
    let mut findings = Vec::new();
    let mut is_missing = false;
    match CargoSettings::read(&subject.files) {
        Ok(cargo) => {
            let target = selection.target.clone();
            let target = target.or_else(|| cargo.target()?.value.as_str().map(str::to_owned));
            let asked = Toolchain::of(target.as_deref());
            is_missing = matches!(&asked, Err(ToolchainError::NotInstalled(_)));
            findings.extend(toolchain::check(&asked, target.as_deref()));
            if let Ok(found) = asked {
                findings.extend(link::check(&found, target.as_deref(), &cargo));
                findings.extend(settings::flags(
                    &cargo.flags(found.triple(target.as_deref())),
                ));
            }
            findings.extend(settings::profile(&subject, &cargo));
        }
        // Otherwise `discover` fails on the same file, and its error is reported below.
        Err(error) if subject.survey.as_ref().is_none_or(Result::is_ok) => {
            findings.push(Finding::error("settings", error.to_string()));
        }
        Err(_) => {}
    }
    findings.push(socket::check());
    findings.extend(watching::check(&subject));
    findings.extend(disk::check(&subject));
    // A missing toolchain stops both rustc and cargo: report it once.
    let lacks_it = matches!(&subject.survey, Some(Err(DiscoverError::NoToolchain(_))));
    if !(is_missing && lacks_it) {
        findings.push(workspace::check(&subject));
    }
    findings.extend(crates::check(&subject));
    findings.extend(doubles::check(&subject));
    findings
}

fn is_in_workspace(selection: &Selection, here: &Path) -> bool {
    selection.manifest_path.is_some() || discover::has_manifest_above(here)
}
