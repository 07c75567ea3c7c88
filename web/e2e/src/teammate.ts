// The teammate's side of the counter.
import { expect, type Locator, type Page } from "@playwright/test";

export class TeammateDesk {
  constructor(readonly page: Page) {}

  get timeline(): Locator {
    return this.page.getByRole("log");
  }
  get answer(): Locator {
    return this.page.getByLabel(/^Antwort an/);
  }
  get note(): Locator {
    return this.page.getByLabel("Interne Notiz", { exact: true });
  }
  /** The rows of the list on screen. */
  get rows(): Locator {
    return this.page.locator(".list-pane a[data-id]");
  }
  row(name: string): Locator {
    return this.rows.filter({ hasText: name });
  }
  message(text: string): Locator {
    return this.timeline.getByText(text, { exact: true });
  }
  marks(state: string): Locator {
    return this.timeline.getByRole("img", { name: state, exact: true });
  }
  get heading(): Locator {
    return this.page.locator(".thread-pane header .name");
  }

  async reply(text: string): Promise<void> {
    await this.answer.fill(text);
    await this.answer.press("Enter");
    await expect(this.message(text)).toBeVisible();
  }
}
