//! What rustc has to say, out of the JSON lines that cargo has it write.

use serde::Deserialize;

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

/// The part of rustc's JSON notice of an artefact that says which one it is.
#[derive(Deserialize)]
struct Notice {
    emit: String,
}

/// Whether a line says that a crate's metadata has been written.
pub(crate) fn announces_metadata(line: &str) -> bool {
    // Nearly no line does: look before reading the structure.
    line.contains("\"emit\"")
        && serde_json::from_str::<Notice>(line).is_ok_and(|notice| notice.emit == "metadata")
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
    use super::{announces_metadata, as_of_rustc, rendered};

    #[test]
    fn metadata_is_announced_by_its_own_line() {
        let notice = r#"{"$message_type":"artifact","artifact":"/x.rmeta","emit":"metadata"}"#;
        assert!(announces_metadata(notice));
        assert!(!announces_metadata(&notice.replace("metadata", "link")));
        assert!(!announces_metadata(
            r#"{"rendered":"\"emit\":\"metadata\""}"#
        ));
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
