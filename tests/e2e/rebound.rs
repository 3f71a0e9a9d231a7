//! Edits after which code of the host that was not edited means something else: an overriding method, a written
//! impl in place of a derive, a name that hides another. None of them has a symbol in the host before.

use serde_json::Value;

use hotmod_testkit::{Session, Workspace};

const PAGES: &str = "pages/src/lib.rs";

/// What the group has.
const GROUP: &str = r##"//! Items that the host uses by name.

use std::ops::Deref;

pub struct Sql;

#[hotmod::hot]
impl model::Store for Sql {
    fn name(&self) -> String {
        "sql".to_owned()
    }
}

pub struct File;

impl model::Store for File {
    fn name(&self) -> String {
        "file".to_owned()
    }
}

pub trait Titled {
    const TITLE: &'static str = "provided";
}

impl Titled for Job {}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Job {
    pub id: u32,
}

#[hotmod::hot]
pub fn job() -> Job {
    Job { id: 1 }
}

pub struct Guard {
    _inner: Inner,
}

struct Inner;

impl Guard {
    pub fn new() -> Guard {
        Guard { _inner: Inner }
    }
}

impl Deref for Guard {
    type Target = Short;
    fn deref(&self) -> &Short {
        &Short
    }
}

pub struct Short;

impl Short {
    pub fn width(&self) -> u8 {
        1
    }
}

pub struct Long;

impl Long {
    pub fn width(&self) -> u8 {
        2
    }
}

#[allow(non_camel_case_types)]
pub struct uid_t;

impl uid_t {
    pub fn get(&self) -> &'static str {
        "uid-1"
    }
}

pub fn r#match() -> &'static str {
    "match-1"
}

pub struct Wrap<T = u8>(pub Option<T>);

mod one {
    pub fn shown() -> &'static str {
        "one"
    }
}

mod two {
    #![allow(dead_code)]
    pub fn shown() -> &'static str {
        "two"
    }
}

pub use one::*;

macro_rules! make {
    ($name:ident, $value:expr) => {
        pub fn $name() -> u32 {
            $value
        }
    };
}

make!(answer, 1);

#[cfg(all())]
mod set {
    pub fn chosen() -> &'static str {
        "set"
    }
}

#[cfg(not(all()))]
mod set {
    pub fn chosen() -> &'static str {
        "unset"
    }
}

pub use set::chosen;

pub mod deep {
    #[hotmod::hot]
    pub fn hot() -> &'static str {
        "hot"
    }
}

include!("items.in");

pub struct Included;
"##;

/// A host that prints what it sees of that.
const HOST: &str = r##"//! Prints what it sees of the group.

use std::io::BufRead;

use model::Store;
use pages::Titled;

trait Own {
    fn label(&self) -> &'static str;
}

impl Own for pages::Job {
    fn label(&self) -> &'static str {
        "own"
    }
}

#[hotmod::main]
fn main() {
    println!("ready");
    for _ in std::io::stdin().lock().lines() {
        model::say("kept");
        let job = pages::job();
        let stores: [&dyn Store; 2] = [&pages::Sql, &pages::File];
        let counts = stores.map(|it| it.count().to_string()).join("+");
        let width = pages::Guard::new().width();
        let wrap: pages::Wrap = pages::Wrap(None);
        let default = size_of_val(&wrap);
        let line = format!(
            "counts={counts} title={} debug={:?} equal={} label={} width={width} size={default} {} {} {} answer={} {} {} {} {} id={}",
            <pages::Job as Titled>::TITLE,
            job,
            job == job.clone(),
            job.label(),
            pages::uid_t.get(),
            pages::r#match(),
            pages::shown(),
            pages::answer(),
            pages::chosen(),
            pages::deep::hot(),
            pages::included(),
            pages::Included.method(),
            job.id,
        );
        drop(job);
        println!("{line} heard={} gen={}", model::heard(), hotmod::generation());
    }
}
"##;

fn workspace(test: &str) -> Workspace {
    let workspace = Workspace::new("direct", test);
    let store = "\n/// Keeps rows.\npub trait Store {\n    /// Its name.\n    fn name(&self) -> String;\n\n    \
                 /// How many rows there are.\n    fn count(&self) -> u32 {\n        7\n    }\n}\n";
    let model = workspace.read("model/src/lib.rs") + store;
    workspace.write("model/src/lib.rs", &model);
    workspace.write(PAGES, GROUP);
    workspace.write(
        "pages/src/items.in",
        "pub fn included() -> &'static str {\n    \"item-1\"\n}\n\nimpl Included {\n    \
         pub fn method(&self) -> &'static str {\n        \"member-1\"\n    }\n}\n",
    );
    workspace.write("site/src/lib.rs", "//! Nothing.\n");
    workspace.write("app/src/main.rs", HOST);
    workspace
}

const OUTCOMES: [&str; 3] = ["restarted", "live", "compile-error"];

/// An edit of a file, what it comes to with a part of the reason and the help, and what the host then prints.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

fn check(workspace: &Workspace, session: &mut Session, case: Case) -> Option<String> {
    let (from, to, outcome, reason, shown) = case;
    let files = [PAGES, "pages/src/items.in"];
    let file = files
        .into_iter()
        .find(|it| workspace.read(it).contains(from));
    workspace.edit(file.unwrap_or(PAGES), from, to);
    let event: Value = session.wait_for_any(&OUTCOMES);
    if event["event"] == "restarted" {
        session.wait_for_answer("ready");
    }
    let answer = session.ask("ask");
    let text = |field: &str| event[field].as_str().unwrap_or_default();
    let its_reason = format!("{}\n{}", text("reason"), text("help"));
    let is_right =
        event["event"] == outcome && its_reason.contains(reason) && answer.contains(shown);
    (!is_right).then(|| format!("{to}: {}, `{its_reason}`, {answer}", event["event"]))
}

fn check_all(test: &str, cases: &[Case]) {
    let workspace = workspace(test);
    let mut session = workspace.run().ready();
    let wrong = cases
        .iter()
        .filter_map(|case| check(&workspace, &mut session, *case));
    let wrong: Vec<String> = wrong.collect();
    assert!(
        wrong.is_empty(),
        "{}\n{}",
        wrong.join("\n"),
        session.screen()
    );
}

#[test]
fn an_impl_that_changes_what_the_host_calls_restarts_it() {
    check_all(
        "rebound_impls",
        &[
            (
                "\"sql\".to_owned()\n    }",
                "\"sql\".to_owned()\n    }\n\n    fn count(&self) -> u32 {\n        19\n    }",
                "restarted",
                "`<Sql as Store>::count` was added, and `app/src/main.rs` may use `Sql`; it is an entry point now, so \
                 later edits of it are reloaded",
                "counts=19+7",
            ),
            ("        19\n", "        20\n", "live", "", "counts=20+7"),
            (
                "\"file\".to_owned()\n    }",
                "\"file\".to_owned()\n    }\n\n    fn count(&self) -> u32 {\n        3\n    }",
                "restarted",
                "`<File as Store>::count` was added, and `app/src/main.rs` may use `File`\n\
                 to reload later edits of it, mark the impl block with `#[hotmod::hot]`",
                "counts=20+3",
            ),
            (
                "impl Titled for Job {}",
                "impl Titled for Job {\n    const TITLE: &'static str = \"own-title\";\n}",
                "restarted",
                "TITLE",
                "title=own-title",
            ),
            (
                "#[derive(Clone, Debug, Default, PartialEq)]",
                "impl std::fmt::Debug for Job {\n    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {\n        \
                 f.write_str(\"written-1\")\n    }\n}\n\n#[derive(Clone, Default, PartialEq)]",
                "restarted",
                "`impl Debug for Job` changed, and `app/src/main.rs` may use `Job`",
                "debug=written-1",
            ),
            ("written-1", "written-2", "live", "", "debug=written-2"),
            (
                "struct Inner;",
                "struct Inner;\n\nimpl Drop for Inner {\n    fn drop(&mut self) {\n        model::say(\"inner\");\n    }\n}",
                "restarted",
                "`impl Drop for Inner` was added",
                "heard=inner",
            ),
            (
                "#[hotmod::hot]\npub fn job",
                "impl Drop for Job {\n    fn drop(&mut self) {\n        model::say(\"job\");\n    }\n}\n\n#[hotmod::hot]\npub fn job",
                "restarted",
                "`impl Drop for Job` was added",
                "heard=job",
            ),
            (
                "#[hotmod::hot]\npub fn job",
                "impl Job {\n    pub fn label(&self) -> &'static str {\n        \"inherent\"\n    }\n}\n\n#[hotmod::hot]\npub fn job",
                "restarted",
                "`Job::label` was added",
                "label=inherent",
            ),
            (
                "type Target = Short;\n    fn deref(&self) -> &Short {\n        &Short",
                "type Target = Long;\n    fn deref(&self) -> &Long {\n        &Long",
                "restarted",
                "",
                "width=2",
            ),
        ],
    );
}

#[test]
fn a_name_that_stands_for_something_else_is_not_reloaded_silently() {
    check_all(
        "rebound_names",
        &[
            // The host's calls of these are redirected.
            ("uid-1", "uid-2", "live", "", "uid-2"),
            ("match-1", "match-2", "live", "", "match-2"),
            (
                "Wrap<T = u8>",
                "Wrap<T = u32>",
                "restarted",
                "the declaration of `Wrap` changed",
                "size=8",
            ),
            (
                "pub use one::*;",
                "pub use two::*;",
                "restarted",
                "`use one::*` was removed",
                "two answer",
            ),
            (
                "make!(answer, 1);",
                "make!(answer, 2);",
                "live",
                "",
                "answer=2",
            ),
            (
                "            $value\n",
                "            $value * 2\n",
                "live",
                "",
                "answer=4",
            ),
            (
                "#[cfg(all())]\nmod set",
                "#[cfg(any())]\nmod set",
                "compile-error",
                "",
                "",
            ),
            (
                "#[cfg(not(all()))]\nmod set",
                "#[cfg(all())]\nmod set",
                "live",
                "",
                "unset",
            ),
            ("item-1", "item-2", "live", "", "item-2"),
            ("member-1", "member-2", "live", "", "member-2"),
            // What no code of the host can mean.
            (
                "pub struct Long;",
                "pub struct Long;\n\n#[derive(Clone)]\npub struct New;\n\nimpl New {\n    pub fn label(&self) {}\n}",
                "live",
                "",
                "gen=6",
            ),
            (
                "pub struct Long;",
                "impl Job {\n    pub fn unheard_of(&self) {}\n}\n\npub struct Long;",
                "live",
                "",
                "gen=7",
            ),
            (
                "pub struct Long;",
                "impl From<u8> for Job {\n    fn from(id: u8) -> Job {\n        Job { id: id.into() }\n    }\n}\n\npub struct Long;",
                "live",
                "",
                "gen=8",
            ),
        ],
    );
}

#[test]
fn an_edit_that_breaks_the_host_is_never_live() {
    let workspace = workspace("rebound_broken");
    let mut session = workspace.run().ready();
    let mut wrong = Vec::new();
    for (from, to, error) in [
        ("#[hotmod::hot]\npub fn job", "pub(crate) fn job", "private"),
        ("pub fn job", "pub(crate) fn job", "private"),
        ("pub mod deep", "mod deep", "private"),
        ("    pub id: u32", "    id: u32", "private"),
        (
            "pub use set::chosen;",
            "#[allow(unused_imports)]\nuse set::chosen;",
            "private",
        ),
        ("pub struct Sql;", "pub(crate) struct Sql;", "private"),
        (
            "pub struct Included;",
            "pub struct Included(pub u8);",
            "E0599",
        ),
        (
            "#[derive(Clone, Debug, Default, PartialEq)]",
            "#[derive(Clone, Default, PartialEq)]",
            "Debug",
        ),
        ("make!(answer, 1);", "make!(reply, 1);", "answer"),
    ] {
        workspace.edit(PAGES, from, to);
        let event = session.wait_for_any(&OUTCOMES);
        let is_error = event["event"] == "compile-error" && event.to_string().contains(error);
        if !is_error {
            wrong.push(format!("{to}: {event}"));
        }
        workspace.write(PAGES, GROUP);
        session.wait_for_any(&["verdict", "live", "restarted"]);
    }
    assert!(
        wrong.is_empty(),
        "{}\n{}",
        wrong.join("\n"),
        session.screen()
    );
}
