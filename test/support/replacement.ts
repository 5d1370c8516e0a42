import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { Template, TemplateResource } from './examples';

const spec = loadAwsServiceSpecSync();

/**
 * Whether deleting or replacing the resource loses something: it is retained, or CloudFormation's specification says
 * so.
 */
export function isStateful(resource: TemplateResource): boolean {
  return (resource.DeletionPolicy ?? 'Delete') !== 'Delete' || definition(resource.Type)?.isStateful === true;
}

/**
 * What going from one template to the other would do to the stateful resources of the first: one sentence a loss, none
 * when all is well.
 */
export function losses(before: Template, after: Template): string[] {
  return Object.entries(before.Resources)
    .filter(([, resource]) => isStateful(resource))
    .flatMap(([id, resource]) => lossesOf(id, resource, after.Resources[id]));
}

function lossesOf(id: string, before: TemplateResource, after: TemplateResource | undefined): string[] {
  if (after === undefined) return [`${id} (${before.Type}) is gone`];
  if (after.Type !== before.Type) return [`${id} becomes ${after.Type}, was ${before.Type}`];
  const retention = before.DeletionPolicy === after.DeletionPolicy ? [] : [`${id} (${before.Type}) changes its DeletionPolicy`];
  const names = [...new Set([...Object.keys(before.Properties ?? {}), ...Object.keys(after.Properties ?? {})])];
  const replaced = names
    .filter((name) => JSON.stringify(before.Properties?.[name]) !== JSON.stringify(after.Properties?.[name]))
    .filter((name) => (definition(before.Type)?.properties[name]?.causesReplacement ?? 'no') !== 'no')
    .map((name) => `${id} (${before.Type}) is replaced: ${name} changes from ${JSON.stringify(before.Properties?.[name])} to ${JSON.stringify(after.Properties?.[name])}`);
  return [...retention, ...replaced];
}

function definition(cloudFormationType: string) {
  return spec.lookup('resource', 'cloudFormationType', 'equals', cloudFormationType)[0];
}
