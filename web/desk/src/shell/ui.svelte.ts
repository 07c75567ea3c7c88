/** What is open on the page: overlays, the contact panel, the composer's wish for focus. */
import { MediaQuery } from "svelte/reactivity";
import { router } from "../router.svelte.ts";

/** From this width on the panel stands beside the thread; below it is a sheet. */
const panelFits = new MediaQuery("min-width: 1100px");
const phone = new MediaQuery("max-width: 759px");

/** What somebody asks for about their own data, and whom it is about. */
export interface DataRequest {
  what: "copy" | "erase" | "hold";
  contactId: string;
  name: string;
}

class Ui {
  palette = $state(false);
  help = $state(false);
  /** The conversation the assign dialog is open for. */
  assigning = $state<string | null>(null);
  /** The conversations the snooze and the tag dialog are open for. */
  snoozing = $state<string | null>(null);
  tagging = $state<string | null>(null);
  /** The request that is being answered: its dialog outlives the conversation it began in. */
  request = $state.raw<DataRequest | null>(null);
  panel = $state(true);
  panelSheet = $state(false);
  /** The composer of this conversation should take the focus, in this mode. Granted once. */
  wish = $state.raw<{ mode: "reply" | "note"; conversation: string } | null>(null);

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
    const conversation = router.route.page === "inbox" ? router.route.conversation : null;
    this.wish = conversation ? { mode, conversation } : null;
  }
}

export const ui = new Ui();
