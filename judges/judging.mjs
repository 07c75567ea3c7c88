// Shared parts of the Node judges: a score, the simulator's control interface, a receiver.

import { createServer } from "node:http";

export const SIM_URL = process.env.SIM_URL ?? "";
export const PHONE_ID = "930000000000001";
export const WABA_ID = "920000000000001";
export const APP_SECRET = "sim-app-secret";
export const ACCESS_TOKEN = "sim-access-token";
export const VERIFY_TOKEN = "sim-verify-token";
export const ANNA = "4917139200001";
export const BELA_ID = "DE.13491208655300002";
export const SHOP = "https://shop.example";
export const PNG = Buffer.from(
  "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63600000020" +
    "00001e221bc330000000049454e44ae426082",
  "hex",
);

/** Counts what passed and failed; the last line is read by `judges/run`. */
export class Score {
  passed = 0;
  failed = 0;

  /** Errors of the class `passOn` go to the caller instead of being counted. */
  constructor(judge, passOn) {
    this.judge = judge;
    this.passOn = passOn;
  }

  /** Runs one check, which fails when the action throws. */
  async check(name, action) {
    try {
      const result = await action();
      this.passed += 1;
      if (process.env.JUDGE_VERBOSE) console.log(`ok   ${this.judge}: ${name}`);
      return result;
    } catch (error) {
      if (this.passOn && error instanceof this.passOn) throw error;
      this.failed += 1;
      console.log(`FAIL ${this.judge}: ${name}: ${error?.message ?? error}`);
      if (process.env.JUDGE_TRACE) console.log(error);
      return undefined;
    }
  }

  finish() {
    console.log(`${this.judge}: ${this.passed} passed, ${this.failed} failed`);
    return this.failed > 0 || this.passed === 0 ? 1 : 0;
  }
}

export function expect(condition, message = "the expectation does not hold") {
  if (!condition) throw new Error(message);
}

export function equal(actual, wanted) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(wanted)];
  expect(a === b, `${a} is not ${b}`);
}

export async function control(method, path, body) {
  const answer = await fetch(`${SIM_URL}/_sim/${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

export const sim = (path, body) => control("POST", path, body);
export const ledger = () => control("GET", "ledger");

/** A user writes, so that free-form messages are allowed; returns the message id. */
export async function openWindow(user = ANNA) {
  return (await sim("inbound", { from: user, text: "Hallo" })).message_id;
}

/** Receives callbacks on loopback: `onPost(raw, signature)` and `onGet(query)` give the status. */
export async function receiver({ onGet, onPost }) {
  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", async () => {
      try {
        if (request.method === "GET") {
          const query = Object.fromEntries(new URL(request.url, "http://localhost").searchParams);
          const challenge = await onGet(query);
          response.writeHead(challenge === undefined ? 403 : 200).end(challenge);
        } else {
          const raw = Buffer.concat(chunks).toString("utf8");
          await onPost(raw, request.headers["x-hub-signature-256"]);
          response.writeHead(200).end();
        }
      } catch {
        response.writeHead(403).end();
      }
    });
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { url: `http://127.0.0.1:${server.address().port}/callbacks`, close: () => server.close() };
}
