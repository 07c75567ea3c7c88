//! Every story runs on SQLite and on PostgreSQL, through public interfaces only.

mod chat;
mod desk;
mod inbound;
mod live;
mod outbound;
mod session;
mod whatsapp;
