/// <reference lib="webworker" />
// Offline shell of the customer chat, scope /c/. It keeps the page, its assets and the public facts
// of the entry (no personal data), and nothing of any conversation. Registered after the first message.
export {};
declare const self: ServiceWorkerGlobalScope;

const CACHE = "tresen-shell-1";
const ENTRY = /^\/chat\/v1\/entries\/[^/]+$/;
const PATIENCE_MS = 4_000;

self.addEventListener("install", () => void self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name !== CACHE && name.startsWith("tresen-shell")) await caches.delete(name);
      await self.clients.claim();
    })(),
  );
});

interface Keep {
  type?: string;
  page?: string;
  assets?: string[];
  facts?: string[];
}

/** The page tells what it was made of; what earlier builds left is dropped. */
self.addEventListener("message", (event) => {
  const data = event.data as Keep | null;
  if (data?.type !== "keep" || !data.page?.startsWith("/c/")) return;
  event.waitUntil(keep(data.page, data.assets ?? [], data.facts ?? []));
});

/** The page itself comes last: where it is kept, everything it is made of is kept, too. */
async function keep(page: string, assets: string[], facts: string[]): Promise<void> {
  const cache = await caches.open(CACHE);
  const put = async (path: string, credentials: RequestCredentials): Promise<boolean> => {
    const answer = await fetch(path, { credentials }).catch(() => null);
    if (answer?.ok) await cache.put(path, answer);
    return answer?.ok === true;
  };
  for (const path of assets) if (!(await cache.match(path)) && !(await put(path, "omit"))) return;
  for (const path of facts) if (ENTRY.test(path.split("?", 1)[0] ?? "") && !(await put(path, "same-origin"))) return;
  if (!(await put(page, "omit"))) return;
  const wanted = new Set(assets);
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url);
    if (pathname.startsWith("/_chat/") && !wanted.has(pathname)) await cache.delete(url);
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/_chat/")) event.respondWith(cacheFirst(request, url.pathname));
  else if (request.mode === "navigate" && url.pathname.startsWith("/c/")) event.respondWith(networkFirst(request, url.pathname));
  else if (ENTRY.test(url.pathname)) event.respondWith(networkFirst(request, url.pathname + url.search, true));
});

/** Assets carry their hash in the name: what is kept is right. */
async function cacheFirst(request: Request, key: string): Promise<Response> {
  return (await caches.match(key)) ?? fetch(request);
}

async function networkFirst(request: Request, key: string, keep = false): Promise<Response> {
  const kept = await caches.match(key);
  try {
    const signal = kept ? AbortSignal.timeout(PATIENCE_MS) : undefined;
    const answer = await fetch(request, { signal });
    if (keep && answer.ok) await (await caches.open(CACHE)).put(key, answer.clone());
    return answer.status >= 500 && kept ? kept : answer;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}
