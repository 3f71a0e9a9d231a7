//! What a check found, from the messages of cargo and other commands.

use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use serde_json::json;

use super::*;

fn message(level: &str, path: &str, line: usize, words: &str) -> String {
    let spans = match path {
        "" => json!([]),
        path => json!([{
            "file_name": path, "byte_start": 0, "byte_end": 1, "line_start": line, "line_end": line,
            "column_start": 5, "column_end": 6, "is_primary": true, "text": [], "label": null,
            "suggested_replacement": null, "suggestion_applicability": null, "expansion": null,
        }]),
    };
    json!({
        "reason": "compiler-message",
        "package_id": "path+file:///w/app#0.1.0",
        "manifest_path": "/w/app/Cargo.toml",
        "target": {
            "kind": ["bin"], "crate_types": ["bin"], "name": "app", "src_path": "/w/app/src/main.rs",
            "edition": "2024", "doc": true, "doctest": false, "test": true,
        },
        "message": {
            "rendered": format!("{level}: {words}\n"), "message": words, "level": level,
            "code": { "code": "E0308", "explanation": null }, "spans": spans, "children": [],
            "$message_type": "diagnostic",
        },
    })
    .to_string()
}

fn checked(stdout: &[String], stderr: &str, code: i32) -> CheckReport {
    let output = Output {
        status: ExitStatus::from_raw(code << 8),
        stdout: (stdout.join("\n") + "\n").into_bytes(),
        stderr: stderr.as_bytes().to_vec(),
    };
    read(Ok(output)).unwrap()
}

fn shown(checked: &CheckReport) -> Vec<String> {
    checked
        .diagnostics
        .iter()
        .map(Diagnostic::to_string)
        .collect()
}

#[test]
fn errors_come_first_and_each_counts_once() {
    let unused = message("warning", "app/src/main.rs", 3, "unused variable: `x`");
    let found = checked(
        &[
            unused.clone(),
            message("error", "app/tests/api.rs", 9, "mismatched types"),
            // The same source, compiled for its tests.
            unused,
            message("warning", "", 0, "1 warning emitted"),
            message("error", "", 0, "aborting due to 1 previous error"),
            message("failure-note", "", 0, "for more information"),
        ],
        "    Checking app v0.1.0\nerror: could not compile `app`\n",
        101,
    );
    let expected = [
        "app/tests/api.rs:9:5: error[E0308]: mismatched types",
        "app/src/main.rs:3:5: warning: unused variable: `x`",
    ];
    assert_eq!(shown(&found), expected);
    assert_eq!((found.errors, found.warnings), (1, 1));
    assert!(!found.has_passed() && found.output.is_empty());
    assert_eq!(found.rendered, "error: mismatched types\n");
    assert_eq!(found.messages.len(), 6);
}

#[test]
fn a_failure_without_errors_in_the_sources_says_what_was_printed() {
    let found = checked(
        &["one line".to_owned()],
        "    Checking app v0.1.0\n\x1b[31merror\x1b[0m: no such command: `chekc`\n",
        101,
    );
    assert_eq!(found.output, "one line\nerror: no such command: `chekc`");
    assert!(!found.has_passed());
    let found = checked(&[], "", 7);
    assert_eq!(found.output, "the check ended with exit status: 7");
    let found = checked(&["fine".to_owned()], "    Finished\n", 0);
    assert_eq!(found, CheckReport::default());
}

#[test]
fn a_check_that_does_not_start_fails_and_a_cancelled_one_says_nothing() {
    let error = RunError::NotRun {
        program: "cargo".to_owned(),
        error: std::io::ErrorKind::NotFound.into(),
    };
    let found = read(Err(error)).unwrap();
    assert!(!found.has_passed());
    assert_eq!(found.output, "could not run `cargo`: entity not found");
    assert!(read(Err(RunError::Cancelled)).is_err());
}

#[test]
fn a_warning_that_only_moved_is_not_new() {
    let warning = |line| message("warning", "a.rs", line, "unused");
    let mut first = checked(&[warning(1)], "", 0);
    first.compare(&CheckReport::default());
    assert!(first.diagnostics[0].is_new);
    let mut second = checked(&[warning(4), warning(9)], "", 0);
    second.compare(&first);
    let are_new: Vec<bool> = second.diagnostics.iter().map(|it| it.is_new).collect();
    assert_eq!(are_new, [false, true]);
}
