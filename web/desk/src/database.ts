/** A small key-value shelf in IndexedDB. Where storage is refused, what was put lives as long as the page. */

export interface Shelf<T> {
  all(): Promise<[string, T][]>;
  put(key: string, value: T): Promise<void>;
  delete(key: string): Promise<void>;
  /** Takes the whole shelf off the device. */
  erase(): Promise<void>;
}

const STORE = "shelf";

export function openShelf<T>(name: string): Shelf<T> {
  const database = new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.addEventListener("upgradeneeded", () => request.result.createObjectStore(STORE));
    request.addEventListener("success", () => {
      // Another tab that wants to upgrade or delete must not wait for us.
      request.result.addEventListener("versionchange", () => request.result.close());
      resolve(request.result);
    });
    request.addEventListener("error", () => reject(request.error ?? new Error("IndexedDB failed")));
  });
  async function run<R>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<R>): Promise<R> {
    const transaction = (await database).transaction(STORE, mode);
    const request = work(transaction.objectStore(STORE));
    return new Promise((resolve, reject) => {
      transaction.addEventListener("complete", () => resolve(request.result));
      transaction.addEventListener("abort", () => reject(transaction.error ?? new Error("aborted")));
    });
  }
  return {
    async all() {
      const [keys, values] = await Promise.all([
        run("readonly", (store) => store.getAllKeys()),
        run("readonly", (store) => store.getAll() as IDBRequest<T[]>),
      ]);
      return keys.flatMap((key, place): [string, T][] => {
        const value = values[place];
        return value === undefined ? [] : [[String(key), value]];
      });
    },
    put: async (key, value) => void (await run("readwrite", (store) => store.put(value, key))),
    delete: async (key) => void (await run("readwrite", (store) => store.delete(key))),
    async erase() {
      (await database).close();
      const request = indexedDB.deleteDatabase(name);
      // Another tab that holds it open lets go when it closes; the order to delete stands.
      await new Promise<void>((resolve) => {
        for (const end of ["success", "error", "blocked"]) request.addEventListener(end, () => resolve());
      });
    },
  };
}
