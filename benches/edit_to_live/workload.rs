//! The workload: an axum host, `screens` of 3,000 lines on `widgets` of 2,000.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) struct Workload {
    pub(crate) root: PathBuf,
}

impl Workload {
    /// Writes the workload below cargo's temporary directory; files that are the same stay as
    /// they are, and what was built of them stays fresh.
    pub(crate) fn generate() -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("edit_to_live");
        let workload = Workload { root };
        let hotmod = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/hotmod");
        workload.write("Cargo.toml", &manifest(&hotmod));
        workload.write("app/Cargo.toml", APP_MANIFEST);
        workload.write("app/src/main.rs", APP);
        workload.write("screens/Cargo.toml", SCREENS_MANIFEST);
        workload.write("screens/src/lib.rs", &screens("screens 0"));
        workload.write("widgets/Cargo.toml", WIDGETS_MANIFEST);
        workload.write("widgets/src/lib.rs", &widgets("widgets 0"));
        workload
    }

    /// Edits the body of one function of a crate, and returns what the page shows of it.
    pub(crate) fn edit(&self, crate_name: &str, number: u32) -> String {
        // Of all runs: a marker that was on the page before would be found at once.
        let marker = format!("{crate_name} {}.{number}", std::process::id());
        let source = match crate_name {
            "screens" => screens(&marker),
            _ => widgets(&marker),
        };
        self.write(&format!("{crate_name}/src/lib.rs"), &source);
        marker
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        if fs::read_to_string(&path).is_ok_and(|is| is == text) {
            return;
        }
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
}

fn manifest(hotmod: &Path) -> String {
    format!(
        r#"[workspace]
members = ["app", "screens", "widgets"]
resolver = "3"

[workspace.dependencies]
axum = {{ version = "0.8", default-features = false, features = ["http1", "tokio"] }}
hotmod = {{ path = {hotmod:?} }}
serde = {{ version = "1", features = ["derive"] }}
serde_json = "1"
tokio = {{ version = "1", features = ["macros", "net", "rt-multi-thread"] }}
tracing = "0.1"
screens = {{ path = "screens" }}
widgets = {{ path = "widgets" }}
"#
    )
}

const APP_MANIFEST: &str = r#"[package]
name = "app"
version = "0.1.0"
edition = "2024"

[dependencies]
axum.workspace = true
hotmod.workspace = true
screens.workspace = true
tokio.workspace = true
"#;

const APP: &str = r#"use axum::{Router, routing::get};

#[hotmod::main]
#[tokio::main]
async fn main() {
    let port = std::env::var("PORT").unwrap().parse().unwrap();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let router = Router::new().route("/", get(|| async { screens::home() }));
    axum::serve(listener, router).await.unwrap();
}
"#;

const SCREENS_MANIFEST: &str = r#"[package]
name = "screens"
version = "0.1.0"
edition = "2024"

[package.metadata.hotmod]
reloadable = true

[dependencies]
hotmod.workspace = true
serde.workspace = true
serde_json.workspace = true
tracing.workspace = true
widgets.workspace = true
"#;

const WIDGETS_MANIFEST: &str = r#"[package]
name = "widgets"
version = "0.1.0"
edition = "2024"

[package.metadata.hotmod]
reloadable = true

[dependencies]
serde.workspace = true
tracing.workspace = true
"#;

/// 3,000 lines: screens with a serialisable model each, made of widgets.
fn screens(marker: &str) -> String {
    let mut out = format!(
        "use serde::{{Deserialize, Serialize}};\n\n\
         #[hotmod::hot]\n\
         pub fn home() -> String {{\n    \
         format!(\"{{}} {{}} {{}}\", \"{marker}\", widgets::mark(), all())\n}}\n\n"
    );
    let count = 115;
    for index in 0..count {
        let _ = write!(
            out,
            r#"#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Screen{index} {{
    pub title: String,
    pub visits: u64,
    pub tags: Vec<String>,
    pub next: Option<Box<Screen{index}>>,
}}

impl Screen{index} {{
    pub fn render(&self) -> String {{
        tracing::debug!(visits = self.visits, "screen {index}");
        let mut parts = vec![widgets::widget{widget}(&self.title, self.visits)];
        for tag in self.tags.iter().filter(|tag| !tag.is_empty()) {{
            parts.push(widgets::widget{widget}(tag, self.visits + {index}));
        }}
        if let Some(next) = &self.next {{
            parts.push(next.render());
        }}
        match serde_json::to_string(self) {{
            Ok(json) => parts.push(json),
            Err(error) => parts.push(error.to_string()),
        }}
        parts.join("\n")
    }}
}}

"#,
            widget = index % 100,
        );
    }
    out.push_str("fn all() -> usize {\n    let mut length = 0;\n");
    for index in 0..count {
        let _ = writeln!(
            out,
            "    length += Screen{index}::default().render().len();"
        );
    }
    out.push_str("    length\n}\n");
    out
}

/// 2,000 lines: what screens are made of.
fn widgets(marker: &str) -> String {
    let mut out = format!("pub fn mark() -> &'static str {{\n    \"{marker}\"\n}}\n\n");
    for index in 0..100 {
        let _ = write!(
            out,
            r#"#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Widget{index} {{
    pub label: String,
    pub weight: u64,
}}

pub fn widget{index}(label: &str, weight: u64) -> String {{
    let widget = Widget{index} {{
        label: label.to_owned(),
        weight: weight.wrapping_mul({index}),
    }};
    tracing::trace!(?widget, "widget {index}");
    if widget.weight > 10 {{
        format!("<b>{{}}</b>", widget.label)
    }} else {{
        format!("<i>{{}}: {{}}</i>", widget.label, widget.weight)
    }}
}}

"#
        );
    }
    out
}
