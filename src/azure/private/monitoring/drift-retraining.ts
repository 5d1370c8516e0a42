import { LIVE } from './drift-live-version';
import { DriftPlan, RetrainPlan } from './drift-plan';
import { IS_JUDGED, ofDrift } from './drift-publish';
import { Action, Actions, arm, compose, filter, setVariable } from '../base/workflow-actions';
import { attempt, fail, insist, readJson, when } from '../base/workflow-control';
import { bodyOf, codeOf, errorOf, ex, Expression, NOW, text, variable } from '../base/workflow-expressions';
import { storageRequest, store } from '../base/workflow-storage';
import { VERSION_TAGS } from '../registry/version-tags';

/** The blob that remembers for a pipeline. Runs do not: Logic Apps forgets them after 90 days. */
export function memoryOf(workflowName: string): string {
  return `retraining/${workflowName}.json`;
}

/** Variables of `retrain`: `training` is what came of it. */
export const RETRAIN_VARIABLES = { training: 'not-needed', memory: {}, holder: {} };

/**
 * Starts a training when this run asks for one, unless one runs or is being started by another drift run, one was asked
 * for a short while ago, or a newer version than the live one waits for a person. Every run asks anew: after a training
 * that failed, or whose version was rejected, a drift that stays starts another.
 *
 * `training` becomes `started`, `running`, `too-soon`, `approval-pending` or stays `not-needed`.
 */
export function retrain(plan: DriftPlan, asked: RetrainPlan): Actions {
  const { workflowId, startQueueUrl, isApprovalManual } = asked;
  const blob = { endpoint: plan.blobEndpoint, container: plan.artifactContainer, name: asked.memory };
  // As much earlier than its time a run may begin, or later the one before. What was asked for a moment ago may not be
  // listed yet.
  const seconds = Math.max(asked.minDays * 86_400 - 3600, 600);
  const isRemembered = ex`not(empty(${variable('memory')}))`;
  const age = ex`div(sub(ticks(${NOW}), ticks(coalesce(${variable('memory')}?['begun'], '2000-01-01T00:00:00Z'))), 10000000)`;
  const isSure = ex`equals(coalesce(${variable('memory')}?['isStarted'], true), true)`;
  const any = (list: string) => ex`greater(length(coalesce(${bodyOf(list)}?['value'], json('[]'))), 0)`;
  const waits = isApprovalManual ? ex`greater(length(body('Waiting_versions')), 0)` : ex`equals(true, false)`;
  const starts = ex`equals(${variable('training')}, 'started')`;
  return {
    Asked: compose(reasons(asked)),
    Is_asked: when(ex`not(empty(outputs('Asked')))`, {
      // One that waits for the end of another counts as well. The page of the list has no `or` in its filters.
      ...insist('Look_trainings', runs(workflowId, "status eq 'Running'")),
      ...insist('Look_waiting', runs(workflowId, "status eq 'Waiting'")),
      ...readJson('Read_memory', store.read(blob), 'memory', { No_memory: compose('nothing was ever asked for') }),
      // Asked for, and nobody knows whether the message arrived: the list of trainings does.
      ...insist(
        'Look_begun',
        runs(workflowId, text`startTime ge ${ex`coalesce(${variable('memory')}?['begun'], '2000-01-01T00:00:00Z')`}`),
      ),
      ...(isApprovalManual
        ? {
          ...insist(
            'Look_versions',
            arm.get({
              type: 'Microsoft.MachineLearningServices/workspaces/models/versions',
              id: `${plan.modelContainerId}/versions`,
              query: { tags: `${VERSION_TAGS.approval}=pending` },
            }),
          ),
          Waiting_versions: filter(
            ex`coalesce(${bodyOf('Look_versions')}?['value'], json('[]'))`,
            ex`and(equals(item()?['properties']?['tags']?[${VERSION_TAGS.approval}], 'pending'), greater(int(item()?['name']), int(${LIVE.version})))`,
          ),
        }
        : {}),
      Is_soon: compose(
        ex`and(${isRemembered}, or(less(${age}, 600), and(less(${age}, ${seconds}), or(${isSure}, ${any('Look_begun')}))))`,
      ),
      Decided: setVariable(
        'training',
        ex`if(or(${any('Look_trainings')}, ${any('Look_waiting')}), 'running', if(outputs('Is_soon'), 'too-soon', if(${waits}, 'approval-pending', 'started')))`,
      ),
    }),
    Starts: when(starts, {
      // Before it starts anything, and only over what it has read: of two runs at a time one gets here.
      ...attempt(
        'Remember',
        {
          Is_first: when(
            isRemembered,
            {
              Remember_next: remember(blob, false, {
                'If-Match': ex`coalesce(outputs('Read_memory')?['headers']?['ETag'], '*')`,
              }),
            },
            { Remember_first: remember(blob, false, { 'If-None-Match': '*' }) },
          ),
        },
        {
          Is_refused: when(
            ex`or(equals(coalesce(${codeOf('Remember_next')}, 0), 412), contains(createArray(409, 412), coalesce(${codeOf('Remember_first')}, 0)))`,
            { Whose: setVariable('training', 'unsure') },
            fail(
              'Not_remembered',
              text`${ex`if(${isRemembered}, ${errorOf('Remember_next')}, ${errorOf('Remember_first')})`}`,
            ),
          ),
        },
      ),
    }),
    // Its own, where the answer to a first request got lost.
    Unsure: when(ex`equals(${variable('training')}, 'unsure')`, {
      ...readJson('Read_holder', store.read(blob), 'holder', { No_holder: compose('it is gone') }),
      Is_own: setVariable(
        'training',
        ex`if(equals(coalesce(${variable('holder')}?['run'], ''), ${variable('run')}), 'started', 'running')`,
      ),
    }),
    Is_mine: when(starts, {
      // Where this fails, or its answer is lost, the next run looks whether a training has begun.
      ...insist(
        'Start_training',
        store.putMessage({ queueUrl: startQueueUrl, message: { trigger: ex`outputs('Asked')` } }),
      ),
      ...attempt('Be_sure', { Remember_started: remember(blob, true, {}) }),
    }),
  };
}

/** Runs of a workflow. @see https://learn.microsoft.com/rest/api/logic/workflow-runs/list */
function runs(workflowId: string, where: Expression | string | ReturnType<typeof text>): Action {
  return arm.get({ type: 'Microsoft.Logic/workflows', id: `${workflowId}/runs`, query: { $filter: where, $top: '1' } });
}

interface Blob {
  readonly endpoint: string;
  readonly container: string;
  readonly name: string;
}

function remember(blob: Blob, isStarted: boolean, condition: { readonly [header: string]: unknown }): Action {
  return storageRequest('PUT', `${blob.endpoint}${blob.container}/${blob.name}`, {
    headers: { 'x-ms-blob-type': 'BlockBlob', 'Content-Type': 'application/json', ...condition },
    body: { begun: variable('begun'), run: variable('run'), trigger: ex`outputs('Asked')`, isStarted },
  });
}

/** Why the numbers of `drift.json` ask for a training; empty when they do not. */
function reasons({ maxDriftShare, gates = [] }: RetrainPlan): Expression {
  const drifted =
    maxDriftShare === undefined
      ? ex`equals(true, false)`
      : ex`and(${IS_JUDGED}, greater(float(coalesce(${ofDrift('driftShare')}, 0)), ${maxDriftShare}))`;
  // Labels come late: what was not measured is not missed.
  const missed = gates.map(({ metric, threshold, higherIsBetter }) => {
    const value = ex`float(coalesce(${ofDrift('quality', metric)}, ${threshold}))`;
    return higherIsBetter ? ex`less(${value}, ${threshold})` : ex`greater(${value}, ${threshold})`;
  });
  const worse = missed.reduce((all, each) => ex`or(${all}, ${each})`, ex`equals(true, false)`);
  return ex`concat(if(${drifted}, 'drift', ''), if(and(${drifted}, ${worse}), ' and ', ''), if(${worse}, 'quality', ''))`;
}
