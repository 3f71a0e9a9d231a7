//! The file with the carried values, in the session's private directory: a line that names the format,
//! then the name and the bytes of each value, each after its length.
//!
//! It is replaced as a whole: a process that is killed while it writes leaves the values as they were.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const FORMAT: &[u8] = b"hotmod carried values 1\n";

/// The values of a file, by name.
pub(super) type Values = BTreeMap<String, Arc<[u8]>>;

/// Reads the values. There are none without a file.
pub(super) fn read(path: &Path) -> Result<Values, String> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Values::new()),
        Err(error) => return Err(error.to_string()),
    };
    parse(&bytes).ok_or_else(|| "it is not in the format of this version of `hotmod`".to_owned())
}

fn parse(bytes: &[u8]) -> Option<Values> {
    let mut rest = bytes.strip_prefix(FORMAT)?;
    let mut values = Values::new();
    while !rest.is_empty() {
        let name = String::from_utf8(take(&mut rest)?.to_vec()).ok()?;
        values.insert(name, take(&mut rest)?.into());
    }
    Some(values)
}

fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let (taken, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(taken)
}

/// A file that replaces the values at its end. If it is dropped before, they stay as they were.
pub(super) struct NewFile {
    path: PathBuf,
    /// Where it is written.
    beside: PathBuf,
    file: BufWriter<File>,
    is_done: bool,
}

impl NewFile {
    pub(super) fn create(path: &Path) -> io::Result<Self> {
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
            file: BufWriter::new(file),
            is_done: false,
        };
        new.file.write_all(FORMAT)?;
        Ok(new)
    }

    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        for part in [name.as_bytes(), bytes] {
            self.file.write_all(&(part.len() as u64).to_le_bytes())?;
            self.file.write_all(part)?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.file.flush()?;
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
        let mut file = NewFile::create(&path).unwrap();
        file.add("a", b"first").unwrap();
        file.add("", b"").unwrap();
        file.finish().unwrap();
        let mut other = NewFile::create(&path).unwrap();
        other.add("b", b"second").unwrap();
        drop(other);
        let values = read(&path).unwrap();
        let values: Vec<_> = values.iter().map(|(name, it)| (&**name, &**it)).collect();
        assert_eq!(values, [("", &b""[..]), ("a", b"first")]);
        let files = fs::read_dir(&directory).unwrap();
        assert_eq!(files.count(), 1, "the file beside it was left behind");
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn a_damaged_file_is_not_read() {
        let mut whole = FORMAT.to_vec();
        for part in [&b"a"[..], b"value"] {
            whole.extend((part.len() as u64).to_le_bytes());
            whole.extend(part);
        }
        assert_eq!(parse(&whole).unwrap()["a"][..], *b"value");
        for end in 0..whole.len() {
            let is_empty = parse(&whole[..end]).is_none_or(|it| it.is_empty());
            assert!(is_empty, "{end}");
        }
    }
}
