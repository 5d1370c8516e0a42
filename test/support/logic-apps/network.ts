/** A request as a workflow sends it. */
export interface HttpCall {
  readonly method: string;
  /** Without its query. */
  readonly url: string;
  readonly query: { readonly [name: string]: string };
  readonly headers: { readonly [name: string]: string };
  readonly body: any;
  /** Who the workflow says that it is, and for whom its token is. */
  readonly identity?: string;
  readonly audience?: string;
  readonly workflow: string;
  /** The action, or the trigger. */
  readonly action: string;
  /** Milliseconds of the virtual clock. */
  readonly at: number;
}

/** An answer. An object is sent as JSON, a text as text, unless a header says otherwise. */
export interface HttpReply {
  readonly code?: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: unknown;
}

/** No answer came; the request may have had its effect. */
export class NoAnswer extends Error {
  public constructor(public readonly isTimeout: boolean = false) {
    super('no answer');
  }
}

/** What the network does with a request; throws `NoAnswer` where none comes. */
export type Respond = (call: HttpCall) => HttpReply;

/** An answer as actions see it. */
export interface Outputs {
  readonly statusCode: number;
  readonly headers: { readonly [name: string]: string };
  readonly body?: unknown;
}

/** @see https://learn.microsoft.com/azure/logic-apps/logic-apps-content-type */
export function outputsOf({ code = 200, headers = {}, body }: HttpReply): Outputs {
  const given = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const kind = given ?? (body === undefined ? undefined : typeof body === 'string' ? 'text/plain' : 'application/json');
  const all = { ...headers, ...(kind === undefined ? {} : { 'Content-Type': kind }) };
  if (body === undefined || kind === undefined) return { statusCode: code, headers: all };
  if (/json/i.test(kind)) return { statusCode: code, headers: all, body: typeof body === 'string' ? JSON.parse(body) : JSON.parse(JSON.stringify(body)) };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  if (/^text\//i.test(kind)) return { statusCode: code, headers: all, body: text };
  return { statusCode: code, headers: all, body: { '$content-type': kind, '$content': Buffer.from(text).toString('base64') } };
}
