//! Tests when a call asks the tool and when it knows the answer, with a tool that the test
//! controls.

use std::fs;
use std::io::IoSlice;
use std::mem::MaybeUninit;
use std::net::Shutdown;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use hotmod_protocol::{Message, Outcome, read_message, write_message};
use hotmod_testkit::{Puppet, Workspace};
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

/// The program of a session that has ended.
fn host(test: &str) -> PathBuf {
    let workspace = Workspace::new("basic", test);
    let mut session = workspace.run().ready();
    let answer = session.ask("ask");
    let (pid, _) = answer.split_once(' ').unwrap();
    let program = format!("/proc/{}/exe", pid.strip_prefix("pid=").unwrap());
    fs::read_link(program).unwrap()
}

/// A tool that answers each question at once, after it has read the events.
struct Tool {
    puppet: Puppet,
    stream: UnixStream,
    asked: Arc<AtomicU64>,
    questions: Receiver<u64>,
    /// Whether questions are answered.
    answers: Arc<Mutex<bool>>,
}

impl Tool {
    fn start(test: &str, events: Option<OwnedFd>) -> Self {
        let puppet = Puppet::start(&host(test));
        let stream = puppet.stream.try_clone().unwrap();
        let (asked, answers) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(true)));
        let (sender, questions) = channel();
        let tool = Tool {
            stream,
            asked: Arc::clone(&asked),
            questions,
            answers: Arc::clone(&answers),
            puppet,
        };
        let mut stream = tool.stream.try_clone().unwrap();
        let watches = tool.puppet.listener();
        std::thread::spawn(move || {
            let mut watches = watches.map(|it| it.accept().unwrap().0);
            while let Ok(Some(message)) = read_message(&mut stream) {
                let Message::Ask { question } = message else {
                    panic!("{message:?}");
                };
                asked.fetch_add(1, Ordering::SeqCst);
                if let Some(mut stream) = watches.take() {
                    assert_eq!(read_message(&mut stream).unwrap(), Some(Message::Watch));
                    if let Some(events) = &events {
                        send(&stream, events);
                    }
                }
                if let Some(events) = &events {
                    let _ = rustix::io::read(events, &mut [0; 4096]);
                }
                let _ = sender.send(question);
                if *answers.lock().unwrap() {
                    write_message(&mut stream, &Message::Settled { question }).unwrap();
                }
            }
        });
        tool
    }

    /// The host's answer, and how often it asked.
    fn settle(&mut self) -> (String, u64) {
        let before = self.asked.load(Ordering::SeqCst);
        let answer = self.puppet.ask("settle");
        (answer, self.asked.load(Ordering::SeqCst) - before)
    }
}

/// Sends a descriptor as the tool does.
fn send(stream: &UnixStream, events: &OwnedFd) {
    let mut frame = Vec::new();
    write_message(&mut frame, &Message::Watching).unwrap();
    let descriptors = [events.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    assert!(ancillary.push(SendAncillaryMessage::ScmRights(&descriptors)));
    let flags = SendFlags::empty();
    sendmsg(stream, &[IoSlice::new(&frame)], &mut ancillary, flags).unwrap();
}

const LIVE: &str = "Live { generation: 0 }";

#[test]
fn a_call_asks_only_if_something_may_have_been_saved() {
    let folder = tempfile::tempdir().unwrap();
    let save = || fs::write(folder.path().join("file"), "1").unwrap();
    let events = inotify::init(CreateFlags::NONBLOCK).unwrap();
    inotify::add_watch(&events, folder.path(), WatchFlags::MODIFY).unwrap();
    let mut tool = Tool::start("settle_asks", Some(events));
    // Until the host has the descriptor, each call asks.
    while tool.settle().1 > 0 {}
    for _ in 0..100 {
        assert_eq!(tool.settle(), (LIVE.to_owned(), 0));
        save();
        assert_eq!(tool.settle(), (LIVE.to_owned(), 1));
    }

    // An outcome that comes by itself, and is there before the answer.
    let diagnostics = "error: x".to_owned();
    let outcome = Message::Outcome(Outcome::Failed { diagnostics });
    write_message(&mut tool.stream, &outcome).unwrap();
    save();
    let failed = "Failed { diagnostics: \"error: x\" }";
    assert_eq!(tool.settle(), (failed.to_owned(), 1));
    assert_eq!(tool.settle(), (failed.to_owned(), 0));

    // While it is restarted, the tool answers nothing.
    write_message(&mut tool.stream, &Message::Outcome(Outcome::Restarting)).unwrap();
    save();
    assert_eq!(tool.settle().0, "Restarting");
    save();
    assert_eq!(tool.settle(), ("Restarting".to_owned(), 0));
}

#[test]
fn without_a_descriptor_each_call_asks() {
    let mut tool = Tool::start("settle_no_descriptor", None);
    for _ in 0..10 {
        assert_eq!(tool.settle(), (LIVE.to_owned(), 1));
    }
}

#[test]
fn a_call_whose_tool_is_lost_returns() {
    let mut tool = Tool::start("settle_lost", None);
    *tool.answers.lock().unwrap() = false;
    tool.puppet.tell("settle");
    tool.questions.recv().unwrap();
    tool.stream.shutdown(Shutdown::Both).unwrap();
    assert_eq!(tool.puppet.answer(), LIVE);
    assert_eq!(tool.settle(), (LIVE.to_owned(), 0));
}
