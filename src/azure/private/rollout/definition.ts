// Over 300 lines: one workflow, read from its first action to its last.
import { removeIdle } from './deployments';
import { DEPLOYMENT_TAGS, ENDPOINT_TAGS, LIVE_TAG, ROLLED_BACK_TAG } from './marks';
import { RolloutPlace, Wanted } from './place';
import { RolloutSettings } from './settings';
import { bring, BRING_VARIABLES } from './traffic';
import { readVersion, tagVersion } from './versions';
import { TrafficStep, WATCH_VARIABLES, watchSteps } from './watch';
import { Actions, append, compose, delay, filter, select, setVariable, Text } from '../base/workflow-actions';
import { after, attempt, ENDED, fail, leave, reasonOf, until, Variables, when } from '../base/workflow-control';
import { bodyOf, errorOf, ex, Expression, outputsOf, text, variable } from '../base/workflow-expressions';
import { tell } from '../base/workflow-tell';
import { message, sentAt } from '../base/workflow-triggers';

/** A rollback is tried so long: no other run could move that traffic. */
const PATIENT_LIMITS = { count: 2500, timeout: 'P14D' };
/** Other changes of the traffic are tried so long. */
const LIMITS = { count: 200, timeout: 'PT6H' };

/** Variables of the workflow, with their first values. */
export const ROLLOUT_VARIABLES: Variables = {
  ...BRING_VARIABLES,
  ...WATCH_VARIABLES,
  version: '',
  candidate: '',
  /** How the run ends, in a word; empty as long as there is something to do. */
  ending: '',
  /** Why the run fails. */
  failure: '',
  /** Who serves, in words. */
  serves: '',
  /** What is left to be told. */
  notes: [],
  /** Names of the deployments that are live and beside it. */
  live: '',
  beside: '',
  /** Whether the endpoint may have been changed, so that it is put back where the run fails. */
  moved: false,
  isTold: false,
  unhealthy: false,
  /** Whether nobody knows who serves: nothing is deleted then. */
  lost: false,
};

/** The deployment that was live when the run began, and the one beside it. */
const FOUND = {
  champion: ex`outputs('Found')?['champion']`,
  version: ex`outputs('Found')?['version']`,
  approvedAt: ex`outputs('Found')?['approvedAt']`,
  capacity: ex`outputs('Found')?['capacity']`,
  challenger: ex`outputs('Found')?['challenger']`,
  unfinished: ex`outputs('Found')?['unfinished']`,
};

const VERSION = variable('version');
const CANDIDATE = variable('candidate');
/** A version that only gets other settings keeps the time of its approval. */
const APPROVED = ex`if(outputs('Renews'), ${FOUND.approvedAt}, outputs('Approved_at'))`;
const HAS_CHAMPION = ex`not(empty(${FOUND.champion}))`;
/** What was seen of it, step by step. */
const WATCHED = ex`if(empty(${variable('watched')}), '', concat(': ', join(${variable('watched')}, ', ')))`;
const GOES_ON = ex`empty(${variable('ending')})`;

/**
 * Rolls an approved version out: deploys it beside the live one without traffic, gives it one share after the other
 * while its numbers are watched, and then takes the old one away; or rolls back to the old one and fails with the
 * reason. Messages may come twice, late, and after a run that was killed.
 *
 * Who is live is asked once, before anything moves: after a step that failed halfway, whoever has the traffic may be
 * the version that must go. Whatever the run comes to, it tidies up in the end.
 */
export function rolloutActions(settings: RolloutSettings): Actions {
  const { place } = settings;
  return {
    ...read(settings),
    ...survey(place),
    Unfinished: when(ex`not(empty(${FOUND.unfinished}))`, {
      ...putBack('Undo', place),
      Undone: append(
        'notes',
        text`the rollout of deployment ${FOUND.unfinished} had not ended, and version ${FOUND.version} got all requests back`,
      ),
    }),
    ...attempt('Rollout', rollOut(settings), repair(place)),
    ...tidy(settings),
    ...end(),
  };
}

/** Reads the message: nothing of the endpoint is touched because of one that says nothing. */
function read({ declaredVersion }: RolloutSettings): Actions {
  const given = ex`string(coalesce(${message()}?['version'], ''))`;
  return {
    Renews: compose(declaredVersion === undefined ? ex`equals(coalesce(${message()}?['renew'], false), true)` : true),
    Promotes: compose(ex`equals(coalesce(${message()}?['promote'], false), true)`),
    Approved_at: compose(sentAt()),
    Given: compose(declaredVersion ?? given),
    Is_readable: when(
      ex`and(not(outputs('Renews')), not(and(isInt(${given}), lessOrEquals(length(${given}), 9), not(startsWith(${given}, '-')), not(startsWith(${given}, '+')))))`,
      fail(
        'Unreadable',
        text`the approval names no version: want {"version": "3"}, got ${ex`take(string(${message()}), 200)`}`,
      ),
    ),
  };
}

/** Who serves. A look that fails says nothing. */
function survey(place: RolloutPlace): Actions {
  const endpoint = bodyOf('Look_endpoint');
  const tag = (name: string) => ex`coalesce(${endpoint}?['tags']?[${name}], '')`;
  const isListed = (name: Expression) => ex`contains(body('Names'), ${name})`;
  const shareOf = (name: Expression) => place.shareOf(endpoint, name);
  const most = ex`coalesce(last(sort(body('Shares'), 'share'))?['name'], '')`;
  const [live, unfinished, besideTag] = [ENDPOINT_TAGS.live, ENDPOINT_TAGS.rollout, ENDPOINT_TAGS.challenger].map(tag);
  const champion = outputsOf('Champion');
  const ofChampion = (fact: string) => ex`coalesce(first(body('Champion_deployment'))?[${fact}], '')`;
  return {
    Survey: until(
      ex`equals(${variable('state')}, 'seen')`,
      { count: 60, timeout: 'PT2H' },
      {
        Look_endpoint: place.readEndpoint(),
        Look_deployments: place.listDeployments(),
        Survey_seen: setVariable('state', 'seen'),
        Survey_vain: after(
          { Survey_seen: ['Failed', 'TimedOut', 'Skipped'] },
          setVariable('why', text`${errorOf('Look_endpoint')}; ${errorOf('Look_deployments')}`),
        ),
        Survey_waits: when(ex`not(equals(${variable('state')}, 'seen'))`, { Survey_pause: delay(60) }),
      },
    ),
    Surveyed: after(
      { Survey: ENDED },
      when(
        ex`not(equals(${variable('state')}, 'seen'))`,
        fail(
          'Unseen',
          text`version ${outputsOf('Given')} is not rolled out, because the endpoint could not be looked at for an hour; it serves as before: ${variable('why')}`,
        ),
      ),
    ),
    ...(place.isThere === undefined
      ? {}
      : { There: filter(ex`coalesce(${bodyOf('Look_deployments')}?['value'], json('[]'))`, place.isThere) }),
    Listed: select(
      place.isThere === undefined
        ? ex`coalesce(${bodyOf('Look_deployments')}?['value'], json('[]'))`
        : ex`body('There')`,
      {
        name: place.nameOfItem,
        ...place.factsOfItem(endpoint),
      },
    ),
    Names: select(ex`body('Listed')`, ex`item()?['name']`),
    Serving_ones: filter(ex`body('Listed')`, ex`greater(${shareOf(ex`item()?['name']`)}, 0)`),
    Shares: select(ex`body('Serving_ones')`, { name: ex`item()?['name']`, share: shareOf(ex`item()?['name']`) }),
    // A person may have moved the traffic: then whoever has most of it is live.
    Champion: compose(
      ex`if(and(${isListed(live)}, or(not(empty(${unfinished})), greater(${shareOf(live)}, 0))), ${live}, ${most})`,
    ),
    Champion_deployment: filter(ex`body('Listed')`, ex`equals(item()?['name'], ${champion})`),
    Found: compose({
      champion,
      version: ofChampion('version'),
      approvedAt: ofChampion('approvedAt'),
      capacity: ex`coalesce(first(body('Champion_deployment'))?['capacity'], ${place.minReplicas})`,
      challenger: ex`if(and(${isListed(besideTag)}, not(equals(${besideTag}, ${champion}))), ${besideTag}, '')`,
      unfinished: ex`if(empty(${champion}), '', ${unfinished})`,
    }),
    Was_live: setVariable('live', champion),
    Was_beside: setVariable('beside', ex`outputs('Found')?['challenger']`),
    As_before: setVariable(
      'serves',
      ex`if(empty(${champion}), 'nothing serves yet', concat('version ', outputs('Found')?['version'], ' serves as before'))`,
    ),
  };
}

/**
 * Gives all requests to the version that was live when the run began, and does not give up: a version that nobody has
 * watched would serve.
 */
function putBack(name: string, place: RolloutPlace): Actions {
  const list = `${name}_list`;
  const reason = text`going back to version ${FOUND.version} did not succeed yet, and is tried for 14 days: ${variable('why')}`;
  return bring(
    name,
    place,
    onlyChampion(),
    text`version ${FOUND.version} could not be brought back, and which version serves is not known`,
    {
      ...PATIENT_LIMITS,
      // The run goes on, perhaps for days.
      onFirstFault: { [`${name}_is_pending`]: tell('rollback pending', { version: VERSION, reason }) },
      // A person may have deleted it: the list says so, and not an answer 404 of a service that is down.
      unless: {
        [list]: place.listDeployments(),
        [`${name}_lost`]: when(
          ex`not(contains(string(${bodyOf(list)}?['value']), concat('"name":"', ${place.listedName(FOUND.champion)}, '"')))`,
          {
            [`${name}_lost_why`]: setVariable('why', 'its deployment is not on the endpoint any more'),
            [`${name}_gone`]: setVariable('state', 'gone'),
          },
        ),
      },
    },
  );
}

function onlyChampion(): Wanted {
  return { traffic: [[FOUND.champion, 100]], live: FOUND.champion };
}

function rollOut(settings: RolloutSettings): Actions {
  const { place, challenger, steps, limits } = settings;
  const versionId = versionIdOf(settings);
  const isBeside =
    challenger === undefined ? ex`equals(true, false)` : ex`and(not(outputs('Promotes')), not(outputs('Renews')))`;
  const isPromoted = ex`and(outputs('Promotes'), not(empty(${FOUND.challenger})), equals(${CANDIDATE}, ${FOUND.challenger}))`;
  return {
    ...decide(settings),
    Version_is_read: when(GOES_ON, { ...readVersion(settings, versionId), ...turnedDown(place, isBeside) }),
    Endpoint_is_whole: when(GOES_ON, {
      Moves: setVariable('moved', true),
      Is_whole: when(ex`and(${HAS_CHAMPION}, not(${isPromoted}))`, {
        ...bring('Whole', place, onlyChampion(), 'the live version could not get all requests', LIMITS),
        Nobody_beside: setVariable('beside', ''),
      }),
      Is_same: when(ex`equals(${CANDIDATE}, ${FOUND.champion})`, {
        Same_serves: setVariable('serves', text`version ${VERSION} is live`),
        Same_ends: setVariable('ending', 'already live'),
      }),
    }),
    Version_is_deployed: when(ex`and(${GOES_ON}, not(${isPromoted}))`, {
      ...removeIdle('Clear', place, [FOUND.champion]),
      ...place.deploy({
        name: CANDIDATE,
        versionId,
        image: outputsOf('Image'),
        variables: settings.artifact?.variables ?? {},
        capacity: ex`max(${place.minReplicas}, min(${place.maxReplicas}, int(${FOUND.capacity})))`,
        tags: [
          [DEPLOYMENT_TAGS.version, VERSION],
          [DEPLOYMENT_TAGS.settings, place.settings],
          [DEPLOYMENT_TAGS.approvedAt, APPROVED],
        ],
        environmentVersion: ex`concat(${VERSION}, ${`-${place.settings}`})`,
        endpoint: bodyOf('Look_endpoint'),
      }),
    }),
    Version_is_watched: when(ex`and(${GOES_ON}, ${HAS_CHAMPION})`, {
      ...watchSteps({
        place,
        steps: ex`if(${isBeside}, outputs('Beside_steps'), outputs('Takeover_steps'))`,
        listed: { Takeover_steps: steps, Beside_steps: challenger === undefined ? [] : [challenger] },
        limits,
        champion: FOUND.champion,
        candidate: CANDIDATE,
        versionId,
      }),
      Is_bad: when(ex`equals(${variable('verdict')}, 'bad')`, {
        Is_unhealthy: setVariable('unhealthy', true),
        ...fail('Unhealthy', variable('why')),
      }),
    }),
    ...(challenger === undefined
      ? {}
      : {
        Version_stands_beside: when(ex`and(${GOES_ON}, ${HAS_CHAMPION}, ${isBeside})`, {
          ...bring('Beside', place, beside(challenger), 'the end of the rollout could not be written', LIMITS),
          Beside_serves: setVariable(
            'serves',
            text`version ${FOUND.version} is live, version ${VERSION} is its challenger${WATCHED}`,
          ),
          Beside_stays: setVariable('beside', CANDIDATE),
          Beside_ends: setVariable('ending', 'challenger'),
        }),
      }),
    Version_takes_over: when(GOES_ON, {
      ...bring(
        'Settle',
        place,
        { traffic: [[CANDIDATE, 100]], live: CANDIDATE, approvedAt: APPROVED },
        'the end of the rollout could not be written',
        LIMITS,
      ),
      Settle_serves: setVariable('serves', text`version ${VERSION} is live${WATCHED}`),
      Settle_lives: setVariable('live', CANDIDATE),
      Settle_alone: setVariable('beside', ''),
      Settle_ends: setVariable('ending', 'live'),
    }),
  };
}

/** Which version it is about, and whether there is anything to do. */
function decide({ declaredVersion, place }: RolloutSettings): Actions {
  const approved = ex`ticks(outputs('Approved_at'))`;
  const before = ex`ticks(if(empty(${FOUND.approvedAt}), '2000-01-01T00:00:00Z', ${FOUND.approvedAt}))`;
  const number = (version: Expression) => ex`int(if(isInt(${version}), ${version}, '0'))`;
  // Of two versions only a person can say which is meant.
  const isNothing = ex`and(outputs('Renews'), or(empty(${FOUND.version}), not(empty(${FOUND.challenger}))))`;
  // Of two approvals of the same second the higher version counts as the later one.
  const isLate = ex`and(not(outputs('Renews')), or(less(${approved}, ${before}), and(equals(${approved}, ${before}), less(${number(VERSION)}, ${number(FOUND.version)}))))`;
  return {
    Its_version: setVariable(
      'version',
      declaredVersion ?? ex`if(outputs('Renews'), ${FOUND.version}, outputs('Given'))`,
    ),
    Its_name: setVariable('candidate', ex`concat('v', ${VERSION}, ${`-${place.settings}`})`),
    ...(declaredVersion !== undefined
      ? {}
      : { Decision: setVariable('ending', ex`if(${isNothing}, 'nothing to renew', if(${isLate}, 'superseded', ''))`) }),
  };
}

/**
 * The same message again after its version was rolled back, or the same settings by themselves: another approval is
 * another message. Or the challenger again.
 */
function turnedDown({ settings }: RolloutPlace, isBeside: Expression): Actions {
  const tag = ex`coalesce(${bodyOf('Registered')}?['properties']?['tags']?[${ROLLED_BACK_TAG}], '')`;
  const isSame = ex`equals(${CANDIDATE}, ${FOUND.champion})`;
  const isTurnedDown = ex`and(not(empty(${tag})), not(${isSame}), if(outputs('Renews'), startsWith(${tag}, ${settings}), endsWith(${tag}, outputs('Envelope')?['id'])))`;
  const isCompared = ex`and(${isBeside}, not(empty(${FOUND.challenger})), equals(${CANDIDATE}, ${FOUND.challenger}))`;
  return {
    Turned_down: setVariable(
      'ending',
      ex`if(${isTurnedDown}, 'rolled back before', if(${isCompared}, 'already challenger', ''))`,
    ),
  };
}

function beside({ share, mirror }: TrafficStep): Wanted {
  return {
    traffic: [[FOUND.champion, 100 - share], [CANDIDATE, share]],
    ...(mirror === 0 ? {} : { mirror: [CANDIDATE, mirror] as const }),
    live: FOUND.champion,
    challenger: CANDIDATE,
  };
}

/** Puts back what was live. */
function repair(place: RolloutPlace): Actions {
  const why = ex`if(${variable('unhealthy')}, 'was rolled back', 'was not rolled out')`;
  return {
    Repairs: setVariable('failure', text`version ${VERSION} ${why}: ${reasonOf('Rollout')}`),
    Is_moved: when(ex`and(${variable('moved')}, ${HAS_CHAMPION})`, {
      ...attempt(
        'Goes_back',
        {
          ...putBack('Back', place),
          Back_serves: setVariable('serves', text`version ${FOUND.version} serves`),
          Back_alone: setVariable('beside', ''),
        },
        {
          Is_lost: setVariable('lost', true),
          Lost_serves: setVariable('serves', reasonOf('Goes_back')),
        },
      ),
    }),
    Failed_so: setVariable('ending', 'failed'),
  };
}

/**
 * Deletes what has no requests, scales what is live, and tags versions. What fails here brings nothing back that was
 * watched and found good: the run says so, and the next one, tomorrow at the latest, does it.
 */
function tidy(settings: RolloutSettings): Actions {
  const { place, modelContainerId } = settings;
  const left = (what: string, scope: string) => ({
    [`${scope}_noted`]: append('notes', text`${what}, which is tried again within a day: ${reasonOf(scope)}`),
  });
  const isLive = ex`contains(createArray('live', 'already live'), ${variable('ending')})`;
  const hasOld = ex`and(${isLive}, not(empty(${FOUND.version})), not(equals(${FOUND.version}, ${VERSION})))`;
  return {
    Tidies: when(ex`not(${variable('lost')})`, {
      ...removeIdle('Idle', place, [variable('live'), variable('beside')]),
      ...(place.scaleLive === undefined
        ? {}
        : attempt(
          'Scaling',
          { Scales: when(ex`not(empty(${variable('live')}))`, place.scaleLive(variable('live'))) },
          left(
            'the live version has as many replicas as before, because its autoscale setting was not written',
            'Scaling',
          ),
        )),
    }),
    ...attempt(
      'Naming',
      {
        Names_live: when(
          isLive,
          tagVersion('Tag_live', versionIdOf(settings), [
            [LIVE_TAG, place.endpointName],
            [ROLLED_BACK_TAG, ''],
          ]),
        ),
        Names_old: when(
          hasOld,
          tagVersion('Tag_old', text`${modelContainerId}/versions/${FOUND.version}`, [[LIVE_TAG, '']]),
        ),
        Names_bad: when(
          variable('unhealthy'),
          tagVersion('Tag_bad', versionIdOf(settings), [
            [ROLLED_BACK_TAG, ex`concat(${`${place.settings} `}, outputs('Envelope')?['id'])`],
          ]),
        ),
      },
      left('the tags of versions do not say what is live or was rolled back', 'Naming'),
    ),
  };
}

/** Ends the run as what it was, with everything that people should know. */
function end(): Actions {
  const notes = ex`if(empty(${variable('notes')}), '', concat('; but ', join(${variable('notes')}, '; ')))`;
  return {
    Is_failed: when(
      ex`not(empty(${variable('failure')}))`,
      fail('Ends_badly', text`${variable('failure')}; ${variable('serves')}${notes}`),
    ),
    Is_noted: when(ex`not(empty(${variable('notes')}))`, fail('Ends_untidy', text`${variable('serves')}${notes}`)),
    ...leave('Ends_well', variable('ending')),
  };
}

function versionIdOf({ modelContainerId }: RolloutSettings): Text {
  return text`${modelContainerId}/versions/${VERSION}`;
}
