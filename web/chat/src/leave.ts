// Ends the chat on this device: the server forgets the browser first, then the browser forgets the chat.
import { createClient } from "@tresen/api/client";
import { currentLanguage } from "@tresen/i18n";
import { forgetChoices } from "./keepsake.ts";

/** False when the server was not reached: then nothing was ended, and nothing is forgotten. */
export async function leaveDevice(slug: string): Promise<boolean> {
  try {
    await createClient({ base: "/chat/v1", language: currentLanguage }).delete("/session");
  } catch {
    return false;
  }
  forgetChoices();
  await Promise.allSettled([forgetOutbox(slug), forgetShell()]);
  return true;
}

function forgetOutbox(slug: string): Promise<void> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(`tresen-chat-${slug}`);
    // Another tab that holds it open lets go when it closes; the order to delete stands.
    for (const end of ["success", "error", "blocked"]) request.addEventListener(end, () => resolve());
  });
}

async function forgetShell(): Promise<void> {
  const registrations = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.all(registrations.filter(({ scope }) => new URL(scope).pathname === "/c/").map((one) => one.unregister()));
  for (const name of await caches.keys()) if (name.startsWith("tresen-shell")) await caches.delete(name);
}
