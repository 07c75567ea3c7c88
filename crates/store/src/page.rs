//! The only shape of a list: a page, and where the next one begins.

/// How much is wanted and from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    pub limit: i64,
    /// The last item's sort time and id of the page before.
    pub after: Option<(i64, [u8; 16])>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<(i64, [u8; 16])>,
}

impl<T> Page<T> {
    /// Cuts a list that was read one row longer than the page.
    pub(crate) fn cut(mut rows: Vec<T>, limit: i64, key: impl Fn(&T) -> (i64, [u8; 16])) -> Self {
        let wanted = usize::try_from(limit).unwrap_or(0);
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        let next = if more { rows.last().map(key) } else { None };
        Self { items: rows, next }
    }
}
