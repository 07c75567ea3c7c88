//! As much HTTP/1.1 as a load needs: whole requests go out, the end of an answer is found.

use std::net::SocketAddr;
use std::time::Instant;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::error::{Result, While, failed};
use crate::moment;

/// What an answer's head says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub status: u16,
    /// Bytes of the head, its empty line included.
    pub length: usize,
    pub body: usize,
}

/// The head at the beginning of these bytes, once it is there as a whole.
#[must_use]
pub fn head(bytes: &[u8]) -> Option<Head> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..end]).ok()?;
    let status = text.split(' ').nth(1)?.parse().ok()?;
    let body = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or(0);
    Some(Head {
        status,
        length: end,
        body,
    })
}

/// An answer that passed by.
#[derive(Debug, Clone, Copy)]
pub struct Streamed {
    pub status: u16,
    pub bytes: usize,
    /// When its head was there.
    pub first: Instant,
}

/// A kept-alive connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// # Errors
    /// When nobody listens.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await.doing("connecting")?;
        stream.set_nodelay(true).doing("connecting")?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(4_096),
        })
    }

    /// Sends one request and reads its answer; the body is handed out.
    ///
    /// # Errors
    /// When the connection ends.
    pub async fn call(&mut self, request: &[u8]) -> Result<(u16, Vec<u8>)> {
        let head = self.exchange(request).await?;
        let end = head.length + head.body;
        let body = self.buffer[head.length..end].to_vec();
        self.buffer.drain(..end);
        Ok((head.status, body))
    }

    /// Sends one request; answers the status.
    ///
    /// # Errors
    /// When the connection ends.
    pub async fn status(&mut self, request: &[u8]) -> Result<u16> {
        let head = self.exchange(request).await?;
        self.buffer.drain(..head.length + head.body);
        Ok(head.status)
    }

    /// Sends one request and lets its answer pass by, which comes in chunks.
    ///
    /// # Errors
    /// When the connection ends before the answer does.
    pub async fn stream(&mut self, request: &[u8]) -> Result<Streamed> {
        let head = self.exchange(request).await?;
        let first = moment::now();
        self.buffer.drain(..head.length);
        let mut bytes = 0;
        loop {
            let end = self.until_line().await?;
            let line = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
            let size = usize::from_str_radix(line.trim(), 16);
            let size = size.map_err(|error| failed("reading a chunk", error))?;
            // The chunk, and the end of its line.
            let whole = end + size + 2;
            while self.buffer.len() < whole {
                self.more().await?;
            }
            self.buffer.drain(..whole);
            if size == 0 {
                let status = head.status;
                return Ok(Streamed {
                    status,
                    bytes,
                    first,
                });
            }
            bytes += size;
        }
    }

    /// Where the first line ends, its end included.
    async fn until_line(&mut self) -> Result<usize> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|two| two == b"\r\n") {
                return Ok(end + 2);
            }
            self.more().await?;
        }
    }

    async fn more(&mut self) -> Result<()> {
        let doing = "reading a stream";
        if self.stream.read_buf(&mut self.buffer).await.doing(doing)? == 0 {
            return Err(failed(doing, "it closed the connection"));
        }
        Ok(())
    }

    async fn exchange(&mut self, request: &[u8]) -> Result<Head> {
        let doing = "asking the server";
        self.stream.write_all(request).await.doing(doing)?;
        loop {
            if let Some(head) = head(&self.buffer)
                && self.buffer.len() >= head.length + head.body
            {
                return Ok(head);
            }
            if self.stream.read_buf(&mut self.buffer).await.doing(doing)? == 0 {
                return Err(failed(doing, "it closed the connection"));
            }
        }
    }
}

/// A `GET` with an API token.
#[must_use]
pub fn get(path: &str, token: Option<&str>) -> Vec<u8> {
    let authorization = token.map_or_else(String::new, |token| {
        format!("authorization: Bearer {token}\r\n")
    });
    format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{authorization}\r\n").into_bytes()
}

/// A `POST` without a body, with an API token.
#[must_use]
pub fn post(path: &str, token: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\n\
         content-length: 0\r\n\r\n"
    )
    .into_bytes()
}

/// Fetches one document on a connection of its own.
///
/// # Errors
/// When the server does not answer 200.
pub async fn fetch(address: SocketAddr, path: &str, token: Option<&str>) -> Result<String> {
    let mut connection = Connection::open(address).await?;
    let (status, body) = connection.call(&get(path, token)).await?;
    let text = String::from_utf8(body).map_err(|error| failed("reading an answer", error))?;
    if status == 200 {
        Ok(text)
    } else {
        Err(failed(
            format!("fetching {path}"),
            format!("{status} {text}"),
        ))
    }
}

/// The sum of a metric over all its labels that contain `label`.
///
/// # Errors
/// When the server does not answer.
pub async fn metric(address: SocketAddr, name: &str, label: &str) -> Result<f64> {
    let text = fetch(address, "/metrics", None).await?;
    let values = text.lines().filter_map(|line| {
        let (labels, value) = line.strip_prefix(name)?.rsplit_once(' ')?;
        let named = labels.is_empty() || labels.starts_with('{');
        (named && labels.contains(label)).then(|| value.parse::<f64>().ok())?
    });
    Ok(values.sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_found_when_it_is_whole() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nx: y\r\n\r\nok";
        for cut in 0..answer.len() - 2 {
            assert_eq!(head(&answer[..cut]), None);
        }
        let whole = head(answer).unwrap();
        assert_eq!((whole.status, whole.body), (200, 2));
        assert_eq!(whole.length + whole.body, answer.len());
    }
}
