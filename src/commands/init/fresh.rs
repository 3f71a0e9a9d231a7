//! Creates a workspace from a template.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use include_dir::{Dir, include_dir};

use crate::commands::init::template;

use super::InitError;
use super::change::Change;
use super::plan::Plan;

/// A template for a new workspace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Template {
    /// A simulation with a fixed time step, which prints its state once a second
    #[default]
    Loop,
    /// A terminal interface (ratatui)
    Tui,
    /// A web server (axum)
    Web,
}

static LOOP: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/loop");
static TUI: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/tui");
static WEB: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/web");

impl Template {
    /// The changes that write its files to a folder.
    pub(crate) fn changes(self, folder: &Path) -> Vec<Change> {
        let directory = match self {
            Template::Loop => &LOOP,
            Template::Tui => &TUI,
            Template::Web => &WEB,
        };
        let libraries = ["hotmod", "hotmod-web"].map(|name| (name, template::dependency(name)));
        let values = libraries
            .each_ref()
            .map(|(name, keys)| (*name, keys.as_str()));
        let files = template::files(directory, &values);
        let files = files.into_iter();
        files
            .map(|(path, text)| Change::create(folder.join(path), text))
            .collect()
    }

    fn run_command(self) -> &'static str {
        match self {
            // The program draws on the whole terminal.
            Template::Tui => "cargo hotmod run --quiet",
            Template::Loop | Template::Web => "cargo hotmod run",
        }
    }

    /// The file to edit first.
    fn source(self) -> &'static str {
        match self {
            Template::Loop => "rules/src/lib.rs",
            Template::Tui => "screens/src/lib.rs",
            Template::Web => "pages/src/lib.rs",
        }
    }
}

/// The shell command that changes to the folder.
fn enter(named: &Path) -> String {
    let named = named.display().to_string();
    match shlex::try_quote(&named) {
        Ok(quoted) if !named.is_empty() => format!("cd {quoted} && "),
        // Quoting fails only for a zero byte, which no path contains.
        _ => String::new(),
    }
}

/// Plans all files of a workspace in `folder`, which may contain other files. Messages show the
/// folder as `named`, which is empty for the current folder.
pub(crate) fn plan(folder: &Path, named: &Path, template: Template) -> Result<Plan, InitError> {
    // A file can't contain a folder.
    let there = folder.ancestors().find(|it| it.symlink_metadata().is_ok());
    if let Some(file) = there.filter(|it| !it.is_dir()) {
        return Err(InitError::InTheWay(vec![file.to_owned()]));
    }
    let mut changes = template.changes(folder);
    // An existing one is left as it is.
    changes.retain(|it| !(it.path.ends_with(".gitignore") && it.path.exists()));
    let obstacle = |change: &Change| {
        // Report an existing folder instead of the files in it.
        let relative = change.path.strip_prefix(folder).ok()?;
        let first = folder.join(relative.components().next()?);
        first.symlink_metadata().is_ok().then_some(first)
    };
    let mut taken: Vec<PathBuf> = changes.iter().filter_map(obstacle).collect();
    taken.dedup();
    if !taken.is_empty() {
        return Err(InitError::InTheWay(taken));
    }
    let source = named.join(template.source());
    let mut next = vec![
        (
            "Run",
            format!("`{}{}`", enter(named), template.run_command()),
        ),
        (
            "Edit",
            format!(
                "`{}` while the program is running, and save it",
                source.display()
            ),
        ),
    ];
    if template == Template::Web {
        next.insert(1, ("Open", "http://127.0.0.1:3000/".to_owned()));
    }
    Ok(Plan {
        changes,
        member: None,
        by_hand: Vec::new(),
        notes: Vec::new(),
        next,
    })
}
