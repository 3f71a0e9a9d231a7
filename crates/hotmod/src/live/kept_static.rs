//! The description of a static of `keep!`, independent of its type.

#![expect(unsafe_code, reason = "a value is an address without a type")]

/// The address of a value that lives for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Value(*const ());

// SAFETY: it is only made of values that are `Sync`.
unsafe impl Send for Value {}
// SAFETY: as above.
unsafe impl Sync for Value {}

impl Value {
    pub(super) fn new<T: Sync + 'static>(value: T) -> Self {
        Value(std::ptr::from_ref::<T>(Box::leak(Box::new(value))).cast())
    }

    /// # Safety
    /// It was made of a value of this type, though maybe by other code.
    pub(super) unsafe fn get<T: Sync + 'static>(self) -> &'static T {
        // SAFETY: the caller guarantees the type; the value is never freed.
        unsafe { &*self.0.cast() }
    }
}

/// How a value is migrated to a type that changed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Migration {
    /// Serialises a value of the static's type.
    pub(super) write: unsafe fn(Value) -> Result<Vec<u8>, String>,
    pub(super) read: fn(&[u8]) -> Result<Value, String>,
}

/// A static of `keep!` in one generation.
#[derive(Clone, Copy, Debug)]
pub struct KeptStatic {
    /// Its address, which is different in each generation.
    pub(super) at: usize,
    pub(super) place: fn() -> &'static str,
    pub(super) type_name: &'static str,
    pub(super) size: usize,
    pub(super) align: usize,
    pub(super) migration: Option<Migration>,
}

impl KeptStatic {
    /// Its path.
    pub(super) fn name(&self) -> &'static str {
        let place = (self.place)();
        place.strip_suffix("::{{closure}}").unwrap_or(place)
    }

    /// Whether `path` is the tool's name for this static. The tool names closures and impls differently, or
    /// omits them.
    pub(super) fn is_called(&self, path: &str) -> bool {
        let plain = |path: &str| {
            let parts = path.split("::").filter(|part| !part.starts_with('{'));
            parts.collect::<Vec<_>>().join("::")
        };
        let name = plain(self.name());
        match path.rsplit_once("{impl}") {
            Some((_, in_impl)) => name.ends_with(&plain(in_impl)),
            None => name == plain(path),
        }
    }

    /// Whether a value of the other static's type is a value of this one's.
    pub(super) fn check(&self, kept: &KeptStatic) -> Result<(), String> {
        let layout = |it: &KeptStatic| (it.type_name, it.size, it.align);
        if layout(self) == layout(kept) {
            return Ok(());
        }
        let text = |it: &KeptStatic| format!("`{}` of {} bytes", it.type_name, it.size);
        let (name, from, to) = (self.name(), text(kept), text(self));
        Err(format!(
            "the kept static `{name}` changed from {from} to {to}"
        ))
    }
}
