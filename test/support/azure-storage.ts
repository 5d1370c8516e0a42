import { createHash } from 'node:crypto';
import { HttpCall, HttpReply } from './logic-apps';
import { escapeXml, parseXml, textOf, xpath } from './logic-apps/xml';

/** A message as a queue keeps it. */
interface Message {
  readonly id: string;
  text: string;
  readonly insertedAt: number;
  readonly expiresAt: number;
  visibleAt: number;
  receipt: string;
  count: number;
}

interface Blob {
  readonly content: string;
  readonly contentType: string;
  readonly changedAt: number;
}

/** When messages end that were put for ever. */
const NEVER = Date.parse('9999-12-31T23:59:59Z');

const BYTE_ORDER_MARK = '\uFEFF';

/** Azure Storage: blobs and queues of all accounts, as identities with the right audience see them. */
export class FakeStorage {
  /** By `account/container/name`. */
  private readonly blobs = new Map<string, Blob>();
  /** By `account/queue`. */
  private readonly queues = new Map<string, Message[]>();
  /** Queues that somebody looks into. */
  private readonly looked = new Set<string>();
  private ids = 0;

  /** Every message that was put, by queue, in its order; JSON is read. */
  public readonly put: { readonly queue: string; readonly message: any }[] = [];

  public respond(call: HttpCall): HttpReply {
    const [, account, service, path] = /^https:\/\/([a-z0-9<>._-]+)\.(blob|queue)\.core\.windows\.net\/(.+)$/i.exec(call.url) ?? [];
    if (path === undefined) return failure(400, 'InvalidUri', `${call.url} is no address of Storage`);
    if (!(call.headers['x-ms-version'] >= '2017-11-09')) return failure(400, 'InvalidHeaderValue', 'identities need x-ms-version 2017-11-09 or later');
    const sent = Date.parse(call.headers['x-ms-date']);
    if (!(call.at - sent < 900_000)) return failure(403, 'AuthenticationFailed', `the request of ${call.headers['x-ms-date']} is too old`);
    return service === 'blob' ? this.blob(call, account, path) : this.queue(call, account, path);
  }

  /** Writes a blob as a job does: its media type is the one of bytes. */
  public write(path: string, content: unknown, contentType: string = 'application/octet-stream', changedAt: number = 0): this {
    this.blobs.set(path, { content: typeof content === 'string' ? content : JSON.stringify(content), contentType, changedAt });
    return this;
  }

  /** The text of a blob. */
  public read(path: string): string | undefined {
    return this.blobs.get(path)?.content;
  }

  /** Names of blobs. */
  public names(prefix: string = ''): string[] {
    return [...this.blobs.keys()].filter((name) => name.startsWith(prefix)).sort();
  }

  /** Puts a message as people do, as it is, or as Event Grid does, encoded. */
  public send(queue: string, message: unknown, at: number = 0, encoded: boolean = false, expiresAt: number = Infinity): this {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    this.add(queue, encoded ? Buffer.from(text).toString('base64') : text, at, expiresAt);
    return this;
  }

  /** Messages that are in a queue, hidden ones too. */
  public waiting(queue: string): any[] {
    return (this.queues.get(queue) ?? []).map(({ text }) => readable(text));
  }

  /** Whether a queue that somebody looks into has a message, hidden or not. */
  public isPending(): boolean {
    return [...this.looked].some((queue) => this.queues.get(queue)!.length > 0);
  }

  private blob(call: HttpCall, account: string, path: string): HttpReply {
    const { method, query } = call;
    if (method === 'GET' && query.comp === 'list') return this.list(account, path, query);
    const key = `${account}/${decodeURIComponent(path)}`;
    const found = this.blobs.get(key);
    const etag = found === undefined ? undefined : `"${digest(found)}"`;
    if (method === 'PUT') {
      if (call.headers['x-ms-blob-type'] !== 'BlockBlob') return failure(400, 'MissingRequiredHeader', 'x-ms-blob-type');
      const { 'If-Match': same, 'If-None-Match': none } = call.headers;
      if (none === '*' && found !== undefined) return failure(409, 'BlobAlreadyExists', `${key} is there`);
      if (same !== undefined && !(found !== undefined && (same === '*' || same === etag))) return failure(412, 'ConditionNotMet', `${key} is another one by now`);
      this.write(key, call.body, call.headers['Content-Type'] ?? 'application/octet-stream', call.at);
      return { code: 201 };
    }
    if (found === undefined) return failure(404, 'BlobNotFound', `${key} does not exist`);
    if (method === 'DELETE') return this.blobs.delete(key) ? { code: 202 } : { code: 404 };
    return method === 'HEAD' ? { code: 200 } : { body: found.content, headers: { 'Content-Type': found.contentType, 'ETag': etag! } };
  }

  private list(account: string, container: string, query: HttpCall['query']): HttpReply {
    const most = Number(query.maxresults ?? 5000);
    const names = this.names(`${account}/${container}/`).map((each) => each.slice(`${account}/${container}/`.length)).filter((each) => each.startsWith(query.prefix ?? ''));
    const from = query.marker ? names.indexOf(query.marker) : 0;
    const page = names.slice(from, from + most);
    const next = names[from + most] ?? '';
    const blobs = page.map((name) => {
      const { contentType, changedAt, content } = this.blobs.get(`${account}/${container}/${name}`)!;
      const facts = `<Last-Modified>${new Date(changedAt).toUTCString()}</Last-Modified><Content-Length>${content.length}</Content-Length><Content-Type>${contentType}</Content-Type>`;
      return `<Blob><Name>${escapeXml(name)}</Name><Properties>${facts}</Properties></Blob>`;
    });
    return xml(200, `<EnumerationResults ServiceEndpoint="https://${account}.blob.core.windows.net/" ContainerName="${container}"><Prefix>${escapeXml(query.prefix ?? '')}</Prefix>`
      + `<Blobs>${blobs.join('')}</Blobs><NextMarker>${escapeXml(next)}</NextMarker></EnumerationResults>`);
  }

  private queue(call: HttpCall, account: string, path: string): HttpReply {
    const [name, messages, id] = path.split('/');
    const key = `${account}/${name}`;
    if (messages !== 'messages') return failure(400, 'InvalidUri', path);
    const here = (this.queues.get(key) ?? []).filter(({ expiresAt }) => expiresAt > call.at);
    this.queues.set(key, here);
    if (id !== undefined) return this.message(call, here, key, id);
    if (call.method === 'GET') return this.get(call, here, key);
    if (call.method !== 'POST') return failure(405, 'UnsupportedHttpVerb', call.method);
    const text = messageText(call.body);
    if (text === undefined) return failure(400, 'InvalidXmlDocument', String(call.body));
    const seconds = Number(call.query.messagettl ?? 604_800);
    this.add(key, text, call.at, seconds < 0 ? Infinity : call.at + seconds * 1000);
    return xml(201, '<QueueMessagesList></QueueMessagesList>');
  }

  private add(key: string, text: string, at: number, expiresAt: number): void {
    const id = `message-${++this.ids}`;
    this.queues.set(key, [...(this.queues.get(key) ?? []), { id, text, insertedAt: at, expiresAt, visibleAt: at, receipt: '', count: 0 }]);
    this.put.push({ queue: key, message: readable(text) });
  }

  private get({ at, query }: HttpCall, here: readonly Message[], key: string): HttpReply {
    this.looked.add(key);
    const most = Number(query.numofmessages ?? 1);
    const hidden = Number(query.visibilitytimeout ?? 30);
    if (!(most >= 1 && most <= 32)) return failure(400, 'OutOfRangeQueryParameterValue', 'numofmessages must be 1 to 32');
    if (!(hidden >= 1 && hidden <= 604_800)) return failure(400, 'OutOfRangeQueryParameterValue', 'visibilitytimeout must be 1 to 604800');
    const taken = here.filter(({ visibleAt }) => visibleAt <= at).slice(0, most);
    for (const message of taken) Object.assign(message, { visibleAt: at + hidden * 1000, receipt: `AgAA+${++this.ids}/=`, count: message.count + 1 });
    if (taken.length === 0) return xml(200, '<QueueMessagesList />');
    return xml(200, `<QueueMessagesList>${taken.map((each) => [
      '<QueueMessage>', `<MessageId>${each.id}</MessageId>`, `<InsertionTime>${new Date(each.insertedAt).toUTCString()}</InsertionTime>`,
      `<ExpirationTime>${new Date(Math.min(each.expiresAt, NEVER)).toUTCString()}</ExpirationTime>`,
      `<PopReceipt>${escapeXml(each.receipt)}</PopReceipt>`, `<DequeueCount>${each.count}</DequeueCount>`, `<MessageText>${escapeXml(each.text)}</MessageText>`,
      '</QueueMessage>',
    ].join('')).join('')}</QueueMessagesList>`);
  }

  private message({ at, body, method, query }: HttpCall, here: Message[], key: string, id: string): HttpReply {
    const found = here.find((each) => each.id === id);
    if (method !== 'DELETE' && method !== 'PUT') return failure(405, 'UnsupportedHttpVerb', method);
    if (found === undefined) return failure(404, 'MessageNotFound', `${id} does not exist`);
    if (found.receipt !== query.popreceipt) return failure(400, 'PopReceiptMismatch', 'the pop receipt did not match');
    if (method === 'PUT') return this.update(found, Number(query.visibilitytimeout), body, at);
    this.queues.set(key, here.filter((each) => each !== found));
    return { code: 204 };
  }

  /** A message cannot be hidden beyond its own end, and has another receipt afterwards. */
  private update(message: Message, hidden: number, body: unknown, at: number): HttpReply {
    const isInRange = Number.isInteger(hidden) && hidden >= 0 && hidden <= 604_800 && at + hidden * 1000 <= message.expiresAt;
    if (!isInRange) return failure(400, 'OutOfRangeQueryParameterValue', `visibilitytimeout ${hidden}`);
    const text = messageText(body);
    if (text === undefined) return failure(400, 'InvalidXmlDocument', String(body));
    Object.assign(message, { text, visibleAt: at + hidden * 1000, receipt: `AgAA+${++this.ids}/=` });
    return { code: 204, headers: { 'x-ms-popreceipt': message.receipt } };
  }
}

/** Tells one content from another. */
function digest({ content, changedAt }: Blob): string {
  return createHash('sha256').update(`${content} ${changedAt}`).digest('hex').slice(0, 16);
}

function messageText(body: unknown): string | undefined {
  try {
    const document = parseXml(String(body));
    const [found] = xpath(document, '/QueueMessage/MessageText') as any[];
    return found === undefined ? undefined : textOf(found);
  } catch {
    return undefined;
  }
}

/** A message as the one who sent it meant it. */
function readable(text: string): any {
  for (const each of [text, Buffer.from(text, 'base64').toString()]) {
    try {
      return JSON.parse(each);
    } catch {
      continue;
    }
  }
  return text;
}

function xml(code: number, text: string): HttpReply {
  return { code, body: `${BYTE_ORDER_MARK}<?xml version="1.0" encoding="utf-8"?>${text}`, headers: { 'Content-Type': 'application/xml' } };
}

/** An error as Storage writes it. */
function failure(code: number, name: string, message: string): HttpReply {
  const reply = xml(code, `<Error><Code>${name}</Code><Message>${escapeXml(message)}</Message></Error>`);
  return { ...reply, code, headers: { ...reply.headers, 'x-ms-error-code': name } };
}
