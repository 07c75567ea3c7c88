//! `POST /{phone}/calls`: takes the signalling of voice calls. No media flows here.

use serde_json::json;

use super::Answer;
use super::call::Call;
use super::check::{Check, Node};
use super::error::GraphError;
use crate::whatsapp::sim::State;
use crate::whatsapp::world::Phone;

pub fn handle(state: &mut State, _phone: &Phone, call: &Call, _now_ms: i64) -> Check<Answer> {
    let body = Node::root(&call.body);
    if body.opt_text("messaging_product")? != Some("whatsapp") {
        return Err(GraphError::new(
            100,
            "The parameter messaging_product is required.",
        ));
    }
    match body.one_of(
        "action",
        &["connect", "pre_accept", "accept", "reject", "terminate"],
    )? {
        "connect" => {
            if !body.has("to") && !body.has("recipient") {
                return Err(GraphError::missing("to"));
            }
            body.object("session")?.one_of("sdp_type", &["offer"])?;
            let id = format!("wacid.{}", state.world.new_graph_id());
            Ok(Answer::json(
                json!({"messaging_product": "whatsapp", "calls": [{"id": id}]}),
            ))
        }
        action => {
            body.text("call_id")?;
            if action == "accept" || action == "pre_accept" {
                body.object("session")?.one_of("sdp_type", &["answer"])?;
            }
            Ok(Answer::json(
                json!({"messaging_product": "whatsapp", "success": true}),
            ))
        }
    }
}

/// `GET /{phone}/call_permissions`.
pub fn permissions(call: &Call) -> Check<Answer> {
    if call.param("user_wa_id").is_none() && call.param("recipient").is_none() {
        return Err(GraphError::missing("user_wa_id"));
    }
    Ok(Answer::json(json!({
        "messaging_product": "whatsapp",
        "permission": {"status": "no_permission"},
        "actions": [{"action_name": "send_call_permission_request", "can_perform_action": true,
            "limits": [{"time_period": "PT24H", "max_allowed": 1, "current_usage": 0}]}],
    })))
}
