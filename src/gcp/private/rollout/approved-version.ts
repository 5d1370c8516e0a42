import { Routine } from '../base/workflow';
import { steps } from '../base/workflow-steps';

/**
 * Reads what started a rollout: a message of the approval topic as Eventarc hands it on, or the argument of a run by
 * hand. Both say `{"version": "3"}`, and `"promote": true` where a challenger shall take over. An object that
 * `terraform apply` has written names none: the live version shall have what the stack says now.
 *
 * @see https://cloud.google.com/eventarc/docs/workflows/route-trigger-cloud-pubsub
 */
export const READ_APPROVAL: Routine = {
  params: ['given'],
  steps: steps({
    begin: { assign: [{ nothing: {} }, { approval: '${default(given, nothing)}' }, { approved_at: '${sys.now()}' }] },
    from_topic: {
      switch: [{
        condition: '${map.get(approval, ["data", "message"]) != null}',
        steps: steps({
          unpack: {
            assign: [
              { message: '${given.data.message}' },
              { approved_at: '${time.parse(message.publishTime)}' },
              { approval: '${json.decode(base64.decode(message.data))}' },
            ],
          },
        }),
      }],
    },
    check: { switch: [{ condition: '${get_type(approval) != "map"}', raise: { message: 'the approval is no JSON object: want {"version": "3"}' } }] },
    check_version: {
      switch: [
        { condition: '${default(map.get(approval, "kind"), "") == "storage#object"}', return: { version: '', approved_at: '${approved_at}', promote: true } },
        { condition: '${not("version" in approval)}', raise: { message: 'the approval names no version: want {"version": "3"}' } },
      ],
    },
    version: { assign: [{ version: '${string(approval.version)}' }] },
    number: { switch: [{ condition: '${not(text.match_regex(version, "^[0-9]+$"))}', raise: { message: '${"the approved version must be a number, got " + version}' } }] },
    done: {
      assign: [{ read: { version: '${version}', approved_at: '${approved_at}', promote: '${default(map.get(approval, "promote"), false)}' } }],
    },
    give: { return: '${read}' },
  }),
};
