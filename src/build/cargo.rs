//! One run of `cargo build`: the command, and what cargo's messages tell.

use std::io::{self, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use cargo_metadata::{Artifact, BuildScript, Message};

use crate::discover::HostKind;
use crate::environment;

use super::host::{Builder, HostError};
use super::process::Cancel;
use super::profile;
use super::workshop::Workshop;
use super::wrapper::WRAPPER_VARIABLE;

/// What cargo's messages tell of one run.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) artifacts: Vec<Artifact>,
    pub(super) scripts: Vec<BuildScript>,
}

impl Builder {
    /// Runs cargo. Its status lines go to stderr if `show_status`; diagnostics come with the error.
    pub(super) fn run_cargo(
        &self,
        workshop: &Workshop,
        wrapper: &Path,
        show_status: bool,
        cancel: &Cancel,
    ) -> Result<Made, HostError> {
        let mut command = self.command(workshop, wrapper)?;
        let is_quiet = self.display.iter().any(|it| it == "--quiet");
        if !show_status && !is_quiet {
            command.arg("--quiet");
        }
        command.stdout(Stdio::piped());
        command.stderr(if show_status {
            Stdio::inherit()
        } else {
            Stdio::piped()
        });
        let mut child = cancel.spawn(&mut command)?;
        let stdout = child.stdout.take();
        let errors = child.stderr.take().map(|mut stderr| {
            std::thread::spawn(move || {
                let mut text = Vec::new();
                // What can't be read can't be shown; the exit code still tells.
                let _ = io::Read::read_to_end(&mut stderr, &mut text);
                text
            })
        });
        let mut made = Made::default();
        let mut rendered = String::new();
        let mut messages = Vec::new();
        for message in stdout
            .into_iter()
            .flat_map(|stdout| Message::parse_stream(BufReader::new(stdout)).map_while(Result::ok))
        {
            match message {
                Message::CompilerArtifact(artifact) => made.artifacts.push(artifact),
                Message::BuildScriptExecuted(script) => made.scripts.push(script),
                Message::CompilerMessage(message) => {
                    rendered.extend(message.message.rendered.clone());
                    // What cargo wrote as JSON is JSON.
                    messages.extend(serde_json::to_value(Message::CompilerMessage(message)));
                }
                Message::TextLine(line) => {
                    rendered.push_str(&line);
                    rendered.push('\n');
                }
                _ => {}
            }
        }
        let status = cancel.wait(child)?.status;
        if status.success() {
            return Ok(made);
        }
        if let Some(Ok(text)) = errors.map(std::thread::JoinHandle::join) {
            rendered.push_str(&String::from_utf8_lossy(&text));
        }
        Err(HostError::Failed { rendered, messages })
    }

    fn command(&self, workshop: &Workshop, wrapper: &Path) -> Result<Command, HostError> {
        let selection = &self.selection;
        let host = &self.plan.host;
        let mut command = Command::new(environment::cargo());
        environment::clean(&mut command);
        command.args(["build", "--message-format=json-diagnostic-rendered-ansi"]);
        command.arg("--manifest-path").arg(&host.manifest_path);
        command.arg("--target-dir").arg(&workshop.target);
        command.args(["--package", &host.package_id]);
        match host.kind {
            HostKind::Bin => command.args(["--bin", &host.target]),
            HostKind::Example => command.args(["--example", &host.target]),
        };
        for features in &selection.features {
            command.args(["--features", features]);
        }
        // One selection of features for everything; this one brings in the runtime.
        command.args(["--features", &format!("{}/live", host.hotmod_key)]);
        let flags = [
            (selection.all_features, "--all-features"),
            (selection.no_default_features, "--no-default-features"),
            (selection.locked, "--locked"),
            (selection.offline, "--offline"),
            (selection.frozen, "--frozen"),
        ];
        command.args(flags.iter().filter(|(on, _)| *on).map(|(_, flag)| flag));
        if let Some(target) = &selection.target {
            command.args(["--target", target]);
        }
        command.args(["--profile", self.profile()]);
        // What stands in every call of an entry point is compiled as if for a release.
        let profile = self.profile();
        command.args([
            "--config",
            &format!("profile.{profile}.package.hotmod.opt-level=3"),
        ]);
        let overrides = profile::overrides(profile, &self.plan.manifests)?;
        for setting in &overrides.configuration {
            command.args(["--config", setting]);
        }
        command.args(&self.display);
        command
            .env("RUSTC_WORKSPACE_WRAPPER", std::env::current_exe()?)
            // A cache of compilations knows nothing of flavours.
            .env("RUSTC_WRAPPER", "")
            .env("CARGO_BUILD_BUILD_DIR", &workshop.target)
            .env(WRAPPER_VARIABLE, wrapper);
        Ok(command)
    }
}
