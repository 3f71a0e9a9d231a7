//! Whether two entry points with the same name have the same signature.

/// What is known about the types in a generation's signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signatures {
    /// Nothing. They must have the same tokens.
    Written,
    /// The tool found that their layouts are the same, even if their names differ.
    Compared,
}

impl Signatures {
    /// Whether code that was compiled against one may call the other.
    pub(super) fn agree(self, one: &str, other: &str) -> bool {
        match self {
            Signatures::Written => one == other,
            Signatures::Compared => without_names(one) == without_names(other),
        }
    }
}

/// A signature with `_` for each path. This keeps references, lifetimes, and the keywords before `fn`.
fn without_names(signature: &str) -> String {
    let is_of_path = |character: char| character.is_alphanumeric() || "_#:".contains(character);
    let mut left = String::new();
    let mut rest = signature;
    while let Some(first) = rest.chars().next() {
        let skip = usize::from(first == '\'');
        let end = rest[skip..].find(|character| !is_of_path(character));
        let end = end.map_or(rest.len(), |end| end + skip);
        let (word, after) = rest.split_at(end.max(first.len_utf8()));
        match is_of_path(first) {
            true => left.push('_'),
            false => left.push_str(word),
        }
        rest = after;
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_say_where_types_were_compared() {
        for (one, other, agree) in [
            ("fn(a::Old<u8>) -> Old", "fn(New<u8>) -> b::New", true),
            ("fn(&Old<'1>, &'1 str)", "fn(&New<'1>, &'1 str)", true),
            ("fn(&str)", "fn(&'static str)", false),
            (
                "fn(&'1 str, &str) -> &'1 str",
                "fn(&str, &'1 str) -> &'1 str",
                false,
            ),
            ("fn(&'1 V) -> W<'1>", "fn(&'1 V) -> W<'_1>", false),
            ("fn(&mut self)", "fn(&self)", false),
            ("fn(u8)", "unsafe fn(u8)", false),
            ("fn(u8)", "fn(u8, u8)", false),
        ] {
            assert_eq!(Signatures::Compared.agree(one, other), agree, "{one}");
            assert!(!Signatures::Written.agree(one, other), "{one}");
            assert!(Signatures::Written.agree(one, one), "{one}");
        }
    }
}
