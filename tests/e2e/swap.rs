//! The swap itself, over prebuilt builds: a host under a fake tool is offered libraries that a
//! real session built, as often as a test likes.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use hotmod_protocol::{BuildId, Cause};
use serde_json::Value;

use crate::support::{Library, Puppet, Session, Workspace};

/// What one session built.
struct Prebuilt {
    host: PathBuf,
    /// Three builds, whose crates say 1, 2 and 3.
    builds: Vec<Library>,
    /// A build that lacks an entry point of the host's.
    lacks: Library,
    /// A build whose future is not `Send`.
    not_send: Library,
    /// A build with another signature.
    other_signature: Library,
    /// A build with two entry points of one name.
    twice: Library,
}

static PREBUILT: LazyLock<Prebuilt> = LazyLock::new(prebuild);

/// The entry points of `pages::contract`.
const SIGNATURE: &str = "#[hotmod::hot]\npub fn number(of: u32) -> u32 {\n    of\n}\n";
const EXTRA: &str = "#[hotmod::hot]\npub fn extra() {}\n";
const SENDS: &str = "#[hotmod::hot]\npub async fn sends() {\n    let sent = 1_u8;\n    \
                     std::future::ready(()).await;\n    drop(sent);\n}\n";
const KEEP: &str = "black_box(&pages::contract::number);\n    \
                    black_box(&pages::contract::extra);\n    \
                    black_box(&pages::contract::sends);";

fn prebuild() -> Prebuilt {
    let workspace = Workspace::new("swap", "swap");
    let kept = workspace.root().with_extension("builds");
    let _ = fs::remove_dir_all(&kept);
    fs::create_dir_all(&kept).unwrap();
    let mut session = workspace.run().ready();
    let mut generations = generations_of(&mut session);
    let contract = |items: &[&str]| {
        workspace.write("pages/src/contract.rs", &items.concat());
    };
    // Nothing asks for these entry points yet, so builds that the host will not take go live.
    let not_send = SENDS.replace("1_u8", "std::rc::Rc::new(1_u8)");
    contract(&[SIGNATURE, EXTRA, &not_send]);
    let not_send = keep(&session.wait_for("live"), &generations, &kept);
    contract(&[SIGNATURE, SENDS]);
    let lacks = keep(&session.wait_for("live"), &generations, &kept);

    contract(&[SIGNATURE, EXTRA, SENDS]);
    session.wait_for("live");
    workspace.edit("app/src/main.rs", "// contract", KEEP);
    let restarted = session.wait_for("restarted");
    session.wait_for_answer("ready");
    generations = generations_of(&mut session);
    let host = kept.join("host");
    fs::copy(format!("/proc/{}/exe", restarted["pid"]), &host).unwrap();
    let mut builds = Vec::new();
    for number in 1..=3 {
        set_build(&workspace, number - 1, number);
        builds.push(keep(&session.wait_for("live"), &generations, &kept));
    }

    // The session does not take it either, and starts a host that has it.
    let signature = SIGNATURE.replace("u32", "u64");
    contract(&[&signature, EXTRA, SENDS]);
    session.wait_for("restarted");
    session.wait_for_answer("ready");
    generations = generations_of(&mut session);
    set_build(&workspace, 3, 4);
    let other_signature = keep(&session.wait_for("live"), &generations, &kept);
    let twice = "pub fn both() {\n    {\n        #[hotmod::hot]\n        fn twice() {}\n        \
                 twice();\n    }\n    {\n        #[hotmod::hot]\n        fn twice() {}\n        \
                 twice();\n    }\n}\n";
    contract(&[&signature, EXTRA, SENDS, twice]);
    assert_eq!(session.wait_for("refused")["restart"], false);
    let twice = newest(&generations, &kept);
    Prebuilt {
        host,
        builds,
        lacks,
        not_send,
        other_signature,
        twice,
    }
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

/// Keeps the library that went live.
fn keep(live: &Value, generations: &Path, kept: &Path) -> Library {
    let build = live["build_id"].as_str().unwrap();
    let name = format!("libhotmod_group-{build}.so");
    let path = kept.join(&name);
    fs::copy(generations.join(name), &path).unwrap();
    let build = BuildId(u64::from_str_radix(build, 16).unwrap());
    Library { build, path }
}

/// Keeps the library that was built last.
fn newest(generations: &Path, kept: &Path) -> Library {
    let made = |path: &PathBuf| fs::metadata(path).unwrap().modified().unwrap();
    let newest = fs::read_dir(generations)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .max_by_key(made)
        .unwrap();
    let stem = newest.file_stem().unwrap().to_str().unwrap();
    let build = stem.strip_prefix("libhotmod_group-").unwrap();
    let build = BuildId(u64::from_str_radix(build, 16).unwrap());
    let path = kept.join(newest.file_name().unwrap());
    fs::copy(&newest, &path).unwrap();
    Library { build, path }
}

fn start() -> Puppet {
    Puppet::start(&PREBUILT.host)
}

/// What all calls of the host answer while one generation is live.
fn assert_live(puppet: &mut Puppet, build: u32, generation: u32) {
    let mark = format!("({build}, {generation})");
    assert_eq!(puppet.ask("ask"), format!("{mark} {mark}"));
    assert_eq!(puppet.ask("thread"), format!("({mark}, {generation})"));
    assert_eq!(puppet.ask("generation"), format!("{generation} true"));
}

#[test]
fn the_first_swap_falls_into_a_running_call_a_thousand_times() {
    let one = &PREBUILT.builds[0];
    for _ in 0..1000 {
        let mut puppet = start();
        assert_eq!(puppet.ask("begin"), "true");
        assert_eq!(puppet.ask("span"), "inside");
        assert_eq!(puppet.make_live(one), 1);
        // All marks of both crates, before and after the swap.
        assert_eq!(puppet.ask("on"), "[(0, 0)]");
        assert_eq!(puppet.ask("finish"), "[(0, 0)]");
        assert_eq!(puppet.ask("ask"), "(1, 1) (1, 1)");
    }
}

#[test]
fn calls_in_flight_end_in_their_generation() {
    let mut puppet = start();
    assert_live(&mut puppet, 0, 0);
    let mut before = (0, 0);
    for (build, library) in (1..).zip(&PREBUILT.builds) {
        assert_eq!(puppet.ask("begin"), "true");
        assert_eq!(puppet.ask("span"), "inside");
        let now = (build, puppet.make_live(library));
        assert_eq!(puppet.ask("on"), format!("[{before:?}]"));
        assert_eq!(puppet.ask("finish"), format!("[{before:?}]"));
        assert_live(&mut puppet, now.0, now.1);
        before = now;
    }
}

#[test]
fn what_a_future_says_when_it_is_dropped_is_of_its_generation() {
    let mut puppet = start();
    let mut before = (0, 0);
    for begin in ["begin", "begin-pinned"] {
        for (build, library) in (1..).zip(&PREBUILT.builds) {
            assert_eq!(puppet.ask(begin), "true");
            before = {
                let now = (build, puppet.make_live(library));
                assert_eq!(puppet.ask("drop"), "dropped");
                assert_eq!(puppet.ask("words"), format!("[{before:?}]"));
                now
            };
        }
    }
}

#[test]
fn a_panic_ends_the_call_and_its_pin() {
    let mut puppet = start();
    assert_eq!(puppet.ask("panic"), "true");
    puppet.make_live(&PREBUILT.builds[0]);
    assert_live(&mut puppet, 1, 1);
    assert_eq!(puppet.ask("panic"), "true");
    puppet.make_live(&PREBUILT.builds[1]);
    assert_live(&mut puppet, 2, 2);
}

#[test]
fn a_live_handle_made_in_generation_3_answers_from_generation_4() {
    let mut puppet = start();
    let [one, two, three] = &PREBUILT.builds[..] else {
        unreachable!()
    };
    for library in [one, two, three] {
        puppet.make_live(library);
    }
    assert_eq!(puppet.ask("keep"), "kept");
    assert_eq!(puppet.ask("handle"), "(3, 3) (3, 3) Ready((3, 3))");
    assert_eq!(puppet.make_live(one), 4);
    // The function itself, which the host kept too, is generation 3's for ever.
    let answer = puppet.ask("handle");
    assert!(answer.starts_with("(1, 4) (3, "), "{answer}");
    assert!(answer.ends_with(" Ready((1, 4))"), "{answer}");
    // Under a pin it goes where calls go.
    assert_eq!(puppet.ask("enter"), "entered");
    assert_eq!(puppet.make_live(two), 5);
    let answer = puppet.ask("handle");
    assert!(answer.starts_with("(1, 4) "), "{answer}");
    assert_eq!(puppet.ask("leave"), "left");
    let answer = puppet.ask("handle");
    assert!(answer.starts_with("(2, 5) "), "{answer}");
}

#[test]
fn a_pin_holds_until_the_last_guard_is_dropped() {
    let mut puppet = start();
    puppet.make_live(&PREBUILT.builds[0]);
    assert_eq!(puppet.ask("enter"), "entered");
    puppet.make_live(&PREBUILT.builds[1]);
    assert_eq!(puppet.ask("ask"), "(1, 1) (1, 1)");
    assert_eq!(puppet.ask("generation"), "1 true");
    // Another thread is not pinned.
    assert_eq!(puppet.ask("thread"), "((2, 2), 2)");
    assert_eq!(puppet.ask("enter"), "entered");
    assert_eq!(puppet.ask("leave"), "left");
    assert_eq!(puppet.ask("ask"), "(1, 1) (1, 1)");
    assert_eq!(puppet.ask("leave"), "left");
    assert_live(&mut puppet, 2, 2);
}

#[test]
fn two_calls_under_one_enter_are_answered_by_one_generation() {
    storm("enter");
}

#[test]
fn two_calls_under_one_pinned_on_a_current_thread_runtime_are_too() {
    storm("current-thread");
}

#[test]
fn two_calls_under_one_pinned_on_a_multi_thread_runtime_are_too() {
    storm("multi-thread");
}

/// 10,000 pairs of calls on each of four threads, while generations come one after the other.
fn storm(how: &str) {
    let mut puppet = start();
    assert_eq!(puppet.ask(&format!("storm {how} 10000")), "storm");
    let mut builds = PREBUILT.builds.iter().cycle();
    let told = loop {
        if let Some(told) = puppet.answer_so_far() {
            break told;
        }
        puppet.make_live(builds.next().unwrap());
    };
    let [calls, mixed, spanned, apart]: [u32; 4] = told
        .split(' ')
        .map(|pair| pair.split_once('=').unwrap().1.parse().unwrap())
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    assert_eq!((calls, mixed, spanned), (40_000, 0, 400), "{told}");
    // Without the pins this many would have been mixed.
    assert!(apart >= spanned, "{told}");
}

#[test]
fn a_step_that_fails_leaves_what_was_live() {
    let mut puppet = start();
    let one = &PREBUILT.builds[0];
    puppet.make_live(one);
    let build = one.build;
    let generations = puppet.generations();
    let shown = generations.display().to_string();
    let library = |reason: String| (Cause::Library, reason);

    let missing = generations.join("missing.so");
    assert_eq!(
        puppet.refusal(build, &missing),
        library(format!(
            "`{shown}/missing.so`: No such file or directory (os error 2)"
        ))
    );

    let other = PREBUILT.builds[1].build;
    let copy = puppet.copy(one);
    assert_eq!(
        puppet.refusal(other, &copy),
        library(format!("the library is build {build}, not {other}"))
    );

    let outside = |path: &str| {
        library(format!(
            "`{path}` is outside the session's directory `{shown}`"
        ))
    };
    let expected = outside(&one.path.display().to_string());
    assert_eq!(puppet.refusal(build, &one.path), expected);
    let link = generations.join("link.so");
    symlink(&one.path, &link).unwrap();
    let expected = outside(&format!("{shown}/link.so"));
    assert_eq!(puppet.refusal(build, &link), expected);
    let (_, reason) = puppet.refusal(build, &generations.join("../socket"));
    assert!(
        reason.contains("is outside the session's directory"),
        "{reason}"
    );

    let text = generations.join("text.so");
    fs::write(&text, "not a library").unwrap();
    let (cause, reason) = puppet.refusal(build, &text);
    assert_eq!(cause, Cause::Library);
    assert!(reason.contains("text.so: file too short"), "{reason}");
    let foreign = generations.join("foreign.so");
    fs::copy(a_library_of_the_system(), &foreign).unwrap();
    assert_eq!(
        puppet.refusal(build, &foreign),
        library(format!(
            "`{shown}/foreign.so` is no build of the group: it has no `hotmod_build`"
        ))
    );

    for (library, cause, expected) in [
        (
            &PREBUILT.lacks,
            Cause::Contract,
            "the entry point `pages::contract::extra` is gone",
        ),
        (
            &PREBUILT.other_signature,
            Cause::Contract,
            "the signature of `pages::contract::number` changed from `fn(u32) -> u32` to \
             `fn(u64) -> u64`",
        ),
        (
            &PREBUILT.not_send,
            Cause::Contract,
            "the future of `pages::contract::sends` is no longer `Send`",
        ),
        (
            &PREBUILT.twice,
            Cause::Library,
            "two entry points are named `pages::contract::both::twice`; help: rename one of them",
        ),
    ] {
        let copy = puppet.copy(library);
        let refusal = puppet.refusal(library.build, &copy);
        assert_eq!(refusal, (cause, expected.to_owned()));
        assert_live(&mut puppet, 1, 1);
    }
    // And the next one that is in order goes live.
    let generation = puppet.make_live(&PREBUILT.builds[1]);
    assert_live(&mut puppet, 2, generation);
}

#[test]
fn what_is_damaged_or_built_with_other_crates_is_not_even_loaded() {
    let mut puppet = start();
    let one = &PREBUILT.builds[0];
    puppet.make_live(one);
    let shown = puppet.generations().display().to_string();
    let whole = fs::read(&one.path).unwrap();

    // Any of these would be a crash of the loader, or of what it loaded.
    let middle = whole.len() / 2;
    let mut damaged = whole.clone();
    damaged[middle] ^= 1;
    for (bytes, what) in [
        (
            &whole[..middle],
            format!("cut short: {middle} of {} bytes", whole.len()),
        ),
        (
            &whole[..0],
            format!("cut short: 0 of {} bytes", whole.len()),
        ),
        (
            &damaged[..],
            "damaged: its bytes are not those that were offered".to_owned(),
        ),
    ] {
        let path = puppet.copy(one);
        let offer = puppet.offer_of(one.build, &path);
        fs::write(&path, bytes).unwrap();
        let name = path.file_name().unwrap().display();
        let reason = format!("`{shown}/{name}` is {what}");
        assert_eq!(puppet.refusal_of(offer), (Cause::Library, reason));
        assert!(!puppet.has_mapped(&path));
        assert_live(&mut puppet, 1, 1);
    }

    let path = puppet.copy(one);
    let mut offer = puppet.offer_of(one.build, &path);
    offer.identity = 0xabcd;
    let reason = "host and group were built with different crates or compilers \
                  (identity 0000000000000000 and 000000000000abcd)";
    assert_eq!(
        puppet.refusal_of(offer),
        (Cause::Contract, reason.to_owned())
    );
    assert!(!puppet.has_mapped(&path));
    let generation = puppet.make_live(&PREBUILT.builds[1]);
    assert_live(&mut puppet, 2, generation);
}

/// Some library that is no generation: one that the tests themselves have loaded.
fn a_library_of_the_system() -> PathBuf {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let libgcc = maps.lines().find(|line| line.contains("libgcc_s"));
    let (_, path) = libgcc.unwrap().split_once('/').unwrap();
    PathBuf::from(format!("/{path}"))
}
