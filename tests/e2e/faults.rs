//! Whatever goes wrong around a swap, the old code goes on, a line says why, and the next save that can go
//! live does.
//!
//! Setups that fail are in [`hooks`](super::hooks), libraries that were damaged after their link in
//! [`swap`](super::swap).

mod clock;
mod disk;
mod kills;
mod linker;
mod links;
mod many_saves;
mod sources;

use hotmod_testkit::{Session, Workspace};

const PAGE: &str = "pages/src/lib.rs";

/// A program that counts its answers, so that one that was restarted is told by its count.
struct Desk {
    workspace: Workspace,
    session: Session,
    answers: u32,
}

impl Desk {
    fn new(workspace: Workspace, session: Session) -> Self {
        Desk {
            workspace,
            session,
            answers: 0,
        }
    }

    /// Saves a page with this text, and no other edit.
    fn save(&self, from: &str, to: &str) {
        let (from, to) = (format!("{from:?}"), format!("{to:?}"));
        self.workspace.edit(PAGE, &from, &to);
    }

    /// The program never stopped, and shows this page.
    fn shows(&mut self, page: &str) {
        self.answers += 1;
        let answer = self.session.ask("ask");
        let words = format!(" calls={} ", self.answers);
        assert!(answer.contains(&words), "no `{words}` in `{answer}`");
        let words = format!(" page={page} ");
        assert!(answer.contains(&words), "no `{words}` in `{answer}`");
    }

    /// The next outcome is a generation that shows this page.
    fn goes_live(&mut self, page: &str) {
        let outcomes = ["live", "refused", "restarted", "compile-error", "error"];
        let outcome = self.session.wait_for_any(&outcomes);
        assert_eq!(outcome["event"], "live", "{outcome}");
        self.shows(page);
    }
}
