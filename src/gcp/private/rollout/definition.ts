// Over 300 lines: one workflow, read from its first step to its last.
import { giveWay, TURNS } from './concurrency';
import { measure, watch, WatchedMetrics } from './watch';
import { AnswerLimits } from '../../../core/private/resolve/limits';
import { TrafficSteps } from '../../../core/private/resolve/traffic-steps';
import { Definition, Routine, Step } from '../base/workflow';
import { get, log, MESSAGE_OF_ERROR, postAgain, sleep, steps } from '../base/workflow-steps';

/** What a rollout needs to know at synthesis. */
export interface RolloutSettings {
  /** `europe-west4-aiplatform.googleapis.com`: where the versions are registered. */
  readonly host: string;
  /** Resource name of the model whose versions are rolled out. */
  readonly model: string;
  /**
   * Reads what started the run: `{version, approved_at, promote}`; an empty version is the live one where nothing is
   * registered.
   */
  readonly read: Routine;
  /** Registers what the stack declares and returns its version; undefined where versions are registered by others. */
  readonly register?: { readonly [name: string]: Routine };
  /** What a version gets where it serves, as one word: a live version that has something else is rolled out again. */
  readonly settings: string;
  readonly traffic: TrafficSteps;
  /** Share of an approved version that stands beside the live one, in percent; undefined where it takes over. */
  readonly challengerPercent?: number;
  readonly limits: AnswerLimits;
  readonly metrics: WatchedMetrics;
  /**
   * What is done where the versions serve: `survey`, `deploy`, `hold`, `shift`, `give_all`, `settle`, `clear_others`
   * and what they call.
   */
  readonly routines: { readonly [name: string]: Routine };
  /**
   * Name of the workflow that takes every version away, which a rollout gives way to; undefined where there is none.
   */
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
  /**
   * Whether a rollout has begun to move traffic and has neither ended nor been rolled back: the champion is the version
   * it began with.
   */
  is_unfinished: false,
  newest_approved_at: 0,
  newest_version: 0,
};

/**
 * Rolls an approved version out: deploys it beside the live one without traffic, gives it one share after the other
 * while its numbers are watched, and then takes the old one away; or rolls back to the old one and says why. Runs may
 * come twice, late, and at the same time.
 *
 * A run with `{"sweep": true}` ends what others could not: it rolls an unfinished rollout back, undeploys versions
 * without traffic and names the live one.
 */
export function rolloutDefinition(settings: RolloutSettings): Definition {
  return {
    main: main(settings),
    read_approval: settings.read,
    ...TURNS,
    ...(settings.teardownName === undefined ? {} : { give_way: giveWay(settings.teardownName) }),
    roll_out: rollOut(settings),
    roll_back: ROLL_BACK,
    sweep: sweep(settings),
    ...settings.register,
    ...settings.routines,
    name_version: nameVersion(settings),
    watch: watch(settings.limits, settings.metrics, settings.teardownName !== undefined),
    measure: measure(settings.metrics),
  };
}

/**
 * Nothing of the endpoint is touched before the run's turn has come, also not to repair it. Who is live is asked once,
 * before anything moves: after a step that failed halfway, whoever has the traffic may be the version that must go.
 */
function main({ host, model, register, challengerPercent, teardownName }: RolloutSettings): Routine {
  return {
    params: ['given'],
    steps: steps({
      begin: {
        assign: [
          { approval: { version: '' } },
          { before: null },
          { outcome: '' },
          { serves: 'as before' },
          { argument: {} },
        ],
      },
      read_argument: {
        switch: [
          { condition: '${get_type(given) == "map"}', steps: steps({ keep: { assign: [{ argument: '${given}' }] } }) },
        ],
      },
      attempt: {
        try: {
          steps: steps({
            sweeps: { assign: [{ sweeps: '${default(map.get(argument, "sweep"), false)}' }] },
            read: {
              switch: [
                {
                  condition: '${not(sweeps)}',
                  steps: steps({ read_it: { call: 'read_approval', args: { given: '${given}' }, result: 'approval' } }),
                },
              ],
            },
            turn: { call: 'take_turn' },
            ...(teardownName === undefined ? {} : { way: { call: 'give_way' } }),
            swept: {
              switch: [
                {
                  condition: '${sweeps}',
                  steps: steps({ sweep: { call: 'sweep', result: 'outcome', next: 'end_of_attempt' } }),
                },
              ],
            },
            // Repairing would take a healthy challenger away because of a version that is not there.
            ...(challengerPercent === undefined || register !== undefined
              ? {}
              : {
                known: get({
                  url: `\${"https://${host}/v1/${model}@" + approval.version}`,
                  result: 'approved_version',
                }),
              }),
            look: { call: 'survey', result: 'before' },
            ...endUnfinished(),
            roll: {
              call: 'roll_out',
              args: {
                version: '${approval.version}',
                approved_at: '${approval.approved_at}',
                promote: '${approval.promote}',
                before: '${before}',
              },
              result: 'outcome',
            },
            end_of_attempt: { assign: [{ outcome: '${outcome}' }] },
          }),
        },
        except: {
          as: 'error',
          steps: steps({
            reason: { assign: [{ reason: `\${${MESSAGE_OF_ERROR}}` }] },
            lost: {
              switch: [
                {
                  condition: '${default(map.get(error, "is_lost"), false)}',
                  steps: steps({ nobody_knows: { assign: [{ serves: 'unknown' }] } }),
                },
              ],
            },
            repair: {
              switch: [
                {
                  condition: '${before != null and not(default(map.get(error, "is_lost"), false))}',
                  steps: steps({
                    back: {
                      try: {
                        call: 'roll_back',
                        args: {
                          champion_id: '${before.champion_id}',
                          champion_version: '${before.champion_version}',
                          version: '${approval.version}',
                          reason: '${reason}',
                        },
                        result: 'serves',
                      },
                      except: {
                        as: 'lost',
                        steps: steps({
                          both: { assign: [{ reason: '${reason + "; " + lost.message}' }, { serves: 'unknown' }] },
                        }),
                      },
                    },
                  }),
                },
              ],
            },
            tell: log('ERROR', {
              mlops: 'rollout',
              outcome: 'failed',
              version: '${approval.version}',
              reason: '${reason}',
              serves: '${serves}',
            }),
            fail: { raise: '${error}' },
          }),
        },
      },
      done: { return: '${outcome}' },
    }),
  };
}

/** Traffic that a run left between two versions goes back to the one that it had found live. */
function endUnfinished(): Step {
  const reason = 'its run did not end';
  return {
    unfinished: {
      switch: [
        {
          condition: '${before.is_unfinished}',
          steps: steps({
            put_back: {
              call: 'roll_back',
              args: {
                champion_id: '${before.champion_id}',
                champion_version: '${before.champion_version}',
                version: '',
                reason,
              },
              result: 'serves',
            },
            tell_unfinished: log('WARNING', {
              mlops: 'rollout',
              outcome: 'rolled back',
              version: '',
              reason,
              serves: '${serves}',
            }),
          }),
        },
      ],
    },
  };
}

function rollOut({ host, model, register, settings, traffic, challengerPercent }: RolloutSettings): Routine {
  const isUpToDate = `(before.champion_settings == "" or before.champion_settings == "${settings}")`;
  const tell = (outcome: string) => ({ mlops: 'rollout', outcome, version: '${version}' });
  // Of two approvals of the same millisecond the higher version counts as the later one.
  const isLate =
    register === undefined
      ? '${approved_at < before.newest_approved_at or (approved_at == before.newest_approved_at and int(version) <= before.newest_version)}'
      : '${approved_at <= before.newest_approved_at}';
  return {
    params: ['version', 'approved_at', 'promote', 'before'],
    steps: steps({
      begin: {
        assign: [{ renews: register === undefined ? '${version == ""}' : false }, { approved_as: '${approved_at}' }],
      },
      ...(register === undefined ? { renewal: renewal(tell) } : {}),
      late: {
        switch: [
          {
            condition: isLate,
            steps: steps({
              // It was approved all the same: nobody waits for it any more.
              ...(register === undefined
                ? {
                  approve_late: {
                    call: 'name_version',
                    args: { version: '${version}', aliases: ['${"approved-" + version}'] },
                  },
                }
                : {}),
              tell_late: log('INFO', tell('superseded')),
              leave_late: { return: 'superseded' },
            }),
          },
        ],
      },
      ...(register === undefined ? {} : { register: { call: 'register', result: 'version' } }),
      exists: get({ url: `\${"https://${host}/v1/${model}@" + version}`, result: 'registered' }),
      // The same message again, after its version was rolled back: another approval has another time.
      mark: { assign: [{ turned_down: '${"rolled-back-" + string(int(approved_at * 1000))}' }, { no_names: [] }] },
      again: {
        switch: [
          {
            condition: '${turned_down in default(map.get(registered.body, "versionAliases"), no_names)}',
            steps: steps({ tell_again: log('INFO', tell('superseded')), leave_again: { return: 'superseded' } }),
          },
        ],
      },
      // The second stays with the version when a later approval takes the first.
      approve: {
        switch: [
          {
            condition: '${not(renews)}',
            steps: steps({
              name_approved: {
                call: 'name_version',
                args: { version: '${version}', aliases: ['approved', '${"approved-" + version}'] },
              },
            }),
          },
        ],
      },
      same: {
        switch: [
          {
            condition: `\${before.champion_version == version and ${isUpToDate}}`,
            steps: steps({
              whole_same: { call: 'give_all', args: { keep: '${before.champion_id}' } },
              settle_same: { call: 'settle' },
              tidy: { call: 'clear_others', args: { keep: '${before.champion_id}' } },
              name_same: { call: 'name_version', args: { version: '${version}', aliases: ['live', 'default'] } },
              tell_same: log('INFO', tell('already live')),
              leave_same: { return: 'already live' },
            }),
          },
        ],
      },
      ...(challengerPercent === undefined
        ? {}
        : {
          promoted: {
            switch: [
              {
                condition: '${promote and before.challenger_version == version}',
                steps: steps({
                  stays_there: { assign: [{ candidate_id: '${before.challenger_id}' }], next: 'hold' },
                }),
              },
            ],
          },
          compared: {
            switch: [
              {
                condition: '${before.challenger_version == version}',
                steps: steps({
                  name_again: { call: 'name_version', args: { version: '${version}', aliases: ['challenger'] } },
                  tell_compared: log('INFO', tell('already challenger')),
                  leave_compared: { return: 'already challenger' },
                }),
              },
            ],
          },
        }),
      whole: { call: 'give_all', args: { keep: '${before.champion_id}' } },
      clear: { call: 'clear_others', args: { keep: '${before.champion_id}' } },
      new: {
        call: 'deploy',
        args: { version: '${version}', approved_at: '${approved_as}', champion_id: '${before.champion_id}' },
        result: 'candidate_id',
      },
      first: { switch: [{ condition: '${before.champion_id == ""}', next: 'name' }] },
      // From here until the end of the rollout the endpoint itself says which version to roll back to: this run may be
      // cancelled.
      hold: { call: 'hold', args: { champion_id: '${before.champion_id}' } },
      shares: { assign: [{ shares: traffic.shares }] },
      ...(challengerPercent === undefined
        ? {}
        : {
          beside: {
            switch: [
              {
                condition: '${not(promote)}',
                steps: steps({ its_share: { assign: [{ shares: [challengerPercent] }] } }),
              },
            ],
          },
        }),
      move: {
        try: {
          steps: steps({
            each_share: {
              for: {
                value: 'share',
                in: '${shares}',
                steps: steps({
                  give: {
                    call: 'shift',
                    args: { champion_id: '${before.champion_id}', candidate_id: '${candidate_id}', share: '${share}' },
                  },
                  look_at: {
                    call: 'watch',
                    args: { deployed_id: '${candidate_id}', minutes: traffic.minutes, share: '${share}' },
                  },
                }),
              },
            },
          }),
        },
        except: {
          as: 'error',
          steps: steps({
            unknown: {
              switch: [{ condition: '${not(default(map.get(error, "unhealthy"), false))}', raise: '${error}' }],
            },
            back: {
              call: 'roll_back',
              args: {
                champion_id: '${before.champion_id}',
                champion_version: '${before.champion_version}',
                version: '${version}',
                reason: '${error.message}',
              },
              result: 'serves',
            },
            remember: { call: 'name_version', args: { version: '${version}', aliases: ['${turned_down}'] } },
            tell_back: log('WARNING', { ...tell('rolled back'), reason: '${error.message}', serves: '${serves}' }),
            leave_back: { return: 'rolled back' },
          }),
        },
      },
      settle: { call: 'settle' },
      ...(challengerPercent === undefined
        ? {}
        : {
          stays: {
            switch: [
              {
                condition: '${not(promote)}',
                steps: steps({
                  name_challenger: { call: 'name_version', args: { version: '${version}', aliases: ['challenger'] } },
                  tell_challenger: log('NOTICE', tell('challenger')),
                  leave_challenger: { return: 'challenger' },
                }),
              },
            ],
          },
        }),
      name: { call: 'name_version', args: { version: '${version}', aliases: ['live', 'default'] } },
      tell_live: log('NOTICE', tell('live')),
      tidy_up: { call: 'clear_others', args: { keep: '${candidate_id}' } },
      done: { return: 'live' },
    }),
  };
}

/** One every ten minutes for two weeks, which is within the steps of an execution. */
const MOST_TRIES = 2016;

/**
 * Gives all traffic back to the version that was live when the run began, and returns which one that is. It does not
 * give up: a version that was found bad, or that nobody has watched, would serve. The first attempt that fails is told,
 * because the others may take as long as an outage; only an endpoint that has lost the version, or two weeks, end it.
 */
const ROLL_BACK: Routine = {
  params: ['champion_id', 'champion_version', 'version', 'reason'],
  steps: steps({
    nothing_before: {
      switch: [
        {
          condition: '${champion_id == ""}',
          steps: steps({ idle: { call: 'clear_others', args: { keep: '' } }, leave: { return: 'nothing before it' } }),
        },
      ],
    },
    begin: { assign: [{ tries: 0 }, { pause: 30 }, { is_back: false }] },
    attempt: {
      try: {
        steps: steps({
          whole: { call: 'give_all', args: { keep: '${champion_id}' } },
          well: { assign: [{ is_back: true }] },
        }),
      },
      except: {
        as: 'error',
        steps: steps({
          why: { assign: [{ tries: '${tries + 1}' }, { why: `\${${MESSAGE_OF_ERROR}}` }] },
          first_time: {
            switch: [
              {
                condition: '${tries == 1}',
                steps: steps({
                  tell: log('CRITICAL', {
                    mlops: 'rollback pending',
                    version: '${version}',
                    serves: 'unknown',
                    goesBackTo: '${champion_version}',
                    reason: '${why}',
                    began: '${reason}',
                  }),
                }),
              },
            ],
          },
          hopeless: {
            switch: [
              {
                condition: `\${default(map.get(error, "is_gone"), false) or tries > ${MOST_TRIES}}`,
                raise: {
                  is_lost: true,
                  message: '${"version " + champion_version + " could not be brought back: " + why}',
                },
              },
            ],
          },
        }),
      },
    },
    again: {
      switch: [
        {
          condition: '${not(is_back)}',
          steps: steps({
            wait: sleep('${pause}'),
            longer: { assign: [{ pause: '${math.min(pause * 2, 600)}' }], next: 'attempt' },
          }),
        },
      ],
    },
    told: {
      switch: [
        {
          condition: '${tries > 0}',
          steps: steps({
            tell_end: log('NOTICE', { mlops: 'rollback done', version: '${version}', serves: '${champion_version}' }),
          }),
        },
      ],
    },
    // The mark names the version that serves: where it stays it does no harm.
    unmark: {
      try: { call: 'settle' },
      except: { as: 'error', steps: steps({ stays: { assign: [{ mark_stays: true }] } }) },
    },
    idle_ones: { call: 'clear_others', args: { keep: '${champion_id}' } },
    done: { return: '${champion_version}' },
  }),
};

/** Ends what a run that was cancelled, or an outage, has left; changes nothing where there is nothing to end. */
function sweep({ host, model }: RolloutSettings): Routine {
  return {
    steps: steps({
      look: { call: 'survey', result: 'before' },
      ...endUnfinished(),
      unmark: {
        try: { call: 'settle' },
        except: { as: 'error', steps: steps({ stays: { assign: [{ mark_stays: true }] } }) },
      },
      empty: { switch: [{ condition: '${before.champion_id == ""}', return: 'nothing serves' }] },
      idle: { call: 'clear_others', args: { keep: '${before.champion_id}', of_rollouts: true } },
      other_model: {
        switch: [{ condition: '${not(text.match_regex(before.champion_version, "^[0-9]+$"))}', return: 'swept' }],
      },
      unknown: { assign: [{ live: { body: {} } }] },
      ask: {
        ...get({ url: `https://${host}/v1/${model}@live`, result: 'live' }),
        except: { as: 'error', steps: steps({ unnamed: { assign: [{ live: { body: {} } }] } }) },
      },
      names: {
        switch: [
          {
            condition: '${default(map.get(live.body, "versionId"), "") != before.champion_version}',
            steps: steps({
              name: {
                call: 'name_version',
                args: { version: '${before.champion_version}', aliases: ['live', 'default'] },
              },
            }),
          },
        ],
      },
      done: { return: 'swept' },
    }),
  };
}

/**
 * Takes the live version for the one to roll out. It keeps the time of its approval: what was approved in the meantime
 * is still newer. Of two versions only a person can say which is meant.
 */
function renewal(tell: (outcome: string) => { readonly [key: string]: unknown }): Step[string] {
  return {
    switch: [
      {
        condition: '${renews}',
        steps: steps({
          nothing: {
            switch: [
              {
                condition:
                  '${before.champion_version == "" or before.champion_version == "another model" or before.challenger_id != ""}',
                steps: steps({
                  tell_nothing: log('INFO', tell('nothing to renew')),
                  leave_nothing: { return: 'nothing to renew' },
                }),
              },
            ],
          },
          itself: {
            assign: [{ version: '${before.champion_version}' }, { approved_as: '${before.champion_approved_at}' }],
            next: 'exists',
          },
        }),
      },
    ],
  };
}

/**
 * Gives a version names that it takes from whichever version had them. Names are for people and tools: where they
 * cannot be given the log says so, and the next rollout or sweep gives them.
 */
export function nameVersion({ host, model }: Pick<RolloutSettings, 'host' | 'model'>): Routine {
  return {
    params: ['version', 'aliases'],
    steps: steps({
      set: {
        ...postAgain({
          url: `\${"https://${host}/v1/${model}@" + version + ":mergeVersionAliases"}`,
          body: { versionAliases: '${aliases}' },
        }),
        except: {
          as: 'error',
          steps: steps({
            tell: log('WARNING', {
              mlops: 'rollout unnamed',
              version: '${version}',
              names: '${aliases}',
              reason: `\${${MESSAGE_OF_ERROR}}`,
            }),
          }),
        },
      },
    }),
  };
}
