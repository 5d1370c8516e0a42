import { giveWay, TURNS } from './concurrency';
import { TrafficSteps } from './traffic-steps';
import { measure, watch, WatchedMetrics, WatchLimits } from './watch';
import { Definition, Routine, Step } from '../base/workflow';
import { get, log, postAgain, steps, unlessMissing } from '../base/workflow-steps';

/** What a rollout needs to know at synthesis. */
export interface RolloutSettings {
  /** `europe-west4-aiplatform.googleapis.com`: where the versions are registered. */
  readonly host: string;
  /** Resource name of the model whose versions are rolled out. */
  readonly model: string;
  /** Reads what started the run: `{version, approved_at, promote}`; an empty version is the live one where nothing is registered. */
  readonly read: Routine;
  /** Registers what the stack declares and returns its version; undefined where versions are registered by others. */
  readonly register?: { readonly [name: string]: Routine };
  /** What a version gets where it serves, as one word: a live version that has something else is rolled out again. */
  readonly settings: string;
  readonly traffic: TrafficSteps;
  /** Share of an approved version that stands beside the live one, in percent; undefined where it takes over. */
  readonly challengerPercent?: number;
  readonly limits: WatchLimits;
  readonly metrics: WatchedMetrics;
  /** What is done where the versions serve: `survey`, `deploy`, `shift`, `keep_only` and what they call. */
  readonly routines: { readonly [name: string]: Routine };
  /** Name of the workflow that takes every version away, which a rollout gives way to; undefined where there is none. */
  readonly teardownName?: string;
}

/** What a `survey` begins with, and returns where nothing is found. */
export const NOBODY_SERVES = {
  champion_id: '',
  champion_version: '',
  champion_settings: '',
  champion_approved_at: 0,
  challenger_id: '',
  challenger_version: '',
  newest_approved_at: 0,
};

/**
 * Rolls an approved version out: deploys it beside the live one without traffic, gives it one share after the other while its numbers are
 * watched, and then takes the old one away; or goes back to the old one and says why. Runs may come twice, late, and at the same time.
 */
export function rolloutDefinition(settings: RolloutSettings): Definition {
  return {
    main: main(settings),
    read_approval: settings.read,
    ...TURNS,
    ...(settings.teardownName === undefined ? {} : { give_way: giveWay(settings.teardownName) }),
    roll_out: rollOut(settings),
    ...settings.register,
    ...settings.routines,
    name_version: nameVersion(settings),
    watch: watch(settings.limits, settings.metrics, settings.teardownName !== undefined),
    measure: measure(settings.metrics),
  };
}

/** Nothing of the endpoint is touched before the run's turn has come, also not to repair it. */
function main({ host, model, register, challengerPercent, teardownName }: RolloutSettings): Routine {
  return {
    params: ['given'],
    steps: steps({
      begin: { assign: [{ approval: { version: '' } }, { has_turn: false }, { outcome: '' }] },
      attempt: {
        try: {
          steps: steps({
            read: { call: 'read_approval', args: { given: '${given}' }, result: 'approval' },
            turn: { call: 'take_turn' },
            ...(teardownName === undefined ? {} : { way: { call: 'give_way' } }),
            // Repairing would take a healthy challenger away because of a version that is not there.
            ...(challengerPercent === undefined || register !== undefined ? {} : {
              known: get({ url: `\${"https://${host}/v1/${model}@" + approval.version}`, result: 'approved_version' }),
            }),
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

function rollOut({ host, model, register, settings, traffic, challengerPercent }: RolloutSettings): Routine {
  const isUpToDate = `(before.champion_settings == "" or before.champion_settings == "${settings}")`;
  const tell = (outcome: string) => ({ mlops: 'rollout', outcome, version: '${version}' });
  return {
    params: ['version', 'approved_at', 'promote'],
    steps: steps({
      look: { call: 'survey', result: 'before' },
      begin: { assign: [{ renews: register === undefined ? '${version == ""}' : false }, { approved_as: '${approved_at}' }] },
      ...(register === undefined ? { renewal: renewal(tell) } : {}),
      late: {
        switch: [{
          condition: '${approved_at <= before.newest_approved_at}',
          steps: steps({
            // It was approved all the same: nobody waits for it any more.
            ...(register === undefined ? {
              approve_late: { try: { call: 'name_version', args: { version: '${version}', aliases: ['${"approved-" + version}'] } }, except: unlessMissing('version', 'none', {}) },
            } : {}),
            tell_late: log('INFO', tell('superseded')),
            leave_late: { return: 'superseded' },
          }),
        }],
      },
      ...(register === undefined ? {} : { register: { call: 'register', result: 'version' } }),
      exists: get({ url: `\${"https://${host}/v1/${model}@" + version}`, result: 'registered' }),
      // The same message again, after its version was shifted back: another approval has another time.
      mark: { assign: [{ turned_down: '${"rolled-back-" + string(int(approved_at * 1000))}' }, { no_names: [] }] },
      again: {
        switch: [{
          condition: '${turned_down in default(map.get(registered.body, "versionAliases"), no_names)}',
          steps: steps({ tell_again: log('INFO', tell('superseded')), leave_again: { return: 'superseded' } }),
        }],
      },
      // The second stays with the version when a later approval takes the first.
      approve: {
        switch: [{
          condition: '${not(renews)}',
          steps: steps({ name_approved: { call: 'name_version', args: { version: '${version}', aliases: ['approved', '${"approved-" + version}'] } } }),
        }],
      },
      same: {
        switch: [{
          condition: `\${before.champion_version == version and ${isUpToDate}}`,
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
            steps: steps({ stays_there: { assign: [{ candidate_id: '${before.challenger_id}' }], next: 'shares' } }),
          }],
        },
        compared: {
          switch: [{
            condition: '${before.challenger_version == version}',
            steps: steps({
              name_again: { call: 'name_version', args: { version: '${version}', aliases: ['challenger'] } },
              tell_compared: log('INFO', tell('already challenger')),
              leave_compared: { return: 'already challenger' },
            }),
          }],
        },
      }),
      clear: { call: 'keep_only', args: { keep: '${before.champion_id}' } },
      new: { call: 'deploy', args: { version: '${version}', approved_at: '${approved_as}', champion_id: '${before.champion_id}' }, result: 'candidate_id' },
      first: { switch: [{ condition: '${before.champion_id == ""}', next: 'name' }] },
      shares: { assign: [{ shares: traffic.shares }] },
      ...(challengerPercent === undefined ? {} : {
        beside: { switch: [{ condition: '${not(promote)}', steps: steps({ its_share: { assign: [{ shares: [challengerPercent] }] } }) }] },
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
            remember: { call: 'name_version', args: { version: '${version}', aliases: ['${turned_down}'] } },
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
 * Takes the live version for the one to roll out. It keeps the time of its approval: what was approved in the meantime is still newer. Of two
 * versions only a person can say which is meant.
 */
function renewal(tell: (outcome: string) => { readonly [key: string]: unknown }): Step[string] {
  return {
    switch: [{
      condition: '${renews}',
      steps: steps({
        nothing: {
          switch: [{
            condition: '${before.champion_version == "" or before.champion_version == "another model" or before.challenger_id != ""}',
            steps: steps({ tell_nothing: log('INFO', tell('nothing to renew')), leave_nothing: { return: 'nothing to renew' } }),
          }],
        },
        itself: { assign: [{ version: '${before.champion_version}' }, { approved_as: '${before.champion_approved_at}' }], next: 'exists' },
      }),
    }],
  };
}

/** Gives a version names that it takes from whichever version had them. */
export function nameVersion({ host, model }: Pick<RolloutSettings, 'host' | 'model'>): Routine {
  return {
    params: ['version', 'aliases'],
    steps: steps({
      set: postAgain({ url: `\${"https://${host}/v1/${model}@" + version + ":mergeVersionAliases"}`, body: { versionAliases: '${aliases}' } }),
    }),
  };
}
