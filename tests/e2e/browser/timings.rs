//! The page of `run --timings` in a browser.

use hotmod_testkit::{Browser, free_port};

use super::{PAGES, save_picture, template};
use crate::timings::path_of_page;

/// The number of rows in all tables.
fn has_rows(count: usize) -> String {
    format!("document.querySelectorAll('tbody tr').length === {count}")
}

/// Whether all parts of all bars are inside them.
const BARS_FIT: &str = "[...document.querySelectorAll('.bar')].every(bar => {
    const box = bar.getBoundingClientRect();
    return [...bar.children].every(it => {
        const part = it.getBoundingClientRect();
        return part.width > 0 && part.left >= box.left - 1 && part.right <= box.right + 1;
    });
})";

#[test]
#[ignore = "needs Chromium and chromedriver"]
fn browser_shows_the_timings_during_the_session() {
    let workspace = template("browser_timings");
    let port = free_port().to_string();
    let arguments = ["--timings", "--listen", &port];
    let mut session = workspace.run().arguments(arguments).start();
    session.wait_for("host-started");
    let page = path_of_page(&session, &workspace);
    let browser = Browser::open();
    browser.resize(1000, 860);
    browser.go(&format!("file://{}", page.display()));
    browser.wait_for(&has_rows(1));

    let mut title = "Hello from pages".to_owned();
    for number in 1..=8 {
        let next = format!("Hello number {number}");
        workspace.edit(PAGES, &title, &next);
        session.wait_for("live");
        title = next;
    }
    workspace.edit(PAGES, &title, "Hello\" 9");
    session.wait_for_diagnostics();
    workspace.edit(PAGES, "Hello\" 9", "Hello");
    session.wait_for("live");
    let rows = has_rows(11);
    // The page is written soon after the outcome.
    browser.wait_for(&format!("(location.reload(), true) && {rows}"));
    browser.wait_for(BARS_FIT);
    let width = browser.value("document.documentElement.scrollWidth <= window.innerWidth");
    assert_eq!(width, true, "it is too wide");
    save_picture(&browser, "timings.png");
}
