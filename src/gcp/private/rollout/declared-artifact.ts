import { ContainerSpec } from '../base/container-spec';
import { Routine } from '../base/workflow';
import { get, IS_UNKNOWN, MESSAGE_OF_ERROR, post, sleep, steps, unlessMissing, unlessUnknownAlias, waitForOperation } from '../base/workflow-steps';

/** Reads a run's start where the version is the stack's to say: the message, if one came, tells only when it was said. */
export function readDeclared(version: string): Routine {
  return {
    params: ['given'],
    steps: steps({
      begin: { assign: [{ nothing: {} }, { started: '${default(given, nothing)}' }, { approved_at: '${sys.now()}' }] },
      from_topic: {
        switch: [{
          condition: '${map.get(started, ["data", "message"]) != null}',
          steps: steps({ told_at: { assign: [{ approved_at: '${time.parse(given.data.message.publishTime)}' }] } }),
        }],
      },
      done: { assign: [{ read: { version, approved_at: '${approved_at}', promote: true } }] },
      give: { return: '${read}' },
    }),
  };
}

/** Files and an image that the stack declares. */
export interface DeclaredArtifact {
  readonly host: string;
  /** `projects/<id>/locations/<region>`. */
  readonly parent: string;
  readonly modelId: string;
  readonly displayName: string;
  readonly artifactUri: string;
  readonly containerSpec: ContainerSpec;
  readonly kmsKeyName: string;
  /** Alias of the version with these files and this container: a run that comes again finds it. */
  readonly alias: string;
}

/** Time within which an upload whose answer was lost is looked for. */
const LOST_SECONDS = 1800;

/**
 * Registers the files as a version of the endpoint's own model, once, and returns the version.
 *
 * @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.models/upload
 */
export function registerDeclared(artifact: DeclaredArtifact): { readonly [name: string]: Routine } {
  const { host, parent, modelId } = artifact;
  const model = `${parent}/models/${modelId}`;
  return {
    register: {
      steps: steps({
        begin: {
          assign: [
            { has_version: true },
            { has_model: true },
            { why: '' },
            { until: 0 },
            {
              upload: {
                model: {
                  displayName: artifact.displayName,
                  artifactUri: artifact.artifactUri,
                  containerSpec: artifact.containerSpec,
                  encryptionSpec: { kmsKeyName: artifact.kmsKeyName },
                  versionAliases: [artifact.alias],
                },
              },
            },
          ],
        },
        known: { ...get({ url: `https://${host}/v1/${model}@${artifact.alias}`, result: 'same' }), except: unlessUnknownAlias('version', 'has_version', false) },
        again: { switch: [{ condition: '${has_version}', return: '${same.body.versionId}' }] },
        older: { ...get({ url: `https://${host}/v1/${model}`, result: 'any' }), except: unlessMissing('model', 'has_model', false) },
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
              wait: { call: 'wait_for_registration', args: { operation: '${begun.body.name}' }, result: 'registered' },
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
          try: { steps: steps({ find: get({ url: `https://${host}/v1/${model}@${artifact.alias}`, result: 'same' }), found: { return: '${same.body.versionId}' } }) },
          except: { as: 'error', steps: steps({ not_seen: { assign: [{ has_version: false }] } }) },
        },
        late: { switch: [{ condition: '${sys.now() > until}', raise: { message: '${"whether the artifact was registered is not known: " + why}' } }] },
        look_again: { next: 'pause' },
      }),
    },
    wait_for_registration: waitForOperation(host),
  };
}
