import type { DeliveryState } from "@tresen/api";

/**
 * What a bubble says about its way. "waiting" and "accepted" are ours: not yet taken by our own
 * server, and taken by it where that is all there is to reach.
 */
export type Mark = DeliveryState | "waiting" | "accepted";
