//! Tries to create the socket on which a host joins.

use crate::control;
use crate::error::NO_SOCKET;

use super::finding::Finding;

const CHECK: &str = "socket";

pub(crate) fn check() -> Finding {
    let place = control::place();
    let place = place.display();
    match control::probe() {
        Ok(()) => Finding::ok(CHECK, format!("can be created in `{place}`")),
        Err(error) => Finding::error(CHECK, format!("can't be created in `{place}`: {error}"))
            .help(NO_SOCKET.to_owned()),
    }
}
