/** The websites an entry may stand on: typed as people write them, kept as a browser names them. */

/** "www.laden.example, https://laden.example/kontakt" → origins, and the first word that is none. */
export function sitesOf(text: string): { origins: string[]; wrong: string | null } {
  const origins: string[] = [];
  for (const word of text.split(/[\s,;]+/).filter(Boolean)) {
    const origin = originOf(word);
    if (origin === null) return { origins, wrong: word };
    if (!origins.includes(origin)) origins.push(origin);
  }
  return { origins, wrong: null };
}

/** A host without a scheme is meant with TLS; path and query are of no account to a browser here. */
function originOf(word: string): string | null {
  const written = /^[a-z][a-z0-9+.-]*:\/\//i.test(word) ? word : `https://${word}`;
  if (!/^https?:/i.test(written) || !URL.canParse(written)) return null;
  const url = new URL(written);
  const named = url.hostname === "localhost" || url.hostname.includes(".") || url.hostname.startsWith("[");
  return named && url.username === "" && /^[a-z0-9.\-[\]:]+$/.test(url.hostname) ? url.origin : null;
}
