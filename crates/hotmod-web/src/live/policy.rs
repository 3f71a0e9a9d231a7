//! What a `Content-Security-Policy` allows.

use http::HeaderMap;
use http::header::CONTENT_SECURITY_POLICY;

/// What the script needs, each with the directives that decide about it, the first of which counts.
const NEEDED: [&[&str]; 3] = [
    &["script-src-elem", "script-src", "default-src"],
    &["connect-src", "default-src"],
    &["frame-src", "child-src", "default-src"],
];

/// Whether all policies of a page allow a script of its own origin that opens a connection and a
/// frame there.
pub(super) fn allows_script(headers: &HeaderMap) -> bool {
    let values = headers.get_all(CONTENT_SECURITY_POLICY).iter();
    let mut policies = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    policies.all(|policy| {
        let policy = String::from_utf8_lossy(policy).to_ascii_lowercase();
        allows(&policy)
    })
}

fn allows(policy: &str) -> bool {
    let directive = |name: &str| {
        let mut directives = policy.split(';').map(str::split_ascii_whitespace);
        directives.find_map(|mut words| (words.next() == Some(name)).then_some(words))
    };
    let allows_own = |names: &&[&str]| {
        let Some(mut sources) = names.iter().find_map(|name| directive(name)) else {
            return true;
        };
        let mut all = sources.clone();
        // With `strict-dynamic`, `self` means nothing.
        all.all(|it| it != "'strict-dynamic'") && sources.any(|it| it == "'self'" || it == "*")
    };
    directive("sandbox").is_none() && NEEDED.iter().all(allows_own)
}
