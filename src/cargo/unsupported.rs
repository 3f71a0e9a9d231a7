//! Compiler settings that don't work in a session.

use super::invocation::Invocation;

/// The error for such a setting.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` does not work in a session, because the program loads code at run time\n\
     help: remove it from `RUSTFLAGS`, and from `rustflags` in `.cargo/config.toml`"
)]
pub(crate) struct Unsupported(&'static str);

/// Rejects settings that prevent dynamic linking. rustc would too, but without naming the line to
/// change.
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
    // Hashed symbols contain no names.
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
    fn unsupported_settings_are_rejected() {
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
