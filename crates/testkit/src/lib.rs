//! A whole house for tests: the real router behind the real edge, on either engine, with a clock
//! that moves only when it is told to, a simulated provider, and clients for everybody who talks
//! to it. Stories speak to public interfaces only.

mod client;
mod customer;
mod desk;
mod disk;
mod files;
mod live;
pub mod postgres;
mod process;
mod simulator;
mod wait;
mod world;

pub use client::Answer;
pub use customer::Customer;
pub use desk::{Auth, Desk};
pub use files::{bomb_png, photo_with_place, plain_png, png_that_claims};
pub use live::{Live, Seen, SlowLive};
pub use process::{Ended, Process};
pub use simulator::{Simulator, signature};
pub use wait::{DEADLINE, until};
pub use world::{Engine, SLUG, START_MS, World, cookie_of, metrics, moment, setup_body, whatsapp};

/// Makes a test of a story on each engine: `on_both_engines! { a_story, another_story }`.
#[macro_export]
macro_rules! on_both_engines {
    ($($story:ident),* $(,)?) => {
        $(mod $story {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$story($crate::Engine::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$story($crate::Engine::Postgres).await;
            }
        })*
    };
}
