//! Waiting for something to become true, never for time to pass.

use std::time::Duration;

/// Long enough for a busy machine; what takes longer will not come.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// Asks again and again through a public interface until there is an answer.
///
/// # Panics
/// When there is none before the deadline.
pub async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let mut again = tokio::time::interval(Duration::from_millis(10));
    let asked = async {
        loop {
            again.tick().await;
            if let Some(answer) = ask().await {
                return answer;
            }
        }
    };
    match tokio::time::timeout(DEADLINE, asked).await {
        Ok(answer) => answer,
        Err(_) => panic!("it never came true: {what}"),
    }
}
