//! A workspace of copies of the crates, and a host for each.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cargo_metadata::Message;
use hotmod_testkit::registry::{self, Package};

use super::hosts::Host;
use crate::compat::code::Code;

/// The sources of a crate, by file.
pub(super) type Sources = BTreeMap<PathBuf, String>;

pub(super) struct Workspace {
    folder: tempfile::TempDir,
}

/// Files as they were before an edit.
pub(super) struct Edited(Sources);

impl Workspace {
    pub(super) fn new(hosts: &[Host]) -> Self {
        let workspace = Workspace {
            folder: tempfile::tempdir().unwrap(),
        };
        let root = workspace.folder.path();
        let packages: Vec<_> = hosts.iter().map(|it| it.package).collect();
        let mut members = String::new();
        for (package, folder) in packages.iter().zip(registry::folders(&packages)) {
            let name = package.name;
            // Only members are compiled incrementally.
            members += &format!("\"{name}\", \"host-{name}\", ");
            registry::copy(&folder, &root.join(name));
            let host = root.join(format!("host-{name}"));
            fs::create_dir_all(host.join("src")).unwrap();
            let manifest = format!(
                "[package]\nname = \"host-{name}\"\nedition = \"2024\"\n[dependencies]\n{}",
                package.at(&format!("../{name}"))
            );
            fs::write(host.join("Cargo.toml"), manifest).unwrap();
            // A function that other languages can call is where a program can start.
            let code = format!(
                "{}#[unsafe(no_mangle)]\npub extern \"C\" fn host_{}() {{\n{{{}}}\n{{{}}}\n}}\n",
                Package::SHOW,
                package.library(),
                package.direct,
                package.behind_entry_point,
            );
            fs::write(host.join("src/lib.rs"), code).unwrap();
        }
        let mut manifest = format!("[workspace]\nmembers = [{members}]\nresolver = \"3\"\n");
        if let Ok(profile) = std::env::var("PROFILE") {
            manifest += &format!("[profile.dev]\n{profile}\n");
        }
        fs::write(root.join("Cargo.toml"), &manifest).unwrap();
        workspace
    }

    fn folder_of(&self, host: &Host) -> PathBuf {
        self.folder.path().join(host.package.name)
    }

    pub(super) fn sources(&self, host: &Host) -> Sources {
        let mut sources = Sources::new();
        read_all(&self.folder_of(host).join("src"), &mut sources);
        sources
    }

    /// Writes the files that changed.
    pub(super) fn save(&self, sources: Sources) -> Edited {
        let mut before = Sources::new();
        for (file, text) in sources {
            let old = fs::read_to_string(&file).unwrap();
            if old != text {
                fs::write(&file, text).unwrap();
                before.insert(file, old);
            }
        }
        Edited(before)
    }

    /// Replaces the first occurrence of a text in a file.
    pub(super) fn replace(&self, host: &Host, [file, from, to]: [&str; 3]) -> Edited {
        let file = self.folder_of(host).join(file);
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "no {from}");
        self.save(Sources::from([(file, text.replacen(from, to, 1))]))
    }

    /// Builds a host, and reads its code and that of its crate; `None` if they don't compile.
    pub(super) fn code(&self, host: &Host) -> Option<Code> {
        let cargo = Command::new("cargo")
            .current_dir(self.folder.path())
            .args(["build", "--quiet", "--message-format=json", "--package"])
            .arg(format!("host-{}", host.package.name))
            .env("CARGO_TARGET_DIR", self.folder.path().join("target"))
            .env("RUSTFLAGS", "--cap-lints=allow")
            .stderr(Stdio::null())
            .output()
            .unwrap();
        if !cargo.status.success() {
            return None;
        }
        let messages = Message::parse_stream(&cargo.stdout[..]);
        let artifacts = messages.filter_map(|it| match it.unwrap() {
            Message::CompilerArtifact(it) => Some(it),
            _ => None,
        });
        let member =
            |it: &cargo_metadata::Artifact| it.manifest_path.starts_with(self.folder.path());
        let files = artifacts.filter(member).flat_map(|it| it.filenames);
        let rlibs: Vec<_> = files.filter(|it| it.extension() == Some("rlib")).collect();
        assert_eq!(rlibs.len(), 2, "{rlibs:?}");
        Some(Code::read(rlibs.iter().map(|it| it.as_std_path()), []).unwrap())
    }
}

impl Edited {
    pub(super) fn undo(self) {
        for (file, text) in self.0 {
            fs::write(file, text).unwrap();
        }
    }
}

fn read_all(folder: &Path, sources: &mut Sources) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, sources);
        } else if path.extension().is_some_and(|it| it == "rs") {
            sources.insert(path.clone(), fs::read_to_string(&path).unwrap());
        }
    }
}
