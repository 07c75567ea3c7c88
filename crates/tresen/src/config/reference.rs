//! `docs/configuration.md`, written from the list of options.

use std::fmt::Write as _;

use super::options::{OPTIONS, OptionSpec};

const HEAD: &str = "# Configuration

<!-- Written by `cargo xtask config-reference`. Change crates/tresen/src/config/options.rs. -->

Tresen starts without any configuration. Every option is a flag, a variable and a key of a TOML
file; the flag beats the variable, the variable beats the file, the file beats the default. The
file is `tresen.toml` in the working directory, or the one that `--config` or `TRESEN_CONFIG`
names. A wrong value ends the start with exit code 2 and one line that says what to change; an
unknown key in the file is a wrong value. An empty variable counts as absent, an unknown one is
ignored (container platforms set variables of their own).

| key | flag | variable | default | what it sets | a right value |
|---|---|---|---|---|---|
";

const TAIL: &str = "
`serve` takes all options. `user add`, `token issue`, `doctor` and `migrate` take those that say
where the installation is, and work beside a running server. `demo` runs in a directory of its own
and takes only the options of the server itself.

## Example

```toml
listen = \"0.0.0.0:8080\"
public_url = \"https://chat.example.com\"
data = \"/var/lib/tresen\"
log_format = \"json\"
```
";

/// The whole page.
#[must_use]
pub fn markdown() -> String {
    let mut page = HEAD.to_owned();
    for option in OPTIONS {
        page.push_str(&row(option));
    }
    page.push_str(TAIL);
    page
}

fn row(option: &OptionSpec) -> String {
    let cell = |text: &str| text.replace('|', "\\|");
    let mut row = String::new();
    // Writing to a String cannot fail.
    _ = writeln!(
        row,
        "| `{key}` | `--{flag} {value}` | `{variable}` | {default} | {help}{repeated} | {expected} |",
        key = option.key,
        flag = option.flag(),
        value = cell(option.value_name),
        variable = option.variable(),
        default = option
            .default
            .map_or_else(|| "–".to_owned(), |default| format!("`{default}`")),
        help = option.help,
        repeated = if option.repeatable {
            ". May be repeated; in the variable separated by commas, in the file a list"
        } else {
            ""
        },
        expected = cell(option.expected),
    );
    row
}
