//! Kept generations in a session's events and status file.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use hotmod_testkit::Workspace;

#[test]
fn kept_generations_are_reported_and_the_file_is_removed_at_the_end() {
    let workspace = Workspace::new("basic", "status");
    let mut session = workspace.run().ready();
    let generations = session.ask("env HOTMOD_DIR");
    let generations = generations.trim_start_matches("Ok(\"");
    let state = Path::new(generations).parent().unwrap();
    let file = state.join("status.json");
    let status = || -> Value { serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap() };
    let pid = session.events().last().unwrap()["pid"].clone();
    let of_start = status();
    assert_eq!(of_start["pid"], pid);
    assert_eq!(of_start["build_id"], "0".repeat(16));
    assert_eq!(
        (&of_start["generation"], &of_start["kept_bytes"]),
        (&json!(0), &json!(0))
    );

    let mut was = "one".to_owned();
    for (generation, kept) in [(1, 0), (2, 1), (3, 2)] {
        let text = generation.to_string();
        workspace.edit(
            "pages/src/lib.rs",
            &format!("\"{was}\""),
            &format!("\"{text}\""),
        );
        was = text;
        let live = session.wait_for("live");
        assert_eq!(live["kept_generations"], kept);
        // Relocated tables and statics, in whole pages.
        let bytes = live["kept_bytes"].as_u64().unwrap();
        assert!(bytes >= kept * 4096 && bytes < kept * 300_000 + 1, "{live}");
        // It is there before the event.
        let status = status();
        for field in [
            "pid",
            "generation",
            "build_id",
            "kept_generations",
            "kept_bytes",
        ] {
            assert_eq!(status[field], live[field], "{field}");
        }
        assert_eq!(status["retired"], json!(Vec::from_iter(0..generation)));
        assert_eq!(status["verdicts"].as_array().unwrap().len(), generation);
    }
    session.interrupt();
    assert!(!file.exists());
}
