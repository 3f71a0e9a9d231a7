//! The recorded rustc commands of crates, as cargo runs them: nothing linked, nothing loaded.
//!
//! Cargo starts a dependant as soon as rustc has written the metadata of the crate that it
//! depends on, and so does this.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use hotmod_testkit::Workspace;

use super::workspace::units;

pub(crate) struct Yardstick {
    base: Unit,
    dependants: Vec<Unit>,
}

/// A crate's command.
struct Unit {
    invocation: Value,
    /// What cargo changed in the environment.
    environment: Value,
    arguments: Vec<String>,
    out: PathBuf,
}

impl Yardstick {
    /// Of a crate alone, or with crates that depend on it.
    pub(crate) fn of(workspace: &Workspace, base: &str, dependants: &[&str]) -> Self {
        // Outputs and incremental state of its own: cargo's and the tool's stay as they are.
        let out = workspace.target().join("yardstick");
        let out = out.join([&[base], dependants].concat().join("+"));
        let mut yardstick = Yardstick {
            base: Unit::recorded(workspace, base, &out),
            dependants: dependants
                .iter()
                .map(|name| Unit::recorded(workspace, name, &out))
                .collect(),
        };
        for dependant in &mut yardstick.dependants {
            dependant.use_output_of(base, &yardstick.base.out);
        }
        yardstick
    }

    /// How long rustc takes for the sources as they are.
    pub(crate) fn run(&self) -> Duration {
        let begun = Instant::now();
        let mut base = self.base.command();
        let mut base = base.stderr(Stdio::piped()).spawn().expect("rustc runs");
        let mut started = Vec::new();
        let messages = BufReader::new(base.stderr.take().expect("stderr"));
        for message in messages.lines() {
            if message.expect("a message").contains(r#""emit":"metadata""#) {
                for dependant in &self.dependants {
                    let mut command = dependant.command();
                    let child = command.stderr(Stdio::null()).spawn();
                    started.push(child.expect("rustc runs"));
                }
            }
        }
        for mut child in std::iter::once(base).chain(started) {
            let status = child.wait().expect("rustc runs");
            assert!(status.success(), "a recorded command fails");
        }
        begun.elapsed()
    }
}

impl Unit {
    /// The command that the session recorded for a crate.
    fn recorded(workspace: &Workspace, crate_name: &str, out: &Path) -> Self {
        let is_of_crate = |path: &PathBuf| {
            let is_record = path.extension().is_some_and(|it| it == "json");
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            let stem = stem.filter(|_| is_record);
            // Hashes follow the crate's name.
            stem.and_then(|stem| stem.split_once('-'))
                .is_some_and(|(name, _)| name == crate_name)
        };
        let path = fs::read_dir(units(workspace))
            .expect("records")
            .map(|entry| entry.expect("a record").path())
            .find(is_of_crate)
            .expect("a record of the crate");
        let mut record: Value =
            serde_json::from_slice(&fs::read(path).expect("a record")).expect("a record");
        let invocation = record["invocation"].take();
        let environment = record["environment"].take();
        let arguments = invocation["arguments"].as_array().expect("arguments");
        let mut unit = Unit {
            arguments: arguments.iter().map(text).collect(),
            invocation,
            environment,
            out: out.join(crate_name),
        };
        fs::create_dir_all(&unit.out).expect("a folder");
        let out = unit.out.display().to_string();
        unit.change_value_of("--out-dir", |_| Some(out.clone()));
        // Of options that are given twice rustc takes the last.
        unit.arguments.push(format!("-Cincremental={out}"));
        unit
    }

    /// Lets a dependant see the crate as the yardstick compiles it.
    fn use_output_of(&mut self, crate_name: &str, out: &Path) {
        self.change_value_of("--extern", |value| {
            let (name, path) = value.split_once('=')?;
            let file = Path::new(path).file_name()?;
            let path = out.join(file);
            (name == crate_name).then(|| format!("{name}={}", path.display()))
        });
        self.arguments.push("-L".to_owned());
        self.arguments.push(format!("dependency={}", out.display()));
    }

    fn change_value_of(&mut self, option: &str, change: impl Fn(&str) -> Option<String>) {
        for at in 1..self.arguments.len() {
            if self.arguments[at - 1] == option
                && let Some(value) = change(&self.arguments[at])
            {
                self.arguments[at] = value;
            }
        }
    }

    fn command(&self) -> Command {
        let set = self.environment["set"].as_object();
        let set = set.expect("variables").iter();
        let removed = self.environment["removed"].as_array();
        let removed = removed.expect("names").iter().map(text);
        let mut command = Command::new(text(&self.invocation["program"]));
        command
            .args(&self.arguments)
            .envs(set.map(|(name, value)| (name, text(value))))
            .env("HOTMOD_FLAVOUR", "baseline")
            .env("HOTMOD_CRATE", "hotmod")
            .current_dir(text(&self.invocation["directory"]));
        for name in removed {
            command.env_remove(name);
        }
        command
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
