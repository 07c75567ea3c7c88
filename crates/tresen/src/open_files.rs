//! How many sockets the operating system lets us have. The usual soft limit of 1024 files is for
//! programs of the eighties; the hard one is what the administrator decided.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that are not customers' sockets: the database, blobs, calls to providers, the log.
const KEPT_BACK: u64 = 256;

/// Fewer sockets than this are soon full: every open desk and every waiting customer holds one.
const FEW: usize = 2_000;

/// Raises the soft limit to the hard one and says how many sockets fit, at most `wanted`. Without
/// this bound a full house would take the last file from the database.
#[must_use]
pub fn sockets(wanted: usize) -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    let limit = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => raised,
        Err(_) => limit,
    };
    let fit = fitting(limit.current, wanted);
    if fit < FEW {
        tracing::warn!(
            count = fit,
            "few connections fit into the limit of open files: raise it (ulimit -n, or LimitNOFILE= of the service)"
        );
    }
    fit
}

/// `None` is no limit.
fn fitting(files: Option<u64>, wanted: usize) -> usize {
    let Some(files) = files else {
        return wanted;
    };
    // Half of a very small limit is still better than a house that takes nobody.
    let left = files.saturating_sub(KEPT_BACK).max(files / 2).max(1);
    usize::try_from(left).unwrap_or(usize::MAX).min(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_leave_room_for_the_rest() {
        assert_eq!(fitting(None, 20_000), 20_000);
        assert_eq!(fitting(Some(524_288), 20_000), 20_000);
        assert_eq!(fitting(Some(20_000), 20_000), 19_744);
        assert_eq!(fitting(Some(1_024), 20_000), 768);
        assert_eq!(fitting(Some(100), 20_000), 50);
        assert_eq!(fitting(Some(0), 20_000), 1);
    }

    #[test]
    fn the_soft_limit_is_raised_to_the_hard_one() {
        assert!(sockets(20_000) >= 1);
        let limit = getrlimit(Resource::Nofile);
        assert_eq!(limit.current, limit.maximum);
    }
}
