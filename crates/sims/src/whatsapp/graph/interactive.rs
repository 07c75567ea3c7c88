//! Interactive messages: reply buttons, lists, links, flows, requests, products and carousels.

use super::check::{Check, Node, all_different, web_link};
use super::content::{Content, media};
use super::error::GraphError;

pub fn check(node: &Node, content: &mut Content) -> Check<()> {
    node.only(&["type", "header", "body", "footer", "action"])?;
    let kind = node.text("type")?;
    header(node, kind, content)?;
    let (body_required, body_max) = match kind {
        "list" => (true, 4096),
        "product" | "catalog_message" | "call_permission_request" => (false, 1024),
        _ => (true, 1024),
    };
    if let Some(body) = node.opt_object("body")? {
        body.only(&["text"])?;
        body.text_within("text", body_max)?;
    } else if body_required {
        return Err(GraphError::missing("interactive.body"));
    }
    if let Some(footer) = node.opt_object("footer")? {
        footer.only(&["text"])?;
        footer.text_within("text", 60)?;
    }
    let action = node.object("action")?;
    match kind {
        "button" => reply_buttons(&action),
        "list" => list(&action),
        "cta_url" => link_button(&action),
        "flow" => flow(&action),
        "location_request_message" => named(&action, "send_location"),
        "request_contact_info" => named(&action, "request_contact_info"),
        "call_permission_request" => named(&action, "call_permission_request"),
        "voice_call" => voice_call(&action),
        "catalog_message" => named(&action, "catalog_message"),
        "address_message" => named(&action, "address_message"),
        "product" => product(&action),
        "product_list" => product_list(node, &action),
        "carousel" => carousel(&action, content),
        "order_details" | "order_status" => order(&action),
        other => Err(GraphError::value(
            "interactive.type",
            &format!("\"{other}\" is not supported"),
        )),
    }
}

fn header(node: &Node, kind: &str, content: &mut Content) -> Check<()> {
    let Some(header) = node.opt_object("header")? else {
        return Ok(());
    };
    let format = header.one_of("type", &["text", "image", "video", "document"])?;
    if kind != "button" && kind != "cta_url" && kind != "flow" && format != "text" {
        return Err(GraphError::value(
            "interactive.header.type",
            "only text is allowed here",
        ));
    }
    match format {
        "text" => {
            header.only(&["type", "text", "sub_text"])?;
            header.text_within("text", 60)?;
        }
        "image" => media(&header.object("image")?, "image", content)?,
        "video" => media(&header.object("video")?, "video", content)?,
        _ => media(&header.object("document")?, "document", content)?,
    }
    Ok(())
}

fn reply_buttons(action: &Node) -> Check<()> {
    action.only(&["buttons"])?;
    let buttons = action.objects("buttons", 1, 3)?;
    let mut ids = Vec::new();
    let mut titles = Vec::new();
    for button in &buttons {
        button.only(&["type", "reply"])?;
        button.one_of("type", &["reply"])?;
        let reply = button.object("reply")?;
        reply.only(&["id", "title"])?;
        ids.push(reply.text_within("id", 256)?);
        titles.push(reply.text_within("title", 20)?);
    }
    all_different("interactive.action.buttons.reply.id", ids.into_iter())?;
    all_different("interactive.action.buttons.reply.title", titles.into_iter())
}

fn list(action: &Node) -> Check<()> {
    action.only(&["button", "sections"])?;
    action.text_within("button", 20)?;
    let sections = action.objects("sections", 1, 10)?;
    let mut ids = Vec::new();
    for section in &sections {
        section.only(&["title", "rows"])?;
        let title = section.opt_text_within("title", 24)?;
        if sections.len() > 1 && title.is_none_or(str::is_empty) {
            return Err(GraphError::missing(&section.at("title")));
        }
        for row in section.objects("rows", 1, 10)? {
            row.only(&["id", "title", "description"])?;
            ids.push(row.text_within("id", 200)?);
            row.text_within("title", 24)?;
            row.opt_text_within("description", 72)?;
        }
    }
    if ids.len() > 10 {
        return Err(GraphError::value(
            "interactive.action.sections",
            &format!(
                "Total row count exceed max allowed count: 10, got {}",
                ids.len()
            ),
        ));
    }
    all_different("interactive.action.sections.rows.id", ids.into_iter())
}

fn named(action: &Node, name: &str) -> Check<()> {
    action.only(&["name", "parameters"])?;
    action.one_of("name", &[name])?;
    action.opt_object("parameters")?;
    Ok(())
}

fn link_button(action: &Node) -> Check<()> {
    named(action, "cta_url")?;
    let parameters = action.object("parameters")?;
    parameters.only(&["display_text", "url"])?;
    parameters.text_within("display_text", 20)?;
    web_link(&parameters.at("url"), parameters.text("url")?)
}

fn voice_call(action: &Node) -> Check<()> {
    named(action, "voice_call")?;
    if let Some(parameters) = action.opt_object("parameters")? {
        parameters.only(&["display_text", "ttl_minutes", "payload"])?;
        parameters.opt_text_within("display_text", 20)?;
    }
    Ok(())
}

fn flow(action: &Node) -> Check<()> {
    named(action, "flow")?;
    let parameters = action.object("parameters")?;
    parameters.only(&[
        "flow_message_version",
        "flow_id",
        "flow_name",
        "flow_cta",
        "flow_token",
        "flow_action",
        "flow_action_payload",
        "mode",
    ])?;
    parameters.text("flow_message_version")?;
    parameters.text_within("flow_cta", 30)?;
    if parameters.opt_text("flow_id")?.is_some() == parameters.opt_text("flow_name")?.is_some() {
        return Err(GraphError::value(
            &parameters.path,
            "give either flow_id or flow_name",
        ));
    }
    if parameters.has("flow_action") {
        parameters.one_of("flow_action", &["navigate", "data_exchange"])?;
    }
    if parameters.has("mode") {
        parameters.one_of("mode", &["draft", "published"])?;
    }
    Ok(())
}

fn product(action: &Node) -> Check<()> {
    action.only(&["catalog_id", "product_retailer_id"])?;
    action.text("catalog_id")?;
    action.text("product_retailer_id")?;
    Ok(())
}

fn product_list(node: &Node, action: &Node) -> Check<()> {
    node.object("header")?;
    action.only(&["catalog_id", "sections"])?;
    action.text("catalog_id")?;
    let mut products = 0;
    for section in action.objects("sections", 1, 10)? {
        section.only(&["title", "product_items"])?;
        section.opt_text_within("title", 24)?;
        for item in section.objects("product_items", 1, 30)? {
            item.only(&["product_retailer_id"])?;
            item.text("product_retailer_id")?;
            products += 1;
        }
    }
    if products > 30 {
        return Err(GraphError::value(
            "interactive.action.sections",
            "at most 30 products",
        ));
    }
    Ok(())
}

fn carousel(action: &Node, content: &mut Content) -> Check<()> {
    action.only(&["cards", "catalog_id"])?;
    for (index, card) in action.objects("cards", 2, 10)?.iter().enumerate() {
        card.only(&["card_index", "type", "header", "body", "action"])?;
        if card.number("card_index")? as usize != index {
            return Err(GraphError::value(
                &card.at("card_index"),
                "cards must count up from 0",
            ));
        }
        if let Some(body) = card.opt_object("body")? {
            body.text_within("text", 160)?;
        }
        if let Some(header) = card.opt_object("header")? {
            match header.one_of("type", &["image", "video"])? {
                "image" => media(&header.object("image")?, "image", content)?,
                _ => media(&header.object("video")?, "video", content)?,
            }
        }
        card_action(&card.object("action")?)?;
    }
    Ok(())
}

fn card_action(action: &Node) -> Check<()> {
    if action.has("buttons") {
        for button in action.objects("buttons", 1, 2)? {
            button.one_of("type", &["quick_reply"])?;
            let reply = button.object("quick_reply")?;
            reply.text_within("id", 256)?;
            reply.text_within("title", 20)?;
        }
        return Ok(());
    }
    if action.has("product_retailer_id") {
        return Ok(());
    }
    link_button(action)
}

fn order(action: &Node) -> Check<()> {
    action.text("name")?;
    action.object("parameters")?;
    Ok(())
}
