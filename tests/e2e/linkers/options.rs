//! Options of linkers that change what is in their outputs.

use object::{CompressionFormat, Object as _, ObjectSection as _};

use super::{Output, edits, linkers_with_flags, with_flags};

/// How the debug information of a file is compressed.
fn compression_of(file: &Output) -> CompressionFormat {
    let elf = file.parse();
    let section = elf.section_by_name(".debug_info").unwrap();
    section.compressed_file_range().unwrap().format
}

fn debug_information_is_compressed(test: &str, flags: &[&str], format: CompressionFormat) {
    let workspace = with_flags(test, flags);
    let linked = edits(&workspace, workspace.run());
    assert_eq!(linked.0.each_ref().map(compression_of), [format; 3]);
}

#[test]
fn debug_sections_compressed_by_the_toolchains_linker() {
    let flags = ["-Clink-arg=-Wl,--compress-debug-sections=zlib"];
    debug_information_is_compressed("linker_zlib", &flags, CompressionFormat::Zlib);
}

#[test]
fn debug_sections_compressed_by_gnu_ld() {
    let flags = [
        "-Clink-arg=-fuse-ld=bfd",
        "-Clink-arg=-Wl,--compress-debug-sections=zlib",
    ];
    debug_information_is_compressed("linker_zlib_bfd", &flags, CompressionFormat::Zlib);
}

#[test]
fn debug_sections_compressed_with_zstd() {
    let flags = ["-Clink-arg=-Wl,--compress-debug-sections=zstd"];
    debug_information_is_compressed("linker_zstd", &flags, CompressionFormat::Zstandard);
}

#[test]
fn equal_functions_are_merged_and_unused_ones_dropped() {
    let flags = ["-Clink-arg=-Wl,--icf=all", "-Clink-arg=-Wl,--gc-sections"];
    let linkers = linkers_with_flags("linker_icf", &flags);
    assert_eq!(
        linkers, ["lld"; 3],
        "only lld knows `--icf` among rustc's linkers"
    );
}

#[test]
#[ignore = "needs mold"]
fn mold_merges_equal_functions_and_drops_unused_ones() {
    let flags = [
        "-Clink-arg=-fuse-ld=mold",
        "-Clink-arg=-Wl,--icf=all",
        "-Clink-arg=-Wl,--gc-sections",
    ];
    assert_eq!(linkers_with_flags("linker_mold_icf", &flags), ["mold"; 3]);
}
