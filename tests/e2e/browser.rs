//! Pages of the template's server in a real browser.
//!
//! The browser is Chromium, driven by chromedriver. The tests are not run without them:
//! `cargo test --test e2e -- browser --ignored`.

mod cache;
mod timings;

use hotmod_testkit::{Browser, Session, Workspace, free_port, repository, temporary};

use cache::Cache;

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

/// Adds a header to each response of the template's server.
fn add_header(workspace: &Workspace, name: &str, value: &str) {
    workspace.edit(
        PAGES,
        "-> Html<String> {",
        "-> ([(&'static str, &'static str); 1], Html<String>) {",
    );
    let html = "Html(widgets::layout(title, &[counter, version]))";
    let header = format!("    let header = (\"{name}\", \"{value}\");\n    ([header], {html})");
    workspace.edit(PAGES, &format!("    {html}"), &header);
}

const OVERLAY: &str = "document.querySelector('#hotmod-overlay')";

/// The text of the notice in the corner.
const NOTICE: &str = "document.querySelector('#hotmod-notice')?.textContent";

/// Clicks the button in a box of the script.
fn close(browser: &Browser, id: &str) {
    browser.value(&format!("document.querySelector('#{id} button').click()"));
    browser.wait_for(&format!("document.querySelector('#{id}') === null"));
}

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
    browser.go_back();
    browser.wait_for(&title_is("Hello back"));
}

#[test]
#[ignore = "needs Chromium and chromedriver"]
fn browser_shows_and_removes_errors() {
    let workspace = template("browser_errors");
    // Such a page shows only frames that allow it.
    add_header(&workspace, "cross-origin-embedder-policy", "require-corp");
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
    save_picture(&browser, "overlay.png");

    // It can be closed. Then another error is shown, and no error.
    close(&browser, "hotmod-overlay");
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
    assert_eq!(browser.value(&title_is("The build failed")), true);
    let text = "document.body.innerText";
    assert_eq!(
        browser.value(&format!("{text}.includes('{location}')")),
        true
    );
    save_picture(&browser, "page.png");
    workspace.write(PAGES, &good);
    browser.wait_for(&title_is("Hello from pages"));
}

/// Saves a picture in the folder that `PICTURES` names.
fn save_picture(browser: &Browser, name: &str) {
    let folder = std::env::var_os("PICTURES").map(Into::into);
    let picture = folder.unwrap_or_else(temporary).join(name);
    browser.save_picture(&picture);
    assert!(picture.metadata().unwrap().len() > 10_000);
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
    // The program carries the number of visits across restarts.
    browser.wait_for("/visit 200[2-9] of/.test(document.body.innerText)");
    // The end of the session waits for nobody who listens.
    let begun = std::time::Instant::now();
    session.interrupt();
    let time = begun.elapsed();
    assert!(time < std::time::Duration::from_secs(2), "{time:?}");
    browser.wait_for(&format!(
        "{NOTICE}?.includes('No connection to the session') === true"
    ));
}

#[test]
#[ignore = "needs Chromium and chromedriver"]
fn browser_is_left_alone_where_a_policy_forbids_scripts() {
    let workspace = template("browser_policy");
    let policy = "default-src 'none'; style-src 'unsafe-inline'";
    add_header(&workspace, "content-security-policy", policy);
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

#[test]
#[ignore = "needs Chromium and chromedriver"]
fn browser_keeps_the_page_usable_while_an_edit_is_refused() {
    let workspace = template("browser_refused");
    let port = free_port().to_string();
    let arguments = ["--listen", &port, "--no-restart"];
    let mut session = workspace.run().arguments(arguments).start();
    session.wait_for("host-started");
    let browser = Browser::open();
    browser.go(&format!("http://localhost:{port}/"));
    workspace.edit("model/src/lib.rs", "+ 1", "+ 1001");
    let reason = "`model` is not reloadable";
    let shows = format!("{NOTICE}?.includes('{reason}') === true");
    browser.wait_for(&shows);
    assert_eq!(browser.value(OVERLAY), serde_json::Value::Null);
    // What is at the centre of the page is the page.
    let behind =
        "document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest('[id^=hotmod]')";
    assert_eq!(browser.value(behind), serde_json::Value::Null);

    // Other edits are still loaded, and the reason is still shown.
    workspace.edit(PAGES, "Hello from pages", "Hello again");
    browser.wait_for(&title_is("Hello again"));
    browser.wait_for(&shows);
    // A notice that was closed stays closed.
    close(&browser, "hotmod-notice");
    workspace.edit(PAGES, "Hello again", "Hello back");
    browser.wait_for(&title_is("Hello back"));
    workspace.edit(PAGES, "let title = \"", "let title = 7 + \"");
    browser.wait_for(&format!("{OVERLAY} !== null"));
    assert_eq!(browser.value(NOTICE), serde_json::Value::Null);
}

#[test]
#[ignore = "needs Chromium and chromedriver"]
fn browser_does_not_reload_an_old_page_for_ever() {
    let workspace = template("browser_old_page");
    let port = free_port();
    let number = port.to_string();
    let mut session = workspace.run().arguments(["--listen", &number]).start();
    session.wait_for("host-started");
    let cache = Cache::start(port);
    let browser = Browser::open();
    browser.go(&cache.address);
    assert_eq!(cache.loads(), 1);
    // It names the version that the page should have.
    let name = "document.querySelector('#hotmod-notice')?.dataset.name";
    let mut last = String::new();
    for saves in 1..=2 {
        let before = cache.loads();
        workspace.edit(PAGES, "Hello", "Hello,");
        session.wait_for("live");
        browser.wait_for(&format!("{name}?.startsWith('old') && {name} !== '{last}'"));
        last = browser.value(name).as_str().unwrap().to_owned();
        assert!(
            browser
                .value(NOTICE)
                .as_str()
                .unwrap()
                .contains("This page is old")
        );
        let loads = cache.loads();
        assert!(
            (1..=3).contains(&(loads - before)),
            "{loads} after {saves} saves"
        );
        // Each event stream begins with the same news.
        browser.value("dispatchEvent(new Event('pagehide'))");
        browser.value("dispatchEvent(new Event('pageshow'))");
        close(&browser, "hotmod-notice");
        workspace.edit(PAGES, "let title = \"", "let title = 7 + \"");
        browser.wait_for(&format!("{OVERLAY} !== null"));
        assert_eq!(cache.loads(), loads);
        workspace.edit(PAGES, "let title = 7 + \"", "let title = \"");
        browser.wait_for(&format!("{OVERLAY} === null"));
    }
}
