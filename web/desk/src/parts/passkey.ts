/** WebAuthn between the server's JSON and the browser's binary fields. */
import type { Client } from "@tresen/api/client";
import type { Passkey, Session } from "@tresen/api";

interface Start {
  challenge_id: string;
  options: { publicKey: Record<string, unknown> };
}

export const passkeysWork = typeof PublicKeyCredential !== "undefined" && isSecureContext;

/** The person turned away: no fault, nothing to report. */
export function wasDismissed(error: unknown): boolean {
  return error instanceof DOMException && (error.name === "NotAllowedError" || error.name === "AbortError");
}

export async function createPasskey(api: Client, name: string): Promise<Passkey> {
  const start = await api.post<Start>("/passkeys/start");
  const publicKey = binary(start.options.publicKey) as unknown as PublicKeyCredentialCreationOptions;
  const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential | null;
  if (!credential) throw new DOMException("no credential", "NotAllowedError");
  return api.post("/passkeys/finish", { challenge_id: start.challenge_id, name, credential: plain(credential) });
}

export async function signInWithPasskey(api: Client): Promise<Session> {
  const start = await api.post<Start>("/session/passkey/start");
  const publicKey = binary(start.options.publicKey) as unknown as PublicKeyCredentialRequestOptions;
  const credential = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential | null;
  if (!credential) throw new DOMException("no credential", "NotAllowedError");
  return api.post("/session/passkey/finish", { challenge_id: start.challenge_id, credential: plain(credential) });
}

/** Base64url fields become bytes: `challenge`, `user.id` and the ids of known credentials. */
function binary(options: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = { ...options, challenge: toBytes(options["challenge"] as string) };
  if (options["user"]) {
    const user = options["user"] as { id: string };
    out["user"] = { ...user, id: toBytes(user.id) };
  }
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    const known = options[list] as { id: string }[] | undefined;
    if (known) out[list] = known.map((c) => ({ ...c, id: toBytes(c.id) }));
  }
  return out;
}

/** Written out by hand: `toJSON` of credentials is younger than the browsers we serve. */
function plain(credential: PublicKeyCredential): Record<string, unknown> {
  const { response } = credential;
  const body: Record<string, unknown> = { clientDataJSON: toText(response.clientDataJSON) };
  if (response instanceof AuthenticatorAttestationResponse) {
    body["attestationObject"] = toText(response.attestationObject);
    body["transports"] = response.getTransports?.() ?? [];
  }
  if (response instanceof AuthenticatorAssertionResponse) {
    body["authenticatorData"] = toText(response.authenticatorData);
    body["signature"] = toText(response.signature);
    body["userHandle"] = response.userHandle ? toText(response.userHandle) : null;
  }
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: body,
  };
}

function toBytes(text: string): ArrayBuffer {
  const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(raw, (c) => c.charCodeAt(0)).buffer;
}

function toText(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
