//! The page about retention says what the classes say.

// Check: BR-07
/// `UPDATE_DOCS=1 cargo test -p domain` writes the page anew.
#[test]
fn the_page_about_retention_is_up_to_date() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/retention.md");
    let fresh = domain::retention::reference_markdown();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(page, &fresh).unwrap();
    }
    let written = std::fs::read_to_string(page).unwrap();
    assert_eq!(written, fresh);
}
