//! Every place where bytes of strangers are understood, as a function over any bytes that holds
//! what must be true whatever comes. The fuzzer calls them for minutes (`cargo xtask fuzz`), an
//! ordinary test calls them with the seeds in `fuzz/corpus` and some thousand changes of them.

mod answers;
mod callbacks;
mod change;
mod files;
mod packages;
mod requests;
mod sockets;
mod words;

pub use change::Changes;

/// One parser under noise.
#[derive(Clone, Copy)]
pub struct Target {
    /// Also the name of its program in `fuzz/fuzz_targets` and of its folder in `fuzz/corpus`.
    pub name: &'static str,
    pub run: fn(&[u8]),
}

macro_rules! targets {
    ($($room:ident::$name:ident,)+) => {
        /// All of them.
        pub const TARGETS: &[Target] = &[
            $(Target { name: stringify!($name), run: $room::$name },)+
        ];
    };
}

targets! {
    callbacks::whatsapp_callback,
    callbacks::whatsapp_signature,
    callbacks::whatsapp_handshake,
    answers::provider_answer,
    files::picture,
    files::file_name,
    files::media_type,
    files::form,
    files::range,
    packages::package,
    packages::package_file,
    requests::cookies,
    requests::query,
    requests::forwarded,
    requests::json_body,
    sockets::live_frames,
    sockets::live_words,
    words::cursor,
    words::typed_id,
    words::language,
    words::moment,
    words::name_line,
    words::public_address,
    words::sensitive,
}

/// The target of this name.
///
/// # Panics
/// When there is none: a program in `fuzz/fuzz_targets` is misnamed.
pub fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    let target = target.unwrap_or_else(|| panic!("there is no target {name}"));
    (target.run)(bytes);
}

/// The input before the first zero byte, and behind it.
fn halves(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.iter().position(|byte| *byte == 0) {
        Some(place) => (&bytes[..place], &bytes[place + 1..]),
        None => (bytes, &[]),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
