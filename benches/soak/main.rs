//! The cost of an idle session, and whether it grows with the number of reloads.
//!
//! `cargo bench --bench soak` measures an idle session for 20 s (targets: less than 0.5 % of a core,
//! and less than 60 MB), then saves the leaf crate of a 5,000-line group 200 times. The tool's
//! memory, its open files and what it keeps on disk must stay flat. The session keeps each
//! generation until it ends, and the host maps it: these columns grow, the disk by at most 3 MB a
//! reload.
//!
//! `IDLE=5` changes the seconds, `EDITS=20` the number of reloads.

mod process;
#[path = "../support/mod.rs"]
mod support;

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::Duration;

use hotmod_testkit::Workspace;
use process::Process;
use support::number;
use support::session::Session;
use support::sources::{base, screens};
use support::table::{Table, line};
use support::workspace::{self, Kind, Member, host};

/// After how many reloads to look.
const LOOKS: [u32; 5] = [1, 20, 50, 100, 200];

fn main() {
    let workspace = generate();
    let mut session = Session::start(&workspace, &[]);
    let tool = Process::new(session.pid());
    // What the session builds ahead of the first edit is not idleness.
    save(&mut session, &workspace, 0);

    let seconds = number("IDLE", 20);
    let before = tool.cpu();
    std::thread::sleep(Duration::from_secs(seconds.into()));
    let used = (tool.cpu() - before) / f64::from(seconds) * 100.0;
    let table = Table::new(&["idle for", "CPU of the tool", "memory of the tool"]);
    table.row(&[
        format!("{seconds} s"),
        format!("{used:.2} %"),
        mb(tool.memory()),
    ]);

    line("");
    let table = Table::new(&[
        "reloads",
        "generations on disk",
        "other files of `target/hotmod`",
        "memory of the tool",
        "open files of the tool",
        "memory of the host",
        "mappings of the host",
    ]);
    let target = workspace.target().join("hotmod");
    for reload in 1..=number("EDITS", 200) {
        let host = save(&mut session, &workspace, reload);
        if LOOKS.contains(&reload) {
            table.row(&[
                reload.to_string(),
                mb(on_disk(&target, true)),
                mb(on_disk(&target, false)),
                mb(tool.memory()),
                tool.open_files().to_string(),
                mb(host.memory()),
                host.mappings().to_string(),
            ]);
        }
    }
}

/// A host on a leaf crate of 3,000 lines and a base crate of 2,000.
fn generate() -> Workspace {
    const REGISTRY: &str = r#"serde = { version = "1", features = ["derive"] }
serde_json = "1"
tracing = "0.1"
"#;
    let of_leaf = ["serde", "serde_json", "tracing", "widgets"];
    let of_base = ["serde", "tracing"];
    let crates = [
        ("app", Kind::Host, &["screens"][..], host("screens::home()")),
        ("screens", Kind::Reloadable, &of_leaf, screens("screens")),
        ("widgets", Kind::Reloadable, &of_base, base("widgets")),
    ];
    let members = crates.map(|(name, kind, needs, source)| Member::new(name, kind, needs, source));
    workspace::generate("soak", REGISTRY, &members)
}

/// Saves the leaf crate, and waits for the reload; the host that made it.
fn save(session: &mut Session, workspace: &Workspace, number: u32) -> Process {
    let marker = format!("screens {number};");
    let reload = session.reload(
        &workspace::source(workspace, "screens"),
        &screens(&marker),
        &marker,
    );
    Process::new(reload.live.pid)
}

/// The bytes that the files below a folder take on the disk: those of the generations, or all others.
fn on_disk(folder: &Path, of_generations: bool) -> u64 {
    const BLOCK: u64 = 512;
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    // Temporary files may be gone by now.
    entries
        .flatten()
        .filter_map(|entry| Some((entry.path(), entry.metadata().ok()?)))
        .map(|(path, metadata)| {
            let is_of_generation = path.to_string_lossy().contains("/generations-");
            match metadata.is_dir() {
                true => on_disk(&path, of_generations),
                false if is_of_generation == of_generations => metadata.blocks() * BLOCK,
                false => 0,
            }
        })
        .sum()
}

fn mb(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
