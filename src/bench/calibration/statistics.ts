// What measured figures say beyond their values: percentiles, intervals, and whether two samples can be of one kind.

/** Nearest-rank percentile of figures in any order; `NaN` for none. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Arithmetic mean; `NaN` for none. */
export function mean(figures: readonly number[]): number {
  return figures.reduce((sum, it) => sum + it, 0) / figures.length;
}

/** Both ends belong to it. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * How often something of probability `p` may happen in `n` tries: outside lies at most `alpha`, half on each side.
 * Exact: sums of the binomial distribution itself.
 */
export function binomialInterval(n: number, p: number, alpha: number): Interval {
  if (p <= 0) return { low: 0, high: 0 };
  if (p >= 1) return { low: n, high: n };
  let [low, high, below] = [0, n, 0];
  for (let k = 0; k <= n; k++) {
    const at = Math.exp(logBinomial(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p));
    if (below + at <= alpha / 2) low = k + 1;
    below += at;
    if (1 - below <= alpha / 2) {
      high = k;
      break;
    }
  }
  return { low, high };
}

/** Greatest distance of a sample's distribution from that of another sample (Kolmogorov-Smirnov). */
export function distanceBetween(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [a.toSorted((p, q) => p - q), b.toSorted((p, q) => p - q)];
  let [i, j, greatest] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const at = Math.min(x[i] ?? Infinity, y[j] ?? Infinity);
    while (i < x.length && (x[i] ?? Infinity) <= at) i++;
    while (j < y.length && (y[j] ?? Infinity) <= at) j++;
    greatest = Math.max(greatest, Math.abs(i / x.length - j / y.length));
  }
  return greatest;
}

/** Greatest distance of a sample's distribution from `cumulative`, the share of values up to a given one. */
export function distanceFrom(sample: readonly number[], cumulative: (value: number) => number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  return sorted.reduce((greatest, value, i) => {
    const share = cumulative(value);
    return Math.max(greatest, share - i / sorted.length, (i + 1) / sorted.length - share);
  }, 0);
}

/** The distance from its own model that a sample of `n` passes with probability `alpha` only; good from n = 20 up. */
export function criticalDistance(n: number, alpha: number): number {
  // Stephens (1970): the asymptotic value over a factor that corrects small samples.
  return Math.sqrt(-Math.log(alpha / 2) / 2) / (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n));
}

function logBinomial(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

const logFactorials = [0];

function logFactorial(n: number): number {
  for (let i = logFactorials.length; i <= n; i++) logFactorials.push((logFactorials[i - 1] ?? 0) + Math.log(i));
  return logFactorials[n] ?? Number.NaN;
}
