import { windowsTimeZone } from './windows-time-zones';
import { Action, Actions, compose, setVariable, storageInputs, storageRequest } from './workflow-actions';
import { after, ENDED, FAILED, terminate, when } from './workflow-control';
import { codeOf, errorOf, ex, Expression, rendered, text, variable } from './workflow-expressions';
import { CronFields, parseCron } from '../../../core/private/cron';
import { refuse, refuseBecause, Speaker } from '../../../core/private/validation';
import { Schedule } from '../../../core/schedule';

/** What starts a workflow, and what it does with that before and after its work. */
export interface WorkflowTrigger {
  readonly name: string;
  /** As Logic Apps takes it. */
  readonly definition: { readonly [member: string]: unknown };
  readonly variables: { readonly [name: string]: unknown };
  /** Before the work, at the top level of the workflow. */
  readonly begin: Actions;
  /** After the work, however it ended; not after a run that was killed. */
  readonly end: Actions;
}

/** When a message leaves its queue. */
export enum Delivery {
  /**
   * Before the work begins: a run that is killed is not repeated. For what costs, and is asked for again by whoever wants it: a training.
   */
  ONCE = 'once',
  /**
   * After the work, well or badly ended: a run that is killed is repeated, `MOST_TRIES` times at most. For what a second run finds done and leaves: a rollout.
   */
  UNTIL_DONE = 'until-done',
}

/** A queue that starts runs. */
export interface Inbox {
  /** `https://<account>.queue.core.windows.net/<queue>`. */
  readonly queueUrl: string;
  readonly delivery: Delivery;
  /** The longest time that a run takes: nobody else sees its message meanwhile. At most 168. @default 168 */
  readonly maxHours?: number;
  /** Whether one run begins when the one before it has ended. @default true */
  readonly oneAtATime?: boolean;
  /** Minutes between looks. Each look costs as an action does, about 1 USD a month for one each minute. @default 1 */
  readonly everyMinutes?: number;
}

/** The variable that holds the message: an object, empty where the message is none. */
export const MESSAGE = 'message';

/** The message, read from JSON. */
export function message(): Expression {
  return variable(MESSAGE);
}

/** A run that is killed comes again so often; looks of runs that wait for their turn count too. */
const MOST_TRIES = 50;

/** Seconds between the look that takes a message and the run's own claim of it: a run may wait for its turn much longer, and then claims it late. */
const UNCLAIMED_SECONDS = 1800;

/**
 * Starts a run for each message of a queue.
 *
 * The run claims its message first: it asks for more time with the receipt that the look got. Of several runs that have the same message, because it
 * came again while they waited, one gets it; the others end.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/get-messages
 */
export function inbox({ queueUrl, delivery, maxHours = 168, oneAtATime = true, everyMinutes = 1 }: Inbox): WorkflowTrigger {
  const keptSeconds = delivery === Delivery.ONCE ? UNCLAIMED_SECONDS : Math.round(maxHours * 3600);
  const item = (name: string) => ex`xpath(xml(outputs('Queue_answer')), ${`string(/QueueMessagesList/QueueMessage/${name})`})`;
  const address = (receipt: Expression) => text`${queueUrl}/messages/${ex`outputs('Envelope')?['id']`}?popreceipt=${ex`uriComponent(${receipt})`}`;
  const receipt = ex`coalesce(outputs('Claim')?['headers']?['x-ms-popreceipt'], outputs('Envelope')?['receipt'])`;
  const remove = (name: string): Actions => ({
    [name]: storageRequest('DELETE', address(receipt), {}),
    // A lost answer: it is gone.
    [`${name}_again`]: after({ [name]: FAILED }, when(ex`not(equals(coalesce(${codeOf(name)}, 0), 404))`, {
      [`${name}_failed`]: compose(ex`int(${errorOf(name)})`),
    })),
    [`${name}_over`]: after({ [name]: ENDED, [`${name}_again`]: ['Succeeded', 'Skipped'] }, compose('the message is deleted')),
  });
  const escapedText = ex`replace(replace(replace(outputs('Envelope')?['text'], '&', '&amp;'), '<', '&lt;'), '>', '&gt;')`;
  return {
    name: 'Message',
    definition: {
      type: 'Http',
      inputs: storageInputs('GET', `${queueUrl}/messages`, { numofmessages: '1', visibilitytimeout: `${UNCLAIMED_SECONDS}` }),
      recurrence: { frequency: 'Minute', interval: everyMinutes },
      conditions: [{ expression: ex`contains(base64ToString(triggerBody()?['$content']), '<QueueMessage>')` }],
      ...(oneAtATime ? { runtimeConfiguration: { concurrency: { runs: 1 } } } : {}),
    },
    variables: { [MESSAGE]: {} },
    begin: {
      // The answer begins with a byte order mark, which is no XML.
      Queue_answer: compose(ex`concat('<QueueMessagesList', last(split(base64ToString(triggerBody()?['$content']), '<QueueMessagesList')))`),
      Envelope: compose({
        id: item('MessageId'), receipt: item('PopReceipt'), tries: ex`int(${item('DequeueCount')})`, inserted: item('InsertionTime'), text: item('MessageText'),
      }),
      Claim: storageRequest('PUT', text`${address(ex`outputs('Envelope')?['receipt']`)}&visibilitytimeout=${keptSeconds}`, {
        headers: { 'Content-Type': 'application/xml' },
        body: text`<QueueMessage><MessageText>${escapedText}</MessageText></QueueMessage>`,
      }),
      Claim_refused: after({ Claim: FAILED }, when(
        ex`contains(createArray(400, 404), coalesce(${codeOf('Claim')}, 0))`,
        { Another_run_has_it: terminate('Cancelled') },
        { Claim_failed: terminate('Failed', { code: 'NoMessage', message: text`the message comes again, because it could not be claimed: ${errorOf('Claim')}` }) },
      )),
      ...(delivery === Delivery.ONCE ? { ...after1({ Claim: ['Succeeded'] }, remove('Take_message')) } : {
        Tries: after({ Claim: ['Succeeded'] }, when(ex`greater(outputs('Envelope')?['tries'], ${MOST_TRIES})`, {
          ...remove('Drop_message'),
          Too_many_tries: terminate('Failed', { code: 'TooManyTries', message: text`dropped after ${MOST_TRIES} tries: ${ex`take(outputs('Envelope')?['text'], 500)`}` }),
        })),
      }),
      Read_message: {
        type: 'Scope',
        actions: {
          Is_plain: {
            ...when(ex`startsWith(trim(outputs('Envelope')?['text']), '{')`,
              { Plain: setVariable(MESSAGE, ex`json(outputs('Envelope')?['text'])`) },
              { Encoded: setVariable(MESSAGE, ex`json(base64ToString(trim(outputs('Envelope')?['text'])))`) }),
            runAfter: {},
          },
        },
      },
      // Another text than JSON asks for a run as it is.
      No_object: after({ Read_message: FAILED }, setVariable(MESSAGE, {})),
      Message_read: after({ Read_message: ENDED, No_object: ['Succeeded', 'Skipped'] }, compose(message())),
    },
    end: delivery === Delivery.ONCE ? {} : remove('Finish_message'),
  };
}

/** The first of some actions after others. */
function after1(runAfter: NonNullable<Action['runAfter']>, actions: Actions): Actions {
  const [first] = Object.keys(actions);
  return { ...actions, [first]: after(runAfter, actions[first]) };
}

const WEEK_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/**
 * Starts a run at the times of a schedule. Days of a month and months, which Recurrence cannot say beside hours, are a condition of the trigger: it looks
 * every day and fires on the right ones.
 *
 * @see https://learn.microsoft.com/azure/connectors/connectors-native-recurrence
 */
export function recurrence(who: Speaker, { expression, timeZone }: Schedule): WorkflowTrigger {
  const zone = windowsTimeZone(timeZone);
  if (zone === undefined) refuse(who, 'timeZone', timeZone, 'a zone that Windows has a name for, as Logic Apps follows its clocks: Europe/Oslo instead of Antarctica/Troll');
  const cron = parseCron(expression);
  const weekly = cron.dayOfWeek.every ? {} : { weekDays: cron.dayOfWeek.values.map((day) => WEEK_DAYS[day]) };
  const conditions = dayConditions(cron, zone);
  return {
    name: 'Time',
    definition: {
      type: 'Recurrence',
      recurrence: {
        frequency: cron.dayOfWeek.every ? 'Day' : 'Week',
        interval: 1,
        schedule: { hours: cron.hour.values, minutes: cron.minute.values, ...weekly },
        // The zone is taken with a start alone; one that has passed starts nothing by itself.
        startTime: '2024-01-01T00:00:00',
        timeZone: zone,
      },
      ...(conditions.length === 0 ? {} : { conditions: conditions.map((condition) => ({ expression: condition })) }),
    },
    variables: {},
    begin: {},
    end: {},
  };
}

function dayConditions({ dayOfMonth, month }: CronFields, zone: string): Expression[] {
  const today = ex`convertFromUtc(utcNow(), ${zone})`;
  const part = (format: string) => ex`int(formatDateTime(${today}, ${format}))`;
  return [
    ...(dayOfMonth.every ? [] : [ex`contains(${new Expression(`createArray(${dayOfMonth.values.join(', ')})`)}, ${part('dd')})`]),
    ...(month.every ? [] : [ex`contains(${new Expression(`createArray(${month.values.join(', ')})`)}, ${part('MM')})`]),
  ];
}

/**
 * Fires when the workflow is created and whenever an update of the stack changes it, and once a day after that: Recurrence without a start begins at
 * once. What is declared is part of the definition, so that a change of it is a change of the workflow.
 */
export function declared(who: Speaker, content: { readonly [key: string]: unknown }): WorkflowTrigger {
  if (Object.keys(content).length === 0) refuseBecause(who, 'it declares nothing');
  return {
    name: 'Declared',
    definition: { type: 'Recurrence', recurrence: { frequency: 'Day', interval: 1 } },
    variables: {},
    begin: { Declaration: compose(content) },
    end: {},
  };
}

/** As the service takes it. */
export function renderedTrigger({ definition }: WorkflowTrigger): unknown {
  return rendered(definition);
}
