/**
 * A claim lasts this long unless it is extended, so a killed worker's jobs run again after it. In milliseconds. Clocks of
 * processes that share a store must be closer to each other than this.
 */
export const leaseMs = 15_000;
