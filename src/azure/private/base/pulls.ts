import { TerraformStack } from 'cdktf';
import { IConstruct } from 'constructs';
import { grantRole } from './grants';
import { Token } from '../../../core/private/tokens';
import { refuse, Speaker } from '../../../core/private/validation';
import { Grant } from '../../grant';
import { IModelRegistry } from '../../model-registry-props';
import { IPrincipal } from '../../principal';

/** A container registry of Azure, where roles decide who pulls. */
export interface ImageRegistry {
  readonly registryId: string;
  /** `<name>.azurecr.io`. */
  readonly loginServer: string;
}

const KNOWN = Symbol.for('mlops-constructs/azure-image-registry');

/** Has images of this registry pulled by whoever runs them: a construct of the stack has made it, or was given its id. */
export function knowRegistry(scope: IConstruct, registry: ImageRegistry): void {
  Object.defineProperty(scope, KNOWN, { value: registry, configurable: true });
}

/**
 * The registry of an image whose identity has to be let in there; undefined where it may pull already, or where nothing
 * at Azure decides: an image of another vendor's registry has to be public.
 *
 * @param homes addresses of the registries that the identity is let into anyway
 */
export function foreignRegistry(
  opened: IConstruct,
  who: Speaker,
  prop: string,
  address: string,
  homes: readonly string[],
): ImageRegistry | undefined {
  const host = hostOf(address);
  // Of a registry whose name only Terraform knows nobody can say that it is another one.
  if (Token.isUnresolved(address) || !/\.azurecr\.(io|cn|us)$/.test(host) || homes.some((home) => Token.isUnresolved(home) || home.toLowerCase() === host)) {
    return undefined;
  }
  return (
    registriesOf(opened).find(({ loginServer }) => loginServer === host) ??
    refuse(
      who,
      prop,
      address,
      `an image of ${[...new Set(homes)].join(' or ')}, or of a registry that the stack knows and can let identities into: push it there, or declare its ` +
        `registry in the stack first (new DataAzurermContainerRegistry, with the name '${host.split('.')[0]}')`,
    )
  );
}

/** Address of the registry that an image is in, or a repository. */
export function hostOf(address: string): string {
  return address.split('/')[0].toLowerCase();
}

/** Allows pulling the images of a registry. */
export function grantPull(opened: IConstruct, { loginServer, registryId }: ImageRegistry, principal: IPrincipal): Grant {
  return grantRole(opened, principal, `pull ${loginServer}`, {
    scope: registryId,
    role: 'acrPull',
    description: 'Pulls images of jobs and endpoints',
  });
}

function registriesOf(scope: IConstruct): ImageRegistry[] {
  return TerraformStack.of(scope).node.findAll().flatMap((each) => {
    const known = (each as { readonly [KNOWN]?: ImageRegistry })[KNOWN];
    if (known !== undefined) return [known];
    // A resource or data source of the user's own; both classes of the provider have these members.
    const { terraformResourceType, id, nameInput } = each as unknown as { readonly [member: string]: unknown };
    return terraformResourceType === 'azurerm_container_registry' && typeof nameInput === 'string' && typeof id === 'string'
      ? [{ registryId: id, loginServer: `${nameInput.toLowerCase()}.azurecr.io` }]
      : [];
  });
}

/** What the versions of a model run in, and who runs them. */
interface VersionImages {
  readonly registries: ImageRegistry[];
  readonly pulls: ((registry: ImageRegistry) => void)[];
}

const VERSIONS = new WeakMap<IModelRegistry, VersionImages>();

function imagesOf(registry: IModelRegistry): VersionImages {
  const images = VERSIONS.get(registry) ?? { registries: [], pulls: [] };
  VERSIONS.set(registry, images);
  return images;
}

/** Versions of the model will run images of this registry. */
export function versionsRun(registry: IModelRegistry, images: ImageRegistry): void {
  const { registries, pulls } = imagesOf(registry);
  registries.push(images);
  pulls.forEach((pull) => pull(images));
}

/** Lets whoever runs versions of the model into the registries of their images, those that become known later too. */
export function pullVersions(registry: IModelRegistry, pull: (images: ImageRegistry) => void): void {
  const { registries, pulls } = imagesOf(registry);
  registries.forEach((images) => pull(images));
  pulls.push(pull);
}
