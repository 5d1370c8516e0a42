import { READ_APPROVAL } from './approved-version';
import { TURNS } from './concurrency';
import { BEFORE_UPLOAD, uploadVersion } from './upload-version';
import { Definition, Routine } from '../base/workflow';
import {
  get,
  log,
  MESSAGE_OF_ERROR,
  postAgain,
  steps,
  unlessUnknownAlias,
  waitForOperation,
} from '../base/workflow-steps';
import { FILES_OF_VERSIONS } from '../registry/sharing';

/** From where to where versions are promoted. */
export interface PromotionSettings {
  /** `europe-west4-aiplatform.googleapis.com`. */
  readonly host: string;
  /** `projects/<id>/locations/<region>` of the stage. */
  readonly parent: string;
  readonly modelId: string;
  /** Resource name of the model in the training project. */
  readonly trainingModel: string;
  readonly stage: string;
  /** The bucket of the stage that the files are copied to. */
  readonly artifactBucket: string;
  readonly kmsKeyName: string;
  readonly approvalTopicId: string;
}

/**
 * Brings a version of the training project to the stage: copies its files, registers it with the same image and
 * container, once, and approves it, which starts the rollouts. A message that comes again finds the version and
 * approves it again, which is how a stage rolls back to an earlier one.
 *
 * Vertex AI's own copy between projects refuses images that are not Google's, and leaves the files where they were.
 *
 * @see https://cloud.google.com/vertex-ai/docs/model-registry/copy-model#limitations
 */
export function promotionDefinition(settings: PromotionSettings): Definition {
  const { approvalTopicId, host, parent, modelId, stage, trainingModel } = settings;
  const told = { model: modelId, stage, trainingVersion: '${promotion.version}' };
  return {
    main: {
      params: ['given'],
      steps: steps({
        begin: { assign: [{ promotion: { version: '' } }, { has_version: true }, { version: '' }] },
        attempt: {
          try: {
            steps: steps({
              read: { call: 'read_approval', args: { given: '${given}' }, result: 'promotion' },
              turn: { call: 'take_turn' },
              look: get({ url: `\${"https://${host}/v1/${trainingModel}@" + promotion.version}`, result: 'source' }),
              aliases: {
                assign: [{ none: [] }, { aliases: '${default(map.get(source.body, "versionAliases"), none)}' }],
              },
              each_alias: {
                for: {
                  value: 'each',
                  in: '${aliases}',
                  steps: steps({
                    rejected: {
                      switch: [
                        {
                          condition: '${text.match_regex(each, "^rejected(-|$)")}',
                          raise: {
                            message:
                              '${"version " + promotion.version + " was rejected in the training project: take its alias " + each + " away first"}',
                          },
                        },
                      ],
                    },
                  }),
                },
              },
              alias: { assign: [{ alias: '${"training-" + promotion.version}' }] },
              known: {
                ...get({ url: `\${"https://${host}/v1/${parent}/models/${modelId}@" + alias}`, result: 'same' }),
                except: unlessUnknownAlias('version', 'has_version', false),
              },
              bring: {
                switch: [
                  {
                    condition: '${has_version}',
                    steps: steps({ again: { assign: [{ version: '${same.body.versionId}' }] } }),
                  },
                  {
                    condition: true,
                    steps: steps({
                      files: {
                        call: 'copy_version',
                        args: { artifact_uri: '${default(map.get(source.body, "artifactUri"), "")}' },
                        result: 'artifact_uri',
                      },
                      enter: {
                        call: 'register',
                        args: { source: '${source.body}', artifact_uri: '${artifact_uri}', alias: '${alias}' },
                        result: 'version',
                      },
                    }),
                  },
                ],
              },
              approval: { assign: [{ approval: { version: '${version}', promote: '${promotion.promote}' } }] },
              approve: postAgain({
                url: `https://pubsub.googleapis.com/v1/${approvalTopicId}:publish`,
                body: { messages: [{ data: '${base64.encode(json.encode(approval))}' }] },
              }),
            }),
          },
          except: {
            as: 'error',
            steps: steps({
              tell_failure: log('ERROR', {
                mlops: 'promotion failed',
                ...told,
                version: '${version}',
                reason: `\${${MESSAGE_OF_ERROR}}`,
              }),
              fail: { raise: '${error}' },
            }),
          },
        },
        tell: log('NOTICE', { mlops: 'promoted', ...told, version: '${version}' }),
        done: { return: '${version}' },
      }),
    },
    read_approval: READ_APPROVAL,
    ...TURNS,
    copy_version: copyVersion(settings),
    copy_folder: copyFolder(settings),
    register: register(settings),
    wait_for_operation: waitForOperation(host),
  };
}

/** Copies the model, and the evaluation beside it with the reference of drift, and returns where the model is now. */
function copyVersion({ artifactBucket }: PromotionSettings): Routine {
  return {
    params: ['artifact_uri'],
    steps: steps({
      of_image: { switch: [{ condition: '${artifact_uri == ""}', return: '' }] },
      shape: {
        switch: [
          {
            condition: `\${not(text.match_regex(artifact_uri, "^gs://[^/]+/${FILES_OF_VERSIONS}."))}`,
            raise: {
              message: `\${"the files of a version that is promoted must be in gs://<bucket>/${FILES_OF_VERSIONS}, got " + artifact_uri}`,
            },
          },
        ],
      },
      parts: {
        assign: [
          { uri: '${text.replace_all_regex(artifact_uri, "/+$", "")}' },
          { bucket: '${text.split(uri, "/")[2]}' },
          { folder: '${text.replace_all(uri, "gs://" + bucket + "/", "")}' },
          { folders: ['${folder + "/"}'] },
        ],
      },
      of_run: {
        switch: [
          {
            condition: '${text.match_regex(folder, "/model$")}',
            steps: steps({
              beside: {
                assign: [
                  { folders: '${list.concat(folders, text.replace_all_regex(folder, "/model$", "/evaluation/"))}' },
                ],
              },
            }),
          },
        ],
      },
      each_folder: {
        for: {
          value: 'each',
          in: '${folders}',
          steps: steps({ copy: { call: 'copy_folder', args: { bucket: '${bucket}', prefix: '${each}' } } }),
        },
      },
      done: { return: `\${"gs://${artifactBucket}/" + folder}` },
    }),
  };
}

/**
 * Copies all objects below a prefix. A large one takes several requests, each with the token of the one before.
 *
 * @see https://cloud.google.com/storage/docs/json_api/v1/objects/rewrite
 */
function copyFolder({ artifactBucket }: PromotionSettings): Routine {
  const storage = 'https://storage.googleapis.com/storage/v1/b/';
  return {
    params: ['bucket', 'prefix'],
    steps: steps({
      begin: {
        assign: [
          { none: [] },
          { listing: { prefix: '${prefix}', maxResults: 200, fields: 'items(name),nextPageToken' } },
        ],
      },
      list: get({ url: `\${"${storage}" + bucket + "/o"}`, query: '${listing}', result: 'listed' }),
      each_file: {
        for: {
          value: 'file',
          in: '${default(map.get(listed.body, "items"), none)}',
          steps: steps({
            name: { assign: [{ name: '${text.url_encode(file.name)}' }, { progress: {} }] },
            copy: postAgain({
              url: `\${"${storage}" + bucket + "/o/" + name + "/rewriteTo/b/${artifactBucket}/o/" + name}`,
              query: '${progress}',
              result: 'copied',
            }),
            more: {
              switch: [
                {
                  condition: '${not(copied.body.done)}',
                  steps: steps({
                    go_on: { assign: [{ 'progress.rewriteToken': '${copied.body.rewriteToken}' }], next: 'copy' },
                  }),
                },
              ],
            },
          }),
        },
      },
      over: { switch: [{ condition: '${not("nextPageToken" in listed.body)}', return: null }] },
      turn_page: { assign: [{ 'listing.pageToken': '${listed.body.nextPageToken}' }], next: 'list' },
    }),
  };
}

/** Registers what was registered in the training project, and returns the version that it is here. */
function register({ host, parent, modelId, trainingModel, kmsKeyName }: PromotionSettings): Routine {
  return {
    params: ['source', 'artifact_uri', 'alias'],
    steps: [...steps({
      begin: {
        assign: [
          ...BEFORE_UPLOAD,
          { no_labels: {} },
          { labels: '${default(map.get(source, "labels"), no_labels)}' },
          { about: `\${"Promoted from ${trainingModel}@" + source.versionId + ". " + default(map.get(source, "versionDescription"), "")}` },
          {
            upload: {
              model: {
                displayName: '${source.displayName}',
                artifactUri: '${artifact_uri}',
                containerSpec: '${source.containerSpec}',
                labels: { run: '${default(map.get(labels, "run"), "unknown")}', training_version: '${source.versionId}' },
                versionAliases: ['candidate', '${alias}'],
                versionDescription: '${text.substring(about, 0, math.min(len(about), 500))}',
                encryptionSpec: { kmsKeyName },
              },
            },
          },
          { 'upload.model.labels': '${map.merge(labels, upload.model.labels)}' },
        ],
      },
      of_image: { switch: [{ condition: '${artifact_uri == ""}', steps: steps({ no_files: { assign: [{ 'upload.model': '${map.delete(upload.model, "artifactUri")}' }] } }) }] },
    }), ...uploadVersion({ host, parent, modelId, alias: 'alias', waiting: 'wait_for_operation', what: 'version' })],
  };
}
