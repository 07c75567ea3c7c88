// A thin fetch client: JSON in and out, problem+json becomes an `ApiError`. It knows no paths.
import type { Problem } from "./types.ts";

/** The server answered, but not with success. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly problem: Problem;
  /** Seconds the server asks to wait (`Retry-After`), if it does. */
  readonly retryAfterS: number | null;
  constructor(problem: Problem, retryAfterS: number | null = null) {
    super(problem.title);
    this.problem = problem;
    this.retryAfterS = retryAfterS;
  }
  get status(): number {
    return this.problem.status;
  }
  get code(): string {
    return this.problem.code;
  }
}

/** No answer at all: offline, server down, connection cut. The request may have arrived. */
export class OfflineError extends Error {
  override readonly name = "OfflineError";
}

export interface ClientOptions {
  /** Prefix of every path, e.g. "/api/v1". */
  base: string;
  /** The reader's language, sent as Accept-Language. */
  language: () => string;
  /** The desk's CSRF token; sent with writes when present. */
  csrf?: () => string | null;
  fetch?: typeof fetch;
}
export type Query = Record<string, string | number | boolean | null | undefined>;

export interface Client {
  get<T>(path: string, query?: Query): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  put<T>(path: string, body?: unknown): Promise<T>;
  patch<T>(path: string, body: unknown): Promise<T>;
  delete(path: string): Promise<void>;
  /** Headers a raw request (an upload) needs besides its content type. */
  headers(): Record<string, string>;
}

export function createClient(options: ClientOptions): Client {
  const call = options.fetch ?? ((...args: Parameters<typeof fetch>) => fetch(...args));
  const headers = () => {
    const csrf = options.csrf?.();
    return { "Accept-Language": options.language(), ...(csrf ? { "X-CSRF-Token": csrf } : {}) };
  };
  async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
    const init: RequestInit = { method, headers: headers(), credentials: "same-origin", cache: "no-store" };
    // Writes always carry JSON: the server refuses other types, which keeps foreign forms out.
    if (method !== "GET" && method !== "DELETE") {
      init.headers = { ...headers(), "Content-Type": "application/json" };
      init.body = JSON.stringify(body ?? {});
    }
    let response: Response;
    try {
      response = await call(options.base + path, init);
    } catch (cause) {
      throw new OfflineError("no answer", { cause });
    }
    if (!response.ok) throw await toError(response);
    // Some answers say all by their status.
    const text = await response.text();
    return (text ? JSON.parse(text) : undefined) as T;
  }
  return {
    get: (path, query) => request("GET", path + queryString(query)),
    post: (path, body) => request("POST", path, body),
    put: (path, body) => request("PUT", path, body),
    patch: (path, body) => request("PATCH", path, body),
    delete: (path) => request("DELETE", path),
    headers,
  };
}

function queryString(query: Query = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  if (pairs.length === 0) return "";
  return `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString()}`;
}

/** Reads the problem document of an answer; invents a plain one for answers that bring none. */
export async function toError(response: Response): Promise<ApiError> {
  const after = Number(response.headers.get("Retry-After") ?? NaN);
  const body = await response.text().catch(() => "");
  return new ApiError(toProblem(response.status, body), Number.isFinite(after) ? after : null);
}

export function toProblem(status: number, body: string): Problem {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && "code" in parsed) {
      return { type: "about:blank", title: "", detail: "", ...(parsed as object), status } as Problem;
    }
  } catch {
    // A proxy's HTML page, or nothing.
  }
  return { type: "about:blank", title: `HTTP ${status}`, status, code: `http_${status}`, detail: "" };
}
