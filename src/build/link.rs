//! The group's library: its recipe, recorded once from rustc, and each link by it.
//!
//! rustc is asked once how it links a cdylib of the group's crates: a small crate, the anchor,
//! names them all, the tool stands in for the linker and keeps the arguments. From then on a
//! link is one run of the user's linker. The anchor also holds the one function by which the
//! runtime finds the records of the entry points.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use hotmod_protocol::{BUILD_SYMBOL, BuildId, ENTRIES_SYMBOL};

use super::digest::Digest;
use super::group::BuildError;
use super::invocation::Invocation;
use super::jobs::Stamp;
use super::linker::{LinkJob, OUTPUT, Purpose, Recipe};
use super::process::Cancel;
use super::shared;

/// A linked group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Library {
    pub(crate) build: BuildId,
    pub(crate) path: PathBuf,
}

/// The recipe for these rlibs, recorded now unless it was before.
pub(super) fn recipe(
    host: &Invocation,
    shared_dylib: &Path,
    rlibs: &[PathBuf],
    directory: &Path,
    cancel: &Cancel,
) -> Result<Recipe, BuildError> {
    let mut digest = Digest::new();
    digest.text(&shared_dylib.to_string_lossy());
    for rlib in rlibs {
        digest.text(&rlib.to_string_lossy());
    }
    for argument in &host.arguments {
        digest.text(argument);
    }
    let directory = directory.join(format!("{:016x}", digest.finish()));
    let file = directory.join("recipe.json");
    let recorded = fs::read(&file)
        .ok()
        .and_then(|text| serde_json::from_slice(&text).ok());
    if let Some(recipe) = recorded {
        return Ok(recipe);
    }

    // rustc removes its objects after the link; the tool, as linker, keeps what it needs.
    let scratch = tempfile::tempdir()?;
    let root = scratch.path().join("hotmod_group.rs");
    fs::write(&root, anchor(rlibs.len()))?;
    let mut invocation = shared::anchor_command(host, &root, scratch.path());
    invocation.push(["--extern".to_owned()]);
    invocation.push([format!("hotmod_shared={}", shared_dylib.display())]);
    for (index, rlib) in rlibs.iter().enumerate() {
        invocation.push([
            "--extern".to_owned(),
            format!("hm{index}={}", rlib.display()),
        ]);
        let directory = rlib.parent().unwrap_or(Path::new("."));
        invocation.push([
            "-L".to_owned(),
            format!("dependency={}", directory.display()),
        ]);
    }
    let purpose = Purpose::Group {
        recipe: file.clone(),
    };
    LinkJob::take_over(&mut invocation, purpose, scratch.path())?;
    let output = cancel.output(&mut invocation.command())?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(BuildError::Link(words));
    }
    let recipe = serde_json::from_slice(&fs::read(&file)?).map_err(io::Error::from)?;
    Ok(recipe)
}

/// The source of the anchor: names each crate, so that rustc passes what they need to the
/// linker, and returns the bounds of the section that `hotmod`'s `register!` fills.
fn anchor(crates: usize) -> String {
    let names: String = (0..crates)
        .map(|index| format!("extern crate hm{index} as _;\n"))
        .collect();
    format!(
        r#"extern crate hotmod_shared as _;
{names}
#[repr(C)]
pub struct Bounds {{
    start: *const u8,
    stop: *const u8,
}}

unsafe extern "C" {{
    static __start_hotmod_entries: u8;
    static __stop_hotmod_entries: u8;
}}

#[unsafe(no_mangle)]
pub extern "C" fn {ENTRIES_SYMBOL}() -> Bounds {{
    unsafe {{
        core::arch::asm!(
            ".pushsection hotmod_entries,\"awR\",@progbits",
            ".balign 8",
            ".quad 0",
            ".quad 0",
            ".popsection",
        );
    }}
    Bounds {{ start: &raw const __start_hotmod_entries, stop: &raw const __stop_hotmod_entries }}
}}
"#
    )
}

impl Recipe {
    /// Links the group from its crates' rlibs as they are now.
    pub(super) fn link(
        &self,
        rlibs: &[PathBuf],
        output: &Path,
        cancel: &Cancel,
    ) -> Result<Library, BuildError> {
        let build = next_build_id();
        let path = output.join(format!("libhotmod_group-{build}.so"));
        fs::create_dir_all(output)?;
        let exports = format!("{{ global: {ENTRIES_SYMBOL}; {BUILD_SYMBOL}; local: *; }};\n");
        // Written once: the same text each time.
        if fs::read(&self.version_script).ok().as_deref() != Some(exports.as_bytes()) {
            fs::write(&self.version_script, exports)?;
        }
        let mut command = Command::new(&self.linker);
        for argument in &self.arguments {
            if argument == OUTPUT {
                command.arg(&path);
            } else if rlibs.iter().any(|rlib| rlib.as_os_str() == &**argument) {
                // Entry points are called by nobody inside the library.
                command.args(["-Wl,--whole-archive", argument, "-Wl,--no-whole-archive"]);
            } else {
                command.arg(argument);
            }
        }
        command
            .arg(format!("-Wl,--defsym={BUILD_SYMBOL}={:#x}", build.0))
            // Without it lld ends well with undefined symbols, and only the loader fails.
            .arg("-Wl,-z,defs");
        let linked = cancel.output(&mut command)?;
        if !linked.status.success() {
            let words = String::from_utf8_lossy(&linked.stderr).into_owned();
            return Err(BuildError::Link(words));
        }
        Ok(Library { build, path })
    }
}

/// A build id that no other build has: the loader compares names before it looks at files.
fn next_build_id() -> BuildId {
    let Stamp(time, count) = Stamp::next();
    let mut digest = Digest::new();
    for number in [time, count, u64::from(std::process::id())] {
        digest.number(number);
    }
    BuildId(digest.finish().max(1))
}
