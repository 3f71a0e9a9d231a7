//! The channel between tool and host: invalid messages and strangers are refused and reported, and
//! both ends continue.

mod fuzz;

use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hotmod_protocol::{BuildId, MAX_FRAME, Message, Offer, PROTOCOL_VERSION, write_message};

use hotmod_testkit::{Puppet, Session, Workspace};

/// What a newcomer may send instead of a greeting, and what the tool says of it.
fn strangers() -> Vec<(Vec<u8>, &'static str)> {
    let frame = |payload: &[u8]| {
        let mut frame = u32::try_from(payload.len()).unwrap().to_le_bytes().to_vec();
        frame.extend(payload);
        frame
    };
    let hello = Message::Hello {
        pid: 1,
        identity: 0,
    }
    .encode();
    let mut other_version = hello.clone();
    other_version[0] = 99;
    let mut unknown = hello.clone();
    unknown[2] = 77;
    let offer = Message::Offer(Offer {
        generation: 1,
        build: BuildId(1),
        identity: 0,
        length: 0,
        digest: 0,
        path: "/".to_owned(),
        has_compared_types: false,
        changed_statics: Vec::new(),
        redirects_digest: 0,
        redirects: Vec::new(),
    });
    vec![
        (
            b"GET / HTTP/1.1\r\n\r\n".to_vec(),
            "a frame of 542393671 bytes exceeds the limit of 65536",
        ),
        (
            (MAX_FRAME + 1).to_le_bytes().to_vec(),
            "a frame of 65537 bytes exceeds the limit of 65536",
        ),
        (
            frame(&other_version),
            "the other side uses protocol version 99, this side uses 10",
        ),
        (frame(&unknown), "malformed frame: unknown kind of message"),
        (
            frame(&hello[..5]),
            "malformed frame: it ends inside a field",
        ),
        (frame(&offer.encode()), "it does not begin as a host does"),
        (frame(&hello), " says that it is 1"),
        (frame(&hello)[..6].to_vec(), "the channel failed"),
        (Vec::new(), "it does not begin as a host does"),
    ]
}

fn socket_of(session: &mut Session) -> PathBuf {
    let answer = session.ask("env HOTMOD_SOCKET");
    let path = answer.strip_prefix("Ok(\"").unwrap();
    PathBuf::from(path.strip_suffix("\")").unwrap())
}

/// What the session says next, but for the silence of one.
fn said_of_a_stranger(session: &mut Session) -> String {
    loop {
        let error = session.wait_for("error");
        let message = error["message"].as_str().unwrap();
        if !message.ends_with("(os error 11)") {
            return message.to_owned();
        }
    }
}

#[test]
fn strangers_are_turned_away_and_the_session_continues() {
    let workspace = Workspace::new("basic", "channel_strangers");
    let mut session = workspace.run().ready();
    let socket = socket_of(&mut session);
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(socket.parent().unwrap()), 0o700);

    // Connected all the while, and never says a word.
    let silent = UnixStream::connect(&socket).unwrap();
    for (bytes, expected) in strangers() {
        let mut stranger = UnixStream::connect(&socket).unwrap();
        // The tool may have closed it already, on the first bytes.
        let _ = stranger.write_all(&bytes);
        let _ = stranger.shutdown(Shutdown::Write);
        let message = said_of_a_stranger(&mut session);
        assert!(
            message.starts_with("rejected a connection to the session's socket: "),
            "{message}"
        );
        assert!(message.contains(expected), "{message}");
        let mut answer = Vec::new();
        let _ = stranger.read_to_end(&mut answer);
        assert!(answer.is_empty(), "a stranger got {answer:?}");
    }
    // One that greets as is right, but is not the process that the session started.
    let mut stranger = UnixStream::connect(&socket).unwrap();
    let pid = std::process::id();
    write_message(&mut stranger, &Message::Hello { pid, identity: 0 }).unwrap();
    assert_eq!(
        said_of_a_stranger(&mut session),
        format!("process {pid} is not the session's host")
    );

    workspace.edit("pages/src/lib.rs", "\"one\"", "\"two\"");
    assert_eq!(session.wait_for("live")["generation"], 1);
    assert!(session.ask("ask").contains("page=two"));
    assert_eq!(session.count("host-exited"), 0);
    drop(silent);
    drop(session);
    assert!(!socket.parent().unwrap().exists(), "the socket is left");
}

/// The built host, which stays where it is when its session ends.
fn executable_of(session: &mut Session) -> PathBuf {
    let answer = session.ask("ask");
    let (pid, _) = answer.split_once(' ').unwrap();
    let pid = pid.strip_prefix("pid=").unwrap();
    Path::new("/proc")
        .join(pid)
        .join("exe")
        .read_link()
        .unwrap()
}

#[test]
fn a_host_reports_invalid_messages_and_continues() {
    let workspace = Workspace::new("basic", "channel_host");
    let mut session = workspace.run().ready();
    let host = executable_of(&mut session);
    drop(session);
    let mut other_version = Message::Hello {
        pid: 1,
        identity: 0,
    }
    .encode();
    other_version[0] = 99;
    let mut frame = u32::try_from(other_version.len())
        .unwrap()
        .to_le_bytes()
        .to_vec();
    frame.extend(&other_version);
    let other_version =
        format!("the other side uses protocol version 99, this side uses {PROTOCOL_VERSION}");
    let [low, high] = PROTOCOL_VERSION.to_le_bytes();
    for (bytes, expected) in [
        (
            u32::MAX.to_le_bytes().to_vec(),
            "a frame of 4294967295 bytes exceeds the limit of 65536",
        ),
        (frame, &other_version),
        (
            vec![3, 0, 0, 0, low, high, 77],
            "malformed frame: unknown kind of message",
        ),
        (vec![9, 0, 0, 0, 1], "the channel failed"),
    ] {
        let mut puppet = Puppet::start(&host);
        puppet.stream.write_all(&bytes).unwrap();
        puppet.stream.shutdown(Shutdown::Write).unwrap();
        // The host closes its end once it has read that.
        let mut answer = Vec::new();
        puppet.stream.read_to_end(&mut answer).unwrap();
        assert!(answer.is_empty(), "the host said {answer:?}");
        assert!(
            puppet
                .ask("ask")
                .ends_with("page=one widget=one generation=0")
        );
        let stderr = puppet.stderr();
        let said = format!("hotmod: the session's channel is closed: {expected}");
        assert!(stderr.starts_with(&said), "{stderr}");
    }
}

#[test]
fn a_host_continues_without_its_tool() {
    let workspace = Workspace::new("basic", "channel_alone");
    let mut session = workspace.run().ready();
    let host = executable_of(&mut session);
    drop(session);
    // What it is told to join may never have been there.
    let mut puppet = Puppet::start_alone(&host, Path::new("/nowhere/socket"));
    assert!(puppet.ask("ask").ends_with("generation=0"));
    let stderr = puppet.stderr();
    let said = "hotmod: this program can't join its session: No such file or directory";
    assert!(stderr.starts_with(said), "{stderr}");

    // It may also end before it has read who joins.
    let mut puppet = Puppet::start_rejected(&host);
    assert_eq!(puppet.ask("settle"), "Live { generation: 0 }");
    let stderr = puppet.stderr();
    let said = "hotmod: this program can't join its session: ";
    assert!(stderr.starts_with(said), "{stderr}");

    // While another process runs `main`, the next one waits for a tool that is busy.
    let busy = Duration::from_millis(2500);
    let begun = Instant::now();
    let mut puppet = Puppet::start_following(&host, busy);
    assert!(begun.elapsed() >= busy, "two processes run `main`");
    assert!(puppet.ask("ask").ends_with("generation=0"));

    // And a tool that ends is not an error of the host's.
    let mut puppet = Puppet::start(&host);
    puppet.stream.shutdown(Shutdown::Both).unwrap();
    assert!(puppet.ask("ask").ends_with("generation=0"));
    assert_eq!(puppet.stderr(), "");
}
