//! The cost of a restart: what carried values add to it, and how it compares with a build and a start by
//! hand.
//!
//! `cargo bench --bench restart` restarts a program that carries values of three sizes, in the release
//! profile, and compares the time that each adds with serde's own. Then it restarts the `web`
//! template, and compares each restart with `cargo build` and a start by hand. Target: at most 150 ms
//! more than that.
//!
//! `RESTARTS=9` changes how often each is restarted; the numbers are medians.

#[path = "../support/mod.rs"]
mod support;

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use hotmod_testkit::{Workspace, free_port, repository, tool};

use support::client::Client;
use support::session::Session;
use support::table::{Table, line};
use support::workspace::{self, Kind, Member};
use support::{median, number};

const HOST: &str = include_str!("host.rs");
const HOT: &str = "#[hotmod::hot]\npub fn entry(x: u64) -> u64 {\n    x + 1\n}\n";

const REGISTRY: &str = r#"ciborium = "0.2"
serde = { version = "1", features = ["derive"] }
"#;

/// About, in bytes.
const SIZE_OF_ENTRY: u64 = 88;
const SIZES: [u64; 3] = [1_000, 1_000_000, 100_000_000];
const MODEL: &str = "model/src/lib.rs";

fn main() {
    let restarts = number("RESTARTS", 5);
    carried_values(restarts);
    line("");
    by_hand(restarts);
}

fn carried_values(restarts: u32) {
    let needs = ["ciborium", "hot", "serde"];
    let members = [
        Member::new("app", Kind::Host, &needs, HOST.to_owned()),
        Member::new("hot", Kind::Reloadable, &[], HOT.to_owned()),
    ];
    let workspace = workspace::generate("restart", REGISTRY, &members);
    let with_serde = "hotmod = { workspace = true, features = [\"serde\"] }";
    let manifest = workspace.read("app/Cargo.toml");
    let manifest = manifest.replace("hotmod.workspace = true", with_serde);
    workspace.write("app/Cargo.toml", &manifest);
    let mut session = Session::start(&workspace, &["--release"]);
    let table = Table::new(&[
        "carried",
        "written by serde",
        "read by serde",
        "restart",
        "added to a restart",
    ]);
    assert_eq!(session.answer(), "0");
    // Carries so many bytes over a restart. Returns the host's answer, and how long the restart took.
    let mut restart = |size: u64| {
        session.tell(&size.to_string());
        let answer = session.answer();
        let begun = Instant::now();
        request_restart(&workspace);
        assert_eq!(session.answer(), (size / SIZE_OF_ENTRY).to_string());
        let took = begun.elapsed();
        session.wait_for_restart();
        (answer, ms(took))
    };
    for size in SIZES {
        let rounds: Vec<[f64; 5]> = (0..restarts)
            .map(|_| {
                let (_, without) = restart(SIZE_OF_ENTRY);
                let (answer, with) = restart(size);
                let numbers = answer.split_whitespace();
                let numbers = numbers.map(|it| it.parse().expect("a number"));
                let [bytes, written, read] = numbers.collect::<Vec<f64>>()[..] else {
                    panic!("{answer}");
                };
                [bytes, written, read, with, with - without]
            })
            .collect();
        let [bytes, written, read, with, added] =
            [0, 1, 2, 3, 4].map(|at| median(rounds.iter().map(|it| it[at])));
        table.row(&[
            format!("{:.3} MB", bytes / 1e6),
            format!("{written:.1} ms"),
            format!("{read:.1} ms"),
            format!("{with:.0} ms"),
            format!("{added:.0} ms"),
        ]);
    }
}

/// Restarts of the template, alternately in a session and by hand.
fn by_hand(restarts: u32) {
    let template = repository().join("templates/web");
    let of_session = Workspace::copy_of(&template, "restart_in_session");
    let mut session = Session::start(&of_session, &[]);
    let mut hand = Hand::new(Workspace::copy_of(&template, "restart_by_hand"));
    let table = Table::new(&[
        "edit",
        "`cargo build`",
        "start to answer",
        "by hand",
        "in a session",
        "more than by hand",
    ]);
    // The first of each makes incremental state.
    let mut samples: [Vec<[f64; 3]>; 2] = Default::default();
    for round in 0..=restarts {
        let marker = format!("visit {}00000", round + 1);
        let edit = |workspace: &Workspace| {
            let (from, to) = (added(round), added(round + 1));
            workspace.edit(MODEL, &from, &to);
        };
        let begun = Instant::now();
        edit(&of_session);
        session.client.wait_for(&marker);
        let took = begun.elapsed();
        session.wait_for_restart();
        std::thread::sleep(LOOK);
        let (built, started) = hand.restart(|workspace| edit(workspace), &marker);
        samples[0].push([built, started, took].map(ms));

        let begun = Instant::now();
        request_restart(&of_session);
        let event = session.wait_for_restart();
        let process = format!("process {}.", event["pid"]);
        session.client.wait_for(&process);
        let took = begun.elapsed();
        std::thread::sleep(LOOK);
        let (built, started) = hand.restart(|_| {}, &marker);
        samples[1].push([built, started, took].map(ms));
    }
    for (edit, samples) in ["`model`", "none, on request"].into_iter().zip(samples) {
        let samples = &samples[1..];
        let of = |value: fn(&[f64; 3]) -> f64| median(samples.iter().map(value));
        table.row(&[
            edit.to_owned(),
            format!("{:.0} ms", of(|it| it[0])),
            format!("{:.0} ms", of(|it| it[1])),
            format!("{:.0} ms", of(|it| it[0] + it[1])),
            format!("{:.0} ms", of(|it| it[2])),
            format!("{:.0} ms", of(|it| it[2] - it[0] - it[1])),
        ]);
    }
}

/// How long somebody looks at the outcome. The session prepares the next reload meanwhile.
const LOOK: Duration = Duration::from_secs(3);

/// What the template adds to the number of visits that it shows.
fn added(round: u32) -> String {
    match round {
        0 => "+ 1,".to_owned(),
        _ => format!("+ {round}00_000_000,"),
    }
}

/// The program as it is built and started without the tool.
struct Hand {
    workspace: Workspace,
    port: u16,
    program: Option<Child>,
}

impl Hand {
    fn new(workspace: Workspace) -> Self {
        let port = free_port();
        Hand {
            workspace,
            port,
            program: None,
        }
    }

    /// Builds the edited program, ends the old one, and starts the new one. Returns how long the
    /// build and the start took.
    fn restart(&mut self, edit: impl Fn(&Workspace), marker: &str) -> (Duration, Duration) {
        let begun = Instant::now();
        edit(&self.workspace);
        let mut build = self.workspace.command("cargo");
        let status = build.args(["build", "--quiet"]).status();
        assert!(status.expect("cargo runs").success());
        let built = begun.elapsed();
        self.end();
        let begun = Instant::now();
        let mut program = self
            .workspace
            .command(self.workspace.target().join("debug/app"));
        let program = program.env("PORT", self.port.to_string());
        self.program = Some(program.stdout(Stdio::null()).spawn().expect("it starts"));
        Client::new(self.port).wait_for(marker);
        (built, begun.elapsed())
    }

    fn end(&mut self) {
        if let Some(mut program) = self.program.take() {
            program.kill().expect("it runs");
            program.wait().expect("it ends");
        }
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        self.end();
    }
}

fn request_restart(workspace: &Workspace) {
    let mut command = workspace.command(tool());
    let output = command.args(["hotmod", "restart"]).output();
    let output = output.expect("the tool runs");
    assert!(output.status.success(), "{output:?}");
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
