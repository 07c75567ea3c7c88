//! Simulated providers: programs that play the other side of a channel on loopback, with state and
//! types of their own. No crate of this workspace is imported here, so a mistake in a connector
//! cannot be repeated by the simulator that judges it.

pub mod whatsapp;
