//! Kept statics that are read while their generation is proposed, migrated and admitted.

use loom::thread;

use super::kept_static::{KeptStatic, Value};
use super::versions::Versions;

/// The static of a generation, told from those of others by its address.
fn kept(at: usize) -> KeptStatic {
    KeptStatic {
        at,
        place: || "pages::VISITS",
        type_name: "u32",
        size: 4,
        align: 4,
        migration: None,
    }
}

fn versions() -> &'static Versions {
    let versions: &Versions = Box::leak(Box::new(Versions::new()));
    versions.admit(&[kept(0)]);
    versions
}

#[test]
fn the_statics_of_all_generations_read_one_value() {
    loom::model(|| {
        let versions = versions();
        let host = thread::spawn(|| versions.find(&kept(0), || Value::new(0_u32)));
        // A constructor of the library, which runs before its generation is proposed.
        let early = thread::spawn(|| versions.find(&kept(1), || Value::new(1_u32)));
        versions.propose(&[kept(1)], &[]).unwrap();
        versions.admit(&[kept(1)]);
        let (host, early) = (host.join().unwrap(), early.join().unwrap());
        assert_eq!(host, early);
        assert_eq!(host, versions.find(&kept(1), || Value::new(2_u32)));
    });
}

#[test]
fn a_value_is_never_replaced_once_it_was_read() {
    loom::model(|| {
        let versions = versions();
        let old = versions.find(&kept(0), || Value::new(0_u32));
        let changed = ["pages::VISITS".to_owned()];
        versions.propose(&[kept(1)], &changed).unwrap();
        // A thread that the library has started.
        let reader = thread::spawn(|| {
            let read = || versions.find(&kept(1), || Value::new(1_u32));
            let first = read();
            assert_eq!(first, read(), "another value in its place");
            first
        });
        let migrated = Value::new(2_u32);
        let to_migrate = versions.to_migrate(&kept(1)).unwrap();
        assert_eq!(to_migrate.value, old);
        let outcome = versions.migrated(&kept(1), &to_migrate, migrated);
        let read = reader.join().unwrap();
        assert_ne!(read, old, "the old value as the new type");
        assert_eq!(outcome.is_ok(), read == migrated, "{outcome:?}");
    });
}
