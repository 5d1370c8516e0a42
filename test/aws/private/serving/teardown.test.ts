import { execFileSync } from 'child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { TEARDOWN_CODE } from '../../../../src/aws/private/serving/teardown';

/** A SageMaker whose endpoint says each status in turn, and is gone when there is none left. */
const FAKE_BOTO3 = `
calls, statuses, found, interfaces, live, stack = [], [], {"EndpointConfigs": [], "Models": []}, [], {}, {"status": "DELETE_IN_PROGRESS", "resources": []}

faults = {}

class ClientError(Exception):
    def __init__(self, text):
        super().__init__(text)
        self.response = {"ResponseMetadata": {"HTTPStatusCode": 400}}

class Client:
    def __getattr__(self, api):
        def call(**arguments):
            calls.append(" ".join([api, *map(str, arguments.values())]))
            fault = faults.get(api, []).pop(0) if faults.get(api) else None
            if fault is not None:
                raise ClientError(fault) if "Exception" in fault else TimeoutError(fault)
            if api == "describe_stacks":
                calls.pop()
                return {"Stacks": [{"StackStatus": stack["status"], "LastUpdatedTime": 10}]}
            if api.startswith("describe_"):
                name = next(iter(arguments.values()))
                if name in live:
                    now = live[name].pop(0) if len(live[name]) > 1 else live[name][0]
                    return {"EndpointStatus": now, "InferenceComponentStatus": now}
                status = statuses.pop(0) if statuses else "ValidationException: Could not find it"
                if "Exception" in status:
                    raise ClientError(status)
                return {"EndpointStatus": status, "InferenceComponentStatus": status}
        return call

    def describe_network_interfaces(self, Filters):
        calls.append(f"describe_network_interfaces {Filters[0]['Name']} {Filters[0]['Values']}")
        return {"NetworkInterfaces": ["eni"] * (interfaces.pop(0) if interfaces else 0)}

    def get_paginator(self, api):
        if api == "list_stack_resources":
            return type("Paginator", (), {"paginate": lambda self, StackName: [{"StackResourceSummaries": [
                dict(zip(("LogicalResourceId", "ResourceType", "PhysicalResourceId", "LastUpdatedTimestamp"), each)) for each in stack["resources"]
            ]}]})()
        noun = "EndpointConfig" if "config" in api else "Model"
        return type("Paginator", (), {"paginate": lambda self, NameContains: [{noun + "s": [{noun + "Name": name} for name in found[noun + "s"]]}]})()

def client(service):
    return Client()
`;

const FAKE_CFNRESPONSE = `
SUCCESS, FAILED, answers = "SUCCESS", "FAILED", []

def send(event, context, status, data, physical_id, reason=None):
    answers.append(f"{status} {physical_id} {reason or ''}".strip())
`;

const MAIN = `
import json, sys, time, boto3, cfnresponse, index

class Context:
    left = 900_000

    def get_remaining_time_in_millis(self):
        return Context.left

def sleep(seconds):
    Context.left -= seconds * 1000

time.sleep = sleep
event, given = json.loads(sys.argv[1]), json.loads(sys.argv[2])
boto3.statuses += given["statuses"]
boto3.found.update(given["found"])
boto3.interfaces += given["interfaces"]
boto3.faults.update(given["faults"])
boto3.live.update(given["live"])
boto3.stack.update(given["stack"])
index.handler(event, Context())
json.dump({"calls": boto3.calls, "answers": cfnresponse.answers, "left": Context.left}, open("result.json", "w"))
`;

interface Given {
  readonly statuses?: string[];
  readonly configs?: string[];
  readonly models?: string[];
  /** How the next calls of an API end, in turn: `Exception` in its words makes it the service's own refusal. */
  readonly faults?: Record<string, (string | null)[]>;
  /** How many network interfaces stand in the group at each look. */
  readonly interfaces?: number[];
  /** What has these names, and its status at each look; the last one stays. */
  readonly live?: Record<string, string[]>;
  /** The stack: its status, and its resources as logical id, type, physical id and time; the update began at 10. */
  readonly stack?: { readonly status?: string; readonly resources?: [string, string, string, number][] };
  /** What the properties were before the update. */
  readonly old?: object;
}

/** Runs the function as Lambda would, and returns what it called and what it told CloudFormation. */
function tearDown(given: Given, properties: object = {}, requestType: string = 'Delete'): { calls: string[]; answers: string[]; left: number } {
  const folder = mkdtempSync(join(tmpdir(), 'teardown-'));
  const files = { 'index.py': TEARDOWN_CODE, 'boto3.py': FAKE_BOTO3, 'cfnresponse.py': FAKE_CFNRESPONSE, 'main.py': MAIN };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const event = {
    RequestType: requestType,
    StackId: 'stack',
    LogicalResourceId: 'Teardown',
    PhysicalResourceId: 'churn',
    ResourceProperties: { EndpointName: 'churn', ComponentName: '', NamePrefix: 'churn', AlarmNames: [], ...properties },
    ...given.old === undefined ? {} : { OldResourceProperties: { EndpointName: 'churn', ComponentName: '', NamePrefix: 'churn', ...given.old } },
  };
  const found = { EndpointConfigs: given.configs ?? [], Models: given.models ?? [] };
  const { statuses = [], interfaces = [], faults = {}, live = {}, stack = {} } = given;
  const facts = { statuses, interfaces, faults, live, stack, found };
  try {
    execFileSync('python3', ['-B', 'main.py', JSON.stringify(event), JSON.stringify(facts)], { cwd: folder, stdio: 'pipe' });
    return JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('takes little of a template', () => {
  expect(TEARDOWN_CODE.length).toBeLessThan(4600);
});

test.each(['Create', 'Update'])('does nothing at %s', (requestType) => {
  expect(tearDown({}, {}, requestType)).toMatchObject({ calls: [], answers: ['SUCCESS churn'] });
});

test('is content when there never was an endpoint', () => {
  expect(tearDown({})).toMatchObject({ calls: ['describe_endpoint churn'], answers: ['SUCCESS churn'] });
});

test('waits until the endpoint is gone', () => {
  expect(tearDown({ statuses: ['InService', 'Deleting', 'Deleting'] })).toMatchObject({
    calls: ['describe_endpoint churn', 'delete_endpoint churn', 'describe_endpoint churn', 'describe_endpoint churn', 'describe_endpoint churn'],
    answers: ['SUCCESS churn'],
  });
});

test('waits for an update to end, because SageMaker refuses to delete before', () => {
  const { calls } = tearDown({ statuses: ['Updating', 'RollingBack', 'Failed'] });
  expect(calls).toEqual(['describe_endpoint churn', 'describe_endpoint churn', 'describe_endpoint churn', 'delete_endpoint churn', 'describe_endpoint churn']);
});

test('gives up in time to say why', () => {
  const { answers, left } = tearDown({ statuses: Array(100).fill('Updating') });
  expect(answers).toEqual(['FAILED churn Endpoint churn is still Updating: delete the stack again later']);
  expect(left).toBeGreaterThanOrEqual(60_000);
});

test('says what went wrong otherwise', () => {
  expect(tearDown({ statuses: ['AccessDeniedException: not for you'] }).answers).toEqual(['FAILED churn AccessDeniedException: not for you']);
});

test.each([
  ['a deletion that was carried out and not answered', { delete_endpoint: ['Read timed out', 'ValidationException: Could not find endpoint "churn"'] }, 2],
  ['a deletion that was throttled', { delete_endpoint: ['ThrottlingException: Rate exceeded'] }, 2],
  ['a deletion that somebody else was faster with', { delete_endpoint: ['ValidationException: Could not find endpoint "churn"'] }, 1],
  ['an update that began meanwhile', { delete_endpoint: ['ValidationException: Cannot delete in-progress endpoint "churn"'] }, 2],
])('goes on after %s', (_, faults, deletions) => {
  const { calls, answers } = tearDown({ statuses: ['InService'], faults });
  expect(answers).toEqual(['SUCCESS churn']);
  expect(calls.filter((each) => each === 'delete_endpoint churn')).toHaveLength(deletions);
});

test('looks for ten minutes at a service that does not answer, and says so in the end', () => {
  const outage = (minutes: number): Record<string, string[]> => ({ describe_endpoint: Array(minutes * 4).fill('Connect timeout on endpoint') });
  expect(tearDown({ statuses: ['InService'], faults: outage(10) }).answers).toEqual(['SUCCESS churn']);
  expect(tearDown({ faults: outage(20) }).answers).toEqual(['FAILED churn Connect timeout on endpoint']);
});

test('goes on with the other leftovers after a deletion that was not answered', () => {
  const names = ['churn-v1-0123456789ab', 'churn-v2-0123456789ab'];
  const lost = ['Read timed out', 'ValidationException: Could not find it'];
  const { calls, answers } = tearDown({ configs: names, models: names, faults: { delete_endpoint_config: [...lost], delete_model: [...lost] } });
  expect(answers).toEqual(['SUCCESS churn']);
  expect(calls.slice(-1)).toEqual(['delete_model churn-v2-0123456789ab']);
});

test('says at once what it may not delete', () => {
  const { answers, left } = tearDown({ statuses: ['InService'], faults: { delete_endpoint: ['AccessDeniedException: not for you'] } });
  expect(answers).toEqual(['FAILED churn AccessDeniedException: not for you']);
  expect(left).toBe(900_000);
});

test('takes the component out of an endpoint of the template, and leaves the endpoint', () => {
  expect(tearDown({ statuses: ['InService'] }, { EndpointName: '', ComponentName: 'churn-model' })).toMatchObject({
    calls: ['describe_inference_component churn-model', 'delete_inference_component churn-model', 'describe_inference_component churn-model'],
    answers: ['SUCCESS churn-model'],
  });
});

test('deletes the configs, models and alarms of rollouts, and those of nobody else', () => {
  const names = ['churn-v1-0123456789ab', 'churn-v12-0123456789ab-abcdef', 'churn-two-v1-0123456789ab', 'my-churn-v1-0123456789ab', 'churn'];
  const { calls } = tearDown({ configs: names, models: names }, { AlarmNames: ['churn-wake-up'] });
  expect(calls.slice(1)).toEqual([
    "delete_alarms ['churn-wake-up']",
    'delete_endpoint_config churn-v1-0123456789ab', 'delete_endpoint_config churn-v12-0123456789ab-abcdef',
    'delete_model churn-v1-0123456789ab', 'delete_model churn-v12-0123456789ab-abcdef',
  ]);
});

describe('an update of the stack', () => {
  const refused = (name: string) => `${name} is live, this would delete it: add a second ServingEndpoint, move callers to it, then remove this one`;

  test('that gives the endpoint another name is refused while the old one is live', () => {
    expect(tearDown({ live: { churn: ['InService'] }, old: {} }, { EndpointName: 'churn-two' }, 'Update').answers).toEqual([`FAILED churn-two ${refused('churn')}`]);
  });

  test('that gives it another name before there is one is fine, and so is the way back', () => {
    expect(tearDown({ old: {} }, { EndpointName: 'churn-two' }, 'Update').answers).toEqual(['SUCCESS churn-two']);
    expect(tearDown({ live: { churn: ['InService'] }, old: { EndpointName: 'churn-two' } }, {}, 'Update').answers).toEqual(['SUCCESS churn']);
  });

  test('that makes a component of the endpoint, or an endpoint of the component, is refused while the old one is live', () => {
    expect(tearDown({ live: { churn: ['InService'] }, old: {} }, { EndpointName: '', ComponentName: 'churn-model' }, 'Update').answers)
      .toEqual([`FAILED churn-model ${refused('churn')}`]);
    expect(tearDown({ live: { 'churn-model': ['InService'] }, old: { EndpointName: '', ComponentName: 'churn-model' } }, {}, 'Update').answers)
      .toEqual([`FAILED churn ${refused('churn-model')}`]);
  });

  test('that changes nothing of the kind is fine', () => {
    expect(tearDown({ live: { churn: ['InService'] }, old: {} }, { AlarmNames: ['churn-wake-up'] }, 'Update')).toMatchObject({ calls: [], answers: ['SUCCESS churn'] });
  });

  test.each(['Create', 'Update'])('that leaves an endpoint of the template to rollouts is refused at %s, because CloudFormation would delete it afterwards', (requestType) => {
    const resources: [string, string, string, number][] = [['Serving', 'AWS::SageMaker::Endpoint', 'arn:aws:sagemaker:eu-west-1:1:endpoint/churn', 1]];
    expect(tearDown({ stack: { resources } }, {}, requestType).answers).toEqual([`FAILED churn ${refused('churn')}`]);
    expect(tearDown({ stack: { resources } }, { EndpointName: '', ComponentName: 'churn-model' }, requestType).answers).toEqual(['SUCCESS churn-model']);
  });

  const status = 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS';
  const heir = (name: string, at: number): [string, string, string, number] => ['Moved', 'Custom::EndpointTeardown', name, at];

  test('that moves the construct leaves an endpoint that keeps its name, with its config and its model', () => {
    const { calls, answers } = tearDown({
      live: { churn: ['InService'] }, configs: ['churn-v1-0123456789ab'], stack: { status, resources: [heir('churn', 12)] },
    });
    expect([calls, answers]).toEqual([[], ['SUCCESS churn']]);
  });

  test('that moves the construct takes the old endpoint away when the new one is in service', () => {
    const { calls, answers, left } = tearDown({
      live: { 'churn': ['InService', 'InService', 'InService', 'InService', 'InService', 'Could not find'], 'churn-two': ['Creating', 'Creating', 'InService'] },
      stack: { status, resources: [heir('churn-two', 12)] },
    });
    expect(calls.indexOf('delete_endpoint churn')).toBeGreaterThan(calls.lastIndexOf('describe_endpoint churn-two'));
    expect(left).toBeLessThan(900_000);
    expect(answers[0]).toMatch(/^(SUCCESS churn|FAILED churn Endpoint churn is still Could not find)/);
  });

  test('that moves the construct leaves the old endpoint where the new one does not come', () => {
    const { calls, answers } = tearDown({ live: { churn: ['InService'] }, stack: { status, resources: [heir('churn-two', 12)] } });
    expect(calls).not.toContain('delete_endpoint churn');
    expect(answers).toEqual(['FAILED churn churn-two does not serve yet: churn stays, delete it by hand later']);
  });

  test('that removes the construct takes the endpoint away, whatever other endpoints the stack has had before', () => {
    const { calls, answers } = tearDown({ statuses: ['InService'], stack: { status, resources: [heir('fraud', 3)] } });
    expect(calls).toContain('delete_endpoint churn');
    expect(answers).toEqual(['SUCCESS churn']);
  });
});

describe('the network interfaces of the endpoint', () => {
  const look = "describe_network_interfaces group-id ['sg-1']";

  test('are waited for, because SageMaker needs the role to take them away, and the group cannot go before them', () => {
    expect(tearDown({ interfaces: [4, 1] }, { OwnGroupId: 'sg-1' })).toMatchObject({
      calls: ['describe_endpoint churn', look, look, look], answers: ['SUCCESS churn'],
    });
  });

  test('are named when they stay', () => {
    const { answers, left } = tearDown({ interfaces: Array(100).fill(2) }, { OwnGroupId: 'sg-1' });
    expect(answers).toEqual(['FAILED churn 2 network interfaces of the endpoint are still in sg-1: delete the stack again later']);
    expect(left).toBeGreaterThanOrEqual(60_000);
  });

  test('are all that is waited for where the template makes the endpoint', () => {
    expect(tearDown({ interfaces: [1] }, { EndpointName: '', NamePrefix: '', OwnGroupId: 'sg-1' })).toMatchObject({
      calls: [look, look], answers: ['SUCCESS network-interfaces'],
    });
  });

  test('are not asked for where the group is not the endpoint\'s own', () => {
    expect(tearDown({ interfaces: [4] }, { OwnGroupId: '' }).calls).toEqual(['describe_endpoint churn']);
  });
});
