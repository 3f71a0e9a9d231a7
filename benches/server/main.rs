//! A realistic server: ten crates with axum, sqlx and SQLite, askama, rust-embed and a crate of
//! macros; about 14,000 lines, most of them generated.
//!
//! `cargo bench --bench server` builds it as it is, marks six of its crates, and starts its first
//! session. Then it edits: each edit is timed from the save to the first answer that shows it, and
//! compared with `cargo build` of the same edit in a copy without marks, whose program would still have
//! to be started. It takes some minutes, and downloads the crates once.
//!
//! `WARM=1` begins with what the last run built, and so says nothing of the first build. `EDITS=1` changes
//! how often each edit is made, `LINES=200` how much is generated for each of seven crates.

mod check;
#[path = "../support/mod.rs"]
mod support;
mod workspace;

use std::time::{Duration, Instant};

use support::session::Session;
use support::table::{Table, line};
use support::{median, number};
use workspace::Server;

/// What is replaced in a file, and where that shows: before and after.
struct Edit {
    name: &'static str,
    file: &'static str,
    texts: [&'static str; 2],
    page: &'static str,
    shows: [&'static str; 2],
    restarts: bool,
}

const EDITS: [Edit; 8] = [
    Edit {
        name: "a template",
        file: "notes/templates/list.html",
        texts: ["<h1>", "<h1 class=\"title\">"],
        page: "/",
        shows: ["<h1>", "<h1 class=\"title\">"],
        restarts: false,
    },
    Edit {
        name: "an embedded file",
        file: "assets/static/style.css",
        texts: ["black", "navy"],
        page: "/static/style.css",
        shows: ["black", "navy"],
        restarts: false,
    },
    Edit {
        name: "an SQL query",
        file: "queries/src/lib.rs",
        texts: ["id ASC", "id DESC"],
        page: "/",
        shows: ["two (ada)</li>\n<li>three", "three (grace)</li>\n<li>two"],
        restarts: false,
    },
    Edit {
        name: "a handler",
        file: "notes/src/lib.rs",
        texts: ["\"{} notes\"", "\"{} notes in all\""],
        page: "/",
        shows: ["3 notes<", "3 notes in all<"],
        restarts: false,
    },
    Edit {
        name: "a body in a base crate",
        file: "layout/src/lib.rs",
        texts: ["{title} - ", "{title} | "],
        page: "/",
        shows: ["All - ", "All | "],
        restarts: false,
    },
    Edit {
        name: "a new route",
        file: "web/src/lib.rs",
        texts: [
            "Router::new()\n",
            "Router::new().route(\"/health\", get(|| async { \"well\" }))\n",
        ],
        page: "/health",
        shows: ["404", "well"],
        restarts: false,
    },
    Edit {
        name: "a crate that is not marked",
        file: "store/src/lib.rs",
        texts: ["\"in memory\"", "\"in RAM\""],
        page: "/store",
        shows: ["in memory", "in RAM"],
        restarts: true,
    },
    Edit {
        name: "one that six others depend on",
        file: "model/src/lib.rs",
        texts: ["\"notes\"", "\"memos\""],
        page: "/",
        shows: ["notes</title>", "memos</title>"],
        restarts: true,
    },
];

fn main() {
    let marked = Server::generate("marked");
    let plain_build = marked.build();
    let plain = marked.copy("plain");
    plain.build();
    marked.mark();

    let begun = Instant::now();
    let mut session = Session::start(marked.workspace(), &[]);
    session.client.wait_for("3 notes");
    let first_session = begun.elapsed();
    let again = marked.compiled_by_session();
    line(&format!(
        "`cargo build`: {}, the first session after it: {}\n\ncrates of a registry that the session \
         compiled again: {}\n",
        seconds(plain_build),
        seconds(first_session),
        if again.is_empty() {
            "none".to_owned()
        } else {
            again.join(", ")
        },
    ));

    let table = Table::new(&[
        "edit",
        "comes to",
        "save to answer",
        "`cargo build`",
        "ratio",
    ]);
    for edit in EDITS {
        let mut samples = Vec::new();
        for index in 0..number("EDITS", 4) as usize {
            let (from, to) = (index % 2, (index + 1) % 2);
            // The session does things ahead meanwhile, as it does while somebody looks at a change.
            std::thread::sleep(Duration::from_secs(1));
            let begun = Instant::now();
            marked.edit(edit.file, edit.texts[from], edit.texts[to]);
            session.client.wait_for_page(edit.page, edit.shows[to]);
            let answered = begun.elapsed();
            if edit.restarts {
                session.wait_for_restart();
            } else {
                session.wait_for_live();
            }
            plain.edit(edit.file, edit.texts[from], edit.texts[to]);
            samples.push((answered, plain.build()));
        }
        let all = |of: fn(&(Duration, Duration)) -> f64| median(samples.iter().map(of));
        table.row(&[
            edit.name.to_owned(),
            if edit.restarts { "restart" } else { "reload" }.to_owned(),
            format!("{:.1} s", all(|it| it.0.as_secs_f64())),
            format!("{:.1} s", all(|it| it.1.as_secs_f64())),
            format!("{:.2}", all(|it| it.0.as_secs_f64() / it.1.as_secs_f64())),
        ]);
    }
    line("");
    check::check(&marked, &mut session);
}

fn seconds(duration: Duration) -> String {
    format!("{:.0} s", duration.as_secs_f64())
}
