//! The workload: an axum host on leaf crates of 3,000, 150 and 30 lines, on base crates of 2,000.

use hotmod_testkit::Workspace;

use crate::support::sources::{base, footer, panel, screens};
use crate::support::workspace::{self, Kind, Member};

/// How many leaf crates are on the base crate `tokens`.
const PANELS: usize = 20;

const REGISTRY: &str = r#"axum = { version = "0.8", default-features = false, features = ["http1", "tokio"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
tokio = { version = "1", features = ["macros", "net", "rt-multi-thread"] }
tracing = "0.1"
"#;

pub(crate) fn generate(name: &str) -> Workspace {
    let panels: Vec<String> = (0..PANELS)
        .map(|index| format!("panel{index:02}"))
        .collect();
    let mut of_host = vec!["axum", "tokio", "screens", "footer"];
    of_host.extend(panels.iter().map(String::as_str));
    let on_base = ["serde", "serde_json", "tracing", "widgets"];
    let base_needs = ["serde", "tracing"];
    let crates = [
        ("app", Kind::Host, &of_host[..], app(&panels)),
        ("screens", Kind::Reloadable, &on_base, screens("screens")),
        ("footer", Kind::Reloadable, &[], footer("footer")),
        ("widgets", Kind::Reloadable, &base_needs, base("widgets")),
        ("tokens", Kind::Reloadable, &base_needs, base("tokens")),
    ];
    let mut members: Vec<Member> = crates
        .into_iter()
        .map(|(name, kind, needs, source)| Member::new(name, kind, needs, source))
        .collect();
    members.extend(
        panels
            .iter()
            .map(|name| Member::new(name, Kind::Reloadable, &["tokens"], panel())),
    );
    workspace::generate(name, REGISTRY, &members)
}

fn app(panels: &[String]) -> String {
    let panels: Vec<String> = panels.iter().map(|it| format!("{it}::show()")).collect();
    format!(
        r#"use axum::{{Router, routing::get}};

#[hotmod::main]
#[tokio::main]
async fn main() {{
    let port = std::env::var("PORT").unwrap().parse().unwrap();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let router = Router::new().route("/", get(|| async {{ page() }}));
    axum::serve(listener, router).await.unwrap();
}}

fn page() -> String {{
    [screens::home(), footer::line(), {}].concat()
}}
"#,
        panels.join(", ")
    )
}
