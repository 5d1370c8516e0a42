import { Action, Actions, compose, setVariable } from './workflow-actions';
import { after, ENDED, FAILED, forEach, isRefused, scope, stop, until, when } from './workflow-control';
import { codeOf, errorOf, ex, Expression, rendered, Template, text, variable } from './workflow-expressions';
import { messageBody, storageInputs, storageRequest } from './workflow-storage';

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
   * Before the work begins: a run that is killed is not repeated. For what costs, and is asked for again by whoever
   * wants it: a training.
   */
  ONCE = 'once',
  /**
   * After the work, well or badly ended: the message of a run that is killed comes again, a few times. For what a
   * second run finds done and leaves: a rollout.
   */
  UNTIL_DONE = 'until-done',
}

/** A queue that starts runs. */
export interface Inbox {
  /** `https://<account>.queue.core.windows.net/<queue>`. */
  readonly queueUrl: string;
  readonly delivery: Delivery;
  /**
   * With `UNTIL_DONE`: after so many hours the message of a run that was killed comes again; longer than a run takes. 1
   * to 168. @default 24
   */
  readonly maxHours?: number;
  /** Whether one run begins when the one before it has ended. @default true */
  readonly oneAtATime?: boolean;
  /** Minutes between looks. Each look costs as an action does, about 1 USD a month for one each minute. @default 1 */
  readonly everyMinutes?: number;
  /**
   * With `ONCE`: other messages that this run answers as well, because it has not looked at anything yet. They are
   * deleted before the work.
   *
   * A hundred new files are a hundred messages, and one training.
   *
   * @default - each message has a run of its own
   */
  readonly covers?: (message: Expression) => Expression;
}

/** The variable that holds the message: an object, empty where the message is none. */
const MESSAGE = 'message';

/**
 * When the message was put, as ISO 8601. Storage says `Thu, 01 Jan 2026 00:00:00 GMT`, which functions of time do not
 * read.
 */
export function sentAt(): Expression {
  return isoOf(ex`outputs('Envelope')?['inserted']`);
}

/** A time as queues write it, as ISO 8601: functions of time are promised for that alone. */
export function isoOf(given: Expression): Expression {
  const month = ex`add(div(indexOf('JanFebMarAprMayJunJulAugSepOctNovDec', substring(${given}, 8, 3)), 3), 1)`;
  return ex`concat(substring(${given}, 12, 4), '-', if(less(${month}, 10), '0', ''), string(${month}), '-', substring(${given}, 5, 2), 'T', substring(${given}, 17, 8), 'Z')`;
}

/** The message, read from JSON. */
export function message(): Expression {
  return variable(MESSAGE);
}

/** A message of a run that is killed comes again so often; then the run tells that it did. */
const MOST_TRIES = 5;

/**
 * Seconds between the look that gets a message and the run that takes or holds it. A run may wait for its turn longer:
 * then a later look gets it again, as after a look whose answer was lost.
 */
const UNTAKEN_SECONDS = 1800;

/**
 * Starts a run for each message of a queue.
 *
 * With `ONCE` a run takes its message by deleting it with the receipt that the look got, with `UNTIL_DONE` it holds it
 * by hiding it for `maxHours`. Of several runs that got the same one, because it came again while they waited, the last
 * one has the right receipt; the others end.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/get-messages
 * @see https://learn.microsoft.com/rest/api/storageservices/delete-message2
 */
export function inbox({
  queueUrl,
  delivery,
  maxHours = 24,
  oneAtATime = true,
  everyMinutes = 1,
  covers,
}: Inbox): WorkflowTrigger {
  const item = (name: string) =>
    ex`xpath(xml(outputs('Queue_answer')), ${`string(/QueueMessagesList/QueueMessage/${name})`})`;
  return {
    name: 'Message',
    definition: {
      type: 'Http',
      inputs: storageInputs('GET', `${queueUrl}/messages`, {
        numofmessages: '1',
        visibilitytimeout: `${UNTAKEN_SECONDS}`,
      }),
      recurrence: { frequency: 'Minute', interval: everyMinutes },
      conditions: [{ expression: ex`contains(base64ToString(triggerBody()?['$content']), '<QueueMessage>')` }],
      ...(oneAtATime ? { runtimeConfiguration: { concurrency: { runs: 1 } } } : {}),
    },
    variables: { [MESSAGE]: {} },
    begin: {
      Queue_answer: compose(queueXml(ex`triggerBody()`)),
      Envelope: compose({
        id: item('MessageId'),
        receipt: item('PopReceipt'),
        inserted: item('InsertionTime'),
        expires: item('ExpirationTime'),
        text: item('MessageText'),
      }),
      ...(delivery === Delivery.ONCE ? take(queueUrl) : {}),
      ...readMessage(),
      ...(delivery === Delivery.ONCE ? {} : hold(queueUrl, Math.round(maxHours * 3600))),
      ...(covers === undefined ? {} : takeCovered(queueUrl, covers)),
    },
    end: delivery === Delivery.ONCE ? {} : remove('Finish_message', queueUrl, HELD),
  };
}

/** The XML of an answer: it begins with a byte order mark, which is none. */
function queueXml(body: Expression): Expression {
  return ex`concat('<QueueMessagesList', last(split(base64ToString(${body}?['$content']), '<QueueMessagesList')))`;
}

function deletion(queueUrl: string, envelope: Expression, once: boolean = false): Action {
  return storageRequest('DELETE', messageUrl(queueUrl, envelope), { once });
}

function messageUrl(queueUrl: string, envelope: Expression): Template {
  return text`${queueUrl}/messages/${ex`${envelope}?['id']`}?popreceipt=${ex`uriComponent(${envelope}?['receipt'])`}`;
}

const ENVELOPE = ex`outputs('Envelope')`;

/** The message of a run that holds it: another receipt than the look got. */
const HELD = ex`outputs('Held')`;

/**
 * Deletes the message. Where that fails, or another run has got it, it comes again, to a run that finds its work done.
 */
function remove(name: string, queueUrl: string, envelope: Expression): Actions {
  return {
    [name]: deletion(queueUrl, envelope),
    [`${name}_refused`]: after({ [name]: FAILED }, compose(errorOf(name))),
    [`${name}_over`]: after({ [name]: ENDED, [`${name}_refused`]: ['Succeeded', 'Skipped'] }, compose('the message is done with')),
  };
}

/**
 * The first request is sent once: only its answer tells whose the message is. Where it is lost and a second one finds
 * nothing, the first one has deleted it.
 */
function take(queueUrl: string): Actions {
  const code = (call: string) => ex`coalesce(${codeOf(call)}, 0)`;
  return {
    Take: deletion(queueUrl, ENVELOPE, true),
    Taken: after(
      { Take: ENDED },
      when(isRefused('Take'), {
        Is_gone: when(ex`contains(createArray(400, 404), ${code('Take')})`, stop('Another_run_has_it', 'Cancelled')),
        Take_again: deletion(queueUrl, ENVELOPE),
        // Where it is gone now, the first request has deleted it.
        Taken_again: after(
          { Take_again: ENDED },
          when(ex`and(${isRefused('Take_again')}, not(equals(${code('Take_again')}, 404)))`, {
            Is_of_another: when(ex`equals(${code('Take_again')}, 400)`, stop('It_is_of_another_run', 'Cancelled')),
            ...stop('Take_failed', 'Failed', {
              code: 'MessageNotTaken',
              message: text`the message comes again, because it could not be taken: ${errorOf('Take_again')}`,
            }),
          }),
        ),
      }),
    ),
  };
}

/** The member of a message that counts the runs that held it. */
const TRIES = 'mlops_tries';

/**
 * Hides the message for as long as the run may take, and counts the run. Of several runs that got the same one the last
 * one may; the others end.
 *
 * Where the answer is lost and a second request finds another receipt, the first one has most likely changed it: the
 * run goes on, as two runs of a kind do no harm and none at all would.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/update-message
 */
function hold(queueUrl: string, hiddenSeconds: number): Actions {
  const given = ex`string(coalesce(${message()}?[${TRIES}], ''))`;
  const tries = ex`int(if(isInt(${given}), ${given}, '0'))`;
  const plain = ex`removeProperty(${message()}, ${TRIES})`;
  // Storage refuses to hide a message beyond its own end.
  const left = ex`div(sub(ticks(${isoOf(ex`${ENVELOPE}?['expires']`)}), ticks(utcNow())), 10000000)`;
  const seconds = ex`string(max(1, min(${hiddenSeconds}, sub(${left}, 60))))`;
  const url = text`${messageUrl(queueUrl, ENVELOPE)}&visibilitytimeout=${seconds}`;
  const update = (once: boolean) => storageRequest('PUT', url, {
    headers: { 'Content-Type': 'application/xml' },
    body: messageBody(ex`setProperty(${plain}, ${TRIES}, add(${tries}, 1))`),
    once,
  });
  const header = (call: string, name: string) => ex`outputs(${call})?['headers']?[${name}]`;
  const isOfAnother = (call: string) =>
    ex`or(equals(coalesce(${codeOf(call)}, 0), 404), equals(coalesce(${header(call, 'x-ms-error-code')}, ''), 'PopReceiptMismatch'))`;
  return {
    Hold: update(true),
    Holds: after({ Hold: ENDED }, when(isRefused('Hold'), {
      Another_holds: when(isOfAnother('Hold'), stop('Another_run_holds_it', 'Cancelled')),
      Hold_again: update(false),
      Holds_again: after({ Hold_again: ENDED }, when(ex`and(${isRefused('Hold_again')}, not(${isOfAnother('Hold_again')}))`,
        stop('Hold_failed', 'Failed', {
          code: 'MessageNotHeld',
          message: text`the message comes again within half an hour, because it could not be held: ${errorOf('Hold_again')}`,
        }))),
    })),
    Held: compose({
      id: ex`${ENVELOPE}?['id']`,
      receipt: ex`coalesce(${header('Hold', 'x-ms-popreceipt')}, ${header('Hold_again', 'x-ms-popreceipt')}, ${ENVELOPE}?['receipt'])`,
    }),
    Tries: when(ex`greaterOrEquals(${tries}, ${MOST_TRIES})`, {
      ...remove('Drop_message', queueUrl, HELD),
      ...stop('Too_many_tries', 'Failed', {
        code: 'TooManyTries',
        message: text`dropped, because ${MOST_TRIES} runs did not end: ${ex`take(string(${plain}), 500)`}`,
      }),
    }),
  };
}

/** JSON as it is, or as Event Grid encodes it; another text asks for a run as it is. */
function readMessage(): Actions {
  return {
    Read_message: scope({
      Is_plain: when(ex`startsWith(trim(outputs('Envelope')?['text']), '{')`,
        { Plain: setVariable(MESSAGE, ex`json(outputs('Envelope')?['text'])`) },
        { Encoded: setVariable(MESSAGE, ex`json(base64ToString(trim(outputs('Envelope')?['text'])))`) }),
    }),
    No_object: after({ Read_message: FAILED }, setVariable(MESSAGE, {})),
    Message_read: after({ Read_message: ENDED, No_object: ['Succeeded', 'Skipped'] }, compose(message())),
  };
}

/** Seconds for which the messages that are looked through are hidden. */
const COVERED_SECONDS = '120';

/**
 * Deletes the messages that the run covers, 32 with each look, until a look finds none; others come again. What fails
 * leaves them for a run of their own.
 */
function takeCovered(queueUrl: string, covers: (message: Expression) => Expression): Actions {
  const part = (name: string) => ex`xpath(xml(items('Each_other')), ${`string(/QueueMessage/${name})`})`;
  return {
    Look_for_others: until(
      ex`equals(length(coalesce(outputs('Others'), json('[]'))), 0)`,
      { count: 50, timeout: 'PT20M' },
      {
        Others_answer: storageRequest('GET', `${queueUrl}/messages`, {
          query: { numofmessages: '32', visibilitytimeout: COVERED_SECONDS },
        }),
        Others: compose(ex`xpath(xml(${queueXml(ex`body('Others_answer')`)}), '/QueueMessagesList/QueueMessage')`),
        Each_other: forEach(ex`outputs('Others')`, {
          Other: compose({ id: part('MessageId'), receipt: part('PopReceipt') }),
          Other_message: compose(ex`json(base64ToString(trim(${part('MessageText')})))`),
          Is_covered: when(covers(ex`outputs('Other_message')`), {
            Take_other: deletion(queueUrl, ex`outputs('Other')`),
          }),
        }),
        Each_was_seen: after({ Each_other: ENDED }, compose('each message was looked at')),
      },
    ),
    Looked_for_others: after({ Look_for_others: ENDED }, compose('no other message is covered')),
  };
}

/** As the service takes it. */
export function renderedTrigger({ definition }: WorkflowTrigger): unknown {
  return rendered(definition);
}
