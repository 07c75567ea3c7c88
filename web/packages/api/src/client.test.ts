import { describe, expect, it } from "vitest";
import { ApiError, createClient, OfflineError } from "./client.ts";

interface Call {
  url: string;
  init: RequestInit;
}
function clientWith(answer: () => Response | Promise<Response>, csrf: string | null = null) {
  const calls: Call[] = [];
  const fetch = (url: string | URL | Request, init: RequestInit = {}) => {
    calls.push({ url: url as string, init });
    return Promise.resolve().then(answer);
  };
  return { calls, client: createClient({ base: "/api/v1", language: () => "de", csrf: () => csrf, fetch }) };
}
const header = (call: Call | undefined, name: string) => new Headers(call?.init.headers).get(name);

describe("client", () => {
  it("asks in the reader's language and leaves out empty query values", async () => {
    const { calls, client } = clientWith(() => Response.json({ items: [] }));
    await client.get("/conversations", { status: "open", cursor: undefined, assignee: null, limit: 50 });
    expect(calls[0]?.url).toBe("/api/v1/conversations?status=open&limit=50");
    expect(header(calls[0], "Accept-Language")).toBe("de");
    expect(header(calls[0], "X-CSRF-Token")).toBeNull();
  });
  it("sends JSON and the CSRF token with writes, also without a body", async () => {
    const { calls, client } = clientWith(() => new Response(null, { status: 204 }), "secret");
    await expect(client.post("/session/passkey/start")).resolves.toBeUndefined();
    expect(calls[0]?.init.body).toBe("{}");
    expect(header(calls[0], "Content-Type")).toBe("application/json");
    expect(header(calls[0], "X-CSRF-Token")).toBe("secret");
  });
  it("turns a problem document into a typed error", async () => {
    const problem = { type: "about:blank", title: "Nicht erlaubt", code: "send_refused", detail: "Fenster zu", reasons: [{ code: "window_closed", explanation: "x" }] };
    const { client } = clientWith(() => Response.json(problem, { status: 409, headers: { "Retry-After": "7" } }));
    const error = await client.post("/messages", {}).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 409, code: "send_refused", retryAfterS: 7, problem: { reasons: [{ code: "window_closed" }] } });
  });
  it("invents a problem for a proxy's HTML page", async () => {
    const { client } = clientWith(() => new Response("<h1>Bad gateway</h1>", { status: 502 }));
    await expect(client.get("/x")).rejects.toMatchObject({ status: 502, code: "http_502" });
  });
  it("tells no answer from a refusal", async () => {
    const { client } = clientWith(() => Promise.reject(new TypeError("failed to fetch")));
    await expect(client.get("/x")).rejects.toBeInstanceOf(OfflineError);
  });
});
