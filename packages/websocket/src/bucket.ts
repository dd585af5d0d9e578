/** What a token bucket holds, and when it was last looked at, in milliseconds. */
export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

export interface Rate {
  /** How many tokens the bucket holds at most. */
  readonly burst: number;
  readonly perSecond: number;
}

export const fullBucket = ({ burst }: Rate, at: number): Bucket => ({ tokens: burst, at });

/** Takes a token, on credit where there is none: `waitMs` is how long until it would have been there. */
export const take = (
  bucket: Bucket,
  { burst, perSecond }: Rate,
  now: number,
): { readonly bucket: Bucket; readonly waitMs: number } => {
  const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond) - 1;
  return { bucket: { tokens, at: now }, waitMs: tokens >= 0 ? 0 : (-tokens / perSecond) * 1000 };
};
