export interface FieldError {
  field: string;
  code: string;
  detail?: string;
}

/// A request that did not succeed. `code` is the server's, or "offline" when no answer came at all.
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly requestId: string | null = null,
    readonly fields: FieldError[] = [],
    readonly retryAfter: number | null = null,
    /// When a rule that refused the request ends.
    readonly until: string | null = null,
  ) {
    super(`${status} ${code} ${detail}`);
    this.name = "Problem";
  }

  /// Trying the same request again later may work.
  get isTemporary(): boolean {
    return this.code === "offline" || this.status === 429 || this.status >= 500;
  }

  field(name: string): FieldError | undefined {
    return this.fields.find((error) => error.field === name);
  }

  static from(error: unknown): Problem {
    if (error instanceof Problem) return error;
    return new Problem(0, "offline", error instanceof Error ? error.message : String(error));
  }

  static async read(response: Response): Promise<Problem> {
    const retryAfter = Number(response.headers.get("Retry-After")) || null;
    const header = response.headers.get("X-Request-Id");
    try {
      const body = await response.json();
      return new Problem(
        response.status,
        String(body.code ?? "unknown"),
        String(body.detail ?? body.title ?? ""),
        body.request_id ?? header,
        Array.isArray(body.errors) ? body.errors : [],
        retryAfter,
        typeof body.until === "string" ? body.until : null,
      );
    } catch {
      return new Problem(
        response.status,
        response.status >= 500 ? "unavailable" : "unknown",
        "",
        header,
        [],
        retryAfter,
      );
    }
  }
}
