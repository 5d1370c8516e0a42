// Over 300 lines: the routines of one endpoint, whose labels they leave to each other.
import { TURNS, waitForRollouts } from './concurrency';
import { NOBODY_SERVES } from './definition';
import { ROLLS_BACK_TO, TORN_DOWN } from '../base/vertex-api';
import { Definition, Routine } from '../base/workflow';
import {
  get,
  IS_UNKNOWN,
  log,
  MESSAGE_OF_ERROR,
  patch,
  post,
  sleep,
  steps,
  waitForOperation,
} from '../base/workflow-steps';

/** An endpoint of Vertex AI, and what a version gets there. */
export interface VertexPlace {
  /** `europe-west4-aiplatform.googleapis.com`. */
  readonly host: string;
  /** `projects/<id>/locations/<region>/endpoints/<number>`. */
  readonly endpoint: string;
  /** Resource name of the model whose versions come to it. */
  readonly model: string;
  /** The end of that name. */
  readonly modelId: string;
  /** What follows `deployedModel` as one word; versions carry it in their names. */
  readonly settings: string;
  /** `DeployedModel` of the API, without what a version adds. */
  readonly deployedModel: { readonly [key: string]: unknown };
}

/**
 * What a rollout does on an endpoint of Vertex AI.
 *
 * @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.endpoints
 */
export function vertexRoutines(place: VertexPlace): { readonly [name: string]: Routine } {
  return {
    survey: survey(place),
    deploy: deploy(place),
    hold: hold(place),
    shift: shift(place),
    give_all: giveAll(place),
    settle: settle(place),
    clear_others: clearOthers(place),
    set_label: setLabel(place),
    wait_for_operation: waitForOperation(place.host),
  };
}

/**
 * Who is deployed. The live version is the one that an unfinished rollout rolls back to; without such a rollout the
 * oldest with traffic: whoever takes over came later, and leaves nobody older behind. When a version was approved, and
 * what it got here, is written in its display name, and when the endpoint was torn down in a label of the endpoint, so
 * that a message which comes twice, or late, is told from a new approval.
 */
function survey({ host, endpoint, modelId }: VertexPlace): Routine {
  return {
    steps: steps({
      begin: {
        assign: [{ none: {} }, { nobody: [] }, { found: NOBODY_SERVES }, { oldest: 1e12 }],
      },
      look: get({ url: `https://${host}/v1/${endpoint}`, result: 'seen' }),
      split: {
        assign: [
          { split: '${default(map.get(seen.body, "trafficSplit"), none)}' },
          { held: `\${default(map.get(seen.body, ["labels", "${ROLLS_BACK_TO}"]), "")}` },
          {
            'found.newest_approved_at': `\${int(default(map.get(seen.body, ["labels", "${TORN_DOWN}"]), "0")) / 1000}`,
          },
          // What was approved when the endpoint was torn down is void, whichever version it is.
          { 'found.newest_version': 999999999 },
        ],
      },
      each_deployed: {
        for: {
          value: 'each',
          in: '${default(map.get(seen.body, "deployedModels"), nobody)}',
          steps: steps({
            facts: {
              assign: [
                { made: '${time.parse(each.createTime)}' },
                {
                  version: `\${if(text.match_regex(each.model, "/${modelId}(@.*)?$"), each.modelVersionId, "another model")}`,
                },
                { words: '${text.split(default(map.get(each, "displayName"), ""), " approved ")}' },
                { said: '${text.split(words[0], " as ")}' },
                { settings: '${if(len(said) == 2, said[len(said) - 1], "")}' },
                { approved_at: 0 },
                { number: 0 },
              ],
            },
            numbered: {
              switch: [
                {
                  condition: '${text.match_regex(version, "^[0-9]+$")}',
                  steps: steps({ read_number: { assign: [{ number: '${int(version)}' }] } }),
                },
              ],
            },
            approved: {
              switch: [
                {
                  condition: '${len(words) == 2}',
                  steps: steps({ read_time: { assign: [{ approved_at: '${time.parse(words[1])}' }] } }),
                },
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
            with_traffic: {
              switch: [
                {
                  condition: '${each.id == held}',
                  steps: steps({
                    rolls_back: {
                      assign: [
                        { oldest: -1 },
                        { 'found.is_unfinished': '${default(map.get(split, each.id), 0) < 100}' },
                      ],
                      next: 'champion',
                    },
                  }),
                },
                { condition: '${default(map.get(split, each.id), 0) == 0}', next: 'continue' },
                {
                  condition: '${made < oldest}',
                  steps: steps({
                    older: {
                      assign: [
                        { oldest: '${made}' },
                        { 'found.challenger_id': '${found.champion_id}' },
                        { 'found.challenger_version': '${found.champion_version}' },
                      ],
                      next: 'champion',
                    },
                  }),
                },
              ],
            },
            younger: {
              assign: [{ 'found.challenger_id': '${each.id}' }, { 'found.challenger_version': '${version}' }],
              next: 'continue',
            },
            champion: {
              assign: [
                { 'found.champion_id': '${each.id}' },
                { 'found.champion_version': '${version}' },
                { 'found.champion_settings': '${settings}' },
                { 'found.champion_approved_at': '${approved_at}' },
              ],
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
      done: { return: '${found}' },
    }),
  };
}

/**
 * Deploys a version and returns its id on the endpoint; the first gets all traffic, others none. Where the answer to
 * the request is lost, or the operation is not seen to end, the endpoint is asked for the version by its name, which is
 * its own.
 */
function deploy({ host, endpoint, model, settings, deployedModel }: VertexPlace): Routine {
  return {
    params: ['version', 'approved_at', 'champion_id'],
    steps: steps({
      traffic: {
        assign: [
          { everything: { 0: 100 } },
          { nothing: {} },
          { nobody: [] },
          { until: 0 },
          { why: '' },
          { seen: { body: {} } },
        ],
      },
      called: {
        assign: [{ name: `\${"version " + version + " as ${settings} approved " + time.format(approved_at)}` }],
      },
      attempt: {
        try: {
          steps: steps({
            begin: post({
              url: `https://${host}/v1/${endpoint}:deployModel`,
              body: {
                deployedModel: { ...deployedModel, model: `\${"${model}@" + version}`, displayName: '${name}' },
                // Where it is empty the traffic stays as it is. `0` stands for the version that is being deployed.
                trafficSplit: '${if(champion_id == "", everything, nothing)}',
              },
              result: 'begun',
            }),
            wait: { call: 'wait_for_operation', args: { operation: '${begun.body.name}' }, result: 'ended' },
            done: { return: '${ended.deployedModel.id}' },
          }),
        },
        except: {
          as: 'error',
          steps: steps({
            why: { assign: [{ why: `\${${MESSAGE_OF_ERROR}}` }, { until: `\${sys.now() + ${LOST_SECONDS}}` }] },
            // The service has said no, or the operation has failed.
            no: { switch: [{ condition: `\${not(${IS_UNKNOWN})}`, raise: '${error}' }] },
          }),
        },
      },
      look: {
        ...get({ url: `https://${host}/v1/${endpoint}`, result: 'seen' }),
        except: { as: 'error', steps: steps({ not_seen: { assign: [{ seen: { body: {} } }] } }) },
      },
      each_deployed: {
        for: {
          value: 'each',
          in: '${default(map.get(seen.body, "deployedModels"), nobody)}',
          steps: steps({
            is_it: {
              switch: [
                {
                  condition: '${default(map.get(each, "displayName"), "") == name and each.id != champion_id}',
                  return: '${each.id}',
                },
              ],
            },
          }),
        },
      },
      late: {
        switch: [
          {
            condition: '${sys.now() > until}',
            raise: { message: '${"whether version " + version + " was deployed is not known: " + why}' },
          },
        ],
      },
      pause: { ...sleep(60), next: 'look' },
    }),
  };
}

/**
 * Time within which a deployment whose answer was lost is looked for; one that comes later has no traffic and is swept.
 */
const LOST_SECONDS = 3600;

/** Writes on the endpoint which version to roll back to, before any traffic moves. */
function hold({ host, endpoint }: VertexPlace): Routine {
  return {
    params: ['champion_id'],
    steps: steps({
      look: get({ url: `https://${host}/v1/${endpoint}`, result: 'seen' }),
      set: { call: 'set_label', args: { seen: '${seen.body}', key: ROLLS_BACK_TO, value: '${champion_id}' } },
    }),
  };
}

/** Takes the mark of a rollout off the endpoint: what serves now is live. */
function settle({ host, endpoint }: VertexPlace): Routine {
  return {
    steps: steps({
      look: get({ url: `https://${host}/v1/${endpoint}`, result: 'seen' }),
      is_set: {
        switch: [{
          condition: `\${default(map.get(seen.body, ["labels", "${ROLLS_BACK_TO}"]), "") != ""}`,
          steps: steps({ unset: { call: 'set_label', args: { seen: '${seen.body}', key: ROLLS_BACK_TO, value: '' } } }),
        }],
      },
    }),
  };
}

/** Labels are written as a whole; Terraform leaves those alone that it has not set. */
function setLabel({ host, endpoint }: Pick<VertexPlace, 'host' | 'endpoint'>): Routine {
  return {
    params: ['seen', 'key', 'value'],
    steps: steps({
      begin: {
        assign: [{ none: {} }, { labels: '${default(map.get(seen, "labels"), none)}' }, { 'labels[key]': '${value}' }],
      },
      without: {
        switch: [
          {
            condition: '${value == ""}',
            steps: steps({ take: { assign: [{ labels: '${map.delete(labels, key)}' }] } }),
          },
        ],
      },
      write: patch({
        url: `https://${host}/v1/${endpoint}`,
        query: { updateMask: 'labels' },
        body: { labels: '${labels}' },
      }),
    }),
  };
}

/** Gives the candidate its share and the champion the rest. */
function shift({ host, endpoint }: VertexPlace): Routine {
  return {
    params: ['champion_id', 'candidate_id', 'share'],
    steps: steps({
      begin: { assign: [{ split: {} }, { 'split[candidate_id]': '${share}' }] },
      rest: {
        switch: [
          {
            condition: '${share < 100}',
            steps: steps({ keep: { assign: [{ 'split[champion_id]': '${100 - share}' }] } }),
          },
        ],
      },
      set: patch({
        url: `https://${host}/v1/${endpoint}`,
        query: { updateMask: 'trafficSplit' },
        body: { trafficSplit: '${split}' },
      }),
    }),
  };
}

/** Gives one version all traffic. One that the endpoint has lost cannot get any: `is_gone` says so. */
function giveAll({ host, endpoint }: VertexPlace): Routine {
  return {
    params: ['keep'],
    steps: steps({
      nobody: { switch: [{ condition: '${keep == ""}', return: null }] },
      look: get({ url: `https://${host}/v1/${endpoint}`, result: 'seen' }),
      begin: {
        assign: [
          { none: {} },
          { no_models: [] },
          { split: {} },
          { is_there: false },
          { share: '${default(map.get(default(map.get(seen.body, "trafficSplit"), none), keep), 0)}' },
        ],
      },
      has_all: { switch: [{ condition: '${share == 100}', return: null }] },
      each_deployed: {
        for: {
          value: 'each',
          in: '${default(map.get(seen.body, "deployedModels"), no_models)}',
          steps: steps({
            is_it: {
              switch: [{ condition: '${each.id == keep}', steps: steps({ there: { assign: [{ is_there: true }] } }) }],
            },
          }),
        },
      },
      gone: {
        switch: [
          {
            condition: '${not(is_there)}',
            raise: { is_gone: true, message: '${"deployed model " + keep + " is not on the endpoint any more"}' },
          },
        ],
      },
      whole: { assign: [{ 'split[keep]': 100 }] },
      set: patch({
        url: `https://${host}/v1/${endpoint}`,
        query: { updateMask: 'trafficSplit' },
        body: { trafficSplit: '${split}' },
      }),
    }),
  };
}

/**
 * Takes away what has no traffic, but for one version; where rollouts alone are swept, nothing that somebody else has
 * deployed. Whatever serves stays in any case. It never fails: what could not be taken away costs its machines until
 * the next rollout or sweep, and an alert tells.
 */
function clearOthers({ host, endpoint }: VertexPlace): Routine {
  return {
    params: ['keep', { of_rollouts: false }],
    steps: steps({
      begin: { assign: [{ none: {} }, { no_models: [] }, { why: 'it is still there' }, { is_second: false }] },
      look: {
        ...get({ url: `https://${host}/v1/${endpoint}`, result: 'seen' }),
        except: {
          as: 'error',
          steps: steps({
            tell_unseen: log('WARNING', {
              mlops: 'rollout leftover',
              reason: `\${"the endpoint could not be looked at: " + ${MESSAGE_OF_ERROR}}`,
            }),
            leave: { return: null },
          }),
        },
      },
      split: { assign: [{ split: '${default(map.get(seen.body, "trafficSplit"), none)}' }] },
      each_deployed: {
        for: {
          value: 'each',
          in: '${default(map.get(seen.body, "deployedModels"), no_models)}',
          steps: steps({
            called: { assign: [{ name: '${default(map.get(each, "displayName"), "")}' }] },
            kept: {
              switch: [
                { condition: '${each.id == keep or default(map.get(split, each.id), 0) > 0}', next: 'continue' },
                {
                  condition: '${of_rollouts and not(text.match_regex(name, "^version .+ approved "))}',
                  next: 'continue',
                },
                {
                  condition: '${is_second}',
                  steps: steps({
                    tell_left: log('WARNING', {
                      mlops: 'rollout leftover',
                      deployedModel: '${each.id}',
                      name: '${name}',
                      reason: '${why}',
                    }),
                    next_one: { next: 'continue' },
                  }),
                },
              ],
            },
            remove: {
              try: {
                steps: steps({
                  undeploy: post({
                    url: `https://${host}/v1/${endpoint}:undeployModel`,
                    body: { deployedModelId: '${each.id}' },
                    result: 'begun',
                  }),
                  wait: {
                    call: 'wait_for_operation',
                    args: { operation: '${begun.body.name}', max_seconds: 3600 },
                    result: 'gone',
                  },
                }),
              },
              // Where the answer was lost it is gone all the same: the second look tells.
              except: { as: 'error', steps: steps({ remember: { assign: [{ why: `\${${MESSAGE_OF_ERROR}}` }] } }) },
            },
          }),
        },
      },
      once_more: {
        switch: [
          {
            condition: '${why != "it is still there" and not(is_second)}',
            steps: steps({ second: { assign: [{ is_second: true }], next: 'look' } }),
          },
        ],
      },
    }),
  };
}

/**
 * Takes every version off the endpoint, once no rollout is at work on it, so that `terraform destroy` can delete it.
 */
export function teardownDefinition(
  { host, endpoint }: Pick<VertexPlace, 'host' | 'endpoint'>,
  rolloutName: string,
): Definition {
  return {
    main: {
      steps: steps({
        turn: { call: 'take_turn' },
        quiet: { call: 'wait_for_rollouts' },
        look: get({ url: `https://${host}/v1/${endpoint}`, result: 'seen' }),
        begin: {
          assign: [
            { nobody: [] },
            { deployed: '${default(map.get(seen.body, "deployedModels"), nobody)}' },
            { count: '${len(deployed)}' },
          ],
        },
        // A version with traffic cannot be taken away.
        stop: patch({
          url: `https://${host}/v1/${endpoint}`,
          query: { updateMask: 'trafficSplit' },
          body: { trafficSplit: {} },
        }),
        each_deployed: {
          for: {
            value: 'each',
            in: '${deployed}',
            steps: steps({
              remove: post({
                url: `https://${host}/v1/${endpoint}:undeployModel`,
                body: { deployedModelId: '${each.id}' },
                result: 'begun',
              }),
              wait: { call: 'wait_for_operation', args: { operation: '${begun.body.name}' }, result: 'gone' },
            }),
          },
        },
        // What was approved until now is void: its message may come once more.
        labels: {
          assign: [
            { none: {} },
            { labels: '${default(map.get(seen.body, "labels"), none)}' },
            { [`labels.${TORN_DOWN}`]: '${string(int(sys.now() * 1000))}' },
          ],
        },
        stamp: patch({
          url: `https://${host}/v1/${endpoint}`,
          query: { updateMask: 'labels' },
          body: { labels: '${labels}' },
        }),
        tell: log('NOTICE', { mlops: 'teardown', undeployed: '${count}' }),
        done: { return: '${count}' },
      }),
    },
    ...TURNS,
    wait_for_rollouts: waitForRollouts(rolloutName),
    wait_for_operation: waitForOperation(host),
  };
}
