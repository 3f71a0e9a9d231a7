//! The name that was probably meant.
//!
//! Made for error messages only: nothing is ever chosen by likeness.

/// The known name most like the given one, if any is like it at all.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let alike = known
        .into_iter()
        .map(|other| (strsim::jaro_winkler(name, other), other));
    let best = alike.max_by(|(a, x), (b, y)| a.total_cmp(b).then_with(|| y.cmp(x)));
    best.filter(|(likeness, _)| *likeness >= 0.75)
        .map(|(_, other)| other.to_owned())
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn only_like_names_are_offered() {
        let known = ["reloadable", "watch"];
        assert_eq!(nearest("relodable", known).as_deref(), Some("reloadable"));
        assert_eq!(nearest("wacht", known).as_deref(), Some("watch"));
        assert_eq!(nearest("edition", known), None);
        assert_eq!(nearest("anything", []), None);
    }
}
