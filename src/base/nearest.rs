//! "Did you mean" suggestions for error messages.

/// The most similar known name, if any is similar enough.
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
    fn only_similar_names_are_suggested() {
        let known = ["reloadable", "watch"];
        assert_eq!(nearest("relodable", known).as_deref(), Some("reloadable"));
        assert_eq!(nearest("wacht", known).as_deref(), Some("watch"));
        assert_eq!(nearest("edition", known), None);
        assert_eq!(nearest("anything", []), None);
    }
}
