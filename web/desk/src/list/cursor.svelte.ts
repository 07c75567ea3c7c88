/** Where the keyboard wants the list to go: set by keys, taken by the list pane. */
class ListCursor {
  wish = $state.raw<{ id: string; focus: boolean } | null>(null);
}
export const listCursor = new ListCursor();
