//! Every story runs on SQLite and on PostgreSQL, through public interfaces only.

mod chat;
mod session;
mod whatsapp;
