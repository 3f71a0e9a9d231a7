//! Small programs that rustc compiles: an executable `app` that uses a reloadable crate `rules`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo::artifact::OBJECT;
use crate::compat::code::{Code, Elsewhere, GroupCode};
use crate::compat::symbols::objects;

/// What stands for `#[hotmod::hot]` in these programs: a function with a slot.
pub(super) const ENTRY: &str = "
macro_rules! entry {
    ($(#[$attribute:meta])* fn $name:ident($($argument:tt)*) $(-> $output:ty)? $body:block) => {
        $(#[$attribute])* #[inline(never)]
        pub fn $name($($argument)*) $(-> $output)? {
            static __HOTMOD_SLOT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
            if std::hint::black_box(&__HOTMOD_SLOT).load(std::sync::atomic::Ordering::Relaxed) == 1 { std::process::abort() }
            $body
        }
    };
}
";

/// The options that cargo and the wrapper pass for a `dev` build.
pub(super) const DEV: &[&str] = &["-Copt-level=0", "-Ccodegen-units=256"];

/// The folder of other crates.
const ELSEWHERE: &str = "elsewhere";

/// A folder with a program, which can be compiled again after an edit.
pub(super) struct Program {
    folder: tempfile::TempDir,
}

impl Program {
    pub(super) fn new() -> Self {
        Program {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Compiles a crate that the program may use, and whose code is not read with the program's.
    pub(super) fn add(&self, name: &str, text: &str, options: &[&str]) {
        let (folder, file) = (self.folder.path(), format!("{name}.rs"));
        fs::write(folder.join(&file), text).unwrap();
        fs::create_dir_all(folder.join(ELSEWHERE)).unwrap();
        let output = format!("-o{ELSEWHERE}/lib{name}.rlib");
        rustc(folder, &[&file, "--crate-type=rlib", &output], options);
    }

    /// Where those crates are.
    pub(super) fn elsewhere(&self) -> Elsewhere {
        Elsewhere {
            folders: vec![self.folder.path().join(ELSEWHERE)],
        }
    }

    /// Compiles it and reads its code.
    pub(super) fn build(&self, rules: &str, app: &str, options: &[&str]) -> Code {
        let folder = self.folder.path();
        let clear = |name: &str| drop(fs::remove_dir_all(folder.join(name)));
        clear("out");
        fs::create_dir(folder.join("out")).unwrap();
        fs::write(folder.join("rules.rs"), format!("{ENTRY}{rules}")).unwrap();
        fs::write(folder.join("app.rs"), app).unwrap();
        for text in ["one", "two"] {
            fs::write(folder.join(format!("{text}.txt")), text).unwrap();
            let code = "pub fn at(x: &[u8], i: usize) -> u8 { x[i] }";
            fs::write(folder.join(format!("{text}.rs")), code).unwrap();
        }
        rustc(folder, &["rules.rs", "--crate-type=rlib"], options);
        let of_app = [
            "app.rs",
            "--crate-type=bin",
            "--extern=rules=out/librules.rlib",
            "-Csave-temps",
            "-Clinker=true",
            &format!("-L{ELSEWHERE}"),
        ];
        rustc(folder, &of_app, options);
        let files = files(&folder.join("out"));
        Code::read(files.iter().map(|it| &**it), []).unwrap()
    }
}

/// What `#[hotmod::hot]` and `#[hotmod::setup]` leave in a generation: records.
const RECORD: &str = "
macro_rules! record {
    ($describe:path) => {
        unsafe { core::arch::asm!(
            \".pushsection hotmod_entries,\\\"awR\\\",@progbits\", \".quad {}\", \".quad 0\", \".popsection\", sym $describe,
        ) }
    };
}
macro_rules! hot {
    (fn $name:ident($($argument:tt)*) $(-> $output:ty)? $body:block) => {
        pub fn $name($($argument)*) $(-> $output)? {
            fn __hotmod_describe() -> *const () { $name as *const () }
            record!(__hotmod_describe);
            $body
        }
    };
}
macro_rules! setup {
    (fn $name:ident() $body:block) => {
        pub fn $name() {
            fn hook() -> fn() { $name }
            record!(hook);
            $body
        }
    };
}
";

impl Program {
    /// Compiles the library as a generation, and reads its code.
    pub(super) fn build_group(&self, rules: &str, options: &[&str]) -> GroupCode {
        let folder = self.folder.path();
        fs::write(folder.join("rules.rs"), format!("{RECORD}{rules}")).unwrap();
        rustc(folder, &["rules.rs", "--crate-type=rlib"], options);
        let rlib = folder.join("out/librules.rlib");
        let bytes = fs::read(&rlib).unwrap();
        GroupCode::read(&objects(&bytes, &rlib).unwrap(), &BTreeMap::new()).unwrap()
    }
}

/// The objects of the executable, and the library.
fn files(folder: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let mut files: Vec<PathBuf> = all
        .filter(|it| {
            let name = it.file_name().unwrap().to_str().unwrap();
            name.starts_with("app.") && name.ends_with(OBJECT) || name.ends_with(".rlib")
        })
        .collect();
    files.sort();
    files
}

fn rustc(folder: &Path, arguments: &[&str], options: &[&str]) {
    let output = Command::new("rustc")
        .current_dir(folder)
        .args([
            "--edition=2024",
            "--out-dir=out",
            "-Cincremental=incremental",
            "-Awarnings",
        ])
        .args(["-Cdebuginfo=2", "-Cmetadata=1"])
        .args(arguments)
        .args(options)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
}
