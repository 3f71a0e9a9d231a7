//! The tool's end of the channel, controlled by a test: it sends any bytes to any host.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read as _, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::Duration;

use hotmod_protocol::{
    BuildId, Cause, DIRECTORY_VARIABLE, FOLLOWS_VARIABLE, Message, Offer, SOCKET_VARIABLE, digest,
    read_message, write_message,
};
use tempfile::TempDir;

/// Long enough for any answer on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A library that a session built, kept beyond it.
#[derive(Clone, Debug)]
pub struct Library {
    /// Of the library, as its record says.
    pub build: BuildId,
    /// Where it is.
    pub path: PathBuf,
}

/// A host that runs under a fake tool. Dropping it ends it.
#[derive(Debug)]
pub struct Puppet {
    child: Child,
    stdin: ChildStdin,
    answers: Receiver<String>,
    /// The channel, as the tool has it.
    pub stream: UnixStream,
    /// Where the host may connect again.
    listener: Option<UnixListener>,
    /// What the host says that it was built with.
    pub identity: u64,
    /// The session's directory, with its generations.
    directory: TempDir,
    generation: u32,
}

/// Accepts a connection of a host that asks to join.
fn accept(listener: &UnixListener, pid: u32) -> (UnixStream, u64) {
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let hello = read_message(&mut stream).unwrap();
    let Some(Message::Hello { pid: its, identity }) = hello else {
        panic!("{hello:?}");
    };
    assert_eq!(its, pid);
    (stream, identity)
}

/// Lets a host join, as the tool does.
fn welcome(listener: &UnixListener, pid: u32) -> (UnixStream, u64) {
    let (mut stream, identity) = accept(listener, pid);
    write_message(&mut stream, &Message::Welcome).unwrap();
    (stream, identity)
}

impl Puppet {
    /// Starts the host and waits until it has joined and said that it is ready.
    pub fn start(executable: &Path) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let socket = directory.path().join("socket");
        let listener = UnixListener::bind(&socket).unwrap();
        let command = Command::new(executable);
        let join = |pid| welcome(&listener, pid);
        let mut puppet = Self::start_with(command, &socket, directory, join);
        puppet.listener = Some(listener);
        puppet
    }

    /// Starts a process that follows another one, with a tool that is busy for some time before it answers.
    pub fn start_following(executable: &Path, busy: Duration) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let socket = directory.path().join("socket");
        let listener = UnixListener::bind(&socket).unwrap();
        let mut command = Command::new(executable);
        command.env(FOLLOWS_VARIABLE, std::process::id().to_string());
        let join = |pid| {
            let (stream, identity) = accept(&listener, pid);
            let mut tool = stream.try_clone().unwrap();
            std::thread::spawn(move || {
                std::thread::sleep(busy);
                write_message(&mut tool, &Message::Hold { runs: false }).unwrap();
                write_message(&mut tool, &Message::Welcome).unwrap();
            });
            (stream, identity)
        };
        Self::start_with(command, &socket, directory, join)
    }

    /// Starts a host that can't start any thread.
    pub fn start_without_threads(executable: &Path) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let socket = directory.path().join("socket");
        let listener = UnixListener::bind(&socket).unwrap();
        let mut command = Command::new(executable);
        // No address space has room for such a stack.
        command.env("RUST_MIN_STACK", (1_u64 << 60).to_string());
        Self::start_with(command, &socket, directory, |pid| welcome(&listener, pid))
    }

    /// Starts the host with a socket that nobody serves.
    pub fn start_alone(executable: &Path, socket: &Path) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let command = Command::new(executable);
        Self::start_with(command, socket, directory, |_| {
            (UnixStream::pair().unwrap().0, 0)
        })
    }

    /// Starts the host with a tool that closes the connection before it reads from it.
    pub fn start_rejected(executable: &Path) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let socket = directory.path().join("socket");
        let listener = UnixListener::bind(&socket).unwrap();
        let reject = |_| {
            let (stream, _) = listener.accept().unwrap();
            let begins = rustix::event::PollFd::new(&stream, rustix::event::PollFlags::IN);
            rustix::event::poll(&mut [begins], None).unwrap();
            drop(stream);
            (UnixStream::pair().unwrap().0, 0)
        };
        Self::start_with(Command::new(executable), &socket, directory, reject)
    }

    fn start_with(
        mut command: Command,
        socket: &Path,
        directory: TempDir,
        join: impl FnOnce(u32) -> (UnixStream, u64),
    ) -> Self {
        let generations = directory.path().join("generations");
        fs::create_dir(&generations).unwrap();
        let mut child = command
            .env(SOCKET_VARIABLE, socket)
            .env(DIRECTORY_VARIABLE, &generations)
            .env_remove("LD_LIBRARY_PATH")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (stream, identity) = join(child.id());
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, answers) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut puppet = Puppet {
            stdin: child.stdin.take().unwrap(),
            answers,
            child,
            stream,
            listener: None,
            identity,
            directory,
            generation: 0,
        };
        assert_eq!(puppet.answer().trim_end(), "ready");
        puppet
    }

    /// The socket on which the host may connect again.
    pub fn listener(&self) -> Option<UnixListener> {
        let listener = self.listener.as_ref()?;
        Some(listener.try_clone().unwrap())
    }

    /// The directory from which the host loads.
    pub fn generations(&self) -> PathBuf {
        self.directory.path().join("generations")
    }

    /// An offer of a file as it is, under the next number.
    pub fn offer_of(&mut self, build: BuildId, path: &Path) -> Offer {
        self.generation += 1;
        let content = fs::read(path).unwrap_or_default();
        Offer {
            generation: self.generation,
            build,
            identity: self.identity,
            length: content.len() as u64,
            digest: digest(&content),
            path: path.to_str().unwrap().to_owned(),
            has_compared_types: false,
            changed_statics: Vec::new(),
            redirects_digest: 0,
            redirects: Vec::new(),
        }
    }

    /// Sends an offer, and returns the host's answer.
    pub fn offer(&mut self, offer: Offer) -> Message {
        write_message(&mut self.stream, &Message::Offer(offer)).unwrap();
        loop {
            match read_message(&mut self.stream).unwrap().unwrap() {
                // The entry points that were called in the generation before.
                Message::Called { .. } => {}
                answer => return answer,
            }
        }
    }

    /// A copy under a new name, and so another library to the loader.
    pub fn copy(&self, library: &Library) -> PathBuf {
        let name = format!("{}.so", self.generation + 1);
        let path = self.generations().join(name);
        fs::copy(&library.path, &path).unwrap();
        path
    }

    /// Makes a library live, as a generation of its own, and returns its number.
    pub fn make_live(&mut self, library: &Library) -> u32 {
        let path = self.copy(library);
        let offer = self.offer_of(library.build, &path);
        let answer = self.offer(offer);
        // Mapped files need no name, and a test may make hundreds of them.
        fs::remove_file(path).unwrap();
        match answer {
            Message::Live {
                generation, build, ..
            } => assert_eq!((generation, build), (self.generation, library.build)),
            other => panic!("{other:?}"),
        }
        self.generation
    }

    /// Why the host does not take an offer of a file as it is.
    pub fn refusal(&mut self, build: BuildId, path: &Path) -> (Cause, String) {
        let offer = self.offer_of(build, path);
        self.refusal_of(offer)
    }

    /// Why the host does not take an offer.
    pub fn refusal_of(&mut self, offer: Offer) -> (Cause, String) {
        let (generation, build) = (offer.generation, offer.build);
        match self.offer(offer) {
            Message::Refused {
                generation: answered,
                build: named,
                cause,
                reason,
            } => {
                assert_eq!((answered, named), (generation, build));
                (cause, reason)
            }
            other => panic!("{other:?}"),
        }
    }

    /// The host's process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The files that the host has in its memory.
    pub fn mapped_files(&self) -> BTreeSet<String> {
        let maps = fs::read_to_string(format!("/proc/{}/maps", self.pid())).unwrap();
        let paths = maps
            .lines()
            .filter_map(|line| line.find('/').map(|at| &line[at..]));
        paths.map(str::to_owned).collect()
    }

    /// Whether the host has a file in its memory.
    pub fn has_mapped(&self, path: &Path) -> bool {
        self.mapped_files().contains(path.to_str().unwrap())
    }

    /// Sends the host a line.
    pub fn tell(&mut self, line: &str) {
        writeln!(self.stdin, "{line}").unwrap();
        self.stdin.flush().unwrap();
    }

    /// The host's next line.
    pub fn answer(&mut self) -> String {
        match self.answers.recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(error) => panic!("no answer: {error}\n{}", self.stderr()),
        }
    }

    /// The host's next line, if there is one yet.
    pub fn answer_so_far(&mut self) -> Option<String> {
        match self.answers.try_recv() {
            Ok(line) => Some(line),
            Err(TryRecvError::Empty) => None,
            Err(error) => panic!("no answer: {error}\n{}", self.stderr()),
        }
    }

    /// Sends the host a line and returns its next one.
    pub fn ask(&mut self, line: &str) -> String {
        self.tell(line);
        self.answer()
    }

    /// Ends the host, and returns what it wrote to stderr.
    pub fn stderr(&mut self) -> String {
        let _ = self.child.kill();
        let mut text = String::new();
        let stderr = self.child.stderr.as_mut().unwrap();
        stderr.read_to_string(&mut text).unwrap();
        text
    }
}

impl Drop for Puppet {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
