/** What is open on the page: overlays, the contact panel, the composer's wish for focus. */
import { MediaQuery } from "svelte/reactivity";

/** From this width on the panel stands beside the thread; below it is a sheet. */
const panelFits = new MediaQuery("min-width: 1100px");
const phone = new MediaQuery("max-width: 759px");

class Ui {
  palette = $state(false);
  help = $state(false);
  /** The conversation the assign dialog is open for. */
  assigning = $state<string | null>(null);
  panel = $state(true);
  panelSheet = $state(false);
  /** Grows when the composer should take the focus, with the mode it should be in. */
  wish = $state.raw<{ mode: "reply" | "note"; turn: number } | null>(null);

  get panelFits(): boolean {
    return panelFits.current;
  }
  get phone(): boolean {
    return phone.current;
  }
  togglePanel(): void {
    if (panelFits.current) this.panel = !this.panel;
    else {
      this.panel = true;
      this.panelSheet = !this.panelSheet;
    }
  }
  write(mode: "reply" | "note"): void {
    this.wish = { mode, turn: (this.wish?.turn ?? 0) + 1 };
  }
}

export const ui = new Ui();
