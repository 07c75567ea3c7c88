//! A throw-away PostgreSQL for tests, from the packages of the distribution.
//!
//! [`database`] hands out a fresh, empty database of one cluster per test process. The cluster
//! listens on a socket in a temporary directory only, so it cannot meet another one, and it is
//! stopped and removed when the process ends, also when it is killed. With
//! `TRESEN_TEST_POSTGRES=postgres://…` the databases are made on that server instead (its user
//! must be allowed to create databases).
//!
//! A missing PostgreSQL fails the test: a test that skips itself proves nothing.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The server to use instead of a throw-away one.
pub const OVERRIDE: &str = "TRESEN_TEST_POSTGRES";

const USER: &str = "tresen";
/// Small, but as durable as a real one. Plans must not depend on when statistics are gathered.
const SETTINGS: &str = "listen_addresses = ''
shared_buffers = 16MB
max_connections = 200
fsync = on
synchronous_commit = on
wal_level = minimal
max_wal_senders = 0
max_wal_size = 256MB
autovacuum = off
log_min_messages = warning
";

/// A database of its own for one test; dropped with this value.
#[derive(Debug)]
pub struct TestDatabase {
    /// The address, for the configuration of the program under test.
    pub url: String,
    name: String,
    server: String,
}

/// A fresh, empty database.
///
/// # Panics
/// When there is no PostgreSQL or it does not start.
pub fn database() -> TestDatabase {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    match std::env::var(OVERRIDE) {
        Ok(server) => TestDatabase::create(&server),
        Err(_) => SHARED.get_or_init(Cluster::start).database(),
    }
}

impl TestDatabase {
    fn create(server: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        // An earlier process with the same id may have been killed.
        psql(
            server,
            &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        );
        psql(server, &format!("CREATE DATABASE {name}"));
        TestDatabase {
            url: with_database(server, &name),
            name,
            server: server.to_owned(),
        }
    }

    /// Runs a statement in it, as the one who owns the server.
    ///
    /// # Panics
    /// When it fails.
    pub fn run(&self, sql: &str) {
        psql(&self.url, sql);
    }

    /// Asks it something; answers the rows as plain text.
    ///
    /// # Panics
    /// When it fails.
    #[must_use]
    pub fn ask(&self, sql: &str) -> String {
        let output = run(psql_command(&self.url, sql).arg("-tA"));
        String::from_utf8(output.stdout).expect("text")
    }

    /// Begins statements that may take long, in a session of somebody else.
    ///
    /// # Panics
    /// When there is no `psql`.
    #[must_use]
    pub fn session(&self, sql: &str) -> Session {
        let mut psql = psql_command(&self.url, sql);
        psql.stdin(Stdio::null()).stdout(Stdio::null());
        Session(psql.stderr(Stdio::null()).spawn().expect("psql starts"))
    }

    /// Somebody who waits for what a house claims this database by, and has it from the moment it
    /// is free.
    ///
    /// # Panics
    /// When there is no `psql`.
    #[must_use]
    pub fn heir(&self) -> Session {
        self.session(&format!(
            "SELECT pg_advisory_lock({CLAIM}); SELECT pg_sleep(600)"
        ))
    }

    /// Whether somebody waits for the claim.
    ///
    /// # Panics
    /// When it cannot be asked.
    #[must_use]
    pub fn has_heir(&self) -> bool {
        let waiting = self.ask(&format!("SELECT COUNT(*) {} AND NOT granted", claims()));
        waiting.trim() == "1"
    }

    /// Cuts the connection of whoever holds the claim, and with it the claim.
    ///
    /// # Panics
    /// When it cannot be asked.
    pub fn cut_claim(&self) {
        self.run(&format!(
            "SELECT pg_terminate_backend(pid) {} AND granted",
            claims()
        ));
    }
}

/// What a house claims its database by.
const CLAIM: i64 = 7_307_218_318_835;

/// The claim, split as the server shows it.
fn claims() -> String {
    format!(
        "FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
         AND CAST(CAST(classid AS BIGINT) << 32 | CAST(objid AS BIGINT) AS BIGINT) = {CLAIM}"
    )
}

/// Somebody else's session; its program ends with this value.
#[derive(Debug)]
pub struct Session(Child);

impl Drop for Session {
    fn drop(&mut self) {
        // It may have ended by itself.
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // A failure only leaves a database behind, and the server may be stopped by the test.
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropped = psql_command(&self.server, &sql).output();
        drop(dropped);
    }
}

/// A cluster of its own, for tests that stop the server. Others use [`database`].
#[derive(Debug)]
pub struct Cluster {
    directory: PathBuf,
    /// While its input is open the cluster lives; see [`start_guard`].
    guard: Child,
}

impl Cluster {
    /// Makes a cluster and starts it.
    ///
    /// # Panics
    /// When there is no PostgreSQL or it does not start.
    pub fn start() -> Self {
        let temporary = tempfile::Builder::new().prefix("tresen-pg-").tempdir();
        let directory = temporary.expect("a temporary directory").keep();
        let guard = start_guard(&directory);
        if is_root() {
            let mut chown = Command::new("chown");
            run(chown.arg("-R").arg(server_user()).arg(&directory));
        }
        let data = directory.join("data");
        let mut initdb = as_server_user(&tool("initdb"));
        initdb.args([
            "--no-sync",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ]);
        run(initdb.arg("-U").arg(USER).arg("-D").arg(&data));
        let settings = format!(
            "{SETTINGS}unix_socket_directories = '{}'\n",
            directory.display()
        );
        std::fs::write(data.join("postgresql.auto.conf"), settings).expect("settings are written");
        let cluster = Cluster { directory, guard };
        cluster.restart();
        cluster
    }

    /// A fresh, empty database.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn database(&self) -> TestDatabase {
        TestDatabase::create(&self.url())
    }

    /// Stops the server as a crash would: connections break, nothing is flushed.
    ///
    /// # Panics
    /// When it does not stop.
    pub fn crash(&self) {
        self.stop_by("immediate");
    }

    /// Stops the server as an upgrade does: connections are ended, everything is flushed.
    ///
    /// # Panics
    /// When it does not stop.
    pub fn stop(&self) {
        self.stop_by("fast");
    }

    fn stop_by(&self, mode: &str) {
        let mut stop = as_server_user(&tool("pg_ctl"));
        run(stop.args(["stop", "-w", "-m", mode, "-D"]).arg(self.data()));
    }

    /// Kills the first process of the server. The others notice it a little later.
    ///
    /// # Panics
    /// When it does not run.
    pub fn kill(&self) {
        let file = std::fs::read_to_string(self.data().join("postmaster.pid"));
        let file = file.expect("a running server notes its process");
        let first = file.lines().next().expect("it notes it first").trim();
        run(Command::new("kill").args(["-KILL", first]));
    }

    /// Once all processes of a killed server have ended, removes the files that name it: whoever
    /// is to collect the dead may be late, and until then these files keep the next server from
    /// starting. Answers whether they have ended.
    ///
    /// # Panics
    /// When the server was not killed.
    pub fn clear_away(&self) -> bool {
        if any_process_in(&self.data()) {
            return false;
        }
        let marks = ["data/postmaster.pid", ".s.PGSQL.5432.lock"];
        for mark in marks.map(|mark| self.directory.join(mark)) {
            std::fs::remove_file(mark).expect("a killed server leaves its marks");
        }
        true
    }

    /// Starts the server again.
    ///
    /// # Panics
    /// When it does not start.
    pub fn restart(&self) {
        let log = self.directory.join("log");
        let mut start = as_server_user(&tool("pg_ctl"));
        start.args(["start", "-w", "-s", "-D"]).arg(self.data());
        // The server inherits the output of `pg_ctl`, so it must not be a pipe that is read to
        // its end.
        start.arg("-l").arg(&log);
        start
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let status = start.status().expect("pg_ctl can be run");
        if !status.success() {
            let told = std::fs::read_to_string(&log).unwrap_or_else(|_| "no log".to_owned());
            let last: Vec<&str> = told.lines().rev().take(10).collect();
            panic!(
                "PostgreSQL did not start; its last words, newest first: {}",
                last.join("\n")
            );
        }
    }

    /// The address of the maintenance database.
    pub fn url(&self) -> String {
        let host = self.directory.display().to_string().replace('/', "%2F");
        format!("postgres://{USER}@{host}/postgres")
    }

    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        // It has stopped the server and removed the files when it ends.
        let ended = self.guard.wait();
        drop(ended);
    }
}

/// Everything in a database as `pg_dump` writes it.
///
/// # Panics
/// When there is no `pg_dump` or it fails.
pub fn dump(url: &str) -> Vec<u8> {
    run(Command::new(tool("pg_dump")).arg("--dbname").arg(url)).stdout
}

/// Starts a process that waits until this one has ended, however it ends, and then stops the
/// server and removes its files.
fn start_guard(directory: &Path) -> Child {
    let script = "cat >/dev/null; \"$@\"; rm -rf \"$TRESEN_PG_DIRECTORY\"";
    let mut stop = as_server_user(&tool("pg_ctl"));
    stop.args(["stop", "-w", "-s", "-m", "immediate", "-D"])
        .arg(directory.join("data"));
    let mut guard = Command::new("/bin/sh");
    guard
        .args(["-c", script, "guard"])
        .arg(stop.get_program())
        .args(stop.get_args());
    guard.env("TRESEN_PG_DIRECTORY", directory);
    guard
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // Out of the group that a terminal interrupts.
    let guard = guard.process_group(0);
    guard.spawn().expect("the guard can be started")
}

/// PostgreSQL refuses to run as root.
fn as_server_user(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    let user = server_user();
    command
        .arg(format!("--reuid={user}"))
        .arg(format!("--regid={}", group_of(user)));
    command.arg("--clear-groups").arg("--").arg(program);
    // The directory of the caller may be closed to that user.
    command.current_dir("/");
    command
}

/// Whether a process works in this directory, as those of a server do in that of its data.
fn any_process_in(directory: &Path) -> bool {
    let processes = std::fs::read_dir("/proc").expect("/proc is mounted");
    processes.flatten().any(|process| {
        // Those of others cannot be looked at, and one that just ended has none.
        std::fs::read_link(process.path().join("cwd")).is_ok_and(|place| place == directory)
    })
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self")
        .map(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
        .expect("/proc is mounted")
}

fn server_user() -> &'static str {
    static USER: OnceLock<bool> = OnceLock::new();
    let exists = USER.get_or_init(|| {
        let users = std::fs::read_to_string("/etc/passwd").expect("/etc/passwd can be read");
        users.lines().any(|line| line.starts_with("postgres:"))
    });
    if *exists { "postgres" } else { "nobody" }
}

fn group_of(user: &str) -> &'static str {
    if user == "postgres" {
        "postgres"
    } else {
        "nogroup"
    }
}

/// A program of the newest PostgreSQL that is installed.
fn tool(name: &str) -> PathBuf {
    let newest = std::fs::read_dir("/usr/lib/postgresql")
        .ok()
        .and_then(|versions| {
            let numbered = versions.flatten().filter_map(|version| {
                let number: u32 = version.file_name().to_str()?.parse().ok()?;
                let program = version.path().join("bin").join(name);
                program.exists().then_some((number, program))
            });
            numbered.max()
        });
    match newest {
        Some((_, program)) => program,
        None => panic!(
            "no {name} in /usr/lib/postgresql: install PostgreSQL (apt-get install postgresql) or \
             name a server in {OVERRIDE}"
        ),
    }
}

fn psql_command(url: &str, sql: &str) -> Command {
    let mut psql = Command::new("psql");
    psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql]);
    psql.env("PGOPTIONS", "-c client_min_messages=warning");
    psql
}

fn psql(url: &str, sql: &str) {
    run(&mut psql_command(url, sql));
}

fn run(command: &mut Command) -> Output {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{command:?} cannot be run: {error}"));
    assert!(
        output.status.success(),
        "{command:?} failed: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// The address of another database of the same server.
fn with_database(server: &str, name: &str) -> String {
    let (address, options) = match server.split_once('?') {
        Some((address, options)) => (address, format!("?{options}")),
        None => (server, String::new()),
    };
    let authority = address.find("://").map_or(0, |scheme| scheme + 3);
    let end = address[authority..].find('/');
    let end = end.map_or(address.len(), |end| authority + end);
    format!("{}/{name}{options}", &address[..end])
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn the_database_of_an_address_is_replaced() {
        let cases = [
            ("postgres://u@h/a", "postgres://u@h/t"),
            ("postgres://u@h", "postgres://u@h/t"),
            ("postgres://u:p@h:5432/a?x=1", "postgres://u:p@h:5432/t?x=1"),
            (
                "postgres://u@%2Ftmp%2Fx/postgres",
                "postgres://u@%2Ftmp%2Fx/t",
            ),
        ];
        for (given, wanted) in cases {
            assert_eq!(with_database(given, "t"), wanted);
        }
    }
}
