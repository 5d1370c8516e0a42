import { readFileSync } from 'node:fs';
import Ajv, { ErrorObject } from 'ajv';

/**
 * What the schema that editors check Workflows with finds in a definition; one line for each, none when all is well.
 *
 * The schema is older than the language, so what the vendor's syntax pages have beyond it is added: `for`, `parallel`,
 * steps in a step, more HTTP calls, the audience of an OIDC token, parameters with defaults, bodies that are not maps,
 * queries that an expression makes, conditions that are true, and the arguments of connectors and subworkflows, which
 * are any.
 *
 * @see https://json.schemastore.org/workflows.json
 * @see https://cloud.google.com/workflows/docs/reference/syntax/syntax-cheat-sheet
 * @see https://cloud.google.com/workflows/docs/authenticate-from-workflow
 */
export function schemaFindings(definition: unknown): string[] {
  return conforms(definition) ? [] : (conforms.errors ?? []).map(finding);
}

const schema = JSON.parse(readFileSync(require.resolve('schemastore/schemas/json/workflows.json'), 'utf8'));
const { definitions } = schema;
definitions.subworkflow.properties.params.items = { anyOf: [{ type: 'string' }, { type: 'object', minProperties: 1, maxProperties: 1 }] };
const { step } = definitions;
step.type = 'object';
step.properties.steps = { $ref: '#/definitions/stepArray' };
step.properties.for = {
  type: 'object',
  additionalProperties: false,
  required: ['value', 'steps'],
  properties: { value: { type: 'string' }, index: { type: 'string' }, in: {}, range: {}, steps: { $ref: '#/definitions/stepArray' } },
};
step.properties.parallel = { type: 'object' };
step.properties.try = { anyOf: [step.properties.try, { $ref: '#/definitions/stepArray' }] };
step.properties.retry = { anyOf: [{ type: 'string' }, step.properties.retry] };
step.properties.retry.anyOf[1].properties.backoff.properties.multiplier.type = 'number';
step.properties.except = { anyOf: step.properties.except.oneOf };
step.properties.switch.items.properties.condition.type = ['string', 'boolean'];
const httpArguments = step.properties.args;
httpArguments.properties.auth.properties.audience = { type: 'string' };
httpArguments.properties.body = {};
httpArguments.properties.query = { anyOf: [httpArguments.properties.query, { type: 'string', pattern: '^\\$\\{.*\\}$' }] };
step.properties.args = { type: 'object' };
step.if = { properties: { call: { type: 'string', pattern: '^http\\.' } }, required: ['call'] };
step.then = { properties: { args: { ...httpArguments, type: 'object' } } };

const conforms = new Ajv({ allErrors: true, strict: false, validateFormats: false }).compile(schema);

function finding({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath || '/'} ${message}${params.additionalProperty === undefined ? '' : `: '${params.additionalProperty}'`}`;
}
