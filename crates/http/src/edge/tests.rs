//! The edge seen from raw sockets. Nothing here sleeps: a test waits for what must happen, and
//! `within` bounds the wait.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::routing::{get, post};
use http_body_util::BodyExt as _;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use super::*;

const SHORT: Duration = Duration::from_millis(150);

struct House {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Served>,
}

impl House {
    async fn open(app: Router, limits: EdgeLimits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(serve(listener, app, limits, async move {
            _ = stopped.await;
        }));
        Self {
            address,
            stop,
            served,
        }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn ask(&self, text: &str) -> TcpStream {
        let mut socket = self.connect().await;
        socket.write_all(text.as_bytes()).await.unwrap();
        socket
    }

    async fn close(self) -> Served {
        _ = self.stop.send(());
        within(self.served).await.unwrap()
    }
}

fn limits() -> EdgeLimits {
    EdgeLimits {
        drain_timeout: Duration::from_secs(5),
        ..EdgeLimits::default()
    }
}

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), future)
        .await
        .expect("it takes far too long")
}

/// Everything until the other side closes; a reset counts as closing.
async fn read_to_end(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    _ = within(socket.read_to_end(&mut bytes)).await;
    String::from_utf8(bytes).unwrap()
}

/// The head of the next answer.
async fn read_head(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(within(socket.read_u8()).await.unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

async fn is_silent(socket: &mut TcpStream) -> bool {
    tokio::time::timeout(SHORT, socket.read_u8()).await.is_err()
}

fn hello() -> Router {
    Router::new().route("/", get(|| async { StatusCode::NO_CONTENT }))
}

const HELLO: &str = "GET / HTTP/1.1\r\nHost: tresen.example\r\n\r\n";

// Case: DO01
#[tokio::test]
async fn slow_and_silent_heads_are_dropped() {
    let house = House::open(
        hello(),
        EdgeLimits {
            header_timeout: SHORT,
            ..limits()
        },
    )
    .await;
    for begun in ["", "G", "GET / HTTP/1.1\r\nHost: tresen.ex"] {
        let mut socket = house.ask(begun).await;
        let answer = read_to_end(&mut socket).await;
        assert!(!answer.contains("204"), "{answer}");
    }
    // A kept-alive socket that goes quiet is dropped too.
    let mut socket = house.ask(HELLO).await;
    assert!(read_to_end(&mut socket).await.starts_with("HTTP/1.1 204"));
    assert_eq!(house.close().await, Served { cut: 0 });
}

// Case: DO01
#[tokio::test]
async fn the_cap_holds_and_a_freed_place_is_given_on() {
    let house = House::open(
        hello(),
        EdgeLimits {
            connections_max: 2,
            ..limits()
        },
    )
    .await;
    let mut first = house.ask(HELLO).await;
    let mut second = house.ask(HELLO).await;
    read_head(&mut first).await;
    read_head(&mut second).await;
    let mut third = house.ask(HELLO).await;
    assert!(is_silent(&mut third).await, "the third found a place");
    drop(first);
    assert!(read_head(&mut third).await.starts_with("HTTP/1.1 204"));
    drop((second, third));
    assert_eq!(house.close().await, Served { cut: 0 });
}

/// Answers 101 and keeps the socket until the peer closes it.
async fn upgrade(mut request: Request<Body>) -> Response {
    let upgraded = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let mut io = TokioIo::new(upgraded.await.unwrap());
        io.write_all(b"live").await.unwrap();
        let mut rest = Vec::new();
        _ = io.read_to_end(&mut rest).await;
    });
    (
        StatusCode::SWITCHING_PROTOCOLS,
        [(header::CONNECTION, "upgrade"), (header::UPGRADE, "test")],
    )
        .into_response()
}

const UPGRADE: &str =
    "GET /live HTTP/1.1\r\nHost: tresen.example\r\nConnection: upgrade\r\nUpgrade: test\r\n\r\n";

#[tokio::test]
async fn live_sockets_count_against_the_cap() {
    let house = House::open(
        hello().route("/live", get(upgrade)),
        EdgeLimits {
            connections_max: 1,
            ..limits()
        },
    )
    .await;
    let mut live = house.ask(UPGRADE).await;
    assert!(read_head(&mut live).await.starts_with("HTTP/1.1 101"));
    let mut word = [0; 4];
    within(live.read_exact(&mut word)).await.unwrap();
    assert_eq!(&word, b"live");
    let mut second = house.ask(HELLO).await;
    assert!(is_silent(&mut second).await, "the live socket has no place");
    drop(live);
    assert!(read_head(&mut second).await.starts_with("HTTP/1.1 204"));
    drop(second);
    house.close().await;
}

fn waiting(begun: Arc<Notify>, go_on: Arc<Notify>) -> Router {
    Router::new().route(
        "/",
        get(move || async move {
            begun.notify_one();
            go_on.notified().await;
            "finished"
        }),
    )
}

#[tokio::test]
async fn what_was_begun_is_finished_at_shutdown() {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let house = House::open(waiting(begun.clone(), go_on.clone()), limits()).await;
    let address = house.address;
    let mut socket = house.ask(HELLO).await;
    let mut idle = house.connect().await;
    within(begun.notified()).await;
    let House { stop, served, .. } = house;
    stop.send(()).unwrap();
    // The idle one is sent home at once, and nobody new is let in.
    assert_eq!(read_to_end(&mut idle).await, "");
    assert!(TcpStream::connect(address).await.is_err());
    go_on.notify_one();
    let answer = read_to_end(&mut socket).await;
    assert!(answer.contains("finished"), "{answer}");
    assert_eq!(within(served).await.unwrap(), Served { cut: 0 });
}

#[tokio::test]
async fn who_never_finishes_is_cut_at_the_deadline() {
    let (begun, never) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let house = House::open(
        waiting(begun.clone(), never),
        EdgeLimits {
            drain_timeout: SHORT,
            ..limits()
        },
    )
    .await;
    let mut socket = house.ask(HELLO).await;
    within(begun.notified()).await;
    assert_eq!(house.close().await, Served { cut: 1 });
    assert_eq!(read_to_end(&mut socket).await, "");
}

// Case: PL01
#[tokio::test]
async fn a_panic_is_an_answer_and_not_an_end() {
    let app = hello().route(
        "/panic",
        get(|| async {
            if true {
                panic!("canary of a person");
            }
        }),
    );
    let house = House::open(app, limits()).await;
    let mut socket = house
        .ask("GET /panic HTTP/1.1\r\nHost: tresen.example\r\n\r\n")
        .await;
    let head = read_head(&mut socket).await;
    assert!(head.starts_with("HTTP/1.1 500"), "{head}");
    socket
        .write_all(b"GET / HTTP/1.1\r\nHost: tresen.example\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let rest = read_to_end(&mut socket).await;
    assert!(rest.contains("\"internal\""), "{rest}");
    assert!(rest.contains("204"), "{rest}");
    assert!(!rest.contains("canary"), "{rest}");
    house.close().await;
}

async fn count_body(request: Request<Body>) -> Response {
    match request.into_body().collect().await {
        Ok(body) => body.to_bytes().len().to_string().into_response(),
        Err(error) if BodyTooSlow::caused(&error) => StatusCode::REQUEST_TIMEOUT.into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn body_head(length: usize) -> String {
    format!(
        "POST / HTTP/1.1\r\nHost: tresen.example\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n"
    )
}

// Case: DO01
#[tokio::test]
async fn a_body_must_arrive_at_a_pace() {
    let pace = |bytes_per_second| EdgeLimits {
        body: BodyPace {
            grace: SHORT,
            bytes_per_second,
        },
        ..limits()
    };
    let app = || Router::new().route("/", post(count_body));
    let house = House::open(app(), pace(1_000_000)).await;
    let mut slow = house.ask(&(body_head(1_000) + "x")).await;
    let answer = read_to_end(&mut slow).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    let mut whole = house.ask(&(body_head(1_000) + &"x".repeat(1_000))).await;
    assert!(read_to_end(&mut whole).await.ends_with("1000"));
    house.close().await;

    // What has arrived buys time: after the grace alone this one would be over.
    let house = House::open(app(), pace(100)).await;
    let mut steady = house.ask(&(body_head(1_000) + &"x".repeat(999))).await;
    assert!(is_silent(&mut steady).await && is_silent(&mut steady).await);
    steady.write_all(b"x").await.unwrap();
    assert!(read_to_end(&mut steady).await.ends_with("1000"));
    house.close().await;
}

// Case: DO01
#[tokio::test]
async fn who_takes_nothing_is_dropped() {
    const LARGE: usize = 64 * 1024 * 1024;
    let app = Router::new().route("/", get(|| async { vec![b'x'; LARGE] }));
    let house = House::open(
        app,
        EdgeLimits {
            connections_max: 1,
            write_stall_max: SHORT,
            ..limits()
        },
    )
    .await;
    let mut stalled = house.ask(HELLO).await;
    // Its place is free again although it never closed.
    let mut next = house.ask(HELLO).await;
    assert!(read_head(&mut next).await.starts_with("HTTP/1.1 200"));
    let mut taken = Vec::new();
    _ = within(stalled.read_to_end(&mut taken)).await;
    assert!(taken.len() < LARGE, "the whole answer came");
    drop(next);
    house.close().await;
}

#[tokio::test]
async fn the_peer_is_known() {
    let app = Router::new().route(
        "/",
        get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() }),
    );
    let house = House::open(app, limits()).await;
    let mut socket = house
        .ask("GET / HTTP/1.1\r\nHost: tresen.example\r\nConnection: close\r\n\r\n")
        .await;
    let own = socket.local_addr().unwrap().to_string();
    assert!(read_to_end(&mut socket).await.ends_with(&own));
    house.close().await;
}

// Case: PR01, PR02
#[tokio::test]
async fn ambiguous_heads_are_refused() {
    let reached = Arc::new(AtomicUsize::new(0));
    let counter = reached.clone();
    let app = Router::new().fallback(move || async move {
        counter.fetch_add(1, Ordering::SeqCst);
        "reached"
    });
    let house = House::open(app, limits()).await;
    for head in [
        "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\nConnection: close\r\n\r\n",
    ] {
        let mut socket = house.ask(head).await;
        let answer = read_to_end(&mut socket).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{head}{answer}");
    }
    assert_eq!(reached.load(Ordering::SeqCst), 0);
    house.close().await;
}

// Case: PR01
#[tokio::test]
async fn nothing_hides_behind_a_chunked_body() {
    let house = House::open(
        Router::new()
            .route("/", post(count_body).get(|| async { "plain" }))
            .route("/hidden", get(|| async { "reached" })),
        limits(),
    )
    .await;
    let hidden = "GET /hidden HTTP/1.1\r\nHost: a.example\r\n\r\n";
    let chunks = "2\r\nab\r\n0\r\n\r\n";
    let post = |lines: &str| format!("POST / HTTP/1.1\r\nHost: a.example\r\n{lines}\r\n{chunks}");
    let get = |lines: &str| format!("GET / HTTP/1.1\r\nHost: a.example\r\n{lines}\r\n");
    for (request, status) in [
        // The socket ends with it.
        (post("Transfer-Encoding: chunked\r\n"), "200"),
        (get("Upgrade: h2c\r\nConnection: Upgrade\r\n"), "200"),
        // Two lengths, in every order and spelling.
        (
            post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
            "400",
        ),
        (
            post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
            "400",
        ),
        (
            post("Transfer-Encoding: chunked\r\ncontent-length : 5\r\n"),
            "400",
        ),
        (post("Content-Length: 12\r\nContent-Length: 12\r\n"), "400"),
        (post("Content-Length: +12\r\n"), "400"),
        (post("Content-Length: 12,12\r\n"), "400"),
        (post("Transfer-Encoding: xchunked\r\n"), "400"),
        (post("Transfer-Encoding: chunked, identity\r\n"), "400"),
        (post("Transfer-Encoding\u{b}: chunked\r\n"), "400"),
        // Lines that end in other ways, or go on.
        (post("X: a\nContent-Length: 0\r\n"), "400"),
        (get("X: a\n"), "400"),
        (get("X: a\r\n b\r\n"), "400"),
        (get("X: a\rb\r\n"), "400"),
        (get("X : a\r\n"), "400"),
    ] {
        let mut socket = house.ask(&format!("{request}{hidden}")).await;
        let answer = read_to_end(&mut socket).await;
        let begins = format!("HTTP/1.1 {status}");
        assert!(answer.starts_with(&begins), "{request:?}: {answer}");
        assert!(!answer.contains("reached"), "{request:?}: {answer}");
    }
    house.close().await;
}
