//! Settings of rustc's with which no session runs.

use super::invocation::Invocation;

/// One of them.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` does not work in a session, whose program loads its code while it runs\n\
     help: take it out of `RUSTFLAGS` and of `rustflags` in `.cargo/config.toml`"
)]
pub(crate) struct Unsupported(&'static str);

/// rustc would say so too, but not which line to change.
pub(crate) fn refuse_what_cannot_be_dynamic(host: &Invocation) -> Result<(), Unsupported> {
    let static_runtime = host
        .codegen_options()
        .any(|option| option.starts_with("target-feature") && option.contains("+crt-static"));
    if static_runtime {
        return Err(Unsupported("crt-static"));
    }
    if host.codegen("panic") == Some("abort") {
        return Err(Unsupported("panic=abort"));
    }
    // Its symbols tell no names.
    if host.codegen("symbol-mangling-version") == Some("hashed") {
        return Err(Unsupported("symbol-mangling-version=hashed"));
    }
    if matches!(host.codegen("lto"), Some("" | "yes" | "fat" | "thin")) {
        return Err(Unsupported("lto"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_cannot_work_are_refused() {
        for (option, refused) in [
            ("symbol-mangling-version=hashed", true),
            ("symbol-mangling-version=v0", false),
            ("panic=abort", true),
            ("lto=thin", true),
            ("target-feature=+crt-static", true),
            ("opt-level=3", false),
        ] {
            let host = Invocation {
                program: "rustc".into(),
                arguments: vec!["-C".to_owned(), option.to_owned()],
                environment: std::collections::BTreeMap::new(),
                directory: "/".into(),
            };
            let found = refuse_what_cannot_be_dynamic(&host);
            assert_eq!(found.is_err(), refused, "{option}");
        }
    }
}
