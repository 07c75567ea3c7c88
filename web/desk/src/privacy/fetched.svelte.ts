/** A list that is read when it is looked at, and read again after it changed. What is known stays meanwhile. */
export class Fetched<T> {
  value = $state.raw<T | null>(null);
  failed = $state(false);
  readonly #ask: () => Promise<T>;
  #turn = 0;

  constructor(ask: () => Promise<T>) {
    this.#ask = ask;
  }

  /** Something changed: whoever looks at the list sees it, and for nobody else it is read. */
  async again(): Promise<void> {
    if (this.value !== null || this.failed) await this.load();
  }

  async load(): Promise<void> {
    const turn = ++this.#turn;
    this.failed = false;
    try {
      const value = await this.#ask();
      if (turn === this.#turn) this.value = value;
    } catch {
      // What was known may not hold any more, and is not shown as if it did.
      if (turn === this.#turn) [this.value, this.failed] = [null, true];
    }
  }
}
