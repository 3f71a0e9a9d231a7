//! Many swaps in one process, under load: no call fails, and the memory of a retired generation is
//! given back where possible.
//!
//! ```console
//! $ SWAPS=2000 cargo test --test e2e -- many_swaps --nocapture
//! ```

use std::time::{Duration, Instant};

use hotmod_protocol::Message;

use hotmod_testkit::{Puppet, given};

use super::prebuilt::PREBUILT;
use super::start;

/// What a generation may take that nobody gives back.
const MOST_BYTES: u64 = 300_000;

#[test]
#[expect(
    clippy::print_stdout,
    reason = "shown if it fails, or if that is asked for"
)]
fn many_swaps_under_load_fail_no_call_and_keep_little() {
    let swaps = given("SWAPS").unwrap_or(60);
    let mut puppet = start();
    assert_eq!(puppet.ask("load"), "load");
    // What is the same however many there are: stacks, the allocator's own.
    for library in PREBUILT.builds.iter().cycle().take(10) {
        puppet.make_live(library);
    }
    let before = memory(&mut puppet);
    let begun = Instant::now();
    let mut swap_times = Vec::new();
    let mut kept = (0, 0);
    for library in PREBUILT.builds.iter().cycle().take(swaps as usize) {
        let path = puppet.copy(library);
        let offer = puppet.offer_of(library.build, &path);
        match puppet.offer(offer) {
            Message::Live {
                micros,
                kept_generations,
                kept_bytes,
                ..
            } => {
                swap_times.push(Duration::from_micros(micros));
                kept = (kept_generations, kept_bytes);
            }
            other => panic!("{other:?}"),
        }
        std::fs::remove_file(path).unwrap();
    }
    let took = begun.elapsed();
    let after = memory(&mut puppet);
    let told = puppet.ask("unload");
    let each = |before: u64, after: u64| after.saturating_sub(before) / u64::from(swaps);
    let anonymous = each(before.anonymous, after.anonymous);
    let resident = each(before.resident, after.resident);
    swap_times.sort_unstable();
    println!(
        "{swaps} swaps in {took:?}: {told}\n\
         the host took {:?} for the median one, {:?} for the slowest\n\
         each keeps {anonymous} bytes that can't be given back, {} as the host says; \
         {resident} are resident",
        swap_times[swap_times.len() / 2],
        swap_times[swap_times.len() - 1],
        kept.1 / u64::from(kept.0),
    );
    let mut counts = told.split(' ').map(|pair| pair.split_once('=').unwrap().1);
    let calls: u64 = counts.next().unwrap().parse().unwrap();
    assert!(calls > u64::from(swaps), "{told}");
    assert!(told.ends_with(" mixed=0 failed=0"), "{told}");
    // But for the live one.
    assert_eq!(kept.0, swaps + 9);
    assert!(anonymous <= MOST_BYTES, "{anonymous}");
    assert!(resident <= MOST_BYTES, "{resident}");
}

/// What a process has in memory, in bytes.
struct Memory {
    /// In no file.
    anonymous: u64,
    resident: u64,
}

fn memory(puppet: &mut Puppet) -> Memory {
    // What was retired last is given back after the answer, and before the next one.
    let library = &PREBUILT.builds[0];
    let mut offer = puppet.offer_of(library.build, &library.path);
    offer.identity = !offer.identity;
    puppet.refusal_of(offer);
    let smaps = std::fs::read_to_string(format!("/proc/{}/smaps", puppet.pid())).unwrap();
    let sum = |field: &str| {
        let lines = smaps.lines().filter_map(|line| line.strip_prefix(field));
        let kilobytes = lines.map(|line| line.trim().trim_end_matches(" kB"));
        kilobytes.map(|it| it.parse::<u64>().unwrap() * 1024).sum()
    };
    Memory {
        anonymous: sum("Anonymous:"),
        resident: sum("Rss:"),
    }
}
