//! Offers that a host refuses: whatever fails, the live generation stays live.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use hotmod_protocol::Cause;

use super::prebuilt::PREBUILT;
use super::{assert_live, start};

#[test]
fn a_failed_step_leaves_the_live_generation_in_place() {
    let mut puppet = start();
    let one = &PREBUILT.builds[0];
    puppet.make_live(one);
    let build = one.build;
    let generations = puppet.generations();
    let shown = generations.display().to_string();
    let library = |reason: String| (Cause::Library, reason);

    let missing = generations.join("missing.so");
    assert_eq!(
        puppet.refusal(build, &missing),
        library(format!(
            "`{shown}/missing.so`: No such file or directory (os error 2)"
        ))
    );

    let other = PREBUILT.builds[1].build;
    let copy = puppet.copy(one);
    assert_eq!(
        puppet.refusal(other, &copy),
        library(format!("the library is build {build}, not {other}"))
    );

    let outside = |path: &str| {
        library(format!(
            "`{path}` is outside the session's directory `{shown}`"
        ))
    };
    let expected = outside(&one.path.display().to_string());
    assert_eq!(puppet.refusal(build, &one.path), expected);
    let link = generations.join("link.so");
    symlink(&one.path, &link).unwrap();
    let expected = outside(&format!("{shown}/link.so"));
    assert_eq!(puppet.refusal(build, &link), expected);
    let (_, reason) = puppet.refusal(build, &generations.join("../socket"));
    assert!(
        reason.contains("is outside the session's directory"),
        "{reason}"
    );

    let text = generations.join("text.so");
    fs::write(&text, "not a library").unwrap();
    let (cause, reason) = puppet.refusal(build, &text);
    assert_eq!(cause, Cause::Library);
    assert!(reason.contains("text.so: file too short"), "{reason}");
    let foreign = generations.join("foreign.so");
    fs::copy(a_library_of_the_system(), &foreign).unwrap();
    assert_eq!(
        puppet.refusal(build, &foreign),
        library(format!(
            "`{shown}/foreign.so` is not a build of the group: it has no symbol `hotmod_build`"
        ))
    );

    for (library, cause, expected) in [
        (
            &PREBUILT.lacks,
            Cause::Contract,
            "the entry point `pages::contract::extra` is gone",
        ),
        (
            &PREBUILT.other_signature,
            Cause::Contract,
            "the signature of `pages::contract::number` changed from `fn(u32) -> u32` to \
             `fn(u64) -> u64`",
        ),
        (
            &PREBUILT.not_send,
            Cause::Contract,
            "the future of `pages::contract::sends` is no longer `Send`",
        ),
        (
            &PREBUILT.twice,
            Cause::Library,
            "two entry points are named `pages::contract::both::twice`; help: rename one of them",
        ),
    ] {
        let copy = puppet.copy(library);
        let refusal = puppet.refusal(library.build, &copy);
        assert_eq!(refusal, (cause, expected.to_owned()));
        assert_live(&mut puppet, 1, 1);
    }
    // And the next one that is in order goes live.
    let generation = puppet.make_live(&PREBUILT.builds[1]);
    assert_live(&mut puppet, 2, generation);
}

#[test]
fn damaged_libraries_and_other_builds_are_not_loaded() {
    let mut puppet = start();
    let one = &PREBUILT.builds[0];
    puppet.make_live(one);
    let shown = puppet.generations().display().to_string();
    let whole = fs::read(&one.path).unwrap();

    // Any of these would be a crash of the loader, or of what it loaded.
    let middle = whole.len() / 2;
    let mut damaged = whole.clone();
    damaged[middle] ^= 1;
    for (bytes, what) in [
        (
            &whole[..middle],
            format!("cut short: {middle} of {} bytes", whole.len()),
        ),
        (
            &whole[..0],
            format!("cut short: 0 of {} bytes", whole.len()),
        ),
        (
            &damaged[..],
            "damaged: its bytes are not those that were offered".to_owned(),
        ),
    ] {
        let path = puppet.copy(one);
        let offer = puppet.offer_of(one.build, &path);
        fs::write(&path, bytes).unwrap();
        let name = path.file_name().unwrap().display();
        let reason = format!("`{shown}/{name}` is {what}");
        assert_eq!(puppet.refusal_of(offer), (Cause::Library, reason));
        assert!(!puppet.has_mapped(&path));
        assert_live(&mut puppet, 1, 1);
    }

    let path = puppet.copy(one);
    let mut offer = puppet.offer_of(one.build, &path);
    offer.identity = 0xabcd;
    let reason = format!(
        "host and group were built with different crates or compilers \
         (identity {:016x} and 000000000000abcd)",
        puppet.identity
    );
    assert_eq!(puppet.refusal_of(offer), (Cause::Contract, reason));
    assert!(!puppet.has_mapped(&path));
    let generation = puppet.make_live(&PREBUILT.builds[1]);
    assert_live(&mut puppet, 2, generation);
}

/// Some library that is no generation: one that the tests themselves have loaded.
fn a_library_of_the_system() -> PathBuf {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let libgcc = maps.lines().find(|line| line.contains("libgcc_s"));
    let (_, path) = libgcc.unwrap().split_once('/').unwrap();
    PathBuf::from(format!("/{path}"))
}
