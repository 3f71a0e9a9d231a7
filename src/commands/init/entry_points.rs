//! Marks functions as entry points.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::{Path, PathBuf};

use cargo_metadata::Package;

use super::InitError;
use super::change::{Change, read};
use super::lines::with_attribute;
use super::manifests::Manifests;
use super::plan::Plan;
use super::workspace::{Workspace, runtime_key};
use crate::base::parse::look_at_file;
use crate::compat::items::{MarkPlace, NoMark};
use crate::error::Error;

/// Plans to mark the functions at these places, each of the form `PATH:LINE`.
pub(crate) fn plan(workspace: &Workspace, places: &[String]) -> Result<Plan, InitError> {
    let mut files: BTreeMap<PathBuf, Vec<(&str, usize)>> = BTreeMap::new();
    for place in places {
        let (path, line) = parse(place)?;
        files
            .entry(file(workspace, path)?)
            .or_default()
            .push((place, line));
    }
    let mut manifests = Manifests::of(workspace);
    let mut changes = Vec::new();
    for (path, places) in files {
        let package = workspace.package_of(&path);
        let package = package.ok_or_else(|| InitError::OutsideWorkspace(path.clone()))?;
        if !workspace.is_reloadable(package)? {
            return Err(InitError::NotReloadable(package.name.to_string()));
        }
        manifests.depend_on_runtime(workspace, package)?;
        changes.push(mark(workspace, path, package, &places)?);
    }
    changes.extend(manifests.changes());
    Ok(Plan {
        changes,
        member: None,
        notes: Vec::new(),
        by_hand: Vec::new(),
        next: Vec::new(),
    })
}

fn parse(place: &str) -> Result<(&Path, usize), InitError> {
    let parsed = place
        .rsplit_once(':')
        .and_then(|(path, line)| Some((Path::new(path), line.parse().ok()?)));
    parsed.ok_or_else(|| InitError::NoPlace(place.to_owned()))
}

/// A file, by its path from the current folder or, as messages of sessions have it, from the workspace's.
fn file(workspace: &Workspace, path: &Path) -> Result<PathBuf, InitError> {
    let here = env::current_dir().unwrap_or_default();
    let mut found = [&*here, workspace.root()]
        .into_iter()
        .filter_map(|folder| folder.join(path).canonicalize().ok());
    found
        .next()
        .ok_or_else(|| InitError::NoFile(path.to_owned()))
}

/// Marks the functions at these places of a source file.
fn mark(
    workspace: &Workspace,
    path: PathBuf,
    package: &Package,
    places: &[(&str, usize)],
) -> Result<Change, InitError> {
    let source = read(&path).map_err(Error::file(&path, "read"))?;
    let source = source.unwrap_or_default();
    let found = look_at_file(&source, |file| {
        let at = |(place, line): &(&str, usize)| {
            MarkPlace::at(*line, file).map_err(|why| (place.to_string(), why))
        };
        let places = places.iter().map(at);
        places.collect::<Result<Vec<_>, _>>()
    });
    let shown = path.strip_prefix(workspace.root()).unwrap_or(&path);
    let found = found.ok_or_else(|| InitError::NotRust(shown.to_owned()))?;
    let found = found.map_err(|(place, why)| InitError::NoMark { place, why })?;
    let key = runtime_key(package).unwrap_or("hotmod").replace('-', "_");
    let attribute = format!("#[{key}::hot]");
    let lines: BTreeSet<usize> = found.iter().map(|it| it.line).collect();
    let mut marked = source.clone();
    // From the last line up, so that the others keep their numbers.
    for line in lines.into_iter().rev() {
        marked = with_attribute(&marked, line, &attribute).ok_or_else(|| InitError::NoMark {
            place: format!("{}:{line}", shown.display()),
            why: NoMark::Impossible,
        })?;
    }
    Ok(Change {
        path,
        before: Some(source),
        after: Some(marked),
    })
}
