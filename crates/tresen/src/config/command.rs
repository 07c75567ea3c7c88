//! The command line, built from the list of options.

use clap::{Arg, ArgAction, ArgMatches};
use domain::teammate::{Right, Role};

use super::options::{CONFIG_FLAG, CommandScope, OPTIONS, OptionSpec};
use super::problem::ConfigError;
use super::sources::Flags;
use crate::backup::{MakeRequest, TakeRequest};
use crate::verify::Request;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    Serve,
    Demo,
    UserAdd(UserAdd),
    UserList,
    /// Changes a teammate's role or standing.
    UserChange(UserChange),
    /// A new password for a teammate; it comes on stdin.
    UserPassword(String),
    TokenIssue(TokenIssue),
    TokenList,
    /// The id of the token.
    TokenRevoke(String),
    Doctor,
    Migrate,
    /// Takes a backup.
    Backup(MakeRequest),
    /// Looks at a backup by bringing it to life for a moment.
    BackupVerify(TakeRequest),
    /// Puts a backup in an empty place.
    Restore(TakeRequest),
    /// Judges a proof package.
    Verify(Request),
    /// Prints the OpenAPI document.
    Openapi,
    /// Prints the reference of all options.
    ConfigReference,
}

/// A new teammate; the password comes on stdin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserAdd {
    pub email: String,
    pub name: String,
    pub role: Role,
}

/// What changes for the teammate with this address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserChange {
    pub email: String,
    pub role: Option<Role>,
    pub disabled: Option<bool>,
}

/// A new API token for a teammate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenIssue {
    pub email: String,
    /// `None`: all rights of the teammate's role.
    pub scopes: Option<Vec<Right>>,
    /// `None`: it lasts until it is taken back.
    pub expires_after_ms: Option<i64>,
}

const SERVE_HELP: &str = "Run the desk and the chat";
const DEMO_HELP: &str = "Run an example company in a throw-away directory";

/// The whole command line.
pub fn command_line() -> clap::Command {
    clap::Command::new("tresen")
        .version(env!("CARGO_PKG_VERSION"))
        .about("A self-hosted customer-messaging desk")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(with_options("serve", CommandScope::Serve).about(SERVE_HELP))
        .subcommand(with_options("demo", CommandScope::Demo).about(DEMO_HELP))
        .subcommand(
            clap::Command::new("user")
                .about("Teammates")
                .subcommand_required(true)
                .arg_required_else_help(true)
                .subcommands(user_commands()),
        )
        .subcommand(
            clap::Command::new("token")
                .about("API tokens")
                .subcommand_required(true)
                .arg_required_else_help(true)
                .subcommands(token_commands()),
        )
        .subcommand(
            with_options("doctor", CommandScope::Installation)
                .about("Check the installation and say what is wrong"),
        )
        .subcommand(
            with_options("migrate", CommandScope::Installation)
                .about("Bring the database to this version"),
        )
        .subcommand(backup_command())
        .subcommand(
            take_options(with_options("restore", CommandScope::Installation))
                .about("Put a backup in an empty place"),
        )
        .subcommand(verify_command())
        .subcommand(clap::Command::new("openapi").about("Print the OpenAPI document"))
        .subcommand(
            clap::Command::new("config-reference").about("Print the reference of all options"),
        )
}

fn backup_command() -> clap::Command {
    let verify = take_options(with_options("verify", CommandScope::Installation))
        .arg(path("scratch", "DIRECTORY", "Where the copy is made for the look at it, and removed again [default: beside the backup]"))
        .about("Bring a backup to life for a moment and compare it with what was taken");
    with_options("backup", CommandScope::Installation)
        .about("Take a backup, also while the server works; content and keys in two files")
        .arg(
            path(
                "to",
                "DIRECTORY|FILE",
                "Where the content goes: a directory, or the name of a new file",
            )
            .required(true),
        )
        .arg(path(
            "keys-to",
            "DIRECTORY|FILE",
            "Where the keys go, apart from the content [default: beside it]",
        ))
        .subcommand_negates_reqs(true)
        .args_conflicts_with_subcommands(true)
        .subcommand(verify)
}

fn path(name: &'static str, value_name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value_name).help(help)
}

fn take_options(command: clap::Command) -> clap::Command {
    command
        .arg(path("from", "FILE", "The content file").required(true))
        .arg(path(
            "key-file",
            "FILE",
            "The key file, of this backup or a newer one [default: beside the content]",
        ))
        .arg(path(
            "master-key",
            "FILE",
            "The master key; it is in no backup [default: master.key of the installation]",
        ))
}

fn verify_command() -> clap::Command {
    clap::Command::new("verify")
        .about("Judge a proof package; needs no installation")
        .arg(
            Arg::new("package")
                .value_name("PACKAGE")
                .required(true)
                .help("The package, a ZIP file as it was handed out"),
        )
        .arg(
            Arg::new("key")
                .long("key")
                .value_name("KEY")
                .help("The company's public key (name+id+key), or a file with it"),
        )
        .arg(
            Arg::new("head")
                .long("head")
                .value_name("FILE")
                .action(ArgAction::Append)
                .help("A signed tree head that was kept; may be given several times"),
        )
}

fn user_commands() -> [clap::Command; 6] {
    let command = |name, about| with_options(name, CommandScope::Installation).about(about);
    let whom = || required("email", "E-MAIL", "The teammate's address");
    [
        command("add", "Add a teammate and print the id")
            .arg(required("email", "E-MAIL", "Address to sign in with"))
            .arg(required("name", "NAME", "Name that customers see"))
            .arg(role())
            .arg(password_stdin()),
        command(
            "list",
            "Print id, role, standing, address and name of everyone",
        ),
        command("role", "Change what a teammate may do")
            .arg(whom())
            .arg(role()),
        command(
            "disable",
            "Shut a teammate out: sessions, tokens and passkeys end at once",
        )
        .arg(whom()),
        command("enable", "Let a teammate in again").arg(whom()),
        command("password", "Set a new password; sessions and passkeys end")
            .arg(whom())
            .arg(password_stdin()),
    ]
}

fn role() -> Arg {
    let roles: Vec<&str> = Role::ALL.into_iter().map(Role::as_str).collect();
    required("role", "ROLE", "What the teammate may do")
        .value_parser(clap::builder::PossibleValuesParser::new(roles))
}

fn password_stdin() -> Arg {
    Arg::new("password-stdin")
        .long("password-stdin")
        .action(ArgAction::SetTrue)
        .required(true)
        .help("Read the password from stdin; it is taken in no other way")
}

fn token_commands() -> [clap::Command; 3] {
    let command = |name, about| with_options(name, CommandScope::Installation).about(about);
    let scopes: Vec<&str> = Right::ALL.into_iter().map(Right::scope).collect();
    let issue = command("issue", "Issue a token and print it, alone, on stdout")
        .arg(required(
            "email",
            "E-MAIL",
            "The teammate the token acts for",
        ))
        .arg(
            Arg::new("scopes")
                .long("scopes")
                .value_name("SCOPES")
                .value_delimiter(',')
                .value_parser(clap::builder::PossibleValuesParser::new(scopes))
                .help("Rights of the token, separated by commas [default: all of the role]"),
        )
        .arg(
            Arg::new("expires")
                .long("expires")
                .value_name("DURATION")
                .help("How long it lasts: 90d, 12h, 30m [default: until it is taken back]"),
        );
    [
        issue,
        command(
            "list",
            "Print id, address, end and scopes of every token; never a secret",
        ),
        command(
            "revoke",
            "Take a token back: it is worth nothing from then on",
        )
        .arg(required(
            "id",
            "ID",
            "The token's id, as `token list` prints it",
        )),
    ]
}

fn required(name: &'static str, value_name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name(value_name)
        .required(true)
        .help(help)
}

fn with_options(name: &'static str, scope: CommandScope) -> clap::Command {
    let config = Arg::new(CONFIG_FLAG)
        .long(CONFIG_FLAG)
        .value_name("FILE")
        .help("Configuration file [env: TRESEN_CONFIG] [default: ./tresen.toml if it exists]");
    OPTIONS
        .iter()
        .filter(|option| scope.takes(option.scope))
        .fold(clap::Command::new(name).arg(config), |command, option| {
            command.arg(argument(option))
        })
}

fn argument(option: &OptionSpec) -> Arg {
    let default = option
        .default
        .map(|default| format!(" [default: {default}]"))
        .unwrap_or_default();
    Arg::new(option.key)
        .long(option.flag())
        .value_name(option.value_name)
        .action(if option.repeatable {
            ArgAction::Append
        } else {
            ArgAction::Set
        })
        .help(format!(
            "{} [env: {}]{default}",
            option.help,
            option.variable()
        ))
}

/// The command, what it lets a person set, and what was set by flag.
pub fn understand(matches: &ArgMatches) -> Result<(Command, CommandScope, Flags), ConfigError> {
    let (name, matches) = matches
        .subcommand()
        .expect("the command line demands a subcommand");
    let (command, scope, options) = match name {
        "serve" => (Command::Serve, CommandScope::Serve, matches),
        "demo" => (Command::Demo, CommandScope::Demo, matches),
        "user" | "token" => {
            let (action, matches) = matches
                .subcommand()
                .expect("the command line demands an action");
            let command = if name == "user" {
                understand_user(action, matches)
            } else {
                understand_token(action, matches)?
            };
            (command, CommandScope::Installation, matches)
        }
        "backup" => match matches.subcommand() {
            Some((_, matches)) => {
                let command = Command::BackupVerify(understand_take(matches, true));
                (command, CommandScope::Installation, matches)
            }
            None => {
                let to = text(matches, "to").into();
                let keys_to = maybe_path(matches, "keys-to");
                let command = Command::Backup(MakeRequest { to, keys_to });
                (command, CommandScope::Installation, matches)
            }
        },
        "restore" => {
            let command = Command::Restore(understand_take(matches, false));
            (command, CommandScope::Installation, matches)
        }
        "doctor" => (Command::Doctor, CommandScope::Installation, matches),
        "migrate" => (Command::Migrate, CommandScope::Installation, matches),
        "verify" => {
            let command = Command::Verify(understand_verify(matches));
            (command, CommandScope::Nothing, matches)
        }
        "openapi" => (Command::Openapi, CommandScope::Nothing, matches),
        _ => (Command::ConfigReference, CommandScope::Nothing, matches),
    };
    Ok((command, scope, flags(options, scope)))
}

fn understand_verify(matches: &ArgMatches) -> Request {
    let heads = matches.get_many::<String>("head");
    Request {
        package: text(matches, "package").into(),
        key: matches.get_one::<String>("key").cloned(),
        heads: heads.into_iter().flatten().map(Into::into).collect(),
    }
}

fn maybe_path(matches: &ArgMatches, name: &str) -> Option<std::path::PathBuf> {
    matches.get_one::<String>(name).map(Into::into)
}

fn understand_take(matches: &ArgMatches, looks_only: bool) -> TakeRequest {
    TakeRequest {
        from: text(matches, "from").into(),
        key_file: maybe_path(matches, "key-file"),
        master_key: maybe_path(matches, "master-key"),
        scratch: looks_only.then(|| maybe_path(matches, "scratch")).flatten(),
    }
}

fn understand_user(action: &str, matches: &ArgMatches) -> Command {
    let role =
        || Role::parse(&text(matches, "role")).expect("the command line accepts only known roles");
    let change = |role, disabled| {
        Command::UserChange(UserChange {
            email: text(matches, "email"),
            role,
            disabled,
        })
    };
    match action {
        "add" => Command::UserAdd(UserAdd {
            email: text(matches, "email"),
            name: text(matches, "name"),
            role: role(),
        }),
        "role" => change(Some(role()), None),
        "disable" => change(None, Some(true)),
        "enable" => change(None, Some(false)),
        "password" => Command::UserPassword(text(matches, "email")),
        _ => Command::UserList,
    }
}

fn understand_token(action: &str, matches: &ArgMatches) -> Result<Command, ConfigError> {
    match action {
        "issue" => Ok(Command::TokenIssue(understand_issue(matches)?)),
        "revoke" => Ok(Command::TokenRevoke(text(matches, "id"))),
        _ => Ok(Command::TokenList),
    }
}

fn understand_issue(matches: &ArgMatches) -> Result<TokenIssue, ConfigError> {
    let scopes = matches.get_many::<String>("scopes").map(|scopes| {
        Right::ALL
            .into_iter()
            .filter(|right| scopes.clone().any(|scope| scope.as_str() == right.scope()))
            .collect()
    });
    let expires_after_ms = match matches.get_one::<String>("expires") {
        None => None,
        Some(given) => Some(duration_ms(given).ok_or_else(|| ConfigError::Value {
            place: "--expires".to_owned(),
            shown: format!("{given:?}"),
            expected:
                "a whole number of days, hours or minutes, such as 90d, 12h or 30m".to_owned(),
        })?),
    };
    Ok(TokenIssue {
        email: text(matches, "email"),
        scopes,
        expires_after_ms,
    })
}

fn duration_ms(text: &str) -> Option<i64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit_ms: i64 = match unit {
        "d" => 86_400_000,
        "h" => 3_600_000,
        "m" => 60_000,
        _ => return None,
    };
    let number: i64 = number.parse().ok().filter(|number| *number > 0)?;
    number.checked_mul(unit_ms)
}

fn text(matches: &ArgMatches, name: &str) -> String {
    matches
        .get_one::<String>(name)
        .expect("the command line demands this argument")
        .clone()
}

fn flags(matches: &ArgMatches, scope: CommandScope) -> Flags {
    let mut flags = Flags::new();
    if scope == CommandScope::Nothing {
        return flags;
    }
    let keys = OPTIONS
        .iter()
        .filter(|option| scope.takes(option.scope))
        .map(|option| option.key)
        .chain([CONFIG_FLAG]);
    for key in keys {
        if let Some(values) = matches.get_many::<String>(key) {
            flags.insert(key, values.cloned().collect());
        }
    }
    flags
}
