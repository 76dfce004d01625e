/** Numbers and times as the pages show them: three significant digits, always with a unit. */

const three = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const grouped = new Intl.NumberFormat("en");

export const NOT_MEASURED = "–";

export function count(value: number): string {
  return grouped.format(value);
}

export function short(value: number): string {
  if (value >= 1e9) return `${three.format(value / 1e9)} G`;
  if (value >= 1e6) return `${three.format(value / 1e6)} M`;
  if (value >= 1e4) return `${three.format(value / 1e3)} k`;
  return three.format(value);
}

export function rate(perSecond: number): string {
  if (perSecond === 0) return "0 /s";
  if (perSecond < 0.05) return "<0.1 /s";
  if (perSecond < 100) return `${(Math.round(perSecond * 10) / 10).toFixed(1)} /s`;
  return `${short(Math.round(perSecond))} /s`;
}

export function millis(value: number | null): string {
  if (value === null) return NOT_MEASURED;
  if (value === 0) return "0 ms";
  if (value >= 60_000) return `${three.format(value / 60_000)} min`;
  if (value >= 1000) return `${three.format(value / 1000)} s`;
  if (value < 0.001) return "<1 µs";
  if (value < 1) return `${three.format(value * 1000)} µs`;
  return `${three.format(value)} ms`;
}

export function micros(value: number): string {
  return millis(value / 1000);
}

export function percent(ratio: number | null): string {
  if (ratio === null) return NOT_MEASURED;
  const value = ratio * 100;
  if (value === 0) return "0 %";
  if (value < 0.01) return "<0.01 %";
  if (value > 99.95 && value < 100) return ">99.9 %";
  return `${value < 10 ? Number(value.toPrecision(2)) : Math.round(value * 10) / 10} %`;
}

export function bytes(value: number): string {
  if (value >= 1e6) return `${three.format(value / 1e6)} MB`;
  if (value >= 1e3) return `${three.format(value / 1e3)} kB`;
  return `${value} B`;
}

/** A length of time in its two largest units at most: `3 d 4 h`, `12 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor((whole % 86_400) / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (days > 0) return hours > 0 && days < 10 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  if (minutes > 0) return `${minutes} min`;
  return `${whole} s`;
}

/** How long ago, by the controller's clock: the browser's may be off. */
export function ago(iso: string, nowIso: string): string {
  const seconds = (Date.parse(nowIso) - Date.parse(iso)) / 1000;
  return seconds < 2 ? "just now" : `${duration(seconds)} ago`;
}

export function until(iso: string, nowIso: string): string {
  const seconds = (Date.parse(iso) - Date.parse(nowIso)) / 1000;
  return seconds <= 0 ? "ended" : `in ${duration(seconds)}`;
}

const clock = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const calendar = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });

export function timeOfDay(at: number | string): string {
  const time = new Date(at);
  // What another process wrote must not end the page.
  return Number.isNaN(time.getTime()) ? NOT_MEASURED : clock.format(time);
}

export function dateTime(iso: string): string {
  const at = new Date(iso);
  return `${calendar.format(at)}, ${clock.format(at)}`;
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}
