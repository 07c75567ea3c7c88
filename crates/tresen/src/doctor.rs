//! `tresen doctor`: looks at an installation and says in one line each what is well and what is
//! not, without changing anything that matters.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use app::App;
use domain::channel::ChannelState;

use crate::config::{self, Config};
use crate::house::{Claim, OpenError, exists, open_app};

/// What was found so far.
#[derive(Default)]
struct Findings {
    wrong: u32,
}

impl Findings {
    fn say(&mut self, well: bool, text: &str) {
        println!("{} {text}", if well { "ok  " } else { "BAD " });
        self.wrong += u32::from(!well);
    }
}

fn note(text: &str) {
    println!("note {text}");
}

/// Looks at everything; answers how many things are not well.
pub async fn run(config: &Config) -> u32 {
    let mut found = Findings::default();
    if !exists(config) {
        let path = config.data.clone();
        found.say(false, &OpenError::Missing { path }.to_string());
        return found.wrong;
    }
    // Before it is opened, which closes it.
    let keys_open = is_open_to_others(&config.keys_directory());
    match open_app(config, Claim::Beside, String::new()).await {
        Ok(app) => {
            found.say(true, "master key, key store and database belong together");
            look_at_people(&app, &mut found).await;
            look_at_channels(&app, &mut found).await;
            look_at_jobs(&app, &mut found).await;
            app.store().clone().close().await;
        }
        Err(error) => found.say(false, &error.to_string()),
    }
    look_at_directories(config, keys_open, &mut found);
    look_at_address(config);
    found.wrong
}

async fn look_at_people(app: &App, found: &mut Findings) {
    match app.store().ping().await {
        Ok(()) => found.say(true, "the database answers"),
        Err(error) => found.say(false, &format!("the database does not answer: {error}")),
    }
    match app.setup_needed().await {
        Ok(false) => found.say(true, "an owner exists"),
        Ok(true) => found.say(
            false,
            "nobody owns this installation yet: start it and open the set-up link",
        ),
        Err(error) => found.say(false, &format!("the teammates cannot be read: {error}")),
    }
}

async fn look_at_channels(app: &App, found: &mut Findings) {
    let channels = match app.store().channels().await {
        Ok(channels) => channels,
        Err(error) => return found.say(false, &format!("the channels cannot be read: {error}")),
    };
    if channels.is_empty() {
        found.say(
            false,
            "there is no channel: the set-up link makes the own chat",
        );
    }
    for channel in &channels {
        let text = format!(
            "channel {} ({}) is {}",
            channel.id,
            channel.kind.as_str(),
            channel.state.as_str()
        );
        found.say(channel.state == ChannelState::Active, &text);
    }
}

async fn look_at_jobs(app: &App, found: &mut Findings) {
    let counts = match app.store().job_counts().await {
        Ok(counts) => counts,
        Err(error) => return found.say(false, &format!("the jobs cannot be read: {error}")),
    };
    let stuck = counts.iter().find(|(state, _)| state == "quarantined");
    match stuck.map_or(0, |(_, count)| *count) {
        0 => found.say(true, "no job waits for a person"),
        count => {
            let text = format!("{count} jobs failed too often and wait for a person: see the log");
            found.say(false, &text);
        }
    }
}

fn look_at_directories(config: &Config, keys_open: bool, found: &mut Findings) {
    found.say(
        !keys_open,
        if keys_open {
            "the keys' directory was open to others; it is closed now (mode 700)"
        } else {
            "the keys' directory is closed to others"
        },
    );
    if is_open_to_others(&config.data) {
        let shown = config.data.display();
        note(&format!(
            "the data directory can be entered by others: chmod 700 {shown}"
        ));
    }
    if config.database == config::Database::Sqlite && config.keys == config::Keys::DataDirectory {
        note(
            "the keys lie beside the data: a backup that takes both can be read by whoever finds it",
        );
    }
}

fn look_at_address(config: &Config) {
    match &config.public_url {
        None => note(
            "no --public-url was given to this command; a server without it is reached from its \
             own machine only, and its cookies are not Secure",
        ),
        Some(url) if !url.is_secure() => {
            note("the public address is not https: put a proxy with TLS in front, see the README");
        }
        Some(_) => {}
    }
}

fn is_open_to_others(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
}
