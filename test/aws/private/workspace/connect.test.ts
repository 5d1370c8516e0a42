import { execFileSync } from 'child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { CONNECT } from '../../../../src/aws/private/workspace/environment';

const FAKE_BOTO3 = `
class Client:
    def get_secret_value(self, SecretId):
        if "missing" in SecretId:
            raise RuntimeError("AccessDenied")
        return {"SecretString": "value of " + SecretId}

    def get_paginator(self, api):
        return self

    def paginate(self, Bucket, Prefix):
        return [{"Contents": [{"Key": Prefix + ".config/dvc/config"}]}, {}]

    def download_file(self, bucket, key, target):
        open(target, "w").write(f"{bucket} {key}")

def client(service, region_name=None):
    return Client()
`;

/** A kernel's start: variables afterwards, what it said, and the file that it copied. */
function started(variables: { [name: string]: string }) {
  const home = mkdtempSync(join(tmpdir(), 'kernel-'));
  try {
    writeFileSync(join(home, 'boto3.py'), FAKE_BOTO3);
    writeFileSync(join(home, 'start.py'), `import os, json\n${CONNECT}\nprint("END" + json.dumps(dict(os.environ)))`);
    const output = execFileSync('python3', [join(home, 'start.py')], { encoding: 'utf8', env: { PATH: process.env.PATH, HOME: home, ...variables } });
    const [said, environment] = output.split('END');
    const file = variables.MLOPS_FILES_DVC === undefined ? undefined : readFileSync(join(home, '.config/dvc/config'), 'utf8');
    return { said, environment: JSON.parse(environment), file };
  } finally {
    rmSync(home, { recursive: true });
  }
}

const ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:wandb-api-key';

test('a kernel sets the variables of secrets', () => {
  expect(started({ MLOPS_SECRET_WANDB_API_KEY_REF: ARN }).environment.WANDB_API_KEY).toBe(`value of ${ARN}`);
});

test('a variable that is set already wins', () => {
  expect(started({ MLOPS_SECRET_WANDB_API_KEY_REF: ARN, WANDB_API_KEY: 'mine' }).environment.WANDB_API_KEY).toBe('mine');
});

test('a secret that cannot be read is said, and the kernel starts', () => {
  const { said, environment } = started({ MLOPS_SECRET_A_REF: `${ARN}-missing`, MLOPS_SECRET_B_REF: ARN });
  expect(said).toContain('MLOPS_SECRET_A_REF: AccessDenied');
  expect(environment.B).toBe(`value of ${ARN}`);
});

test('files of clients come into the home folder', () => {
  expect(started({ MLOPS_FILES_DVC: 's3://lake/integrations/dvc/client/' }).file).toBe('lake integrations/dvc/client/.config/dvc/config');
});
