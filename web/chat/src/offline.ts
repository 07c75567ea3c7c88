// Keeps the page for the time without network. Called after the first message was sent, never before.

interface TrustedTypesFactory {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): unknown;
}

/** Registers the service worker and hands it what this page was made of, with what `others` load. */
export async function keepOfflineShell(...others: (() => Promise<void>)[]): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  // Under Trusted Types the worker's address needs a policy; "default" is the one the page may use.
  // It vouches for this one address.
  const worker = "/c/sw.js";
  const { trustedTypes } = window as unknown as { trustedTypes?: TrustedTypesFactory };
  try {
    trustedTypes?.createPolicy("default", {
      createScriptURL: (url) => {
        if (url !== worker) throw new TypeError("not our worker");
        return url;
      },
    });
    await navigator.serviceWorker.register(worker, { scope: "/c/" });
    // What a first view does without: a photo or a voice message can then be written offline, too.
    await Promise.allSettled([
      import("@tresen/ui/AttachmentTray.svelte"),
      import("@tresen/ui/shrink.ts"),
      import("@tresen/ui/uploads.ts"),
      import("./Menu.svelte"),
      ...others.map((other) => other()),
      import("@tresen/ui/voice.ts"),
    ]);
    const { active } = await navigator.serviceWorker.ready;
    const loaded = performance
      .getEntriesByType("resource")
      .map(({ name }) => new URL(name))
      .filter(({ origin }) => origin === location.origin);
    const assets = loaded.filter(({ pathname }) => pathname.startsWith("/_chat/")).map(({ pathname }) => pathname);
    const facts = loaded.filter(({ pathname }) => pathname.startsWith("/chat/v1/entries/")).map(({ pathname, search }) => pathname + search);
    active?.postMessage({ type: "keep", page: location.pathname, assets: [...new Set(assets)], facts: [...new Set(facts)] });
  } catch {
    // Without it the page works online only.
  }
}
