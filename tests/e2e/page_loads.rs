//! `hotmod_web::wrap` around the template's server: the response to a request right after a save.

mod in_flight;
mod joining;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use hotmod_testkit::{Client, Session, Workspace, free_port, given, repository};

const PAGES: &str = "pages/src/lib.rs";
const MODEL: &str = "model/src/lib.rs";

/// What a browser sends for a page load.
const PAGE_LOAD: &str = "Accept: text/html,*/*;q=0.8\r\nSec-Fetch-Dest: document\r\n";

fn template(test: &str) -> Workspace {
    Workspace::copy_of(&repository().join("templates/web"), test)
}

fn started(workspace: &Workspace) -> (Session, u16) {
    let port = free_port();
    let address = port.to_string();
    let mut session = workspace.run().arguments(["--listen", &address]).start();
    session.wait_for("host-started");
    (session, port)
}

fn title(page: &str) -> &str {
    let title = page
        .split_once("<h1>")
        .and_then(|(_, rest)| rest.split_once("</h1>"));
    title.unwrap_or_else(|| panic!("no title in {page}")).0
}

#[test]
fn a_page_load_shows_the_last_save_or_the_reason_why_not() {
    let workspace = template("page_loads");
    let (session, port) = started(&workspace);
    let mut client = Client::connect(port);
    let good = workspace.read(PAGES);
    for number in 1..=3 {
        workspace.write(
            PAGES,
            &good.replace("Hello from pages", &format!("save-{number}")),
        );
        let page = client.get("/", PAGE_LOAD).unwrap();
        assert_eq!(title(&page.body), format!("save-{number}"));
        assert_eq!(page.header("hotmod-generation"), number.to_string());
        assert_eq!(page.header("hotmod-script"), "added");
    }

    workspace.write(PAGES, &good.replace("let title = \"", "let title = 7 + \""));
    let page = client.get("/", PAGE_LOAD).unwrap();
    assert_eq!((page.status, page.header("hotmod-state")), (500, "failed"));
    assert_eq!(title(&page.body), "The build failed");
    assert!(page.body.contains("pages/src/lib.rs:"), "{}", page.body);
    let other = client.get("/", "").unwrap();
    assert_eq!(
        (other.status, other.header("hotmod-state")),
        (200, "failed")
    );
    assert_eq!(title(&other.body), "save-3");

    workspace.write(PAGES, &good);
    let page = client.get("/", PAGE_LOAD).unwrap();
    assert_eq!((page.status, title(&page.body)), (200, "Hello from pages"));
    assert_eq!(session.count("restarted"), 0);
    // The router's static is a cache.
    assert!(!session.screen().contains("reset by every reload"));

    // The program that asks is the one that ends. Nobody is refused.
    workspace.edit(MODEL, "+ 1", "+ 1001");
    let page = load(port);
    // The visits before are carried over the restart.
    let (_, visit) = page.split_once("This is visit ").unwrap();
    let visit: u64 = visit.split(' ').next().unwrap().parse().unwrap();
    assert!(visit > 1001, "{page}");
    assert_eq!(session.count("restarted"), 1);
}

/// Loads the page, and follows redirects over new connections, as a browser does. Never loses a response.
fn load(port: u16) -> String {
    // Browsers give up after 20.
    for _ in 0..20 {
        let response = Client::connect(port).get("/", PAGE_LOAD).unwrap();
        match response.status {
            // The build took longer than a request waits.
            200 if response.header("hotmod-state") == "timed-out" => continue,
            200 => {
                assert_eq!(response.header("hotmod-state"), "live");
                return response.body;
            }
            307 => assert_eq!(response.header("location"), "/"),
            // The page of a server that the signal ends at once.
            503 => {
                let seconds = response.header("refresh").parse().unwrap();
                std::thread::sleep(Duration::from_secs(seconds));
            }
            _ => panic!("{response:?}"),
        }
        assert_eq!(response.header("connection"), "close");
    }
    panic!("too many redirects");
}

/// A type of the reloadable crate, which axum keeps under its `TypeId`. Its tokens are compared.
const EXTENSION: &str = "#[derive(Clone)]\nstruct Shop;\n\nfn router(";

/// 200 requests a second, and saves that are closer together than a compilation is long: each response is
/// of the last save before its request, or of a later one, and there are reloads while the saves go on.
#[test]
fn many_quick_clicks() {
    let seconds: u32 = given("SECONDS").unwrap_or(4);
    let at_least = Duration::from_secs(seconds.into());
    let at_most = at_least + Duration::from_secs(60);
    let workspace = template("many_quick_clicks");
    let good = workspace
        .read(PAGES)
        .replace("Hello from pages", "save-NUMBER")
        .replace(
            ".with_state(site)",
            ".with_state(site).layer(axum::Extension(Shop))",
        )
        .replace("fn router(", EXTENSION);
    let save = |number: u32| workspace.write(PAGES, &good.replace("NUMBER", &number.to_string()));
    save(0);
    let (mut session, port) = started(&workspace);
    // The first compilation of a session is slower than the others.
    let compile = [1, 2].map(|number| {
        save(number);
        session.wait_for("live")["ms"]["compile"].as_f64().unwrap()
    });
    let pause = Duration::from_secs_f64(compile[1] * 0.75 / 1000.0);
    let lives_before = session.count("live");
    let (saved, is_over) = (AtomicU32::new(2), AtomicBool::new(false));
    let answers: Mutex<Vec<(u32, u32)>> = Mutex::default();
    let begun = Instant::now();
    let lives = std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 3.. {
                if is_over.load(Ordering::SeqCst) {
                    break;
                }
                save(number);
                saved.store(number, Ordering::SeqCst);
                std::thread::sleep(pause);
            }
        });
        let lives = loop {
            scope.spawn(|| {
                let last = saved.load(Ordering::SeqCst);
                let page = Client::connect(port).page().unwrap();
                let shown = title(&page).strip_prefix("save-").unwrap().parse().unwrap();
                answers.lock().unwrap().push((last, shown));
            });
            std::thread::sleep(Duration::from_millis(5));
            let elapsed = begun.elapsed();
            if elapsed < at_least {
                continue;
            }
            let lives = session.count("live") - lives_before;
            if lives >= 2 || elapsed >= at_most {
                break lives;
            }
        };
        is_over.store(true, Ordering::SeqCst);
        lives
    });
    let answers = answers.into_inner().unwrap();
    let stale: Vec<_> = answers
        .iter()
        .filter(|(last, shown)| shown < last)
        .collect();
    assert!(stale.is_empty(), "of {}: {stale:?}", answers.len());
    for event in ["compile-error", "refused", "restarted", "host-exited"] {
        assert_eq!(session.count(event), 0, "{event}");
    }
    assert!(lives >= 2, "{lives} reloads with a save every {pause:?}");
    assert!(answers.len() > 50 * seconds as usize, "{}", answers.len());
}
