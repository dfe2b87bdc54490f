// The REST half of the contract. Every call that changes something carries an idempotency key, so
// that trying again is always safe.

export interface Problem {
  status: number;
  code: string;
  detail: string;
  extra?: unknown;
}

/** The server said no, or could not be reached (`status` 0). */
export class ApiError extends Error implements Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly extra: unknown;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ApiError';
    this.status = problem.status;
    this.code = problem.code;
    this.detail = problem.detail;
    this.extra = problem.extra;
  }

  get offline(): boolean {
    return this.status === 0;
  }
}

export interface CallOptions {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  body?: unknown;
  raw?: Blob;
  /** Idempotency key; the same one again is the same call. */
  key?: string;
  signal?: AbortSignal;
}

export class Api {
  /** Called with every refusal, for what concerns the whole app: signed out, control off, disk full. */
  onRefused: (error: ApiError) => void = () => {};

  constructor(
    private readonly key: () => string,
    private readonly fetcher: typeof fetch = (input, init) => fetch(input, init),
  ) {}

  async call<T>(path: string, options: CallOptions = {}): Promise<T> {
    const text = await (await this.answer(path, options)).text();
    return (text ? JSON.parse(text) : undefined) as T;
  }

  /** Bytes, for pictures: an element of the page could not send the key. */
  async bytes(path: string): Promise<Blob> {
    return (await this.answer(path, {})).blob();
  }

  private async answer(path: string, options: CallOptions): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json' };
    const key = this.key();
    if (key) headers['x-signalbox-key'] = key;
    const method = options.method ?? 'GET';
    if (method !== 'GET') headers['idempotency-key'] = options.key ?? clientId();
    let body: BodyInit | null = null;
    if (options.raw) {
      headers['content-type'] = options.raw.type || 'application/octet-stream';
      body = options.raw;
    } else if (options.body !== undefined) {
      headers['content-type'] = 'application/json';
      body = JSON.stringify(options.body);
    }
    let response: Response;
    try {
      response = await this.fetcher(path, { method, headers, body, credentials: 'same-origin', ...(options.signal ? { signal: options.signal } : {}) });
    } catch (error) {
      throw new ApiError({ status: 0, code: 'offline', detail: error instanceof Error ? error.message : 'offline' });
    }
    if (response.ok) return response;
    const refused = new ApiError(await problemOf(response));
    this.onRefused(refused);
    throw refused;
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const fallback = { status: response.status, code: `http_${response.status}`, detail: response.statusText || `HTTP ${response.status}` };
  try {
    const body = (await response.json()) as Partial<Problem> & { title?: string };
    return { ...fallback, code: body.code ?? fallback.code, detail: body.detail ?? body.title ?? fallback.detail, extra: body.extra ?? body };
  } catch {
    return fallback;
  }
}

/** A name for a command that nobody else uses. */
export function clientId(): string {
  // randomUUID is missing where the page is not a secure context.
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
