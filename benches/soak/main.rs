//! What a session costs while nothing happens, and whether it grows with the reloads it made.
//!
//! `cargo bench --bench soak` measures an idle session for 20 s (targets: less than 0.5 % of a core,
//! and less than 60 MB), then saves a tiny leaf crate 300 times. The tool's memory, its open files
//! and what it keeps on disk must stay flat. The generations themselves are kept until the session
//! ends, and the host maps each of them: both are shown, and both grow.
//!
//! `IDLE=5` changes the seconds, `EDITS=20` the number of reloads.

mod process;
#[path = "../support/mod.rs"]
mod support;

use std::fs;
use std::path::Path;
use std::time::Duration;

use process::Process;
use support::number;
use support::session::Session;
use support::table::{Table, line};
use support::workspace::{Kind, Member, Workspace, host};

/// After how many reloads to look.
const LOOKS: [u32; 5] = [1, 20, 100, 200, 300];

fn main() {
    let workspace = Workspace::generate(
        "soak",
        "",
        &[
            Member::new("app", Kind::Host, &["leaf"], host("leaf::page()")),
            Member::new("leaf", Kind::Reloadable, &[], leaf("leaf")),
        ],
    );
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
        "memory of the tool",
        "open files of the tool",
        "`target/hotmod` but generations",
        "generations",
        "memory of the host",
    ]);
    let target = workspace.root.join("target/hotmod");
    for reload in 1..=number("EDITS", 300) {
        let host = save(&mut session, &workspace, reload);
        if LOOKS.contains(&reload) {
            let generations = size(&target, true);
            table.row(&[
                reload.to_string(),
                mb(tool.memory()),
                tool.open_files().to_string(),
                mb(size(&target, false)),
                mb(generations),
                mb(host.memory()),
            ]);
        }
    }
}

/// Saves the leaf crate, and waits for the reload; the host that made it.
fn save(session: &mut Session, workspace: &Workspace, number: u32) -> Process {
    let marker = format!("leaf {number};");
    let reload = session.reload(&workspace.source("leaf"), &leaf(&marker), &marker);
    Process::new(reload.live.pid)
}

fn leaf(marker: &str) -> String {
    format!("#[hotmod::hot]\npub fn page() -> String {{\n    \"{marker}\".to_owned()\n}}\n")
}

/// The bytes of all files below a folder: of the kept generations, or of all else.
fn size(folder: &Path, of_generations: bool) -> u64 {
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
                true => size(&path, of_generations),
                false if is_of_generation == of_generations => metadata.len(),
                false => 0,
            }
        })
        .sum()
}

fn mb(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
