//! What rustc has to say, out of the JSON lines that cargo has it write.

use serde::Deserialize;
use serde_json::Value;

/// How wide the session's terminal is, for rustc as cargo's wrapper. What it compiles does not
/// depend on that.
pub(crate) const WIDTH_VARIABLE: &str = "HOTMOD_WIDTH";

/// How wide diagnostics may be, if there is a terminal that they will be shown in.
pub(crate) fn width() -> Option<u16> {
    let size = console::Term::stderr().size_checked();
    size.map(|(_, width)| width).filter(|width| *width > 0)
}

/// The part of rustc's JSON diagnostic that is for people.
#[derive(Deserialize)]
struct Diagnostic {
    rendered: Option<String>,
}

/// The diagnostics as rustc renders them; lines that are no JSON are kept as they are.
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

/// A message of cargo's without escape codes, as cargo's own `--message-format json` has it.
pub(crate) fn without_colours(mut message: Value) -> Value {
    if let Some(Value::String(rendered)) = message.pointer_mut("/message/rendered") {
        *rendered = console::strip_ansi_codes(rendered).into_owned();
    }
    message
}

/// The part of rustc's JSON notice of an artefact that says which one it is.
#[derive(Deserialize)]
struct Notice {
    emit: String,
}

/// What a line says has been written: `metadata` of a crate, or what it is for (`link`).
pub(crate) fn announced(line: &str) -> Option<String> {
    // Nearly no line does: look before reading the structure.
    if !line.contains("\"emit\"") {
        return None;
    }
    Some(serde_json::from_str::<Notice>(line).ok()?.emit)
}

/// Whether rustc found no place in the sources for any of its errors: it is the command that can't
/// be, and not the code.
pub(crate) fn is_of_command(stderr: &[u8]) -> bool {
    let errors = errors(stderr)
        .into_iter()
        .map(|error| error.spans.is_empty());
    errors.reduce(|one, other| one && other).unwrap_or_default()
}

/// Whether rustc had an error to tell: one that crashed, or could not write, has none.
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

/// The part of rustc's JSON diagnostic that says how bad it is, and where.
#[derive(Deserialize)]
struct Judged {
    level: String,
    spans: Vec<Value>,
}

/// An error of a wrapper, as rustc would write it for cargo: cargo passes it on as it does
/// rustc's own.
pub(crate) fn as_of_rustc(message: &str) -> String {
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
    use super::{announced, as_of_rustc, has_error, is_of_command, rendered};

    #[test]
    fn what_is_written_is_announced_by_its_own_line() {
        let notice = r#"{"$message_type":"artifact","artifact":"/x.rmeta","emit":"metadata"}"#;
        assert_eq!(announced(notice).as_deref(), Some("metadata"));
        let quoted = r#"{"rendered":"\"emit\":\"metadata\""}"#;
        assert_eq!(announced(quoted), None);
    }

    #[test]
    fn an_error_without_a_place_is_of_the_command() {
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
            assert_eq!(is_of_command(text.as_bytes()), of_command, "{lines:?}");
            assert_eq!(has_error(text.as_bytes()), error, "{lines:?}");
        }
    }

    #[test]
    fn errors_of_a_wrapper_are_read_as_those_of_rustc() {
        let line = as_of_rustc("no `x`\nhelp: add it");
        assert!(!line.contains('\n'), "cargo reads it line by line");
        assert_eq!(rendered(line.as_bytes()), "error: no `x`\nhelp: add it\n\n");
    }

    #[test]
    fn diagnostics_are_kept_and_notices_are_not() {
        let stderr = br#"{"$message_type":"artifact","artifact":"/x","emit":"metadata"}
{"$message_type":"diagnostic","message":"m","rendered":"error: m\n"}
thread 'rustc' panicked
"#;
        assert_eq!(rendered(stderr), "error: m\nthread 'rustc' panicked\n");
    }
}
