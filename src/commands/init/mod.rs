//! `cargo hotmod init`: adds a reloadable crate to a workspace, or creates a workspace with one.
//!
//! Each request first becomes a [`plan`]: a list of files with their contents before and after.
//! `init` shows the plan, and without `--dry-run` writes all of it or nothing. It records the
//! changes before it writes them, so that they can be reverted, and then checks that cargo
//! understands the result.
//!
//! Two rules: `init` never overwrites a file, and in a file that it edits, every line stays that
//! need not change.

mod async_calls;
mod change;
mod editors;
mod entry_points;
mod error;
mod existing;
mod fresh;
mod host;
mod interrupt;
mod library;
mod lines;
mod main_function;
mod manifest;
mod manifests;
mod members;
mod name;
mod neighbours;
mod place;
mod plan;
mod record;
mod template;
mod workspace;

pub(crate) use change::apply;
pub(crate) use editors::Editor;
pub(crate) use error::InitError;
pub(crate) use fresh::Template;

use std::env;
use std::path::{Path, PathBuf};

use crate::discover;
use crate::error::Error;
use crate::report::Screen;

use plan::Plan;
use record::{Progress, Records};
use workspace::Workspace;

/// The parsed arguments.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) what: What,
    /// The manifest of the workspace or of a member.
    pub(crate) manifest_path: Option<PathBuf>,
    pub(crate) dry_run: bool,
}

#[derive(Debug)]
pub(crate) enum What {
    /// Create a crate in a workspace, or a workspace outside of one.
    New {
        /// At most one, or it is an error.
        names: Vec<String>,
        host: Option<String>,
        template: Option<Template>,
    },
    /// Mark existing crates; a name may be a glob.
    Existing {
        names: Vec<String>,
        host: Option<String>,
    },
    /// Mark functions as entry points.
    EntryPoints {
        /// Each of the form `PATH:LINE`.
        places: Vec<String>,
    },
    /// Write settings for an editor.
    Editor {
        editor: Editor,
        host: Option<String>,
    },
    /// Revert the last `init`.
    Undo,
}

pub(crate) fn run(request: &Request, screen: &mut Screen) -> Result<u8, InitError> {
    let here = env::current_dir().map_err(Error::Setup)?;
    let is_here = request.manifest_path.is_some() || discover::has_manifest_above(&here);
    if let What::Undo = request.what
        && let Some(records) = interrupted_init(request, &here)
    {
        return undo(request, screen, &records);
    }
    if let What::New { names, .. } = &request.what
        && names.len() > 1
    {
        return Err(InitError::SeveralNames(names.clone()));
    }
    if let What::New {
        names,
        host,
        template,
    } = &request.what
        && !is_here
    {
        if host.is_some() {
            return Err(InitError::NoWorkspace);
        }
        return fresh(
            request,
            screen,
            &here,
            names.first().map(String::as_str),
            template.unwrap_or_default(),
        );
    }
    if !is_here {
        return Err(InitError::NoWorkspace);
    }
    let workspace = Workspace::open(request.manifest_path.as_deref())?;
    let root = workspace.root();
    let plan = match &request.what {
        What::New {
            template: Some(_), ..
        } => {
            let (folder, root) = (here, root.to_owned());
            return Err(InitError::InWorkspace { folder, root });
        }
        What::New { names, host, .. } => match names.first() {
            Some(name) => library::plan(&workspace, name, host.as_deref())?,
            None => return Err(InitError::NoName(root.to_owned())),
        },
        What::Existing { names, host } => existing::plan(&workspace, names, host.as_deref())?,
        What::Editor { editor, host } => editors::plan(&workspace, *editor, host.as_deref())?,
        What::EntryPoints { places } => entry_points::plan(&workspace, places)?,
        What::Undo => return undo(request, screen, &Records::of(root)?),
    };
    plan.show(screen, root);
    carry_out(request, screen, &plan, root)
}

fn fresh(
    request: &Request,
    screen: &mut Screen,
    here: &Path,
    typed: Option<&str>,
    template: Template,
) -> Result<u8, InitError> {
    if typed == Some("") {
        name::check("")?;
    }
    let folder = place::without_dots(&here.join(typed.unwrap_or("")));
    if let Some(root) = folder
        .ancestors()
        .skip(1)
        .find(|it| it.join("Cargo.toml").is_file())
    {
        let root = root.to_owned();
        return Err(InitError::InWorkspace { folder, root });
    }
    // Show the path as it was typed: relative or absolute.
    let named = match typed.is_some_and(|typed| Path::new(typed).is_absolute()) {
        true => folder.clone(),
        false => place::relative(here, &folder),
    };
    let plan = fresh::plan(&folder, &named, template)?;
    if request.dry_run {
        plan.show(screen, &folder);
    }
    carry_out(request, screen, &plan, &folder)
}

fn carry_out(
    request: &Request,
    screen: &mut Screen,
    plan: &Plan,
    root: &Path,
) -> Result<u8, InitError> {
    plan.show_notes(screen);
    plan.show_manual_steps(screen);
    if request.dry_run {
        screen.say("Dry run", "nothing was written");
        return Ok(0);
    }
    // The plan may contain only messages.
    if !plan.changes.is_empty() {
        plan.carry_out(screen, root)?;
    }
    plan.show_next_steps(screen);
    Ok(0)
}

/// The records of a workspace that cargo can't read, because an `init` was interrupted.
fn interrupted_init(request: &Request, here: &Path) -> Option<Records> {
    let manifest = request.manifest_path.as_deref();
    if Workspace::open(manifest).is_ok() {
        return None;
    }
    let manifest = here.join(manifest.unwrap_or(Path::new("Cargo.toml")));
    manifest.parent().and_then(Records::begun_above)
}

fn undo(request: &Request, screen: &mut Screen, records: &Records) -> Result<u8, InitError> {
    let root = records.root();
    let (record, progress) = records.load()?;
    let plan = Plan {
        changes: record.reversed(root, progress)?,
        member: None,
        by_hand: Vec::new(),
        notes: Vec::new(),
        next: Vec::new(),
    };
    if request.dry_run {
        plan.show(screen, root);
        return carry_out(request, screen, &plan, root);
    }
    if progress == Progress::Done {
        records.reopen()?;
    }
    if let Err(error) = apply(&plan.changes) {
        if progress == Progress::Done {
            records.finish()?;
        }
        return Err(error);
    }
    plan.show_written(screen, root);
    records.forget();
    change::remove_empty(&record.folders(root));
    Ok(0)
}
