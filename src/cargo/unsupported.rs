//! Compiler settings that don't work in a session.

use super::invocation::Invocation;

/// The error for such a setting.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unsupported {
    #[error(
        "`{0}` does not work in a session, because the program loads code at run time\n\
         help: remove it from `RUSTFLAGS`, and from `rustflags` in `.cargo/config.toml`"
    )]
    NotDynamic(&'static str),
    /// It also defines the symbols of `--defsym` too late for rustc's `--no-undefined-version`.
    #[error(
        "the linker `gold` does not work in a session, because it drops sections that the program needs\n\
         help: use `mold`, `lld` or `bfd` in `-fuse-ld`"
    )]
    Gold,
}

/// Rejects settings that prevent dynamic linking. rustc would reject most of them too, but without naming the
/// line to change.
pub(crate) fn refuse_what_cannot_be_dynamic(host: &Invocation) -> Result<(), Unsupported> {
    let static_runtime = host
        .codegen_options()
        .any(|option| option.starts_with("target-feature") && option.contains("+crt-static"));
    if static_runtime {
        return Err(Unsupported::NotDynamic("crt-static"));
    }
    if host.codegen("panic") == Some("abort") {
        return Err(Unsupported::NotDynamic("panic=abort"));
    }
    // Hashed symbols contain no names.
    if host.codegen("symbol-mangling-version") == Some("hashed") {
        return Err(Unsupported::NotDynamic("symbol-mangling-version=hashed"));
    }
    if matches!(host.codegen("lto"), Some("" | "yes" | "fat" | "thin")) {
        return Err(Unsupported::NotDynamic("lto"));
    }
    let mut link_options = host
        .codegen_options()
        .filter(|it| it.starts_with("link-arg"));
    if link_options.any(|it| it.contains("-fuse-ld=gold")) {
        return Err(Unsupported::Gold);
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
            ("link-arg=-fuse-ld=gold", true),
            ("link-args=-s -fuse-ld=gold", true),
            ("link-arg=-fuse-ld=mold", false),
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
