"""Judges recorded Graph requests by rebuilding each of them with pywa.

    judges/validate_requests.py [--all-wrong] ledger.json

For every recorded send, the same content is given to pywa's typed methods; what pywa would put on
the wire must equal what was recorded, apart from defaults that may be left out. So pywa decides
names, nesting and types of every field. Content pywa cannot express is counted as not judged,
never as passed. With `--all-wrong` every request must be refused (a test of this judge). The input is `GET /_sim/ledger`, or a list of `{method, path, body, files?}`.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import httpx
from pywa import types
from pywa.types import templates as t

from judging import Score, equal, expect
from pywa_client import client

logging.getLogger("pywa").setLevel(logging.CRITICAL)


class NotJudged(Exception):
    """pywa has no typed way to say this."""


class Wire(httpx.BaseTransport):
    """Keeps the request and answers as Graph would."""

    def __init__(self) -> None:
        self.request: httpx.Request | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.request = request
        if request.url.path.endswith("/media"):
            return httpx.Response(200, json={"id": "1"})
        body = json.loads(request.content)
        contact = {"input": "x", "wa_id": "1"} if body.get("to") else {"input": "x", "user_id": "DE.1"}
        answer = {"contacts": [contact], "messages": [{"id": "wamid.x"}], "success": True}
        return httpx.Response(200, json=answer)


wire = Wire()
wa = client(session=httpx.Client(transport=wire))


def rebuilt(body: dict, path: str) -> dict:
    send(body, marketing=path.endswith("/marketing_messages"))
    expect(wire.request is not None, "pywa sent nothing")
    return json.loads(wire.request.content)


def send(body: dict, marketing: bool) -> None:
    if body.get("status") == "read":
        mark = wa.indicate_typing if "typing_indicator" in body else wa.mark_message_as_read
        mark(body["message_id"])
        return
    to = body.get("to") or body["recipient"]
    common = {
        "tracker": body.get("biz_opaque_callback_data"),
        "identity_key_hash": body.get("recipient_identity_key_hash"),
    }
    kind = body.get("type", "text")
    content = body[kind]
    if kind == "reaction":
        send_reaction(to, content, common)
        return
    common["reply_to_message_id"] = (body.get("context") or {}).get("message_id")
    by_kind = {"text": send_text, "location": send_location, "contacts": send_contacts,
               "interactive": send_interactive, "template": send_template}
    if marketing:
        common["use_mm_lite_api"] = True
        common["message_activity_sharing"] = body.get("message_activity_sharing")
    if kind in by_kind:
        by_kind[kind](to, content, common)
    elif kind in ("image", "video", "document", "audio", "sticker"):
        send_media(to, kind, content, common)
    else:
        raise NotJudged(f"type {kind}")


def only(content: dict, *keys: str) -> None:
    """Keys that are not handed to pywa would be lost silently; the comparison finds them anyway,
    but the message is clearer here."""
    odd = set(content) - set(keys)
    expect(not odd, f"unknown keys {sorted(odd)}")


def send_text(to: str, content: dict, common: dict) -> None:
    only(content, "body", "preview_url")
    wa.send_message(to, content["body"], preview_url=content.get("preview_url", False), **common)


def send_reaction(to: str, content: dict, common: dict) -> None:
    if content["emoji"]:
        wa.send_reaction(to, content["emoji"], content["message_id"], **common)
    else:
        wa.remove_reaction(to, content["message_id"], **common)


def send_location(to: str, content: dict, common: dict) -> None:
    wa.send_location(to, content["latitude"], content["longitude"], content.get("name"), content.get("address"), **common)


def source(media: dict) -> str:
    return media["id"] if "id" in media else media["link"]


def send_media(to: str, kind: str, content: dict, common: dict) -> None:
    if kind == "image":
        wa.send_image(to, source(content), content.get("caption"), **common)
    elif kind == "video":
        wa.send_video(to, source(content), content.get("caption"), **common)
    elif kind == "document":
        wa.send_document(to, source(content), content.get("filename"), content.get("caption"), **common)
    elif kind == "sticker":
        wa.send_sticker(to, source(content), **common)
    elif content.get("voice"):
        wa.send_voice(to, source(content), **common)
    else:
        wa.send_audio(to, source(content), **common)


def send_contacts(to: str, content: list, common: dict) -> None:
    contact_class = types.Contact

    def parts(item: dict, key: str, part: type) -> list:
        return [part(**entry) for entry in item.get(key, [])]

    contacts = [
        contact_class(
            name=contact_class.Name(**item["name"]),
            birthday=item.get("birthday"),
            phones=parts(item, "phones", contact_class.Phone),
            emails=parts(item, "emails", contact_class.Email),
            urls=parts(item, "urls", contact_class.Url),
            addresses=parts(item, "addresses", contact_class.Address),
            org=contact_class.Org(**item["org"]) if "org" in item else None,
        )
        for item in content
    ]
    wa.send_contact(to, contacts, **common)


def send_interactive(to: str, content: dict, common: dict) -> None:
    kind, action = content["type"], content["action"]
    text = (content.get("body") or {}).get("text")
    footer = (content.get("footer") or {}).get("text")
    if kind == "location_request_message":
        wa.request_location(to, text, **common)
        return
    if kind == "request_contact_info":
        wa.request_contact_info(to, text, **common)
        return
    buttons = pywa_buttons(kind, action)
    header = content.get("header") or {"type": "none"}
    if header["type"] == "image":
        wa.send_image(to, source(header["image"]), text, footer, buttons, **common)
    elif header["type"] == "video":
        wa.send_video(to, source(header["video"]), text, footer, buttons, **common)
    elif header["type"] == "document":
        document = header["document"]
        wa.send_document(to, source(document), document.get("filename"), text, footer, buttons, **common)
    else:
        wa.send_message(to, text, header.get("text"), footer, buttons, **common)


def pywa_buttons(kind: str, action: dict) -> Any:
    parameters = action.get("parameters", {})
    if kind == "button":
        return [types.Button(b["reply"]["title"], b["reply"]["id"]) for b in action["buttons"]]
    if kind == "list":
        sections = [
            types.Section(
                section.get("title", ""),
                [types.SectionRow(row["title"], row["id"], row.get("description")) for row in section["rows"]],
            )
            for section in action["sections"]
        ]
        return types.SectionList(action["button"], sections)
    if kind == "cta_url":
        return types.URLButton(parameters["display_text"], parameters["url"])
    if kind == "call_permission_request":
        return types.CallPermissionRequestButton()
    if kind == "voice_call":
        return types.VoiceCallButton(parameters.get("display_text"), parameters.get("ttl_minutes"))
    if kind == "flow":
        payload = parameters.get("flow_action_payload") or {}
        return types.FlowButton(
            title=parameters["flow_cta"],
            flow_id=parameters.get("flow_id"),
            flow_name=parameters.get("flow_name"),
            flow_token=parameters.get("flow_token"),
            flow_message_version=parameters["flow_message_version"],
            flow_action_type=types.FlowActionType(parameters["flow_action"]) if "flow_action" in parameters else None,
            flow_action_screen=payload.get("screen"),
            flow_action_payload=payload.get("data"),
        )
    raise NotJudged(f"interactive {kind}")


def send_template(to: str, content: dict, common: dict) -> None:
    params = [pywa_param(component) for component in content.get("components", [])]
    language = t.TemplateLanguage(content["language"]["code"])
    wa.send_template(to, content["name"], language, params, **common)


def values(parameters: list[dict]) -> tuple[list, dict]:
    """Positional and named values of a component."""
    for parameter in parameters:
        if parameter["type"].lower() != "text":
            raise NotJudged(f"template parameter {parameter['type']}")
    named = {p["parameter_name"]: p["text"] for p in parameters if "parameter_name" in p}
    return [p["text"] for p in parameters if "parameter_name" not in p], named


def pywa_param(component: dict) -> Any:
    kind, parameters = component["type"].lower(), component.get("parameters", [])
    if kind == "body":
        positional, named = values(parameters)
        return t.BodyText.params(*positional, **named)
    if kind == "header":
        return header_param(parameters)
    if kind != "button":
        raise NotJudged(f"template component {kind}")
    index, sub_type = int(component["index"]), component["sub_type"].lower()
    (parameter,) = parameters
    if sub_type == "quick_reply":
        return t.QuickReplyButton.params(callback_data=parameter["payload"], index=index)
    if sub_type == "url":
        return t.URLButton.params(url_variable=parameter["text"], index=index)
    if sub_type == "copy_code":
        return t.CopyCodeButton.params(coupon_code=parameter["coupon_code"], index=index)
    raise NotJudged(f"template button {sub_type}")


def header_param(parameters: list[dict]) -> Any:
    (parameter,) = parameters
    kind = parameter["type"].lower()
    if kind == "text":
        positional, named = values(parameters)
        return t.HeaderText.params(*positional, **named)
    if kind == "image":
        return t.HeaderImage.params(image=source(parameter["image"]))
    if kind == "video":
        return t.HeaderVideo.params(video=source(parameter["video"]))
    if kind == "document":
        document = parameter["document"]
        return t.HeaderDocument.params(document=source(document), filename=document.get("filename"))
    if kind == "location":
        return t.HeaderLocation.params(**parameter["location"])
    raise NotJudged(f"template header {kind}")


# Values that mean the same as leaving the key out.
DEFAULTS = {
    "preview_url": False, "recipient_type": "individual", "components": [], "mode": "published",
    "addresses": [], "emails": [], "phones": [], "urls": [],
}


def without_nulls(value: Any) -> Any:
    """Graph reads a null as an absent key."""
    if isinstance(value, dict):
        return {k: without_nulls(v) for k, v in value.items() if v is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def canonical(value: Any, key: str = "") -> Any:
    """Two spellings of one request become equal; nothing else does."""
    if isinstance(value, dict):
        return {
            k: canonical(v, k)
            for k, v in sorted(value.items())
            if v is not None and not (k in DEFAULTS and DEFAULTS[k] == v) and not (k == "title" and v == "")
        }
    if isinstance(value, list):
        return [canonical(item) for item in value]
    if key in ("type", "sub_type") and isinstance(value, str):
        return value.lower()
    if key == "index":
        return str(value)
    return value


def judge_upload(request: dict) -> None:
    """An upload: pywa's form must have the same fields, and the file a name and a type."""
    (file,) = request.get("files", [{}])
    mime = file.get("mime") or request["body"].get("type")
    wa.upload_media(b"x", mime_type=mime, filename=file.get("filename") or "file")
    form = wire.request.content.decode("latin-1")
    for field in list(request["body"]) + [file["field"]]:
        expect(f'name="{field}"' in form, f"pywa has no field {field}")
    for field in ("messaging_product", "file"):
        expect(field in request["body"] or field == file["field"], f"{field} is missing")
    equal(request["body"].get("messaging_product", "whatsapp"), "whatsapp")


def judge(request: dict) -> None:
    if request["path"].endswith("/media"):
        judge_upload(request)
        return
    body = dict(request["body"])
    if request["path"].endswith("/marketing_messages"):
        # Newer than pywa 4.5.0: the platform's own switch is left out of the comparison.
        body.pop("product_policy", None)
        expect(body.get("type") == "template", "only templates go over marketing_messages")
    try:
        mine = rebuilt(body, request["path"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise AssertionError(f"pywa cannot build it: {type(error).__name__}: {error}") from error
    equal(canonical(body), canonical(mine))
    equal(request["path"].rsplit("/", 1)[1], wire.request.url.path.rsplit("/", 1)[1])


def requests_of(document: Any) -> list[dict]:
    items = document["requests"] if isinstance(document, dict) else document
    judged = ("/messages", "/marketing_messages", "/media")
    return [
        item for item in items
        if item.get("method", "POST") == "POST" and item.get("path", "/messages").endswith(judged)
        and item.get("status", 200) == 200
    ]


def refuses(request: dict) -> None:
    try:
        judge(request)
    except AssertionError:
        return
    raise AssertionError("this wrong request was taken")


def main(path: str, all_wrong: bool) -> int:
    with open(path, encoding="utf-8") as file:
        requests = requests_of(json.load(file))
    name = "pywa refuses wrong requests" if all_wrong else "pywa validates requests"
    score = Score(name, pass_on=(NotJudged,))
    skipped: list[str] = []
    for number, request in enumerate(requests, start=1):
        request.setdefault("path", "/messages")
        request["body"] = without_nulls(request["body"])
        kind = request["body"].get("type") or request["body"].get("status")
        label = f"request {request.get('seq', number)} ({kind})"
        try:
            score.check(label, lambda: (refuses if all_wrong else judge)(request))
        except NotJudged as reason:
            skipped.append(f"{label}: {reason}")
    for line in skipped:
        print(f"not judged by pywa: {line}")
    print(f"pywa: {len(requests)} requests, {len(skipped)} not judged")
    return score.finish()


if __name__ == "__main__":
    arguments = sys.argv[1:]
    all_wrong = "--all-wrong" in arguments
    paths = [argument for argument in arguments if argument != "--all-wrong"]
    if len(paths) != 1:
        sys.exit(__doc__)
    sys.exit(main(paths[0], all_wrong))
