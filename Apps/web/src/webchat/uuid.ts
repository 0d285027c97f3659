/// A random UUID. `crypto.randomUUID` is missing on plain-HTTP addresses of a local network.
export function uuid(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  // Each digit of the pattern keeps what says "version 4" and takes the rest from chance.
  return "10000000-1000-4000-8000-100000000000".replace(
    /[018]/g,
    (digit) => (+digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) & 15 >> +digit / 4).toString(16),
  );
}
