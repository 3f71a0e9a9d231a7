//! Restarts under load: each request is answered, its effect is carried, and it waits for little more
//! than the start of the program.

use std::fs;
use std::io::ErrorKind;
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use hotmod_testkit::{Client, Workspace, free_port, given};
use serde_json::Value;

use super::{HOST, MODEL, request, started_with, web};
use crate::process::eventually;

const REQUESTS: u32 = 10_000;
/// Of each kind.
const CLIENTS: usize = 4;

/// Requests over one connection, until an answer says that it was the last. No request is sent
/// twice.
fn keeping(port: u16) -> Box<dyn FnMut() -> Result<String, String>> {
    let mut client = None;
    Box::new(move || {
        let kept = client.get_or_insert_with(|| Client::connect(port));
        let page = kept.page().map_err(|error| error.to_string());
        if kept.is_over || page.is_err() {
            client = None;
        }
        page
    })
}

/// One of the restarts.
struct Restart {
    /// The longest time until a client got its first answer from the new process.
    wait: Duration,
    /// How long the same program takes to start and to answer, under the same load.
    start: Duration,
}

/// Restarts the template's program `RESTARTS` times, or three times, while clients load pages without
/// a pause. Each request is answered, and the number of visits is exact.
fn restart_under_load(workspace: &Workspace, arguments: &[&str]) -> Vec<Restart> {
    let restarts = given("RESTARTS").unwrap_or(3);
    let port = free_port();
    let mut session = started_with(workspace, port, arguments);
    let is_over = AtomicBool::new(false);
    let asked = AtomicU32::new(0);
    let waits: Mutex<Vec<Duration>> = Mutex::default();
    let failed: Mutex<Vec<String>> = Mutex::default();
    let ask = |mut request: Box<dyn FnMut() -> Result<String, String>>| {
        let mut last_process = None;
        while !is_over.load(Ordering::Relaxed) || asked.load(Ordering::Relaxed) < REQUESTS {
            let begun = Instant::now();
            let answer = request();
            let took = begun.elapsed();
            asked.fetch_add(1, Ordering::Relaxed);
            let process = answer.and_then(|page| match page.split_once(" of process ") {
                Some((_, after)) => Ok(after.split('.').next().map(str::to_owned)),
                None => Err(page),
            });
            match process {
                Ok(process) if last_process.is_none() => last_process = process,
                Ok(process) if process == last_process => {}
                Ok(process) => {
                    last_process = process;
                    waits.lock().unwrap().push(took);
                }
                Err(why) => failed.lock().unwrap().push(why),
            }
        }
    };
    let measured = std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| ask(Box::new(|| request((HOST, port)))));
            scope.spawn(|| ask(keeping(port)));
        }
        // An assertion that fails here must not leave the clients running.
        struct Over<'a>(&'a AtomicBool);
        impl Drop for Over<'_> {
            fn drop(&mut self) {
                self.0.store(true, Ordering::Relaxed);
            }
        }
        let _over = Over(&is_over);
        let restart = |number| {
            workspace.edit(MODEL, &format!("+ {number}"), &format!("+ {}", number + 1));
            let event = session.wait_for("restarted");
            eventually("the new process answers each client", || {
                waits.lock().unwrap().len() == 2 * CLIENTS
            });
            Restart {
                wait: waits.lock().unwrap().drain(..).max().unwrap(),
                start: start_by_hand(&event),
            }
        };
        (1..=restarts).map(restart).collect()
    });
    assert_eq!(session.count("restarted"), restarts as usize);
    assert_eq!(session.count("host-exited"), 0);
    let asked = asked.into_inner();
    assert!(asked >= REQUESTS);
    let failed = failed.into_inner().unwrap();
    assert_eq!(failed, [""; 0], "of {asked} requests");
    // The number of visits is carried over each restart. The edits add to what is shown of it.
    let page = request((HOST, port)).unwrap();
    let number = asked + restarts + 1;
    let said = format!("This is visit {number} of process");
    assert!(page.contains(&said), "{number} visits: {page}");

    // An idle connection keeps no host from ending.
    let mut idle = Client::connect(port);
    idle.page().unwrap();
    let begun = Instant::now();
    session.interrupt();
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(2), "it took {took:?} to end");
    let refused = TcpStream::connect((HOST, port)).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    measured
}

/// How long the program that was started takes to answer when it is started by hand.
fn start_by_hand(started: &Value) -> Duration {
    let executable = fs::read_link(format!("/proc/{}/exe", started["pid"])).unwrap();
    let port = free_port();
    let begun = Instant::now();
    let mut program = Command::new(executable)
        .env("PORT", port.to_string())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    Client::connect(port).page().unwrap();
    let took = begun.elapsed();
    program.kill().unwrap();
    program.wait().unwrap();
    took
}

#[test]
fn ten_thousand_requests_over_restarts_are_all_answered() {
    restart_under_load(&web("listen_restarts"), &[]);
}

/// The medians of the longest waits, and of the starts by hand. This is without the layer of `hotmod-web`,
/// with which requests also wait for the build.
#[expect(clippy::print_stdout, reason = "the test compares medians only")]
fn median_wait_and_start(test: &str, arguments: &[&str]) -> (Duration, Duration) {
    let workspace = web(test);
    workspace.edit("app/src/main.rs", "hotmod_web::wrap(service)", "service");
    let restarts = restart_under_load(&workspace, arguments);
    let sorted = |time: fn(&Restart) -> Duration| {
        let mut times: Vec<Duration> = restarts.iter().map(time).collect();
        times.sort();
        times
    };
    let [waits, starts] = [sorted(|it| it.wait), sorted(|it| it.start)];
    let median = |times: &[Duration]| times[times.len() / 2];
    let long = restarts.iter().filter(|it| it.wait > it.start * 6 / 5);
    println!(
        "{} restarts: waited {:?}, at most {:?}; started by hand in {:?}; {} waited more than 1.2 x that",
        restarts.len(),
        median(&waits),
        waits[waits.len() - 1],
        median(&starts),
        long.count(),
    );
    (median(&waits), median(&starts))
}

#[test]
fn requests_wait_for_little_more_than_the_start_of_the_program() {
    let (wait, start) = median_wait_and_start("listen_waits", &[]);
    // The old process ends in between, and other programs may use the processors.
    let limit = 3 * start + Duration::from_millis(50);
    assert!(wait < limit, "{wait:?} and {start:?}");
}

/// A start that takes long does not count, because the old process serves until the new one is ready.
#[test]
fn with_overlap_requests_do_not_wait_for_a_slow_start() {
    let workspace = web("listen_overlap_waits");
    workspace.edit("app/src/main.rs", "hotmod_web::wrap(service)", "service");
    // As if it read a file that is large.
    let slow = "    std::thread::sleep(std::time::Duration::from_secs(2));\n";
    let carry = "    let site = hotmod::carry(";
    workspace.edit("app/src/main.rs", carry, &format!("{slow}{carry}"));
    for Restart { wait, start } in restart_under_load(&workspace, &["--overlap"]) {
        assert!(start > Duration::from_secs(2), "{start:?}");
        assert!(wait < Duration::from_secs(1), "{wait:?} and {start:?}");
    }
}

#[test]
fn with_overlap_requests_wait_for_no_more_than_the_start_of_the_program() {
    let (wait, start) = median_wait_and_start("listen_overlap", &["--overlap"]);
    // Other programs may use the processors.
    let limit = start * 6 / 5 + Duration::from_millis(50);
    assert!(wait < limit, "{wait:?} and {start:?}");
}

#[test]
fn with_overlap_requests_that_wait_for_the_saved_code_are_all_answered() {
    restart_under_load(&web("listen_overlap_wrapped"), &["--overlap"]);
}
