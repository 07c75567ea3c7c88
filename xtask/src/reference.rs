//! Pages that are written by the binary and kept in the checkout, so that everybody can read them
//! and a change shows up in review.

use std::fs;

use crate::place::Place;
use crate::process::{self, Failure};
use crate::{security, web};

const OPENAPI: &str = "web/packages/api/openapi.json";
const TYPES: &str = "web/packages/api/src/schema.d.ts";
const CONFIGURATION: &str = "docs/configuration.md";

pub fn openapi(place: &Place, check: bool) -> Result<(), Failure> {
    written_by(place, "openapi", OPENAPI, check)?;
    web::install_if_changed(place)?;
    types(place, check)
}

pub fn configuration(place: &Place, check: bool) -> Result<(), Failure> {
    written_by(place, "config-reference", CONFIGURATION, check)
}

/// Builds the binary (nothing to do when it is fresh) and takes what `tresen <command>` prints.
fn written_by(place: &Place, command: &str, file: &str, check: bool) -> Result<(), Failure> {
    web::make_page_folders(place)?;
    process::run(
        place
            .cargo()
            .args(["build", "--quiet", "--package", "tresen"]),
    )?;
    compare(place, command, file, check)
}

/// As above with a binary that is already there.
fn compare(place: &Place, command: &str, file: &str, check: bool) -> Result<(), Failure> {
    let fresh = process::output(place.command(place.binary("tresen")).arg(command))?;
    keep(place, file, &fresh, check, command)
}

/// The pages' types, made from the interface's document.
fn types(place: &Place, check: bool) -> Result<(), Failure> {
    let made = place.cache.join("schema.d.ts");
    process::run(
        place
            .npm(&["exec", "--no", "--", "openapi-typescript"])
            .arg(place.root.join(OPENAPI))
            .arg("--output")
            .arg(&made),
    )?;
    let fresh = fs::read_to_string(&made).map_err(|error| Failure::io(TYPES, &error))?;
    keep(place, TYPES, &fresh, check, "openapi")
}

/// Writes the page where it changed, or says that it did.
pub fn keep(
    place: &Place,
    file: &str,
    fresh: &str,
    check: bool,
    command: &str,
) -> Result<(), Failure> {
    let path = place.root.join(file);
    let kept = fs::read_to_string(&path).ok();
    if kept.as_deref() == Some(fresh) {
        println!("✓ {file} is up to date");
        return Ok(());
    }
    if check {
        return Err(Failure(format!(
            "{file} is not up to date; run `cargo xtask {command}`"
        )));
    }
    fs::write(&path, fresh).map_err(|error| Failure::io(file, &error))?;
    println!("✓ {file} is written");
    Ok(())
}

/// All of them, for `cargo xtask test`.
pub fn check_all(place: &Place) -> Result<(), Failure> {
    compare(place, "config-reference", CONFIGURATION, true)?;
    compare(place, "openapi", OPENAPI, true)?;
    security::cases(place, true)?;
    security::checks(place, true)?;
    types(place, true)
}
