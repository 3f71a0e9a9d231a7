//! Whether the socket can be made on which a host joins. It is tried.

use crate::control;
use crate::error::NO_SOCKET;

use super::finding::Finding;

const CHECK: &str = "socket";

pub(crate) fn check() -> Finding {
    let place = control::place();
    let place = place.display();
    match control::probe() {
        Ok(()) => Finding::ok(CHECK, format!("it can be made in `{place}`")),
        Err(error) => Finding::error(CHECK, format!("it can't be made in `{place}`: {error}"))
            .help(NO_SOCKET.to_owned()),
    }
}
