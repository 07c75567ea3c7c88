//! What a table holds, as a number of rows and a sum over them: two databases with equal sums hold
//! the same rows, in whatever order.

use aws_lc_rs::digest::{Context, SHA256};

/// The sum of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSum {
    /// The table's name.
    pub name: String,
    /// How many rows it holds.
    pub rows: u64,
    /// The hashes of all rows, added up. It depends on the engine that wrote them.
    pub digest: [u8; 32],
}

/// Collects the rows of one table.
pub(crate) struct Summing {
    sum: TableSum,
}

/// The hash of one row, field by field: the length of each is part of it.
pub(crate) struct RowHash(Context);

impl RowHash {
    pub fn new() -> Self {
        RowHash(Context::new(&SHA256))
    }

    /// `kind` tells values apart that have the same bytes.
    pub fn field(&mut self, kind: u8, bytes: &[u8]) {
        self.0.update(&[kind]);
        self.0.update(&(bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }
}

impl Summing {
    pub fn of(name: String) -> Self {
        let (rows, digest) = (0, [0; 32]);
        Summing {
            sum: TableSum { name, rows, digest },
        }
    }

    /// Adds a row: addition does not ask for an order.
    pub fn add(&mut self, row: RowHash) {
        self.sum.rows += 1;
        let hash = row.0.finish();
        let mut carry = 0;
        let places = self.sum.digest.iter_mut().zip(hash.as_ref()).rev();
        for (place, byte) in places {
            let added = u16::from(*place) + u16::from(*byte) + carry;
            *place = (added & 0xff) as u8;
            carry = added >> 8;
        }
    }

    pub fn finish(self) -> TableSum {
        self.sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(rows: &[&[&[u8]]]) -> TableSum {
        let mut summing = Summing::of("t".to_owned());
        for row in rows {
            let mut hash = RowHash::new();
            row.iter().for_each(|field| hash.field(1, field));
            summing.add(hash);
        }
        summing.finish()
    }

    #[test]
    fn the_order_of_rows_is_nothing_and_everything_else_counts() {
        let (a, b): (&[&[u8]], &[&[u8]]) = (&[b"1", b"23"], &[b"12", b"3"]);
        assert_eq!(sum(&[a, b]), sum(&[b, a]));
        assert_ne!(sum(&[a]), sum(&[b]), "where a field ends is part of it");
        assert_ne!(sum(&[a, a]), sum(&[b, b]));
        assert_ne!(sum(&[a, a]).digest, sum(&[]).digest);
        assert_eq!(sum(&[a, a, b]).rows, 3);
    }
}
