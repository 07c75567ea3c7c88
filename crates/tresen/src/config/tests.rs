//! The configuration as a person meets it: what beats what, and what an error says.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use domain::teammate::{Right, Role};

use super::options::OPTIONS;
use super::*;
use crate::backup::{MakeRequest, TakeRequest};

const SECRET: &str = "hunter2-canary";

fn parse_with(
    arguments: &[&str],
    environment: &[(&str, &str)],
    file: Option<&str>,
) -> Result<Invocation, Stop> {
    let arguments = std::iter::once("tresen")
        .chain(arguments.iter().copied())
        .map(OsString::from);
    let environment: BTreeMap<String, String> = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let read_file = |path: &Path| match file {
        Some(text) if path == Path::new(DEFAULT_FILE) => Ok(text.to_owned()),
        _ => Err(Error::new(ErrorKind::NotFound, "no such file")),
    };
    parse(arguments, &environment, &read_file)
}

fn config_of(arguments: &[&str], environment: &[(&str, &str)], file: Option<&str>) -> Config {
    match parse_with(arguments, environment, file) {
        Ok(invocation) => invocation.config,
        Err(stop) => panic!("should be accepted: {stop:?}"),
    }
}

fn error_of(arguments: &[&str], environment: &[(&str, &str)], file: Option<&str>) -> String {
    match parse_with(arguments, environment, file) {
        Err(stop @ Stop::Wrong(_)) => {
            assert_eq!(stop.exit_code(), 2);
            let Stop::Wrong(error) = stop else {
                unreachable!()
            };
            error.to_string()
        }
        Err(Stop::Show(text)) => panic!("showed {text:?} instead of refusing"),
        Ok(_) => panic!("should be refused"),
    }
}

#[test]
fn serve_needs_nothing() {
    let config = config_of(&["serve"], &[], None);
    assert_eq!(config.data, PathBuf::from("./data"));
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert!(config.database == Database::Sqlite);
    assert_eq!(config.sqlite_file(), PathBuf::from("./data/tresen.db"));
    assert_eq!(config.keys_directory(), PathBuf::from("./data/keys"));
    assert_eq!(config.blobs_directory(), PathBuf::from("./data/blobs"));
    assert!(config.public_url.is_none());
    assert!(config.allow_private_net.is_empty());
}

#[test]
fn every_option_is_a_flag_a_variable_and_a_key_in_this_order() {
    let file = "listen = \"127.0.0.1:3\"\n";
    let variable = [("TRESEN_LISTEN", "127.0.0.1:2")];
    let flag = ["serve", "--listen", "127.0.0.1:1"];
    let port = |config: Config| config.listen.port();
    assert_eq!(port(config_of(&flag, &variable, Some(file))), 1);
    assert_eq!(port(config_of(&["serve"], &variable, Some(file))), 2);
    assert_eq!(port(config_of(&["serve"], &[], Some(file))), 3);
    assert_eq!(port(config_of(&["serve"], &[], Some(""))), 8080);
    let empty = [("TRESEN_LISTEN", "")];
    assert_eq!(port(config_of(&["serve"], &empty, Some(file))), 3);
}

/// A value that every option accepts, beside its default, so that a new option is not forgotten.
fn example(key: &str) -> &'static str {
    match key {
        "data" => "/srv/tresen",
        "listen" => "[::1]:9000",
        "public_url" => "https://chat.example.com",
        "database" => "postgres://tresen:pw@db.example.com/tresen",
        "keys" => "/srv/keys",
        "blobs" => "/srv/blobs",
        "bus" => "local",
        "allow_private_net" => "127.0.0.1:9000",
        "metrics" => "public",
        "trusted_proxies" => "10.0.0.0/8",
        "log_format" => "json",
        "log_level" => "warn,app=debug",
        other => panic!("give an example for {other}"),
    }
}

#[test]
fn every_option_is_accepted_from_every_place_and_named_when_wrong() {
    for option in OPTIONS {
        let (flag, variable, value) = (
            format!("--{}", option.flag()),
            option.variable(),
            example(option.key),
        );
        config_of(&["serve", &flag, value], &[], None);
        config_of(&["serve"], &[(&variable, value)], None);
        config_of(
            &["serve"],
            &[],
            Some(&format!("{} = {value:?}", option.key)),
        );
        // No option accepts this one.
        let wrong = "gopher://";
        for (error, place) in [
            (error_of(&["serve", &flag, wrong], &[], None), flag.clone()),
            (
                error_of(&["serve"], &[(&variable, wrong)], None),
                variable.clone(),
            ),
            (
                error_of(
                    &["serve"],
                    &[],
                    Some(&format!("\n{} = {wrong:?}", option.key)),
                ),
                format!("`{}` in tresen.toml, line 2", option.key),
            ),
        ] {
            assert!(error.contains(&place), "{error}");
            assert!(error.contains(option.expected), "{error}");
            assert_eq!(error.contains(wrong), !option.secret, "{error}");
            assert_eq!(error.lines().count(), 1, "{error}");
        }
    }
}

#[test]
fn an_error_says_what_is_wrong_and_what_would_be_right() {
    assert_eq!(
        error_of(&["serve"], &[("TRESEN_LISTEN", "8080")], None),
        "the variable TRESEN_LISTEN is \"8080\", which does not work: give an IP address and a \
         port, such as 127.0.0.1:8080 or [::]:8080"
    );
}

#[test]
fn the_file_is_checked() {
    let typo = error_of(&["serve"], &[], Some("data = \"x\"\nlistn = \"y\""));
    assert_eq!(
        typo,
        "tresen.toml, line 2: `listn` is not an option; did you mean `listen`?"
    );
    let strange = error_of(&["serve"], &[], Some("colour = \"red\""));
    assert!(strange.contains("public_url"), "{strange}");
    let number = error_of(&["serve"], &[], Some("listen = 8080"));
    assert_eq!(
        number,
        "tresen.toml, line 1: `listen` must be a text in quotes"
    );
    let broken = error_of(&["serve"], &[], Some("listen = \"x\"\n= 3"));
    assert!(broken.starts_with("tresen.toml, line 2: "), "{broken}");
    let missing = error_of(&["serve", "--config", "other.toml"], &[], None);
    assert!(missing.contains("other.toml cannot be read"), "{missing}");
}

// Case: OP05
#[test]
fn secrets_are_never_shown() {
    let url = format!("postgress://u:{SECRET}@db.example.com/x");
    let file = format!("database = \"{url}");
    for error in [
        error_of(&["serve", "--database", &url], &[], None),
        error_of(&["serve"], &[("TRESEN_DATABASE", &url)], None),
        error_of(&["serve"], &[], Some(&file)),
        error_of(&["serve", "--keys", &url], &[], None),
    ] {
        assert!(!error.contains(SECRET), "{error}");
    }
}

// Case: OP06, PL03
#[test]
fn keys_never_lie_beside_what_they_open() {
    let url = "postgres://u:p@db.example.com/house";
    let error = error_of(&["serve", "--database", url, "--keys", url], &[], None);
    assert!(error.starts_with("--keys is set to"), "{error}");
    let apart = "postgres://u:p@db.example.com/keys";
    let config = config_of(&["serve", "--database", url, "--keys", apart], &[], None);
    assert!(matches!(config.keys, Keys::Postgres(_)));
}

#[test]
fn what_comes_later_is_said() {
    for (flag, value) in [("--blobs", "s3://bucket"), ("--bus", "nats://127.0.0.1")] {
        let error = error_of(&["serve", flag, value], &[], None);
        assert!(error.contains("later version"), "{error}");
    }
}

#[test]
fn lists_come_from_all_places() {
    let hosts = |config: Config| {
        config
            .allow_private_net
            .iter()
            .map(|place| format!("{} {}", place.host, place.port))
            .collect::<Vec<_>>()
    };
    let flags = [
        "serve",
        "--allow-private-net",
        "127.0.0.1:1",
        "--allow-private-net",
        "[::1]:2",
    ];
    assert_eq!(
        hosts(config_of(&flags, &[], None)),
        ["127.0.0.1 1", "::1 2"]
    );
    let variable = [("TRESEN_ALLOW_PRIVATE_NET", "A.internal:1, b:2")];
    assert_eq!(
        hosts(config_of(&["serve"], &variable, None)),
        ["a.internal 1", "b 2"]
    );
    let file = "allow_private_net = [\"c:3\", \"d:4\"]";
    assert_eq!(
        hosts(config_of(&["serve"], &[], Some(file))),
        ["c 3", "d 4"]
    );
    let twice = error_of(
        &["serve", "--listen", "127.0.0.1:1", "--listen", "x"],
        &[],
        None,
    );
    assert!(twice.contains("--listen"), "{twice}");
}

// Case: OP06
#[test]
fn the_public_url_is_an_origin() {
    let url = |text: &str| {
        config_of(&["serve", "--public-url", text], &[], None)
            .public_url
            .expect("given")
    };
    let secure = url("https://Chat.Example.com/");
    assert_eq!(secure.origin(), "https://chat.example.com");
    assert_eq!(secure.host(), "chat.example.com");
    assert!(secure.is_secure());
    let plain = url("http://chat.example.com:8080");
    assert_eq!(plain.origin(), "http://chat.example.com:8080");
    assert!(!plain.is_secure());
    for wrong in [
        "chat.example.com",
        "ftp://chat.example.com",
        "https://chat.example.com/desk",
        "https://user@chat.example.com",
        "https://chat.example.com/?a",
    ] {
        error_of(&["serve", "--public-url", wrong], &[], None);
    }
    let unnamed = config_of(&["serve"], &[], None);
    let bound = "127.0.0.1:4711".parse().expect("an address");
    assert_eq!(
        unnamed.public_url_at(bound).origin(),
        "http://localhost:4711"
    );
}

#[test]
fn a_misspelt_keyword_does_not_become_a_directory() {
    for option in ["--keys", "--blobs"] {
        error_of(&["serve", option, "date"], &[], None);
    }
    assert!(
        config_of(&["serve", "--blobs", "./files"], &[], None).blobs
            == Blobs::Directory(PathBuf::from("./files"))
    );
}

#[test]
fn the_demo_never_touches_the_real_installation() {
    let environment = [
        ("TRESEN_DATA", "/srv/tresen"),
        ("TRESEN_DATABASE", "postgres://u:p@db.example.com/x"),
        ("TRESEN_LISTEN", "127.0.0.1:0"),
    ];
    let config = config_of(&["demo"], &environment, Some("blobs = \"/srv/blobs\""));
    assert!(config.database == Database::Sqlite);
    assert!(config.blobs == Blobs::DataDirectory);
    assert_eq!(config.data, PathBuf::from("./data"));
    assert_eq!(config.listen.port(), 0);
    error_of(&["demo", "--data", "/srv/tresen"], &[], None);
}

fn command_of(arguments: &[&str]) -> Command {
    match parse_with(arguments, &[], None) {
        Ok(invocation) => invocation.command,
        Err(stop) => panic!("should be accepted: {stop:?}"),
    }
}

#[test]
fn commands_of_the_contract() {
    assert_eq!(command_of(&["serve"]), Command::Serve);
    assert_eq!(command_of(&["demo"]), Command::Demo);
    assert_eq!(command_of(&["doctor", "--data", "x"]), Command::Doctor);
    assert_eq!(command_of(&["migrate"]), Command::Migrate);
    assert_eq!(command_of(&["openapi"]), Command::Openapi);
    assert_eq!(command_of(&["config-reference"]), Command::ConfigReference);
    let user = [
        "user",
        "add",
        "--email",
        "a@example.com",
        "--name",
        "Ada",
        "--role",
        "works_council",
        "--password-stdin",
        "--data",
        "x",
    ];
    assert_eq!(
        command_of(&user),
        Command::UserAdd(UserAdd {
            email: "a@example.com".to_owned(),
            name: "Ada".to_owned(),
            role: Role::WorksCouncil,
        })
    );
    let token = [
        "token",
        "issue",
        "--email",
        "a@example.com",
        "--scopes",
        "conversations:write,conversations:read",
        "--expires",
        "90d",
    ];
    assert_eq!(
        command_of(&token),
        Command::TokenIssue(TokenIssue {
            email: "a@example.com".to_owned(),
            scopes: Some(vec![Right::ReadConversations, Right::WriteMessages]),
            expires_after_ms: Some(90 * 86_400_000),
        })
    );
    let forever = command_of(&["token", "issue", "--email", "a@example.com"]);
    assert_eq!(
        forever,
        Command::TokenIssue(TokenIssue {
            email: "a@example.com".to_owned(),
            scopes: None,
            expires_after_ms: None,
        })
    );
}

#[test]
fn backups_are_taken_looked_at_and_brought_back() {
    let taken = ["backup", "--to", "x", "--keys-to", "y", "--data", "z"];
    assert_eq!(
        command_of(&taken),
        Command::Backup(MakeRequest {
            to: "x".into(),
            keys_to: Some("y".into()),
        })
    );
    let request = TakeRequest {
        from: "x".into(),
        key_file: None,
        master_key: Some("m".into()),
        scratch: None,
    };
    let take = |command: &[&str]| {
        let more = ["--from", "x", "--master-key", "m"];
        command_of(&[command, &more].concat())
    };
    assert_eq!(take(&["restore"]), Command::Restore(request.clone()));
    assert_eq!(take(&["backup", "verify"]), Command::BackupVerify(request));
    for wrong in [&["backup"][..], &["restore"], &["backup", "verify"]] {
        let error = error_of(wrong, &[], None);
        assert!(
            error.contains("--to") || error.contains("--from"),
            "{error}"
        );
    }
}

#[test]
fn wrong_commands_end_with_two() {
    error_of(&[], &[], None);
    let command = error_of(&["sevre"], &[], None);
    assert_eq!(command.lines().count(), 1, "{command}");
    assert!(command.contains("serve"), "{command}");
    error_of(&["user", "add", "--email", "a@example.com"], &[], None);
    let role = error_of(
        &[
            "user",
            "add",
            "--email",
            "a@example.com",
            "--name",
            "A",
            "--role",
            "agent",
            "--password-stdin",
        ],
        &[],
        None,
    );
    assert!(role.contains("works_council"), "{role}");
    for expires in ["90", "d", "0d", "-1d", "3y", "99999999999999999d"] {
        let given = format!("--expires={expires}");
        let error = error_of(
            &["token", "issue", "--email", "a@example.com", &given],
            &[],
            None,
        );
        assert!(error.contains("90d"), "{error}");
    }
}

#[test]
fn help_and_version_are_not_errors() {
    for arguments in [&["--help"][..], &["serve", "--help"], &["--version"]] {
        match parse_with(arguments, &[], None) {
            Err(stop @ Stop::Show(_)) => assert_eq!(stop.exit_code(), 0),
            _ => panic!("{arguments:?} should show something"),
        }
    }
}

#[test]
fn help_and_reference_name_every_option() {
    let Err(Stop::Show(help)) = parse_with(&["serve", "--help"], &[], None) else {
        panic!("help is shown");
    };
    let page = reference_markdown();
    for option in OPTIONS {
        let flag = format!("--{}", option.flag());
        for text in [flag, option.variable()] {
            assert!(help.contains(&text), "{text} is missing in the help");
            assert!(page.contains(&text), "{text} is missing in the reference");
        }
    }
}

#[test]
fn every_line_of_the_reference_has_the_same_number_of_cells() {
    let page = reference_markdown();
    let rows: Vec<usize> = page
        .lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| line.replace("\\|", "").matches('|').count())
        .collect();
    assert_eq!(rows.len(), OPTIONS.len() + 2);
    assert!(rows.iter().all(|cells| *cells == rows[0]), "{rows:?}");
}

#[test]
fn the_proxies_of_a_house_that_names_none_are_on_its_own_machine() {
    let names = |config: Config| config.trusted_proxies;
    assert_eq!(
        names(config_of(&["serve"], &[], None)),
        http_edge::peer::Network::own_machine()
    );
    let variable = [("TRESEN_TRUSTED_PROXIES", "10.0.0.2, fd00::/8")];
    let named = names(config_of(&["serve"], &variable, None));
    assert_eq!(
        named.len(),
        2,
        "what is named takes the place of the default"
    );
    assert!(!named.iter().any(|net| net.contains([127, 0, 0, 1].into())));
}
