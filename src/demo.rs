//! `cargo hotmod demo`: the web template, written out and run.

use std::fs;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::error::Error;
use crate::report::Screen;
use crate::session::{self, Settings};
use crate::signal::{ListenError, Sockets};

static WEB: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/web");

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
        write(&WEB, folder, &hotmod_dependency())?;
        screen.say("Wrote", &format!("the demo to `{}`", folder.display()));
    }
    let sockets = free_port()?;
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
    session::run(settings)
}

/// Writes a template's files. A file that is named `….in` is written without that ending, which
/// keeps cargo from taking the template for a package, and with its placeholders replaced.
fn write(template: &Dir<'_>, folder: &Path, hotmod: &str) -> Result<(), Error> {
    for file in template.find("**/*").into_iter().flatten() {
        let Some(file) = file.as_file() else {
            continue;
        };
        let path = match file
            .path()
            .to_str()
            .and_then(|path| path.strip_suffix(".in"))
        {
            Some("gitignore") => PathBuf::from(".gitignore"),
            Some(path) => PathBuf::from(path),
            None => file.path().to_owned(),
        };
        let path = folder.join(path);
        let failed = |error| Error::File {
            path: path.clone(),
            done: "written",
            error,
        };
        let text = file.contents_utf8().unwrap_or_default();
        fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(failed)?;
        fs::write(&path, text.replace("{{hotmod}}", hotmod)).map_err(failed)?;
    }
    Ok(())
}

/// The runtime that belongs to this tool: the checkout's, where the tool was built from one.
fn hotmod_dependency() -> String {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/hotmod");
    if checkout.join("Cargo.toml").exists() {
        format!("path = {:?}", checkout)
    } else {
        format!("version = {:?}", concat!("=", env!("CARGO_PKG_VERSION")))
    }
}

/// The first port from 3000 that nobody listens on; from now on the session does.
fn free_port() -> Result<Sockets, ListenError> {
    let bind = |port: u16| Sockets::bind(&[port.to_string()]);
    let free = (3000..3099).find_map(|port| bind(port).ok());
    free.map_or_else(|| bind(3099), Ok)
}
