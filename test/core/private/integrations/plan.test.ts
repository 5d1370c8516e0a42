import { execFileSync } from 'node:child_process';
import { Integration, IntegrationHosting, SecretName } from '../../../../src/core';
import { PREFECT } from '../../../../src/core/integrations/systems/prefect';
import { containerProgram } from '../../../../src/core/private/integrations/container';
import { clientEndpoint, clientSettings, planOf } from '../../../../src/core/private/integrations/plan';

const WHO = { what: 'integrations', name: 'Shop/Integrations' };

test('a service has its address, and what the user left out is left out', () => {
  const wandb = Integration.weightsAndBiases({ entity: 'shop', apiKey: SecretName.of('wandb-api-key') });
  const plan = planOf(WHO, wandb, 'aws');
  expect(plan.server).toBeUndefined();
  expect(plan.secrets.WANDB_API_KEY.value).toBe('wandb-api-key');
  expect(clientSettings(plan, { endpoint: plan.endpoint! }).variables).toEqual({
    WANDB_BASE_URL: 'https://api.wandb.ai',
    WANDB_ENTITY: 'shop',
  });
});

test('a server is hosted where no address is given', () => {
  expect(planOf(WHO, Integration.prefect(), 'gcp').server?.port).toBe(4200);
  expect(clientEndpoint(planOf(WHO, Integration.prefect(), 'gcp'), 'https://prefect.internal')).toBe('https://prefect.internal/api');
  expect(planOf(WHO, Integration.prefect({ endpoint: 'https://prefect.example.com/api' }), 'gcp').server).toBeUndefined();
});

test('refuses a service of the cloud that it does not have', () => {
  expect(() => planOf(WHO, Integration.prefect({ hosting: IntegrationHosting.MANAGED }), 'aws')).toThrow(
    "integrations 'Shop/Integrations': Prefect: this cloud has no service of it: leave hosting out, or say IntegrationHosting.SERVICE",
  );
});

const PLACES = {
  'endpoint': 'https://prefect.internal',
  'database.host': 'db.internal',
  'database.port': '5432',
  'database.name': 'prefect',
  'database.user': 'prefect',
};

test('a password enters an address in the shell of the container alone', () => {
  const { command, secrets, variables } = containerProgram(PREFECT.server!, PLACES);
  expect(variables.PREFECT_UI_API_URL).toBe('https://prefect.internal/api');
  expect(secrets).toEqual({
    DATABASE_PASSWORD: { kind: 'database-password' },
    PREFECT_SERVER_API_AUTH_STRING: { kind: 'made', name: 'auth' },
  });
  const shown = command[2].split('\n').filter((line) => line.startsWith('export')).concat('echo "$PREFECT_SERVER_DATABASE_CONNECTION_URL"');
  expect(execFileSync('/bin/sh', ['-c', shown.join('\n')], { encoding: 'utf8', env: { DATABASE_PASSWORD: 'p$w d' } }).trim())
    .toBe('postgresql+asyncpg://prefect:p$w d@db.internal:5432/prefect?ssl=require');
  expect(command[2]).toContain('prefect server database upgrade -y\nexec prefect server start');
});
