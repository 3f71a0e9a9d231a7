//! The pages: edit this file while the server is running.

use model::Visit;

/// The home page. `#[hotmod::hot]` makes it an entry point, so that the server always calls its
/// newest version.
#[hotmod::hot]
pub fn home(visit: &Visit) -> String {
    tracing::info!(number = visit.number, "home");
    let title = "Hello from pages";
    let counter = widgets::card(
        "Visits",
        &format!(
            "This is visit {} of process {}.",
            visit.number,
            std::process::id()
        ),
    );
    let version = widgets::card(
        "Version",
        &format!("Generation {} rendered this page.", hotmod::generation()),
    );
    widgets::layout(title, &[counter, version])
}
