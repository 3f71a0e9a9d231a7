//! The recorded rustc command of a crate, as cargo runs it: nothing linked, nothing loaded.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::workload::Workload;

pub(crate) struct Yardstick {
    record: Value,
    out: PathBuf,
}

impl Yardstick {
    /// The command that the session recorded for a crate.
    pub(crate) fn of(workload: &Workload, crate_name: &str) -> Self {
        let units = workload.root.join("target/hotmod/session/units");
        let is_of_crate = |path: &PathBuf| {
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            stem.and_then(|stem| stem.rsplit_once('-'))
                .is_some_and(|(name, _)| name == crate_name)
        };
        let path = fs::read_dir(units)
            .expect("records")
            .map(|entry| entry.expect("a record").path())
            .find(is_of_crate)
            .expect("a record of the crate");
        let text = fs::read(path).expect("a record");
        let out = workload.root.join("target/yardstick").join(crate_name);
        fs::create_dir_all(&out).expect("a folder");
        Yardstick {
            record: serde_json::from_slice(&text).expect("a record"),
            out,
        }
    }

    /// How long rustc takes for the sources as they are.
    pub(crate) fn run(&self) -> Duration {
        let invocation = &self.record["invocation"];
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let mut arguments: Vec<String> = invocation["arguments"]
            .as_array()
            .expect("arguments")
            .iter()
            .map(text)
            .collect();
        // Outputs and incremental state of its own: cargo's stay as they are.
        let out = self.out.display().to_string();
        let at = arguments
            .iter()
            .position(|it| it == "--out-dir")
            .expect("--out-dir");
        arguments[at + 1].clone_from(&out);
        arguments.push(format!("-Cincremental={out}"));
        let environment = invocation["environment"].as_object().expect("variables");
        let mut command = Command::new(text(&invocation["program"]));
        command
            .args(arguments)
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, text(value))))
            .env("HOTMOD_FLAVOUR", "baseline")
            .current_dir(text(&invocation["directory"]))
            .stderr(Stdio::null());
        let begun = Instant::now();
        let status = command.status().expect("rustc runs");
        let taken = begun.elapsed();
        assert!(status.success(), "the recorded command fails");
        taken
    }
}
