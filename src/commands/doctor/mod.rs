//! `cargo hotmod doctor`: what keeps a session from running, or makes it slow, with the fix of each.
//!
//! Each kind of check has a file of its own, and says nothing but what is certain: what can be tried
//! is tried, not guessed. Without a workspace, only the machine is checked.
//!
//! - [`toolchain`], [`link`], [`socket`], [`watching`], [`disk`]: the machine
//! - [`workspace`]: whether there is a session to be had; [`settings`]: how cargo builds it;
//!   [`crates`] and [`doubles`]: what it is made of
//! - [`finding`]: what checks say; [`text`]: how people are shown it

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
use crate::cargo::toolchain::Toolchain;
use crate::discover::{self, DiscoverError, Plan, Selection, Survey};
use crate::error::Error;
use crate::report::ColorChoice;

use finding::{Finding, Severity};

/// What is looked at.
struct Scene<'a> {
    selection: &'a Selection,
    /// None where there is no workspace.
    survey: Option<Result<Survey, DiscoverError>>,
    /// What steers cargo.
    files: Vec<PathBuf>,
}

impl Scene<'_> {
    fn survey(&self) -> Option<&Survey> {
        self.survey.as_ref()?.as_ref().ok()
    }

    fn plan(&self) -> Option<&Plan> {
        self.survey()?.plan.as_ref().ok()
    }
}

/// The answer; its JSON is documented in the reference, and kept stable.
#[derive(Debug, Serialize)]
struct Diagnosis {
    errors: usize,
    warnings: usize,
    findings: Vec<Finding>,
}

/// Checks, prints what is found, and says by its code whether a session can run.
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
    // Nobody is there to be told that stdout is closed.
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
        _ => discover::steering(&here),
    };
    let scene = Scene {
        selection,
        survey,
        files,
    };
    let mut findings = Vec::new();
    match CargoSettings::read(&scene.files) {
        Ok(cargo) => {
            let target = selection.target.clone();
            let target = target.or_else(|| cargo.target()?.value.as_str().map(str::to_owned));
            let asked = Toolchain::of(target.as_deref());
            findings.extend(toolchain::check(&asked, target.as_deref()));
            if let Ok(found) = asked {
                findings.extend(link::check(&found, target.as_deref(), &cargo));
                findings.extend(settings::flags(
                    &cargo.flags(found.triple(target.as_deref())),
                ));
            }
            findings.extend(settings::profile(&scene, &cargo));
        }
        // Cargo has its own words for its own files, and says them below.
        Err(error) if scene.survey.as_ref().is_none_or(Result::is_ok) => {
            findings.push(Finding::error("settings", error.to_string()));
        }
        Err(_) => {}
    }
    findings.push(socket::check());
    findings.extend(watching::check(&scene));
    findings.extend(disk::check(&scene));
    // What keeps the compiler from running keeps cargo too, and is said once.
    let workspace = workspace::check(&scene);
    if findings.iter().all(|it| it.what != workspace.what) {
        findings.push(workspace);
    }
    findings.extend(crates::check(&scene));
    findings.extend(doubles::check(&scene));
    findings
}

fn is_in_workspace(selection: &Selection, here: &Path) -> bool {
    selection.manifest_path.is_some() || discover::has_manifest_above(here)
}
