//! The exact bodies of the send call, one by one, and what is refused before anything is sent.

use bytes::Bytes;
use connectors::Whatsapp;
use domain::channel::{AddressKind, MediaKind};
use domain::content::{
    Choice, Choices, Section, TemplateButton, TemplateCategory, TemplateParameter, TemplateUse,
    TemplateValue,
};
use domain::outbound::{Outbound, OutboundBody, Recipient};
use ports::{Connector as _, Refusal};
use serde_json::{Value, json};

use crate::stage::{
    Files, Script, answer, attachment_id, code_template, message_id, outbound, permit, phone,
    recipient, settings, user_id,
};

/// The body of the send call, or the code under which it was refused without any call.
async fn body_with(outbound: &Outbound, files: &Files) -> Result<Value, String> {
    let mut answers = vec![];
    if files.0.is_some() {
        answers.push(answer(200, &json!({"id": "media1"})));
    }
    answers.push(answer(200, &json!({"messages": [{"id": "wamid.A"}]})));
    let net = Script::of(answers);
    match Whatsapp.execute(&net, &settings(), files, outbound).await {
        Ok(_) => Ok(sent_json(&net)),
        Err(Refusal(error)) => {
            assert!(net.seen().is_empty(), "refused after a call");
            Err(error.code)
        }
    }
}

fn sent_json(net: &Script) -> Value {
    let last = net.seen().pop().expect("something was sent");
    last.json.expect("the send call carries JSON")
}

async fn body(outbound: &Outbound) -> Result<Value, String> {
    body_with(outbound, &Files::NONE).await
}

/// The envelope around a content, to Anna's phone number.
fn wire(kind: &str, content: Value) -> Value {
    json!({"messaging_product": "whatsapp", "recipient_type": "individual",
        "to": "491713920010", "biz_opaque_callback_data": format!("{}.1", message_id()),
        "type": kind, kind: content})
}

fn text(words: &str) -> OutboundBody {
    OutboundBody::Text(words.into())
}

#[tokio::test]
async fn text_goes_to_a_number_in_to_and_to_an_id_in_recipient() {
    let hello = json!({"body": "Grüße & <Dank>", "preview_url": false});
    assert_eq!(
        body(&outbound(phone(), text("Grüße & <Dank>"))).await,
        Ok(wire("text", hello.clone()))
    );
    for id in ["DE.77aa", "DE.ENT.900"] {
        for kind in [
            AddressKind::WhatsappUserId,
            AddressKind::WhatsappParentUserId,
            // Stored under the wrong kind it must still not go into `to`.
            AddressKind::Phone,
        ] {
            let mut expected = wire("text", hello.clone());
            expected.as_object_mut().unwrap().remove("to");
            expected["recipient"] = id.into();
            let sent = body(&outbound(recipient(kind, id), text("Grüße & <Dank>"))).await;
            assert_eq!(sent, Ok(expected));
        }
    }
}

#[tokio::test]
async fn what_is_no_address_of_this_channel_is_refused() {
    for to in [
        recipient(AddressKind::WebVisitor, "491713920010"),
        recipient(AddressKind::Phone, "+49 171 39200 10"),
        recipient(AddressKind::Phone, ""),
        recipient(AddressKind::WhatsappUserId, "anna.b"),
    ] {
        assert_eq!(
            body(&outbound(to, text("Hallo"))).await,
            Err("whatsapp_recipient_unfit".to_owned())
        );
    }
}

#[tokio::test]
async fn a_quote_names_the_message_it_answers() {
    let quoting = Outbound::new(
        permit(None),
        message_id(),
        phone(),
        text("Ja"),
        Some("wamid.T1".into()),
    );
    let mut expected = wire("text", json!({"body": "Ja", "preview_url": false}));
    expected["context"] = json!({"message_id": "wamid.T1"});
    assert_eq!(body(&quoting).await, Ok(expected));
}

#[tokio::test]
async fn text_is_counted_in_characters_and_never_cut() {
    assert!(
        body(&outbound(phone(), text(&"ü".repeat(4_096))))
            .await
            .is_ok()
    );
    for wrong in ["ü".repeat(4_097), String::new(), " \n".to_owned()] {
        assert_eq!(
            body(&outbound(phone(), text(&wrong))).await,
            Err("whatsapp_text_length".to_owned())
        );
    }
}

#[tokio::test]
async fn reactions_are_given_and_taken_back() {
    let reaction = |emoji: Option<&str>| {
        let body = OutboundBody::Reaction {
            target: "wamid.T1".into(),
            emoji: emoji.map(Into::into),
        };
        Outbound::new(
            permit(None),
            message_id(),
            phone(),
            body,
            Some("wamid.T1".into()),
        )
    };
    assert_eq!(
        body(&reaction(Some("👍"))).await,
        Ok(wire(
            "reaction",
            json!({"message_id": "wamid.T1", "emoji": "👍"})
        ))
    );
    assert_eq!(
        body(&reaction(None)).await,
        Ok(wire(
            "reaction",
            json!({"message_id": "wamid.T1", "emoji": ""})
        ))
    );
    let nothing = OutboundBody::Reaction {
        target: "".into(),
        emoji: None,
    };
    assert_eq!(
        body(&outbound(phone(), nothing)).await,
        Err("whatsapp_target_missing".to_owned())
    );
}

async fn media(
    kind: MediaKind,
    mime: &'static str,
    bytes: Bytes,
    caption: Option<&str>,
) -> Result<Value, String> {
    let body = OutboundBody::Media {
        attachment: attachment_id(),
        kind,
        mime: mime.into(),
        name: "Datei.bin".into(),
        caption: caption.map(Into::into),
    };
    let files = Files(Some(("../böse\\Datei \"1\".bin", mime, bytes)));
    body_with(&outbound(phone(), body), &files).await
}

fn zeros(count: usize) -> Bytes {
    Bytes::from(vec![0; count])
}

#[tokio::test]
async fn files_travel_in_their_own_form() {
    for (kind, mime, word, content) in [
        (
            MediaKind::Image,
            "image/png",
            "image",
            json!({"id": "media1"}),
        ),
        (
            MediaKind::Video,
            "video/mp4",
            "video",
            json!({"id": "media1"}),
        ),
        (
            MediaKind::Audio,
            "audio/mpeg",
            "audio",
            json!({"id": "media1"}),
        ),
        (
            MediaKind::Voice,
            "audio/ogg; codecs=opus",
            "audio",
            json!({"id": "media1", "voice": true}),
        ),
        (
            MediaKind::Sticker,
            "image/webp",
            "sticker",
            json!({"id": "media1"}),
        ),
        (
            MediaKind::File,
            "application/pdf",
            "document",
            json!({"id": "media1", "filename": "Datei 1.bin"}),
        ),
    ] {
        assert_eq!(
            media(kind, mime, zeros(9), None).await,
            Ok(wire(word, content)),
            "{kind:?}"
        );
    }
}

#[tokio::test]
async fn what_does_not_fit_its_form_travels_as_a_document() {
    let document = |caption: Option<&str>| {
        let mut content = json!({"id": "media1", "filename": "Datei 1.bin"});
        if let Some(caption) = caption {
            content["caption"] = caption.into();
        }
        Ok(wire("document", content))
    };
    for (kind, mime, size, caption) in [
        (MediaKind::Image, "image/heic", 9, None),
        (MediaKind::Image, "image/jpeg", 5_000_001, None),
        (MediaKind::Video, "video/webm", 9, Some("Film")),
        (MediaKind::Audio, "audio/flac", 9, None),
        (MediaKind::Voice, "audio/webm", 9, None),
        // Only a document carries both a sound and its words.
        (MediaKind::Audio, "audio/mpeg", 9, Some("Lied")),
        (MediaKind::Voice, "audio/ogg", 9, Some("Lied")),
        (MediaKind::Sticker, "image/webp", 9, Some("Bild")),
        // A still sticker has a smaller limit than one that moves.
        (MediaKind::Sticker, "image/webp", 100_001, None),
    ] {
        assert_eq!(
            media(kind, mime, zeros(size), caption).await,
            document(caption),
            "{kind:?} {mime} {size}"
        );
    }
    let mut moving = vec![0; 100_001];
    moving[12..16].copy_from_slice(b"VP8X");
    moving[20] = 0b10;
    assert_eq!(
        media(MediaKind::Sticker, "image/webp", moving.into(), None).await,
        Ok(wire("sticker", json!({"id": "media1"})))
    );
    assert_eq!(
        media(MediaKind::Voice, "audio/mp4", zeros(9), None).await,
        Ok(wire("audio", json!({"id": "media1"})))
    );
    assert_eq!(
        media(MediaKind::Image, "image/jpeg", zeros(100_000_001), None).await,
        Err("whatsapp_file_too_large".to_owned())
    );
}

#[tokio::test]
async fn captions_are_kept_whole_or_refused() {
    let longest = "ä".repeat(1_024);
    assert_eq!(
        media(MediaKind::Image, "image/jpeg", zeros(9), Some(&longest)).await,
        Ok(wire("image", json!({"id": "media1", "caption": longest})))
    );
    assert_eq!(
        media(
            MediaKind::Image,
            "image/jpeg",
            zeros(9),
            Some(&"ä".repeat(1_025))
        )
        .await,
        Err("whatsapp_caption_too_long".to_owned())
    );
    assert_eq!(
        media(MediaKind::Image, "image/jpeg", zeros(9), Some("")).await,
        Ok(wire("image", json!({"id": "media1"})))
    );
}

fn choice(id: &str, title: &str, description: Option<&str>) -> Choice {
    Choice {
        id: id.into(),
        title: title.into(),
        description: description.map(Into::into),
    }
}

fn asking(choices: Choices) -> Outbound {
    let text = "Wann passt es?".into();
    outbound(phone(), OutboundBody::Choices { text, choices })
}

#[tokio::test]
async fn buttons_and_lists_have_their_forms() {
    let buttons = Choices::Buttons(vec![choice("ja", "Ja", None), choice("nein", "Nein", None)]);
    assert_eq!(
        body(&asking(buttons)).await,
        Ok(wire(
            "interactive",
            json!({"type": "button", "body": {"text": "Wann passt es?"}, "action": {"buttons": [
                {"type": "reply", "reply": {"id": "ja", "title": "Ja"}},
                {"type": "reply", "reply": {"id": "nein", "title": "Nein"}}]}})
        ))
    );
    let list = Choices::List {
        open: "Termine".into(),
        sections: vec![Section {
            title: None,
            rows: vec![
                choice("t1", "Di 10:00", Some("Laden Mitte")),
                choice("t2", "Mi 14:30", None),
            ],
        }],
    };
    assert_eq!(
        body(&asking(list)).await,
        Ok(wire(
            "interactive",
            json!({"type": "list", "body": {"text": "Wann passt es?"}, "action": {
                "button": "Termine", "sections": [{"rows": [
                    {"id": "t1", "title": "Di 10:00", "description": "Laden Mitte"},
                    {"id": "t2", "title": "Mi 14:30"}]}]}})
        ))
    );
    let titled = |title: &str, id: &str| Section {
        title: Some(title.into()),
        rows: vec![choice(id, "Di", None)],
    };
    let two = Choices::List {
        open: "Termine".into(),
        sections: vec![titled("Mitte", "a"), titled("Nord", "b")],
    };
    let sent = body(&asking(two)).await.unwrap();
    assert_eq!(
        sent["interactive"]["action"]["sections"][1],
        json!({"title": "Nord", "rows": [{"id": "b", "title": "Di"}]})
    );
}

#[tokio::test]
async fn choices_that_do_not_fit_are_refused() {
    let many = |count: usize| {
        (0..count)
            .map(|n| choice(&n.to_string(), "x", None))
            .collect()
    };
    let list = |open: &str, sections: Vec<Section>| Choices::List {
        open: open.into(),
        sections,
    };
    let section = |title: Option<&str>, rows: Vec<Choice>| Section {
        title: title.map(Into::into),
        rows,
    };
    for wrong in [
        Choices::Buttons(vec![]),
        Choices::Buttons(many(4)),
        Choices::Buttons(vec![choice("a", "", None)]),
        Choices::Buttons(vec![choice("a", &"x".repeat(21), None)]),
        Choices::Buttons(vec![choice("", "x", None)]),
        Choices::Buttons(vec![choice("a", "x", None), choice("a", "y", None)]),
        list("open", vec![]),
        list("open", vec![section(None, many(11))]),
        list("", vec![section(None, many(1))]),
        list(&"x".repeat(21), vec![section(None, many(1))]),
        list("open", vec![section(None, vec![])]),
        list(
            "open",
            vec![section(None, vec![choice("a", &"x".repeat(25), None)])],
        ),
        list(
            "open",
            vec![section(None, vec![choice("a", "x", Some(&"x".repeat(73)))])],
        ),
        list(
            "open",
            vec![section(None, vec![choice(&"x".repeat(201), "x", None)])],
        ),
        // More than one section needs titles, and ids count across all of them.
        list(
            "open",
            vec![
                section(None, vec![choice("a", "x", None)]),
                section(Some("B"), vec![choice("b", "x", None)]),
            ],
        ),
        list(
            "open",
            vec![section(Some("A"), many(1)), section(Some("B"), many(1))],
        ),
    ] {
        assert_eq!(
            body(&asking(wrong)).await,
            Err("whatsapp_choices_unfit".to_owned())
        );
    }
    let long = outbound(
        phone(),
        OutboundBody::Choices {
            text: "x".repeat(1_025).into(),
            choices: Choices::Buttons(many(1)),
        },
    );
    assert_eq!(body(&long).await, Err("whatsapp_text_length".to_owned()));
}

fn of_template(to: Recipient, category: TemplateCategory, template: TemplateUse) -> Outbound {
    let body = OutboundBody::Template(template);
    Outbound::new(permit(Some(category)), message_id(), to, body, None)
}

fn utility(template: TemplateUse) -> Outbound {
    of_template(phone(), TemplateCategory::Utility, template)
}

fn parameter(name: Option<&str>, text: &str) -> TemplateParameter {
    TemplateParameter {
        name: name.map(Into::into),
        value: TemplateValue::Text(text.into()),
    }
}

#[tokio::test]
async fn positional_and_named_templates_carry_all_components() {
    let positional = TemplateUse {
        name: "versand".into(),
        language: "de".into(),
        header: vec![parameter(None, "Haus A")],
        body: vec![parameter(None, "4711"), parameter(None, "morgen")],
        buttons: vec![
            (0, TemplateButton::UrlSuffix("4711".into())),
            (1, TemplateButton::QuickReply("STOP".into())),
            (2, TemplateButton::CouponCode("WINTER10".into())),
        ],
    };
    let expected = wire(
        "template",
        json!({"name": "versand", "language": {"code": "de"}, "components": [
            {"type": "header", "parameters": [{"type": "text", "text": "Haus A"}]},
            {"type": "body", "parameters": [
                {"type": "text", "text": "4711"}, {"type": "text", "text": "morgen"}]},
            {"type": "button", "sub_type": "url", "index": "0",
                "parameters": [{"type": "text", "text": "4711"}]},
            {"type": "button", "sub_type": "quick_reply", "index": "1",
                "parameters": [{"type": "payload", "payload": "STOP"}]},
            {"type": "button", "sub_type": "copy_code", "index": "2",
                "parameters": [{"type": "coupon_code", "coupon_code": "WINTER10"}]}]}),
    );
    assert_eq!(body(&utility(positional)).await, Ok(expected));
    let named = TemplateUse {
        name: "versand".into(),
        language: "en_US".into(),
        header: vec![],
        body: vec![parameter(Some("nr"), "4711")],
        buttons: vec![],
    };
    let expected = wire(
        "template",
        json!({"name": "versand", "language": {"code": "en_US"}, "components": [
            {"type": "body", "parameters": [
                {"type": "text", "text": "4711", "parameter_name": "nr"}]}]}),
    );
    assert_eq!(body(&utility(named)).await, Ok(expected));
    let bare = TemplateUse {
        body: vec![],
        ..code_template()
    };
    let sent = body(&utility(bare)).await.unwrap();
    assert_eq!(sent["template"]["components"], json!([]));
}

#[tokio::test]
async fn a_media_header_is_uploaded_and_stands_first() {
    for (mime, header) in [
        (
            "image/jpeg",
            json!({"type": "image", "image": {"id": "media1"}}),
        ),
        (
            "video/mp4",
            json!({"type": "video", "video": {"id": "media1"}}),
        ),
        (
            "application/pdf",
            json!({"type": "document",
                "document": {"id": "media1", "filename": "Rechnung.pdf"}}),
        ),
    ] {
        let template = TemplateUse {
            header: vec![TemplateParameter {
                name: None,
                value: TemplateValue::Media(attachment_id()),
            }],
            ..code_template()
        };
        let files = Files(Some(("Rechnung.pdf", mime, zeros(9))));
        let sent = body_with(&utility(template), &files).await.unwrap();
        assert_eq!(
            sent["template"]["components"],
            json!([
                {"type": "header", "parameters": [header]},
                {"type": "body", "parameters": [{"type": "text", "text": "123456"}]}])
        );
    }
}

#[tokio::test]
async fn templates_that_are_not_filled_in_are_refused() {
    let media = TemplateParameter {
        name: None,
        value: TemplateValue::Media(attachment_id()),
    };
    for wrong in [
        TemplateUse {
            name: "Versand!".into(),
            ..code_template()
        },
        TemplateUse {
            name: String::new(),
            ..code_template()
        },
        TemplateUse {
            language: String::new(),
            ..code_template()
        },
        TemplateUse {
            body: vec![parameter(None, " ")],
            ..code_template()
        },
        TemplateUse {
            body: vec![media],
            ..code_template()
        },
        TemplateUse {
            buttons: vec![(0, TemplateButton::UrlSuffix("".into()))],
            ..code_template()
        },
        TemplateUse {
            buttons: vec![(0, TemplateButton::CouponCode("x".repeat(16)))],
            ..code_template()
        },
    ] {
        assert_eq!(
            body(&utility(wrong)).await,
            Err("whatsapp_template_unfit".to_owned())
        );
    }
}

#[tokio::test]
async fn confirmation_codes_go_to_phone_numbers_only() {
    let send = |to, category| of_template(to, category, code_template());
    assert_eq!(
        body(&send(user_id(), TemplateCategory::Authentication)).await,
        Err("whatsapp_authentication_needs_phone".to_owned())
    );
    assert!(
        body(&send(phone(), TemplateCategory::Authentication))
            .await
            .is_ok()
    );
    let sent = body(&send(user_id(), TemplateCategory::Utility))
        .await
        .unwrap();
    assert_eq!(sent["recipient"], "DE.77aa");
}
