//! The file with the carried values, in the session's private directory: a line that names the format,
//! the bytes of the values, and an index with the name and the place of each. The last 8 bytes say where
//! the index begins.
//!
//! Values are written as they are serialised, and read from memory that the file is mapped to: they may
//! be large, and a copy of them takes time.
//!
//! The file is replaced as a whole: a process that is killed while it writes leaves the values as they
//! were.

#![expect(unsafe_code, reason = "the file of the values is mapped")]

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::ops::{Deref, Range};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::mapping::Mapping;

const FORMAT: &[u8] = b"hotmod carried values 2\n";

/// How many bytes are written at a time.
const BUFFER: usize = 256 << 10;

/// The values of a file, by name.
pub(super) type Values = BTreeMap<String, Bytes>;

/// The bytes of a value.
#[derive(Clone)]
pub(super) struct Bytes {
    file: Arc<Mapping>,
    place: Range<usize>,
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.file[self.place.clone()]
    }
}

/// Reads the values. There are none without a file.
pub(super) fn read(path: &Path) -> Result<Values, String> {
    // SAFETY: a file of values is written beside its path and renamed, and is never written to after that.
    let map = |file: File| unsafe { Mapping::of_complete(&file) };
    let file = match File::open(path).and_then(map) {
        Ok(file) => Arc::new(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Values::new()),
        Err(error) => return Err(error.to_string()),
    };
    let places = places(&file)
        .ok_or_else(|| "it is not in the format of this version of `hotmod`".to_owned())?;
    let value = |(name, place)| {
        let file = Arc::clone(&file);
        (name, Bytes { file, place })
    };
    Ok(places.into_iter().map(value).collect())
}

/// The names and places of the values.
fn places(file: &[u8]) -> Option<Vec<(String, Range<usize>)>> {
    file.strip_prefix(FORMAT)?;
    let (rest, begin) = file.split_last_chunk()?;
    let (values, mut index) = rest.split_at_checked(number(*begin)?)?;
    let mut places = Vec::new();
    while !index.is_empty() {
        let length = take(&mut index)?;
        let (name, after) = index.split_at_checked(length)?;
        index = after;
        let name = String::from_utf8(name.to_vec()).ok()?;
        let place = take(&mut index)?..take(&mut index)?;
        values.get(place.clone())?;
        places.push((name, place));
    }
    Some(places)
}

fn take(bytes: &mut &[u8]) -> Option<usize> {
    let (first, after) = bytes.split_first_chunk()?;
    *bytes = after;
    number(*first)
}

fn number(bytes: [u8; 8]) -> Option<usize> {
    usize::try_from(u64::from_le_bytes(bytes)).ok()
}

/// A file that replaces the values at its end. If it is dropped before, they stay as they were.
pub(super) struct NewFile {
    path: PathBuf,
    /// Where it is written.
    beside: PathBuf,
    file: BufWriter<Told>,
    length: usize,
    index: Vec<u8>,
    /// The first error of the file. The code that writes a value may have ignored it.
    error: Option<io::Error>,
    is_done: bool,
}

/// A file that tells when it has grown.
struct Told {
    file: File,
    tell: fn(),
}

impl Write for Told {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A disk may need long for more, and nobody would know that it goes on.
        let length = self.file.write(&bytes[..bytes.len().min(BUFFER)])?;
        (self.tell)();
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes bytes of the value that is being added.
impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes);
        match &written {
            Ok(length) => self.length += length,
            Err(error) => _ = self.error.get_or_insert_with(|| error.kind().into()),
        }
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl NewFile {
    /// Begins to write. Calls `tell` when the file has grown.
    pub(super) fn create(path: &Path, tell: fn()) -> io::Result<Self> {
        let beside = path.with_extension("new");
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&beside)?;
        let mut new = NewFile {
            path: path.to_owned(),
            beside,
            file: BufWriter::with_capacity(BUFFER, Told { file, tell }),
            length: 0,
            index: Vec::new(),
            error: None,
            is_done: false,
        };
        new.write_all(FORMAT)?;
        Ok(new)
    }

    /// Adds a value. If its code fails or panics, the file does not have it.
    pub(super) fn add(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut Self) -> Result<(), String>,
    ) -> Result<(), String> {
        let begin = self.length;
        write(self)?;
        self.index.extend((name.len() as u64).to_le_bytes());
        self.index.extend(name.as_bytes());
        for number in [begin, self.length] {
            self.index.extend((number as u64).to_le_bytes());
        }
        Ok(())
    }

    pub(super) fn add_bytes(&mut self, name: &str, bytes: &[u8]) -> Result<(), String> {
        self.add(name, |file| {
            file.write_all(bytes).map_err(|error| error.to_string())
        })
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        let begin = (self.length as u64).to_le_bytes();
        let index = std::mem::take(&mut self.index);
        self.write_all(&index)?;
        self.write_all(&begin)?;
        self.flush()?;
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        fs::rename(&self.beside, &self.path)?;
        self.is_done = true;
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.is_done {
            let _ = fs::remove_file(&self.beside);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(test: &str) -> PathBuf {
        let directory = std::env::temp_dir().join(format!("hotmod-{test}-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        directory
    }

    #[test]
    #[cfg_attr(miri, ignore = "it writes files")]
    fn values_are_replaced_as_a_whole() {
        let directory = directory("carried");
        let path = directory.join("carried");
        assert!(read(&path).unwrap().is_empty());
        let create = || NewFile::create(&path, || {}).unwrap();
        let mut file = create();
        file.add_bytes("a", b"first").unwrap();
        let failed = file.add("b", |file| {
            file.write_all(b"half").unwrap();
            Err("it panicked".to_owned())
        });
        assert_eq!(failed.unwrap_err(), "it panicked");
        file.add_bytes("", b"").unwrap();
        file.add_bytes("c", b"third").unwrap();
        file.finish().unwrap();
        let values = read(&path).unwrap();
        let mut other = create();
        other.add_bytes("b", b"second").unwrap();
        drop(other);
        let pairs = |values: &Values| -> Vec<(String, Vec<u8>)> {
            let values = values.iter();
            values
                .map(|(name, it)| (name.clone(), it.to_vec()))
                .collect()
        };
        let first = [("", &b""[..]), ("a", b"first"), ("c", b"third")];
        let first = first.map(|(name, it)| (name.to_owned(), it.to_vec()));
        assert_eq!(pairs(&read(&path).unwrap()), first);
        let files = fs::read_dir(&directory).unwrap();
        assert_eq!(files.count(), 1, "the file beside it was left behind");
        create().finish().unwrap();
        assert!(read(&path).unwrap().is_empty());
        // They are still those of the file that was read.
        assert_eq!(pairs(&values), first);
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    #[cfg_attr(miri, ignore = "it writes files")]
    fn a_large_value_is_written_in_parts() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static PARTS: AtomicUsize = AtomicUsize::new(0);
        let directory = directory("carried-large");
        let path = directory.join("carried");
        let tell = || _ = PARTS.fetch_add(1, Ordering::Relaxed);
        let mut file = NewFile::create(&path, tell).unwrap();
        let value = vec![7; 10 * BUFFER];
        file.add_bytes("a", &value).unwrap();
        file.finish().unwrap();
        assert!(PARTS.load(Ordering::Relaxed) >= 10);
        assert_eq!(read(&path).unwrap()["a"][..], value);
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn a_damaged_file_is_not_read() {
        let number = |number: u64| number.to_le_bytes();
        let begin = FORMAT.len() as u64;
        let mut whole = FORMAT.to_vec();
        whole.extend(b"value");
        whole.extend(number(1));
        whole.extend(b"a");
        whole.extend([number(begin), number(begin + 5)].concat());
        whole.extend(number(begin + 5));
        assert_eq!(
            places(&whole).unwrap(),
            [("a".to_owned(), FORMAT.len()..FORMAT.len() + 5)]
        );
        for end in 0..whole.len() {
            assert!(places(&whole[..end]).is_none(), "{end}");
        }
        // A place that is not one of a value.
        let end = whole.len() - 9;
        whole[end - 7] += 1;
        assert!(places(&whole).is_none());
    }
}
