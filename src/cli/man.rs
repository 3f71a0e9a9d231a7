//! `cargo hotmod man`: manual pages, generated from the `--help` texts.

use std::fs;
use std::io::{self, Write as _};
use std::iter;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_mangen::Man;

use crate::error::Error;
use crate::report::{ColorChoice, Verbosity};

use super::{Failure, Outcome};

pub(super) const EXAMPLES: &str = "Examples:\n  \
    cargo hotmod man | man -l -\n  \
    cargo hotmod man --output ~/.local/share/man/man1\n\n\
    After the second command, `man cargo-hotmod` and `man cargo-hotmod-run` show the pages.";

#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// Write all pages into this folder: `cargo-hotmod.1`, and one for each command
    #[arg(long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

impl ManArgs {
    pub(super) fn run(self) -> Outcome {
        // A page for `help` would say nothing that the other pages don't.
        let mut command = super::hotmod("cargo hotmod").disable_help_subcommand(true);
        command.build();
        Outcome {
            color: ColorChoice::Auto,
            verbosity: Verbosity::Normal,
            result: match self.output {
                Some(folder) => write(&command, &folder),
                None => print(command),
            }
            .map_err(Failure::from),
        }
    }
}

fn print(command: Command) -> Result<u8, Error> {
    let mut text = Vec::new();
    page(command, &mut text)?;
    // If stdout is closed, the page has no reader.
    let _ = io::stdout().write_all(&text);
    Ok(0)
}

fn write(command: &Command, folder: &Path) -> Result<u8, Error> {
    let failed = |path: &Path, error| Error::File {
        path: path.to_owned(),
        done: "written",
        error,
    };
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    for command in iter::once(command).chain(command.get_subcommands()) {
        let path = folder.join(Man::new(command.clone()).get_filename());
        let mut text = Vec::new();
        page(command.clone(), &mut text)?;
        fs::write(&path, text).map_err(|error| failed(&path, error))?;
    }
    Ok(0)
}

/// Writes a page: clap's sections, then the examples with their columns.
fn page(command: Command, text: &mut Vec<u8>) -> io::Result<()> {
    let examples = command.get_after_help().map(ToString::to_string);
    let has_commands = command.has_subcommands();
    let man = Man::new(command).source(concat!("cargo-hotmod ", env!("CARGO_PKG_VERSION")));
    man.render_title(text)?;
    man.render_name_section(text)?;
    man.render_synopsis_section(text)?;
    man.render_description_section(text)?;
    man.render_options_section(text)?;
    if has_commands {
        man.render_subcommands_section(text)?;
    }
    writeln!(text, ".SH EXAMPLES")?;
    let examples = examples.unwrap_or_default();
    // No line begins with a dot, which would be a troff request.
    let examples = examples.replace('\\', "\\e").replace('-', "\\-");
    for paragraph in examples.split("\n\n") {
        match paragraph.contains("\n  ") {
            true => writeln!(text, ".PP\n.nf\n{paragraph}\n.fi")?,
            false => writeln!(text, ".PP\n{paragraph}")?,
        }
    }
    Ok(())
}
