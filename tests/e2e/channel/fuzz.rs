//! Frames of any kind, against the reader of a host that runs: it answers each offer, ignores what
//! is no host's business, loads nothing, closes its end after a frame that is none, and goes on.
//!
//! ```console
//! $ FRAMES=1000000 SEED=7 cargo test --test e2e -- any_frames --nocapture
//! ```

use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::time::Instant;

use hotmod_protocol::{
    BuildId, Cause, FrameError, MAX_FRAME, Message, Offer, read_message, write_message,
};

use hotmod_testkit::{Puppet, Random, Workspace, given};

use super::executable_of;

/// How many frames one host gets before the one that is none.
const OF_ONE_HOST: u32 = 1_000;

#[test]
#[expect(
    clippy::print_stdout,
    reason = "shown if it fails, or if that is asked for"
)]
fn a_host_takes_any_frames() {
    let frames = given("FRAMES").unwrap_or(5_000);
    let seed = given("SEED").unwrap_or(1);
    let workspace = Workspace::new("basic", "channel_fuzz");
    let mut session = workspace.run().ready();
    let host = executable_of(&mut session);
    drop(session);
    println!("{frames} frames, seed {seed}");

    let begun = Instant::now();
    let mut random = Random::new(seed.into());
    let mut tally = Tally::default();
    while tally.frames < frames {
        let mut puppet = Puppet::start(&host);
        let count = OF_ONE_HOST.min(frames - tally.frames).max(2) - 1;
        let mapped = puppet.mapped_files();
        exchange(&mut puppet, &mut random, count, &mut tally);
        let said = end(&mut puppet, &mut random);
        tally.frames += count + 1;
        tally.hosts += 1;
        assert!(
            puppet
                .ask("ask")
                .ends_with("page=one widget=one generation=0")
        );
        assert_eq!(puppet.mapped_files(), mapped, "something was loaded");
        let stderr = puppet.stderr();
        let expected = format!("hotmod: the session's channel is closed: {said}");
        assert!(stderr.starts_with(&expected), "{stderr}\nnot {expected}");
    }
    let Tally {
        frames,
        hosts,
        refused,
        ignored,
    } = tally;
    println!(
        "{frames} frames in {:?}: {hosts} hosts refused {refused} offers, ignored {ignored} \
         messages, and closed {hosts} channels",
        begun.elapsed()
    );
}

#[derive(Default)]
struct Tally {
    frames: u32,
    hosts: u32,
    refused: u32,
    ignored: u32,
}

/// Sends so many messages, and has each offer refused under its own number, in order.
fn exchange(puppet: &mut Puppet, random: &mut Random, count: u32, tally: &mut Tally) {
    let generations = puppet.generations();
    std::fs::write(generations.join("text.so"), "not a library").unwrap();
    let messages: Vec<Message> = (0..count)
        .map(|_| message(random, generations.to_str().unwrap(), puppet.identity))
        .collect();
    let mut writer = puppet.stream.try_clone().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut bytes = Vec::new();
            for message in &messages {
                write_message(&mut bytes, message).unwrap();
            }
            // Cut where no frame ends: a reader may get any part of one.
            for part in bytes.chunks(4093) {
                writer.write_all(part).unwrap();
            }
        });
        for message in &messages {
            let Message::Offer(offer) = message else {
                tally.ignored += 1;
                continue;
            };
            match read_message(&mut puppet.stream).unwrap() {
                Some(Message::Refused {
                    generation, build, ..
                }) => assert_eq!((generation, build), (offer.generation, offer.build)),
                other => panic!("{other:?} to {offer:?}"),
            }
            tally.refused += 1;
        }
    });
}

/// Ends the channel by what is no message; what the host then says.
fn end(puppet: &mut Puppet, random: &mut Random) -> String {
    let mut bytes = Vec::new();
    write_message(&mut bytes, &message(random, "/", puppet.identity)).unwrap();
    let said = loop {
        let mut damaged = bytes.clone();
        match random.below(4) {
            0 => damaged.truncate(1 + random.below(damaged.len() - 1)),
            1 => damaged[..4].copy_from_slice(&(MAX_FRAME + 1 + number(random)).to_le_bytes()),
            2 => damaged.insert(4 + random.below(damaged.len() - 4), number(random) as u8),
            _ => {
                let at = random.below(damaged.len());
                damaged[at] ^= 1 << random.below(8);
            }
        }
        // Damaged bytes may still be a valid message: then try again.
        let mut rest = &damaged[..];
        if let Err(error) = read_to_the_end(&mut rest) {
            puppet.stream.write_all(&damaged).unwrap();
            break error.to_string();
        }
    };
    puppet.stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    // Bytes that the host did not read are an error of the socket's, when it closes its end.
    let _ = puppet.stream.read_to_end(&mut answer);
    said
}

fn read_to_the_end(bytes: &mut &[u8]) -> Result<(), FrameError> {
    while read_message(bytes)?.is_some() {}
    Ok(())
}

/// A message that fits into a frame.
fn message(random: &mut Random, directory: &str, own: u64) -> Message {
    loop {
        let message = any_message(random, directory, own);
        if message.encode().len() <= MAX_FRAME as usize {
            return message;
        }
    }
}

fn any_message(random: &mut Random, directory: &str, own: u64) -> Message {
    let generation = number(random);
    let build = BuildId(random.any());
    match random.below(7) {
        5 => Message::Welcome,
        6 => Message::Rendered {
            text: text(random),
            is_last: random.below(2) == 0,
        },
        0 => Message::Hello {
            pid: number(random),
            identity: random.any(),
        },
        1 => Message::Live {
            generation,
            build,
            micros: random.any(),
            kept_generations: number(random),
            kept_bytes: random.any(),
        },
        2 => Message::Refused {
            generation,
            build,
            cause: [Cause::Contract, Cause::Hook, Cause::Library][random.below(3)],
            reason: text(random),
        },
        _ => Message::Offer(Offer {
            generation,
            build,
            // Most are the host's own, or all would be refused at the first look.
            identity: own ^ u64::from(random.below(4) == 0),
            length: [0, 13, 4096, u64::MAX][random.below(4)],
            digest: [hotmod_protocol::digest(b"not a library"), random.any()][random.below(2)],
            path: match random.below(4) {
                0 => text(random),
                1 => format!("{directory}/{}", text(random)),
                2 => format!("{directory}/text.so"),
                _ => "/proc/self/exe".to_owned(),
            },
            has_compared_types: random.below(2) == 0,
            changed_statics: (0..random.below(3)).map(|_| text(random)).collect(),
            redirects_digest: random.any() % 2,
            redirects: (0..random.below(3)).map(|_| random.any() as i32).collect(),
        }),
    }
}

fn number(random: &mut Random) -> u32 {
    (random.any() >> 40) as u32
}

/// Of any characters; now and then a long one.
fn text(random: &mut Random) -> String {
    let length = match random.below(200) {
        0 => 20_000,
        _ => random.below(40),
    };
    (0..length)
        .map(|_| match random.below(3) {
            0 => char::from_u32(random.any() as u32 % 0x11_0000).unwrap_or('\0'),
            _ => char::from(32 + random.below(95) as u8),
        })
        .collect()
}
