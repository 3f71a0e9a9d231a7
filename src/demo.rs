//! `cargo hotmod demo`: the web template, written out and run.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use crate::error::Error;
use crate::init::{self, Template};
use crate::report::Screen;
use crate::session::{self, Settings};

/// Writes the demo to `folder`, unless it is there, and runs it.
pub(crate) fn run(folder: &Path, mut settings: Settings) -> Result<u8, Error> {
    let manifest = folder.join("Cargo.toml");
    let mut screen = Screen::new(settings.color, settings.verbosity);
    if manifest.exists() {
        if !folder.join("pages/src/lib.rs").exists() {
            return Err(Error::NoDemo(folder.to_owned()));
        }
        screen.say("Using", &format!("the demo in `{}`", folder.display()));
    } else {
        if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(Error::NoDemo(folder.to_owned()));
        }
        init::apply(&Template::Web.changes(folder))?;
        screen.say("Wrote", &format!("the demo to `{}`", folder.display()));
    }
    let port = free_port();
    let pages = folder.join("pages/src/lib.rs");
    let url = format!("http://127.0.0.1:{port}/");
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
    settings
        .environment
        .push(("PORT".to_owned(), port.to_string()));
    session::run(settings)
}

/// The first port from 3000 that nobody listens on.
fn free_port() -> u16 {
    (3000..3100)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .unwrap_or(3000)
}
