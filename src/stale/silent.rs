//! File systems on which some edits send no events.

use std::path::Path;

use rustix::fs::statfs;

/// The name of a folder's file system, if edits made on another machine send no events.
pub(crate) fn silent_file_system(folder: &Path) -> Option<&'static str> {
    let kind = statfs(folder).ok()?.f_type;
    // The type's sign depends on the platform; the numbers have 32 bits.
    name_of(kind as u64 & 0xffff_ffff)
}

/// By the numbers of `statfs(2)`. All of these send events for writes by this machine.
fn name_of(kind: u64) -> Option<&'static str> {
    Some(match kind {
        0x6969 => "NFS",
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => "a Windows share",
        0x0102_1997 => "9P, like the drives of Windows in WSL",
        0x5346_4846 => "a drive of Windows in WSL",
        0x786f_4256 => "a shared folder of VirtualBox",
        0xbacb_acbc => "a shared folder of VMware",
        0x7c7c_6673 => "a shared folder of Parallels",
        0x6573_5546 => "FUSE, like sshfs and the shared folders of Docker Desktop",
        0x5346_414f => "AFS",
        0x00c3_6400 => "Ceph",
        0x0bd0_0bd0 => "Lustre",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silent_file_systems_are_known_by_their_numbers() {
        for (kind, name) in [
            (0x6969, Some("NFS")),
            (0xff53_4d42, Some("a Windows share")),
            (0x0102_1997, Some("9P, like the drives of Windows in WSL")),
            (0x786f_4256, Some("a shared folder of VirtualBox")),
            // ext4, btrfs, xfs, tmpfs, overlayfs, ZFS
            (0xef53, None),
            (0x9123_683e, None),
            (0x5846_5342, None),
            (0x0102_1994, None),
            (0x794c_7630, None),
            (0x2fc1_2fc1, None),
        ] {
            assert_eq!(name_of(kind), name, "{kind:x}");
        }
        assert_eq!(silent_file_system(&std::env::temp_dir()), None);
    }
}
