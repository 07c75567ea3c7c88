/** Phone numbers in groups a person can read aloud. Anything that is no international number stays as it is. */

/** German numbers: the area or network code stands alone. Only codes that can be told for certain. */
const GERMAN_CODES = /^(1(?:5\d{2}|[67]\d)|30|40|69|89)(\d+)$/;
const ONE_DIGIT = /^[17]/;
const THREE_DIGITS = /^(?:2[1235-9]\d|3[578]\d|42\d|5[09]\d|6[789]\d|80\d|85\d|87\d|88\d|96\d|97\d|99\d)/;

export function groupedPhone(text: string): string {
  const digits = /^\+[\d\s().\-/]{6,}$/.test(text.trim()) ? text.replace(/\D/g, "") : "";
  if (digits.length < 7 || digits.length > 15) return text;
  const size = ONE_DIGIT.test(digits) ? 1 : THREE_DIGITS.test(digits) ? 3 : 2;
  const [country, rest] = [digits.slice(0, size), digits.slice(size)];
  const german = country === "49" ? GERMAN_CODES.exec(rest) : null;
  const parts = german ? [german[1] ?? "", ...groups(german[2] ?? "")] : groups(rest);
  return [`+${country}`, ...parts].join(" ");
}

/** Groups of three and four, none shorter where it can be helped. */
function groups(digits: string): string[] {
  const parts: string[] = [];
  let left = digits;
  while (left.length > 4) {
    const take = left.length === 5 ? 2 : left.length % 4 === 0 ? 4 : 3;
    parts.push(left.slice(0, take));
    left = left.slice(take);
  }
  return left ? [...parts, left] : parts;
}
