import { execFileSync } from 'child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { CLIENT_FILES_CODE } from '../../../../src/aws/private/integrations/client-files';

const FAKES = {
  'boto3.py': `
import os
calls = []

class S3:
    def put_object(self, Bucket, Key, Body, ContentType):
        if os.environ.get("FAULT"):
            raise RuntimeError(os.environ["FAULT"])
        calls.append(f"put {Bucket} {Key} {Body.decode()}")

    def delete_object(self, Bucket, Key):
        calls.append(f"delete {Bucket} {Key}")

def client(service):
    return S3()
`,
  'cfnresponse.py': `
SUCCESS, FAILED, answers = "SUCCESS", "FAILED", []

def send(event, context, status, data, physical_id, reason=None):
    answers.append(f"{status} {physical_id} {reason or ''}".strip())
`,
  'main.py': `
import json, sys, boto3, cfnresponse, index
index.handler(json.loads(sys.argv[1]), None)
sys.stdout = sys.__stdout__
print("RESULT" + json.dumps([boto3.calls, cfnresponse.answers]))
`,
};

/** What the function does on an event, and what it answers. */
function handled(event: object, fault = ''): [calls: string[], answers: string[]] {
  const folder = mkdtempSync(join(tmpdir(), 'client-files-'));
  try {
    for (const [name, code] of Object.entries({ ...FAKES, 'index.py': CLIENT_FILES_CODE })) writeFileSync(join(folder, name), code);
    const output = execFileSync('python3', [join(folder, 'main.py'), JSON.stringify(event)], { encoding: 'utf8', env: { ...process.env, FAULT: fault } });
    return JSON.parse(/RESULT(.*)/.exec(output)![1]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const ID = 's3://lake/integrations/dvc/client/';
const own = (files: object, folder = 'integrations/dvc/client/') => ({ Bucket: 'lake', Folder: folder, Files: files });

test('writes each file when it is created', () => {
  expect(handled({ RequestType: 'Create', ResourceProperties: own({ '.dvc/config': 'one', 'b': 'two' }) })).toEqual([
    ['put lake integrations/dvc/client/.dvc/config one', 'put lake integrations/dvc/client/b two'], [`SUCCESS ${ID}`],
  ]);
});

test('takes away what is no file any more', () => {
  expect(handled({
    RequestType: 'Update', PhysicalResourceId: ID, ResourceProperties: own({ a: 'one' }), OldResourceProperties: own({ a: 'zero', b: 'two' }),
  })).toEqual([['put lake integrations/dvc/client/a one', 'delete lake integrations/dvc/client/b'], [`SUCCESS ${ID}`]]);
});

test('leaves another folder to the deletion that follows', () => {
  expect(handled({
    RequestType: 'Update', PhysicalResourceId: 's3://lake/elsewhere/', ResourceProperties: own({ a: 'one' }), OldResourceProperties: own({ b: 'two' }, 'elsewhere/'),
  })).toEqual([['put lake integrations/dvc/client/a one'], [`SUCCESS ${ID}`]]);
});

test('deletes the files with the resource', () => {
  expect(handled({ RequestType: 'Delete', PhysicalResourceId: ID, ResourceProperties: own({ a: 'one' }) })).toEqual([
    ['delete lake integrations/dvc/client/a'], [`SUCCESS ${ID}`],
  ]);
});

test('says what went wrong', () => {
  expect(handled({ RequestType: 'Create', ResourceProperties: own({ a: 'one' }) }, 'AccessDenied: no')).toEqual([[], [`FAILED ${ID} AccessDenied: no`]]);
});

test('is small enough to be in a template', () => {
  expect(CLIENT_FILES_CODE.length).toBeLessThan(4096);
});
