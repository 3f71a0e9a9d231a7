//! How a type differs between two layouts.

/// How bad a difference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// Every byte is in its place, under another name.
    Name,
    /// A value of one is no value of the other.
    Layout,
}

/// One type that is not the same in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) severity: Severity,
    /// The type, as people write it.
    pub(crate) of: String,
    /// What is another: `field `score: u32` added at offset 24`.
    pub(crate) what: String,
    /// From what crosses to the type: `fn pages::index (arg 0).*`.
    pub(crate) way: String,
    /// Whether it is no more than what follows from another one.
    pub(crate) is_consequence: bool,
}

#[cfg(test)]
impl Difference {
    pub(crate) fn of(severity: Severity, of: &str, what: &str, way: &str) -> Self {
        Difference {
            severity,
            of: of.to_owned(),
            what: what.to_owned(),
            way: way.to_owned(),
            is_consequence: false,
        }
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Difference { of, what, way, .. } = self;
        match &**way {
            "" => write!(f, "`{of}`: {what}"),
            way => write!(f, "`{of}`: {what}, via {way}"),
        }
    }
}
