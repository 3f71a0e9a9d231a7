//! Numbers and places on the page.

use super::*;

fn round(end: End, stages: &[(Stage, f64)]) -> Round {
    Round {
        begin: 1000.0,
        edited: vec!["src/lib.rs".to_owned()],
        reason: String::new(),
        end,
        builds_host: false,
        crates: vec!["pages".to_owned(), "widgets".to_owned()],
        deltas: vec!["widgets".to_owned()],
        stages: stages.to_vec(),
        background: vec![],
    }
}

fn live(compile: f64) -> Round {
    let stages = [(Stage::Detect, 10.0), (Stage::Compile, compile)];
    round(End::Live { generation: 1 }, &stages)
}

#[test]
fn bars_that_take_much_longer_than_the_others_are_cut_off() {
    let mut rounds = vec![live(90.0); 19];
    let all = |rounds: &[Round]| scale(&Vec::from_iter(rounds));
    assert_eq!(all(&rounds), 100.0, "the longest");
    rounds.push(live(4990.0));
    assert_eq!(all(&rounds), 125.0);
    let segments: Vec<_> = bar(&rounds[19], 125.0)
        .into_iter()
        .map(|it| (it.class, it.left, it.width))
        .collect();
    assert_eq!(segments, [("detect", 0.0, 8.0), ("compile", 8.0, 92.0)]);
}

#[test]
fn a_bar_shows_failures_and_what_was_done_in_the_background() {
    let mut failed = live(90.0);
    failed.end = End::Failed;
    let classes: Vec<_> = bar(&failed, 100.0).iter().map(|it| it.class).collect();
    assert_eq!(classes, ["detect", "failed"]);

    let mut followed = live(40.0);
    let background = |begin, ms| Background {
        what: Work::Compilation,
        outcome: Comparison::Same,
        begin,
        ms,
    };
    followed.background = vec![background(1050.0, 100.0), background(9000.0, 10.0)];
    let last = bar(&followed, 100.0).pop().unwrap();
    assert_eq!(
        (last.class, last.left, last.width),
        ("background", 50.0, 50.0)
    );
    let texts: Vec<_> = followed.background.iter().map(Background::text).collect();
    assert_eq!(texts, ["full compilation 100 ms", "full compilation 10 ms"]);
}

#[test]
fn reloads_and_starts_have_a_table_each() {
    let mut rounds = Rounds::default();
    assert!(Page::new(&rounds, "", 0.0).tables.is_empty());
    let start = [(Stage::Build, 3000.0), (Stage::Start, 100.0)];
    rounds.rounds.push_back(round(End::Started, &start));
    rounds.rounds.extend([live(90.0), live(190.0)]);
    let mut failed = live(990.0);
    failed.end = End::Failed;
    rounds.rounds.push_back(failed);

    let page = Page::new(&rounds, "", 0.0);
    let [reloads, starts] = &*page.tables else {
        panic!("{page:?}");
    };
    assert_eq!(reloads.counts, "3 · 1 failed");
    assert_eq!(
        reloads.columns,
        ["detect", "compile", "link", "check", "swap"]
    );
    let newest = &reloads.rows[0];
    assert_eq!(
        (&*newest.outcome, newest.tone, &*newest.total),
        ("failed", "bad", "1000")
    );
    assert_eq!(reloads.rows[2].times, ["10", "90", "", "", ""]);
    let crates: Vec<_> = newest
        .crates
        .iter()
        .map(|it| (it.name, it.is_delta))
        .collect();
    assert_eq!(crates, [("pages", false), ("widgets", true)]);
    // Only of those that went live.
    let [p50, p90] = &*reloads.percentiles else {
        panic!("{reloads:?}");
    };
    assert_eq!((&*p50.times[1], &*p50.total), ("90", "100"));
    assert_eq!((&*p90.times[1], &*p90.total), ("190", "200"));
    let shares: Vec<_> = reloads
        .shares
        .iter()
        .map(|it| (it.stage, &*it.text))
        .collect();
    assert_eq!(shares, [("detect", "7 %"), ("compile", "93 %")]);

    assert_eq!((&*starts.counts, &*starts.rows[0].times[1]), ("1", "3000"));
    assert!(starts.percentiles.is_empty() && starts.shares.is_empty());
    let chart = page.chart.unwrap();
    assert_eq!(chart.times[4], "4.1 s");
    assert!(chart.failed.starts_with('M') && chart.starts.starts_with('M'));
    assert_eq!(chart.cuts, "");
}
