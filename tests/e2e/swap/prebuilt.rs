//! A host and builds of its group, which one session makes for all tests of the swap.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use hotmod_protocol::BuildId;
use serde_json::Value;

use hotmod_testkit::{Library, Session, Workspace, files, once_in_a_run, temporary};

/// What one session built.
pub(super) struct Prebuilt {
    pub(super) host: PathBuf,
    /// Three builds, whose crates say 1, 2 and 3.
    pub(super) builds: Vec<Library>,
    /// A build that lacks an entry point of the host's.
    pub(super) lacks: Library,
    /// A build whose future is not `Send`.
    pub(super) not_send: Library,
    /// A build with another signature.
    pub(super) other_signature: Library,
    /// A build with two entry points of one name.
    pub(super) twice: Library,
}

/// Each test may be a process of its own, and one of them builds.
pub(super) static PREBUILT: LazyLock<Prebuilt> = LazyLock::new(|| {
    let kept = temporary().join("workspaces/swap.builds");
    once_in_a_run(&kept, || prebuild(&kept));
    let library = |name: &str| kept_library(&kept.join(name));
    Prebuilt {
        host: kept.join("host"),
        builds: ["1", "2", "3"].map(library).into(),
        lacks: library("lacks"),
        not_send: library("not-send"),
        other_signature: library("other-signature"),
        twice: library("twice"),
    }
});

/// The entry points of `pages::contract`.
const SIGNATURE: &str = "#[hotmod::hot]\npub fn number(of: u32) -> u32 {\n    of\n}\n";
const EXTRA: &str = "#[hotmod::hot]\npub fn extra() {}\n";
const SENDS: &str = "#[hotmod::hot]\npub async fn sends() {\n    let sent = 1_u8;\n    \
                     std::future::ready(()).await;\n    drop(sent);\n}\n";
const KEEP: &str = "black_box(&pages::contract::number);\n    \
                    black_box(&pages::contract::extra);\n    \
                    black_box(&pages::contract::sends);";

fn prebuild(kept: &Path) {
    let workspace = Workspace::new("swap", "swap");
    let _ = fs::remove_dir_all(kept);
    fs::create_dir_all(kept).unwrap();
    let mut session = workspace.run().ready();
    let mut generations = generations_of(&mut session);
    let contract = |items: &[&str]| {
        workspace.write("pages/src/contract.rs", &items.concat());
    };
    // Nothing asks for these entry points yet, so builds that the host will not take go live.
    let not_send = SENDS.replace("1_u8", "std::rc::Rc::new(1_u8)");
    contract(&[SIGNATURE, EXTRA, &not_send]);
    keep(
        &session.wait_for("live"),
        &generations,
        &kept.join("not-send"),
    );
    contract(&[SIGNATURE, SENDS]);
    keep(&session.wait_for("live"), &generations, &kept.join("lacks"));

    contract(&[SIGNATURE, EXTRA, SENDS]);
    session.wait_for("live");
    workspace.edit("app/src/main.rs", "// contract", KEEP);
    let restarted = session.wait_for("restarted");
    session.wait_for_answer("ready");
    generations = generations_of(&mut session);
    let host = kept.join("host");
    fs::copy(format!("/proc/{}/exe", restarted["pid"]), &host).unwrap();
    for number in 1..=3 {
        set_build(&workspace, number - 1, number);
        let kept = kept.join(number.to_string());
        keep(&session.wait_for("live"), &generations, &kept);
    }

    // The session does not take it either, and starts a host that has it.
    let signature = SIGNATURE.replace("u32", "u64");
    contract(&[&signature, EXTRA, SENDS]);
    session.wait_for("restarted");
    session.wait_for_answer("ready");
    generations = generations_of(&mut session);
    set_build(&workspace, 3, 4);
    let kept_signature = kept.join("other-signature");
    keep(&session.wait_for("live"), &generations, &kept_signature);
    let twice = "pub fn both() {\n    {\n        #[hotmod::hot]\n        fn twice() {}\n        \
                 twice();\n    }\n    {\n        #[hotmod::hot]\n        fn twice() {}\n        \
                 twice();\n    }\n}\n";
    let before = files(&generations);
    contract(&[&signature, EXTRA, SENDS, twice]);
    assert_eq!(session.wait_for("refused")["restart"], false);
    let mut all = files(&generations).into_iter();
    let added = all.find(|it| !before.contains(it)).unwrap();
    keep_library(&added, &kept.join("twice"));
}

fn generations_of(session: &mut Session) -> PathBuf {
    let answer = session.ask("directory");
    PathBuf::from(answer)
}

/// Both crates at once: one save of several files is one reload.
fn set_build(workspace: &Workspace, from: u32, to: u32) {
    let line = |number| format!("const BUILD: u32 = {number};");
    for file in ["widgets/src/lib.rs", "pages/src/lib.rs"] {
        workspace.edit(file, &line(from), &line(to));
    }
}

/// Keeps the library that went live, in a folder of its own.
fn keep(live: &Value, generations: &Path, folder: &Path) {
    let build = live["build_id"].as_str().unwrap();
    keep_library(
        &generations.join(format!("libhotmod_group-{build}.so")),
        folder,
    );
}

fn keep_library(library: &Path, folder: &Path) {
    fs::create_dir(folder).unwrap();
    fs::copy(library, folder.join(library.file_name().unwrap())).unwrap();
}

/// The library that is kept in a folder.
fn kept_library(folder: &Path) -> Library {
    let path = files(folder).pop().unwrap();
    let stem = path.file_stem().unwrap().to_str().unwrap();
    let build = stem.strip_prefix("libhotmod_group-").unwrap();
    let build = BuildId(u64::from_str_radix(build, 16).unwrap());
    Library { build, path }
}
