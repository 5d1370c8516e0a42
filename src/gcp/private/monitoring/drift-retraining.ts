import { PubsubTopicIamMember } from '@cdktf/provider-google/lib/pubsub-topic-iam-member';
import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import { Construct } from 'constructs';
import { ResolvedRetraining } from '../../../core/private/resolve/retraining';
import { GoogleProject } from '../../google-project';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { grantInProject } from '../base/project-roles';
import { Routine, Step } from '../base/workflow';
import { ACTIVE_RUNS, ACTIVE_RUNS_NAME, oldestRun } from '../base/workflow-runs';
import { get, post, postAgain, steps, unlessMissing, unlessUnknownAlias } from '../base/workflow-steps';
import { objectsBelow } from '../data/bucket-access';

/** Which pipeline a drift run starts, and when. */
export interface RetrainPlan extends ResolvedRetraining {
  /** `projects/<id>/locations/<region>/workflows/<name>` of the pipeline. */
  readonly workflowId: string;
  /** `projects/<id>/topics/<name>`: its messages start the pipeline. */
  readonly startTopicId: string;
  /** Object of the artifact bucket that tells when a drift run last started the pipeline. */
  readonly memory: string;
  /** Whether a person approves: else no version waits. */
  readonly isApprovalManual: boolean;
}

/** What the routines need of the run around them. */
interface Surroundings {
  readonly host: string;
  readonly modelResourceName: string;
  readonly artifactBucket: string;
}

/**
 * The object that remembers for a pipeline. Executions do not: Workflows forgets them after 90 days.
 *
 * @see https://cloud.google.com/workflows/quotas
 */
export function memoryOf(workflowName: string): string {
  return `retraining/${workflowName}.json`;
}

/**
 * Starts a training when this run asks for one, unless one runs or is being started by another drift run, one was asked
 * for a short while ago, or a newer version than the live one waits for a person. Every run asks anew: after a training
 * that failed, or whose version was rejected, a drift that stays starts another.
 *
 * Returns `started`, `running`, `too-soon`, `approval-pending` or `not-needed`.
 */
export function retrainRoutines(retrain: RetrainPlan, around: Surroundings): { readonly [name: string]: Routine } {
  const { workflowId, startTopicId, memory, isApprovalManual } = retrain;
  const { artifactBucket } = around;
  // As much earlier than its time the scheduler may start a run, or later the one before. What was asked for a moment
  // ago may not be listed yet.
  const seconds = Math.max(retrain.minDays * 86_400 - 3600, 600);
  const remember = (isStarted: boolean, condition: { readonly [query: string]: unknown } = {}) => postAgain({
    url: `https://storage.googleapis.com/upload/storage/v1/b/${artifactBucket}/o`,
    query: { uploadType: 'media', name: memory, ...condition },
    body: { begun: '${time.format(begun)}', run: '${run}', trigger: '${reasons}', isStarted },
  });
  return {
    retrain: {
      params: ['drift', 'version', 'run', 'begun'],
      steps: [
        ...reasons(retrain),
        ...steps({
          is_asked: { switch: [{ condition: '${reasons == ""}', return: 'not-needed' }] },
          // One that waits for the end of another is listed as well.
          trainings: oldestRun(workflowId),
          is_running: { switch: [{ condition: '${len(active) > 0}', return: 'running' }] },
          never: { assign: [{ found: { body: { generation: '0' } } }] },
          generation: {
            ...get({
              url: `\${"https://storage.googleapis.com/storage/v1/b/${artifactBucket}/o/" + text.url_encode("${memory}")}`,
              query: { fields: 'generation' },
              result: 'found',
            }),
            except: unlessMissing('memory', 'found', { body: { generation: '0' } }),
          },
          remembered: { call: 'read_json', args: { bucket: artifactBucket, name: memory }, result: 'last' },
          is_remembered: {
            switch: [
              {
                condition: '${last != null}',
                steps: steps({
                  recent: {
                    assign: [
                      { age: '${begun - time.parse(last.begun)}' },
                      { is_sure: '${default(map.get(last, "isStarted"), true)}' },
                    ],
                  },
                  // Another drift run may be asking at this moment.
                  is_soon: {
                    switch: [{ condition: `\${age < 600 or (is_sure and age < ${seconds})}`, return: 'too-soon' }],
                  },
                  // Asked for, and nobody knows whether the message arrived: the list of trainings does.
                  is_unsure: {
                    switch: [
                      {
                        condition: `\${age < ${seconds}}`,
                        steps: steps({
                          trainings_since: {
                            call: 'has_begun_since',
                            args: { since: '${last.begun}' },
                            result: 'has_begun',
                          },
                          has_begun: { switch: [{ condition: '${has_begun}', return: 'too-soon' }] },
                        }),
                      },
                    ],
                  },
                }),
              },
            ],
          },
          ...(isApprovalManual
            ? {
              waiting: { call: 'version_waits', args: { live: '${version}' }, result: 'waits' },
              is_waiting: { switch: [{ condition: '${waits}', return: 'approval-pending' }] },
            }
            : {}),
          request: { assign: [{ request: { trigger: '${reasons}' } }] },
          // Before it starts anything, and only over what it has read: of two runs at a time one gets here.
          remember: {
            ...remember(false, { ifGenerationMatch: '${found.body.generation}' }),
            except: {
              as: 'error',
              steps: steps({
                other: { switch: [{ condition: '${default(map.get(error, "code"), 0) != 412}', raise: '${error}' }] },
                holder: { call: 'read_json', args: { bucket: artifactBucket, name: memory }, result: 'holder' },
                // Its own, where the answer to a first request got lost.
                is_other: {
                  switch: [
                    { condition: '${default(map.get(default(holder, none), "run"), "") != run}', return: 'running' },
                  ],
                },
              }),
            },
          },
          // Where this fails, or its answer is lost, the next run looks whether a training has begun.
          start: post({
            url: `https://pubsub.googleapis.com/v1/${startTopicId}:publish`,
            body: { messages: [{ data: '${base64.encode(json.encode(request))}' }] },
          }),
          be_sure: {
            ...remember(true),
            except: { as: 'error', steps: steps({ unsure: { assign: [{ is_sure: false }] } }) },
          },
          answer: { return: 'started' },
        }),
      ],
    },
    has_begun_since: hasBegunSince(workflowId),
    [ACTIVE_RUNS_NAME]: ACTIVE_RUNS,
    ...(isApprovalManual ? { version_waits: versionWaits(around) } : {}),
  };
}

/** Whether the pipeline has had an execution since a moment, however it ended. A page may be empty and name another. */
function hasBegunSince(workflowId: string): Routine {
  return {
    params: ['since'],
    steps: steps({
      begin: { assign: [{ none: [] }, { query: { filter: '${"startTime>\\"" + since + "\\""}', pageSize: 1 } }] },
      look: get({
        url: `https://workflowexecutions.googleapis.com/v1/${workflowId}/executions`,
        query: '${query}',
        result: 'page',
      }),
      any: { switch: [{ condition: '${len(default(map.get(page.body, "executions"), none)) > 0}', return: true }] },
      token: { assign: [{ token: '${default(map.get(page.body, "nextPageToken"), "")}' }] },
      over: { switch: [{ condition: '${token == ""}', return: false }] },
      turn_page: { assign: [{ 'query.pageToken': '${token}' }], next: 'look' },
    }),
  };
}

/** Why the numbers of `drift.json` ask for a training, in `reasons`; empty when they do not. */
function reasons({ maxDriftShare, gates = [] }: ResolvedRetraining): Step[] {
  return steps({
    begin: { assign: [{ reasons: '' }, { none: {} }] },
    // With too few rows drift is not judged.
    ...(maxDriftShare === undefined
      ? {}
      : {
        is_drifted: {
          switch: [
            {
              condition: `\${not("reason" in drift) and drift.driftShare > ${maxDriftShare}}`,
              steps: steps({ of_drift: { assign: [{ reasons: 'drift' }] } }),
            },
          ],
        },
      }),
    ...(gates.length === 0
      ? {}
      : {
        measured: {
          assign: [
            { quality: '${default(map.get(drift, "quality"), none)}' },
            { gates: gates.map(({ metric, threshold, higherIsBetter }) => ({ metric, threshold, higherIsBetter })) },
            { is_missed: false },
          ],
        },
        each_gate: {
          for: {
            value: 'gate',
            in: '${gates}',
            steps: steps({
              compare: {
                switch: [
                  // Labels come late: what was not measured is not missed.
                  { condition: '${not (gate.metric in quality)}', next: 'continue' },
                  {
                    condition: '${gate.higherIsBetter and quality[gate.metric] < gate.threshold}',
                    steps: steps({ low: { assign: [{ is_missed: true }] } }),
                  },
                  {
                    condition: '${not gate.higherIsBetter and quality[gate.metric] > gate.threshold}',
                    steps: steps({ high: { assign: [{ is_missed: true }] } }),
                  },
                ],
              },
            }),
          },
        },
        is_worse: {
          switch: [
            {
              condition: '${is_missed}',
              steps: steps({
                of_quality: { assign: [{ reasons: '${if(reasons == "", "quality", reasons + " and quality")}' }] },
              }),
            },
          ],
        },
      }),
  });
}

/**
 * Whether the newest version is newer than the live one, and nobody has said yes or no to it: both are aliases,
 * `approved-4`, `rejected`; one that was rolled back had been approved.
 */
function versionWaits({ host, modelResourceName }: Surroundings): Routine {
  return {
    params: ['live'],
    steps: steps({
      unknown: { assign: [{ newest: null }, { no_names: [] }] },
      ask: {
        ...get({ url: `https://${host}/v1/${modelResourceName}@candidate`, result: 'newest' }),
        except: unlessUnknownAlias('candidate', 'newest', null),
      },
      is_there: { switch: [{ condition: '${newest == null}', return: false }] },
      is_newer: { switch: [{ condition: '${int(newest.body.versionId) <= int(live)}', return: false }] },
      each_alias: {
        for: {
          value: 'alias',
          in: '${default(map.get(newest.body, "versionAliases"), no_names)}',
          steps: steps({
            is_decided: {
              switch: [
                { condition: '${text.match_regex(alias, "^(approved|rejected|rolled-back)(-|$)")}', return: false },
              ],
            },
          }),
        },
      },
      answer: { return: true },
    }),
  };
}

/** What the identity of the run needs for it: the list of trainings, the topic that starts one, and the one object. */
export function grantRetraining(
  scope: Construct,
  runner: IPrincipal,
  { startTopicId, memory }: RetrainPlan,
  artifactBucket: string,
): Grant {
  const mayStart = new PubsubTopicIamMember(scope, 'RetrainPublisher', {
    project: GoogleProject.of(scope).projectId,
    topic: startTopicId,
    role: 'roles/pubsub.publisher',
    member: runner.member,
  });
  const mayRemember = new StorageBucketIamMember(scope, 'RetrainMemory', {
    bucket: artifactBucket,
    role: 'roles/storage.objectUser',
    member: runner.member,
    condition: objectsBelow(artifactBucket, memory),
  });
  return Grant.all([new Grant([mayStart.fqn, mayRemember.fqn]), grantInProject(scope, runner, 'workflows.viewer')]);
}
