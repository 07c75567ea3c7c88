//! Content of a message: which keys each type may carry and how long its parts may be.
//! Source of the numbers: the platform's message reference as collected in our channel notes.

use serde_json::Value;

use super::check::{Check, Node, web_link, within};
use super::error::GraphError;
use super::interactive;
use crate::whatsapp::world::{Media, World};

pub const TYPES: &[&str] = &[
    "text",
    "image",
    "video",
    "audio",
    "document",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "interactive",
    "template",
    "pin",
];

/// What later steps need to know about accepted content.
#[derive(Debug, Default)]
pub struct Content {
    /// Media ids the message uses, with the kind they are used as.
    pub media: Vec<(String, &'static str)>,
    /// Links the platform would have to fetch.
    pub links: Vec<String>,
}

/// Checks the content of every type but `template`, which needs the stored template.
pub fn check(body: &Node, kind: &str) -> Check<Content> {
    let mut content = Content::default();
    match kind {
        "text" => text(&body.object("text")?)?,
        "image" | "video" | "audio" | "document" | "sticker" => {
            media(&body.object(kind)?, static_kind(kind), &mut content)?;
        }
        "location" => location(&body.object("location")?)?,
        "contacts" => contacts(body)?,
        "reaction" => reaction(&body.object("reaction")?)?,
        "interactive" => interactive::check(&body.object("interactive")?, &mut content)?,
        "pin" => return Err(GraphError::new(131_009, "pin is only available in groups")),
        other => {
            return Err(GraphError::shape(
                "type",
                &format!("one of {{{}}}, got {other}", TYPES.join(", ")),
            ));
        }
    }
    Ok(content)
}

fn static_kind(kind: &str) -> &'static str {
    TYPES
        .iter()
        .find(|known| **known == kind)
        .expect("callers pass a listed type")
}

fn text(node: &Node) -> Check<()> {
    node.only(&["body", "preview_url"])?;
    let body = node.text("body")?;
    let length = body.chars().count();
    if length == 0 {
        return Err(GraphError::missing("text.body"));
    }
    if length > 4096 {
        return Err(GraphError::shape(
            "text['body']",
            "at most 4096 characters long",
        ));
    }
    node.opt_bool("preview_url")?;
    Ok(())
}

/// A media object: `id` xor `link`, and what its kind allows beside.
pub fn media(node: &Node, kind: &'static str, content: &mut Content) -> Check<()> {
    let allowed: &[&str] = match kind {
        "document" => &["id", "link", "caption", "filename"],
        "image" | "video" => &["id", "link", "caption"],
        "audio" => &["id", "link", "voice"],
        _ => &["id", "link"],
    };
    node.only(allowed)?;
    match (node.opt_text("id")?, node.opt_text("link")?) {
        (Some(_), Some(_)) => {
            return Err(GraphError::value(
                &node.path,
                "give either id or link, not both",
            ));
        }
        (None, None) => return Err(GraphError::missing(&format!("{}.id or link", node.path))),
        (Some(id), None) => content.media.push((id.to_owned(), kind)),
        (None, Some(link)) => {
            web_link(&node.at("link"), link)?;
            content.links.push(link.to_owned());
        }
    }
    node.opt_text_within("caption", 1024)?;
    node.opt_text_within("filename", 240)?;
    node.opt_bool("voice")?;
    Ok(())
}

fn location(node: &Node) -> Check<()> {
    node.only(&["latitude", "longitude", "name", "address"])?;
    let bounded = |key: &str, limit: f64| -> Check<()> {
        if node.number(key)?.abs() > limit {
            return Err(GraphError::value(&node.at(key), "is out of range"));
        }
        Ok(())
    };
    bounded("latitude", 90.0)?;
    bounded("longitude", 180.0)?;
    node.opt_text_within("name", 1000)?;
    node.opt_text_within("address", 1000)?;
    Ok(())
}

fn reaction(node: &Node) -> Check<()> {
    node.only(&["message_id", "emoji"])?;
    let id = node.text("message_id")?;
    if !id.starts_with("wamid.") {
        return Err(GraphError::value(
            "reaction.message_id",
            "is not a message id",
        ));
    }
    let emoji = node.text("emoji")?;
    if emoji.chars().count() > 12 || emoji.chars().any(|c| c.is_ascii_alphanumeric()) {
        return Err(GraphError::value(
            "reaction.emoji",
            "must be one emoji or empty",
        ));
    }
    Ok(())
}

fn contacts(body: &Node) -> Check<()> {
    for contact in body.objects("contacts", 1, 257)? {
        contact.only(&[
            "name",
            "addresses",
            "birthday",
            "emails",
            "org",
            "phones",
            "urls",
        ])?;
        let name = contact.object("name")?;
        let parts = ["first_name", "last_name", "middle_name", "prefix", "suffix"];
        name.only(&[&["formatted_name"], &parts[..]].concat())?;
        name.text_within("formatted_name", 1000)?;
        let mut has_part = false;
        for part in parts {
            has_part |= name.opt_text(part)?.is_some();
        }
        if !has_part {
            return Err(GraphError::value(
                &name.path,
                "formatted_name needs at least one more part of the name",
            ));
        }
        contact_lists(&contact)?;
    }
    Ok(())
}

fn contact_lists(contact: &Node) -> Check<()> {
    let lists: &[(&str, &[&str])] = &[
        (
            "addresses",
            &[
                "street",
                "city",
                "state",
                "zip",
                "country",
                "country_code",
                "type",
            ],
        ),
        ("emails", &["email", "type"]),
        ("phones", &["phone", "wa_id", "user_id", "type"]),
        ("urls", &["url", "type"]),
    ];
    for (key, allowed) in lists {
        for (index, item) in contact.opt_list(key)?.iter().enumerate() {
            let node = Node::of(format!("{}[{index}]", contact.at(key)), item)?;
            node.only(allowed)?;
            for field in *allowed {
                node.opt_text(field)?;
            }
        }
    }
    if let Some(org) = contact.opt_object("org")? {
        org.only(&["company", "department", "title"])?;
    }
    if let Some(day) = contact.opt_text("birthday")? {
        let shape: Vec<usize> = day.split('-').map(str::len).collect();
        if shape != [4, 2, 2] {
            return Err(GraphError::value("contacts.birthday", "must be YYYY-MM-DD"));
        }
    }
    Ok(())
}

/// The context of a reply.
pub fn context(body: &Node) -> Check<Option<String>> {
    let Some(context) = body.opt_object("context")? else {
        return Ok(None);
    };
    context.only(&["message_id"])?;
    let id = context.text("message_id")?;
    if !id.starts_with("wamid.") {
        return Err(GraphError::value(
            "context.message_id",
            "is not a message id",
        ));
    }
    Ok(Some(id.to_owned()))
}

/// MIME types a message kind accepts, and the largest size in bytes.
pub fn media_rule(kind: &str, mime: &str) -> Option<usize> {
    const MB: usize = 1024 * 1024;
    let mime = mime.split(';').next().unwrap_or("").trim();
    let listed = |list: &[&str], max| list.contains(&mime).then_some(max);
    match kind {
        "image" => listed(&["image/jpeg", "image/png"], 5 * MB),
        "video" => listed(&["video/mp4", "video/3gpp", "video/3gp"], 16 * MB),
        "audio" => listed(
            &[
                "audio/aac",
                "audio/amr",
                "audio/mpeg",
                "audio/mp4",
                "audio/ogg",
                "audio/opus",
            ],
            16 * MB,
        ),
        "sticker" => listed(&["image/webp"], 500 * 1024),
        "document" => (!mime.is_empty() && mime.contains('/')).then_some(100 * MB),
        _ => None,
    }
}

/// Whether stored media exists for this number and fits its use. A wrong kind is only noticed
/// later by the platform and answered by a failed status; the error is returned for that.
pub fn check_media(
    world: &World,
    phone_id: &str,
    content: &Content,
    now_ms: i64,
) -> Check<Option<GraphError>> {
    let mut later = None;
    for (id, kind) in &content.media {
        let media = world
            .media
            .get(id)
            .filter(|media| media.phone_id == phone_id && media.expires_ms > now_ms)
            .ok_or_else(|| {
                GraphError::new(
                    100,
                    format!("Param {kind}['id'] is not a valid whatsapp business account media attachment ID"),
                )
            })?;
        later = later.or(wrong_kind(media, kind));
    }
    for link in &content.links {
        // Names under .invalid never resolve (RFC 2606): the platform's fetch fails afterwards.
        let host = link.split('/').nth(2).unwrap_or("");
        if host
            .split(':')
            .next()
            .is_some_and(|host| host.ends_with(".invalid"))
        {
            later = later.or(Some(GraphError::new(
                131_053,
                "Downloading media from weblink failed with http code 404, status message Not Found",
            )));
        }
    }
    Ok(later)
}

fn wrong_kind(media: &Media, kind: &str) -> Option<GraphError> {
    match media_rule(kind, &media.mime) {
        Some(max) if media.bytes.len() <= max => None,
        Some(max) => Some(GraphError::new(
            131_053,
            format!(
                "Media of {} bytes is larger than the {max} bytes allowed for {kind}",
                media.bytes.len()
            ),
        )),
        None => Some(GraphError::new(
            131_053,
            format!("Media of type {} cannot be sent as {kind}", media.mime),
        )),
    }
}

/// A text value used as `biz_opaque_callback_data`.
pub fn opaque(body: &Node) -> Check<Option<String>> {
    let Some(value) = body.get("biz_opaque_callback_data") else {
        return Ok(None);
    };
    let Value::String(text) = value else {
        return Err(GraphError::shape("biz_opaque_callback_data", "a string"));
    };
    within("biz_opaque_callback_data", text, 0, 512)?;
    Ok(Some(text.clone()))
}
