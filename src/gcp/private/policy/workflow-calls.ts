import { Part, partsOf } from '../../../terraform/policy/parts';
import { ResourceView } from '../../../terraform/policy/resource-view';
import { unescaped } from '../../../terraform/policy/unescaped';

/** Where a workflow, and other resources that ask Google's APIs for something, say what they ask for. */
export const WORKFLOW = 'google_workflows_workflow';

/**
 * The definition of a workflow. References of Terraform become `${terraform}`, expressions of the workflow stay what
 * they are; undefined where the text is not known at synthesis.
 */
export function definitionOf(resource: ResourceView): Part | undefined {
  if (!READ.has(resource)) READ.set(resource, read(resource));
  return READ.get(resource);
}

/** A view never changes, and many rules ask for the same. */
const READ = new WeakMap<ResourceView, Part | undefined>();

function read({ attributes }: ResourceView): Part | undefined {
  const text = attributes.source_contents;
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(unescaped(text));
  } catch {
    return undefined;
  }
}

/**
 * Calls of an API whose address ends so, `models:upload`: expressions put the address together, or a connector stands
 * for it.
 */
export function callsOf(definition: unknown, address: RegExp): Part[] {
  return partsOf(definition, (part) => address.test(addressOf(part)));
}

/**
 * Whether a workflow registers versions of its own making. One that promotes takes image and container as it has read
 * them from the registry of another project: there the version has passed its gate, and the message that starts the
 * promotion is the approval of a person.
 */
export function registersVersions(definition: unknown): boolean {
  const isPromotion =
    partsOf(definition, ({ containerSpec }) => /^\$\{\w+\.containerSpec\}$/.test(String(containerSpec))).length > 0;
  return !isPromotion && callsOf(definition, /models:upload\b/).length > 0;
}

/**
 * `googleapis.aiplatform.v1.projects.locations.models.upload` as
 * `https://aiplatform.googleapis.com/v1/projects/locations/models:upload`.
 *
 * @see https://cloud.google.com/workflows/docs/reference/googleapis
 */
function addressOf({ call, args }: Part): string {
  if (/^http\.\w+$/.test(String(call))) return String(args?.url);
  const [, service, version, resource, method] = /^googleapis\.(\w+)\.(\w+)\.([\w.]+)\.(\w+)$/.exec(String(call)) ?? [];
  return service === undefined
    ? ''
    : `https://${service}.googleapis.com/${version}/${resource.replace(/\./g, '/')}:${method}`;
}

/** Custom jobs of Vertex AI. */
export function customJobsOf(definition: unknown): Part[] {
  return partsOf(definition, (part) => Array.isArray(part.workerPoolSpecs));
}

/** The template of a revision of a Cloud Run service. */
export function isServiceTemplate({ containers }: Part): boolean {
  return Array.isArray(containers) && containers.some((each) => each?.image !== undefined);
}

/** Containers of jobs and of models, and of the services of Cloud Run, which say `image`. */
export function containersOf(definition: unknown): Part[] {
  const ofServices = partsOf(definition, isServiceTemplate).flatMap(({ containers }) => containers as Part[]);
  return [
    ...partsOf(definition, (part) => typeof part.imageUri === 'string'),
    ...ofServices.map((each) => ({ ...each, imageUri: each.image })),
  ];
}
