//! Backtraces of panics in reloaded code, as std would print them.
//!
//! std lists the loaded libraries once, at its first backtrace, so it has no names for code that is
//! loaded later. This hook replaces std's own panic hook. If reloaded code is on the stack and a backtrace is
//! enabled, it captures the addresses, and the tool resolves them with the libraries' debug information. If
//! that fails, std prints its own backtrace. A hook that the program sets replaces this one, as it would
//! replace std's.
//!
//! A panic in a panic hook ends the process, so nothing here may panic.

#![expect(
    unsafe_code,
    reason = "the unwinder and the dynamic loader have C interfaces"
)]

use std::env;
use std::ffi::{CStr, OsStr, c_int, c_void};
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::UnixStream;
use std::panic::{self, PanicHookInfo};
use std::ptr;
use std::thread;
use std::time::{Duration, Instant};

use hotmod_protocol::{Frame, Message, SOCKET_VARIABLE, Trace, read_message, write_message};

use super::host::is_connected;
use super::memory;
use super::panic_message::message_of;
use super::peer::require_same_user;
use super::socket::Socket;

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send + 'static>;

/// How long a panic may wait for the tool.
const RENDER_TIMEOUT: Duration = Duration::from_secs(3);

/// The maximum number of frames in a backtrace. Only a stack that overflows has more.
const MOST_FRAMES: usize = 1000;

/// Replaces std's hook, if it is the current one.
pub(super) fn install() {
    let installed = panic::take_hook();
    // Taking a hook restores std's.
    let standard = panic::take_hook();
    // Both are functions without data, so they differ by their vtables.
    if !ptr::eq(&raw const *installed, &raw const *standard) {
        return panic::set_hook(installed);
    }
    panic::set_hook(Box::new(move |info| hook(info, &standard)));
}

fn hook(info: &PanicHookInfo<'_>, standard: &Hook) {
    let is_full = match env::var_os("RUST_BACKTRACE") {
        None => return standard(info),
        Some(value) if value == "0" => return standard(info),
        Some(value) => value == "full",
    };
    match backtrace(is_full) {
        Some(backtrace) => {
            // All at once, so that other threads write before or after it.
            let text = format!("{}{backtrace}", message(info));
            let _ = io::stderr().write_all(text.as_bytes());
        }
        None => standard(info),
    }
}

/// The part before the backtrace.
fn message(info: &PanicHookInfo<'_>) -> String {
    let thread = thread::current();
    let name = thread.name().unwrap_or("<unnamed>");
    // SAFETY: it has no preconditions.
    let id = unsafe { libc::syscall(libc::SYS_gettid) };
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let text = message_of(info.payload()).unwrap_or("Box<dyn Any>");
    format!("\nthread '{name}' ({id}) panicked at {place}:\n{text}\n")
}

/// The backtrace of this thread, if reloaded code is in it and the tool knows it.
fn backtrace(is_full: bool) -> Option<String> {
    if !is_connected() {
        return None;
    }
    let addresses = capture();
    if !memory::is_in_generation(addresses.iter().map(|(_, inside)| *inside)) {
        return None;
    }
    ask(trace(&addresses, is_full)).ok()
}

/// Return addresses, and for each one that is in the instruction that was under way.
fn capture() -> Vec<(usize, usize)> {
    #[repr(C)]
    struct Context {
        _private: [u8; 0],
    }

    unsafe extern "C" {
        fn _Unwind_Backtrace(
            look: unsafe extern "C" fn(*mut Context, *mut c_void) -> c_int,
            data: *mut c_void,
        ) -> c_int;
        fn _Unwind_GetIPInfo(context: *mut Context, is_before: *mut c_int) -> usize;
    }

    unsafe extern "C" fn look(context: *mut Context, data: *mut c_void) -> c_int {
        const CONTINUE: c_int = 0;
        const END: c_int = 5;
        let mut is_before = 0;
        // SAFETY: the unwinder gives its context, and the list it was given.
        let (address, found) = unsafe {
            let address = _Unwind_GetIPInfo(context, &raw mut is_before);
            (address, &mut *data.cast::<Vec<(usize, usize)>>())
        };
        let inside = match is_before {
            0 => address.saturating_sub(1),
            _ => address,
        };
        found.push((address, inside));
        match found.len() < MOST_FRAMES {
            true => CONTINUE,
            false => END,
        }
    }

    let mut found: Vec<(usize, usize)> = Vec::with_capacity(MOST_FRAMES);
    // SAFETY: `look` is called before this returns, with a pointer to the list.
    unsafe { _Unwind_Backtrace(look, (&raw mut found).cast()) };
    found
}

/// What the tool must know to name the addresses.
fn trace(addresses: &[(usize, usize)], is_full: bool) -> Trace {
    let modules = modules();
    let mut names: Vec<String> = Vec::new();
    let frames = addresses.iter().map(|(address, inside)| {
        let of = |it: &&Module| it.segments.iter().any(|range| range.contains(inside));
        let Some(module) = modules.iter().find(of) else {
            return Frame {
                address: *address as u64,
                module: u32::MAX,
                offset: 0,
            };
        };
        let known = names.iter().position(|it| *it == module.path);
        let index = known.unwrap_or_else(|| {
            names.push(module.path.clone());
            names.len() - 1
        });
        Frame {
            address: *address as u64,
            module: u32::try_from(index).unwrap_or(u32::MAX),
            offset: inside.wrapping_sub(module.bias) as u64,
        }
    });
    let frames = frames.collect();
    let directory = env::current_dir().ok();
    let directory = directory.map(|it| it.to_string_lossy().into_owned());
    Trace {
        is_full,
        directory: directory.unwrap_or_default(),
        modules: names,
        frames,
    }
}

/// A loaded file.
struct Module {
    path: String,
    bias: usize,
    segments: Vec<std::ops::Range<usize>>,
}

/// The files that are loaded.
fn modules() -> Vec<Module> {
    unsafe extern "C" fn look(
        info: *mut libc::dl_phdr_info,
        _: libc::size_t,
        data: *mut c_void,
    ) -> c_int {
        // SAFETY: the loader gives one of its libraries, and the list it was given.
        let (info, modules) = unsafe { (&*info, &mut *data.cast::<Vec<Module>>()) };
        if info.dlpi_phdr.is_null() || info.dlpi_name.is_null() {
            return 0;
        }
        // SAFETY: both belong to the library, which is mapped while the loader looks at it.
        let (headers, name) = unsafe {
            let count = info.dlpi_phnum.into();
            let headers = std::slice::from_raw_parts(info.dlpi_phdr, count);
            (headers, CStr::from_ptr(info.dlpi_name))
        };
        let bias = info.dlpi_addr as usize;
        let segments = headers.iter().filter(|it| it.p_type == libc::PT_LOAD);
        let segments = segments.map(|it| {
            let start = bias.wrapping_add(it.p_vaddr as usize);
            start..start.wrapping_add(it.p_memsz as usize)
        });
        modules.push(Module {
            path: match name.to_bytes() {
                // The program's own file, also if another one is at its path by now.
                b"" => format!("/proc/{}/exe", std::process::id()),
                name => OsStr::from_bytes(name).to_string_lossy().into_owned(),
            },
            bias,
            segments: segments.collect(),
        });
        0
    }

    let mut modules: Vec<Module> = Vec::new();
    // SAFETY: `look` is called before this returns, with a pointer to the list.
    unsafe { libc::dl_iterate_phdr(Some(look), (&raw mut modules).cast()) };
    modules
}

/// Has the tool render it, on a connection of this thread's own.
fn ask(trace: Trace) -> io::Result<String> {
    let end = Instant::now() + RENDER_TIMEOUT;
    let path = env::var_os(SOCKET_VARIABLE).ok_or(io::ErrorKind::NotFound)?;
    let stream = UnixStream::connect(path)?;
    require_same_user(&stream)?;
    stream.set_write_timeout(Some(RENDER_TIMEOUT))?;
    let mut socket = Socket::new(stream)?;
    write_message(&mut socket, &Message::Trace(trace))?;
    let mut text = String::new();
    while socket.is_readable_within(Some(end.saturating_duration_since(Instant::now())))? {
        match read_message(&mut socket) {
            Ok(Some(Message::Rendered {
                text: more,
                is_last,
            })) => {
                text.push_str(&more);
                if is_last {
                    return Ok(text);
                }
            }
            _ => return Err(io::ErrorKind::InvalidData.into()),
        }
    }
    Err(io::ErrorKind::TimedOut.into())
}
