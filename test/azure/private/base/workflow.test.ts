import { Fn, TerraformStack, Testing } from 'cdktf';
import { AzureResourceGroup, ManagedIdentity } from '../../../../src/azure';
import { newWorkflow, WorkflowSettings } from '../../../../src/azure/private/base/workflow';
import { Actions, arm, compose, setVariable } from '../../../../src/azure/private/base/workflow-actions';
import { until, when } from '../../../../src/azure/private/base/workflow-control';
import { ex, variable } from '../../../../src/azure/private/base/workflow-expressions';
import { Delivery, inbox } from '../../../../src/azure/private/base/workflow-triggers';
import { store } from 'mlops-constructs/azure/private/base/workflow-storage';

function made(settings: Partial<WorkflowSettings> = {}): any {
  const stack = new TerraformStack(Testing.app(), 'Stack');
  new AzureResourceGroup(stack, 'Azure', { subscriptionId: '00000000-0000-4000-8000-000000000000', location: 'westeurope' });
  newWorkflow(stack, 'Workflow', {
    description: 'Works',
    errorCode: 'WorkFailed',
    runsAs: new ManagedIdentity(stack, 'Runs'),
    trigger: inbox({ queueUrl: 'https://a.queue.core.windows.net/start', delivery: Delivery.ONCE }),
    actions: { Look: arm.get({ type: 'Microsoft.MachineLearningServices/workspaces/jobs', id: '/subscriptions/1/jobs/2' }) },
    ...settings,
  });
  return JSON.parse(Testing.synth(stack)).resource.azapi_resource.Workflow;
}

test('a workflow is one ARM body whose calls run as its identity', () => {
  const { name, type, identity, body, location } = made();
  const { definition } = body.properties;
  expect({ type, location }).toEqual({ type: 'Microsoft.Logic/workflows@2019-05-01', location: 'westeurope' });
  expect(name).toMatch(/^workflow-[0-9a-f]+$|^stack-workflow-[0-9a-f]+$/);
  const [{ identity_ids: [id] }] = identity;
  expect(definition.actions.Run.actions.Look).toEqual({
    type: 'Http',
    inputs: {
      method: 'GET',
      uri: 'https://management.azure.com/subscriptions/1/jobs/2',
      queries: { 'api-version': '2025-06-01' },
      authentication: { type: 'ManagedServiceIdentity', audience: 'https://management.azure.com/', identity: id },
      retryPolicy: { type: 'exponential', count: 8, interval: 'PT7S', minimumInterval: 'PT5S', maximumInterval: 'PT2M' },
    },
    operationOptions: 'DisableAsyncPattern',
    runAfter: {},
  });
  expect(definition.triggers.Message.inputs.authentication.identity).toBe(id);
});

test('the name of a blob keeps tokens, and nothing that an address cannot hold', () => {
  const name = `a b/${Fn.conditional(true, 'c', 'd')}/e`;
  const { definition } = made({ actions: { Read: store.read({ endpoint: 'https://s.blob.core.windows.net/', container: 'c', name }) } }).body.properties;
  expect(definition.actions.Run.actions.Read.inputs.uri).toBe('https://s.blob.core.windows.net/c/a%20b/${true ? "c" : "d"}/e');
});

test.each<[string, Partial<WorkflowSettings>, string]>([
  ['a name that Logic Apps does not take', { actions: { 'Look at it': compose('') } },
    'action \'Look at it\' must be named by at most 80 letters, digits, hyphens and underscores: give a shorter name to what it is made from'],
  ['a name that is taken', { actions: { Take: compose('') } },
    'two actions are named \'Take\', and a name is taken once in the whole workflow, upper and lower case alike'],
  ['a variable that nothing makes', { actions: { Set: setVariable('x', 1) } }, 'action \'Set\' sets variable \'x\', which nothing makes'],
  ['a variable that nothing makes, in an expression', { actions: { Read: compose(ex`add(${variable('x')}, 1)`) } },
    'an expression reads variable \'x\', which nothing makes: @add(variables(\'x\'), 1)'],
  ['a variable that is set from itself', { variables: { x: 1 }, actions: { Set: setVariable('x', ex`add(${variable('x')}, 1)`) } },
    'action \'Set\' sets variable \'x\' from itself, which Logic Apps does not take: keep the old value by compose first'],
  ['a loop of too many turns', { actions: { Loop: until(ex`false`, { count: 5001, timeout: 'PT1H' }, { Step: compose('') }) } },
    'loop \'Loop\' must end after 1 to 5000 turns, got 5001: look less often'],
  ['a loop that outlasts a run', { actions: { Loop: until(ex`false`, { count: 2, timeout: 'P91D' }, { Step: compose('') }) } },
    'loop \'Loop\' must end within the 90 days of a run, as PT2H or P30D, got \'P91D\''],
  ['actions that are too deep', { actions: [...Array(7).keys()].reduce((inside: Actions, level) => ({ [`Level${level}`]: when(ex`true`, inside) }), { Deep: compose('') }) },
    'action \'Deep\' is 9 levels deep and Logic Apps takes 8: move it out of scopes and conditions around it'],
  ['too many actions', { actions: Object.fromEntries([...Array(500).keys()].map((index) => [`Step${index}`, compose('')])) },
    /it has 5\d\d actions and Logic Apps takes 500: split it, and start the second part by a message$/.source],
  ['a code that is no word', { errorCode: 'it failed' }, 'errorCode must be letters that start with a capital one, like TrainingFailed, got \'it failed\''],
])('refuses %s', (_, settings, error) => {
  expect(() => made(settings)).toThrow(new RegExp(`^workflow 'Stack/Workflow': ${error.startsWith('it has') ? error : error.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`));
});
