import { TerraformElement, TerraformStack } from 'cdktf';
import { LIMITS } from './google-provider/limits';
import { referenceFaults, strangeInterpolations } from './terraform-graph';
import { synthesized, TerraformConfig } from './terraform-json';

/** One argument as the generated classes describe it for HCL. */
interface Argument {
  readonly value: any;
  readonly isBlock: boolean;
  /** `string`, `numberList`, `stringMap`; the name of a class for blocks. */
  readonly storageClassType?: string;
}

/**
 * What the provider of Google would not take of a stack: values of another kind than the argument's, as the generated
 * classes know it from the provider's schema, texts beyond the limits of the table, and references that lead nowhere.
 */
export function googleProblems(stack: TerraformStack): string[] {
  const config = synthesized(stack);
  const kinds = stack.node
    .findAll()
    .filter((each) => TerraformElement.isTerraformElement(each))
    .flatMap((element) => kindProblems(element, config));
  return [
    ...kinds,
    ...limitProblems(config),
    ...referenceFaults(config),
    ...strangeInterpolations(config).map((each) => `${each} is an expression that nobody meant`),
  ];
}

function kindProblems(element: any, config: TerraformConfig): string[] {
  if (typeof element.synthesizeHclAttributes !== 'function' || element.terraformResourceType === undefined) return [];
  const place = element.cdktfDataSource === true ? config.data : config.resource;
  const written =
    place?.[element.terraformResourceType]?.[element.friendlyUniqueId] ??
    config.data?.[element.terraformResourceType]?.[element.friendlyUniqueId];
  if (written === undefined) return [];
  return ofBlock(
    element.synthesizeHclAttributes(),
    written,
    `${element.terraformResourceType}.${element.friendlyUniqueId}`,
  );
}

function ofBlock(schema: { readonly [name: string]: Argument }, written: any, address: string): string[] {
  if (typeof schema !== 'object' || schema === null || typeof written !== 'object' || written === null) return [];
  return Object.entries(schema).flatMap(([name, argument]) =>
    ofArgument(argument, written[name], `${address}.${name}`),
  );
}

function ofArgument(argument: Argument | undefined, written: unknown, address: string): string[] {
  if (argument === undefined || written === undefined || written === null || isExpression(written)) return [];
  if (argument.isBlock) {
    const schemas = [argument.value].flat();
    return [written].flat().flatMap((each, index) => ofBlock(schemas[index], each, address));
  }
  const kind = argument.storageClassType ?? '';
  const [, simple, many] = /^(string|number|boolean)(List|Set|Map)?$/.exec(kind) ?? [];
  if (simple === undefined) return [];
  const isMap = many === 'Map';
  const isRight =
    many === undefined ? typeof written !== 'object' : isMap === !Array.isArray(written) && typeof written === 'object';
  if (!isRight) return [`${address} must be a ${kind}, got ${JSON.stringify(written)}`];
  const values = many === undefined ? [written] : Object.values(written as object);
  return values
    .filter((each) => !isExpression(each) && !fits(simple, each))
    .map((each) => `${address} must be a ${kind}, got ${JSON.stringify(each)}`);
}

/** Terraform makes text of numbers and of true, and the other way round. */
function fits(simple: string, value: unknown): boolean {
  if (simple === 'string') return ['string', 'number', 'boolean'].includes(typeof value);
  if (simple === 'boolean') return [true, false, 'true', 'false'].includes(value as boolean);
  return value !== null && value !== '' && Number.isFinite(Number(value));
}

function isExpression(value: unknown): boolean {
  return typeof value === 'string' && /[$%]\{/.test(value.replace(/\$\$\{|%%\{/g, ''));
}

function limitProblems(config: TerraformConfig): string[] {
  return Object.entries(LIMITS).flatMap(([argument, limit]) => {
    const [resourceType, ...path] = argument.split('.');
    return Object.entries(config.resource)
      .filter(([each]) => resourceType === '*' || each === resourceType)
      .flatMap(([each, ofType]) =>
        Object.entries(ofType).flatMap(([id, attributes]) =>
          valuesAt(attributes, path)
            .filter(
              (value) =>
                typeof value === 'string' && !isExpression(value) && !limit.test(value.replace(/([$%])\1\{/g, '$1{')),
            )
            .map(
              (value) =>
                `${each}.${id}.${path.join('.')} does not match ${limit}: ${JSON.stringify(value).slice(0, 80)}`,
            ),
        ),
      );
  });
}

/** Values at a path; `*` is each value, `#` each name. */
function valuesAt(value: any, [first, ...rest]: readonly string[]): any[] {
  if (value === undefined || value === null) return [];
  if (first === undefined) return [value];
  if (Array.isArray(value)) return value.flatMap((each) => valuesAt(each, [first, ...rest]));
  if (typeof value !== 'object') return [];
  if (first === '#') return Object.keys(value);
  return first === '*' ? Object.values(value).flatMap((each) => valuesAt(each, rest)) : valuesAt(value[first], rest);
}
