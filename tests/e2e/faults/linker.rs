//! A linker that fails on demand.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hotmod_testkit::{Session, Workspace, write_script};

/// Linkers of the user's, each a script that is the real one unless it is told to have a fault, and a C compiler that
/// runs them.
pub(super) struct Linker {
    folder: PathBuf,
}

impl Linker {
    /// In a folder that stays the same from run to run: the session writes down where its linker is.
    pub(super) fn of(workspace: &Workspace) -> Self {
        let folder = workspace.root().with_extension("linker");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let linker = Linker { folder };
        // The C compiler looks for the linker in this folder first.
        linker.compiler();
        for name in ["ld", "ld.lld"] {
            let Some(real) = real(name) else { continue };
            let fault = linker.fault_file();
            let text = format!("real={real:?}\n[ -e {fault:?} ] && . {fault:?}\nexec $real \"$@\"");
            linker.script(name, &text);
        }
        linker
    }

    /// A C compiler, and not a script: the session runs the linker of a compiler directly.
    fn compiler(&self) {
        let (source, cc) = (self.folder.join("cc.rs"), self.folder.join("cc"));
        let text = format!(
            "use std::os::unix::process::CommandExt as _;\nfn main() {{\n    \
             let mut cc = std::process::Command::new({:?});\n    \
             panic!(\"{{}}\", cc.arg(\"-B\").arg({:?}).args(std::env::args_os().skip(1)).exec());\n}}\n",
            on_path("cc"),
            self.folder
        );
        fs::write(&source, text).unwrap();
        let mut rustc = Command::new("rustc");
        let compiled = rustc.arg("-o").args([&cc, &source]).status().unwrap();
        assert!(compiled.success());
    }

    /// A session that links with it.
    pub(super) fn session(&self, workspace: &Workspace) -> Session {
        let path = std::env::var("PATH").unwrap();
        let path = format!("{}:{path}", self.folder.display());
        workspace.run().variable("PATH", &path).ready()
    }

    /// From now on each link of a library runs these lines of a shell in its place. `$real "$@"` is the link,
    /// and `$out` its output.
    pub(super) fn fails(&self, lines: &str) {
        let text = format!(
            "out=$(for it in \"$@\"; do case $it in @*) cat \"${{it#@}}\";; esac; done | \
             grep -A1 '^-o$' | tail -n1)\ncase $out in *.so) {lines}\nexit;; esac\n"
        );
        let aside = self.folder.join("fault.new");
        fs::write(&aside, text).unwrap();
        fs::rename(aside, self.fault_file()).unwrap();
    }

    /// From now on it links again.
    pub(super) fn works(&self) {
        fs::remove_file(self.fault_file()).unwrap();
    }

    /// Takes the linker away.
    pub(super) fn remove(&self) {
        fs::rename(&self.folder, self.folder.with_extension("gone")).unwrap();
    }

    /// Puts it back.
    pub(super) fn put_back(&self) {
        fs::rename(self.folder.with_extension("gone"), &self.folder).unwrap();
    }

    fn fault_file(&self) -> PathBuf {
        self.folder.join("fault")
    }

    fn script(&self, name: &str, text: &str) {
        let file = self.folder.join(name);
        write_script(&file, &format!("#!/bin/sh\n{text}\n"));
    }
}

/// The linker of this name that rustc would have run.
fn real(name: &str) -> Option<PathBuf> {
    let said = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let libraries = said("rustc", &["--print", "target-libdir"]);
    let own = Path::new(&libraries)
        .with_file_name("bin/gcc-ld")
        .join(name);
    if own.exists() {
        return Some(own);
    }
    let found = PathBuf::from(said("cc", &[&format!("-print-prog-name={name}")]));
    if found.is_absolute() {
        return Some(found);
    }
    let path = std::env::var_os("PATH").unwrap();
    let mut all = std::env::split_paths(&path).map(|it| it.join(name));
    all.find(|it| it.exists())
}

fn on_path(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    let mut all = std::env::split_paths(&path).map(|it| it.join(name));
    all.find(|it| it.exists()).expect("no C compiler")
}
