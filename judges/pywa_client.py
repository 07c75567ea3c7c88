"""A pywa client whose traffic goes to the simulator. Nothing of pywa is changed: it takes its own
`httpx.Client`, and the transport of that client decides where the host name leads."""

from __future__ import annotations

from typing import Any

import httpx
from pywa import WhatsApp

from judging import ACCESS_TOKEN, APP_ID, APP_SECRET, PHONE_ID, SIM_URL, VERIFY_TOKEN, WABA_ID


class ToSimulator(httpx.HTTPTransport):
    """Keeps path, headers and body; replaces scheme, host and port."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        target = httpx.URL(SIM_URL)
        if request.url.host.endswith("facebook.com"):
            request.url = request.url.copy_with(
                scheme=target.scheme, host=target.host, port=target.port
            )
            request.headers["host"] = f"{target.host}:{target.port}"
        return super().handle_request(request)


def client(**options: Any) -> WhatsApp:
    """A client for the built-in number of the simulator."""
    session = options.pop("session", None) or httpx.Client(transport=ToSimulator(), timeout=30)
    return WhatsApp(
        phone_id=PHONE_ID,
        token=ACCESS_TOKEN,
        waba_id=WABA_ID,
        app_id=int(APP_ID),
        app_secret=APP_SECRET,
        verify_token=VERIFY_TOKEN,
        session=session,
        **options,
    )
