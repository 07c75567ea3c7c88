//! Attacks, by the cases of docs/security-cases.md.

mod callbacks;
mod chat;
mod doors;
mod effort;
mod files;
mod outside;
mod requests;

use serde_json::Value;

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

/// Every other value that differs from this secret in one place, or in its length.
fn almost(secret: &str) -> Vec<String> {
    let mut all: Vec<String> = (0..secret.len())
        .map(|at| {
            let mut bytes = secret.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'a' { b'b' } else { b'a' };
            String::from_utf8(bytes).expect("letters")
        })
        .collect();
    all.extend([
        String::new(),
        secret[..secret.len() - 1].to_owned(),
        format!("{secret}a"),
        format!("{secret}, {secret}"),
        secret.to_uppercase(),
        secret.chars().rev().collect(),
    ]);
    all.retain(|other| other != secret);
    all
}
