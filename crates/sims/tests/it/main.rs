//! The simulator seen from outside: a receiver of callbacks on one side, a sender of Graph calls on
//! the other. Time is frozen, so nothing here waits for a clock.

mod callbacks;
mod faults;
mod harness;
mod media;
mod people;
mod rules;
mod sending;
mod templates;
