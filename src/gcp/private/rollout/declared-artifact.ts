import { BEFORE_UPLOAD, uploadVersion } from './upload-version';
import { ContainerSpec } from '../base/container-spec';
import { Routine } from '../base/workflow';
import { get, steps, unlessUnknownAlias, waitForOperation } from '../base/workflow-steps';

/**
 * Reads a run's start where the version is the stack's to say: the message, if one came, tells only when it was said.
 */
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
      steps: [
        ...steps({
          begin: {
            assign: [
              { has_version: true },
              ...BEFORE_UPLOAD,
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
          known: {
            ...get({ url: `https://${host}/v1/${model}@${artifact.alias}`, result: 'same' }),
            except: unlessUnknownAlias('version', 'has_version', false),
          },
          again: { switch: [{ condition: '${has_version}', return: '${same.body.versionId}' }] },
        }),
        ...uploadVersion({
          host,
          parent,
          modelId,
          alias: `"${artifact.alias}"`,
          waiting: 'wait_for_registration',
          what: 'artifact',
        }),
      ],
    },
    wait_for_registration: waitForOperation(host),
  };
}
