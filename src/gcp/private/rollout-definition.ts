import { READ_APPROVAL } from './rollout-approval';
import { TrafficSteps } from './rollout-steps';
import { TAKE_TURN } from './rollout-turn';
import { measure, watch, WatchedMetrics, WatchLimits } from './rollout-watch';
import { Definition, Routine } from './workflow';
import { get, log, patch, post, steps, waitForOperation } from './workflow-steps';

/** What a rollout to a Vertex AI endpoint needs to know at synthesis. */
export interface RolloutSettings {
  /** `europe-west4-aiplatform.googleapis.com`. */
  readonly host: string;
  /** `projects/<id>/locations/<region>/endpoints/<number>`. */
  readonly endpoint: string;
  /** Resource name of the model whose versions are rolled out. */
  readonly model: string;
  /** The end of that name. */
  readonly modelId: string;
  /** `DeployedModel` of the API, without what a version adds. */
  readonly deployedModel: { readonly [key: string]: unknown };
  readonly traffic: TrafficSteps;
  /** Share of an approved version that stands beside the live one, in percent; undefined where it takes over. */
  readonly challengerPercent?: number;
  readonly limits: WatchLimits;
  readonly metrics: WatchedMetrics;
}

/**
 * Rolls an approved version out: deploys it beside the live one without traffic, gives it one share after the other while its numbers are
 * watched, and then takes the old one away; or goes back to the old one and says why. Runs may come twice, late, and at the same time.
 *
 * @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.endpoints
 */
export function rolloutDefinition(settings: RolloutSettings): Definition {
  return {
    main: main(),
    read_approval: READ_APPROVAL,
    take_turn: TAKE_TURN,
    roll_out: rollOut(settings),
    survey: survey(settings),
    deploy: deploy(settings),
    shift: shift(settings),
    keep_only: keepOnly(settings),
    name_version: nameVersion(settings),
    watch: watch(settings.limits),
    measure: measure(settings.metrics),
    wait_for_operation: waitForOperation(settings.host),
  };
}

/** Nothing of the endpoint is touched before the run's turn has come, also not to repair it. */
function main(): Routine {
  return {
    params: ['given'],
    steps: steps({
      begin: { assign: [{ approval: { version: '' } }, { has_turn: false }, { outcome: '' }] },
      attempt: {
        try: {
          steps: steps({
            read: { call: 'read_approval', args: { given: '${given}' }, result: 'approval' },
            turn: { call: 'take_turn' },
            taken: { assign: [{ has_turn: true }] },
            roll: {
              call: 'roll_out',
              args: { version: '${approval.version}', approved_at: '${approval.approved_at}', promote: '${approval.promote}' },
              result: 'outcome',
            },
          }),
        },
        except: {
          as: 'error',
          steps: steps({
            reason: { assign: [{ reason: '${default(map.get(error, "message"), json.encode_to_string(error))}' }] },
            tell: log('ERROR', { mlops: 'rollout', outcome: 'failed', version: '${approval.version}', reason: '${reason}' }),
            repair: {
              switch: [{
                condition: '${has_turn}',
                steps: steps({
                  look: { call: 'survey', result: 'found' },
                  back: { call: 'keep_only', args: { keep: '${found.champion_id}' } },
                }),
              }],
            },
            fail: { raise: '${error}' },
          }),
        },
      },
      done: { return: '${outcome}' },
    }),
  };
}

function rollOut({ host, model, traffic, challengerPercent }: RolloutSettings): Routine {
  const tell = (outcome: string) => ({ mlops: 'rollout', outcome, version: '${version}' });
  return {
    params: ['version', 'approved_at', 'promote'],
    steps: steps({
      look: { call: 'survey', result: 'before' },
      late: {
        switch: [{
          condition: '${approved_at <= before.newest_approved_at}',
          steps: steps({ tell_late: log('INFO', tell('superseded')), leave_late: { return: 'superseded' } }),
        }],
      },
      exists: get({ url: `\${"https://${host}/v1/${model}@" + version}`, result: 'registered' }),
      approve: { call: 'name_version', args: { version: '${version}', aliases: ['approved'] } },
      same: {
        switch: [{
          condition: '${before.champion_version == version}',
          steps: steps({
            tidy: { call: 'keep_only', args: { keep: '${before.champion_id}' } },
            name_same: { call: 'name_version', args: { version: '${version}', aliases: ['live', 'default'] } },
            tell_same: log('INFO', tell('already live')),
            leave_same: { return: 'already live' },
          }),
        }],
      },
      ...(challengerPercent === undefined ? {} : {
        promoted: {
          switch: [{
            condition: '${promote and before.challenger_version == version}',
            assign: [{ candidate_id: '${before.challenger_id}' }],
            next: 'shares',
          }],
        },
      }),
      clear: { call: 'keep_only', args: { keep: '${before.champion_id}' } },
      new: { call: 'deploy', args: { version: '${version}', approved_at: '${approved_at}', alone: '${before.champion_id == ""}' }, result: 'candidate_id' },
      first: { switch: [{ condition: '${before.champion_id == ""}', next: 'name' }] },
      shares: { assign: [{ shares: traffic.shares }] },
      ...(challengerPercent === undefined ? {} : {
        beside: { switch: [{ condition: '${not(promote)}', assign: [{ shares: [challengerPercent] }] }] },
      }),
      move: {
        try: {
          steps: steps({
            each_share: {
              for: {
                value: 'share',
                in: '${shares}',
                steps: steps({
                  give: { call: 'shift', args: { champion_id: '${before.champion_id}', candidate_id: '${candidate_id}', share: '${share}' } },
                  look_at: { call: 'watch', args: { deployed_id: '${candidate_id}', minutes: traffic.minutes, share: '${share}' } },
                }),
              },
            },
          }),
        },
        except: {
          as: 'error',
          steps: steps({
            back: { call: 'keep_only', args: { keep: '${before.champion_id}' } },
            unknown: { switch: [{ condition: '${not(default(map.get(error, "unhealthy"), false))}', raise: '${error}' }] },
            tell_back: log('WARNING', { ...tell('rolled back'), reason: '${error.message}' }),
            leave_back: { return: 'rolled back' },
          }),
        },
      },
      ...(challengerPercent === undefined ? {} : {
        stays: {
          switch: [{
            condition: '${not(promote)}',
            steps: steps({
              name_challenger: { call: 'name_version', args: { version: '${version}', aliases: ['challenger'] } },
              tell_challenger: log('NOTICE', tell('challenger')),
              leave_challenger: { return: 'challenger' },
            }),
          }],
        },
      }),
      name: { call: 'name_version', args: { version: '${version}', aliases: ['live', 'default'] } },
      tell_live: log('NOTICE', tell('live')),
      tidy_up: {
        try: { call: 'keep_only', args: { keep: '${candidate_id}' } },
        except: {
          as: 'error',
          // The next rollout tries again; until then the old version costs its machines and has no traffic.
          steps: steps({ tell_left: log('WARNING', { mlops: 'rollout leftover', reason: '${default(map.get(error, "message"), "unknown")}' }) }),
        },
      },
      done: { return: 'live' },
    }),
  };
}

/**
 * Who is deployed. The live version is the oldest with traffic: whoever takes over came later, and leaves nobody older behind. When a version was
 * approved is written in its display name, so that a message which comes twice, or late, is told from a new approval.
 */
function survey({ host, endpoint, modelId }: RolloutSettings): Routine {
  return {
    steps: steps({
      begin: {
        assign: [
          { none: {} },
          { nobody: [] },
          { found: { champion_id: '', champion_version: '', challenger_id: '', challenger_version: '', newest_approved_at: 0 } },
          { oldest: 1e12 },
        ],
      },
      look: get({ url: `https://${host}/v1/${endpoint}`, result: 'seen' }),
      split: { assign: [{ split: '${default(map.get(seen.body, "trafficSplit"), none)}' }] },
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
              ],
            },
            approved: {
              switch: [{
                condition: '${len(words) == 2}',
                assign: [{ 'found.newest_approved_at': '${math.max(found.newest_approved_at, time.parse(words[1]))}' }],
              }],
            },
            with_traffic: {
              switch: [
                { condition: '${default(map.get(split, each.id), 0) == 0}', next: 'continue' },
                {
                  condition: '${made < oldest}',
                  assign: [
                    { oldest: '${made}' },
                    { 'found.challenger_id': '${found.champion_id}' },
                    { 'found.challenger_version': '${found.champion_version}' },
                    { 'found.champion_id': '${each.id}' },
                    { 'found.champion_version': '${version}' },
                  ],
                  next: 'continue',
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
function deploy({ host, endpoint, model, deployedModel }: RolloutSettings): Routine {
  return {
    params: ['version', 'approved_at', 'alone'],
    steps: steps({
      traffic: { assign: [{ everything: { 0: 100 } }, { nothing: {} }] },
      begin: post({
        url: `https://${host}/v1/${endpoint}:deployModel`,
        body: {
          deployedModel: {
            ...deployedModel,
            model: `\${"${model}@" + version}`,
            displayName: '${"version " + version + " approved " + time.format(approved_at)}',
          },
          // Where it is empty the traffic stays as it is. `0` stands for the version that is being deployed.
          trafficSplit: '${if(alone, everything, nothing)}',
        },
        result: 'begun',
      }),
      wait: { call: 'wait_for_operation', args: { operation: '${begun.body.name}' }, result: 'ended' },
      done: { return: '${ended.deployedModel.id}' },
    }),
  };
}

/** Gives the candidate its share and the champion the rest. */
function shift({ host, endpoint }: RolloutSettings): Routine {
  return {
    params: ['champion_id', 'candidate_id', 'share'],
    steps: steps({
      begin: { assign: [{ split: {} }, { 'split[candidate_id]': '${share}' }] },
      rest: { switch: [{ condition: '${share < 100}', assign: [{ 'split[champion_id]': '${100 - share}' }] }] },
      set: patch({ url: `https://${host}/v1/${endpoint}`, query: { updateMask: 'trafficSplit' }, body: { trafficSplit: '${split}' } }),
    }),
  };
}

/** Gives one version all traffic and takes the others away; without a version to keep, whatever is there has no traffic and goes. */
function keepOnly({ host, endpoint }: RolloutSettings): Routine {
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

/** Gives a version names that it takes from whichever version had them. */
function nameVersion({ host, model }: RolloutSettings): Routine {
  return {
    params: ['version', 'aliases'],
    steps: steps({
      set: post({ url: `\${"https://${host}/v1/${model}@" + version + ":mergeVersionAliases"}`, body: { versionAliases: '${aliases}' } }),
    }),
  };
}

/** Takes every version off the endpoint, so that `terraform destroy` can delete it. */
export function teardownDefinition({ host, endpoint }: Pick<RolloutSettings, 'host' | 'endpoint'>): Definition {
  return {
    main: {
      steps: steps({
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
        tell: log('NOTICE', { mlops: 'teardown', undeployed: '${count}' }),
        done: { return: '${count}' },
      }),
    },
    wait_for_operation: waitForOperation(host),
  };
}
