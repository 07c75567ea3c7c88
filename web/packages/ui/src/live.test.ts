import { beforeEach, describe, expect, it } from "vitest";
import { Live, type LiveOptions } from "./live.ts";

/** A WebSocket in the hands of the test; what a listener throws reaches the test. */
class Socket {
  readyState = 0;
  sent: string[] = [];
  private listeners: [string, (event: { data?: string }) => void][] = [];
  constructor(readonly url: string) {}
  addEventListener(name: string, listener: (event: { data?: string }) => void) {
    this.listeners.push([name, listener]);
  }
  private dispatch(name: string, event: { data?: string }) {
    for (const [wanted, listener] of this.listeners) if (wanted === name) listener(event);
  }
  frame(frame: object) {
    this.readyState = 1;
    this.raw(JSON.stringify(frame));
  }
  raw(data: string) {
    this.dispatch("message", { data });
  }
  send(data: string) {
    this.sent.push(data);
  }
  close() {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.dispatch("close", {});
  }
}

let sockets: Socket[];
let log: string[];
let timers: { run: () => void; ms: number }[];

function makeLive(over: Partial<LiveOptions<{ seq: number }, { type: string }>> = {}) {
  return new Live<{ seq: number }, { type: string }>({
    url: (cursor) => `/live?cursor=${cursor ?? ""}`,
    events: (events) => log.push(`events ${events.map(({ seq }) => seq).join(",")}`),
    refetch: () => log.push("refetch"),
    ephemeral: ({ type }) => log.push(type),
    state: (state) => log.push(state),
    connect: (url) => {
      const socket = new Socket(url);
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    random: () => 1,
    setTimer: (run, ms) => timers.push({ run, ms }),
    clearTimer: (timer) => void (timers[(timer as number) - 1] = { run: () => undefined, ms: -1 }),
    ...over,
  });
}
const last = () => sockets.at(-1)!;
/** Lets the pending retry run. */
const retry = () => timers.findLast(({ ms }) => ms !== 5_000 && ms >= 0)!.run();

beforeEach(() => {
  sockets = [];
  log = [];
  timers = [];
});

describe("live", () => {
  it("fetches once after the first frame and not after a resume", () => {
    const live = makeLive();
    live.start();
    expect(last().url).toBe("/live?cursor=");
    last().frame({ cursor: "c1", events: [] });
    last().frame({ cursor: "c2", events: [{ seq: 1 }, { seq: 2 }] });
    last().close();
    retry();
    expect(last().url).toBe("/live?cursor=c2");
    last().frame({ cursor: "c4", events: [{ seq: 3 }, { seq: 4 }] });
    expect(log.filter((line) => line === "refetch")).toHaveLength(1);
    expect(log.filter((line) => line.startsWith("events"))).toEqual(["events 1,2", "events 3,4"]);
  });

  it("fetches anew after a reset and goes on from its cursor", () => {
    const live = makeLive();
    live.start();
    last().frame({ cursor: "c1", events: [] });
    last().close();
    retry();
    last().frame({ type: "reset", cursor: "c90" });
    expect(log.filter((line) => line === "refetch")).toHaveLength(2);
    last().close();
    retry();
    expect(last().url).toBe("/live?cursor=c90");
  });

  it("does not move the cursor past events that could not be applied", () => {
    let broken = true;
    const live = makeLive({
      events: (events) => {
        if (broken) throw new Error("broken");
        log.push(`events ${events.length}`);
      },
    });
    live.start();
    last().frame({ cursor: "c1", events: [] });
    const socket = last();
    expect(() => socket.frame({ cursor: "c2", events: [{ seq: 1 }] })).toThrow("broken");
    broken = false;
    socket.close();
    retry();
    expect(last().url).toBe("/live?cursor=c1");
  });

  it("waits longer after each failure, at most 30 s, and starts fresh when it was stable", () => {
    const live = makeLive();
    live.start();
    const waits: number[] = [];
    for (let i = 0; i < 10; i += 1) {
      last().close();
      waits.push(timers.at(-1)!.ms);
      retry();
    }
    expect(waits.slice(0, 4)).toEqual([500, 1000, 2000, 4000]);
    expect(waits.at(-1)).toBe(30_000);
    last().frame({ cursor: "c1", events: [] });
    timers.findLast(({ ms }) => ms === 5_000)!.run();
    last().close();
    expect(timers.at(-1)!.ms).toBe(500);
  });

  it("ignores a broken frame, hands on ephemeral ones and tells only when open", () => {
    const live = makeLive();
    live.tell({ type: "typing" });
    live.start();
    last().raw("{");
    last().frame({ cursor: "c1", events: [] });
    last().frame({ type: "typing", on: true });
    live.tell({ type: "typing", on: true });
    expect(log).toContain("typing");
    expect(last().sent).toEqual(['{"type":"typing","on":true}']);
  });

  it("replaces a connection on wake and stays stopped when stopped", () => {
    const live = makeLive();
    live.start();
    last().frame({ cursor: "c1", events: [] });
    live.wake();
    expect(sockets).toHaveLength(1);
    live.wake(true);
    expect(sockets).toHaveLength(2);
    live.stop();
    live.wake(true);
    expect(sockets).toHaveLength(2);
  });
});
