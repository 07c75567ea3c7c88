//! The pages: installed when the lock file changed, built when a source changed.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use crate::place::Place;
use crate::process::{self, Failure};

/// Folders that are made and not written.
const MADE: [&str; 6] = [
    "node_modules",
    "dist",
    "dist-judge",
    "dist-loader",
    "test-results",
    ".svelte-kit",
];
/// What the binary embeds; it does not compile without them.
const PAGES: [&str; 5] = [
    "desk/dist/index.html",
    "chat/dist/index.html",
    "chat/dist-loader/chat.js",
    "me/dist/index.html",
    "verify/dist/index.html",
];

/// No package runs a program of its own while it is installed.
pub fn install_command(place: &Place) -> std::process::Command {
    place.npm(&["ci", "--ignore-scripts"])
}

pub fn build_command(place: &Place) -> std::process::Command {
    place.npm(&["run", "build"])
}

/// Whether `npm ci` has anything to do.
pub fn is_installed(place: &Place) -> bool {
    read_stamp(place, "install") == Some(lock_stamp(place))
}

pub fn mark_installed(place: &Place) -> Result<(), Failure> {
    write_stamp(place, "install", lock_stamp(place))
}

fn lock_stamp(place: &Place) -> u64 {
    stamp(&place.web(), |path| path.ends_with("package-lock.json"))
}

fn source_stamp(place: &Place) -> u64 {
    stamp(&place.web(), |_| true)
}

pub fn mark_built(place: &Place) -> Result<(), Failure> {
    write_stamp(place, "build", source_stamp(place))
}

fn is_built(place: &Place) -> bool {
    PAGES.iter().all(|page| place.web().join(page).is_file())
        && read_stamp(place, "build") == Some(source_stamp(place))
}

pub fn install_if_changed(place: &Place) -> Result<(), Failure> {
    if is_installed(place) {
        return Ok(());
    }
    println!("▶ npm ci");
    process::run(&mut install_command(place))?;
    mark_installed(place)
}

/// For `run` and `build`.
pub fn build_if_changed(place: &Place) -> Result<(), Failure> {
    if is_built(place) {
        println!("✓ pages are up to date");
        return Ok(());
    }
    install_if_changed(place)?;
    println!("▶ npm run build");
    process::run(&mut build_command(place))?;
    mark_built(place)
}

/// Rust code compiles only when the folders it embeds exist, also before pages were ever built.
pub fn make_page_folders(place: &Place) -> Result<(), Failure> {
    PAGES.iter().try_for_each(|page| {
        let folder = place.web().join(page);
        fs::create_dir_all(folder.parent().unwrap_or(&folder))
            .map_err(|error| Failure::io("making the folders of the pages", &error))
    })
}

/// Stamps lie in `node_modules`: whoever deletes that wants everything anew.
fn stamp_file(place: &Place, name: &str) -> PathBuf {
    place
        .web()
        .join("node_modules")
        .join(format!(".tresen-{name}"))
}

fn read_stamp(place: &Place, name: &str) -> Option<u64> {
    fs::read_to_string(stamp_file(place, name))
        .ok()?
        .trim()
        .parse()
        .ok()
}

fn write_stamp(place: &Place, name: &str, stamp: u64) -> Result<(), Failure> {
    fs::write(stamp_file(place, name), stamp.to_string())
        .map_err(|error| Failure::io("keeping a stamp", &error))
}

/// A number that changes when a file below `folder` is changed, added, renamed or removed.
fn stamp(folder: &Path, wanted: impl Fn(&Path) -> bool) -> u64 {
    let mut files = BTreeMap::new();
    collect(folder, folder, &wanted, &mut files);
    let mut hasher = DefaultHasher::new();
    files.hash(&mut hasher);
    hasher.finish()
}

fn collect(
    root: &Path,
    folder: &Path,
    wanted: &impl Fn(&Path) -> bool,
    files: &mut BTreeMap<PathBuf, Vec<u8>>,
) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_made = MADE.iter().any(|made| path.ends_with(made));
        if path.is_dir() && !is_made && !path.is_symlink() {
            collect(root, &path, wanted, files);
        } else if path.is_file() && wanted(&path) {
            let name = path.strip_prefix(root).unwrap_or(&path).to_path_buf();
            // What cannot be read counts as empty; the build will say more about it.
            files.insert(name, fs::read(&path).ok().unwrap_or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_sees_every_change_of_a_source() {
        let folder = std::env::temp_dir().join(format!("xtask-web-{}", std::process::id()));
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::create_dir_all(folder.join("dist")).unwrap();
        let write = |path: &str, text: &str| fs::write(folder.join(path), text).unwrap();
        write("src/a.ts", "one");
        let now = || stamp(&folder, |_| true);
        let first = now();
        write("dist/a.js", "made");
        assert_eq!(now(), first, "what is made is no source");
        write("src/a.ts", "two");
        let changed = now();
        assert_ne!(changed, first);
        fs::rename(folder.join("src/a.ts"), folder.join("src/b.ts")).unwrap();
        let renamed = now();
        assert_ne!(renamed, changed);
        write("src/c.ts", "");
        assert_ne!(now(), renamed);
        assert_eq!(
            stamp(&folder, |path| path.ends_with("package-lock.json")),
            stamp(&folder.join("dist"), |path| path.ends_with("x"))
        );
        fs::remove_dir_all(&folder).unwrap();
    }
}
