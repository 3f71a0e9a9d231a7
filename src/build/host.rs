//! `cargo build` of the host: one invocation for everything, into the session's own target
//! directory, with this tool as the wrapper of the workspace's rustc.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufReader};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use cargo_metadata::{Artifact, Message};
use object::read::elf::ElfFile64;
use object::{LittleEndian, Object as _, ObjectSymbol};

use crate::discover::{HostKind, Plan, Selection, Watch};
use crate::environment;

use super::depinfo;
use super::digest::Digest;
use super::group::{Group, Source};
use super::process::{Cancel, RunError};
use super::profile::{self, ProfileError};
use super::record::{Record, Role, write_whole};
use super::seed::seed;
use super::shared;
use super::toolchain::Toolchain;
use super::wrapper::{Member, WRAPPER_VARIABLE, WrapperPlan};

/// Where a session builds, below the user's target directory.
#[derive(Clone, Debug)]
pub(crate) struct Workshop {
    /// Cargo's target directory for sessions.
    pub(crate) target: PathBuf,
    /// What belongs to cargo's artefacts, and is named as they are.
    common: PathBuf,
    /// What belongs to this host: a workspace may have several.
    pub(crate) state: PathBuf,
}

impl Workshop {
    pub(crate) fn of(plan: &Plan) -> Self {
        let mut target = plan.target_directory.join("hotmod");
        if !target.starts_with(&plan.workspace_root) {
            // Others may build here too, and cargo gives the crates of two checkouts of one
            // workspace the same file names: each would replace what the other's session uses.
            let root = plan.workspace_root.to_string_lossy();
            let name = plan.workspace_root.file_name().unwrap_or_default();
            let digest = Digest::of_text(&root);
            target.push(format!("{}-{digest:016x}", name.to_string_lossy()));
        }
        let digest = Digest::of_text(&plan.host.package_id);
        let name = format!("{}-{digest:016x}", plan.host.target);
        Workshop {
            common: target.join("session"),
            state: target.join("session").join(name),
            target,
        }
    }
}

/// What `cargo build` made.
#[derive(Debug)]
pub(crate) struct HostBuild {
    pub(crate) executable: PathBuf,
    pub(crate) group: Arc<Group>,
    /// Whether anything was compiled for it.
    pub(crate) compiled: bool,
    /// The inputs of what is not reloadable, by package.
    pub(crate) inputs: BTreeMap<PathBuf, String>,
    /// What had to be set aside, for the screen.
    pub(crate) notes: Vec<String>,
}

/// Why there is no host.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HostError {
    #[error("cancelled")]
    Cancelled,
    /// rustc's and cargo's own words.
    #[error("the host could not be built")]
    Failed { rendered: String },
    #[error("cargo made no executable of `{0}`")]
    NoExecutable(String),
    #[error("cargo's command for `{0}` was not recorded")]
    NoRecord(String),
    #[error("`{0}` has no `#[hotmod::main]`, so it can't join the session")]
    NoMain(String),
    #[error("`{0}` can't be read: {1}")]
    Unreadable(PathBuf, object::read::Error),
    #[error(transparent)]
    Profile(#[from] ProfileError),
    #[error("{0}")]
    Run(RunError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<RunError> for HostError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Cancelled => HostError::Cancelled,
            error => HostError::Run(error),
        }
    }
}

/// All that a build of the host needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Builder {
    pub(crate) plan: Plan,
    pub(crate) selection: Selection,
    pub(crate) toolchain: Toolchain,
    /// Arguments for cargo's own output: `--color`, `-v`, `-q`.
    pub(crate) display: Vec<String>,
}

impl Builder {
    /// Builds the host. Cargo's status lines go to stderr if `show_status`; diagnostics are
    /// returned with the error, and else left to cargo's next run.
    pub(crate) fn build(&self, show_status: bool, cancel: &Cancel) -> Result<HostBuild, HostError> {
        let workshop = Workshop::of(&self.plan);
        self.seed(&workshop)?;
        let wrapper = self.wrapper_plan(&workshop);
        let file = workshop.state.join("wrapper.json");
        let text = serde_json::to_vec_pretty(&wrapper).map_err(io::Error::from)?;
        write_whole(&file, &text)?;

        let mut compiled = false;
        loop {
            let artifacts = self.run_cargo(&workshop, &file, show_status, cancel)?;
            compiled |= artifacts.iter().any(|artifact| !artifact.fresh);
            let unrecorded = self.unrecorded(&wrapper, &artifacts);
            if unrecorded.is_empty() {
                return self.host_build(&workshop, &wrapper, artifacts, compiled);
            }
            // Cargo calls no wrapper for what is fresh. Without its artefacts it is not.
            for file in unrecorded {
                match fs::remove_file(&file) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        return Err(error.into());
                    }
                    _ => {}
                }
            }
        }
    }

    fn seed(&self, workshop: &Workshop) -> io::Result<()> {
        let user = self.plan.build_directory.as_ref();
        let user = user.unwrap_or(&self.plan.target_directory);
        let profile = match self.profile() {
            "dev" | "test" => "debug",
            "release" | "bench" => "release",
            other => other,
        };
        seed(user, &workshop.target, Path::new(profile))?;
        if let Some(target) = &self.selection.target {
            seed(user, &workshop.target, &Path::new(target).join(profile))?;
        }
        Ok(())
    }

    fn profile(&self) -> &str {
        match &self.selection.profile {
            Some(profile) => profile,
            None if self.selection.release => "release",
            None => "dev",
        }
    }

    fn wrapper_plan(&self, workshop: &Workshop) -> WrapperPlan {
        let host = &self.plan.host;
        let directory = host.manifest_path.parent().unwrap_or(Path::new("."));
        WrapperPlan {
            units: workshop.common.join("units"),
            shared: workshop.common.join("shared"),
            notes: workshop.state.join("notes"),
            target_libdir: self.toolchain.target_libdir.clone(),
            host: Member {
                directory: directory.to_owned(),
                crate_name: host.target.replace('-', "_"),
            },
            group: self
                .plan
                .group
                .iter()
                .map(|member| Member {
                    directory: member.dir.clone(),
                    crate_name: member.crate_name.clone(),
                })
                .collect(),
        }
    }

    fn run_cargo(
        &self,
        workshop: &Workshop,
        wrapper: &Path,
        show_status: bool,
        cancel: &Cancel,
    ) -> Result<Vec<Artifact>, HostError> {
        let mut command = self.command(workshop, wrapper)?;
        if !show_status {
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
        let mut artifacts = Vec::new();
        let mut rendered = String::new();
        for message in stdout
            .into_iter()
            .flat_map(|stdout| Message::parse_stream(BufReader::new(stdout)).map_while(Result::ok))
        {
            match message {
                Message::CompilerArtifact(artifact) => artifacts.push(artifact),
                Message::CompilerMessage(message) => {
                    rendered.extend(message.message.rendered);
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
            return Ok(artifacts);
        }
        if let Some(Ok(text)) = errors.map(std::thread::JoinHandle::join) {
            rendered.push_str(&String::from_utf8_lossy(&text));
        }
        Err(HostError::Failed { rendered })
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

    /// What of the session's build is to be said once.
    pub(crate) fn notes(&self) -> Result<Vec<String>, ProfileError> {
        let mut notes = profile::overrides(self.profile(), &self.plan.manifests)?.notes;
        if let Some(wrapper) = std::env::var_os("RUSTC_WRAPPER").filter(|it| !it.is_empty()) {
            notes.push(format!(
                "`RUSTC_WRAPPER={}` is set aside in a session",
                wrapper.to_string_lossy()
            ));
        }
        Ok(notes)
    }

    /// The artefacts of units that need a record of their role and have none.
    fn unrecorded(&self, wrapper: &WrapperPlan, artifacts: &[Artifact]) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for artifact in artifacts {
            let package = &artifact.package_id.repr;
            let is_of_group = self
                .plan
                .group
                .iter()
                .any(|member| member.package_id == *package);
            if let Some(executable) = self.executable(artifact) {
                if host_record(wrapper, executable).is_none() {
                    files.push(executable.to_owned());
                    files.extend(same_file(executable));
                }
            } else if is_of_group && let Some(stem) = library_stem(artifact) {
                let record = Record::load(&wrapper.units, &stem);
                if record.is_none_or(|record| record.role != Role::Baseline) {
                    files.extend(artifact.filenames.iter().map(PathBuf::from));
                }
            }
        }
        files
    }

    fn executable<'a>(&self, artifact: &'a Artifact) -> Option<&'a Path> {
        let host = &self.plan.host;
        let is_host =
            artifact.package_id.repr == host.package_id && artifact.target.name == host.target;
        artifact
            .executable
            .as_ref()
            .filter(|_| is_host)
            .map(|it| it.as_std_path())
    }

    fn host_build(
        &self,
        workshop: &Workshop,
        wrapper: &WrapperPlan,
        artifacts: Vec<Artifact>,
        compiled: bool,
    ) -> Result<HostBuild, HostError> {
        let name = &self.plan.host.target;
        let executable = artifacts
            .iter()
            .find_map(|artifact| self.executable(artifact))
            .ok_or_else(|| HostError::NoExecutable(name.clone()))?
            .to_owned();
        let (stem, host) =
            host_record(wrapper, &executable).ok_or_else(|| HostError::NoRecord(name.clone()))?;

        if !joins_session(&executable)? {
            return Err(HostError::NoMain(name.clone()));
        }

        let mut inputs = BTreeMap::new();
        let mut add = |file: &Path, package: &str| -> io::Result<()> {
            for input in depinfo::inputs(file, &self.plan.workspace_root)? {
                inputs.insert(input, package.to_owned());
            }
            Ok(())
        };
        let out_dir = host.invocation.out_dir().unwrap_or(Path::new("."));
        add(&out_dir.join(format!("{stem}.d")), &self.plan.host.package)?;
        let mut stems = BTreeMap::new();
        let local = self.plan.shared.iter().chain(&self.plan.host_side);
        let local: BTreeMap<&str, &str> = local
            .map(|package| (package.package_id.as_str(), package.name.as_str()))
            .collect();
        // The file beside the executable is cargo's, and names the inputs of everything.
        let others = artifacts.iter().filter(|it| self.executable(it).is_none());
        for artifact in others {
            let package = artifact.package_id.repr.as_str();
            if let Some(stem) = library_stem(artifact)
                && self.plan.group.iter().any(|it| it.package_id == package)
            {
                stems.insert(package.to_owned(), stem);
            } else if let Some(name) = local.get(package)
                && let Some(file) = dep_info_file(artifact)
            {
                add(&file, name)?;
            }
        }

        // What cargo did not build is not in this host, whatever the resolver says.
        let members: Vec<_> = self
            .plan
            .group
            .iter()
            .filter_map(|member| {
                let stem = stems.get(&member.package_id)?;
                Some((member, stem, Record::load(&wrapper.units, stem)?))
            })
            .collect();
        let position = |index: &usize| {
            let id = &self.plan.group[*index].package_id;
            members.iter().position(|(it, ..)| it.package_id == *id)
        };
        let sources = members
            .iter()
            .map(|(member, stem, record)| Source {
                package: member.package.clone(),
                stem: (*stem).clone(),
                record: record.clone(),
                depends_on: member.depends_on.iter().filter_map(position).collect(),
                watch: watched_files(&member.dir, &member.watch),
            })
            .collect();
        shared::remove_unused(wrapper)?;
        let notes = fs::read_to_string(&wrapper.notes).unwrap_or_default();
        Ok(HostBuild {
            executable,
            group: Arc::new(Group::new(sources, host, &workshop.state)),
            compiled,
            inputs,
            notes: notes.lines().map(str::to_owned).collect(),
        })
    }
}

/// The name of a library's artefacts, without `lib` and ending.
fn library_stem(artifact: &Artifact) -> Option<String> {
    artifact.filenames.iter().find_map(|file| {
        let stem = file.file_stem()?.strip_prefix("lib")?;
        (file.extension() == Some("rlib")).then(|| stem.to_owned())
    })
}

/// Where rustc wrote the dep-info of an artefact.
fn dep_info_file(artifact: &Artifact) -> Option<PathBuf> {
    artifact.filenames.iter().find_map(|file| {
        let stem = file.file_stem()?;
        let stem = stem.strip_prefix("lib").unwrap_or(stem);
        let direct = file.with_file_name(format!("{stem}.d"));
        if direct.exists() {
            return Some(direct.into());
        }
        // A build script's goes by the name of its hashed file.
        same_file(file.as_std_path())
            .into_iter()
            .map(|file| file.with_extension("d"))
            .find(|file| file.exists())
    })
}

/// The files beside an artefact, and in `deps`, that are the same file: cargo's hashed names.
fn same_file(path: &Path) -> Vec<PathBuf> {
    let Some(directory) = path.parent() else {
        return Vec::new();
    };
    let Ok(metadata) = fs::metadata(path) else {
        return Vec::new();
    };
    [directory.to_owned(), directory.join("deps")]
        .iter()
        .filter_map(|directory| fs::read_dir(directory).ok())
        .flatten()
        .flatten()
        .filter(|entry| entry.path() != path)
        .filter(|entry| {
            entry
                .metadata()
                .is_ok_and(|it| it.ino() == metadata.ino() && it.dev() == metadata.dev())
        })
        .map(|entry| entry.path())
        .collect()
}

/// The record of the unit whose executable this is. Cargo's message names only the copy that has
/// no hash in its name, which is a link to the one that has.
fn host_record(wrapper: &WrapperPlan, executable: &Path) -> Option<(String, Record)> {
    same_file(executable).into_iter().find_map(|file| {
        let stem = file.file_name()?.to_str()?;
        let record = Record::load(&wrapper.units, stem)?;
        let has_shared = record.shared.as_ref().is_some_and(|it| it.exists());
        (record.role == Role::Host && has_shared).then(|| (stem.to_owned(), record))
    })
}

/// Whether a program calls the runtime's start, which is in the shared dylib.
fn joins_session(executable: &Path) -> Result<bool, HostError> {
    // The path `hotmod::live::start::start`, in rustc's legacy and v0 mangling alike.
    const START: &[u8] = b"6hotmod4live5start5start";
    let bytes = fs::read(executable)?;
    let unreadable = |error| HostError::Unreadable(executable.to_owned(), error);
    let file = ElfFile64::<LittleEndian>::parse(&*bytes).map_err(unreadable)?;
    Ok(file
        .dynamic_symbols()
        .filter(ObjectSymbol::is_undefined)
        .any(|symbol| {
            symbol
                .name_bytes()
                .is_ok_and(|name| memchr::memmem::find(name, START).is_some())
        }))
}

/// The files that are to be watched beside what rustc names.
fn watched_files(directory: &Path, watch: &[Watch]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in watch {
        match entry {
            Watch::Path(path) if path.is_dir() => walk(path, &mut |file| files.push(file)),
            Watch::Path(path) => files.push(path.clone()),
            Watch::Glob(glob) => {
                let Ok(glob) = globset::Glob::new(glob) else {
                    continue;
                };
                let glob = glob.compile_matcher();
                walk(directory, &mut |file| {
                    if glob.is_match(file.strip_prefix(directory).unwrap_or(&file)) {
                        files.push(file);
                    }
                });
            }
        }
    }
    files
}

fn walk(directory: &Path, found: &mut impl FnMut(PathBuf)) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && entry.file_name() != "target" => {
                walk(&entry.path(), found);
            }
            Ok(kind) if kind.is_file() => found(entry.path()),
            _ => {}
        }
    }
}
