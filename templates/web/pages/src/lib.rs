//! The pages: edit this file while the server runs.

use model::Visit;

/// The start page. `#[hotmod::hot]` marks it as an entry point: the server calls it.
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
        &format!("Generation {} made this page.", hotmod::generation()),
    );
    widgets::layout(title, &[counter, version])
}
