//! `cargo hotmod demo`: writes the web template to a folder and runs it.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::commands::init::{self, Template};
use crate::discover::Selection;
use crate::error::Error;
use crate::host::{ListenError, Sockets};
use crate::report::Screen;
use crate::session::{self, Settings};

use super::display::DisplayArgs;
use super::{Failure, Outcome};

pub(super) const EXAMPLES: &str = "Example:\n  cargo hotmod demo";

#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Folder to write it to
    #[arg(value_name = "FOLDER", default_value = "target/demo")]
    folder: PathBuf,
    #[command(flatten)]
    display: DisplayArgs,
}

impl DemoArgs {
    pub(super) fn run(self) -> Outcome {
        let settings = self.display.settings(Selection::default(), Vec::new());
        Outcome {
            color: settings.color,
            verbosity: settings.verbosity,
            result: run(&self.folder, settings),
        }
    }
}

/// Writes the demo to `folder`, unless it exists already, and runs it.
fn run(folder: &Path, mut settings: Settings) -> Result<u8, Failure> {
    let manifest = folder.join("Cargo.toml");
    let mut screen = Screen::new(settings.color, settings.verbosity);
    if manifest.exists() {
        if !folder.join("pages/src/lib.rs").exists() {
            return Err(Error::NoDemo(folder.to_owned()).into());
        }
        screen.say("Using", &format!("the demo in `{}`", folder.display()));
    } else {
        let is_file = folder.exists() && !folder.is_dir();
        if is_file || fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(Error::NoDemo(folder.to_owned()).into());
        }
        init::apply(&Template::Web.changes(folder))?;
        screen.say("Wrote", &format!("the demo to `{}`", folder.display()));
    }
    let sockets = free_port().map_err(Error::from)?;
    let pages = folder.join("pages/src/lib.rs");
    let url = format!("http://{}/", sockets.addresses().concat());
    screen.say("Open", &url);
    screen.say("Edit", &format!("`{}` and save it", pages.display()));
    screen.say("Try", &format!("curl {url}"));
    screen.say(
        "",
        &format!(
            "sed -i 's/Hello from pages/Hello again/' {}",
            pages.display()
        ),
    );
    screen.say(
        "",
        &format!(
            "sed -i 's/<h2>/<h2>* /' {}",
            folder.join("widgets/src/lib.rs").display()
        ),
    );
    settings.selection.manifest_path = Some(manifest);
    settings.sockets = sockets;
    Ok(session::run(settings)?)
}

/// Listens on the first free port from 3000 on.
fn free_port() -> Result<Sockets, ListenError> {
    let bind = |port: u16| Sockets::bind(&[port.to_string()]);
    let free = (3000..3099).find_map(|port| bind(port).ok());
    free.map_or_else(|| bind(3099), Ok)
}
