//! What comes over a live socket.

use std::io::{Cursor, Read, Result, Write};

use http_edge::noise;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocket, WebSocketConfig};

use crate::text;

/// A line with these bytes on it, that swallows what is sent.
struct Line<'a>(Cursor<&'a [u8]>);

impl Read for Line<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Frames, with the bounds of our sockets: reading comes to an end, and nothing too long is taken.
pub fn live_frames(bytes: &[u8]) {
    let max = domain::limits::LIVE_FRAME_FROM_CLIENT_MAX;
    let config = WebSocketConfig::default()
        .read_buffer_size(1_024)
        .write_buffer_size(0)
        .max_message_size(Some(max))
        .max_frame_size(Some(max));
    let line = Line(Cursor::new(bytes));
    let mut socket = WebSocket::from_raw_socket(line, Role::Server, Some(config));
    let mut messages = 0;
    while let Ok(message) = socket.read() {
        assert!(message.len() <= max);
        messages += 1;
        assert!(messages <= bytes.len(), "messages out of nothing");
    }
}

/// What is said in a message.
pub fn live_words(bytes: &[u8]) {
    noise::said(&text(bytes));
}
