//! A server of nothing but sockets that say everything back, behind the real edge, for the Autobahn
//! suite (`judges/autobahn`): prints `ready ADDRESS` and serves until its standard input ends.

use http_edge::edge::{EdgeLimits, serve};
use tokio::io::AsyncReadExt as _;

/// The suite's longest message.
const BYTES_MAX: usize = 16 * 1024 * 1024;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("ready {}", listener.local_addr()?);
    let mut end = Vec::new();
    let until_the_end = async move {
        // However reading ends, so does serving.
        _ = tokio::io::stdin().read_to_end(&mut end).await;
    };
    let router = http_edge::noise::echo(BYTES_MAX);
    serve(listener, router, EdgeLimits::default(), until_the_end).await;
    Ok(())
}
