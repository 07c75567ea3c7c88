/** One command of a menu. `checked` makes it a choice among several. */
export interface MenuItem {
  label: string;
  run: () => void;
  icon?: string;
  key?: string;
  checked?: boolean;
  danger?: boolean;
  /** Printed above the item: a group begins here. */
  heading?: string;
}
