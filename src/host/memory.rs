//! Which code of earlier generations a process still has pointers to.
//!
//! A generation that is retired is not called any more through entry points, but the program may have stored a
//! pointer to one of its functions: in a table of commands, or in the method table of a `dyn` value. Such
//! pointers are the addresses of functions and of method tables. They are looked for in all memory that the
//! process can write to, except that of the generations themselves, with the addresses in their own tables.
//!
//! This is a guess in both directions: freed memory may still contain an address, and a value may be stored
//! in a way that hides it.
//!
//! Layout of a method table: the function that drops the value or 0, the size, the alignment, and then the methods
//! (rustc's `vtable` module).

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use object::read::ReadCache;
use object::read::elf::ElfFile64;
use object::{LittleEndian, Object as _, ObjectSegment as _, ObjectSymbol as _, SymbolKind};
use procfs::process::{MMPermissions, MMapPath, MemoryMap, Process};

const WORD: usize = 8;

/// How much is read at once.
const CHUNK: usize = 1 << 20;

/// The number of words before the methods in a method table.
const HEADER: usize = 3;

/// The most methods of a trait that are looked at.
const METHODS: usize = 256;

/// The most that the alignment of a type is assumed to be.
const ALIGNMENT: u64 = 4096;

/// The symbols of functions to which a process has a pointer. `images` are the files that it has loaded, and `wanted`
/// says which of their symbols to look for.
pub(crate) fn held(
    pid: u32,
    images: &[PathBuf],
    wanted: impl Fn(&str) -> bool,
) -> io::Result<BTreeSet<String>> {
    let process = Process::new(i32::try_from(pid).unwrap_or_default());
    let process = process.map_err(io::Error::other)?;
    let maps = process.maps().map_err(io::Error::other)?.0;
    let memory = Memory(File::open(format!("/proc/{pid}/mem"))?);
    let mut targets = BTreeMap::new();
    let mut files = BTreeSet::new();
    for file in images {
        let file = file.canonicalize()?;
        let parts = parts_of(&maps, &file);
        add_targets(&file, &wanted, &parts, &memory, &mut targets)?;
        files.insert(file);
    }
    let mut found = BTreeSet::new();
    let (Some((first, _)), Some((last, _))) = (targets.first_key_value(), targets.last_key_value())
    else {
        return Ok(found);
    };
    let bounds = *first..=*last;
    let is_state = |it: &&MemoryMap| {
        let is_image = matches!(&it.pathname, MMapPath::Path(path) if files.contains(path));
        // What is shared may be a device's.
        let state = MMPermissions::READ | MMPermissions::WRITE | MMPermissions::PRIVATE;
        it.perms.contains(state) && !is_image
    };
    for part in maps.iter().filter(is_state) {
        memory.words(part.address.0..part.address.1, |word| {
            if bounds.contains(&word)
                && let Some(names) = targets.get(&word)
            {
                found.extend(names.iter().cloned());
            }
        });
    }
    Ok(found)
}

/// The symbols of functions by the addresses that lead to them.
type Targets = BTreeMap<u64, BTreeSet<String>>;

fn parts_of<'a>(maps: &'a [MemoryMap], file: &Path) -> Vec<&'a MemoryMap> {
    let is_of_file = |it: &&MemoryMap| matches!(&it.pathname, MMapPath::Path(path) if path == file);
    maps.iter().filter(is_of_file).collect()
}

/// Adds the wanted functions of an image, and the method tables with them.
fn add_targets(
    image: &Path,
    wanted: &dyn Fn(&str) -> bool,
    parts: &[&MemoryMap],
    memory: &Memory,
    targets: &mut Targets,
) -> io::Result<()> {
    let Some((first, last)) = parts.first().zip(parts.last()) else {
        return Ok(());
    };
    // It is not mapped, since the debug information of an old generation may be removed meanwhile.
    let bytes = ReadCache::new(File::open(image)?);
    let file = ElfFile64::<LittleEndian, _>::parse(&bytes).map_err(io::Error::other)?;
    let linked_at = file.segments().next().map_or(0, |it| it.address());
    let base = first.address.0.wrapping_sub(linked_at & !0xfff);
    let mut functions = Targets::new();
    for symbol in file.symbols() {
        if symbol.kind() == SymbolKind::Text
            && symbol.is_definition()
            && let Ok(name) = symbol.name()
            && wanted(name)
        {
            let address = base.wrapping_add(symbol.address());
            functions
                .entry(address)
                .or_default()
                .insert(name.to_owned());
        }
    }
    let all = first.address.0..last.address.1;
    let is_data = |it: &&&MemoryMap| !it.perms.contains(MMPermissions::EXECUTE);
    for part in parts.iter().filter(is_data) {
        let mut words = Vec::new();
        memory.words(part.address.0..part.address.1, |word| words.push(word));
        for (at, word) in words.iter().enumerate() {
            if let Some(names) = functions.get(word)
                && let Some(start) = method_table(&words, at, &all)
            {
                let address = part.address.0 + (start * WORD) as u64;
                targets
                    .entry(address)
                    .or_default()
                    .extend(names.iter().cloned());
            }
        }
    }
    targets.append(&mut functions);
    Ok(())
}

/// Where the method table begins that has a method at a position, if it looks like one.
fn method_table(words: &[u64], method: usize, image: &Range<u64>) -> Option<usize> {
    let is_pointer = |word: u64| word == 0 || image.contains(&word);
    for before in HEADER..HEADER + METHODS {
        let start = method.checked_sub(before)?;
        let [drop, size, align] = [0, 1, 2].map(|it| words[start + it]);
        let is_header = align.is_power_of_two() && align <= ALIGNMENT && size % align == 0;
        if is_header && !image.contains(&size) && is_pointer(drop) {
            return Some(start);
        }
        // One of the methods before it.
        if !is_pointer(words[start + HEADER - 1]) {
            return None;
        }
    }
    None
}

/// The memory of a process.
struct Memory(File);

impl Memory {
    /// Calls `look` with each word. What can't be read is passed over.
    fn words(&self, range: Range<u64>, mut look: impl FnMut(u64)) {
        let mut buffer = vec![0; CHUNK];
        let mut at = range.start;
        while at < range.end {
            let length = usize::try_from(range.end - at).map_or(CHUNK, |it| it.min(CHUNK));
            let part = &mut buffer[..length];
            if self.0.read_exact_at(part, at).is_ok() {
                let words = part.as_chunks::<WORD>().0.iter();
                words.for_each(|word| look(u64::from_le_bytes(*word)));
            }
            at += length as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::process::Stdio;

    use super::*;

    trait Command {
        fn name(&self) -> u32;
        fn in_method_table(&self) -> u32;
    }

    struct Save(u32);

    impl Command for Save {
        fn name(&self) -> u32 {
            self.0
        }

        fn in_method_table(&self) -> u32 {
            self.0 + 1
        }
    }

    fn in_a_table(of: u32) -> u32 {
        of + 2
    }

    /// Is only called.
    #[inline(never)]
    fn in_no_table(of: u32) -> u32 {
        of + 3
    }

    /// Says that a process is the one to look at.
    const LOOKED_AT: &str = "HOTMOD_TEST_LOOKED_AT";

    /// The process to look at. The one that looks has the addresses in its memory.
    #[test]
    #[ignore = "run by another test"]
    fn is_looked_at() {
        if std::env::var_os(LOOKED_AT).is_none() {
            return;
        }
        let table: Vec<fn(u32) -> u32> = vec![in_a_table];
        let command: Box<dyn Command> = Box::new(Save(in_no_table(0)));
        let kept = black_box((table, vec![command]));
        writeln!(io::stdout(), "\n{READY}").unwrap();
        let _ = io::stdin().read_line(&mut String::new());
        let (table, commands) = black_box(kept);
        assert_eq!(
            table[0](commands[0].in_method_table()) + commands[0].name(),
            9
        );
    }

    const READY: &str = "ready";

    #[test]
    fn pointers_to_functions_and_method_tables_are_found() {
        let own = std::env::current_exe().unwrap();
        let path = module_path!().split_once("::").unwrap().1;
        let mut child = std::process::Command::new(&own)
            .args([
                "--exact",
                &format!("{path}::is_looked_at"),
                "--ignored",
                "--nocapture",
            ])
            .env(LOOKED_AT, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|it| it.unwrap() == READY));
        let names = ["in_method_table", "in_a_table", "in_no_table"];
        let wanted = |symbol: &str| names.iter().any(|it| symbol.contains(it));
        let found = held(child.id(), &[own], wanted).unwrap();
        let is_found = names.map(|name| found.iter().any(|it| it.contains(name)));
        assert_eq!(is_found, [true, true, false], "{found:?}");
        drop(child.stdin.take());
        assert!(child.wait().unwrap().success());
    }

    #[test]
    fn a_process_that_has_ended_holds_nothing() {
        assert!(held(u32::MAX / 2, &[], |_| true).is_err());
    }
}
