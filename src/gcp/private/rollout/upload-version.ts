import { Step } from '../base/workflow';
import { get, IS_UNKNOWN, MESSAGE_OF_ERROR, post, sleep, steps, unlessMissing } from '../base/workflow-steps';

/** A version that a workflow is about to upload, once. */
export interface VersionUpload {
  readonly host: string;
  /** `projects/<id>/locations/<region>`. */
  readonly parent: string;
  readonly modelId: string;
  /** Alias of the version, by which an upload whose answer was lost is found; an expression without its braces. */
  readonly alias: string;
  /** Sub-workflow that waits for an operation of Vertex AI. */
  readonly waiting: string;
  /** What is uploaded, in a message: `artifact`. */
  readonly what: string;
}

/** Time within which an upload whose answer was lost is looked for. */
const LOST_SECONDS = 1800;

/**
 * Variables that `uploadVersion` uses, at their start; the caller assigns `upload`, the request without the model that
 * the version belongs to.
 */
export const BEFORE_UPLOAD = [{ has_model: true }, { why: '' }, { until: 0 }];

/**
 * Uploads `upload` as a version of a model, the first one together with the model, and returns its id. Where the answer
 * is lost, the version is looked for by its alias.
 *
 * @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.models/upload
 */
export function uploadVersion({ host, parent, modelId, alias, waiting, what }: VersionUpload): Step[] {
  const model = `${parent}/models/${modelId}`;
  return steps({
    older: {
      ...get({ url: `https://${host}/v1/${model}`, result: 'any' }),
      except: unlessMissing('model', 'has_model', false),
    },
    place: {
      switch: [
        { condition: '${has_model}', steps: steps({ later: { assign: [{ 'upload.parentModel': model }] } }) },
        { condition: true, steps: steps({ first: { assign: [{ 'upload.modelId': modelId }] } }) },
      ],
    },
    send: {
      try: {
        steps: steps({
          ask: post({ url: `https://${host}/v1/${parent}/models:upload`, body: '${upload}', result: 'begun' }),
          wait: { call: waiting, args: { operation: '${begun.body.name}' }, result: 'registered' },
          done: { return: '${registered.modelVersionId}' },
        }),
      },
      except: {
        as: 'error',
        steps: steps({
          refused: { switch: [{ condition: `\${not(${IS_UNKNOWN})}`, raise: '${error}' }] },
          lost: { assign: [{ why: `\${${MESSAGE_OF_ERROR}}` }, { until: `\${sys.now() + ${LOST_SECONDS}}` }] },
        }),
      },
    },
    // The answer was lost: the version is there under its alias, or will be.
    pause: sleep(60),
    look: {
      try: {
        steps: steps({
          find: get({ url: `\${"https://${host}/v1/${model}@" + ${alias}}`, result: 'same' }),
          found: { return: '${same.body.versionId}' },
        }),
      },
      except: { as: 'error', steps: steps({ not_seen: { assign: [{ has_model: true }] } }) },
    },
    late: {
      switch: [
        {
          condition: '${sys.now() > until}',
          raise: { message: `\${"whether the ${what} was registered is not known: " + why}` },
        },
      ],
    },
    look_again: { next: 'pause' },
  });
}
