//! Messages survive encoding and decoding, and anything else is rejected.

use proptest::prelude::*;

use super::*;
use crate::{Back, Frame, NotCarried, Saved};

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        any::<u32>().prop_map(|generation| Outcome::Live { generation }),
        ".*".prop_map(|diagnostics| Outcome::Failed { diagnostics }),
        prop::collection::vec(".*", 0..3).prop_map(|reasons| Outcome::Refused { reasons }),
        Just(Outcome::Restarting),
    ]
}

fn not_carried() -> impl Strategy<Value = NotCarried> {
    (".*", ".*").prop_map(|(name, reason)| NotCarried { name, reason })
}

fn carry() -> impl Strategy<Value = Carry> {
    let names = || prop::collection::vec(".*", 0..3);
    prop_oneof![
        any::<i32>().prop_map(|signal| Carry::Stop { signal }),
        any::<bool>().prop_map(|ends_itself| Carry::Ready { ends_itself }),
        Just(Carry::Save),
        Just(Carry::Saving),
        Just(Carry::FirstValue),
        Just(Carry::ReadBegan),
        (names(), prop::collection::vec(not_carried(), 0..3))
            .prop_map(|(names, failed)| Carry::Saved(Saved { names, failed })),
        (".*", names()).prop_map(|(name, dropped)| Carry::ValueRead { name, dropped }),
        not_carried().prop_map(Carry::Reset),
    ]
}

fn message() -> impl Strategy<Value = Message> {
    let generation = any::<u32>();
    let build = any::<u64>().prop_map(BuildId);
    let number = any::<u64>();
    let cause = prop::sample::select(&Cause::ALL[..]);
    prop_oneof![
        (any::<u32>(), number).prop_map(|(pid, identity)| Message::Hello { pid, identity }),
        (
            generation,
            build.clone(),
            number,
            number,
            number,
            ".*",
            any::<bool>(),
            prop::collection::vec(".*", 0..3),
            (number, prop::collection::vec(any::<i32>(), 0..3))
        )
            .prop_map(
                |(
                    generation,
                    build,
                    identity,
                    length,
                    digest,
                    path,
                    has_compared_types,
                    changed_statics,
                    (redirects_digest, redirects),
                )| {
                    Message::Offer(Offer {
                        generation,
                        build,
                        identity,
                        length,
                        digest,
                        path,
                        has_compared_types,
                        changed_statics,
                        redirects_digest,
                        redirects,
                    })
                }
            ),
        (generation, build.clone(), number, any::<u32>(), number).prop_map(
            |(generation, build, micros, kept_generations, kept_bytes)| Message::Live {
                generation,
                build,
                micros,
                kept_generations,
                kept_bytes,
            }
        ),
        (
            any::<bool>(),
            ".*",
            prop::collection::vec(".*", 0..3),
            prop::collection::vec((any::<u64>(), any::<u32>(), any::<u64>()), 0..3)
        )
            .prop_map(|(is_full, directory, modules, frames)| {
                let frames = frames.into_iter();
                let frames = frames.map(|(address, module, offset)| Frame {
                    address,
                    module,
                    offset,
                });
                Message::Trace(Trace {
                    is_full,
                    directory,
                    modules,
                    frames: frames.collect(),
                })
            }),
        (".*", any::<bool>()).prop_map(|(text, is_last)| Message::Rendered { text, is_last }),
        (generation, prop::collection::vec(".*", 0..3)).prop_map(|(generation, entry_points)| {
            Message::Called {
                generation,
                entry_points,
            }
        }),
        (generation, any::<u32>(), build.clone(), any::<bool>()).prop_map(
            |(generation, earlier, build, has_compared_types)| {
                Message::Back(Back {
                    generation,
                    earlier,
                    build,
                    has_compared_types,
                })
            }
        ),
        generation.prop_map(|generation| Message::Waits { generation }),
        generation.prop_map(|generation| Message::TakeBack { generation }),
        Just(Message::Welcome),
        any::<bool>().prop_map(|runs| Message::Hold { runs }),
        Just(Message::NotHost),
        Just(Message::Watch),
        Just(Message::Watching),
        ".*".prop_map(|reason| Message::TurnedAway { reason }),
        any::<u64>().prop_map(|question| Message::Ask { question }),
        any::<u64>().prop_map(|question| Message::Settled { question }),
        outcome().prop_map(Message::Outcome),
        carry().prop_map(Message::Carry),
        (generation, build, cause, ".*").prop_map(|(generation, build, cause, reason)| {
            Message::Refused {
                generation,
                build,
                cause,
                reason,
            }
        }),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read(message in message()) {
        let mut frame = Vec::new();
        write_message(&mut frame, &message).unwrap();
        let mut stream = frame.as_slice();
        prop_assert_eq!(read_message(&mut stream).unwrap(), Some(message));
        prop_assert!(stream.is_empty());
        prop_assert!(read_message(&mut stream).unwrap().is_none());
    }

    #[test]
    fn any_bytes_are_a_message_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        // What is accepted is exactly what would have been written.
        if let Ok(message) = Message::decode(&bytes) {
            prop_assert_eq!(message.encode(), bytes);
        }
    }

    #[test]
    fn a_cut_frame_is_an_error(message in message(), cut in any::<prop::sample::Index>()) {
        let mut frame = Vec::new();
        write_message(&mut frame, &message).unwrap();
        let cut = 1 + cut.index(frame.len() - 1);
        prop_assert!(matches!(read_message(&mut &frame[..cut]), Err(FrameError::Io(_))));
    }
}

#[test]
fn a_length_over_the_cap_is_refused_before_anything_is_allocated() {
    let frame = u32::MAX.to_le_bytes();
    assert!(matches!(
        read_message(&mut frame.as_slice()),
        Err(FrameError::TooLong(u32::MAX))
    ));
}

#[test]
fn another_version_is_named() {
    let mut payload = Message::Hello {
        pid: 1,
        identity: 2,
    }
    .encode();
    payload[0] = 99;
    assert_eq!(
        Message::decode(&payload).unwrap_err().to_string(),
        "the other side uses protocol version 99, this side uses 10: use the same version of `hotmod` and `cargo-hotmod`"
    );
}

#[test]
fn a_message_too_long_for_a_frame_is_not_sent() {
    let mut sent = Vec::new();
    let error = write_message(
        &mut sent,
        &Message::Refused {
            generation: 1,
            build: BuildId(1),
            cause: Cause::Hook,
            reason: "x".repeat(MAX_FRAME as usize),
        },
    )
    .unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    assert!(sent.is_empty());
}
