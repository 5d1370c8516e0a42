import { TURNS, waitForRollouts } from './concurrency';
import { NOBODY_SERVES } from './definition';
import { Definition, Routine } from '../base/workflow';
import { get, log, patch, post, steps, waitForOperation } from '../base/workflow-steps';

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

/** Label of an endpoint: when it was last torn down, in milliseconds since 1970. Terraform leaves labels alone that it has not set. */
const TORN_DOWN = 'mlops_torn_down';

/**
 * What a rollout does on an endpoint of Vertex AI.
 *
 * @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.endpoints
 */
export function vertexRoutines(place: VertexPlace): { readonly [name: string]: Routine } {
  return {
    survey: survey(place),
    deploy: deploy(place),
    shift: shift(place),
    keep_only: keepOnly(place),
    wait_for_operation: waitForOperation(place.host),
  };
}

/**
 * Who is deployed. The live version is the oldest with traffic: whoever takes over came later, and leaves nobody older behind. When a version was
 * approved, and what it got here, is written in its display name, and when the endpoint was torn down in a label of the endpoint, so that a message which comes twice, or
 * late, is told from a new approval.
 */
function survey({ host, endpoint, modelId }: VertexPlace): Routine {
  return {
    steps: steps({
      begin: {
        assign: [
          { none: {} },
          { nobody: [] },
          { found: NOBODY_SERVES },
          { oldest: 1e12 },
        ],
      },
      look: get({ url: `https://${host}/v1/${endpoint}`, result: 'seen' }),
      split: {
        assign: [
          { split: '${default(map.get(seen.body, "trafficSplit"), none)}' },
          { 'found.newest_approved_at': `\${int(default(map.get(seen.body, ["labels", "${TORN_DOWN}"]), "0")) / 1000}` },
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
                { version: `\${if(text.match_regex(each.model, "/${modelId}(@.*)?$"), each.modelVersionId, "another model")}` },
                { words: '${text.split(default(map.get(each, "displayName"), ""), " approved ")}' },
                { said: '${text.split(words[0], " as ")}' },
                { settings: '${if(len(said) == 2, said[len(said) - 1], "")}' },
                { approved_at: 0 },
              ],
            },
            approved: {
              switch: [{
                condition: '${len(words) == 2}',
                steps: steps({
                  newest: { assign: [{ approved_at: '${time.parse(words[1])}' }, { 'found.newest_approved_at': '${math.max(found.newest_approved_at, approved_at)}' }] },
                }),
              }],
            },
            with_traffic: {
              switch: [
                { condition: '${default(map.get(split, each.id), 0) == 0}', next: 'continue' },
                {
                  condition: '${made < oldest}',
                  steps: steps({
                    champion: {
                      assign: [
                        { oldest: '${made}' },
                        { 'found.challenger_id': '${found.champion_id}' },
                        { 'found.challenger_version': '${found.champion_version}' },
                        { 'found.champion_id': '${each.id}' },
                        { 'found.champion_version': '${version}' },
                        { 'found.champion_settings': '${settings}' },
                        { 'found.champion_approved_at': '${approved_at}' },
                      ],
                      next: 'continue',
                    },
                  }),
                },
              ],
            },
            younger: { assign: [{ 'found.challenger_id': '${each.id}' }, { 'found.challenger_version': '${version}' }] },
          }),
        },
      },
      done: { return: '${found}' },
    }),
  };
}

/** Deploys a version and returns its id on the endpoint; the first gets all traffic, others none. */
function deploy({ host, endpoint, model, settings, deployedModel }: VertexPlace): Routine {
  return {
    params: ['version', 'approved_at', 'champion_id'],
    steps: steps({
      traffic: { assign: [{ everything: { 0: 100 } }, { nothing: {} }] },
      begin: post({
        url: `https://${host}/v1/${endpoint}:deployModel`,
        body: {
          deployedModel: {
            ...deployedModel,
            model: `\${"${model}@" + version}`,
            displayName: `\${"version " + version + " as ${settings} approved " + time.format(approved_at)}`,
          },
          // Where it is empty the traffic stays as it is. `0` stands for the version that is being deployed.
          trafficSplit: '${if(champion_id == "", everything, nothing)}',
        },
        result: 'begun',
      }),
      wait: { call: 'wait_for_operation', args: { operation: '${begun.body.name}' }, result: 'ended' },
      done: { return: '${ended.deployedModel.id}' },
    }),
  };
}

/** Gives the candidate its share and the champion the rest. */
function shift({ host, endpoint }: VertexPlace): Routine {
  return {
    params: ['champion_id', 'candidate_id', 'share'],
    steps: steps({
      begin: { assign: [{ split: {} }, { 'split[candidate_id]': '${share}' }] },
      rest: { switch: [{ condition: '${share < 100}', steps: steps({ keep: { assign: [{ 'split[champion_id]': '${100 - share}' }] } }) }] },
      set: patch({ url: `https://${host}/v1/${endpoint}`, query: { updateMask: 'trafficSplit' }, body: { trafficSplit: '${split}' } }),
    }),
  };
}

/** Gives one version all traffic and takes the others away; without a version to keep, whatever is there has no traffic and goes. */
function keepOnly({ host, endpoint }: VertexPlace): Routine {
  return {
    params: ['keep'],
    steps: steps({
      look: get({ url: `https://${host}/v1/${endpoint}`, result: 'seen' }),
      begin: { assign: [{ nobody: [] }, { split: {} }, { deployed: '${default(map.get(seen.body, "deployedModels"), nobody)}' }] },
      all_well: {
        switch: [
          { condition: '${len(deployed) == 0}', return: null },
          { condition: '${len(deployed) == 1 and deployed[0].id == keep}', return: null },
        ],
      },
      traffic: {
        switch: [{
          condition: '${keep != ""}',
          steps: steps({
            whole: { assign: [{ 'split[keep]': 100 }] },
            set: patch({ url: `https://${host}/v1/${endpoint}`, query: { updateMask: 'trafficSplit' }, body: { trafficSplit: '${split}' } }),
          }),
        }],
      },
      each_other: {
        for: {
          value: 'each',
          in: '${deployed}',
          steps: steps({
            kept: { switch: [{ condition: '${each.id == keep}', next: 'continue' }] },
            remove: post({ url: `https://${host}/v1/${endpoint}:undeployModel`, body: { deployedModelId: '${each.id}' }, result: 'begun' }),
            wait: { call: 'wait_for_operation', args: { operation: '${begun.body.name}' }, result: 'gone' },
          }),
        },
      },
    }),
  };
}

/** Takes every version off the endpoint, once no rollout is at work on it, so that `terraform destroy` can delete it. */
export function teardownDefinition({ host, endpoint }: Pick<VertexPlace, 'host' | 'endpoint'>, rolloutName: string): Definition {
  return {
    main: {
      steps: steps({
        turn: { call: 'take_turn' },
        quiet: { call: 'wait_for_rollouts' },
        look: get({ url: `https://${host}/v1/${endpoint}`, result: 'seen' }),
        begin: { assign: [{ nobody: [] }, { deployed: '${default(map.get(seen.body, "deployedModels"), nobody)}' }, { count: '${len(deployed)}' }] },
        // A version with traffic cannot be taken away.
        stop: patch({ url: `https://${host}/v1/${endpoint}`, query: { updateMask: 'trafficSplit' }, body: { trafficSplit: {} } }),
        each_deployed: {
          for: {
            value: 'each',
            in: '${deployed}',
            steps: steps({
              remove: post({ url: `https://${host}/v1/${endpoint}:undeployModel`, body: { deployedModelId: '${each.id}' }, result: 'begun' }),
              wait: { call: 'wait_for_operation', args: { operation: '${begun.body.name}' }, result: 'gone' },
            }),
          },
        },
        // What was approved until now is void: its message may come once more.
        labels: { assign: [{ none: {} }, { labels: '${default(map.get(seen.body, "labels"), none)}' }, { [`labels.${TORN_DOWN}`]: '${string(int(sys.now() * 1000))}' }] },
        stamp: patch({ url: `https://${host}/v1/${endpoint}`, query: { updateMask: 'labels' }, body: { labels: '${labels}' } }),
        tell: log('NOTICE', { mlops: 'teardown', undeployed: '${count}' }),
        done: { return: '${count}' },
      }),
    },
    ...TURNS,
    wait_for_rollouts: waitForRollouts(rolloutName),
    wait_for_operation: waitForOperation(host),
  };
}
