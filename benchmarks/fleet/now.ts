// The clock that every process of the machine shares, so that what happens in several can be set side by side.

/** CLOCK_MONOTONIC in seconds, which the C client reads too. */
export const nowS = (): number => Number(process.hrtime.bigint()) / 1e9;
