//! The strict version hash of a compiled crate, by which rustc decides whether another crate may be linked
//! with it. It changes with everything that a dependent can see.
//!
//! It is in the header of the crate's metadata: the magic bytes `rust\0\0\0`, a version, the position of
//! the root, and there the target, the hash and the name of the crate (`rustc_metadata::rmeta`, version
//! 10). If the version differs, or the target or the name is not in its place, the digest of all metadata is
//! used instead. It changes more often, which may cause needless restarts.

use std::fs;
use std::io;
use std::path::Path;

use object::read::archive::ArchiveFile;

use crate::base::content_hash::ContentHash;

const MAGIC: &[u8] = b"rust\0\0\0";
/// The version of the metadata that is read.
const VERSION: u8 = 10;
/// Ends each text.
const SENTINEL: u8 = 0xc1;

/// The hash of a crate, in hex. `rlib` is its library, or its metadata file. The metadata in a dylib is
/// compressed, so for a dylib this is the digest of the whole file.
pub(crate) fn of(rlib: &Path) -> io::Result<String> {
    if rlib.extension().is_some_and(|it| it == "so") {
        return Ok(ContentHash::new(&fs::read(rlib)?).to_string());
    }
    let beside = rlib.with_extension("rmeta");
    let bytes = match fs::read(&beside) {
        Ok(bytes) => bytes,
        Err(_) => member(&fs::read(rlib)?)?,
    };
    let name = rlib.file_stem().and_then(|it| it.to_str());
    let name = name
        .and_then(|it| it.strip_prefix("lib"))
        .unwrap_or_default();
    let name = name.split_once('-').map_or(name, |(name, _)| name);
    let found =
        read(&bytes, name).map(|hash| hash.iter().map(|byte| format!("{byte:02x}")).collect());
    Ok(found.unwrap_or_else(|| ContentHash::new(&bytes).to_string()))
}

/// The metadata in a library.
fn member(archive: &[u8]) -> io::Result<Vec<u8>> {
    let file = ArchiveFile::parse(archive).map_err(io::Error::other)?;
    for member in file.members() {
        let member = member.map_err(io::Error::other)?;
        if member.name() == b"lib.rmeta" {
            let data = member.data(archive).map_err(io::Error::other)?;
            return Ok(data.to_vec());
        }
    }
    Err(io::Error::other("there is no metadata in it"))
}

/// The hash in the metadata of a crate, which may be in an object file.
fn read<'a>(bytes: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let start = memchr::memmem::find(bytes, MAGIC)?;
    let header = bytes.get(start..)?;
    if *header.get(7)? != VERSION {
        return None;
    }
    let root = u64::from_le_bytes(header.get(8..16)?.try_into().ok()?);
    let root = header.get(usize::try_from(root).ok()?..)?;
    // The name of a built-in target, which is shorter than 128 bytes.
    let (tag, length) = (*root.first()?, usize::from(*root.get(1)?));
    let after = 2 + length;
    if tag != 0 || length >= 128 || *root.get(after)? != SENTINEL {
        return None;
    }
    let (hash, rest) = root.get(after + 1..)?.split_at_checked(16)?;
    let is_name = match rest {
        [0, length, rest @ ..] => {
            let length = usize::from(*length);
            length == name.len()
                && rest.starts_with(name.as_bytes())
                && rest.get(length) == Some(&SENTINEL)
        }
        // The number of a symbol that rustc knows.
        [2, ..] => true,
        _ => false,
    };
    is_name.then_some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn it_changes_with_what_a_dependant_can_see() {
        // The folder is part of it.
        let folder = tempfile::tempdir().unwrap();
        let rlib = folder.path().join("libone.rlib");
        let compile = |source: &str| {
            fs::write(folder.path().join("one.rs"), source).unwrap();
            let status = Command::new("rustc")
                .args(["--crate-type=rlib", "--emit=link,metadata", "one.rs"])
                .current_dir(folder.path())
                .status()
                .unwrap();
            assert!(status.success());
            of(&rlib).unwrap()
        };
        let one = compile("pub struct S(pub u8);");
        assert_eq!(one.len(), 32, "{one}");
        assert_ne!(one, compile("pub struct S(pub u16);"));
        assert_eq!(one, compile("pub struct S(pub u8);"));
        fs::remove_file(rlib.with_extension("rmeta")).unwrap();
        assert_eq!(one, of(&rlib).unwrap(), "the library has it too");
    }

    #[test]
    fn what_is_no_library_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("libone.rlib");
        fs::write(&file, "no archive").unwrap();
        assert!(of(&file).is_err());
    }

    #[test]
    fn other_metadata_is_told_by_its_digest() {
        for bytes in [
            &b"rust\0\0\0\x63 and more than sixteen bytes"[..],
            b"nothing of the kind",
            b"rust\0\0\0\x0a",
        ] {
            assert_eq!(read(bytes, "one"), None);
        }
    }

    /// Fields of the header, each with its tag, in this order.
    fn header(fields: &[&[u8]]) -> Vec<u8> {
        let mut bytes = b"rust\0\0\0\x0a\x10\0\0\0\0\0\0\0".to_vec();
        fields.iter().for_each(|it| bytes.extend(*it));
        bytes
    }

    #[test]
    fn a_header_in_another_order_is_told_by_its_digest() {
        let (target, name) = (b"\0\x03x86\xc1", b"\0\x03one\xc1");
        let (hash, known) = (b"0123456789abcdef", b"\x02\x85\x01");
        let found = |fields: &[&[u8]]| read(&header(fields), "one").map(<[u8]>::to_vec);
        assert_eq!(found(&[target, hash, name]), Some(hash.to_vec()));
        assert_eq!(found(&[target, hash, known]), Some(hash.to_vec()));
        for other in [
            &[&target[..], name, hash] as &[&[u8]],
            &[name, target, hash],
            &[hash, target, name],
            &[target, b"\0\0\0\0", hash, name],
            &[target, hash, b"\0\x03two\xc1"],
            &[target, hash],
        ] {
            assert_eq!(found(other), None, "{other:?}");
        }
    }
}
