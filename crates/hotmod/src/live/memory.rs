//! What loaded libraries take, and giving back of it what can be.
//!
//! A retired generation stays mapped: something may still call it. What was only read of it (code,
//! constants) is in its file too, and is read again if it is touched again; so its pages go back to
//! the kernel after each swap. What may have been written to, relocated tables included, is there and
//! nowhere else: that is what a generation costs.

use std::ffi::{c_int, c_void};
use std::ops::Range;
use std::slice;
use std::sync::{Mutex, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

/// The memory of one library, in whole pages.
struct Mapped {
    /// As it is in the file.
    clean: Vec<Range<usize>>,
    /// How much is in no file.
    written: u64,
}

/// In the order in which they were loaded, refused ones included: after a swap the last is live.
static LOADED: Mutex<Vec<Mapped>> = Mutex::new(Vec::new());

/// Takes up a library that was just loaded, by any address in it.
pub(super) fn loaded(address: *const ()) {
    if let Some(mapped) = find(address.addr()) {
        // A push is whole or not at all, whatever panics.
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.push(mapped);
    }
}

/// Whether reloaded code has one of these addresses. For a panic, whose thread may be the one that
/// holds the lock: then the answer is no, after a while.
pub(super) fn is_in_generation(mut addresses: impl Iterator<Item = usize>) -> bool {
    for _ in 0..100 {
        let loaded = match LOADED.try_lock() {
            Ok(loaded) => loaded,
            Err(TryLockError::Poisoned(error)) => error.into_inner(),
            Err(TryLockError::WouldBlock) => {
                thread::sleep(Duration::from_millis(1));
                continue;
            }
        };
        let clean = || loaded.iter().flat_map(|it| &it.clean);
        return addresses.any(|address| clean().any(|range| range.contains(&address)));
    }
    false
}

/// After a swap: how many libraries are kept but for the live one, and how many bytes of them can't
/// be given back.
pub(super) fn kept() -> (u32, u64) {
    let loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    let retired = &loaded[..loaded.len().saturating_sub(1)];
    let bytes = retired.iter().map(|it| it.written).sum();
    (u32::try_from(retired.len()).unwrap_or(u32::MAX), bytes)
}

/// How many libraries are looked at after each swap; all of them after this many swaps.
const YOUNG: usize = 64;

/// After a swap: gives back what the libraries but for the live one have in their files. One that is
/// in use has its pages again at once, and so is looked at again: the longer ago it was retired, the
/// less often.
pub(super) fn trim() {
    let loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    let retired = &loaded[..loaded.len().saturating_sub(1)];
    let first = match loaded.len() % YOUNG {
        0 => 0,
        _ => retired.len().saturating_sub(YOUNG),
    };
    let retired = &retired[first..];
    for range in retired.iter().flat_map(|it| &it.clean) {
        let start = range.start as *mut c_void;
        // SAFETY: these pages are a private mapping of a file that nobody writes to, and can't be
        // written to themselves: whoever reads them next reads the same from the file.
        // What it returns is of no use: pages that stay are only memory.
        let _ = unsafe { libc::madvise(start, range.len(), libc::MADV_DONTNEED) };
    }
}

/// The library that has this address.
fn find(address: usize) -> Option<Mapped> {
    struct Search {
        address: usize,
        page: usize,
        found: Option<Mapped>,
    }

    unsafe extern "C" fn look(
        info: *mut libc::dl_phdr_info,
        _: libc::size_t,
        data: *mut c_void,
    ) -> c_int {
        // SAFETY: the loader gives one of its libraries, and the search it was given.
        let (info, search) = unsafe { (&*info, &mut *data.cast::<Search>()) };
        if info.dlpi_phdr.is_null() {
            return 0;
        }
        // SAFETY: these are the library's headers, which are mapped with it.
        let headers = unsafe { slice::from_raw_parts(info.dlpi_phdr, info.dlpi_phnum.into()) };
        let segments = headers.iter().filter(|it| it.p_type == libc::PT_LOAD);
        let segments = segments.map(|it| {
            let start = info.dlpi_addr as usize + it.p_vaddr as usize;
            let is_clean = it.p_flags & libc::PF_W == 0;
            (start..start + it.p_memsz as usize, is_clean)
        });
        let segments: Vec<_> = segments.collect();
        if !segments.iter().any(|(it, _)| it.contains(&search.address)) {
            return 0;
        }
        let mut mapped = Mapped {
            clean: Vec::new(),
            written: 0,
        };
        for (range, is_clean) in segments {
            let whole =
                range.start / search.page * search.page..range.end.next_multiple_of(search.page);
            match is_clean {
                true => mapped.clean.push(whole),
                false => mapped.written += whole.len() as u64,
            }
        }
        search.found = Some(mapped);
        1
    }

    // SAFETY: it has no preconditions.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    let mut search = Search {
        address,
        page: usize::try_from(page).ok().filter(|it| *it > 0)?,
        found: None,
    };
    // SAFETY: `look` is called before this returns, with a pointer to a `Search`.
    unsafe { libc::dl_iterate_phdr(Some(look), (&raw mut search).cast()) };
    search.found
}
