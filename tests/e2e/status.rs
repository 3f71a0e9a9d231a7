//! What a session says of the generations that are kept, in its events and in its file.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::Workspace;

#[test]
fn what_is_kept_is_told_and_the_file_is_gone_at_the_end() {
    let workspace = Workspace::new("basic", "status");
    let mut session = workspace.run().ready();
    let generations = session.ask("env HOTMOD_DIR");
    let generations = generations.trim_start_matches("Ok(\"");
    let state = Path::new(generations).parent().unwrap();
    let file = state.join("status.json");
    let status = || -> Value { serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap() };
    let pid = session.events().last().unwrap()["pid"].clone();
    assert_eq!(
        status(),
        json!({"pid": pid, "generation": 0, "kept_generations": 0, "kept_bytes": 0})
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
        assert_eq!(
            status(),
            json!({
                "pid": live["pid"],
                "generation": generation,
                "kept_generations": kept,
                "kept_bytes": bytes,
            })
        );
    }
    session.interrupt();
    assert!(!file.exists());
}
