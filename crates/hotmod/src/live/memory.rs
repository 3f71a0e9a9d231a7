//! The memory of loaded libraries, and which of it can be given back.
//!
//! A retired generation stays mapped: something may still call it. The pages that were only read
//! (code, constants) are in its file too, and are read again if they are touched again; so they go
//! back to the kernel after each swap. The pages that may have been written to, relocated tables
//! included, are nowhere else: that is what a generation costs.

#![expect(
    unsafe_code,
    reason = "the kernel and the dynamic loader have C interfaces"
)]

use std::ffi::{c_int, c_void};
use std::ops::Range;
use std::slice;
use std::sync::{Mutex, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

/// The memory of one library.
struct Mapped {
    /// The segments that can't be written to.
    clean: Vec<Range<usize>>,
    /// Bytes in whole pages that may have been written to.
    written: u64,
    page: usize,
}

impl Mapped {
    /// The pages that lie in one clean segment as a whole: their first and last bytes could belong
    /// to a page that another segment may write to.
    fn clean_pages(&self) -> impl Iterator<Item = Range<usize>> {
        let inside = |it: &Range<usize>| {
            it.start.next_multiple_of(self.page)..it.end / self.page * self.page
        };
        self.clean.iter().map(inside).filter(|it| !it.is_empty())
    }
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

/// How many libraries are trimmed after each swap; all of them after this many swaps.
const YOUNG: usize = 64;

/// After a swap: gives back the clean pages of all libraries but the live one. One that is in use
/// has its pages again at once, and so is trimmed again: the longer ago it was retired, the less
/// often.
pub(super) fn trim() {
    let loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    let retired = &loaded[..loaded.len().saturating_sub(1)];
    let first = match loaded.len() % YOUNG {
        0 => 0,
        _ => retired.len().saturating_sub(YOUNG),
    };
    let retired = &retired[first..];
    for range in retired.iter().flat_map(Mapped::clean_pages) {
        let start = range.start as *mut c_void;
        // SAFETY: each page lies in one segment as a whole. That is a private mapping of a file
        // that nobody writes to, and its pages can't be written to themselves: whoever reads them
        // next reads the same from the file. Whether it worked does not matter: pages that stay
        // only take memory.
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
            page: search.page,
        };
        for (range, is_clean) in segments {
            let page = mapped.page;
            match is_clean {
                true => mapped.clean.push(range),
                false => {
                    let whole = range.start / page * page..range.end.next_multiple_of(page);
                    mapped.written += whole.len() as u64;
                }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_page_that_another_segment_may_share_is_given_back() {
        let pages = |start: usize, end: usize| {
            let mut mapped = Mapped {
                clean: Vec::new(),
                written: 0,
                page: 0x1000,
            };
            mapped.clean.push(start..end);
            let page = mapped.clean_pages().next();
            page.map(|it| (it.start, it.end))
        };
        assert_eq!(pages(0x1000, 0x3000), Some((0x1000, 0x3000)));
        assert_eq!(pages(0x1100, 0x4080), Some((0x2000, 0x4000)));
        assert_eq!(pages(0x1100, 0x2f00), None);
        assert_eq!(pages(0x1100, 0x1f00), None);
    }
}
