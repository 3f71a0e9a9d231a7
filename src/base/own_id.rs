//! Processes that have their own id in their environment, as systemd's protocol for sockets requires.
//!
//! The id is known only in the new process, and between `fork` and `exec` no code may allocate. So the
//! whole environment is made before, with room for the number.

#![expect(
    unsafe_code,
    reason = "code that runs between `fork` and `exec` is unsafe"
)]

use std::collections::BTreeMap;
use std::ffi::{CString, OsStr, OsString, c_char};
use std::io;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::ptr::null;

unsafe extern "C" {
    static mut environ: *const *const c_char;
}

/// Room for a process id.
const DIGITS: usize = 10;

/// Has the command's process set this variable to its own id. Call this last: later changes of the command
/// have no effect.
pub(crate) fn tell_own_id(command: &mut Command, variable: &str) -> io::Result<()> {
    let mut prepared = Prepared::new(command, variable)?;
    // SAFETY: the function neither allocates nor locks.
    unsafe { command.pre_exec(move || Err(prepared.exec())) };
    Ok(())
}

/// What to execute.
struct Prepared {
    /// A null pointer ends them.
    arguments: Vec<*const c_char>,
    variables: Vec<*const c_char>,
    /// Where the number begins in the variable.
    digits: *mut c_char,
}

// SAFETY: the pointers are to strings of its own, which are never freed.
unsafe impl Send for Prepared {}
// SAFETY: as above, and only `&mut self` writes to them.
unsafe impl Sync for Prepared {}

impl Prepared {
    fn new(command: &Command, variable: &str) -> io::Result<Self> {
        let arguments = std::iter::once(command.get_program()).chain(command.get_args());
        let arguments = arguments.map(|it| lasting(it.to_owned()).map(<*mut c_char>::cast_const));
        let mut arguments: Vec<*const c_char> = arguments.collect::<io::Result<_>>()?;
        arguments.push(null());

        let mut values: BTreeMap<OsString, OsString> = std::env::vars_os().collect();
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => _ = values.insert(name.to_owned(), value.to_owned()),
                None => _ = values.remove(name),
            }
        }
        values.remove(OsStr::new(variable));
        let text = |(mut name, value): (OsString, OsString)| {
            name.push("=");
            name.push(value);
            lasting(name).map(<*mut c_char>::cast_const)
        };
        let mut variables: Vec<*const c_char> =
            values.into_iter().map(text).collect::<io::Result<_>>()?;
        let own = lasting(format!("{variable}={}", "0".repeat(DIGITS)).into())?;
        variables.extend([own.cast_const(), null()]);
        // SAFETY: the string is longer.
        let digits = unsafe { own.add(variable.len() + 1) };
        Ok(Prepared {
            arguments,
            variables,
            digits,
        })
    }

    /// Replaces this process, which was just forked. Returns only on an error.
    fn exec(&mut self) -> io::Error {
        let mut rest = std::process::id();
        let mut count = 0;
        while rest > 0 {
            (rest, count) = (rest / 10, count + 1);
        }
        let mut rest = std::process::id();
        // SAFETY: there is room for the digits of any id, and the zero after them.
        unsafe { self.digits.add(count).write(0) };
        for at in (0..count).rev() {
            let digit = b'0' + (rest % 10) as u8;
            // SAFETY: as above.
            unsafe { self.digits.add(at).write(digit.cast_signed()) };
            rest /= 10;
        }
        // SAFETY: the process has one thread, and both arrays end with a null pointer.
        unsafe {
            environ = self.variables.as_ptr();
            libc::execvp(self.arguments[0], self.arguments.as_ptr());
        }
        io::Error::last_os_error()
    }
}

/// A string that is never freed: few hosts are started.
fn lasting(text: OsString) -> io::Result<*mut c_char> {
    let text = CString::new(text.into_vec()).map_err(io::Error::other)?;
    Ok(text.into_raw())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_its_own_id() {
        let mut command = Command::new("sh");
        command
            .args(["-c", "echo $OWN $$ $OTHER-$GONE \"$0\"", "a b"])
            .env("OTHER", "x=y")
            .env("GONE", "z")
            .env_remove("GONE")
            .env("OWN", "1");
        tell_own_id(&mut command, "OWN").unwrap();
        for _ in 0..2 {
            let output = command.output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            let words: Vec<&str> = text.split_whitespace().collect();
            assert_eq!(words[0], words[1], "{text}");
            assert_eq!(words[2..], ["x=y-", "a", "b"]);
        }
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let mut command = Command::new("/nowhere/program");
        tell_own_id(&mut command, "OWN").unwrap();
        let error = command.spawn().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
