//! Links the shared dylib, and exports C symbols from it.
//!
//! rustc's list of exports for a dylib contains Rust symbols and `#[no_mangle]` items, and hides
//! the symbols of native libraries. But a crate's inline and generic code is compiled in the crates
//! that use it, and calls the crate's C functions by name there. So host and group need these
//! symbols too. In a plain build, they are inside the executable, and other libraries can't see
//! them. If they were exported unchanged, they would replace the same symbols of system libraries,
//! for example for a plugin that the program loads, and a library that is loaded earlier would
//! replace them.
//!
//! So the dylib exports each C symbol under an alias, `__wrap_NAME`, and everything that is linked
//! with the dylib is linked with `--wrap=NAME`: linkers then use the alias instead of the name.
//!
//! An executable does export some symbols: those that a library on its command line defines or
//! refers to, such as the `malloc` of an allocator, and with `-rdynamic` all of them. These are not
//! renamed.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Output;

use object::{Architecture, Object as _, ObjectSymbol as _, SymbolScope};
use rustc_demangle::try_demangle;

use super::rlib::Members;
use crate::base::mmap::map;
use crate::cargo::invocation::Invocation;
use crate::compile::link::job::{LinkError, LinkJob, architecture, version_script};
use crate::compile::link::slices;

/// Names that are replaced by aliases in links with a shared dylib.
type Names = BTreeSet<String>;

/// The file with the options that a link with this dylib needs.
pub(crate) fn wrap_file(shared: &Path) -> PathBuf {
    shared.with_extension("wrap")
}

/// The argument with which a compiler driver passes these options on.
pub(crate) fn wrap_argument(shared: &Path) -> String {
    format!("-Wl,@{}", wrap_file(shared).display())
}

/// Whether a program exports all of its symbols, for plugins.
pub(crate) fn exports_all(host: &Invocation) -> bool {
    let words = ["-rdynamic", "export-dynamic", "-Wl,-E", "dynamic-list"];
    let options = host.codegen_options();
    let mut options = options.filter(|it| it.starts_with("link-arg"));
    options.any(|option| words.iter().any(|word| option.contains(word)))
        || host
            .arguments
            .iter()
            .any(|it| it.contains("export-executable-symbols"))
}

/// Links the shared dylib. If `keeps_names`, its C symbols are not renamed.
pub(crate) fn link_shared(
    job: &LinkJob,
    arguments: &[String],
    keeps_names: bool,
    scratch: &Path,
) -> Result<Output, LinkError> {
    let output = &output_of(arguments);
    let native = names_of_natives(arguments)?;
    let script = Script::of(arguments)?;
    let sections = slices::collected(arguments)?;
    let filled = slices::filled(arguments, &sections)?;
    let filled = filled.into_iter().map(|(name, _)| name).collect();
    slices::store(&slices::file(output), &sections, &filled)?;
    let mut arguments = arguments.to_vec();
    slices::define(&mut arguments, &sections, scratch)?;
    arguments.extend(slices::options(&sections).map(|it| format!("-Wl,{it}")));
    // A host that is linked with the runtime's rlib has no alias for this one.
    let c_names = native.union(&script.c_names).cloned();
    let (live, aliases): (Names, Names) = c_names.partition(|it| it == LIVE);
    let kept = slices::bounds(&sections)
        .chain(of_runtime(&arguments))
        .chain(live);
    let kept: Names = kept.collect();
    let mut exports = Exports {
        kept: kept.clone(),
        aliases,
    };
    if keeps_names {
        exports.kept.append(&mut exports.aliases);
    }
    let link = |exports: &Exports, more: &[String]| -> Result<Output, LinkError> {
        fs::write(&script.file, script.with(exports))?;
        let all = [&arguments, &exports.arguments(), more].concat();
        job.output(&all, scratch)
    };

    // By default, unreferenced members of an archive are not linked, but code of the group may
    // refer to them later.
    let mut whole: Vec<String> = native
        .iter()
        .map(|it| format!("-Wl,--undefined={it}"))
        .collect();
    whole.extend(["-Wl,-z,defs", "-Wl,--trace"].map(str::to_owned));
    let mut more: &[String] = &whole;
    let mut linked = link(&exports, more)?;
    if !linked.status.success() {
        // A member that is never used may need symbols that don't exist. Then export only the
        // members that are linked by default.
        let trace = ["-Wl,--trace".to_owned()];
        let bounds = Exports {
            kept,
            aliases: Names::new(),
        };
        let plain = link(&bounds, &trace)?;
        if !plain.status.success() {
            return Ok(plain);
        }
        let defined = defined(output)?;
        exports.kept.retain(|it| defined.contains(it));
        exports.aliases.retain(|it| defined.contains(it));
        more = &[];
        linked = Output {
            stdout: plain.stdout,
            ..link(&exports, more)?
        };
    }
    let known = names_in_libraries(&String::from_utf8_lossy(&linked.stdout))?;
    if linked.status.success() && exports.keep(&known) {
        linked = link(&exports, more)?;
    }
    let aliases = exports.aliases.iter().map(|it| format!("--wrap={it}"));
    let options = aliases.chain(slices::options(&sections));
    let lines: String = options.map(|it| it + "\n").collect();
    fs::write(wrap_file(output), lines)?;
    Ok(linked)
}

/// The runtime's static with the live generation, which trampolines refer to.
const LIVE: &str = "hotmod_live";

/// The runtime's symbols that only the host's trampolines use, and that rustc does not know.
fn of_runtime(arguments: &[String]) -> Option<String> {
    (architecture(arguments)? == Architecture::X86_64).then(|| "hotmod_pins".to_owned())
}

/// The C symbols that the dylib exports.
#[derive(Default)]
struct Exports {
    /// Under their own names.
    kept: Names,
    /// Under an alias.
    aliases: Names,
}

impl Exports {
    fn arguments(&self) -> Vec<String> {
        let aliases = self.aliases.iter();
        aliases
            .map(|name| format!("-Wl,--defsym=__wrap_{name}={name}"))
            .collect()
    }

    /// Keeps the names of symbols that libraries `known` unchanged. Returns whether there are any.
    fn keep(&mut self, known: &Names) -> bool {
        let found: Names = self.aliases.intersection(known).cloned().collect();
        self.aliases.retain(|it| !found.contains(it));
        self.kept.extend(found.iter().cloned());
        !found.is_empty()
    }
}

/// rustc's list of exports: a block `global: …; local: *;`.
struct Script {
    file: PathBuf,
    text: String,
    /// The names that are not mangled.
    c_names: Names,
}

impl Script {
    fn of(arguments: &[String]) -> io::Result<Self> {
        let file = version_script(arguments);
        let file = file.ok_or_else(|| io::Error::other("rustc lists no exported names"))?;
        let text = fs::read_to_string(&file)?;
        let names = text.lines().filter_map(exported);
        let c_names = names
            .filter(|it| !is_rusts(it))
            .map(str::to_owned)
            .collect();
        Ok(Script {
            file,
            text,
            c_names,
        })
    }

    /// The list with other C symbols.
    fn with(&self, exports: &Exports) -> String {
        let is_kept = |line: &&str| exported(line).is_none_or(|it| !self.c_names.contains(it));
        let lines = self.text.lines().filter(is_kept);
        let text: String = lines.map(|line| format!("{line}\n")).collect();
        let kept = exports.kept.iter().map(|name| format!("    {name};\n"));
        let aliases = exports
            .aliases
            .iter()
            .map(|name| format!("    __wrap_{name};\n"));
        let names: String = kept.chain(aliases).collect();
        match text.split_once("global:\n") {
            _ if names.is_empty() => text,
            Some((before, after)) => format!("{before}global:\n{names}{after}"),
            None => text.replacen('{', &format!("{{\n  global:\n{names}"), 1),
        }
    }
}

/// The name in a line of the list.
fn exported(line: &str) -> Option<&str> {
    let name = line.trim().strip_suffix(';')?;
    (!name.contains([':', '*', '{', '}'])).then_some(name)
}

/// Whether a name contains a hash, so that it is unique.
fn is_rusts(name: &str) -> bool {
    let is_mangled = name.starts_with("_R") || name.starts_with("_ZN");
    is_mangled && try_demangle(name).is_ok() || name.starts_with("rust_metadata_")
}

/// The names that native objects in the link's rlibs and archives export.
fn names_of_natives(arguments: &[String]) -> Result<Names, LinkError> {
    let mut found = Names::new();
    for argument in arguments {
        let path = Path::new(argument);
        if !path.extension().is_some_and(|it| it == "rlib" || it == "a") {
            continue;
        }
        let bytes = map(path)?;
        let unreadable = |error| LinkError::Object(argument.clone(), error);
        for (_, data) in Members::of(&bytes).map_err(unreadable)?.native {
            let object = object::File::parse(data).map_err(unreadable)?;
            let symbols = object
                .symbols()
                .filter(|symbol| symbol.is_definition() && symbol.scope() == SymbolScope::Dynamic);
            found.extend(symbols.filter_map(|it| it.name().ok().map(str::to_owned)));
        }
    }
    Ok(found)
}

fn output_of(arguments: &[String]) -> PathBuf {
    let mut arguments = arguments.iter().skip_while(|it| *it != "-o");
    arguments.nth(1).map(PathBuf::from).unwrap_or_default()
}

/// All names that a linked library defines, exported or not.
fn defined(library: &Path) -> Result<Names, LinkError> {
    let bytes = map(library)?;
    let unreadable = |error| LinkError::Object(library.display().to_string(), error);
    let object = object::File::parse(&*bytes).map_err(unreadable)?;
    let symbols = object.symbols().filter(|it| it.is_definition());
    Ok(symbols
        .filter_map(|it| it.name().ok().map(str::to_owned))
        .collect())
}

/// The names that the dynamic libraries of a link define or refer to. The libraries come from the
/// linker's list of its inputs.
fn names_in_libraries(trace: &str) -> Result<Names, LinkError> {
    let mut found = Names::new();
    for path in trace.lines().map(traced) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !name.ends_with(".so") && !name.contains(".so.") {
            continue;
        }
        let bytes = map(path)?;
        // The file may be a linker script that names others.
        let Ok(object) = object::File::parse(&*bytes) else {
            continue;
        };
        let names = object.dynamic_symbols().filter_map(|it| it.name().ok());
        found.extend(names.filter(|it| !is_rusts(it)).map(str::to_owned));
    }
    Ok(found)
}

/// The path in a line of a linker's list; mold puts a word before each.
fn traced(line: &str) -> &Path {
    let line = line.trim();
    Path::new(line.strip_prefix("trace: ").unwrap_or(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inputs_that_a_linker_lists_are_known() {
        for (line, path) in [
            ("/usr/lib/crti.o", "/usr/lib/crti.o"),
            ("a b.so ", "a b.so"),
            ("trace: /lib/libm.so.6", "/lib/libm.so.6"),
        ] {
            assert_eq!(traced(line), Path::new(path));
        }
    }

    const LIST: &str = "{\n  global:\n    _ZN4core3fmt5write17h0123456789abcdefE;\n    foo_version;\n    \
                        rust_metadata_x_1;\n\n  local:\n    *;\n};\n";

    fn script(text: &str) -> Script {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("list");
        fs::write(&file, text).unwrap();
        let arguments = [format!("-Wl,--version-script={}", file.display())];
        Script::of(&arguments).unwrap()
    }

    #[test]
    fn c_names_are_exported_under_an_alias() {
        let script = script(LIST);
        assert_eq!(script.c_names, Names::from(["foo_version".to_owned()]));
        let mut exports = Exports {
            kept: Names::new(),
            aliases: Names::from(["foo_version".to_owned(), "malloc".to_owned()]),
        };
        assert!(exports.keep(&Names::from(["malloc".to_owned(), "free".to_owned()])));
        assert_eq!(
            script.with(&exports),
            LIST.replace("    foo_version;\n", "").replace(
                "global:\n",
                "global:\n    malloc;\n    __wrap_foo_version;\n"
            )
        );
        assert_eq!(
            exports.arguments(),
            ["-Wl,--defsym=__wrap_foo_version=foo_version"]
        );
    }

    #[test]
    fn a_list_of_nothing_is_extended() {
        let exports = Exports {
            aliases: Names::from(["foo".to_owned()]),
            ..Exports::default()
        };
        let text = script("{\n  local:\n    *;\n};\n").with(&exports);
        assert_eq!(
            text,
            "{\n  global:\n    __wrap_foo;\n\n  local:\n    *;\n};\n"
        );
    }

    #[test]
    fn a_program_that_exports_its_names_keeps_them() {
        for (option, expected) in [
            ("link-arg=-rdynamic", true),
            ("link-args=-Wl,--export-dynamic -s", true),
            ("link-arg=-Wl,--dynamic-list=plugins", true),
            ("link-arg=-Wl,-rpath,/lib", false),
            ("opt-level=3", false),
        ] {
            let host = Invocation {
                program: "rustc".into(),
                arguments: vec!["-C".to_owned(), option.to_owned()],
                environment: std::collections::BTreeMap::new(),
                directory: "/".into(),
            };
            assert_eq!(exports_all(&host), expected, "{option}");
        }
    }
}
