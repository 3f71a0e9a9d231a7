//! `cargo hotmod env`: how a host that somebody else starts, such as a debugger, joins a session.
//!
//! The session leaves it in a file beside its lock. Without that lock it is what a session left that
//! was killed.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use hotmod_protocol::{DIRECTORY_VARIABLE, SOCKET_VARIABLE};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::build::{Workshop, write_whole};
use crate::discover::{self, Selection};
use crate::error::Error;
use crate::list::is_locked;

/// The content of the file.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Invitation {
    pub(crate) socket: PathBuf,
    /// Where the session's generations are.
    pub(crate) directory: PathBuf,
    /// What to start, once it was built.
    pub(crate) program: Option<PathBuf>,
}

impl Invitation {
    pub(crate) fn store(&self, file: &Path) -> io::Result<()> {
        write_whole(file, &serde_json::to_vec(self)?)
    }

    fn of(workshop: &Workshop) -> Option<Self> {
        let is_current = is_locked(&workshop.lock());
        let content = is_current.then(|| fs::read(workshop.invitation()).ok())??;
        serde_json::from_slice(&content).ok()
    }

    fn text(&self, as_json: bool) -> String {
        let (socket, directory) = (self.socket.display(), self.directory.display());
        if !as_json {
            return format!("{SOCKET_VARIABLE}={socket}\n{DIRECTORY_VARIABLE}={directory}\n");
        }
        let text = json!({
            "env": {
                SOCKET_VARIABLE: socket.to_string(),
                DIRECTORY_VARIABLE: directory.to_string(),
            },
            "program": self.program,
        });
        format!("{text:#}\n")
    }
}

/// Prints how to join the session of the selected program, or writes it to a file.
pub(crate) fn run(
    selection: &Selection,
    as_json: bool,
    output: Option<&Path>,
) -> Result<u8, Error> {
    let plan = discover::discover(selection)?;
    let invitation = Invitation::of(&Workshop::of(&plan));
    let text = invitation
        .ok_or(Error::NoSession(plan.host.target))?
        .text(as_json);
    match output {
        Some(path) => fs::write(path, text).map_err(|error| Error::File {
            path: path.to_owned(),
            done: "written",
            error,
        })?,
        // Nobody is there to be told that stdout is closed.
        None => {
            let _ = io::stdout().write_all(text.as_bytes());
        }
    }
    Ok(0)
}
