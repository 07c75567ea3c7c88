//! Callbacks as the platform sends them, and what each of their items means. `ANNA` is known by
//! her user id only, `BEN` by every kind of address.

use connectors::Whatsapp;
use ports::Connector as _;

use crate::rendered::lines;
use crate::stage::{fixture, settings};

const ANNA: &str = "[whatsapp_user_id:DE.77aa] (Anna Berg) @anna.b";
const BEN: &str = "[whatsapp_user_id:DE.88bb whatsapp_parent_user_id:DE.ENT.900 phone:+491713920010] (Ben Café ☕)";

#[track_caller]
fn assert_reads(name: &str, expected: &[&str]) {
    let read: Vec<String> = lines(&Whatsapp.parse(&settings(), &fixture(name)))
        .iter()
        .map(|line| line.replace(ANNA, "ANNA").replace(BEN, "BEN"))
        .collect();
    assert_eq!(read, expected, "{name}");
}

#[test]
fn the_account_speaks_in_notices_and_templates() {
    assert_reads(
        "account",
        &[
            r#"template versand Some("de") Some("APPROVED")"#,
            r#"template gruss Some("en_US") Some("REJECTED")"#,
            r#"template versand Some("de") None"#,
            r#"template versand Some("de") None"#,
            "account message_template_quality_update [versand de GREEN RED] Warning at Some(1795300500000)",
            "account account_update [ACCOUNT_RESTRICTION RESTRICTED_BIZ_INITIATED_MESSAGING] Warning at Some(1795300500000)",
            "account account_update [ACCOUNT_RESTRICTION RESTRICTED_CUSTOMER_INITIATED_MESSAGING] Blocking at Some(1795300500000)",
            "account account_update [DISABLED_UPDATE DISABLE] Blocking at Some(1795300500000)",
            "account account_update [DISABLED_UPDATE REINSTATE] Info at Some(1795300500000)",
            "account account_update [ACCOUNT_OFFBOARDED PRIMARY_INACTIVITY] Blocking at Some(1795300500000)",
            "account account_update [SOMETHING_NEW] Info at Some(1795300500000)",
            "account phone_number_quality_update [FLAGGED TIER_1K] Warning at Some(1795300500000)",
            "account phone_number_quality_update [UPGRADE max_daily_conversations_per_business=10000] Info at Some(1795300500000)",
            "account business_capability_update [max_daily_conversations_per_business=-1 max_phone_numbers_per_business=25] Info at Some(1795300500000)",
            "account account_alerts [CRITICAL ACTIVE OBA_APPROVED WABA] Warning at Some(1795300500000)",
            "account account_review_update [REJECTED] Blocking at Some(1795300500000)",
            "account phone_number_name_update [APPROVED] Info at Some(1795300500000)",
            "account security [PIN_CHANGED] Warning at Some(1795300500000)",
            "account errors [whatsapp_190] Blocking at None",
            "account errors [whatsapp_130429] Warning at None",
            "issue 20 error_without_code",
            "issue 21 other_account",
        ],
    );
}

#[test]
fn broken_items_stand_beside_good_ones() {
    assert_reads(
        "batch",
        &[
            r#"message wamid.1 Contact ANNA at 1795300000000 text="eins""#,
            "issue 1 message_without_sender",
            "issue 2 message_without_sender",
            r#"message wamid.2 Contact ANNA at 1795300000000 text="zwei""#,
            r#"message wamid.3 Contact [whatsapp_user_id:DE.88bb phone:+491713920010] at 1795300000000 text="drei""#,
            "receipt wamid.O1 Read at 1795300000000 ours=None error=None cost=None",
            "issue 6 status_without_id",
            "receipt wamid.O2 Read at 1795300000000 ours=None error=None cost=None",
            r#"message wamid.4 Contact BEN at 1795300000000 text="vier""#,
        ],
    );
}

#[test]
fn places_people_baskets_and_advertisements_become_cards() {
    assert_reads(
        "cards",
        &[
            "message wamid.C1 Contact ANNA at 1795300000000 <location card-location-name=Laden Mitte; card-location-address=Beispielstraße 1, Berlin; card-location-coordinates=52.5163, 13.3777 url=https://maps.example/x>",
            "message wamid.C2 Contact ANNA at 1795300000000 <location card-location-coordinates=52.5, 13>",
            "message wamid.C3 Contact ANNA at 1795300000000 <contacts card-contact-name=Carla Dorn; card-contact-organisation=Dorn GmbH; card-contact-phone=+49 171 3920012; card-contact-phone=491713920013; card-contact-email=carla@example.com; card-contact-website=https://dorn.example; card-contact-vcard=BEGIN:VCARD\nFN:Emil\nEND:VCARD; card-contact-name=Finn Gast>",
            r#"message wamid.C4 Contact ANNA at 1795300000000 text="bitte bis Freitag" <order card-order-item=2 × SKU-1, 9.9 EUR; card-order-item=1 × SKU-2; card-order-catalogue=cat1>"#,
            r#"message wamid.C5 Contact ANNA at 1795300000000 text="Gibt es das noch?" through <referral card-referral-headline=Winterschuhe; card-referral-body=Jetzt ansehen; card-referral-source=ad; card-referral-source-id=ad1; card-referral-welcome=Willkommen url=https://shop.example/ad>"#,
            r#"message wamid.C6 Contact ANNA at 1795300000000 text="Und dieses?" quote=wamid.CAT through <referral card-referral-product=SKU-3; card-order-catalogue=cat1>"#,
            "message wamid.C7 Contact ANNA at 1795300000000 <system card-system-welcome=>",
        ],
    );
}

#[test]
fn reactions_edits_and_deletions_name_their_target() {
    assert_reads(
        "changes",
        &[
            r#"reaction wamid.OURS Contact ANNA at 1795300000000 emoji=Some("👍")"#,
            "reaction wamid.OURS Contact ANNA at 1795300000000 emoji=None",
            "reaction wamid.OURS Contact ANNA at 1795300000000 emoji=None",
            "message wamid.R4 Contact ANNA at 1795300000000 <unsupported card-unsupported-type=reaction>",
            r#"edit wamid.T1 by wamid.E1 Contact ANNA at 1795300000000 text=Some("Größe 43!")"#,
            r#"edit wamid.M1 by wamid.E2 Contact ANNA at 1795300000000 text=Some("doch 43")"#,
            "edit wamid.M2 by wamid.E3 Contact ANNA at 1795300000000 text=None",
            "delete wamid.T1 Contact ANNA at 1795300000000",
        ],
    );
}

#[test]
fn the_vendors_app_echoes_and_hands_over_history() {
    assert_reads(
        "coexistence",
        &[
            r#"message wamid.X1 Echo BEN at 1795300500000 text="bis 16 Uhr""#,
            r#"edit wamid.X1 by wamid.X2 Echo BEN at 1795300501000 text=Some("bis 18 Uhr")"#,
            "delete wamid.X1 Echo BEN at 1795300502000",
            r#"reaction wamid.T2 Echo BEN at 1795300503000 emoji=Some("🙏")"#,
            "issue 4 message_without_sender",
            r#"message wamid.H1 History [phone:+491713920010] at 1785300000000 text="früher gefragt""#,
            r#"message wamid.H2 Echo [phone:+491713920010] at 1785300060000 text="früher geantwortet""#,
            "message wamid.H3 Echo [phone:+491713920010] at 1785300061000 <unsupported card-unsupported-type=media_placeholder>",
            r#"message wamid.H4 History [phone:+491713920010] at 1785300120000 text="mit Empfänger""#,
            "issue 9 empty_history_chunk",
            "account errors [whatsapp_2593109] Warning at None",
        ],
    );
}

#[test]
fn every_kind_of_file_is_named_for_a_later_fetch() {
    assert_reads(
        "media",
        &[
            r#"message wamid.M1 Contact ANNA at 1795300000000 text="Diesen Schuh in 42?" image:551 Some("image/jpeg") sum=true name=None"#,
            r#"message wamid.M2 Contact ANNA at 1795300000000 video:552 Some("video/mp4") sum=true name=None"#,
            r#"message wamid.M3 Contact ANNA at 1795300000000 text="die Rechnung" file:553 Some("application/pdf") sum=true name=Some("Rechnung März.pdf")"#,
            r#"message wamid.M4 Contact ANNA at 1795300000000 sticker:554 Some("image/webp") sum=true name=None"#,
            r#"message wamid.M5 Contact ANNA at 1795300000000 voice:555 Some("audio/ogg; codecs=opus") sum=true name=None"#,
            r#"message wamid.M6 Contact ANNA at 1795300000000 audio:556 Some("audio/mpeg") sum=true name=None"#,
            r#"message wamid.M7 Contact ANNA at 1795300000000 voice:557 Some("audio/ogg") sum=false name=None"#,
            "message wamid.M8 Contact ANNA at 1795300000000 <unsupported card-unsupported-type=image>",
        ],
    );
}

#[test]
fn what_is_not_understood_is_said_and_never_dropped() {
    assert_reads(
        "odd",
        &[
            "issue 0 unknown_field:flows",
            "issue 1 unknown_field:group_lifecycle_update",
            "issue 2 unknown_field:automatic_events",
            "issue 3 change_without_field",
            "issue 4 empty_change:messages",
            "issue 5 no_list:messages",
            r#"message wamid.Q1 Contact [whatsapp_user_id:DE.77aa] at 1795300000000 text="trotzdem""#,
            "issue 7 unknown_field:messages.wishes",
            "issue 8 group_message",
            "issue 9 message_without_sender",
            "issue 10 message_without_id",
            "issue 11 message_without_time",
            "issue 12 message_without_id",
            r#"message wamid.Q7 Contact [whatsapp_user_id:DE.77aa] at 1795300000000 text="mitNull""#,
            "issue 14 unknown_field:unprintable",
            "issue 15 no_changes",
            "issue 16 no_changes",
            "issue 17 no_changes",
        ],
    );
}

// Case: WH06
#[test]
fn another_number_is_never_mixed_in() {
    assert_reads(
        "other_number",
        &[
            "issue 0 other_number",
            "issue 1 other_number",
            "issue 2 other_number",
            r#"message wamid.N3 Contact ANNA at 1795300000000 text="für uns""#,
        ],
    );
}

#[test]
fn preferences_stop_and_resume() {
    assert_reads(
        "preferences",
        &[
            "preference BEN marketing_messages Stop at 1795300400000",
            "preference BEN marketing_messages Resume at 1795300401000",
            "preference BEN marketing_messages Resume at 1795300402000",
            "issue 3 unknown_preference:perhaps",
            "issue 4 preference_without_sender",
        ],
    );
}

#[test]
fn receipts_carry_state_cost_error_and_our_reference() {
    assert_reads(
        "statuses",
        &[
            r#"receipt wamid.O1 Sent at 1795300320000 ours=Some("msg_1") error=None cost=Some((true, "utility"))"#,
            "identity [phone:+491713920010] -> [whatsapp_user_id:DE.88bb] Linked at 1795300320000",
            r#"receipt wamid.O1 Delivered at 1795300322000 ours=None error=None cost=Some((false, "service"))"#,
            "receipt wamid.O1 Read at 1795300323000 ours=None error=None cost=None",
            "receipt wamid.O1 Read at 1795300324000 ours=None error=None cost=None",
            r#"receipt wamid.O2 Failed at 1795300321000 ours=Some("msg_2") error=Some(("whatsapp_131049", Recipient)) cost=None"#,
            r#"receipt wamid.O3 Failed at 1795300321000 ours=None error=Some(("whatsapp_unexplained", Recipient)) cost=None"#,
            "issue 6 unknown_status:deleted",
            "issue 7 group_status",
            "issue 8 status_without_id",
            "issue 9 status_without_time",
            r#"receipt wamid.O7 Failed at 1795300330000 ours=None error=Some(("whatsapp_131050", OptedOut)) cost=None"#,
        ],
    );
}

#[test]
fn identities_change_number_id_and_device() {
    assert_reads(
        "system",
        &[
            "identity [phone:+491713920010] -> [whatsapp_user_id:DE.99cc phone:+491713920099] ChangedNumber at 1795300000000",
            "identity [phone:+491713920010] -> [phone:+491713920098] ChangedNumber at 1795300001000",
            "identity [whatsapp_user_id:DE.77aa] -> [whatsapp_user_id:DE.77zz] ChangedUserId at 1795300002000",
            "identity [whatsapp_user_id:DE.77aa] -> [] ChangedDevice at 1795300003000",
            "message wamid.S5 Contact [whatsapp_user_id:DE.77aa] at 1795300004000 <system card-system-notice=Something else>",
            "message wamid.S6 Contact [whatsapp_user_id:DE.77aa] at 1795300005000 <system card-system-notice=number changed, new one hidden>",
            "identity [whatsapp_user_id:DE.77aa] -> [whatsapp_user_id:DE.77zz] ChangedUserId at 1795300010000",
            "identity [whatsapp_user_id:DE.77aa whatsapp_parent_user_id:DE.ENT.1 phone:+491713920014] (Anna Berg) -> [whatsapp_user_id:DE.77zz whatsapp_parent_user_id:DE.ENT.2] ChangedUserId at 1795300011000",
            "issue 8 user_id_update_without_ids",
        ],
    );
}

#[test]
fn taps_carry_words_and_ids() {
    assert_reads(
        "taps",
        &[
            r#"message wamid.B1 Contact ANNA at 1795300000000 text="Ja, gern" <choice card-choice-button=Ja, gern; card-choice-id=yes> quote=wamid.ASK"#,
            r#"message wamid.B2 Contact ANNA at 1795300000000 text="Di 10:00" <choice card-choice-row=Di 10:00; card-choice-description=Laden Mitte; card-choice-id=t1>"#,
            r#"message wamid.B3 Contact ANNA at 1795300000000 text="Gesendet" <choice card-flow-name=flow; groesse=42; orte=["A","B"]; wunsch=blau>"#,
            r#"message wamid.B4 Contact ANNA at 1795300000000 text="Gesendet" <choice card-flow-name=flow; card-flow-answer=not json>"#,
            "message wamid.B5 Contact ANNA at 1795300000000 <choice card-call-permission-given=2026-11-28T22:26:40Z>",
            "message wamid.B6 Contact ANNA at 1795300000000 <choice card-call-permission-refused=>",
            "message wamid.B7 Contact ANNA at 1795300000000 <unsupported card-unsupported-type=interactive>",
            r#"message wamid.B8 Contact ANNA at 1795300000000 text="Stopp" <choice card-choice-button=Stopp; card-choice-id=STOP>"#,
        ],
    );
}

// Check: CH-02
#[test]
fn texts_know_their_sender_by_every_address() {
    assert_reads(
        "text",
        &[
            r#"message wamid.T1 Contact ANNA at 1795300000000 text="Guten Tag, passt Größe 42?""#,
            r#"message wamid.T2 Contact BEN at 1795300001123 text="Ja ✔" quote=wamid.OURS"#,
            r#"message wamid.T3 Contact BEN at 1795300002000 text="weitergesagt" forwarded"#,
            r#"message wamid.T4 Contact BEN at 1795300000000 text="oft weitergesagt" forwarded"#,
            r#"message wamid.T5 Contact ANNA at 1795300005000 text="Kennung im Nummernfeld""#,
            r#"message wamid.T6 Contact [phone:+491713920011] at 1795300006000 text="nur Nummer""#,
        ],
    );
}

#[test]
fn what_cannot_be_shown_is_shown_as_that() {
    assert_reads(
        "unsupported",
        &[
            "message wamid.U1 Contact ANNA at 1795300000000 <unsupported card-unsupported-type=poll_creation; card-unsupported-code=131051>",
            "message wamid.U2 Contact ANNA at 1795300000000 <unsupported card-unsupported-type=hologram>",
            "message wamid.U3 Contact ANNA at 1795300000000 <unsupported card-unsupported-type=text>",
            "message wamid.U4 Contact ANNA at 1795300000000 <unsupported card-unsupported-type=image>",
            "message wamid.U5 Contact ANNA at 1795300000000 <unsupported >",
            "message wamid.U6 Contact ANNA at 1795300000000 <unsupported card-unsupported-type=unprintable>",
            "message wamid.U7 Contact ANNA at 1795300000000 <unsupported card-unsupported-type=interactive; card-unsupported-code=131052>",
            "account errors [whatsapp_131052] Warning at None",
        ],
    );
}
