//! Runs the edits of one library, in several sessions.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Instant;

use hotmod_testkit::Random;
use hotmod_testkit::registry::Package;

use super::edits::{self, Class, Edit};
use super::tally::Tally;
use super::{edits::functions, fixture};
use crate::difference;
use crate::twin_workspaces::{Clean, Outcome, Sources, Twins};

/// A session keeps each generation in memory.
const EDITS_OF_A_SESSION: u32 = 40;

/// After many edits, the program shows nothing but panics.
const EDITS_IN_A_ROW: u32 = 4;

pub(super) struct Run {
    name: &'static str,
    seed: u64,
    random: Random,
    twins: Twins,
    first: Sources,
    /// The functions that the program runs.
    running: BTreeSet<String>,
    /// The files that a build leaves out, because their modules are.
    unread: BTreeSet<PathBuf>,
    /// How often each class was tried.
    tries: BTreeMap<&'static str, u32>,
    now: State,
    /// Whether all went well in the session.
    is_session_good: bool,
}

/// Sources that compile, and what a clean build of them shows.
struct State {
    sources: Sources,
    shown: String,
    program: u64,
    /// How many edits led there from the first state.
    edits: u32,
}

impl Run {
    /// `name` names its folders.
    pub(super) fn new(name: &str, package: Package, seed: u64) -> Self {
        let first = fixture::of_package(&package);
        // Body edits too are compared with a clean build: none should need it.
        let mut twins = Twins::new(name, first.clone(), &["--shadow", "always"]);
        let marked = functions::marked(&first, package.name);
        let running = functions::of_notes(&twins.notes_of_clean(&marked));
        assert!(!running.is_empty());
        let Clean::Shows(shown) = twins.show_clean(&first) else {
            panic!("the library does not compile");
        };
        assert_eq!(twins.first(), shown);
        let read = twins.read_by_clean(&first);
        let mut unread: BTreeSet<PathBuf> = first.keys().cloned().collect();
        unread.retain(|it| !read.contains(it));
        let now = State {
            sources: first.clone(),
            shown,
            program: twins.clean_program(),
            edits: 0,
        };
        Run {
            name: package.name,
            seed,
            random: Random::new(seed),
            twins,
            first,
            running,
            unread,
            tries: BTreeMap::new(),
            now,
            is_session_good: true,
        }
    }

    /// Makes this number of edits.
    pub(super) fn edit(&mut self, edits: u32, tally: &mut Tally) {
        let mut made = 0;
        let mut of_session = 0;
        while made < edits {
            if !self.is_session_good || of_session >= EDITS_OF_A_SESSION {
                self.twins.start_again(&self.now.sources);
                self.is_session_good = true;
                of_session = 0;
            }
            let Some(edit) = self.next(tally) else {
                continue;
            };
            let Some(clean) = self.build_clean(&edit, tally) else {
                continue;
            };
            made += 1;
            of_session += 1;
            self.apply(made, edit, clean, tally);
        }
    }

    /// An edit of a class of which there were few.
    fn next(&mut self, tally: &Tally) -> Option<Edit> {
        if self.now.edits >= EDITS_IN_A_ROW {
            return Some(Edit::undo(self.first.clone()));
        }
        let mut classes = edits::classes();
        // A class whose edits don't compile is not tried forever.
        let effort =
            |class: &Class| 4 * tally.edits(class.0) + self.tries.get(class.0).unwrap_or(&0);
        let least = classes.iter().map(effort).min()?;
        classes.retain(|it| effort(it) == least);
        let class = classes[self.random.below(classes.len())];
        *self.tries.entry(class.0).or_default() += 1;
        let folder = Path::new(self.name);
        let is_edited = |it: &&PathBuf| {
            it.starts_with(folder)
                && it.extension() == Some(OsStr::new("rs"))
                && !self.unread.contains(*it)
        };
        let sources = &self.now.sources;
        let files: Vec<&PathBuf> = sources.keys().filter(is_edited).collect();
        edits::random(&mut self.random, class, &files, sources, &self.running)
    }

    /// What a clean build of an edit comes to, unless the edit is to be left out.
    fn build_clean(&mut self, edit: &Edit, tally: &mut Tally) -> Option<Clean> {
        let begun = Instant::now();
        let clean = self.twins.show_clean(&edit.sources);
        tally.add_clean_build(begun.elapsed());
        match clean {
            Clean::Fails => None,
            // Most of these are alike.
            Clean::DoesNotCompile if self.random.below(8) > 0 => None,
            _ => Some(clean),
        }
    }

    #[expect(
        clippy::print_stdout,
        reason = "shown if it fails, or if that is asked for"
    )]
    fn apply(&mut self, number: u32, edit: Edit, clean: Clean, tally: &mut Tally) {
        let what = format!("{} {number}, {}: {}", self.name, edit.class, edit.about);
        let (compiles, shown) = match &clean {
            Clean::Shows(text) => (true, text),
            _ => (false, &self.now.shown),
        };
        let shows = *shown != self.now.shown;
        let program = compiles.then(|| self.twins.clean_program());
        let begun = Instant::now();
        let settled = self.twins.settle(edit.sources.clone());
        tally.add_settling(begun.elapsed());
        let wrong = match settled {
            Ok(settled) => {
                let has_failed = settled.outcome == Outcome::CompileError;
                let was_live = if settled.was_live { ", was live" } else { "" };
                let told = format!("{:?}{was_live}", settled.outcome);
                println!("{what}: {told}");
                tally.add(
                    edit.class,
                    &settled,
                    shows,
                    program == Some(self.now.program),
                );
                let is_equal = settled.shown == *shown && compiles != has_failed;
                (!is_equal || settled.was_live).then(|| {
                    let difference = difference::of_texts(shown, &settled.shown);
                    let why = format!(
                        "{told}; a clean build succeeds: {compiles}\n\
                         --- a clean build shows, the host shows\n{difference}"
                    );
                    (why, is_equal)
                })
            }
            Err(why) => Some((why, false)),
        };
        if let Some((why, is_equal)) = wrong {
            let edit = difference::of_sources(&self.now.sources, &edit.sources);
            let what = format!("SEED={} {what}: {why}--- the edit\n{edit}", self.seed);
            println!("{what}");
            if !is_equal {
                tally.fail(what);
                self.is_session_good = false;
            }
        }
        if let Clean::Shows(shown) = clean {
            self.now = State {
                edits: match edit.sources == self.first {
                    true => 0,
                    false => self.now.edits + 1,
                },
                sources: edit.sources,
                shown,
                program: program.unwrap(),
            };
        }
    }
}
