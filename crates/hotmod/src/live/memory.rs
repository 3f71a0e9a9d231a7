//! The memory of loaded libraries, and the part of it that can be freed.
//!
//! A retired generation stays mapped, because something may still call it. Its read-only pages (code,
//! constants) can be read from its file again, so they are freed after each swap. The pages that may have
//! been written to, such as relocated tables, stay. They are the cost of a generation.

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

use super::generation::Origin;

/// The memory of one library.
struct Mapped {
    /// The segments that can't be written to.
    clean: Vec<Range<usize>>,
    /// Bytes in whole pages that may have been written to.
    written: u64,
    page: usize,
}

impl Mapped {
    /// Whether it is the library of a generation.
    fn is_of(&self, origin: Origin) -> bool {
        self.clean.iter().any(|range| range.contains(&origin.at))
    }

    /// The pages that belong to a clean segment as a whole. The pages at its ends may contain parts of
    /// another segment that can be written to.
    fn clean_pages(&self) -> impl Iterator<Item = Range<usize>> {
        let inside = |it: &Range<usize>| {
            it.start.next_multiple_of(self.page)..it.end / self.page * self.page
        };
        self.clean.iter().map(inside).filter(|it| !it.is_empty())
    }
}

/// In the order in which they were loaded, including refused ones.
static LOADED: Mutex<Vec<Mapped>> = Mutex::new(Vec::new());

/// Adds a library that was just loaded, by any address in it.
pub(super) fn loaded(address: *const ()) {
    if let Some(mapped) = find(address.addr()) {
        // A push is whole or not at all, whatever panics.
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.push(mapped);
    }
}

/// Whether one of these addresses is in reloaded code. A panicking thread may hold the lock itself; then
/// this returns `false` after a while.
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

/// The number of libraries besides the live one, and the bytes in them that can't be freed.
pub(super) fn kept(live: Origin) -> (u32, u64) {
    let loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    let (mut count, mut bytes) = (0, 0);
    for retired in loaded.iter().filter(|it| !it.is_of(live)) {
        count += 1;
        bytes += retired.written;
    }
    (count, bytes)
}

/// How many libraries are trimmed after each swap. After as many swaps, all of them are.
const YOUNG: usize = 64;

/// After a swap: frees the clean pages of all libraries except the live one. A library that is still in use
/// reads its pages again, so it is trimmed again; less often the longer ago it was retired.
pub(super) fn trim(live: Origin) {
    let loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    let first = match loaded.len() % YOUNG {
        0 => 0,
        _ => loaded.len().saturating_sub(YOUNG + 1),
    };
    let retired = loaded[first..].iter().filter(|it| !it.is_of(live));
    for range in retired.flat_map(Mapped::clean_pages) {
        let start = range.start as *mut c_void;
        // SAFETY: each page belongs to one segment as a whole, which is a private, read-only mapping of
        // a file. The tool changes no byte of a page of the file that is mapped, so whoever reads the
        // page next reads the same from the file. The result does not matter: pages that stay only
        // take memory.
        let _ = unsafe { libc::madvise(start, range.len(), libc::MADV_DONTNEED) };
    }
}

/// The library that contains this address.
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
