//! Every story runs on SQLite and on PostgreSQL, through public interfaces only.

#![expect(clippy::too_many_lines, reason = "a story is read from top to bottom")]

mod attacks;
mod chat;
mod claim;
mod consent;
mod copies;
mod desk;
mod dump;
mod edge;
mod erasure;
mod headers;
mod inbound;
mod live;
mod matrix;
mod mine;
mod objection;
mod outbound;
mod repeats;
mod restriction;
mod rights;
mod search;
mod session;
mod sheet;
mod sockets;
mod statements;
mod whatsapp;
