import { Routine } from '../base/workflow';
import { ACTIVE_RUNS_NAME, OWN_WORKFLOW } from '../base/workflow-runs';
import { get, sleep, steps } from '../base/workflow-steps';

/** What a pipeline listens to, and what a run does when nobody says otherwise. */
export interface IntakeSetting {
  /** Without a slash at the end. */
  readonly dataset: string;
  /** Prefixes of objects that start a run. */
  readonly dataPrefixes: readonly string[];
}

/**
 * Reads what started the execution: nothing (a hand), an object of this workflow's own
 * (`{"hyperparameters": {…}, "datasetPrefix": "…"}`, and `"resume"` with the id of an earlier run to go on from its
 * checkpoints), the event of a new object, or a message, which carries such an object, with the `trigger` that it comes
 * from, or an alert of Cloud Monitoring. Eventarc knows the bucket only, so the prefix is looked at here; an alert that
 * closes starts nothing.
 */
export function intake(setting: IntakeSetting): Routine {
  const request = (trigger: string, queued: unknown) => ({
    start: true,
    queued,
    trigger,
    hyperparameters: '${default(map.get(wish, "hyperparameters"), nothing)}',
    resume: '${default(map.get(wish, "resume"), "")}',
    dataset: '${text.replace_all_regex(default(map.get(wish, "datasetPrefix"), usual_dataset), "/$", "")}',
  });
  const ignored = (reason: string) => ({ start: false, reason });
  return {
    params: ['args'],
    steps: steps({
      constants: {
        assign: [
          { nothing: {} },
          { usual_dataset: setting.dataset },
          { watched: startPattern(setting.dataPrefixes) },
          { given: '${default(args, nothing)}' },
          { wish: '${given}' },
          { kind: '${default(map.get(given, "type"), "")}' },
        ],
      },
      sort: {
        switch: [
          { condition: '${kind == "google.cloud.storage.object.v1.finalized"}', next: 'new_data' },
          { condition: '${kind == "google.cloud.pubsub.topic.v1.messagePublished"}', next: 'read_message' },
        ],
      },
      by_hand: { return: request('${default(map.get(given, "trigger"), "hand")}', '${"trigger" in given}') },
      new_data: {
        switch: [{ condition: '${not text.match_regex(given.data.name, watched)}', return: ignored('${"no prefix is watched that " + given.data.name + " is below"}') }],
      },
      folder_only: { switch: [{ condition: '${text.match_regex(given.data.name, "/$")}', return: ignored('${given.data.name + " is a folder"}') }] },
      take_data: { assign: [{ wish: '${nothing}' }] },
      start_on_data: { return: request('${"new data " + given.data.name}', true) },
      read_message: {
        try: { steps: steps({ decode: { assign: [{ wish: '${json.decode(base64.decode(given.data.message.data))}' }] } }) },
        // A message without data, or with another text than JSON, asks for a run as it is.
        except: { as: 'error', steps: steps({ empty: { assign: [{ wish: '${nothing}' }] } }) },
      },
      no_object: { switch: [{ condition: '${get_type(wish) != "map"}', steps: steps({ plain: { assign: [{ wish: '${nothing}' }] } }) }] },
      not_an_alert: { switch: [{ condition: '${not ("incident" in wish)}', return: request('${default(map.get(wish, "trigger"), "message")}', true) }] },
      closed: { switch: [{ condition: '${default(map.get(wish.incident, "state"), "") != "open"}', return: ignored('the alert is not open') }] },
      alert: { assign: [{ policy: '${default(map.get(wish.incident, "policy_name"), "")}' }, { wish: '${nothing}' }] },
      start_on_alert: { return: request('${"alert " + policy}', true) },
    }),
  };
}

/** An outage of the list of runs ends within. */
const BLIND_HOURS = 6;

/**
 * Lets one execution of those that something triggered run, and one wait behind it: several events in short order start
 * one run, and what comes during a run is trained on by one that follows. False means that this execution is one too
 * many. Runs by hand are never held up.
 *
 * Only executions that began earlier count, so two never wait for each other. Those that find nothing to do are gone
 * after the first pause.
 *
 * @see https://cloud.google.com/workflows/docs/reference/executions/rest/v1/projects.locations.workflows.executions/list
 */
export const WAIT_FOR_TURN: Routine = {
  steps: steps({
    own: get({
      url: `\${"https://workflowexecutions.googleapis.com/v1/" + ${OWN_WORKFLOW} + "/executions/" + sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")}`,
      result: 'me',
    }),
    settle: { assign: [{ earlier: '${" AND startTime<\\"" + me.body.startTime + "\\""}' }] },
    pause: sleep(30),
    asked: { assign: [{ asked: '${sys.now()}' }] },
    look: {
      try: {
        call: ACTIVE_RUNS_NAME,
        args: { workflow: `\${${OWN_WORKFLOW}}`, most: 2, more: '${earlier}' },
        result: 'others',
      },
      // A list that cannot be read says nothing.
      except: {
        as: 'error',
        steps: steps({
          late: { switch: [{ condition: `\${sys.now() - asked > ${BLIND_HOURS * 3600}}`, raise: '${error}' }] },
          later: { assign: [{ others: [] }], next: 'wait' },
        }),
      },
    },
    seen: { assign: [{ asked: '${sys.now()}' }] },
    decide: {
      switch: [
        { condition: '${len(others) == 0}', return: true },
        { condition: '${len(others) > 1}', return: false },
      ],
    },
    wait: { ...sleep(120), next: 'look' },
  }),
};

/**
 * A regular expression for what begins with one of the texts, and then goes on so; one that nothing matches where there
 * is no text.
 */
export function startPattern(texts: readonly string[], then: string = ''): string {
  if (texts.length === 0) return '^$.';
  return `^(${texts.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})${then}`;
}
