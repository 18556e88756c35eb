/** Tokens, money and short times as people read them. */

/** `950`, `12.3k`, `1.2M`. */
export function tokens(n: number): string {
  if (n < 1000) return String(Math.round(n));
  const [value, unit] = n < 999_500 ? [n / 1000, "k"] : [n / 1_000_000, "M"];
  return `${value < 100 ? value.toFixed(1).replace(/\.0$/, "") : Math.round(value)}${unit}`;
}

/** `$0.0042`, `$1.20`; null when it cost nothing. */
export function cost(dollars: number): string | null {
  if (!(dollars > 0)) return null;
  return `$${dollars < 0.1 ? dollars.toPrecision(2).replace(/e-\d+$/, "") : dollars.toFixed(2)}`;
}

/** How long a step took: `80 ms`, `1.4 s`, `12 s`, `3 min 5 s`. */
export function took(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1).replace(/\.0$/, "")} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}
