// Over 300 lines: the routines of one service, whose states they leave to each other.
import { NOBODY_SERVES } from './definition';
import { WatchedMetrics } from './watch';
import { Routine } from '../base/workflow';
import { get, patch, steps, unlessMissing, waitForOperation } from '../base/workflow-steps';

/** A Cloud Run service, and what a revision is made of. */
export interface ServicePlace {
  /** `europe-west4-aiplatform.googleapis.com`: where the versions are registered. */
  readonly host: string;
  /** `projects/<id>/locations/<region>/services/<name>`. */
  readonly service: string;
  readonly serviceName: string;
  /** Resource name of the model whose versions come to it. */
  readonly model: string;
  /** What follows `template` as one word; revisions carry it as a label. */
  readonly settings: string;
  /** `RevisionTemplate` of the API without its name; `containers[0].env` gets the folder of the model. */
  readonly template: { readonly [key: string]: unknown };
  /** Variables of the container beside that folder. */
  readonly environment: readonly object[];
}

/**
 * What a rollout does on a Cloud Run service. A revision's name says which version it serves and when that was
 * approved; revisions without traffic cost nothing, so none is deleted.
 *
 * @see https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services
 */
export function serviceRoutines(place: ServicePlace): { readonly [name: string]: Routine } {
  return {
    survey: survey(place),
    deploy: deploy(place),
    hold: HOLD,
    shift: shift(place),
    give_all: giveAll(place),
    settle: settle(place),
    clear_others: CLEAR_OTHERS,
    wait_for_operation: waitForOperation('run.googleapis.com', 'v2'),
  };
}

const look = ({ service }: ServicePlace) => get({ url: `https://run.googleapis.com/v2/${service}`, result: 'seen' });
const REVISION = 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION';

/**
 * Tag of the revision to roll back to while a rollout moves traffic, also once it has none; with the name of the
 * service it may have 46 characters.
 *
 * @see https://cloud.google.com/run/docs/rollouts-rollbacks-traffic-migration#tags
 */
const ROLLS_BACK_TO = 'live';

/**
 * The live version is the one that an unfinished rollout rolls back to; without such a rollout the one that was
 * approved first among those with traffic. Revisions that no rollout made are nobody.
 */
function survey(place: ServicePlace): Routine {
  return {
    steps: steps({
      begin: {
        assign: [{ nobody: [] }, { found: NOBODY_SERVES }, { oldest: 1e12 }],
      },
      look: look(place),
      each_target: {
        for: {
          value: 'each',
          in: '${default(map.get(seen.body, "traffic"), nobody)}',
          steps: steps({
            facts: {
              assign: [{ words: `\${text.split(default(map.get(each, "revision"), ""), "${place.serviceName}-v")}` }],
            },
            ours: {
              switch: [
                { condition: '${len(words) != 2}', next: 'continue' },
                { condition: '${not(text.match_regex(words[1], "^[0-9]+-[0-9]+$"))}', next: 'continue' },
                {
                  condition: '${default(map.get(each, "percent"), 0) == 0 and default(map.get(each, "tag"), "") == ""}',
                  next: 'continue',
                },
              ],
            },
            parts: {
              assign: [
                { parts: '${text.split(words[1], "-")}' },
                { approved_at: '${int(parts[1]) / 1000}' },
                { number: '${int(parts[0])}' },
              ],
            },
            newest: {
              switch: [
                {
                  condition: '${approved_at > found.newest_approved_at}',
                  steps: steps({
                    newer: {
                      assign: [
                        { 'found.newest_approved_at': '${approved_at}' },
                        { 'found.newest_version': '${number}' },
                      ],
                    },
                  }),
                },
                {
                  condition: '${approved_at == found.newest_approved_at}',
                  steps: steps({
                    as_new: { assign: [{ 'found.newest_version': '${math.max(found.newest_version, number)}' }] },
                  }),
                },
              ],
            },
            rolls_back: {
              switch: [
                {
                  condition: `\${default(map.get(each, "tag"), "") == "${ROLLS_BACK_TO}"}`,
                  steps: steps({
                    held: {
                      assign: [
                        { oldest: -1 },
                        { 'found.is_unfinished': '${default(map.get(each, "percent"), 0) < 100}' },
                        { 'found.champion_id': '${each.revision}' },
                        { 'found.champion_version': '${parts[0]}' },
                      ],
                      next: 'continue',
                    },
                  }),
                },
              ],
            },
            older: {
              switch: [
                {
                  condition: '${approved_at < oldest}',
                  steps: steps({
                    champion: {
                      assign: [
                        { oldest: '${approved_at}' },
                        { 'found.challenger_id': '${found.champion_id}' },
                        { 'found.challenger_version': '${found.champion_version}' },
                        { 'found.champion_id': '${each.revision}' },
                        { 'found.champion_version': '${parts[0]}' },
                      ],
                      next: 'continue',
                    },
                  }),
                },
              ],
            },
            younger: {
              assign: [{ 'found.challenger_id': '${each.revision}' }, { 'found.challenger_version': '${parts[0]}' }],
            },
          }),
        },
      },
      // What else has traffic then is what the rollout was bringing.
      no_challenger: {
        switch: [
          {
            condition: '${oldest == -1}',
            steps: steps({
              none_beside: { assign: [{ 'found.challenger_id': '' }, { 'found.challenger_version': '' }] },
            }),
          },
        ],
      },
      none_ours: { switch: [{ condition: '${found.champion_id == ""}', return: '${found}' }] },
      unknown: { assign: [{ nothing: { body: {} } }, { revision: '${nothing}' }] },
      revision: {
        ...get({
          url: `\${"https://run.googleapis.com/v2/${place.service}/revisions/" + found.champion_id}`,
          result: 'revision',
        }),
        except: unlessMissing('revision', 'revision', { body: {} }),
      },
      more: {
        assign: [
          { 'found.champion_settings': `\${default(map.get(revision.body, ["labels", "${SETTINGS}"]), "")}` },
          // A name is given once: the same version with other settings has another time in its own.
          { 'found.champion_approved_at': '${sys.now()}' },
        ],
      },
      done: { return: '${found}' },
    }),
  };
}

/** Label of a revision: what it got beside its version. */
const SETTINGS = 'mlops_settings';

/**
 * Makes a revision whose container reads the version's files where the bucket is mounted. It gets no traffic before it
 * is ready: the first waits beside the placeholder.
 */
function deploy(place: ServicePlace): Routine {
  const { host, service, serviceName, model, settings, template, environment } = place;
  return {
    params: ['version', 'approved_at', 'champion_id'],
    steps: steps({
      files: get({ url: `\${"https://${host}/v1/${model}@" + version}`, result: 'registered' }),
      look: look(place),
      begin: {
        assign: [
          { ready: '${text.split(default(map.get(seen.body, "latestReadyRevision"), ""), "/")}' },
          {
            candidate_id: `\${"${serviceName}-v" + version + "-" + string(int(math.floor(approved_at * 1000 + 0.5)))}`,
          },
          { folder: '${text.replace_all_regex(registered.body.artifactUri, "^gs://", "/gcs/")}' },
          { environment: [...environment, { name: 'MLOPS_MODEL_DIR', value: '${folder}' }] },
          { template: { ...template, labels: { [SETTINGS]: settings } } },
          { 'template.revision': '${candidate_id}' },
          { 'template.containers[0].env': '${environment}' },
          {
            whole: [
              {
                type: REVISION,
                revision: '${if(champion_id == "", ready[len(ready) - 1], champion_id)}',
                percent: 100,
              },
            ],
          },
        ],
      },
      make: patch({
        url: `https://run.googleapis.com/v2/${service}`,
        query: { updateMask: 'template,traffic' },
        body: { template: '${template}', traffic: '${whole}' },
        result: 'begun',
      }),
      wait: { call: 'wait_for_operation', args: { operation: '${begun.body.name}' }, result: 'ended' },
      first: {
        switch: [
          {
            condition: '${champion_id == ""}',
            steps: steps({
              all: { call: 'shift', args: { champion_id: '', candidate_id: '${candidate_id}', share: 100 } },
            }),
          },
        ],
      },
      done: { return: '${candidate_id}' },
    }),
  };
}

/** Traffic and the mark of what to roll back to are one list, so `shift` writes both at once. */
const HOLD: Routine = { params: ['champion_id'], steps: steps({ nothing_to_do: { return: null } }) };

/** Revisions without traffic cost nothing. */
const CLEAR_OTHERS: Routine = {
  params: ['keep', { of_rollouts: false }],
  steps: steps({ nothing_to_do: { return: null } }),
};

/** Gives the candidate its share and the champion the rest, which is marked as what to roll back to. */
function shift({ service }: ServicePlace): Routine {
  return {
    params: ['champion_id', 'candidate_id', 'share'],
    steps: steps({
      begin: { assign: [{ traffic: [{ type: REVISION, revision: '${candidate_id}', percent: '${share}' }] }] },
      rest: {
        switch: [
          {
            condition: '${champion_id != ""}',
            steps: steps({
              keep: {
                assign: [
                  {
                    champion: {
                      type: REVISION,
                      revision: '${champion_id}',
                      percent: '${100 - share}',
                      tag: ROLLS_BACK_TO,
                    },
                  },
                  { traffic: '${list.concat(traffic, champion)}' },
                ],
              },
            }),
          },
        ],
      },
      set: patch({
        url: `https://run.googleapis.com/v2/${service}`,
        query: { updateMask: 'traffic' },
        body: { traffic: '${traffic}' },
        result: 'begun',
      }),
      wait: {
        call: 'wait_for_operation',
        args: { operation: '${begun.body.name}', max_seconds: 1800 },
        result: 'ended',
      },
    }),
  };
}

/** Gives one revision all traffic; without one to keep, what answers now goes on answering. */
function giveAll(place: ServicePlace): Routine {
  return {
    params: ['keep'],
    steps: steps({
      nobody: { switch: [{ condition: '${keep == ""}', return: null }] },
      look: look(place),
      targets: { assign: [{ none: [] }, { traffic: '${default(map.get(seen.body, "traffic"), none)}' }] },
      single: {
        switch: [
          {
            condition: '${len(traffic) == 1}',
            steps: steps({
              same: {
                switch: [{ condition: '${default(map.get(traffic[0], "revision"), "") == keep}', return: null }],
              },
            }),
          },
        ],
      },
      whole: { call: 'shift', args: { champion_id: '', candidate_id: '${keep}', share: 100 } },
    }),
  };
}

/** Takes the mark of a rollout off: what has traffic now is live. */
function settle(place: ServicePlace): Routine {
  return {
    steps: steps({
      look: look(place),
      begin: { assign: [{ none: [] }, { traffic: [] }, { is_marked: false }] },
      each_target: {
        for: {
          value: 'each',
          in: '${default(map.get(seen.body, "traffic"), none)}',
          steps: steps({
            marked: {
              switch: [
                {
                  condition: `\${default(map.get(each, "tag"), "") == "${ROLLS_BACK_TO}"}`,
                  steps: steps({
                    is_marked: { assign: [{ is_marked: true }] },
                    idle: { switch: [{ condition: '${default(map.get(each, "percent"), 0) == 0}', next: 'continue' }] },
                  }),
                },
              ],
            },
            keep: { assign: [{ traffic: '${list.concat(traffic, map.delete(each, "tag"))}' }] },
          }),
        },
      },
      unmarked: { switch: [{ condition: '${not(is_marked)}', return: null }] },
      set: patch({
        url: `https://run.googleapis.com/v2/${place.service}`,
        query: { updateMask: 'traffic' },
        body: { traffic: '${traffic}' },
        result: 'begun',
      }),
      wait: {
        call: 'wait_for_operation',
        args: { operation: '${begun.body.name}', max_seconds: 1800 },
        result: 'ended',
      },
    }),
  };
}

/** Filter of a metric of a service. @see https://cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-run */
export function serviceFilter(serviceName: string, name: string): string {
  return `metric.type="run.googleapis.com/${name}" AND resource.type="cloud_run_revision" AND resource.labels.service_name="${serviceName}"`;
}

/** Metrics of a revision. */
export function serviceMetrics(projectId: string, serviceName: string): WatchedMetrics {
  return {
    projectId,
    responses: [serviceFilter(serviceName, 'request_count')],
    latencies: [serviceFilter(serviceName, 'request_latencies')],
    versionLabel: 'resource.labels.revision_name',
    codeLabel: 'response_code_class',
    delaySeconds: DELAY_SECONDS,
  };
}

/** Sampled each minute and visible two minutes later. */
const DELAY_SECONDS = 180;
