//! `cargo hotmod init`.

use std::path::PathBuf;

use clap::Args;

use crate::commands::init::{self, Editor, Request, Template, What};
use crate::report::{ColorChoice, Screen, Verbosity};

use super::{Failure, Outcome};

pub(super) const EXAMPLES: &str = "Examples:\n  \
    cargo hotmod init                          a new workspace in this folder\n  \
    cargo hotmod init game --template tui      a new workspace in the folder `game`\n  \
    cargo hotmod init screens --host app       a new crate in this workspace, for `app`\n  \
    cargo hotmod init --existing widgets       make an existing crate reloadable\n  \
    cargo hotmod init --existing 'app_*'       make several crates reloadable\n  \
    cargo hotmod init --mark screens/src/lib.rs:12   make a function an entry point\n  \
    cargo hotmod init screens --dry-run        only show the changes\n  \
    cargo hotmod init --undo                   revert the last `init`\n  \
    cargo hotmod init --editor vscode          settings for an editor\n\n\
    It never overwrites a file. After an error or Ctrl-C, everything is as it was before.";

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Name of the new crate; outside a workspace, the folder in which to create a new workspace
    /// [default: this folder]; with `--existing`, names or globs of crates; with `--mark`, lines of functions
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Mark existing crates as reloadable instead of creating one
    #[arg(long, requires = "names")]
    existing: bool,
    /// Mark the functions at these lines (`PATH:LINE`) with `#[hotmod::hot]`
    #[arg(long, requires = "names", conflicts_with_all = ["existing", "host"])]
    mark: bool,
    /// Package with the program that uses the crate [default: the only one with a program]
    #[arg(long, value_name = "PKG")]
    host: Option<String>,
    /// Template for a new workspace [default: loop]
    #[arg(long, value_enum, value_name = "TEMPLATE", conflicts_with_all = ["existing", "host", "mark"])]
    template: Option<Template>,
    /// Write tasks, launch configurations and settings for this editor
    #[arg(long, value_enum, value_name = "EDITOR", conflicts_with_all = ["names", "template"])]
    editor: Option<Editor>,
    /// Revert the last `init`, unless its files have been edited since
    #[arg(long, conflicts_with_all = ["names", "host", "template", "editor"])]
    undo: bool,
    /// Show the changes without writing them
    #[arg(long)]
    dry_run: bool,
    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH")]
    manifest_path: Option<PathBuf>,
    /// Show only errors
    #[arg(short, long)]
    quiet: bool,
    /// When to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: ColorChoice,
}

impl InitArgs {
    pub(super) fn run(self) -> Outcome {
        let (color, verbosity) = (
            self.color,
            match self.quiet {
                true => Verbosity::Quiet,
                false => Verbosity::Normal,
            },
        );
        let mut screen = Screen::new(color, verbosity);
        Outcome {
            color,
            verbosity,
            result: init::run(&self.request(), &mut screen).map_err(Failure::from),
        }
    }

    fn request(self) -> Request {
        let host = self.host;
        let names = self.names;
        let what = match (self.undo, self.editor) {
            (true, _) => What::Undo,
            (false, Some(editor)) => What::Editor { editor, host },
            (false, None) if self.mark => What::EntryPoints { places: names },
            (false, None) if self.existing => What::Existing { names, host },
            (false, None) => What::New {
                names,
                host,
                template: self.template,
            },
        };
        Request {
            what,
            manifest_path: self.manifest_path,
            dry_run: self.dry_run,
        }
    }
}
