//! How the C library's allocator keeps what was freed. Left alone it learns from one large file to
//! keep all large blocks for itself, and makes a pool for every thread: after a busy hour the
//! process would hold hundreds of megabytes that nobody uses.

/// Blocks from here on are taken from the system and given back at once.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE_BLOCK_BYTES: libc::c_int = 512 * 1024;
/// Pools that threads share.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const POOLS: libc::c_int = 4;

/// To be called before any thread begins.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub fn give_back_early() {
    for (option, value) in [
        (libc::M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES),
        (libc::M_TRIM_THRESHOLD, LARGE_BLOCK_BYTES),
        (libc::M_ARENA_MAX, POOLS),
    ] {
        #[expect(
            unsafe_code,
            reason = "the allocator's options can only be set through its C interface"
        )]
        // SAFETY: mallopt takes two integers by value and touches no memory of ours.
        let taken = unsafe { libc::mallopt(option, value) };
        if taken == 0 {
            // Only memory is lost, and only some.
            tracing::debug!("the allocator did not take an option");
        }
    }
}

/// Other allocators have other habits.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub const fn give_back_early() {}
