/** What opens above the desk on a key, fetched as one piece. */
export { default as Assign } from "../thread/AssignDialog.svelte";
export { default as Snooze } from "../thread/SnoozeDialog.svelte";
export { default as Tags } from "../thread/TagDialog.svelte";
export { default as Help } from "./Help.svelte";
export { default as Palette } from "./Palette.svelte";
