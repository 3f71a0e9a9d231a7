//! Editor settings for a workspace: tasks, debugger configurations, and a separate target directory
//! for rust-analyzer.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use include_dir::{Dir, include_dir};

use crate::commands::init::template;

use super::InitError;
use super::change::{Change, read};
use super::plan::Plan;
use super::workspace::{Workspace, program};

/// An editor with settings to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Editor {
    /// Visual Studio Code, with rust-analyzer and CodeLLDB
    Vscode,
    /// Zed
    Zed,
    /// Helix
    Helix,
    /// Neovim, with nvim-dap if it is installed
    Neovim,
}

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/editors");

impl Editor {
    /// Its folder among the templates, and the folder to write to in a workspace.
    fn folders(self) -> (&'static str, &'static str) {
        match self {
            Editor::Vscode => ("vscode", ".vscode"),
            Editor::Zed => ("zed", ".zed"),
            Editor::Helix => ("helix", ".helix"),
            Editor::Neovim => ("neovim", ""),
        }
    }

    /// Its variable for the workspace's root, if relative paths don't start there.
    fn root(self) -> &'static str {
        match self {
            Editor::Vscode | Editor::Neovim => "${workspaceFolder}/",
            Editor::Zed => "$ZED_WORKTREE_ROOT/",
            Editor::Helix => "",
        }
    }

    fn next(self, host: &str) -> Vec<(&'static str, String)> {
        let debug = format!("`hotmod: debug {host}`, while a session is running");
        match self {
            Editor::Vscode | Editor::Zed => vec![
                ("Run", "the task `hotmod: run`".to_owned()),
                ("Debug", debug),
            ],
            Editor::Helix => vec![
                ("Keys", "space H r reloads, space H w waits".to_owned()),
                (
                    "Debug",
                    format!("`:debug-start`, `hotmod: attach to {host}`"),
                ),
            ],
            Editor::Neovim => vec![
                (
                    "Set",
                    "`vim.o.exrc = true` in your own `init.lua`".to_owned(),
                ),
                ("Run", "`:HotmodRun`".to_owned()),
                ("Debug", debug),
            ],
        }
    }
}

/// The editor's files, except those that exist already.
pub(crate) fn plan(
    workspace: &Workspace,
    editor: Editor,
    host: Option<&str>,
) -> Result<Plan, InitError> {
    let package = workspace.host(host, &[])?;
    let host = program(package).map_or(package.name.as_str(), |it| &it.name);
    let root = workspace.root();
    let session = workspace.session_directory();
    let session = session.strip_prefix(root).unwrap_or(&session);
    let in_editor = |path: PathBuf| match path.is_absolute() {
        true => path.display().to_string(),
        false => format!("{}{}", editor.root(), path.display()),
    };
    let values = [
        ("host", host),
        ("run", &workspace.run_command(package)),
        ("session", &session.display().to_string()),
        ("program", &in_editor(session.join("debug").join(host))),
        ("environment", &in_editor(session.join("session.env"))),
    ];
    let (from, to) = editor.folders();
    let files = FILES.get_dir(from).map(|it| template::files(it, &values));
    let mut plan = Plan {
        changes: Vec::new(),
        member: None,
        by_hand: Vec::new(),
        notes: Vec::new(),
        next: editor.next(host),
    };
    for (file, text) in files.into_iter().flatten() {
        let file = match file.to_str() {
            Some("nvim.lua") => Path::new(".nvim.lua").to_owned(),
            _ => Path::new(to).join(file),
        };
        let path = root.join(&file);
        match read(&path) {
            Ok(None) => plan.changes.push(Change::create(path, text)),
            Ok(Some(there)) if there == text => {}
            _ => plan.by_hand.push(format!(
                "`{}` already exists and was not changed; add this to it:\n{}",
                file.display(),
                text.trim_end()
            )),
        }
    }
    Ok(plan)
}
