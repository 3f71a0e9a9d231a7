//! What the layer knows of the session.

use std::sync::OnceLock;
use std::time::Instant;

use super::limits::Limits;
use super::locations::Editor;
use super::source::Source;

#[derive(Debug)]
pub(super) struct Session {
    pub(super) source: Source,
    pub(super) editor: Editor,
    pub(super) limits: Limits,
    /// When the first request was redirected to the next process.
    pub(super) restarts_since: OnceLock<Instant>,
}

impl Session {
    pub(super) fn of_this_process() -> &'static Self {
        static SESSION: OnceLock<Session> = OnceLock::new();
        SESSION.get_or_init(|| Session {
            source: Source::default(),
            editor: Editor::from_environment(),
            limits: Limits::from_environment(),
            restarts_since: OnceLock::new(),
        })
    }
}
