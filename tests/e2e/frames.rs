//! `hotmod::advance`: in a program with frames on several threads, generations go live between two frames.

use hotmod_testkit::{Session, Workspace, tool};

const PAGE: &str = "pages/src/lib.rs";

/// Runs frames of four threads, and counts those that ran in several generations.
const PROGRAM: &str = r#"
use std::io::BufRead;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

static IS_STOPPED: AtomicBool = AtomicBool::new(false);
static FRAMES: AtomicU32 = AtomicU32::new(0);
static MIXED: AtomicU32 = AtomicU32::new(0);

fn system() -> Vec<u32> {
    let call = |_| {
        std::thread::sleep(Duration::from_micros(200));
        pages::generation()
    };
    (0..20).map(call).collect()
}

fn frame() {
    let seen: Vec<u32> = std::thread::scope(|scope| {
        let systems = [(); 4].map(|()| scope.spawn(system));
        systems.into_iter().flat_map(|it| it.join().unwrap()).collect()
    });
    let is_mixed = seen.iter().any(|it| *it != seen[0]);
    MIXED.fetch_add(is_mixed.into(), Ordering::Relaxed);
    FRAMES.fetch_add(1, Ordering::Relaxed);
}

#[hotmod::main]
fn main() {
    println!("ready");
    model::count();
    let advances = std::env::args().any(|it| it == "advance");
    std::thread::spawn(move || loop {
        if IS_STOPPED.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(1));
            continue;
        }
        if advances {
            hotmod::advance();
        }
        frame();
    });
    for line in std::io::stdin().lock().lines() {
        match &*line.unwrap() {
            "frames" => println!("{} {}", FRAMES.load(Ordering::Relaxed), MIXED.load(Ordering::Relaxed)),
            "stop" => {
                IS_STOPPED.store(true, Ordering::Relaxed);
                println!("stopped");
            }
            "go" => {
                IS_STOPPED.store(false, Ordering::Relaxed);
                println!("goes");
            }
            _ => println!("{}", pages::page()),
        }
    }
}
"#;

fn workspace(test: &str) -> Workspace {
    let workspace = Workspace::new("basic", test);
    workspace.write("app/src/main.rs", PROGRAM.trim_start());
    let text = workspace.read(PAGE);
    let generation =
        "\n#[hotmod::hot]\npub fn generation() -> u32 {\n    hotmod::generation()\n}\n";
    workspace.write(PAGE, &(text + generation));
    workspace
}

/// How many frames there were, and how many of them ran in several generations.
fn frames(session: &mut Session) -> (u32, u32) {
    let answer = session.ask("frames");
    let (all, mixed) = answer.split_once(' ').unwrap();
    (all.parse().unwrap(), mixed.parse().unwrap())
}

/// Edits the page so often.
fn reload(workspace: &Workspace, session: &mut Session, times: usize) {
    for number in 0..times {
        let text = workspace.read(PAGE);
        let argument = "generation={}\",\n        \"";
        let (start, rest) = text.split_once(argument).unwrap();
        let (_, end) = rest.split_once('"').unwrap();
        workspace.write(PAGE, &format!("{start}{argument}page {number}\"{end}"));
        session.wait_for("live");
        assert!(session.ask("ask").contains(&format!("page=page {number} ")));
    }
}

fn told(workspace: &Workspace, words: &[&str], code: i32) -> String {
    let output = workspace.command(tool()).args(words).output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{words:?}: {text}");
    text
}

#[test]
fn no_frame_runs_in_two_generations() {
    let workspace = workspace("frames");
    let mut session = workspace.run().host_arguments(&["advance"]).ready();
    reload(&workspace, &mut session, 12);
    let (all, mixed) = frames(&mut session);
    assert!(all >= 12 && mixed == 0, "{mixed} of {all}");
    // Going back is between two frames, too.
    for _ in 0..3 {
        told(&workspace, &["rollback"], 0);
    }
    assert!(session.ask("ask").contains("page=page 8 "));
    assert_eq!(frames(&mut session).1, 0);
    session.interrupt();

    // Without it, they do: a call decides for itself.
    let mut session = workspace.run().ready();
    let mut mixed = 0;
    for _ in 0..10 {
        reload(&workspace, &mut session, 2);
        mixed = frames(&mut session).1;
        if mixed > 0 {
            break;
        }
    }
    assert!(mixed > 0, "the test would not notice");
}

#[test]
fn a_program_that_begins_no_frame_is_reported() {
    let workspace = workspace("frames_stopped");
    let mut session = workspace.run().host_arguments(&["advance"]).ready();
    reload(&workspace, &mut session, 1);
    assert_eq!(session.ask("stop"), "stopped");
    // A frame that has begun ends.
    let mut all = 0;
    while frames(&mut session).0 != all {
        all = frames(&mut session).0;
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    workspace.edit(PAGE, "\"page 0\"", "\"two\"");
    let note = session.wait_for("note");
    assert_eq!(
        (&note["kind"], &note["generation"]),
        (&"waits-for-advance".into(), &2.into())
    );
    let text = told(&workspace, &["wait"], 5);
    assert!(
        text.contains(
            "error: the program does not call `hotmod::advance`, so the saved code is not live yet"
        ),
        "{text}"
    );
    assert!(session.ask("ask").contains("page=page 0 "));
    // Edits go on, and what does not compile is said.
    workspace.edit(PAGE, "\"two\"", "\"three");
    session.wait_for("compile-error");
    told(&workspace, &["wait"], 4);
    workspace.edit(PAGE, "\"three", "\"three\"");
    assert_eq!(session.wait_for("note")["kind"], "waits-for-advance");
    assert_eq!(session.ask("go"), "goes");
    session.wait_for("live");
    assert!(session.ask("ask").contains("page=three "));
    told(&workspace, &["wait"], 0);
    assert_eq!(frames(&mut session).1, 0);
    assert_eq!(session.count("restarted"), 0);

    // A restart waits for no frame.
    session.ask("stop");
    workspace.edit(PAGE, "\"three\"", "\"four\"");
    session.wait_for("note");
    told(&workspace, &["restart"], 0);
    session.wait_for_answer("ready");
    assert!(session.ask("ask").contains("page=four "));
}
