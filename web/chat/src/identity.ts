// Ids made on this device.

/** 128 random bits in 22 letters of [A-Za-z0-9_-]; works without a secure context too. */
export function newClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
