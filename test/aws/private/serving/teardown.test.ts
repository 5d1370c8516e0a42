import { execFileSync } from 'child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { TEARDOWN_CODE } from '../../../../src/aws/private/serving/teardown';

/** A SageMaker whose endpoint says each status in turn, and is gone when there is none left. */
const FAKE_BOTO3 = `
calls, statuses, found, interfaces = [], [], {"EndpointConfigs": [], "Models": []}, []

class ClientError(Exception):
    pass

class Client:
    class exceptions:
        ClientError = ClientError

    def __getattr__(self, api):
        def call(**arguments):
            calls.append(" ".join([api, *map(str, arguments.values())]))
            if api.startswith("describe_"):
                status = statuses.pop(0) if statuses else "ValidationException: Could not find it"
                if "Exception" in status:
                    raise ClientError(status)
                return {"EndpointStatus": status, "InferenceComponentStatus": status}
        return call

    def describe_network_interfaces(self, Filters):
        calls.append(f"describe_network_interfaces {Filters[0]['Name']} {Filters[0]['Values']}")
        return {"NetworkInterfaces": ["eni"] * (interfaces.pop(0) if interfaces else 0)}

    def get_paginator(self, api):
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
index.handler(event, Context())
json.dump({"calls": boto3.calls, "answers": cfnresponse.answers, "left": Context.left}, open("result.json", "w"))
`;

interface Given {
  readonly statuses?: string[];
  readonly configs?: string[];
  readonly models?: string[];
  /** How many network interfaces stand in the group at each look. */
  readonly interfaces?: number[];
}

/** Runs the function as Lambda would, and returns what it called and what it told CloudFormation. */
function tearDown(given: Given, properties: object = {}, requestType: string = 'Delete'): { calls: string[]; answers: string[]; left: number } {
  const folder = mkdtempSync(join(tmpdir(), 'teardown-'));
  const files = { 'index.py': TEARDOWN_CODE, 'boto3.py': FAKE_BOTO3, 'cfnresponse.py': FAKE_CFNRESPONSE, 'main.py': MAIN };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const event = {
    RequestType: requestType,
    ResourceProperties: { EndpointName: 'churn', ComponentName: '', NamePrefix: 'churn', AlarmNames: [], ...properties },
  };
  const found = { EndpointConfigs: given.configs ?? [], Models: given.models ?? [] };
  const facts = { statuses: given.statuses ?? [], interfaces: given.interfaces ?? [], found };
  try {
    execFileSync('python3', ['-B', 'main.py', JSON.stringify(event), JSON.stringify(facts)], { cwd: folder, stdio: 'pipe' });
    return JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('fits into a template', () => {
  expect(TEARDOWN_CODE.length).toBeLessThan(4096);
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
