import { TerraformResource } from 'cdktf';
import { IConstruct } from 'constructs';
import { refuse, requireMatch, Speaker } from '../../../core/private/validation';
import { RawResource } from '../../../terraform/raw-resource';
import { literal } from '../../../terraform/text';

/** Types whose tags replace them, or that take none although they have the attribute. */
const SHIELDED: readonly string[] = [
  'azurerm_machine_learning_compute_instance',
  'azurerm_machine_learning_datastore_blobstorage',
  'azurerm_machine_learning_datastore_datalake_gen2',
  'azurerm_machine_learning_datastore_fileshare',
  'azurerm_machine_learning_inference_cluster',
];

/**
 * Refuses tags that Azure does not take.
 *
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources
 */
export function requireTags(who: Speaker, tags: { readonly [name: string]: string }): void {
  for (const [name, value] of Object.entries(tags)) {
    requireMatch(
      who,
      'tags',
      name,
      /^(?!(microsoft|azure|windows))[^<>%&\\?/]{1,128}$/i,
      'names of at most 128 characters without <>%&\\?/ that do not start with microsoft, azure or windows',
    );
    if (typeof value !== 'string' || value.length > 256) {
      refuse(who, `tags.${name}`, value, 'text of at most 256 characters');
    }
  }
  if (Object.keys(tags).length > 50) refuse(who, 'tags', `${Object.keys(tags).length} tags`, 'at most 50');
}

/** Puts tags on a resource of Azure that takes them; its own win. */
export function addTags(node: IConstruct, tags: { readonly [name: string]: string }): void {
  if (Object.keys(tags).length === 0 || !TerraformResource.isTerraformResource(node)) return;
  INSIDE.get(node)?.(tags);
  const { terraformResourceType } = node;
  if (SHIELDED.includes(terraformResourceType)) return;
  const own = ownTags(node);
  if (own !== undefined) node.addOverride('tags', { ...texts(tags), ...own });
}

/** Tags are text of people, and no template of Terraform. */
function texts(tags: { readonly [name: string]: string }): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [literal(name), literal(value)]));
}

/** Has the tags of the stack put on what is inside a resource of Terraform as well, a resource of a template. */
export function tagInside(node: IConstruct, add: (tags: { readonly [name: string]: string }) => void): void {
  INSIDE.set(node, add);
}

const INSIDE = new WeakMap<IConstruct, (tags: { readonly [name: string]: string }) => void>();

/** Tags that the resource has by itself; undefined where it takes none. */
function ownTags(node: TerraformResource): { readonly [name: string]: string } | undefined {
  if (node instanceof RawResource) return node.tags;
  if (!node.terraformResourceType.startsWith('azurerm_') || !('tagsInput' in node)) return undefined;
  return (node as { readonly tagsInput?: { readonly [name: string]: string } }).tagsInput ?? {};
}
