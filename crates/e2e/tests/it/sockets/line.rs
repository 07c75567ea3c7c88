//! A line on which any bytes can be sent, and what came back on it.

use serde_json::Value;
use testkit::DEADLINE;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

pub const CONTINUATION: u8 = 0;
pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const CLOSE: u8 = 8;
pub const PING: u8 = 9;
pub const PONG: u8 = 10;

/// The first byte's bit that ends a message.
pub const FIN: u8 = 0x80;

/// A frame as a client sends it: masked. `head` is the whole first byte.
pub fn frame(head: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let mut bytes = vec![head];
    match payload.len() {
        length @ 0..=125 => bytes.push(0x80 | length as u8),
        length @ 126..=0xffff => {
            bytes.push(0x80 | 126);
            bytes.extend((length as u16).to_be_bytes());
        }
        length => {
            bytes.push(0x80 | 127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes.extend(MASK);
    let masked = payload.iter().zip(MASK.iter().cycle());
    bytes.extend(masked.map(|(byte, mask)| byte ^ mask));
    bytes
}

/// What the server said.
#[derive(Debug)]
pub enum Heard {
    Text(Value),
    Pong(Vec<u8>),
    Close(Option<u16>),
    /// The line was cut.
    End,
}

pub struct Line {
    stream: TcpStream,
}

impl Line {
    /// Opens a live socket by hand.
    pub async fn open(base: &str, path: &str, proof: &str) -> Self {
        let address = base.replace("http://", "");
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        // Every write is to arrive by itself.
        stream.set_nodelay(true).expect("an option");
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{proof}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.expect("it is sent");
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            let byte = timeout(DEADLINE, stream.read_u8()).await;
            answer.push(byte.expect("an answer in time").expect("an answer"));
        }
        let answer = String::from_utf8(answer).expect("text").to_lowercase();
        assert!(answer.starts_with("http/1.1 101 "), "{answer}");
        // The digest that RFC 6455 works out for the key above.
        let accept = "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=";
        assert!(answer.contains(accept), "{answer}");
        // Nothing was offered, so nothing may be agreed on.
        assert!(!answer.contains("sec-websocket-extensions"), "{answer}");
        Self { stream }
    }

    /// `false` when the server has cut the line already.
    pub async fn send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok()
    }

    async fn bytes(&mut self, length: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; length];
        let read = timeout(DEADLINE, self.stream.read_exact(&mut bytes)).await;
        read.expect("the server says something or ends")
            .ok()
            .map(|_| bytes)
    }

    /// The next thing the server says.
    pub async fn hear(&mut self) -> Heard {
        self.try_hear().await.unwrap_or(Heard::End)
    }

    async fn try_hear(&mut self) -> Option<Heard> {
        loop {
            let head = self.bytes(2).await?;
            assert_eq!(head[0] & 0x70, 0, "reserved bits of the server");
            assert_eq!(head[1] & 0x80, 0, "a server masks nothing");
            assert_eq!(head[0] & FIN, FIN, "our server sends whole messages");
            let length = match head[1] {
                126 => usize::from(u16::from_be_bytes(self.bytes(2).await?.try_into().ok()?)),
                127 => u64::from_be_bytes(self.bytes(8).await?.try_into().ok()?) as usize,
                length => usize::from(length),
            };
            let payload = self.bytes(length).await?;
            match head[0] & 0x0f {
                TEXT => {
                    return Some(Heard::Text(
                        serde_json::from_slice(&payload).expect("JSON in UTF-8"),
                    ));
                }
                PONG => return Some(Heard::Pong(payload)),
                PING => {
                    self.send(&frame(FIN | PONG, &payload)).await;
                }
                CLOSE => {
                    let code = payload.first_chunk().map(|code| u16::from_be_bytes(*code));
                    return Some(Heard::Close(code));
                }
                other => panic!("the server sent a frame of kind {other}"),
            }
        }
    }
}
