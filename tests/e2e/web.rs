//! The web template and the demo: pages that are loaded while they are edited.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hotmod_testkit::{Client, Session, Workspace, free_port, target_directory};

const PAGES: &str = "pages/src/lib.rs";
const WIDGETS: &str = "widgets/src/lib.rs";
/// At least; a slow machine gets more, until `GENERATIONS` were seen.
const SAVES: u32 = 200;
const GENERATIONS: usize = 10;
const CLIENTS: usize = 8;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn web() -> PathBuf {
    repository().join("templates/web")
}

/// The text between two marks.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    let rest = &text[text.find(begin)? + begin.len()..];
    Some(&rest[..rest.find(end)?])
}

/// The markers of `pages` and of `widgets` that a page shows, and its generation.
fn markers(page: &str) -> Option<(u32, u32, u32)> {
    let number = |begin, end| between(page, begin, end)?.parse().ok();
    Some((
        number("<h1>pages-", "<")?,
        number("<h2>widgets-", " ")?,
        number("Generation ", " ")?,
    ))
}

/// Each save changes one of the two crates only. No request may fail. All pages of one generation,
/// on all connections, show one pair of markers: a call of new code of one crate into old code of
/// the other would make a second pair. Nothing goes back: a later page of one connection is of no
/// earlier generation and shows no older marker of either crate. The last save is served.
///
/// What is not asserted: that a pair was on disk at one moment. A build that runs to its end while
/// saves go on reads one crate before a save and the other after it; the next build mends that.
#[test]
fn pages_loaded_during_two_hundred_saves_show_one_generation_each() {
    let workspace = Workspace::copy_of(&web(), "two_hundred_saves");
    let pages = workspace
        .read(PAGES)
        .replace("Hello from pages", "pages-MARK");
    let widgets = workspace.read(WIDGETS).replace("<h2>", "<h2>widgets-MARK ");
    let save = |path: &str, text: &str, number: u32| {
        workspace.write(path, &text.replace("MARK", &number.to_string()));
    };
    save(PAGES, &pages, 0);
    save(WIDGETS, &widgets, 0);
    let port = free_port();
    let mut session = workspace.run().variable("PORT", &port.to_string()).start();
    session.wait_for("host-started");
    let first = Client::connect(port).page().unwrap();
    assert_eq!(markers(&first), Some((0, 0, 0)), "{first}");

    let is_over = AtomicBool::new(false);
    let seen: Mutex<Vec<Vec<(u32, u32, u32)>>> = Mutex::default();
    let generations: Mutex<BTreeSet<u32>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let mut client = Client::connect(port);
                let mut answers = Vec::new();
                while !is_over.load(Ordering::Relaxed) {
                    let page = client.page().expect("a page");
                    let answer = markers(&page).unwrap_or_else(|| panic!("no markers in {page}"));
                    if answers.last() != Some(&answer) {
                        answers.push(answer);
                        generations.lock().unwrap().insert(answer.2);
                    }
                }
                seen.lock().unwrap().push(answers);
            });
        }
        // An assertion that fails here must not leave the clients running.
        struct Over<'a>(&'a AtomicBool);
        impl Drop for Over<'_> {
            fn drop(&mut self) {
                self.0.store(true, Ordering::Relaxed);
            }
        }
        let _over = Over(&is_over);
        let mut last = (0, 0);
        // The clients see saves go live all along, not only the last one.
        let is_enough = |number| number > SAVES && generations.lock().unwrap().len() > GENERATIONS;
        for number in (1..).take_while(|&number| !is_enough(number)) {
            assert!(number < 20 * SAVES, "saves don't go live");
            if number % 2 == 1 {
                last.0 = number;
                save(PAGES, &pages, number);
            } else {
                last.1 = number;
                save(WIDGETS, &widgets, number);
            }
            // The pace of a fast hand on the keys: most saves find a build running.
            std::thread::sleep(Duration::from_millis(60));
        }
        let mut client = Client::connect(port);
        loop {
            session.wait_for("live");
            let (of_pages, of_widgets, _) = markers(&client.page().unwrap()).unwrap();
            if (of_pages, of_widgets) == last {
                break;
            }
        }
    });

    let seen = seen.into_inner().unwrap();
    assert_eq!(seen.len(), CLIENTS);
    let mut pair_of = BTreeMap::new();
    for answers in &seen {
        for (of_pages, of_widgets, generation) in answers {
            let pair = (of_pages, of_widgets);
            assert_eq!(*pair_of.entry(generation).or_insert(pair), pair);
        }
        let is_in_order = answers.windows(2).all(|two| {
            let (before, after) = (two[0], two[1]);
            before.0 <= after.0 && before.1 <= after.1 && before.2 < after.2
        });
        assert!(is_in_order, "{answers:?}");
    }
    assert!(pair_of.len() > GENERATIONS, "{pair_of:?}");
    for event in [
        "compile-error",
        "refused",
        "restarted",
        "error",
        "host-exited",
    ] {
        assert_eq!(session.count(event), 0, "{event}");
    }
}

/// The demo, started as its user would from the repository's root.
fn demo(folder: &Path, record: &str) -> Session {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-hotmod"));
    command
        .current_dir(repository())
        .args(["hotmod", "demo"])
        .arg(folder)
        .env("CARGO_TARGET_DIR", target_directory(&web()));
    Session::start_in(command, &folder.with_file_name(record))
}

fn shell(line: &str) -> String {
    let output = Command::new("sh")
        .args(["-c", line])
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(output.status.success(), "{line}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn visit(page: &str) -> (u32, u32) {
    let number = |begin, end| between(page, begin, end).unwrap().parse().unwrap();
    (number("This is visit ", " of"), number("of process ", ".<"))
}

#[test]
fn the_demo_does_what_it_says() {
    let folder: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("demo");
    let _ = fs::remove_dir_all(&folder);
    let mut session = demo(&folder, "demo-first");
    session.wait_for("host-started");
    let screen = session.screen();
    assert!(screen.contains("Wrote the demo to"), "{screen}");
    let commands: Vec<&str> = screen.lines().map(str::trim).collect();
    let sed: Vec<&str> = commands
        .iter()
        .filter(|it| it.starts_with("sed "))
        .copied()
        .collect();
    let [edit_pages, edit_widgets] = sed[..] else {
        panic!("no two edits in:\n{screen}");
    };
    let port = between(&screen, "http://127.0.0.1:", "/")
        .unwrap()
        .parse()
        .unwrap();

    // One connection from before the edits to after them.
    let mut client = Client::connect(port);
    let page = client.page().unwrap();
    assert!(page.contains("<h1>Hello from pages</h1>"), "{page}");
    let (first, pid) = visit(&page);

    shell(edit_pages);
    assert_eq!(session.wait_for("live")["generation"], 1);
    let page = client.page().unwrap();
    assert!(page.contains("<h1>Hello again</h1>"), "{page}");
    assert_eq!(visit(&page), (first + 1, pid));

    shell(edit_widgets);
    assert_eq!(session.wait_for("live")["generation"], 2);
    let page = client.page().unwrap();
    assert!(page.contains("<h2>* Visits</h2>"), "{page}");
    assert_eq!(visit(&page), (first + 2, pid));

    let model = folder.join("model/src/lib.rs");
    let text = fs::read_to_string(&model).unwrap();
    fs::write(&model, text.replace("+ 1", "+ 1001")).unwrap();
    let reason = "`model/src/lib.rs` changed, and `model` is not reloadable";
    assert_eq!(session.wait_for("restarted")["reason"], reason);
    let page = Client::connect(port).page().unwrap();
    assert!(page.contains("<h1>Hello again</h1>"), "{page}");
    let (number, other) = visit(&page);
    // The visits before are carried over the restart.
    assert_eq!(number, first + 2 + 1001);
    assert_ne!(other, pid);
    assert!(session.screen().contains(reason));
    session.interrupt();

    // A second one uses what is there, edits and all.
    let mut session = demo(&folder, "demo-second");
    session.wait_for("host-started");
    let screen = session.screen();
    assert!(screen.contains("Using the demo in"), "{screen}");
    let port = between(&screen, "http://127.0.0.1:", "/")
        .unwrap()
        .parse()
        .unwrap();
    let page = Client::connect(port).page().unwrap();
    assert!(page.contains("<h1>Hello again</h1>"), "{page}");
}
