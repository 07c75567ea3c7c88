// What the address says about this page. `/c/{entry}`, with `?embed=1` inside the widget.

export interface Page {
  slug: string;
  embedded: boolean;
  /** Language asked for by the embedding page, if any. */
  language: string | null;
}

export function readPage(address: URL): Page | null {
  const match = /^\/c\/([^/]+)\/?$/.exec(address.pathname);
  const slug = match?.[1];
  if (!slug) return null;
  const name = decoded(slug);
  if (name === null) return null;
  return {
    slug: name,
    embedded: address.searchParams.get("embed") === "1",
    language: address.searchParams.get("lang"),
  };
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
