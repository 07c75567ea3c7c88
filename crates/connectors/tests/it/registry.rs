use connectors::{connector, registry};
use domain::channel::{AddressKind, ChannelKind};
use domain::outbound::{OutboundBody, Outcome};
use ports::{Connector as _, Rejected, Settings};

use crate::stage::{Files, Script, message_id, outbound, recipient};

#[test]
fn every_kind_has_its_connector() {
    let kinds: Vec<ChannelKind> = registry().iter().map(|each| each.kind()).collect();
    assert_eq!(kinds, ChannelKind::ALL);
    for kind in ChannelKind::ALL {
        assert_eq!(connector(kind).kind(), kind);
        assert_eq!(connector(kind).capabilities().kind, kind);
    }
}

#[tokio::test]
async fn the_own_chat_accepts_at_once_and_calls_nobody() {
    let net = Script::default();
    let visitor = recipient(AddressKind::WebVisitor, "visitor");
    let outcome = connectors::Webchat
        .execute(
            &net,
            &Settings::default(),
            &Files::NONE,
            &outbound(visitor, OutboundBody::Text("Guten Tag".into())),
        )
        .await;
    let Ok(Outcome::Accepted { provider_id }) = outcome else {
        panic!("not accepted");
    };
    assert_eq!(*provider_id.expose(), message_id().to_string());
    assert!(net.seen().is_empty());
}

#[test]
fn the_own_chat_takes_no_settings_and_no_callbacks() {
    let chat = connectors::Webchat;
    assert_eq!(chat.check_settings(&Settings::default()), Ok(()));
    let mut settings = Settings::default();
    settings.set("token", vec!["x".to_owned()]);
    let errors = chat.check_settings(&settings).unwrap_err();
    assert_eq!(errors[0].name, "token");
    assert_eq!(errors[0].key, "setting-unknown");
    assert_eq!(chat.verify(&settings, &[], b"{}"), Err(Rejected::NotTaken));
    let results = chat.parse(&settings, b"{}");
    assert_eq!(results.len(), 1);
    assert!(results[0].is_err());
}
