//! One run of cargo: the command, and its messages.

use std::io::BufReader;
use std::iter;
use std::path::Path;
use std::process::{Command, Stdio};

use cargo_metadata::{Artifact, BuildScript, Message};

use crate::cargo::{environment, rustup};
use crate::discover::HostKind;

use crate::base::child_process::Cancel;
use crate::cargo::changed_environment::tell_wrappers;
use crate::cargo::diagnostics;
use crate::cargo::diagnostics::WIDTH_VARIABLE;
use crate::cargo::directories::Directories;
use crate::cargo::profile;
use crate::cargo::progress::{BuildOutput, Words};
use crate::cargo::run::{RunSettings, given_to, set_runner};
use crate::cargo::settings::CargoSettings;
use crate::compile::host::{Builder, HostError};
use crate::compile::wrapper_plan::WRAPPER_VARIABLE;

/// The results in the messages of one run.
#[derive(Debug, Default)]
pub(crate) struct Made {
    pub(crate) artifacts: Vec<Artifact>,
    pub(crate) scripts: Vec<BuildScript>,
    /// Cargo's own warnings, for example about manifests.
    pub(crate) warnings: Vec<String>,
    /// How cargo would start the program.
    pub(crate) run: Option<RunSettings>,
}

impl Builder {
    /// Runs cargo, and passes its progress on. Diagnostics are in the error.
    ///
    /// The lock file does not contain dependencies that only a session enables, so cargo would
    /// access the registry each time. Therefore cargo first runs offline, and online only if that
    /// fails.
    pub(crate) fn run_cargo(
        &self,
        directories: &Directories,
        wrapper: &Path,
        tell: impl Fn(BuildOutput) + Clone + Send + 'static,
        cancel: &Cancel,
    ) -> Result<Made, HostError> {
        let triple = self.triple()?;
        let mut offline = self.command(directories, wrapper, &triple)?;
        offline.arg("--offline");
        match run(offline, &triple, tell.clone(), cancel) {
            Err(error) if lacks_network(&error) && !self.selection.is_offline() => {
                let online = self.command(directories, wrapper, &triple)?;
                run(online, &triple, tell, cancel)
            }
            made => made,
        }
    }

    /// The target triple.
    fn triple(&self) -> Result<String, HostError> {
        let settings = CargoSettings::read(&self.plan.manifests)?;
        let configured = settings.target();
        let configured = configured.as_ref().and_then(|it| it.value.as_str());
        let selected = self.selection.target.as_deref().or(configured);
        Ok(self.toolchain.triple(selected).to_owned())
    }

    fn command(
        &self,
        directories: &Directories,
        wrapper: &Path,
        triple: &str,
    ) -> Result<Command, HostError> {
        let host = &self.plan.host;
        let mut command = rustup::command(environment::cargo());
        environment::clean(&mut command);
        command.args(["run", "--message-format=json-diagnostic-rendered-ansi"]);
        command.arg("--manifest-path").arg(&host.manifest_path);
        command.arg("--target-dir").arg(&directories.target);
        command.args(["--package", &host.package_id]);
        match host.kind {
            HostKind::Bin => command.args(["--bin", &host.target]),
            HostKind::Example => command.args(["--example", &host.target]),
        };
        command.args(self.selection.build_flags());
        // One feature selection for the whole build. These features enable the runtime.
        for key in iter::once(&host.hotmod_key).chain(&host.hotmod_web_key) {
            command.args(["--features", &format!("{key}/live")]);
        }
        command.args(["--profile", self.profile()]);
        // The runtime's code runs in every call of an entry point, so optimise it.
        let profile = self.profile();
        command.args([
            "--config",
            &format!("profile.{profile}.package.hotmod.opt-level=3"),
        ]);
        for setting in profile::overrides(profile, &self.plan.manifests)? {
            command.args(["--config", &setting.configuration(profile)]);
        }
        command.args(&self.display);
        command
            .env("RUSTC_WORKSPACE_WRAPPER", std::env::current_exe()?)
            // A compilation cache would confuse the flavours of a crate.
            .env("RUSTC_WRAPPER", "")
            .env("CARGO_BUILD_BUILD_DIR", &directories.target)
            .env("CARGO_TERM_PROGRESS_WHEN", "always")
            .env("CARGO_TERM_PROGRESS_WIDTH", "250")
            .envs(diagnostics::width().map(|width| (WIDTH_VARIABLE, width.to_string())))
            .env(WRAPPER_VARIABLE, wrapper);
        set_runner(&mut command, triple);
        tell_wrappers(&mut command).map_err(std::io::Error::from)?;
        Ok(command)
    }
}

fn run(
    mut command: Command,
    triple: &str,
    tell: impl Fn(BuildOutput) + Send + 'static,
    cancel: &Cancel,
) -> Result<Made, HostError> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let given = given_to(&command);
    let mut child = cancel.spawn(&mut command)?;
    let stdout = child.stdout.take();
    let stderr = child.stderr.take();
    let words = stderr.map(|stderr| std::thread::spawn(move || Words::read(stderr, tell)));
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
                // cargo writes valid JSON.
                let message = serde_json::to_value(Message::CompilerMessage(message));
                messages.extend(message.map(diagnostics::without_colours));
            }
            Message::TextLine(line) => {
                if let Some(settings) = RunSettings::read(&line, &given, triple) {
                    made.run = Some(settings?);
                    continue;
                }
                rendered.push_str(&line);
                rendered.push('\n');
            }
            _ => {}
        }
    }
    let status = cancel.wait(child);
    // All output is passed on before the build ends.
    let words = words.and_then(|thread| thread.join().ok());
    let words = words.unwrap_or_default();
    let status = status?.status;
    if status.success() {
        made.warnings = words.warnings().collect();
        return Ok(made);
    }
    rendered.push_str(&words.of_failure());
    if rendered.is_empty() {
        return Err(HostError::Cargo(status));
    }
    Err(HostError::Failed { rendered, messages })
}

/// Whether cargo failed because it was offline.
fn lacks_network(error: &HostError) -> bool {
    match error {
        HostError::Failed { rendered, messages } => {
            messages.is_empty() && rendered.contains("offline")
        }
        _ => false,
    }
}
