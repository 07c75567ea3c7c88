// The outbox in IndexedDB: one database a page, one object store, blobs kept as they are.
import type { OutboxEntry, OutboxStore } from "./outbox.ts";

const STORE = "outbox";

function finish<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("IndexedDB failed")));
  });
}

function openDatabase(name: string, create: boolean): Promise<IDBDatabase | null> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.addEventListener("upgradeneeded", () => {
      // Aborting the first upgrade leaves no database behind: looking must not store anything.
      if (create) request.result.createObjectStore(STORE, { keyPath: "client_id" });
      else request.transaction?.abort();
    });
    request.addEventListener("success", () => {
      // Another tab that wants to upgrade or delete must not wait for us.
      request.result.addEventListener("versionchange", () => request.result.close());
      resolve(request.result);
    });
    request.addEventListener("error", (event) => {
      event.preventDefault();
      if (create) reject(request.error ?? new Error("IndexedDB failed"));
      else resolve(null);
    });
    request.addEventListener("blocked", () => reject(new Error("IndexedDB is blocked")));
  });
}

function overDatabase(database: IDBDatabase): OutboxStore {
  const write = (act: (store: IDBObjectStore) => void) =>
    new Promise<void>((resolve, reject) => {
      const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
      act(transaction.objectStore(STORE));
      transaction.addEventListener("complete", () => resolve());
      transaction.addEventListener("abort", () => reject(transaction.error ?? new Error("aborted")));
    });
  return {
    all: () => finish<OutboxEntry[]>(database.transaction(STORE).objectStore(STORE).getAll()),
    put: (entry) => write((store) => void store.put({ ...entry, files: entry.files.map((file) => ({ ...file })) })),
    delete: (clientId) => write((store) => void store.delete(clientId)),
  };
}

/** Opens the store, creating it when it does not exist. */
export async function openOutboxStore(name: string): Promise<OutboxStore> {
  const database = await openDatabase(name, true);
  if (!database) throw new Error("IndexedDB failed");
  return overDatabase(database);
}

/** Opens the store an earlier page left; null, and nothing stored, when there is none. */
export async function openExistingOutboxStore(name: string): Promise<OutboxStore | null> {
  if (typeof indexedDB === "undefined") return null;
  if (typeof indexedDB.databases === "function") {
    const names = await indexedDB.databases().catch(() => null);
    if (names && !names.some((known) => known.name === name)) return null;
  }
  const database = await openDatabase(name, false);
  return database ? overDatabase(database) : null;
}
