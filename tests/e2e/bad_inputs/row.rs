//! A row of the tables.

use hotmod_testkit::Workspace;

/// What is there when the command is typed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scene {
    /// A workspace that can be run.
    Workspace,
    /// A folder with nothing in it, in no workspace.
    Empty,
    /// A workspace with two programs, of each of which a session runs.
    Sessions,
}

/// What is said.
pub(super) enum Answer {
    /// This, on stderr.
    Is(&'static str),
    /// An error with these words, on stderr.
    Has(&'static [&'static str]),
    /// A finding of the doctor's with these words, on stdout.
    Finds(&'static [&'static str]),
}

/// A bad input. `[ROOT]` stands for the folder.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) scene: Scene,
    /// Makes it bad.
    pub(super) make: fn(&Workspace),
    /// The folder in which the words are typed.
    pub(super) at: &'static str,
    pub(super) words: &'static [&'static str],
    /// One more word, of any bytes.
    pub(super) raw: &'static [u8],
    pub(super) variables: &'static [(&'static str, &'static str)],
    pub(super) is_read_only: bool,
    pub(super) code: i32,
    pub(super) answer: Answer,
    /// It goes wrong when the session has a folder for its builds.
    pub(super) leaves_target: bool,
}

type Words = &'static [&'static str];

impl Row {
    const fn new(name: &'static str, words: Words, code: i32, answer: Answer) -> Self {
        Row {
            name,
            scene: Scene::Workspace,
            make: |_| {},
            at: "",
            words,
            raw: &[],
            variables: &[],
            is_read_only: false,
            code,
            answer,
            leaves_target: false,
        }
    }

    pub(super) const fn made(mut self, make: fn(&Workspace)) -> Self {
        self.make = make;
        self
    }

    pub(super) const fn at(mut self, folder: &'static str) -> Self {
        self.at = folder;
        self
    }

    pub(super) const fn in_empty(mut self) -> Self {
        self.scene = Scene::Empty;
        self
    }

    pub(super) const fn in_sessions(mut self) -> Self {
        self.scene = Scene::Sessions;
        self
    }

    pub(super) const fn raw(mut self, word: &'static [u8]) -> Self {
        self.raw = word;
        self
    }

    pub(super) const fn with(mut self, variables: &'static [(&'static str, &'static str)]) -> Self {
        self.variables = variables;
        self
    }

    pub(super) const fn read_only(mut self) -> Self {
        self.is_read_only = true;
        self
    }

    pub(super) const fn leaves_target(mut self) -> Self {
        self.leaves_target = true;
        self
    }
}

/// An input that is answered with exactly this.
pub(super) const fn told(name: &'static str, words: Words, code: i32, answer: &'static str) -> Row {
    Row::new(name, words, code, Answer::Is(answer))
}

/// An input that is answered with these words among clap's, cargo's or the compiler's.
pub(super) const fn has(name: &'static str, words: Words, code: i32, some: Words) -> Row {
    Row::new(name, words, code, Answer::Has(some))
}

/// What the doctor finds.
pub(super) const fn finds(name: &'static str, words: Words, some: Words) -> Row {
    Row::new(name, words, 1, Answer::Finds(some))
}
