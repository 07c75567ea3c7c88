//! A panic is logged with its place and without its text: the text of a failed slice, for
//! example, is what somebody wrote.

/// Replaces the standard hook, which prints the text.
pub fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string);
        tracing::error!(
            location = location.as_deref().unwrap_or("unknown"),
            "something panicked"
        );
    }));
}
