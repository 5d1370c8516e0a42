import { Action, Call, http, jsonText, Text } from './workflow-actions';
import { ex, Template, text } from './workflow-expressions';
import { DATED } from './workflow-retry';

const STORAGE_AUDIENCE = 'https://storage.azure.com/';

/**
 * The version of Storage's protocol: identities are understood since 2017-11-09, container lists in their present form
 * since 2021-04-10.
 */
const STORAGE_VERSION = '2023-11-03';

/** A blob. */
export interface BlobCall {
  /** `https://<account>.blob.core.windows.net/`. */
  readonly endpoint: Text;
  readonly container: Text;
  readonly name: Text;
  readonly secret?: Call['secret'];
}

/** A queue's own address: `https://<account>.queue.core.windows.net/<queue>`. */
export interface QueueCall {
  readonly queueUrl: Text;
  /** What the message says; it becomes JSON. */
  readonly message: unknown;
  readonly secret?: Call['secret'];
}

/** Calls of Azure Storage. */
export const store = {
  /** Reads a blob; see `readJson` for one of JSON. */
  read: ({ secret, ...blob }: BlobCall): Action => storageRequest('GET', blobUrl(blob), { secret }),
  /** Writes a blob, over one that is there. */
  write: ({
    secret,
    body,
    contentType = 'application/json',
    ...blob
  }: BlobCall & { readonly body: unknown; readonly contentType?: string }): Action =>
    storageRequest('PUT', blobUrl(blob), {
      body,
      secret,
      headers: { 'x-ms-blob-type': 'BlockBlob', 'Content-Type': contentType },
    }),
  /** Lists blobs below a prefix, as XML. */
  list: ({
    endpoint,
    container,
    prefix,
    most = 5000,
    marker,
  }: {
    readonly endpoint: Text;
    readonly container: Text;
    readonly prefix: Text;
    readonly most?: number;
    readonly marker?: Text;
  }): Action =>
    storageRequest('GET', text`${endpoint}${container}`, {
      query: {
        restype: 'container',
        comp: 'list',
        prefix,
        maxresults: `${most}`,
        ...(marker === undefined ? {} : { marker }),
      },
    }),
  /**
   * Puts a message into a queue, where it stays until somebody takes it. A lost answer makes a second message: whoever
   * reads the queue must bear that.
   *
   * It is encoded, because the protocol is XML.
   */
  putMessage: ({ queueUrl, message, secret }: QueueCall): Action =>
    storageRequest('POST', text`${queueUrl}/messages`, {
      // -1 is for ever; seven days otherwise, which a long training outlasts.
      query: { messagettl: '-1' },
      headers: { 'Content-Type': 'application/xml' },
      body: messageBody(message),
      secret,
    }),
};

/** A message as the protocol of queues wants it. */
export function messageBody(message: unknown): Template {
  return text`<QueueMessage><MessageText>${ex`base64(${jsonText(message)})`}</MessageText></QueueMessage>`;
}

function blobUrl({ endpoint, container, name }: Omit<BlobCall, 'secret'>): Template {
  return text`${endpoint}${container}/${inUrl(name)}`;
}

/** A name with slashes as it stands in an address; tokens of Terraform stay what they are. */
function inUrl(name: Text): Template {
  const encoded = (literal: string) => literal.split(/(\$\{TfToken\[[^\]]+\]\}|\/)/)
    .map((each, index) => (index % 2 === 1 ? each : encodeURIComponent(each))).join('');
  const parts = name instanceof Template ? name.parts : [name];
  return new Template(
    parts.map((part) => (typeof part === 'string' ? encoded(part) : ex`replace(uriComponent(${part}), '%2F', '/')`)),
  );
}

/** A call of Azure Storage with the workflow's own identity. */
export function storageRequest(method: string, uri: Text, call: Call): Action {
  return http({
    ...call,
    method,
    uri,
    headers: { 'x-ms-version': STORAGE_VERSION, 'x-ms-date': ex`utcNow('R')`, ...call.headers },
    audience: STORAGE_AUDIENCE,
    retryPolicy: DATED,
  });
}

/** Inputs of a call of Azure Storage, for a trigger that polls. */
export function storageInputs(method: string, uri: Text, query: { readonly [name: string]: unknown }): unknown {
  return storageRequest(method, uri, { query }).inputs;
}
