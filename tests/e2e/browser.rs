//! Pages of the template's server in a real browser.
//!
//! The browser is Chromium, driven by chromedriver. The tests are not run without them:
//! `cargo test --test e2e -- browser --ignored`.

use std::path::Path;

use hotmod_testkit::{Browser, Session, Workspace, free_port, repository, temporary};

const PAGES: &str = "pages/src/lib.rs";

fn template(test: &str) -> Workspace {
    Workspace::copy_of(&repository().join("templates/web"), test)
}

/// A session that keeps the server's socket open, and the server's address.
fn served(workspace: &Workspace) -> (Session, String) {
    let port = free_port().to_string();
    let mut session = workspace.run().arguments(["--listen", &port]).start();
    session.wait_for("host-started");
    (session, format!("http://localhost:{port}/"))
}

fn title_is(title: &str) -> String {
    format!("document.querySelector('h1')?.textContent === '{title}'")
}

const OVERLAY: &str = "document.querySelector('#hotmod-overlay')";

/// The text of the overlay's frame.
const PROBLEM: &str =
    "document.querySelector('#hotmod-overlay iframe')?.contentDocument?.body?.innerText";

#[test]
#[ignore = "needs Chromium and chromedriver"]
fn browser_reloads_the_page_and_keeps_its_place() {
    let workspace = template("browser_reloads");
    workspace.edit(
        "widgets/src/lib.rs",
        "margin: 2em auto",
        "margin: 2em auto; height: 300vh",
    );
    let (_session, address) = served(&workspace);
    let browser = Browser::open();
    browser.go(&address);
    assert_eq!(browser.value(&title_is("Hello from pages")), true);
    browser.value("scrollTo(0, 400)");
    browser.wait_for("scrollY === 400");
    workspace.edit(PAGES, "Hello from pages", "Hello again");
    browser.wait_for(&title_is("Hello again"));
    browser.wait_for("scrollY === 400");
    // What was seen before it was hidden is new when it is seen again: here, after a page of
    // another site.
    browser.go("about:blank");
    workspace.edit(PAGES, "Hello again", "Hello back");
    browser.value("history.back()");
    browser.wait_for(&title_is("Hello back"));
}

#[test]
#[ignore = "needs Chromium and chromedriver"]
fn browser_shows_and_removes_errors() {
    let workspace = template("browser_errors");
    let (_session, address) = served(&workspace);
    let browser = Browser::open();
    browser.go(&address);
    let good = workspace.read(PAGES);
    let line = 1 + good
        .lines()
        .position(|line| line.contains("let title"))
        .unwrap();
    let location = format!("pages/src/lib.rs:{line}:19");
    let shows = |text: &str| format!("{PROBLEM}?.includes('{text}') === true");

    // Above the page that is there.
    workspace.edit(PAGES, "let title = \"", "let title = 7 + \"");
    browser.wait_for(&shows(&location));
    assert_eq!(browser.value(&title_is("Hello from pages")), true);
    let link = "document.querySelector('#hotmod-overlay iframe').contentDocument\
                .querySelector('a').href";
    let expected = format!("vscode://file{}/{location}", workspace.root().display());
    assert_eq!(browser.value(link), expected);
    let picture = std::env::var_os("PICTURE").map(Into::into);
    let picture = picture.unwrap_or_else(|| temporary().join("overlay.png"));
    browser.save_picture(&picture);
    assert!(Path::new(&picture).metadata().unwrap().len() > 10_000);

    // Another error in its place, and no error.
    workspace.write(
        PAGES,
        &good.replace("let title = \"", "let title = unknown + \""),
    );
    browser.wait_for(&shows("cannot find value"));
    workspace.write(PAGES, &good.replace("Hello from pages", "Hello again"));
    browser.wait_for(&title_is("Hello again"));
    assert_eq!(browser.value(OVERLAY), serde_json::Value::Null);

    // The same code as before: nothing to reload.
    workspace.edit(PAGES, "let title = \"", "let title = 7 + \"");
    browser.wait_for(&shows(&location));
    browser.value("window.isTheSame = true");
    workspace.write(PAGES, &good.replace("Hello from pages", "Hello again"));
    browser.wait_for(&format!("{OVERLAY} === null"));
    assert_eq!(browser.value("window.isTheSame"), true);

    // In place of the page.
    workspace.edit(PAGES, "let title = \"", "let title = 7 + \"");
    browser.go(&address);
    assert_eq!(
        browser.value(&title_is("The saved code does not compile")),
        true
    );
    let text = "document.body.innerText";
    assert_eq!(
        browser.value(&format!("{text}.includes('{location}')")),
        true
    );
    workspace.write(PAGES, &good);
    browser.wait_for(&title_is("Hello from pages"));
}

#[test]
#[ignore = "needs Chromium and chromedriver"]
fn browser_waits_through_a_restart() {
    let workspace = template("browser_restarts");
    let (mut session, address) = served(&workspace);
    let browser = Browser::open();
    browser.go(&address);
    let process = "document.body.innerText.match(/process (\\d+)/)[1]";
    let before = browser.value(process);
    workspace.edit("model/src/lib.rs", "+ 1", "+ 1001");
    session.wait_for("restarted");
    browser.wait_for(&format!("{process} !== '{}'", before.as_str().unwrap()));
    // A page load that finds the program about to end waits for the next one.
    workspace.edit("model/src/lib.rs", "+ 1001", "+ 2001");
    browser.go(&address);
    // The program carries the number of visits over restarts.
    browser.wait_for("/visit 200[2-9] of/.test(document.body.innerText)");
    // The end of the session waits for nobody who listens.
    let begun = std::time::Instant::now();
    session.interrupt();
    let time = begun.elapsed();
    assert!(time < std::time::Duration::from_secs(2), "{time:?}");
}

#[test]
#[ignore = "needs Chromium and chromedriver"]
fn browser_is_left_alone_where_a_policy_forbids_scripts() {
    let workspace = template("browser_policy");
    workspace.edit(
        PAGES,
        "-> Html<String> {",
        "-> ([(&'static str, &'static str); 1], Html<String>) {",
    );
    workspace.edit(
        PAGES,
        "    Html(widgets::layout(title, &[counter, version]))",
        "    let policy = \"default-src 'none'; style-src 'unsafe-inline'\";\n    \
         ([(\"content-security-policy\", policy)], Html(widgets::layout(title, &[counter, version])))",
    );
    let (mut session, address) = served(&workspace);
    let browser = Browser::open();
    browser.go(&address);
    assert_eq!(browser.value(&title_is("Hello from pages")), true);
    assert_eq!(browser.value("document.scripts.length"), 0);
    workspace.edit(PAGES, "Hello from pages", "Hello again");
    session.wait_for("live");
    assert_eq!(browser.value(&title_is("Hello from pages")), true);
    browser.go(&address);
    assert_eq!(browser.value(&title_is("Hello again")), true);
}
