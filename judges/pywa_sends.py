"""pywa sends everything it can send to the simulator and reads the answers into its own types."""

from __future__ import annotations

import sys

import httpx
from pywa import errors, types
from pywa.types import templates as t

from judging import ANNA, BELA_ID, PHONE_ID, Score, control, equal, expect, open_window, sim
from pywa_client import ToSimulator, client

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
SHOP = "https://shop.example"

score = Score("pywa sends")
wa = client()


def last_body() -> dict:
    return control("GET", "ledger")["requests"][-1]["body"]


def sent(name: str, action) -> None:
    """Sends, and wants a typed answer with a message id for the right user."""

    def run():
        result = action()
        expect(isinstance(result, types.SentMessage), result)
        expect(result.id.startswith("wamid."), result.id)
        return result

    score.check(name, run)


def raises(name: str, wanted: type[Exception], action) -> None:
    def run():
        try:
            action()
        except wanted:
            return
        raise AssertionError(f"{wanted.__name__} was not raised")

    score.check(name, run)


def text_and_interactive(quoted: str) -> None:
    sent("text", lambda: wa.send_message(ANNA, "Grüße 👍", preview_url=True, tracker="m:1"))
    score.check("tracker travels", lambda: equal(last_body()["biz_opaque_callback_data"], "m:1"))
    sent("text to a user id", lambda: wa.send_message(BELA_ID, "Hallo Bela"))
    score.check("user id travels in recipient", lambda: equal(last_body()["recipient"], BELA_ID))
    sent("quote", lambda: wa.send_message(ANNA, "Dazu", reply_to_message_id=quoted))
    buttons = [types.Button("Ja", "ja"), types.Button("Nein", "nein")]
    sent("buttons", lambda: wa.send_message(ANNA, "Passt?", header="Termin", footer="F", buttons=buttons))
    rows = [types.SectionRow("Di 10:00", "t1", "Raum 1"), types.SectionRow("Mi 14:30", "t2")]
    sections = types.SectionList("Termine", [types.Section("Woche", rows)])
    sent("list", lambda: wa.send_message(ANNA, "Wann?", buttons=sections))
    sent("link button", lambda: wa.send_message(ANNA, "Hier", buttons=types.URLButton("Laden", SHOP)))
    flow = types.FlowButton(
        title="Start", flow_id="123", flow_token="tok",
        flow_action_type=types.FlowActionType.NAVIGATE, flow_action_screen="A",
    )
    sent("flow", lambda: wa.send_message(ANNA, "Formular", buttons=flow))
    sent("call button", lambda: wa.send_message(ANNA, "Anruf?", buttons=types.VoiceCallButton("Anrufen")))
    sent(
        "call permission request",
        lambda: wa.send_message(ANNA, "Dürfen wir?", buttons=types.CallPermissionRequestButton()),
    )
    sent("location request", lambda: wa.request_location(ANNA, "Wo sind Sie?"))
    sent("contact request", lambda: wa.request_contact_info(ANNA, "Ihre Nummer?"))
    sent("reaction", lambda: wa.send_reaction(ANNA, "👍", quoted))
    sent("reaction removed", lambda: wa.remove_reaction(ANNA, quoted))
    sent("location", lambda: wa.send_location(ANNA, 52.5163, 13.3777, "Laden", "Am Platz 1"))
    contact = types.Contact(
        name=types.Contact.Name(formatted_name="B. Beispiel", first_name="B."),
        phones=[types.Contact.Phone(phone="+49 30 23125 099", type="WORK")],
        emails=[types.Contact.Email(email="b@shop.example")],
    )
    sent("contact", lambda: wa.send_contact(ANNA, contact))
    sent("catalog", lambda: wa.send_catalog(ANNA, "Unser Angebot"))
    sent("product", lambda: wa.send_product(ANNA, "1", "sku1", "Tee"))
    sections = [types.ProductsSection("Tee", ["sku1", "sku2"])]
    sent("products", lambda: wa.send_products(ANNA, "1", sections, "Angebot", "Tee"))
    cards = [
        types.ImageCarouselCard(
            image=f"{SHOP}/{n}.jpg", body=f"Karte {n}", buttons=types.URLButton("Öffnen", SHOP)
        )
        for n in range(2)
    ]
    sent("carousel", lambda: wa.send_carousel(ANNA, body="Karten", cards=cards))
    score.check("read", lambda: expect(wa.mark_message_as_read(quoted)))
    score.check("typing", lambda: expect(wa.indicate_typing(quoted)))


def media() -> None:
    sent("image by bytes", lambda: wa.send_image(ANNA, PNG, caption="Bild", mime_type="image/png"))
    sent("image by link", lambda: wa.send_image(ANNA, f"{SHOP}/a.jpg"))
    sent("video", lambda: wa.send_video(ANNA, f"{SHOP}/a.mp4", caption="Film"))
    sent("document", lambda: wa.send_document(ANNA, f"{SHOP}/a.pdf", filename="a.pdf", caption="PDF"))
    sent("audio", lambda: wa.send_audio(ANNA, f"{SHOP}/a.mp3"))
    sent("voice", lambda: wa.send_voice(ANNA, f"{SHOP}/a.ogg"))
    sent("sticker", lambda: wa.send_sticker(ANNA, f"{SHOP}/a.webp"))
    button = [types.Button("Ja", "ja")]
    sent("image with buttons", lambda: wa.send_image(ANNA, f"{SHOP}/a.jpg", caption="?", buttons=button))
    uploaded = score.check("upload", lambda: wa.upload_media(PNG, mime_type="image/png", filename="p.png"))
    if uploaded is None:
        return
    media_id = uploaded.id
    url = score.check("media url", lambda: wa.get_media_url(media_id))
    if url is not None:
        score.check("size and type", lambda: equal((url.file_size, url.mime_type), (len(PNG), "image/png")))
        score.check("download", lambda: equal(wa.get_media_bytes(url=url.url), PNG))
    score.check("delete", lambda: expect(wa.delete_media(media_id)))
    raises("deleted media is gone", errors.WhatsAppError, lambda: wa.get_media_url(media_id))


def templates() -> None:
    def template(name, action) -> None:
        def run():
            result = action()
            expect(isinstance(result, types.SentTemplate), result)
            equal(result.status, types.SentTemplateStatus.ACCEPTED)

        score.check(name, run)

    body, german, english = t.BodyText.params, t.TemplateLanguage.GERMAN, t.TemplateLanguage.ENGLISH
    template(
        "template, positional",
        lambda: wa.send_template(ANNA, "terminerinnerung", german, [
            body("Frau B.", "Dienstag"),
            t.QuickReplyButton.params(callback_data="ok", index=0)]),
    )
    template(
        "template, named with link",
        lambda: wa.send_template(ANNA, "versand_status", german, [
            t.HeaderText.params(laden="Haus A"), body(nummer="4711", tag="Dienstag"),
            t.URLButton.params(url_variable="4711", index=0)]),
    )
    template(
        "template, image header",
        lambda: wa.send_template(ANNA, "angebot_der_woche", german, [
            t.HeaderImage.params(image=f"{SHOP}/a.jpg"), body("Anna")]),
    )
    template(
        "template, document header",
        lambda: wa.send_template(ANNA, "rechnung", german, [
            t.HeaderDocument.params(document=f"{SHOP}/a.pdf", filename="R-1.pdf"), body("R-1")]),
    )
    template(
        "template, copy code over marketing messages",
        lambda: wa.send_template(ANNA, "spring_voucher", english, [
            body("Ann"), t.CopyCodeButton.params(coupon_code="TEA25", index=0)],
            use_mm_lite_api=True),
    )
    raises(
        "missing parameters are 132000", errors.TemplateParamCountMismatch,
        lambda: wa.send_template(ANNA, "terminerinnerung", german, [body("nur eins")]),
    )
    raises(
        "unknown template is 132001", errors.TemplateNotExists,
        lambda: wa.send_template(ANNA, "gibt_es_nicht", german, []),
    )
    raises(
        "paused template is 132015", errors.TemplatePaused,
        lambda: wa.send_template(ANNA, "herbstaktion", german, []),
    )
    template_management()


def count_by_cursor(page) -> int:
    # Result.next() of pywa 4.5.0 cannot build a second page of templates; its cursors are fine.
    count = len(list(page))
    while page.has_next:
        page = wa.get_templates(pagination=types.Pagination(limit=4, after=page.after))
        count += len(list(page))
    return count


def template_management() -> None:
    listed = score.check("template list", lambda: wa.get_templates(pagination=types.Pagination(limit=4)))
    if listed is not None:
        score.check("summary", lambda: equal(listed.total_count, 10))
        score.check("paging reaches all", lambda: equal(count_by_cursor(listed), 10))
    new = t.Template(
        name="willkommen", language=t.TemplateLanguage.GERMAN, category=t.TemplateCategory.UTILITY,
        components=[t.BodyText("Willkommen {{1}}, schön dass Sie da sind.", "Anna")],
    )
    created = score.check("template create", lambda: wa.create_template(new))
    if created is not None:
        shown = score.check("template get", lambda: wa.get_template(created.id))
        score.check("template fields", lambda: equal((shown.name, shown.status), ("willkommen", t.TemplateStatus.PENDING)))
        score.check("template delete", lambda: expect(wa.delete_template("willkommen")))


def number() -> None:
    score.check("number", lambda: equal(wa.get_business_phone_number().id, PHONE_ID))
    score.check("numbers", lambda: equal([p.id for p in wa.get_business_phone_numbers()], [PHONE_ID]))
    score.check("account", lambda: equal(wa.get_business_account().name, "Haus Beispiel"))
    score.check("profile update", lambda: expect(wa.update_business_profile(
        about="Tee", email="post@shop.example", industry=types.Industry.RETAIL, websites=[SHOP])))
    score.check("profile", lambda: equal(wa.get_business_profile().about, "Tee"))
    score.check("register with local storage", lambda: expect(
        wa.register_phone_number("123456", data_localization_region="DE")))
    raises("wrong PIN is 133005", errors.WhatsAppError, lambda: wa.register_phone_number("000000"))
    score.check("automation", lambda: expect(wa.update_conversational_automation(
        ice_breakers=["Hallo"], commands=[types.Command("hilfe", "Zeigt Hilfe")])))
    score.check("commerce", lambda: expect(wa.update_commerce_settings(is_cart_enabled=True)))
    score.check("commerce read", lambda: equal(wa.get_commerce_settings().is_cart_enabled, True))
    code = score.check("short link", lambda: wa.create_qr_code("Hallo", "SVG"))
    if code is not None:
        score.check("short link read", lambda: equal(wa.get_qr_code(code.code).prefilled_message, "Hallo"))
        score.check("short link list", lambda: equal(len(wa.get_qr_codes().all()), 1))
        score.check("short link update", lambda: wa.update_qr_code(code.code, "Guten Tag"))
        score.check("short link delete", lambda: expect(wa.delete_qr_code(code.code)))
    score.check("block", lambda: equal(len(wa.block_users([ANNA]).added_users), 1))
    score.check("blocked", lambda: equal(len(wa.get_blocked_users().all()), 1))
    score.check("unblock", lambda: equal(len(wa.unblock_users([ANNA]).removed_users), 1))
    score.check("username", lambda: wa.set_username("haus.beispiel"))
    score.check("username read", lambda: equal(wa.get_current_username().username, "haus.beispiel"))


def refusals() -> None:
    raises("too long text", errors.WhatsAppError, lambda: wa.send_message(ANNA, "x" * 4097))
    sim("status", {"answer_codes": [131047]})
    stranger = "4917139200003"
    raises("closed window is 131047", errors.ReEngagementMessage, lambda: wa.send_message(stranger, "zu"))
    sim("faults", {"http_429": 1})
    raises("429 is a throttling error", errors.ThrottlingError, lambda: wa.send_message(ANNA, "x"))
    sim("limits", {"per_second": 1})
    raises(
        "throughput is 130429", errors.WhatsAppError,
        lambda: [wa.send_message(ANNA, "x") for _ in range(5)],
    )
    sim("limits", {"per_second": 80})
    sim("faults", {"drop_answer_after_accept": 1})
    raises("a dropped answer is a transport error", httpx.RemoteProtocolError, lambda: wa.send_message(ANNA, "x"))
    sim("faults", {"revoke_token": True})
    raises("revoked token is an authorisation error", errors.AuthorizationError, lambda: wa.send_message(ANNA, "x"))
    sim("faults", {"restore_token": True})


def versions() -> None:
    for version in (17.0, 20.0, 26.0):
        other = client(api_version=version, session=httpx.Client(transport=ToSimulator()))
        score.check(f"version {version}", lambda other=other: other.send_message(ANNA, "Hallo"))


quoted = open_window()
open_window(BELA_ID)
sim("limits", {"pair_interval_ms": 0})
text_and_interactive(quoted)
media()
templates()
number()
versions()
refusals()
sys.exit(score.finish())
