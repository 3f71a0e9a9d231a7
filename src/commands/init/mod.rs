//! `cargo hotmod init`: makes a workspace reloadable, or a reloadable workspace.
//!
//! Whatever is asked for, it first becomes a [`plan`]: a list of files with what stands in them
//! before and after. That is shown, and unless it was only to be shown, written: all of it or
//! nothing. What is to be written is recorded first, so that it can be taken back, and cargo is
//! asked whether it understands the outcome.
//!
//! Two rules: a file that is there is never written over, and of a file that is edited every line
//! stays that need not change.

mod change;
mod editors;
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

/// What was asked for.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) what: What,
    /// The workspace's, or that of one of its members.
    pub(crate) manifest_path: Option<PathBuf>,
    pub(crate) dry_run: bool,
}

#[derive(Debug)]
pub(crate) enum What {
    /// A new crate in a workspace; outside of one, a new workspace in that folder.
    New {
        name: Option<String>,
        host: Option<String>,
        template: Option<Template>,
    },
    /// A crate that is there.
    Existing { name: String, host: Option<String> },
    /// Settings of an editor.
    Editor {
        editor: Editor,
        host: Option<String>,
    },
    /// The last one, taken back.
    Undo,
}

pub(crate) fn run(request: &Request, screen: &mut Screen) -> Result<u8, InitError> {
    let here = env::current_dir().map_err(Error::Setup)?;
    let is_here = request.manifest_path.is_some() || discover::has_manifest_above(&here);
    if let What::Undo = request.what
        && let Some(records) = half_made(request, &here)
    {
        return undo(request, screen, &records);
    }
    if let What::New {
        name,
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
            name.as_deref(),
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
        What::New { name: None, .. } => return Err(InitError::NoName(root.to_owned())),
        What::New {
            name: Some(name),
            host,
            ..
        } => library::plan(&workspace, name, host.as_deref())?,
        What::Existing { name, host } => existing::plan(&workspace, name, host.as_deref())?,
        What::Editor { editor, host } => editors::plan(&workspace, *editor, host.as_deref())?,
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
    // Named as it was typed: from here, or from the root of all.
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
    plan.say_by_hand(screen);
    if request.dry_run {
        screen.say("Dry run", "nothing was written");
        return Ok(0);
    }
    // There may be only something to say.
    if !plan.changes.is_empty() {
        plan.carry_out(screen, root)?;
    }
    plan.say_next(screen);
    Ok(0)
}

/// The records of a workspace that cargo does not understand, for it was left half made.
fn half_made(request: &Request, here: &Path) -> Option<Records> {
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
    plan.say(screen, root);
    records.forget();
    change::remove_empty(&record.folders(root));
    Ok(0)
}
