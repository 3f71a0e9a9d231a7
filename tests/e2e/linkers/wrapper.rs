//! A script as the linker, as companies have it: it sets variables, adds arguments, and works on the output.

use std::fs;
use std::path::PathBuf;

use object::read::elf::{Dyn as _, FileHeader as _};
use object::{Endianness, elf};

use super::{Output, configured, edits};
use hotmod_testkit::{Workspace, write_script};

/// The folders in which the loader looks for the libraries of a file.
fn rpaths(file: &Output) -> Vec<String> {
    let bytes = &file.bytes;
    let header = elf::FileHeader64::<Endianness>::parse(&**bytes).unwrap();
    let endian = header.endian().unwrap();
    let sections = header.sections(endian, &**bytes).unwrap();
    let (entries, strings) = sections.dynamic(endian, &**bytes).unwrap().unwrap();
    let strings = sections.strings(endian, &**bytes, strings).unwrap();
    let is_path = |tag| [elf::DT_RPATH, elf::DT_RUNPATH].contains(&tag);
    let entries = entries.iter().filter(|it| is_path(it.tag(endian)));
    let texts = entries.map(|it| it.string(endian, strings).unwrap());
    let texts = texts.map(|it| String::from_utf8(it.to_vec()).unwrap());
    texts
        .flat_map(|it| it.split(':').map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// A workspace with this script as its linker, in which `LOG` is the path of a log.
fn with_script(test: &str, script: &str) -> (Workspace, PathBuf) {
    let folder = configured(test, "").root().with_extension("wrapper");
    let (log, linker) = (folder.join("log"), folder.join("company-cc"));
    let _ = fs::remove_dir_all(&folder);
    write_script(&linker, &format!("#!/bin/sh\nLOG={log:?}\n{script}"));
    let config = format!("[target.'cfg(unix)']\nlinker = {linker:?}\n");
    (configured(test, &config), log)
}

/// The output among a linker's arguments, which may be in a file.
const OUTPUT: &str = r#"out=$(for it in "$@"; do
    case $it in @*) cat "${it#@}" ;; *) printf '%s\n' "$it" ;; esac
done | grep -A1 '^-o$' | tail -n1)
"#;

#[test]
fn a_script_links_everything() {
    let script = format!(
        "{OUTPUT}export COMPANY=1\ncc -Wl,-rpath,/opt/company \"$@\" || exit\n\
         [ -f \"$out\" ] || exit 0\nprintf 'signed' >> \"$out\"\necho \"$out\" >> \"$LOG\"\n"
    );
    let (workspace, log) = with_script("linker_script", &script);
    let linked = edits(&workspace, workspace.run());
    let log = fs::read_to_string(log).unwrap();
    for file in &linked.0 {
        assert!(
            rpaths(file).contains(&"/opt/company".to_owned()),
            "{}",
            file.name
        );
        assert!(file.bytes.ends_with(b"signed"), "{}", file.name);
    }
    let group = &linked.0[2].name;
    assert!(log.contains(group), "no {group} in\n{log}");
}

/// The linker that the script's driver runs refuses to work without it.
#[test]
fn a_variable_that_a_script_sets_reaches_the_linker() {
    let script =
        "export COMPANY_LICENSE=1\nexec cc -B \"${0%/*}\" -fuse-ld=bfd \"$@\" -fuse-ld=bfd\n";
    let (workspace, log) = with_script("linker_variable", script);
    let ld = format!(
        "#!/bin/sh\n[ \"$COMPANY_LICENSE\" ] || {{ echo no license >&2; echo refused >> {log:?}; exit 1; }}\nexec ld \"$@\"\n"
    );
    write_script(log.with_file_name("ld.bfd"), &ld);
    let linked = edits(&workspace, workspace.run());
    assert_eq!(linked.linkers(), ["bfd"; 3]);
    assert!(!log.exists(), "the linker was run without the variable");
}
