//! Workspaces that are generated below cargo's temporary directory.
//!
//! Files that are the same stay as they are, so what an earlier run built of them stays fresh.

use std::fs;
use std::path::PathBuf;

use hotmod_testkit::{Workspace, repository};

/// A member of the workspace.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Names of other members, or of registry crates that the workspace names.
    pub(crate) dependencies: Vec<String>,
    pub(crate) source: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Host,
    Reloadable,
    Unmarked,
}

impl Member {
    pub(crate) fn new(name: &str, kind: Kind, dependencies: &[&str], source: String) -> Self {
        Member {
            name: name.to_owned(),
            kind,
            dependencies: dependencies.iter().map(|it| (*it).to_owned()).collect(),
            source,
        }
    }

    fn manifest(&self) -> String {
        let Member { name, kind, .. } = self;
        let mark = match kind {
            Kind::Reloadable => "\n[package.metadata.hotmod]\nreloadable = true\n",
            Kind::Host | Kind::Unmarked => "",
        };
        let runtime = (*kind != Kind::Unmarked).then_some("hotmod");
        let dependencies: String = self
            .dependencies
            .iter()
            .map(String::as_str)
            .chain(runtime)
            .map(|dependency| format!("{dependency}.workspace = true\n"))
            .collect();
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{mark}\n\
             [dependencies]\n{dependencies}"
        )
    }
}

/// Writes a workspace; `registry` has a line for each crate of a registry, as in a manifest.
pub(crate) fn generate(name: &str, registry: &str, members: &[Member]) -> Workspace {
    let workspace = Workspace::named(name);
    let hotmod = repository().join("crates/hotmod");
    let names: Vec<&str> = members.iter().map(|it| it.name.as_str()).collect();
    let mut manifest = format!(
        "[workspace]\nmembers = {names:?}\nresolver = \"3\"\n\n\
         [workspace.dependencies]\n{registry}hotmod = {{ path = {hotmod:?} }}\n"
    );
    for member in members {
        let name = &member.name;
        manifest += &format!("{name} = {{ path = \"{name}\" }}\n");
        workspace.write_if_new(format!("{name}/Cargo.toml"), &member.manifest());
        let root = match member.kind {
            Kind::Host => "main.rs",
            Kind::Reloadable | Kind::Unmarked => "lib.rs",
        };
        workspace.write_if_new(format!("{name}/src/{root}"), &member.source);
    }
    workspace.write_if_new("Cargo.toml", &manifest);
    // Records outlive what they are of: without them each that is found is of this run.
    let _ = fs::remove_dir_all(units(&workspace));
    workspace
}

/// Where a session records the commands of crates.
pub(crate) fn units(workspace: &Workspace) -> PathBuf {
    workspace.target().join("hotmod/session/units")
}

/// Where a library's source is.
pub(crate) fn source(workspace: &Workspace, crate_name: &str) -> PathBuf {
    workspace.path(crate_name).join("src/lib.rs")
}

/// The source of the smallest host that answers a client: with the value of an expression.
pub(crate) fn host(page: &str) -> String {
    format!(
        r#"use std::io::{{Read as _, Write as _}};

#[hotmod::main]
fn main() {{
    let port: u16 = std::env::var("PORT").unwrap().parse().unwrap();
    let listener = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    for stream in listener.incoming() {{
        let mut stream = stream.unwrap();
        // What is closed unread is reset.
        let _ = stream.read(&mut [0; 1024]);
        let _ = write!(stream, "HTTP/1.0 200 OK\r\n\r\n{{}}", {page});
    }}
}}
"#
    )
}

/// About so many lines of ordinary code: types, and functions that make strings of them.
pub(crate) fn filler(lines: usize) -> String {
    (0..lines / 22).map(item).collect()
}

/// 22 lines.
fn item(index: usize) -> String {
    format!(
        r#"#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item{index} {{
    pub label: String,
    pub weight: u64,
    pub parts: Vec<u64>,
}}

impl Item{index} {{
    pub fn describe(&self) -> String {{
        let sum: u64 = self.parts.iter().filter(|part| **part > {index}).sum();
        if sum > self.weight {{
            format!("<b>{{}}</b>", self.label)
        }} else {{
            format!("<i>{{}}: {{sum}}</i>", self.label)
        }}
    }}

    pub fn heavier(&self, by: u64) -> Self {{
        Item{index} {{ weight: self.weight.wrapping_add(by), ..self.clone() }}
    }}
}}

"#
    )
}
