//! rustc's diagnostics, from the JSON lines that it writes for cargo.

use serde::Deserialize;
use serde_json::Value;

/// The width of the session's terminal, for the rustc wrapper. It does not affect the compilation.
pub(crate) const WIDTH_VARIABLE: &str = "HOTMOD_WIDTH";

/// The maximum width of diagnostics, if they will be shown on a terminal.
pub(crate) fn width() -> Option<u16> {
    let size = console::Term::stderr().size_checked();
    size.map(|(_, width)| width).filter(|width| *width > 0)
}

/// The rendered text in rustc's JSON diagnostic.
#[derive(Deserialize)]
struct Diagnostic {
    rendered: Option<String>,
}

/// The diagnostics as rustc renders them. Lines that are not JSON are kept as they are.
pub(crate) fn rendered(stderr: &[u8]) -> String {
    let mut out = String::new();
    for line in String::from_utf8_lossy(stderr).lines() {
        match serde_json::from_str::<Diagnostic>(line) {
            Ok(diagnostic) => out.extend(diagnostic.rendered),
            Err(_) => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}

/// The diagnostics as rustc wrote them.
pub(crate) fn messages(stderr: &[u8]) -> Vec<Value> {
    let text = String::from_utf8_lossy(stderr);
    let values = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    values.filter(|it| it.get("level").is_some()).collect()
}

/// A message from cargo without escape codes, as in cargo's own `--message-format json`.
pub(crate) fn without_colours(mut message: Value) -> Value {
    if let Some(Value::String(rendered)) = message.pointer_mut("/message/rendered") {
        *rendered = console::strip_ansi_codes(rendered).into_owned();
    }
    message
}

/// The kind of artifact in rustc's JSON notification.
#[derive(Deserialize)]
struct Notice {
    emit: String,
}

/// The artifact that a line announces: `dep-info`, `metadata` or `link`.
pub(crate) fn announced(line: &str) -> Option<String> {
    // Few lines do: check before parsing.
    if !line.contains("\"emit\"") {
        return None;
    }
    Some(serde_json::from_str::<Notice>(line).ok()?.emit)
}

/// Whether none of rustc's errors has a position in the sources. Then the command is wrong, not the
/// code.
pub(crate) fn is_command_error(stderr: &[u8]) -> bool {
    let errors = errors(stderr)
        .into_iter()
        .map(|error| error.spans.is_empty());
    errors.reduce(|one, other| one && other).unwrap_or_default()
}

/// Whether rustc reported an error. If it crashed or could not write, it did not.
pub(crate) fn has_error(stderr: &[u8]) -> bool {
    !errors(stderr).is_empty()
}

fn errors(stderr: &[u8]) -> Vec<Judged> {
    let text = String::from_utf8_lossy(stderr);
    text.lines()
        .filter_map(|line| serde_json::from_str::<Judged>(line).ok())
        .filter(|diagnostic| diagnostic.level == "error")
        .collect()
}

/// The level and the position in rustc's JSON diagnostic.
#[derive(Deserialize)]
struct Judged {
    level: String,
    spans: Vec<Value>,
}

/// Formats an error of a wrapper as a diagnostic of rustc, so that cargo passes it on.
pub(crate) fn rustc_error(message: &str) -> String {
    let rendered = format!("error: {message}\n\n");
    serde_json::json!({
        "$message_type": "diagnostic",
        "message": message,
        "code": null,
        "level": "error",
        "spans": [],
        "children": [],
        "rendered": rendered,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::{announced, has_error, is_command_error, rendered, rustc_error};

    #[test]
    fn each_artifact_is_announced_by_a_line() {
        let notice = r#"{"$message_type":"artifact","artifact":"/x.rmeta","emit":"metadata"}"#;
        assert_eq!(announced(notice).as_deref(), Some("metadata"));
        let quoted = r#"{"rendered":"\"emit\":\"metadata\""}"#;
        assert_eq!(announced(quoted), None);
    }

    #[test]
    fn an_error_without_a_position_is_a_command_error() {
        let bare = r#"{"level":"error","spans":[],"rendered":"no panic handler"}"#;
        let placed = r#"{"level":"error","spans":[{"line_start":1}],"rendered":"no `x`"}"#;
        let warning = r#"{"level":"warning","spans":[{"line_start":1}],"rendered":"unused"}"#;
        for (lines, of_command, error) in [
            (vec![bare], true, true),
            (vec![bare, warning], true, true),
            (vec![placed, bare], false, true),
            (vec![warning], false, false),
            (vec!["LLVM ERROR: IO failure"], false, false),
            (vec![], false, false),
        ] {
            let text = lines.join("\n");
            assert_eq!(is_command_error(text.as_bytes()), of_command, "{lines:?}");
            assert_eq!(has_error(text.as_bytes()), error, "{lines:?}");
        }
    }

    #[test]
    fn errors_of_a_wrapper_are_parsed_like_those_of_rustc() {
        let line = rustc_error("no `x`\nhelp: add it");
        assert!(!line.contains('\n'), "cargo reads it line by line");
        assert_eq!(rendered(line.as_bytes()), "error: no `x`\nhelp: add it\n\n");
    }

    #[test]
    fn diagnostics_are_kept_and_notifications_are_not() {
        let stderr = br#"{"$message_type":"artifact","artifact":"/x","emit":"metadata"}
{"$message_type":"diagnostic","message":"m","rendered":"error: m\n"}
thread 'rustc' panicked
"#;
        assert_eq!(rendered(stderr), "error: m\nthread 'rustc' panicked\n");
    }
}
