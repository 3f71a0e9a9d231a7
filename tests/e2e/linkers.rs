//! The linkers that users choose, and their options: each links the host, the shared dylib and the generations.
//!
//! Some linkers are not on every machine. Their tests are ignored: `cargo test --test e2e -- linkers --ignored`.

mod options;
mod wrapper;

use std::fs;
use std::path::{Path, PathBuf};

use object::{Object as _, ObjectSection as _};

use hotmod_testkit::{Run, Session, Workspace};

const PAGES: &str = "pages/src/lib.rs";

/// A type that the host gets, and two functions with the same code, which the host calls without a mark.
const ADDED: &str = r#"
/// What the host holds.
pub struct Title {
    /// Its number.
    pub number: u32,
}

/// The title.
#[hotmod::hot]
pub fn title() -> Title {
    Title { number: 7 }
}

/// The first of two.
pub fn first() -> u32 {
    title().number + 1
}

/// The second of two.
pub fn second() -> u32 {
    title().number + 1
}
"#;

/// A copy of `basic` with more to link.
fn workspace(test: &str) -> Workspace {
    let workspace = Workspace::new("basic", test);
    let question = "\"title\" => println!(\"{} {} {}\", pages::title().number, pages::first(), pages::second()),";
    workspace.edit(
        "app/src/main.rs",
        "\"settle\" =>",
        &format!("{question}\n            \"settle\" =>"),
    );
    workspace.write(PAGES, &(workspace.read(PAGES) + ADDED));
    workspace
}

/// The same with this configuration of cargo.
fn configured(test: &str, config: &str) -> Workspace {
    let workspace = workspace(test);
    workspace.write(".cargo/config.toml", config);
    workspace
}

/// The same with these flags for rustc in the configuration.
fn with_flags(test: &str, flags: &[&str]) -> Workspace {
    configured(test, &format!("[build]\nrustflags = {flags:?}\n"))
}

/// What a linker wrote. The session removes its generations when it ends.
struct Output {
    name: String,
    bytes: Vec<u8>,
}

impl Output {
    fn read(path: &Path) -> Self {
        let name = path.file_name().unwrap().to_string_lossy();
        Output {
            name: name.into_owned(),
            bytes: fs::read(path).unwrap(),
        }
    }

    fn parse(&self) -> object::File<'_> {
        object::File::parse(&*self.bytes).unwrap()
    }

    /// Its linker: mold and lld name themselves in a comment, and GNU ld does not.
    fn linker(&self) -> &'static str {
        let elf = self.parse();
        let comment = elf.section_by_name(".comment").unwrap().data().unwrap();
        let comment = String::from_utf8_lossy(comment);
        match () {
            () if comment.contains("mold") => "mold",
            () if comment.contains("LLD") => "lld",
            () => "bfd",
        }
    }
}

/// What the program has mapped: its executable, the shared dylib and the newest generation.
struct Linked([Output; 3]);

impl Linked {
    fn of(session: &Session) -> Self {
        let events = session.events();
        let pids = events.iter().rev().find_map(|it| it["pid"].as_u64());
        let process = PathBuf::from(format!("/proc/{}", pids.unwrap()));
        let maps = fs::read_to_string(process.join("maps")).unwrap();
        let live = events
            .iter()
            .rev()
            .find(|it| it["event"] == "live")
            .unwrap();
        let group = format!("libhotmod_group-{}", live["build_id"].as_str().unwrap());
        let mapped = |name: &str| {
            let mut paths = maps.lines().filter_map(|it| Some(&it[it.find('/')?..]));
            let path = paths.find(|it| it.contains(name));
            Output::read(Path::new(
                path.unwrap_or_else(|| panic!("no {name}:\n{maps}")),
            ))
        };
        Linked([
            Output::read(&fs::read_link(process.join("exe")).unwrap()),
            mapped("/libhotmod_shared"),
            mapped(&group),
        ])
    }

    fn linkers(&self) -> [&'static str; 3] {
        self.0.each_ref().map(Output::linker)
    }
}

/// A session in which a body, then one of two equal functions, and then a layout is edited. Returns what was linked
/// for the second generation.
fn edits(workspace: &Workspace, run: Run<'_>) -> Linked {
    let mut session = run.ready();
    assert_eq!(session.ask("title"), "7 8 8");
    workspace.edit(PAGES, "\"one\"", "\"two\"");
    let live = session.wait_for_any(&["live", "restarted", "refused", "error"]);
    assert_eq!(live["event"], "live", "{live}");
    assert!(session.ask("ask").contains("page=two "));

    let text = workspace.read(PAGES);
    let (before, second) = text.rsplit_once("+ 1").unwrap();
    workspace.write(PAGES, &format!("{before}+ 2{second}"));
    let live = session.wait_for_any(&["live", "restarted", "refused", "error"]);
    assert_eq!(live["event"], "live", "{live}");
    assert_eq!(session.ask("title"), "7 8 9");
    let linked = Linked::of(&session);

    workspace.edit(PAGES, "pub number: u32,", "pub number: u64,");
    workspace.edit(PAGES, "-> u32", "-> u64");
    let restarted = session.wait_for_any(&["live", "restarted", "error"]);
    assert_eq!(restarted["event"], "restarted", "{restarted}");
    session.wait_for_answer("ready");
    assert_eq!(session.ask("title"), "7 8 9");
    // A layout alone, which only debug information tells.
    let text = workspace.read(PAGES);
    let text = text.replace("Title { number: 7 }", "Title { number: 7, more: 1 }");
    let more = "pub number: u64,\n    /// More.\n    pub more: u64,";
    workspace.write(PAGES, &text.replace("pub number: u64,", more));
    let restarted = session.wait_for_any(&["live", "restarted", "error"]);
    assert_eq!(restarted["event"], "restarted", "{restarted}");
    let reason = restarted["reason"].as_str().unwrap();
    assert!(
        reason.contains("`pages::Title`: field `more: u64` added at offset 8"),
        "{reason}"
    );
    assert_eq!(session.count("error"), 0, "{}", session.screen());
    linked
}

/// A session with flags for rustc in cargo's configuration.
fn linkers_with_flags(test: &str, flags: &[&str]) -> [&'static str; 3] {
    let workspace = with_flags(test, flags);
    edits(&workspace, workspace.run()).linkers()
}

#[test]
fn the_toolchains_own_linker_links_everything() {
    let workspace = workspace("linker_of_toolchain");
    let linked = edits(&workspace, workspace.run());
    let [host, others @ ..] = linked.linkers();
    assert_eq!(others, [host; 2]);
}

#[test]
fn gnu_ld_links_everything() {
    let flags = ["-Clink-arg=-fuse-ld=bfd"];
    assert_eq!(linkers_with_flags("linker_bfd", &flags), ["bfd"; 3]);
}

#[test]
fn a_linker_in_rustflags_links_everything() {
    let workspace = workspace("linker_in_rustflags");
    let run = workspace
        .run()
        .variable("RUSTFLAGS", "-Clink-arg=-fuse-ld=bfd");
    assert_eq!(edits(&workspace, run).linkers(), ["bfd"; 3]);
}

#[test]
#[ignore = "needs mold"]
fn mold_links_everything() {
    let flags = ["-Clink-arg=-fuse-ld=mold"];
    assert_eq!(linkers_with_flags("linker_mold", &flags), ["mold"; 3]);
}

#[test]
#[ignore = "needs lld"]
fn lld_links_everything() {
    // rustc's own lld comes first unless it is told not to.
    let flags = ["-Clinker-features=-lld", "-Clink-arg=-fuse-ld=lld"];
    assert_eq!(linkers_with_flags("linker_lld", &flags), ["lld"; 3]);
}

#[test]
fn gold_is_refused() {
    let workspace = with_flags("linker_gold", &["-Clink-arg=-fuse-ld=gold"]);
    let mut session = workspace.run().start();
    let said = session.wait_for_diagnostics();
    assert!(
        said.contains("the linker `gold` does not work in a session"),
        "{said}"
    );
    // The session goes on when it is replaced.
    let config = workspace.read(".cargo/config.toml");
    workspace.write(".cargo/config.toml", &config.replace("gold", "bfd"));
    session.wait_for("host-started");
}

#[test]
#[ignore = "needs clang"]
fn clang_is_the_driver() {
    let config = "[target.'cfg(target_os = \"linux\")']\nlinker = \"clang\"\n";
    let workspace = configured("linker_clang", config);
    let linked = edits(&workspace, workspace.run());
    let [host, others @ ..] = linked.linkers();
    assert_eq!(others, [host; 2]);
}

#[test]
#[ignore = "needs clang and mold"]
fn clang_drives_mold() {
    let config = "[target.'cfg(target_os = \"linux\")']\nlinker = \"clang\"\n\
                  rustflags = [\"-Clink-arg=-fuse-ld=mold\"]\n";
    let workspace = configured("linker_clang_mold", config);
    assert_eq!(edits(&workspace, workspace.run()).linkers(), ["mold"; 3]);
}
