import { Definition, Routine } from '../base/workflow';
import { followJob, newJob } from '../base/workflow-jobs';
import { get, log, MESSAGE_OF_ERROR, postAgain, READ_JSON, steps } from '../base/workflow-steps';
import { TURNS } from '../rollout/concurrency';
import { nameVersion } from '../rollout/definition';

/** Which version predicts: an object of Cloud Storage remembers the newest approval. */
export interface ApprovedMemory {
  readonly bucketName: string;
  readonly objectName: string;
}

/** What the workflow that takes approvals needs to know. */
export interface ApprovalSettings {
  readonly host: string;
  readonly model: string;
  readonly read: Routine;
  readonly memory: ApprovedMemory;
}

/**
 * Remembers an approved version, so that the next run predicts with it; a message that comes twice or late changes
 * nothing.
 */
export function approvalDefinition({ host, model, read, memory }: ApprovalSettings): Definition {
  const tell = (outcome: string) => ({ mlops: 'rollout', outcome, version: '${approval.version}' });
  return {
    main: {
      params: ['given'],
      steps: steps({
        begin: { assign: [{ approval: { version: '' } }] },
        attempt: {
          try: {
            steps: steps({
              read: { call: 'read_approval', args: { given: '${given}' }, result: 'approval' },
              turn: { call: 'take_turn' },
              look: {
                call: 'read_json',
                args: { bucket: memory.bucketName, name: memory.objectName },
                result: 'remembered',
              },
              none: {
                assign: [{ nothing: { approved_at: 0, version: '0' } }, { before: '${default(remembered, nothing)}' }],
              },
              late: {
                switch: [
                  {
                    // Of two approvals of the same millisecond the higher version counts as the later one.
                    condition:
                      '${approval.approved_at < before.approved_at or (approval.approved_at == before.approved_at and int(approval.version) <= int(before.version))}',
                    steps: steps({ tell_late: log('INFO', tell('superseded')), leave_late: { return: 'superseded' } }),
                  },
                ],
              },
              exists: get({ url: `\${"https://${host}/v1/${model}@" + approval.version}`, result: 'registered' }),
              remember: postAgain({
                url: `https://storage.googleapis.com/upload/storage/v1/b/${memory.bucketName}/o`,
                query: { uploadType: 'media', name: memory.objectName },
                headers: { 'Content-Type': 'application/json' },
                body: { version: '${approval.version}', approved_at: '${approval.approved_at}' },
              }),
              name: {
                call: 'name_version',
                args: {
                  version: '${approval.version}',
                  aliases: ['approved', '${"approved-" + approval.version}', 'live', 'default'],
                },
              },
            }),
          },
          except: {
            as: 'error',
            steps: steps({
              reason: { assign: [{ reason: `\${${MESSAGE_OF_ERROR}}` }] },
              tell: log('ERROR', { ...tell('failed'), reason: '${reason}' }),
              fail: { raise: '${error}' },
            }),
          },
        },
        tell_live: log('NOTICE', tell('live')),
        done: { return: 'live' },
      }),
    },
    read_approval: read,
    ...TURNS,
    read_json: READ_JSON,
    name_version: nameVersion({ host, model }),
  };
}

/** What a run of batch predictions needs to know. */
export interface BatchSettings {
  readonly host: string;
  /** `projects/<id>/locations/<region>`. */
  readonly parent: string;
  /** Where the newest approval is; undefined where the stack says what predicts. */
  readonly approved?: { readonly memory: ApprovedMemory; readonly model: string };
  /** What the stack says: `model` or `unmanagedContainerModel` of the job. */
  readonly declared?: { readonly [key: string]: unknown };
  readonly input: { readonly bucketName: string; readonly glob: string };
  /** `BatchPredictionJob` of the API, without what predicts. */
  readonly job: { readonly [key: string]: unknown };
}

/**
 * Predicts for a data set. Without a model, or without input, it ends quietly: the first run may come before the first
 * approval.
 *
 * @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.batchPredictionJobs
 */
export function batchDefinition({ host, parent, approved, declared, input, job }: BatchSettings): Definition {
  const quiet = (condition: string, outcome: string) => ({
    switch: [{ condition, steps: steps({ [`tell_${outcome.replace(' ', '_')}`]: log('INFO', { mlops: 'batch', outcome }), [`leave_${outcome.replace(' ', '_')}`]: { return: outcome } }) }],
  });
  return {
    main: {
      steps: steps({
        begin: {
          assign: [
            { nothing: [] },
            { job: { ...job, ...declared } },
            // Its own in every run: it is found by it.
            { 'job.displayName': '${job.displayName + " " + sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")}' },
            { listing: { matchGlob: input.glob, maxResults: 1 } },
            { ends: [...GOOD_ENDS, ...BAD_ENDS] },
            { good_ends: GOOD_ENDS },
          ],
        },
        ...(approved === undefined
          ? {}
          : {
            look: {
              call: 'read_json',
              args: { bucket: approved.memory.bucketName, name: approved.memory.objectName },
              result: 'remembered',
            },
            no_model: quiet('${remembered == null}', 'no model'),
            model: { assign: [{ 'job.model': `\${"${approved.model}@" + remembered.version}` }] },
          }),
        files: get({
          url: `https://storage.googleapis.com/storage/v1/b/${input.bucketName}/o`,
          query: '${listing}',
          result: 'listed',
        }),
        count: { assign: [{ count: '${len(default(map.get(listed.body, "items"), nothing))}' }] },
        // A page may have none of what is looked for.
        more: {
          switch: [
            {
              condition: '${count == 0 and "nextPageToken" in listed.body}',
              steps: steps({
                turn_page: { assign: [{ 'listing.pageToken': '${listed.body.nextPageToken}' }], next: 'files' },
              }),
            },
          ],
        },
        no_input: quiet('${count == 0}', 'no input'),
        create: { call: 'new_job', args: { job: '${job}' }, result: 'created' },
        follow: {
          call: 'follow_job',
          args: { name: '${created.name}', ends: '${ends}', poll_seconds: 60 },
          result: 'seen',
        },
        decide: { switch: [{ condition: '${seen.state in good_ends}', next: 'done' }] },
        failed: {
          assign: [
            {
              reason:
                '${created.name + " ended as " + seen.state + ": " + default(map.get(seen, ["error", "message"]), "")}',
            },
          ],
        },
        tell_failed: log('ERROR', { mlops: 'batch', outcome: 'failed', job: '${created.name}', reason: '${reason}' }),
        fail: { raise: { message: '${reason}' } },
        done: log('NOTICE', {
          mlops: 'batch',
          outcome: 'done',
          job: '${created.name}',
          output: '${map.get(seen, ["outputInfo", "gcsOutputDirectory"])}',
          failedRows: '${default(map.get(seen, ["completionStats", "failedCount"]), "0")}',
        }),
        give: { return: 'done' },
      }),
    },
    ...newJob(host, parent, 'batchPredictionJobs'),
    ...followJob(host),
    ...(approved === undefined ? {} : { read_json: READ_JSON }),
  };
}

/** @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/JobState */
const BAD_ENDS = ['JOB_STATE_FAILED', 'JOB_STATE_CANCELLED', 'JOB_STATE_EXPIRED'];
const GOOD_ENDS = ['JOB_STATE_SUCCEEDED', 'JOB_STATE_PARTIALLY_SUCCEEDED'];
