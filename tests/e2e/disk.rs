//! The disk space of a session does not grow with each build.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use hotmod_testkit::{Session, Workspace, files, tool};

/// How many generations are whole: the live one, and three for a debugger.
const WHOLE: usize = 4;

/// Makes new generations of the same sources, and returns their files.
fn reload(workspace: &Workspace, session: &mut Session, times: usize) -> Vec<PathBuf> {
    let reload = |_| {
        let asked = workspace
            .command(tool())
            .args(["hotmod", "reload"])
            .output()
            .unwrap();
        assert!(asked.status.success(), "{asked:?}");
        let build = session.wait_for("live")["build_id"]
            .as_str()
            .unwrap()
            .to_owned();
        let name = format!("libhotmod_group-{build}.so");
        let mut all = files(workspace.target()).into_iter();
        all.find(|file| file.ends_with(&name)).expect("a library")
    };
    (0..times).map(reload).collect()
}

/// The source of types with code: without any, there is too little debug information to measure.
fn types(count: usize) -> String {
    let of = |index| {
        format!(
            "#[derive(Clone, Debug, PartialEq)]\npub struct Row{index} {{ pub id: u64, pub tags: Vec<Option<u8>> }}\n"
        )
    };
    (0..count).map(of).collect()
}

/// The bytes that a file takes on the disk.
fn on_disk(file: &Path) -> u64 {
    fs::File::open(file).unwrap().sync_all().unwrap();
    fs::metadata(file).unwrap().blocks() * 512
}

/// The bytes of a library's debug information that its section headers still have.
fn debug_information(file: &Path) -> u64 {
    use object::{Object as _, ObjectSection as _};
    let bytes = fs::read(file).unwrap();
    let library = object::File::parse(&*bytes).unwrap();
    let info = library.section_by_name(".debug_info").unwrap();
    info.data().unwrap().len() as u64
}

#[test]
fn old_generations_give_back_their_debug_information_and_go_with_their_host() {
    let workspace = Workspace::new("basic", "disk");
    workspace.write(
        "pages/src/lib.rs",
        &(workspace.read("pages/src/lib.rs") + &types(200)),
    );
    let mut session = workspace.run().ready();
    let libraries = reload(&workspace, &mut session, WHOLE + 3);
    let (old, young) = libraries.split_at(3);
    let whole = on_disk(&young[0]);
    for library in young {
        assert!(debug_information(library) > 0, "{library:?}");
    }
    for library in old {
        assert_eq!(debug_information(library), 0, "{library:?}");
        let is = on_disk(library);
        assert!(is < whole / 2, "{is} of {whole} bytes are left");
    }
    let answer = session.ask("ask");
    assert!(answer.ends_with("generation=7"), "{answer}");

    // The next host has its own.
    workspace.edit("model/src/lib.rs", "\"one\"", "\"two\"");
    session.wait_for("restarted");
    session.wait_for_answer("ready");
    for library in old {
        assert!(!library.exists(), "{library:?}");
    }
    let folder = old[0].parent().unwrap().to_owned();
    let newer = reload(&workspace, &mut session, 1);
    assert_eq!(files(&folder).len(), WHOLE + 1);
    assert!(debug_information(&newer[0]) > 0);
    session.interrupt();
    assert!(!folder.exists());
}
