//! Percentiles and medians.

use serde::{Deserialize, Serialize};

/// Times of one kind of thing, in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Times {
    pub count: usize,
    pub p50: u32,
    pub p95: u32,
    pub p99: u32,
    pub p999: u32,
    pub max: u32,
}

impl Times {
    /// Sorts what was measured and reads it off.
    #[must_use]
    pub fn of(mut micros: Vec<u32>) -> Self {
        micros.sort_unstable();
        let at = |share: f64| {
            let place = (micros.len() as f64 * share).ceil() as usize;
            micros
                .get(place.saturating_sub(1))
                .copied()
                .unwrap_or_else(|| micros.last().copied().unwrap_or(0))
        };
        Self {
            count: micros.len(),
            p50: at(0.50),
            p95: at(0.95),
            p99: at(0.99),
            p999: at(0.999),
            max: micros.last().copied().unwrap_or(0),
        }
    }
}

/// What several rounds gave.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    pub median: f64,
    pub min: f64,
    pub max: f64,
}

impl Spread {
    /// `None` when there was no round.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let middle = sorted.len() / 2;
        let median = if sorted.len().is_multiple_of(2) {
            f64::midpoint(sorted[middle - 1], sorted[middle])
        } else {
            sorted[middle]
        };
        Some(Self { median, min, max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let times = Times::of((1..=1_000).rev().collect());
        assert_eq!((times.p50, times.p95, times.p99), (500, 950, 990));
        assert_eq!((times.p999, times.max, times.count), (999, 1_000, 1_000));
        assert_eq!(Times::of(vec![7]).p50, 7);
        assert_eq!(Times::of(vec![]), Times::default());
    }

    #[test]
    fn the_median_of_rounds() {
        let odd = Spread::of(&[3.0, 1.0, 2.0]).unwrap();
        assert_eq!((odd.median, odd.min, odd.max), (2.0, 1.0, 3.0));
        assert_eq!(Spread::of(&[1.0, 4.0]).unwrap().median, 2.5);
        assert_eq!(Spread::of(&[]), None);
    }
}
