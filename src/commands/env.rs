//! `cargo hotmod env`: the environment with which a host started by another process, such as a
//! debugger, joins the session.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use hotmod_protocol::{DIRECTORY_VARIABLE, SOCKET_VARIABLE};
use serde_json::json;

use crate::error::Error;
use crate::host::join_socket;

use crate::control::{Chosen, Running};

/// Prints the environment of the chosen session, or writes it to a file.
pub(crate) fn env(chosen: &Chosen, as_json: bool, output: Option<&Path>) -> Result<u8, Error> {
    let text = text(&Running::find(chosen)?, as_json);
    match output {
        Some(path) => fs::write(path, text).map_err(Error::file(path, "written"))?,
        // If stdout is closed, the text has no reader.
        None => {
            let _ = io::stdout().write_all(text.as_bytes());
        }
    }
    Ok(0)
}

fn text(running: &Running, as_json: bool) -> String {
    let socket = join_socket(&running.directory);
    let (socket, directory) = (socket.display(), running.record.generations.display());
    if !as_json {
        return format!("{SOCKET_VARIABLE}={socket}\n{DIRECTORY_VARIABLE}={directory}\n");
    }
    let text = json!({
        "env": {
            SOCKET_VARIABLE: socket.to_string(),
            DIRECTORY_VARIABLE: directory.to_string(),
        },
        "program": running.record.program,
    });
    format!("{text:#}\n")
}
