//! `cargo hotmod env`: the environment with which a host started by another process, such as a
//! debugger, joins the session.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use hotmod_protocol::{DIRECTORY_VARIABLE, SOCKET_VARIABLE, WORKSPACE_VARIABLE};
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
    let variables = BTreeMap::from([
        (SOCKET_VARIABLE, socket.display().to_string()),
        (
            DIRECTORY_VARIABLE,
            running.record.generations.display().to_string(),
        ),
        (
            WORKSPACE_VARIABLE,
            running.record.workspace_root.display().to_string(),
        ),
    ]);
    if !as_json {
        let lines = variables
            .iter()
            .map(|(name, value)| format!("{name}={value}\n"));
        return lines.collect();
    }
    let text = json!({
        "env": variables,
        "program": running.record.program,
    });
    format!("{text:#}\n")
}
