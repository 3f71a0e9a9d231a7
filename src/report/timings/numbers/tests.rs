//! How numbers are written.

use super::*;

#[test]
fn times_have_few_digits() {
    let numbers = [0.04, 3.21, 9.96, 12.3, 1234.5].map(number);
    assert_eq!(numbers, ["0.0", "3.2", "10", "12", "1234"]);
    let durations = [3.4, 999.4, 999.6, 1234.0, 12_345.0].map(duration);
    assert_eq!(durations, ["3 ms", "999 ms", "1.00 s", "1.23 s", "12.3 s"]);
    let clocks = [999.0, 61_000.0, 3_600_000.0, 36_061_000.0].map(clock);
    assert_eq!(clocks, ["0:00", "1:01", "1:00:00", "10:01:01"]);
}

#[test]
fn percentiles_are_times_that_were_measured() {
    let of = |times: &[f64], percent| percentile(times.iter().copied(), percent);
    assert_eq!(of(&[], 50), None);
    assert_eq!((of(&[7.0], 50), of(&[7.0], 90)), (Some(7.0), Some(7.0)));
    let ten = [10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0];
    assert_eq!((of(&ten, 50), of(&ten, 90)), (Some(5.0), Some(9.0)));
}
