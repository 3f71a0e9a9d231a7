//! The page's file.

use std::fs;

use crate::report::Outcome;

use super::*;

fn timings(path: PathBuf) -> Timings {
    Timings {
        path,
        root: PathBuf::from("/work"),
        begun: "2026-01-02 03:04".to_owned(),
        rounds: Rounds::default(),
        is_due: false,
        is_failing: false,
    }
}

fn started(host: &str) -> Event {
    Event::SessionStarted {
        host: host.to_owned(),
        reloadable: vec![],
        listen: vec![],
    }
}

#[test]
fn all_texts_are_escaped() {
    let folder = tempfile::tempdir().unwrap();
    let mut timings = timings(folder.path().join("page.html"));
    let odd = "<script>\"&'";
    let events = [
        started(odd),
        Event::Edit {
            paths: vec![PathBuf::from(odd)],
        },
        Event::Verdict {
            verdict: Outcome::Nothing,
            reason: odd.to_owned().into(),
        },
    ];
    for event in events {
        timings.take(&event, Duration::ZERO);
    }
    timings.settle(Duration::ZERO).unwrap();
    let page = fs::read_to_string(&timings.path).unwrap();
    assert!(!page.contains("<script"), "{page}");
    assert_eq!(page.matches("&lt;script&gt;&quot;&amp;&#x27;").count(), 4);
}

#[test]
fn a_page_that_cant_be_written_is_reported_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.html");
    fs::create_dir(&path).unwrap();
    let mut timings = timings(path.clone());
    let settle = |timings: &mut Timings| {
        timings.take(&started("app"), Duration::ZERO);
        timings.settle(Duration::ZERO)
    };
    assert!(settle(&mut timings).is_err());
    assert!(settle(&mut timings).is_ok());
    fs::remove_dir(&path).unwrap();
    assert!(settle(&mut timings).is_ok());
    assert!(
        fs::read_to_string(&path)
            .unwrap()
            .contains("Nothing was built yet.")
    );
}
