//! The sources of the reloadable crates. Each contains a text that the page shows.

use std::fmt::Write as _;

/// 3,000 lines: screens with a serialisable model each, made of widgets.
pub(crate) fn screens(marker: &str) -> String {
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

/// 2,000 lines: what screens and panels are made of.
pub(crate) fn base(marker: &str) -> String {
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

/// 30 lines.
pub(crate) fn footer(marker: &str) -> String {
    format!(
        r#"//! The last line of each page.

/// A link below a page.
pub struct Link {{
    pub text: &'static str,
    pub target: &'static str,
}}

const LINKS: [Link; 3] = [
    Link {{ text: "Home", target: "/" }},
    Link {{ text: "Help", target: "/help" }},
    Link {{ text: "Terms", target: "/terms" }},
];

impl Link {{
    fn render(&self) -> String {{
        format!("<a href={{:?}}>{{}}</a>", self.target, self.text)
    }}
}}

/// What stands below each page.
#[hotmod::hot]
pub fn line() -> String {{
    let mut parts = vec!["{marker}".to_owned()];
    for link in &LINKS {{
        parts.push(link.render());
    }}
    parts.join(" ")
}}
"#
    )
}

/// 150 lines: rows of tokens.
pub(crate) fn panel() -> String {
    let mut out = String::from(
        "#[hotmod::hot]\npub fn show() -> String {\n    \
         let rows: Vec<String> = (0..3).map(row0).collect();\n    \
         format!(\"{} {}\", tokens::mark(), rows.concat())\n}\n\n",
    );
    for index in 0..12 {
        let next = (index + 1) % 12;
        let _ = write!(
            out,
            r#"pub fn row{index}(depth: u64) -> String {{
    let label = format!("row {index} at {{depth}}");
    let mut parts = vec![tokens::widget{index}(&label, depth)];
    if depth > 0 {{
        parts.push(row{next}(depth - 1));
    }}
    if parts.len() > 1 {{
        parts.sort();
    }}
    parts.concat()
}}

"#
        );
    }
    out
}
