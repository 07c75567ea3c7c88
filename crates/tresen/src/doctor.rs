//! `tresen doctor`: looks at an installation and says in one line each what is well and what is
//! not, without changing anything that matters.

use crate::config::{self, Config};
use crate::house::{Claim, OpenError, open_app};

/// Looks at everything; answers how many things are not well.
pub async fn run(config: &Config) -> u32 {
    let mut wrong = 0;
    let mut say = |well: bool, text: &str| {
        println!("{} {text}", if well { "ok  " } else { "BAD " });
        wrong += u32::from(!well);
    };
    let app = match open_app(config, Claim::Beside, String::new()).await {
        Ok(app) => app,
        Err(error) => {
            say(false, &sentence(&error));
            return wrong;
        }
    };
    say(true, "master key, key store and database belong together");
    match app.store().ping().await {
        Ok(()) => say(true, "the database answers"),
        Err(error) => say(false, &format!("the database does not answer: {error}")),
    }
    match app.setup_needed().await {
        Ok(false) => say(true, "an owner exists"),
        Ok(true) => say(
            false,
            "nobody owns this installation yet: start it and open the set-up link",
        ),
        Err(error) => say(false, &format!("the teammates cannot be read: {error}")),
    }
    match app.store().channels().await {
        Ok(channels) => {
            say(
                !channels.is_empty(),
                &format!("{} channels", channels.len()),
            );
            for channel in &channels {
                let active = channel.state == domain::channel::ChannelState::Active;
                let text = format!(
                    "channel {} ({}) is {}",
                    channel.id,
                    channel.kind.as_str(),
                    channel.state.as_str()
                );
                say(active, &text);
            }
        }
        Err(error) => say(false, &format!("the channels cannot be read: {error}")),
    }
    match app.store().job_counts().await {
        Ok(counts) => {
            let stuck = counts
                .iter()
                .find(|(state, _)| state == "quarantined")
                .map_or(0, |(_, n)| *n);
            say(stuck == 0, &format!("{stuck} jobs wait for a person"));
        }
        Err(error) => say(false, &format!("the jobs cannot be read: {error}")),
    }
    if config.database == config::Database::Sqlite && config.keys == config::Keys::DataDirectory {
        println!(
            "note the keys lie beside the data: a backup that takes both can be read by whoever finds it"
        );
    }
    app.store().clone().close().await;
    wrong
}

fn sentence(error: &OpenError) -> String {
    error.to_string()
}
