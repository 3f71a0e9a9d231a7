//! Carried values as CBOR, which describes itself: fields can be added and removed between two
//! versions of a type.

use std::io::Write;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

/// Writes a value.
///
/// # Errors
/// serde's error as text, also for errors of the writer.
pub fn write_value<T: Serialize + ?Sized>(value: &T, writer: impl Write) -> Result<(), String> {
    ciborium::into_writer(value, writer).map_err(|error| match error {
        ciborium::ser::Error::Value(message) => message,
        ciborium::ser::Error::Io(error) => error.to_string(),
    })
}

/// Reads a value. Also returns the paths of the fields that its type does not have. They are not
/// known if the value has a map whose keys are neither strings nor numbers.
///
/// # Errors
/// serde's error as text.
pub fn read_value<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, Vec<String>), String> {
    if let Ok(read) = ciborium::from_reader::<WithDropped<T>, _>(bytes) {
        return Ok((read.value, read.dropped));
    }
    // `serde_ignored` does not read such maps.
    let value = ciborium::from_reader(bytes).map_err(|error| match error {
        ciborium::de::Error::Semantic(_, message) => message,
        error => error.to_string(),
    })?;
    Ok((value, Vec::new()))
}

struct WithDropped<T> {
    value: T,
    dropped: Vec<String>,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for WithDropped<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut dropped = Vec::new();
        let value =
            serde_ignored::deserialize(deserializer, |path| dropped.push(path.to_string()))?;
        Ok(WithDropped { value, dropped })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Old {
        height: f64,
        speed: f64,
        places: BTreeMap<(i32, i32), String>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct New {
        height: f64,
        #[serde(default)]
        colour: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    struct Other {
        #[serde(rename = "height")]
        _height: String,
    }

    fn old() -> (Old, Vec<u8>) {
        let value = Old {
            height: f64::NAN,
            speed: -0.0,
            places: BTreeMap::from([((1, -2), "here".to_owned())]),
        };
        let mut bytes = Vec::new();
        write_value(&value, &mut bytes).unwrap();
        (value, bytes)
    }

    #[test]
    fn a_value_is_read_as_it_was_written() {
        let (value, bytes) = old();
        let (read, dropped) = read_value::<Old>(&bytes).unwrap();
        assert!(read.height.is_nan() && read.speed.is_sign_negative());
        assert_eq!(read.places, value.places);
        assert!(dropped.is_empty());
    }

    #[test]
    fn a_type_may_have_other_fields() {
        let (_, bytes) = old();
        let (read, dropped) = read_value::<New>(&bytes).unwrap();
        assert_eq!(read.colour, None);
        assert_eq!(dropped, ["speed", "places"]);
    }

    #[test]
    fn the_reason_is_serdes() {
        let (_, bytes) = old();
        let error = read_value::<Other>(&bytes).unwrap_err();
        assert_eq!(error, "invalid type: floating point `NaN`, expected string");
        assert!(read_value::<Old>(&bytes[..bytes.len() - 1]).is_err());
    }
}
