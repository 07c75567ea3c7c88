//! The client against raw sockets that behave, misbehave, or must never be reached.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use adapters::HttpNet;
use adapters::net::{Guard, Names, is_public};
use async_trait::async_trait;
use bytes::Bytes;
use ports::{Method, Net, NetBody, NetError, NetRequest, NetResponse, Part, PartBody};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A server that reads one request, answers with these bytes, and hands the request over.
async fn answering(answer: &str) -> (SocketAddr, JoinHandle<String>) {
    let answer = answer.to_owned();
    let (address, listener) = listen().await;
    let request = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let request = read_request(&mut socket).await;
        _ = socket.write_all(answer.as_bytes()).await;
        request
    });
    (address, request)
}

async fn listen() -> (SocketAddr, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    (listener.local_addr().unwrap(), listener)
}

async fn read_request(socket: &mut TcpStream) -> String {
    let mut read = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let count = socket.read(&mut buffer).await.unwrap();
        read.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&read).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .filter_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length: ")
                    .map(str::to_owned)
            })
            .next()
            .map_or(0, |length| length.parse().unwrap());
        if body.len() >= length {
            return text;
        }
    }
}

fn get(url: impl Into<String>) -> NetRequest {
    NetRequest {
        method: Method::Get,
        url: url.into(),
        headers: Vec::new(),
        body: NetBody::Empty,
        timeout_ms: 5_000,
        response_bytes_max: 1_000,
    }
}

fn allowing(address: SocketAddr) -> HttpNet {
    HttpNet::new([(address.ip().to_string(), address.port())]).unwrap()
}

async fn call(address: SocketAddr) -> Result<NetResponse, NetError> {
    let url = format!("http://{address}/path?token=canary");
    allowing(address).call(get(url)).await
}

#[tokio::test]
async fn a_request_and_its_answer_travel_whole() {
    let (address, request) =
        answering("HTTP/1.1 201 Created\r\nX-Mark: yes\r\nContent-Length: 2\r\n\r\nok").await;
    let response = allowing(address)
        .call(NetRequest {
            method: Method::Post,
            headers: vec![("Authorization".into(), "Bearer secret".into())],
            body: NetBody::Json(b"{\"a\":1}".to_vec()),
            ..get(format!("http://{address}/v1/messages"))
        })
        .await
        .unwrap();
    assert_eq!((response.status, &response.body[..]), (201, &b"ok"[..]));
    assert_eq!(response.header("x-mark"), Some("yes"));
    let request = request.await.unwrap();
    assert!(
        request.starts_with("POST /v1/messages HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(
        request.contains("authorization: Bearer secret"),
        "{request}"
    );
    assert!(
        request.contains("content-type: application/json"),
        "{request}"
    );
    assert!(request.ends_with("{\"a\":1}"), "{request}");
}

#[tokio::test]
async fn files_are_sent_as_parts() {
    let (address, request) = answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let file = PartBody::File {
        name: "bild.png".into(),
        mime: "image/png".into(),
        bytes: Bytes::from_static(b"PIXELS"),
    };
    allowing(address)
        .call(NetRequest {
            method: Method::Post,
            body: NetBody::Multipart(vec![
                Part {
                    name: "kind".into(),
                    body: PartBody::Text("photo".into()),
                },
                Part {
                    name: "file".into(),
                    body: file,
                },
            ]),
            ..get(format!("http://{address}/media"))
        })
        .await
        .unwrap();
    let request = request.await.unwrap();
    for piece in [
        "name=\"kind\"",
        "photo",
        "filename=\"bild.png\"",
        "image/png",
        "PIXELS",
    ] {
        assert!(request.contains(piece), "{piece} is missing in {request}");
    }
}

// Case: SS03
#[tokio::test]
async fn redirects_are_answers() {
    let (address, _) = answering(
        "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
    )
    .await;
    assert_eq!(call(address).await.unwrap().status, 302);
}

// Case: SS05
#[tokio::test]
async fn an_answer_has_a_largest_size() {
    let announced = "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n";
    let chunked = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n{}\r\n0\r\n\r\n",
        "x".repeat(1001)
    );
    for answer in [announced, &chunked] {
        let (address, _) = answering(answer).await;
        let error = call(address).await.err();
        assert_eq!(error, Some(NetError::TooLarge { max: 1_000 }));
    }
    let fits = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{}",
        "x".repeat(1000)
    );
    let (address, _) = answering(&fits).await;
    assert_eq!(call(address).await.unwrap().body.len(), 1_000);
}

#[tokio::test]
async fn what_never_left_is_told_from_what_may_have_arrived() {
    // Nobody listens.
    let (address, listener) = listen().await;
    drop(listener);
    assert!(matches!(
        call(address).await.err(),
        Some(NetError::NotSent(_))
    ));
    // Somebody reads the request and hangs up, or stops in the middle of the answer.
    for answer in ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"] {
        let (address, _) = answering(answer).await;
        let error = call(address).await.err();
        assert!(matches!(error, Some(NetError::NoAnswer(_))), "{error:?}");
    }
    // Somebody reads the request and says nothing.
    let (address, listener) = listen().await;
    let silent = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let request = read_request(&mut socket).await;
        (socket, request)
    });
    let error = allowing(address)
        .call(NetRequest {
            timeout_ms: 200,
            ..get(format!("http://{address}/"))
        })
        .await
        .err();
    assert!(matches!(error, Some(NetError::NoAnswer(_))), "{error:?}");
    assert!(silent.await.unwrap().1.starts_with("GET / "));
}

/// Plain text where TLS should begin.
#[tokio::test]
async fn a_failed_handshake_sends_nothing() {
    let (address, listener) = listen().await;
    let server = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        _ = socket.write_all(b"HTTP/1.1 400 no\r\n\r\n").await;
    });
    let error = allowing(address)
        .call(get(format!("https://{address}/")))
        .await
        .err();
    assert!(matches!(error, Some(NetError::NotSent(_))), "{error:?}");
    server.await.unwrap();
}

// Case: SS06
#[tokio::test]
async fn errors_carry_no_url() {
    let (refused, listener) = listen().await;
    drop(listener);
    let (hangs_up, _) = answering("").await;
    let blocked = HttpNet::new([]).unwrap();
    for error in [
        call(refused).await.err().unwrap(),
        call(hangs_up).await.err().unwrap(),
        blocked
            .call(get("https://127.0.0.1/canary"))
            .await
            .err()
            .unwrap(),
        blocked
            .call(get("https://localhost/canary"))
            .await
            .err()
            .unwrap(),
        blocked.call(get("canary")).await.err().unwrap(),
    ] {
        let text = format!("{error} {error:?}");
        assert!(!text.contains("canary") && !text.contains("://"), "{text}");
    }
}

/// The inside, in every spelling that some library understands.
fn spellings(port: u16) -> Vec<String> {
    let hosts = [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "127.0.1",
        "127.000.000.001",
        "0177.0.0.1",
        "0x7f.0x0.0x0.0x1",
        "0x7f000001",
        "017700000001",
        "2130706433",
        "127.255.255.254",
        "0",
        "0.0.0.0",
        "0x0",
        "localhost",
        "localhost.",
        "LocalHost",
        "lOCALHOST.",
        "[::]",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fd00::1]",
        "[fe80::1]",
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "192.168.0.1",
        "\u{2460}\u{2461}\u{2466}.0.0.1",
        "\u{ff11}\u{ff12}\u{ff17}.0.0.1",
        "127\u{3002}0\u{3002}0\u{3002}1",
        "%31%32%37.0.0.1",
        "\u{24db}ocalhost",
    ];
    let forms = |host: &str| {
        [
            format!("https://{host}:{port}/"),
            format!("http://{host}:{port}/"),
            format!("https://www.example.com@{host}:{port}/"),
            format!("https://{host}:{port}\\@www.example.com/"),
            format!("https://{host}:{port}/?https://www.example.com/"),
            format!("https:{host}:{port}"),
        ]
    };
    hosts.iter().flat_map(|host| forms(host)).collect()
}

// Case: SS01
#[tokio::test]
async fn the_inside_is_never_called() {
    let (address, listener) = listen().await;
    let port = address.port();
    let net = HttpNet::new([("127.0.0.1".to_owned(), port.wrapping_add(1))]).unwrap();
    let urls = [
        format!("https://127.0.0.1:{port}/"),
        format!("https://127.1:{port}/"),
        format!("https://2130706433:{port}/"),
        format!("https://0x7f.0.0.1:{port}/"),
        format!("https://[::1]:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
        format!("https://localhost:{port}/"),
        format!("https://LOCALHOST.:{port}/"),
        format!("https://user@127.0.0.1:{port}/"),
        "https://169.254.169.254/latest/meta-data".to_owned(),
        "https://10.0.0.1/".to_owned(),
        format!("http://127.0.0.1:{port}/"),
        "http://www.example.com/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "ftp://www.example.com/".to_owned(),
    ];
    let urls: Vec<String> = urls.into_iter().chain(spellings(port)).collect();
    assert!(urls.len() >= 200, "{}", urls.len());
    for url in urls {
        let error = net.call(get(url.clone())).await.err();
        assert!(
            matches!(error, Some(NetError::NotSent(_))),
            "{url}: {error:?}"
        );
    }
    // Nobody knocked: the next one to connect is the first.
    let knock = TcpStream::connect(address).await.unwrap();
    let (_, peer) = listener.accept().await.unwrap();
    assert_eq!(peer, knock.local_addr().unwrap());
}

// Case: SS02
#[tokio::test]
async fn an_allowed_name_may_be_private() {
    let (address, request) = answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let net = HttpNet::new([("LocalHost".to_owned(), address.port())]).unwrap();
    let url = format!("http://localhost:{}/", address.port());
    assert_eq!(net.call(get(url)).await.unwrap().status, 200);
    request.await.unwrap();
}

/// Says something else each time it is asked, as a name does whose owner wants to get inside.
struct Fickle {
    answers: Mutex<Vec<Vec<IpAddr>>>,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Names for Fickle {
    async fn addresses(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        self.asked.lock().unwrap().push(name.to_owned());
        Ok(self.answers.lock().unwrap().remove(0))
    }
}

const INSIDE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 1));
/// Stands for an address outside, because a test has no real one.
const OUTSIDE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 2));

/// Two listeners on one port, the second of them outside.
async fn inside_and_outside_on_one_port() -> (TcpListener, TcpListener) {
    loop {
        let (address, inside) = listen().await;
        if let Ok(outside) = TcpListener::bind((OUTSIDE, address.port())).await {
            return (inside, outside);
        }
    }
}

/// Whether nobody knocked here: the next one to connect is the first.
async fn is_untouched(listener: &TcpListener) -> bool {
    let knock = TcpStream::connect(listener.local_addr().unwrap());
    let knock = knock.await.unwrap();
    let (_, peer) = listener.accept().await.unwrap();
    peer == knock.local_addr().unwrap()
}

// Case: SS02
#[tokio::test]
async fn what_was_judged_is_what_is_connected_to() {
    let (inside, outside) = inside_and_outside_on_one_port().await;
    let port = inside.local_addr().unwrap().port();
    let localhost: IpAddr = "::1".parse().unwrap();
    let mapped: IpAddr = "::ffff:127.0.0.1".parse().unwrap();
    let names = Arc::new(Fickle {
        answers: Mutex::new(vec![
            vec![OUTSIDE],
            vec![INSIDE],
            vec![INSIDE, localhost, mapped, OUTSIDE],
            vec![OUTSIDE, INSIDE],
            vec![localhost, mapped],
            vec![],
        ]),
        asked: Mutex::default(),
    });
    let guard = Guard::new(names.clone(), |address| address == OUTSIDE);
    let net = HttpNet::guarded([], guard).unwrap();
    let url = format!("https://wankelmut.example:{port}/");
    // Each answer is asked for once, and only who was judged to be outside hears of the call.
    for (call, is_outside) in [true, false, true].into_iter().enumerate() {
        let heard = async {
            if is_outside {
                let (mut socket, _) = outside.accept().await.unwrap();
                let mut hello = [0; 1];
                socket.read_exact(&mut hello).await.unwrap();
                assert_eq!(hello, [22], "a handshake begins");
            }
        };
        let (error, ()) = tokio::join!(net.call(get(url.clone())), heard);
        let error = error.err();
        assert!(
            matches!(error, Some(NetError::NotSent(_))),
            "{call}: {error:?}"
        );
        assert_eq!(names.asked.lock().unwrap().len(), call + 1);
    }
    assert!(is_untouched(&outside).await);
    // Nor is the inside the next best when nobody is there outside.
    drop(outside);
    for asked in [4, 5, 6] {
        let error = net.call(get(url.clone())).await.err();
        assert!(matches!(error, Some(NetError::NotSent(_))), "{error:?}");
        assert_eq!(names.asked.lock().unwrap().len(), asked);
    }
    assert!(is_untouched(&inside).await);
    let asked = names.asked.lock().unwrap();
    assert!(
        asked.iter().all(|name| name == "wankelmut.example"),
        "{asked:?}"
    );
}

/// Answers with this, and then with one byte after another, without end.
async fn dribbling(begin: &'static str, each: &'static [u8]) -> (SocketAddr, JoinHandle<()>) {
    let (address, listener) = listen().await;
    let dribbles = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        read_request(&mut socket).await;
        let mut pace = tokio::time::interval(std::time::Duration::from_millis(10));
        let mut sent = socket.write_all(begin.as_bytes()).await;
        while sent.is_ok() {
            pace.tick().await;
            sent = socket.write_all(each).await;
        }
    });
    (address, dribbles)
}

// Case: SS05
#[tokio::test]
async fn a_slow_answer_ends_with_its_time() {
    for (begin, each) in [
        ("HTTP/1.1 200 OK\r\nx-a: ", &b"b"[..]),
        ("HTTP/1.1 200 OK\r\n", &b"x-a: b\r\n"[..]),
        ("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", &b"x"[..]),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            &b"1\r\nx\r\n"[..],
        ),
        ("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", &b"x"[..]),
    ] {
        let (address, dribbles) = dribbling(begin, each).await;
        let request = NetRequest {
            timeout_ms: 300,
            ..get(format!("http://{address}/"))
        };
        // Something comes all along, so only a bound of the whole ends it: without one the answer
        // would be complete, or too large, after some seconds.
        let error = allowing(address).call(request).await.err();
        let told = NetError::NoAnswer("it took too long".to_owned());
        assert_eq!(error, Some(told), "{begin:?}");
        // And the line is cut: who dribbles on finds nobody.
        dribbles.await.unwrap();
    }
}

// Case: SS05
#[tokio::test]
async fn compressed_answers_stay_as_they_came() {
    // Twenty bytes that claim to be compressed; nothing here unpacks them.
    let answer = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n\
                  01234567890123456789";
    for encoding in ["gzip", "deflate", "br", "zstd"] {
        let (address, request) = answering(&answer.replace("gzip", encoding)).await;
        let response = call(address).await.unwrap();
        assert_eq!(&response.body[..], b"01234567890123456789", "{encoding}");
        let asked = request.await.unwrap().to_ascii_lowercase();
        assert!(!asked.contains("accept-encoding"), "{asked}");
    }
}

// Case: IN05
#[tokio::test]
async fn a_header_cannot_smuggle_another() {
    let (address, listener) = listen().await;
    let request = NetRequest {
        headers: vec![("x-a".into(), "b\r\nx-c: d".into())],
        ..get(format!("http://{address}/"))
    };
    let error = allowing(address).call(request).await.err();
    assert!(matches!(error, Some(NetError::NotSent(_))), "{error:?}");
    drop(listener);
}

// Case: SS01, SS02
#[test]
fn inside_and_outside() {
    let inside = [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ];
    for address in inside {
        assert!(!is_public(address.parse().unwrap()), "{address}");
    }
    let outside = [
        "1.1.1.1",
        "100.63.0.1",
        "100.128.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.0.1.1",
        "192.167.0.1",
        "198.17.0.1",
        "198.20.0.1",
        "223.255.255.255",
        "2a00:1450:4001::1",
        "2606:4700::1111",
        "::ffff:1.1.1.1",
        "64:ff9b::1.1.1.1",
        "2002:101:101::1",
    ];
    for address in outside {
        assert!(is_public(address.parse().unwrap()), "{address}");
    }
}
