// The customer's side of the counter, as a person on a phone uses it.
import { expect, type Locator, type Page } from "@playwright/test";

export interface Photo {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

export class Customer {
  constructor(readonly page: Page) {}

  get field(): Locator {
    return this.page.getByLabel("Nachricht", { exact: true });
  }
  get sendButton(): Locator {
    return this.page.getByRole("button", { name: "Senden", exact: true });
  }
  /** Glyphs of messages in this state: "wartet", "angenommen", "gelesen". */
  marks(state: string): Locator {
    return this.page.locator(".rows").getByRole("img", { name: state, exact: true });
  }
  /** The bubble with exactly this text. */
  message(text: string): Locator {
    return this.page.locator(".rows").getByText(text, { exact: true });
  }

  async attach(...photos: Photo[]): Promise<void> {
    await this.page.locator("input[type=file]").first().setInputFiles(photos);
    await expect(this.page.getByRole("list", { name: "Anhänge" })).toBeVisible();
  }
  /** Writes and taps send; does not wait for the server. */
  async write(text: string): Promise<void> {
    await this.field.fill(text);
    await this.sendButton.click();
    await expect(this.message(text)).toBeVisible();
  }
  /** Writes and waits until the server has it. */
  async say(text: string): Promise<void> {
    await this.write(text);
    await expect(this.marks("wartet")).toHaveCount(0);
  }
}
