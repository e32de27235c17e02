// Numbers, sizes and times as a person reads them; the same on every page.
const whole = new Intl.NumberFormat();
const round = new Intl.NumberFormat([], { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat([], { maximumFractionDigits: 1 });
const soon = new Intl.DateTimeFormat([], { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat([], { dateStyle: "medium" });
const exact = new Intl.DateTimeFormat([], { dateStyle: "full", timeStyle: "medium" });
const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" });
const UNITS = ["bytes", "KB", "MB", "GB", "TB"];

export const count = (number) => whole.format(number);

// 1 → "1 task", 1200 → "1,200 tasks"; the plural is the word with an s unless it is given.
export const counted = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

export function size(bytes) {
  let left = bytes;
  let unit = 0;
  for (; left >= 1000 && unit < UNITS.length - 1; unit += 1) left /= 1000;
  return `${(left < 10 && unit ? tenths : round).format(left)} ${UNITS[unit]}`;
}

export function duration(seconds) {
  if (seconds < 1) return "less than a second";
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${tenths.format(seconds / 3600)} h`;
}

// Seconds since the epoch, as short as it can be: only the time for today, no time for past years.
export function when(seconds) {
  const then = new Date(seconds * 1000);
  const now = new Date();
  if (then.toDateString() === now.toDateString()) return clock.format(then);
  return (then.getFullYear() === now.getFullYear() ? soon : day).format(then);
}

export const exactly = (seconds) => exact.format(new Date(seconds * 1000));
